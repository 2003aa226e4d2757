//! Mara, and everything that is hers, for the owner matrix.

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use axum::http::request::Builder;
use twoyes::cards::{Column, Format, Head};
use twoyes::clock::Span;
use twoyes::domain::ask_me::RawPage;
use twoyes::domain::asking::Side;
use twoyes::domain::connector::{Connector, Role, Scope};
use twoyes::domain::contact::RawContact;
use twoyes::domain::letter::LinkName::Answer;
use twoyes::domain::plan::RawPlan;
use twoyes::flow::people;
use twoyes::flow::{account, ask, ask_me, draft, import, introduce, landed, plan, unfinished};
use twoyes::web::routes::Route;

use crate::network_kit::link_in;
use crate::support::app::{Page, TestApp, encode, raw_draft, request};
use crate::web_owners::Row;

pub struct Cast {
    pub app: TestApp,
    mara: Connector,
    introductions: Vec<String>,
    contact: String,
    delivery: String,
    unfinished: String,
    import: String,
    plan: String,
    landed: String,
    request: String,
    session: String,
    token: String,
}

impl Cast {
    /// Mara has a draft, one that is asked, one that was introduced, and a contact.
    pub async fn new() -> Self {
        let app = TestApp::new().await;
        let mara = account::add(app.cx(), "mara@connect.example", "Mara", Role::Connector).await.unwrap();
        let mut introductions = Vec::new();
        for state in ["draft", "asked", "introduced"] {
            let mut raw = raw_draft();
            raw.first.name = "Zuleika Quillfeather".into();
            raw.first.email = format!("zuleika@{state}.example");
            raw.second.name = "Otto Quillfeather".into();
            raw.second.email = format!("otto@{state}.example");
            raw.first.why = "They play the xylophone.".into();
            raw.shared = "You both like marzipan.".into();
            let id = draft::create(app.cx(), &mara, &raw).await.unwrap().id;
            introductions.push(id.to_string());
            if state == "draft" {
                continue;
            }
            ask::ask(app.cx(), &mara, id).await.unwrap();
            for side in [Side::First, Side::Second].into_iter().filter(|_| state == "introduced") {
                let link = app.link_of(&mara, id, side, Answer).await;
                let nonce = app.get(&link).await.is(200).value("nonce");
                app.post(&link, &[("nonce", &nonce), ("choice", "yes")]).await.is(200);
                app.later(Span::minutes(11));
            }
            introduce::tick(app.cx(), id, app.cx().now()).await.unwrap();
        }
        let raw = RawContact {
            name: "Ferdinand".into(),
            email: "ferdinand@x.example".into(),
            ..RawContact::default()
        };
        let contact = people::add(app.cx(), &mara, &raw).await.unwrap().id.to_string();
        let unfinished = unfinished_of(&app, &mara).await;
        let import = import_of(&app, &mara).await;
        let (plan, landed) = search_of(&app, &mara, &contact).await;
        let request = request_to(&app, &mara).await;
        let session = account::session_for(app.cx(), &mara).await.unwrap();
        let session = account::who_is(app.cx(), &session).await.unwrap().unwrap().0.id.0.to_string();
        let (token, _) = account::add_token(app.cx(), &mara, "own", &[Scope::Read]).await.unwrap();
        let token = token.id.0.to_string();
        let list = Self {
            app,
            mara,
            introductions,
            contact,
            delivery: String::new(),
            unfinished,
            import,
            plan,
            landed,
            request,
            session,
            token,
        };
        let said = list.call(&list.app.connector, "GET", "/api/v1/deliveries").await.is(200).body;
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        let delivery = said["items"][0]["id"].as_str().unwrap().to_owned();
        Self { delivery, ..list }
    }

    /// Calls a page with a session, or the API with a token that may do everything this person may.
    pub async fn call(&self, who: &Connector, method: &str, path: &str) -> Page {
        let request = request(method.parse().unwrap(), path);
        let request = self.signed(who, request, path).await;
        let kind =
            if path.starts_with("/api/") { "application/json" } else { "application/x-www-form-urlencoded" };
        let request = request.header(CONTENT_TYPE, kind).header("sec-fetch-site", "same-origin");
        self.app.send(request.body(good_body(method, path)).unwrap()).await
    }

    async fn signed(&self, who: &Connector, request: Builder, path: &str) -> Builder {
        if !takes_tokens(path) {
            let session = account::session_for(self.app.cx(), who).await.unwrap();
            return request.header(COOKIE, format!("twoyes={session}"));
        }
        let mut scopes = vec![Scope::Read, Scope::Write];
        scopes.extend([Scope::Admin, Scope::Metrics].into_iter().filter(|scope| scope.is_for(who.role)));
        let (_, token) = account::add_token(self.app.cx(), who, "matrix", &scopes).await.unwrap();
        request.header(AUTHORIZATION, format!("Bearer {token}"))
    }

    /// The paths of a route with Mara's ids in them.
    pub fn paths(&self, route: &Route, row: Row) -> Vec<String> {
        let path = route
            .path
            .replace("{token}", "nonsense")
            .replace("{slug}", "nobody")
            .replace("{kind}", "ask_first")
            .replace("{format}", "twoyes")
            .replace("{person}", &self.contact);
        let with = |ids: &[String]| ids.iter().map(|id| path.replace("{id}", id)).collect();
        match row {
            Row::Introduction => with(&self.introductions),
            Row::Contact => with(std::slice::from_ref(&self.contact)),
            Row::Delivery => with(std::slice::from_ref(&self.delivery)),
            Row::Import => with(std::slice::from_ref(&self.import)),
            Row::Plan => with(std::slice::from_ref(&self.plan)),
            Row::Landed => with(std::slice::from_ref(&self.landed)),
            Row::Request => with(std::slice::from_ref(&self.request)),
            Row::Unfinished => with(std::slice::from_ref(&self.unfinished)),
            Row::Session => with(std::slice::from_ref(&self.session)),
            Row::Token => with(std::slice::from_ref(&self.token)),
            Row::Account => with(&[self.mara.id.0.to_string()]),
            Row::Everybody | Row::OnesOwn | Row::Instance | Row::Log => vec![path],
        }
    }

    /// Everything that Mara has, as she sees it.
    pub async fn estate(&self) -> String {
        let mut all = String::new();
        for path in ["/api/v1/introductions", "/api/v1/contacts"] {
            all += &self.call(&self.mara, "GET", path).await.is(200).body;
        }
        for id in &self.introductions {
            all += &self
                .call(&self.mara, "GET", &format!("/api/v1/introductions/{id}/events"))
                .await
                .is(200)
                .body;
        }
        for session in account::sessions_of(self.app.cx(), &self.mara).await.unwrap() {
            all.extend((session.id.0.to_string() == self.session).then_some("a session"));
        }
        for token in account::tokens_of(self.app.cx(), &self.mara).await.unwrap() {
            all.extend((token.id.0.to_string() == self.token).then_some("a token"));
        }
        all +=
            &self.call(&self.mara, "GET", &format!("/contacts/import/{}", self.import)).await.is(200).plain();
        all +=
            &self.call(&self.mara, "GET", &format!("/unfinished/{}", self.unfinished)).await.is(200).plain();
        all
    }
}

/// Mara began to write and broke off.
async fn unfinished_of(app: &TestApp, mara: &Connector) -> String {
    let typed = [("first.name".to_owned(), "Zuleika".to_owned())].into();
    unfinished::keep(app.cx(), mara, None, &typed).await.unwrap().0.to_string()
}

/// Mara has a plan for somebody, who has found a job.
async fn search_of(app: &TestApp, mara: &Connector, contact: &str) -> (String, String) {
    let contact = people::get(app.cx(), mara, contact.parse().unwrap()).await.unwrap();
    let raw = RawPlan {
        purpose: "job_search".into(),
        why_first: "xylophone".into(),
        why_second: "marzipan".into(),
        shared: "Ferdinand plays.".into(),
        per_week: "1".into(),
        ..RawPlan::default()
    };
    let plan = plan::create(app.cx(), mara, contact.id, &raw).await.unwrap();
    let landed = landed::by_connector(app.cx(), mara, &contact).await.unwrap();
    (plan.to_string(), landed.to_string())
}

/// Somebody asked Mara for an introduction, and confirmed it.
async fn request_to(app: &TestApp, mara: &Connector) -> String {
    let page = RawPage { slug: "mara".into(), welcome: String::new(), is_open: true };
    ask_me::save_page(app.cx(), mara, &page).await.unwrap();
    let form = [
        ("name", "Quentin Quillfeather"),
        ("email", "quentin@x.example"),
        ("wish", "a marzipan maker"),
        ("about", "I play the xylophone."),
    ];
    app.post("/ask/mara", &form).await.is(200);
    let mails = app.deliver().await;
    let mail = mails.iter().find(|mail| mail.to[0].address == "quentin@x.example").unwrap();
    let link = link_in(mail, "/asked/");
    let nonce = app.get(&link).await.is(200).value("nonce");
    app.post(&link, &[("nonce", &nonce), ("do", "yes"), ("sure", "yes")]).await.is(200);
    ask_me::waiting(app.cx(), mara).await.unwrap()[0].id.to_string()
}

/// Mara looked into a file and has not said yes to it.
async fn import_of(app: &TestApp, mara: &Connector) -> String {
    let begun = import::begin(app.cx(), mara, "marzipan.csv").await.unwrap();
    let (columns, mapping) = (vec!["name".to_owned()], vec![Column::Name]);
    let head = Head { format: Format::Table, columns, mapping };
    let row = (2, vec!["Ferdinand Quillfeather".to_owned()]);
    let taken = import::take(app.cx(), &begun, Some(&head), vec![row]).await.unwrap();
    import::was_read(app.cx(), &taken).await.unwrap();
    while import::work(app.cx()).await.unwrap() {}
    begun.id.to_string()
}

/// What the owner would send and have done.
fn good_body(method: &str, path: &str) -> Body {
    let api = path.starts_with("/api/");
    match (method, path.rsplit('/').next().unwrap_or_default()) {
        ("GET" | "DELETE", _) => Body::empty(),
        (_, "outcome") if api => Body::from("{\"outcome\":\"met\"}"),
        _ if api => Body::from("{}"),
        (_, "outcome") => encode(&[("outcome", "met")]),
        (_, "edit") => {
            let raw = raw_draft();
            encode(&[
                // Of a contact, then of an introduction.
                ("name", &raw.first.name),
                ("email", &raw.first.email),
                ("purpose", &raw.purpose),
                ("shared", &raw.shared),
                ("step", &raw.step),
                ("order", "one_by_one"),
                ("writes_first", "first"),
                ("first.name", &raw.first.name),
                ("first.email", &raw.first.email),
                ("first.described", &raw.first.described),
                ("first.why", &raw.first.why),
                ("second.name", &raw.second.name),
                ("second.email", &raw.second.email),
                ("second.described", &raw.second.described),
                ("second.why", &raw.second.why),
            ])
        }
        _ => Body::empty(),
    }
}

/// The others take a session.
fn takes_tokens(path: &str) -> bool {
    path.starts_with("/api/") || path == "/metrics"
}
