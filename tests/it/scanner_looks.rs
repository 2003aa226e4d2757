//! Looking changes nothing: every route that can be looked at, in every state, a hundred at a time. And mangled
//! links open nothing and harm nothing.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Method;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use futures_util::future::join_all;
use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::connector::Scope;
use twoyes::domain::contact::RawContact;
use twoyes::domain::introduction::Introduction;
use twoyes::domain::letter::LinkName::{Answer, CheckIn, Manage, Stop};
use twoyes::flow::{account, close, people, unfinished};
use twoyes::web::routes::{Route, table};

use crate::scanner_kit::answer;
use crate::support::app::{TestApp, request};

/// Introductions in every state, with all that hangs on them.
struct World {
    app: TestApp,
    introductions: Vec<(&'static str, Introduction)>,
    ids: Vec<String>,
    tokens: Vec<String>,
    bearer: String,
}

impl World {
    async fn new() -> Self {
        let mut app = TestApp::new().await;
        let introductions = in_every_state(&app).await;
        app.sign_in().await;
        let ids = ids(&app, &introductions).await;
        let all = [Scope::Read, Scope::Write, Scope::Admin];
        let (_, bearer) = account::add_token(app.cx(), &app.connector, "looks", &all).await.unwrap();
        account::ask_to_sign_in(app.cx(), app.connector.email.as_str()).await.unwrap();
        app.deliver().await;
        let mut tokens = Vec::new();
        for (_, of) in &introductions {
            for side in [Side::First, Side::Second] {
                for name in [Answer, Stop, CheckIn, Manage] {
                    let path = app.link(of.id, side, name).await;
                    tokens.push(path.rsplit('/').next().unwrap().to_owned());
                }
            }
        }
        Self { app, introductions, ids, tokens, bearer }
    }

    /// A route's paths with every id and every token in them.
    fn paths(&self, route: &Route) -> Vec<String> {
        let path = route.path.replace("{kind}", "ask_first");
        let (mark, fill) = match (path.contains("{token}"), path.contains("{id}")) {
            (true, _) => ("{token}", &self.tokens),
            (false, true) => ("{id}", &self.ids),
            (false, false) => return vec![path],
        };
        fill.iter().map(|one| path.replace(mark, one)).collect()
    }

    async fn look(&self, method: Method, path: &str, signed: bool) -> u16 {
        let mut request = request(method, path);
        if signed && path.starts_with("/api/") {
            request = request.header(AUTHORIZATION, format!("Bearer {}", self.bearer));
        } else if signed {
            request = request.header(COOKIE, &self.app.cookie);
        }
        self.app.send(request.body(Body::empty()).unwrap()).await.status.as_u16()
    }
}

const STATES: [&str; 9] =
    ["closed", "introduced", "withdrawn", "draft", "asking", "first-yes", "declined", "agreed", "contested"];

async fn in_every_state(app: &TestApp) -> Vec<(&'static str, Introduction)> {
    let mut all = Vec::new();
    for state in STATES {
        let of = if state == "draft" { app.drafted().await } else { app.asked().await };
        app.deliver().await;
        let first = app.link(of.id, Side::First, Answer).await;
        if ["introduced", "first-yes", "agreed"].contains(&state) {
            answer(app, &first, "yes").await;
        }
        if ["introduced", "agreed"].contains(&state) {
            answer(app, &app.link(of.id, Side::Second, Answer).await, "yes").await;
        }
        match state {
            "closed" => app.later(Span::days(15)),
            "introduced" => app.later(Span::minutes(11)),
            "withdrawn" => drop(close::withdraw(app.cx(), &app.connector, of.id).await.unwrap()),
            "declined" => drop(answer(app, &first, "not_now").await),
            "contested" => {
                answer(app, &first, "no").await;
                answer(app, &first, "yes").await;
            }
            _ => {}
        }
        app.deliver().await;
        all.push((state, app.load(of.id).await));
    }
    all
}

/// Of introductions, a contact, a draft that was not finished, an account and deliveries.
async fn ids(app: &TestApp, introductions: &[(&str, Introduction)]) -> Vec<String> {
    let contact =
        RawContact { name: "Ferdinand".into(), email: "f@x.example".into(), ..RawContact::default() };
    let contact = people::add(app.cx(), &app.connector, &contact).await.unwrap().id.to_string();
    let typed = [("first.name".to_owned(), "Zoe".to_owned())].into();
    let begun = unfinished::keep(app.cx(), &app.connector, None, &typed).await.unwrap().0.to_string();
    let mut ids = vec![contact, begun, app.connector.id.0.to_string()];
    let list = app.see("/admin/deliveries").await.is(200).body;
    let deliveries = list.split("/admin/deliveries/").skip(1).filter_map(|rest| rest.get(..36));
    ids.extend(deliveries.take(3).map(str::to_owned));
    ids.extend(introductions.iter().map(|(_, of)| of.id.to_string()));
    ids
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn looking_at_everything_in_every_state_a_hundred_at_a_time_changes_nothing() {
    let world = World::new().await;
    let names: BTreeSet<_> = world.introductions.iter().map(|(_, of)| of.state.name().as_str()).collect();
    assert_eq!(names.len(), 5, "every state: {names:?}");
    let before = world.app.rows();
    let routes: Vec<Route> = table().into_iter().filter(|route| route.method == "GET").collect();
    let mut all = Vec::new();
    for path in routes.iter().flat_map(|route| world.paths(route)) {
        for method in [Method::GET, Method::HEAD] {
            for signed in [true, false] {
                all.push((method.clone(), path.clone(), signed));
            }
        }
    }
    let mut good = 0;
    for hundred in all.chunks(100) {
        let looks = hundred.iter().map(|(method, path, signed)| world.look(method.clone(), path, *signed));
        for (status, (method, path, _)) in join_all(looks).await.into_iter().zip(hundred) {
            assert!(status < 500, "{method} {path}: {status}");
            good += usize::from(status == 200);
        }
    }
    let after = world.app.rows();
    let new: Vec<_> = after.iter().filter(|row| !before.contains(row)).collect();
    assert!(after == before, "{new:?}");
    assert!(world.app.deliver().await.is_empty(), "no mail came of it");
    println!(
        "figure: scanner: {} looks (GET and HEAD, {} routes, {} states, signed in and not), a hundred at a time, {good} pages: \
         not one row changed",
        all.len(),
        routes.len(),
        world.introductions.len()
    );
}

/// What gateways and mail programs do to a link, and whether a person's browser still gets the page by it.
fn mangled(token: &str) -> Vec<(String, bool)> {
    let percent = token.bytes().fold(String::new(), |all, byte| format!("{all}%{byte:02X}"));
    let twice = percent.replace('%', "%25");
    let base64 = data_encoding::BASE64URL_NOPAD.encode(token.as_bytes());
    let (first, second) = token.split_at(32);
    vec![
        (token.to_uppercase(), true),
        (format!("{}{}", first.to_uppercase(), second), true),
        (percent, true),
        (token[..63].to_owned(), false),
        (token[..10].to_owned(), false),
        (token[1..].to_owned(), false),
        (format!("{token}="), false),
        (format!("{token}=="), false),
        (format!("{token}."), false),
        (format!("{token})"), false),
        (format!("{token}%3E"), false),
        (format!("{token}%20"), false),
        (format!("{token}a"), false),
        (format!("{token}{token}"), false),
        (format!("{first}=%0A{second}"), false),
        (format!("{first}%0D%0A{second}"), false),
        (format!("3D{token}"), false),
        (format!("=3D{token}"), false),
        (twice, false),
        (base64, false),
        (token.chars().rev().collect(), false),
        (token.replace(['0', '1'], "o"), false),
        ("null".to_owned(), false),
    ]
}

#[tokio::test]
async fn mangled_links_open_nothing_and_the_real_one_still_works() {
    let app = TestApp::new().await;
    let of = app.asked().await;
    app.deliver().await;
    let before = app.rows();
    let mut tried = 0;
    for name in [Answer, Stop, CheckIn, Manage] {
        let path = app.link(of.id, Side::First, name).await;
        let (start, token) = path.rsplit_once('/').unwrap();
        for (bent, opens) in mangled(token) {
            if bent == token || (name == CheckIn && opens) {
                continue;
            }
            let bent = format!("{start}/{bent}");
            let page = app.get(&bent).await;
            assert_eq!(page.status.as_u16(), if opens { 200 } else { 404 }, "{bent}");
            if opens {
                continue;
            }
            for body in [
                "choice=yes&nonce=x",
                "List-Unsubscribe=One-Click",
                "outcome=met&nonce=x",
                "what=limit&limit=0",
            ] {
                let post =
                    request(Method::POST, &bent).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
                app.send(post.body(Body::from(body)).unwrap()).await.is(404);
                tried += 1;
            }
        }
    }
    assert!(app.rows() == before, "nothing came of {tried} posts to bent links");
    answer(&app, &app.link(of.id, Side::First, Answer).await, "yes").await.says("Your yes is noted");
}
