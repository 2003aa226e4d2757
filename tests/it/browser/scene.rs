//! A site with something of everything on it, and the way to each of its pages.

use twoyes::cards::{Column, Format, Head};
use twoyes::clock::Span;
use twoyes::domain::ask_me::{RawPage, RawRequest};
use twoyes::domain::connector::Connector;
use twoyes::domain::connector::Role;
use twoyes::domain::contact::RawContact;
use twoyes::domain::facets::RawFacets;
use twoyes::domain::own_card::Question;
use twoyes::domain::plan::RawPlan;
use twoyes::flow::{Cx, account, ask, ask_me, draft, import, landed, own_card, people, plan, unfinished};
use twoyes::ids::ContactId;

use super::site::{ADMIN, Site};
use crate::support::app::raw_draft;
use crate::support::http::{Answer, Http};

const GRACE: &str = "grace@hopper.example";
const MARYAM: &str = "maryam@a-very-long-name-of-a-university.example";
const QUENTIN: &str = "quentin@asks.example";

pub struct Scene {
    pub site: Site,
    /// `name=value` of Lena's session.
    pub cookie: String,
    draft: String,
    introduced: String,
    contact: String,
    account: String,
    delivery: String,
    unfinished: String,
    import: String,
    plan: String,
    landed: String,
}

impl Scene {
    pub async fn new() -> Self {
        let site = Site::new().await;
        let (cx, admin) = (&site.cx, &site.admin);
        let introduced = draft::create(cx, admin, &raw_draft()).await.unwrap().id;
        ask::ask(cx, admin, introduced).await.unwrap();
        site.settle().await;
        let port = site.port();
        for address in [GRACE, "alan@turing.example"] {
            let link = site.link_to(address, "/c/");
            let mut http = Http::new(port);
            let page = http.get(&link).await.unwrap();
            let nonce = crate::support::world::hidden(&page.body, "nonce");
            let said = http.form(&link, &[("nonce", &nonce), ("choice", "yes")]).await.unwrap();
            assert!(said.is_good(), "{}", said.body);
            site.pass(Span::minutes(11)).await;
        }
        site.pass(Span::days(7)).await;
        // Others, in other states.
        let mut again = raw_draft();
        again.second.email = "alan@bletchley.example".into();
        let asked = draft::create(cx, admin, &again).await.unwrap().id;
        ask::ask(cx, admin, asked).await.unwrap();
        let draft = draft::create(cx, admin, &raw_draft()).await.unwrap().id;
        let raw = RawContact {
            name: "\u{0645}\u{0631}\u{064a}\u{0645} \u{0645}\u{064a}\u{0631}\u{0632}\u{0627}\u{062e}\u{0627}\u{0646}\u{064a}".into(),
            email: MARYAM.into(),
            ..RawContact::default()
        };
        let contact = people::add(cx, admin, &raw).await.unwrap().id;
        let (import, plan, landed) = network(cx, admin, contact).await;
        account::ask_to_sign_in(cx, ADMIN).await.unwrap();
        own_card::mark(cx, admin, contact, true).await.unwrap();
        own_card::ask(cx, admin, contact, Question::PassOn).await.unwrap();
        asked_for(cx, admin).await;
        site.settle().await;
        let session = account::session_for(cx, admin).await.unwrap();
        let kim =
            account::add(cx, "kim@connect.example", "Kim", Role::Connector).await.unwrap().id.0.to_string();
        let cookie = format!("twoyes={session}");
        let headers = [
            ("cookie", cookie.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
        ];
        let typed = [("first.name".to_owned(), "Zo\u{eb}".to_owned())].into();
        let begun = unfinished::keep(cx, admin, None, &typed).await.unwrap().0.to_string();
        let delivery = a_delivery(port, &headers).await;
        Self {
            account: kim,
            unfinished: begun,
            delivery,
            cookie: format!("twoyes={session}"),
            draft: draft.to_string(),
            introduced: introduced.to_string(),
            contact: contact.to_string(),
            import,
            plan,
            landed,
            site,
        }
    }

    /// Where to find a page of this route.
    pub fn path(&self, route: &str) -> String {
        let id = match route {
            "/introductions/{id}" => &self.introduced,
            _ if route.starts_with("/introductions/") => &self.draft,
            _ if route.starts_with("/contacts/import/") => &self.import,
            _ if route.starts_with("/contacts/") => &self.contact,
            _ if route.starts_with("/plans/") => &self.plan,
            _ if route.starts_with("/landed/") => &self.landed,
            _ if route.starts_with("/unfinished/") => &self.unfinished,
            _ if route.starts_with("/admin/deliveries/") => &self.delivery,
            _ if route.starts_with("/admin/connectors/") => &self.account,
            _ => "1",
        };
        let path = route.replace("{id}", id).replace("{kind}", "ask_first").replace("{format}", "vcard4");
        let path = path.replace("{slug}", "lena");
        let Some((start, end)) = path.split_once("{token}") else {
            assert!(!path.contains('{'), "no way to {route} is known: tell it in Scene::path");
            return path;
        };
        let of = match start {
            "/sign-in/" => ADMIN,
            "/card/" => MARYAM,
            "/asked/" => QUENTIN,
            _ => GRACE,
        };
        format!("{}{end}", self.site.link_to(of, start))
    }

    /// GET as Lena.
    pub async fn get(&self, path: &str) -> Answer {
        let cookie = [("cookie", self.cookie.as_str())];
        Http::new(self.site.port()).send(hyper::Method::GET, path, &cookie, String::new()).await.unwrap()
    }
}

/// Somebody asks for an introduction, and has not confirmed it yet.
async fn asked_for(cx: &Cx, admin: &Connector) {
    let page = RawPage { slug: "lena".into(), welcome: "I know people.".into(), is_open: true };
    ask_me::save_page(cx, admin, &page).await.unwrap();
    let raw = RawRequest {
        name: "Quentin".into(),
        email: QUENTIN.into(),
        wish: "somebody who bakes".into(),
        about: "I eat.".into(),
    };
    ask_me::request(cx, "lena", &raw).await.unwrap();
}

/// A file that waits for its yes, a plan with somebody in it, and somebody who landed.
async fn network(cx: &Cx, admin: &Connector, seeker: ContactId) -> (String, String, String) {
    let begun = import::begin(cx, admin, "people.csv").await.unwrap();
    let (columns, mapping) = (vec!["name".to_owned(), "email".to_owned()], vec![Column::Name, Column::Email]);
    let head = Head { format: Format::Table, columns, mapping };
    let rows = vec![
        (2, vec!["Ida".to_owned(), "ida@x.example".to_owned()]),
        (3, vec!["Bo".into(), "nothing".into()]),
    ];
    let taken = import::take(cx, &begun, Some(&head), rows).await.unwrap();
    import::was_read(cx, &taken).await.unwrap();
    while import::work(cx).await.unwrap() {}
    let facets = RawFacets { can_help: "talk about books".into(), ..RawFacets::default() };
    let raw =
        RawContact { name: "Nora".into(), email: "nora@x.example".into(), facets, ..RawContact::default() };
    let helper = people::add(cx, admin, &raw).await.unwrap();
    let raw = RawPlan {
        purpose: "job_search".into(),
        why_first: "a".into(),
        why_second: "b".into(),
        shared: "c".into(),
        per_week: "2".into(),
        ..RawPlan::default()
    };
    let plan = plan::create(cx, admin, seeker, &raw).await.unwrap();
    plan::add(cx, admin, plan, &[helper.id]).await.unwrap();
    let landed = landed::by_connector(cx, admin, &helper).await.unwrap();
    (begun.id.to_string(), plan.to_string(), landed.to_string())
}

/// The id of one that the admin's list has.
async fn a_delivery(port: u16, headers: &[(&str, &str)]) -> String {
    let list =
        Http::new(port).send(hyper::Method::GET, "/admin/deliveries", headers, String::new()).await.unwrap();
    let behind = list.body.split("/admin/deliveries/").nth(1).unwrap_or_default();
    behind.split(['"', '/', '?']).next().unwrap().to_owned()
}
