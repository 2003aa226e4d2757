//! Attempts to get into somebody else's session.

use axum::http::Method;
use axum::http::header::{CONTENT_TYPE, COOKIE, ORIGIN};
use twoyes::clock::Span;
use twoyes::flow::account;
use twoyes::web::routes::{Access, table};

use crate::accounts_kit::{Browser, empty, grace};
use crate::support::app::{BASE, TestApp, request};

#[tokio::test]
async fn an_old_cookie_is_nothing_after_signing_out() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    browser.sign_in("ada@lovelace.example").await;
    let stolen = browser.cookie("twoyes").unwrap();
    Browser::with(&app, &stolen).get("/").await.is(200);
    browser.post("/sign-out", &[]).await.is(303);
    assert!(browser.cookie("twoyes").is_none());
    Browser::with(&app, &stolen).get("/").await.is(303);
    Browser::with(&app, &stolen).post("/settings", &[]).await.is(401);
}

#[tokio::test]
async fn signing_in_gives_a_new_session_and_ends_the_one_before() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    // Planted by somebody who hopes that it becomes the session.
    browser.cookies.push(("twoyes".into(), "planted".into()));
    browser.cookies.push(("twoyes-browser".into(), "planted".into()));
    let mail = browser.ask("ada@lovelace.example").await;
    let asked = browser.cookie("twoyes-browser").unwrap();
    assert_ne!(asked, "twoyes-browser=planted");
    browser.post(&mail.link, &[]).await.is(303);
    let first = browser.cookie("twoyes").unwrap();
    assert_ne!(first, "twoyes=planted");
    assert!(first.split_once('=').unwrap().1 != asked.split_once('=').unwrap().1);
    assert!(!mail.link.contains(first.split_once('=').unwrap().1), "no part of the link is the session");
    Browser::with(&app, "twoyes=planted").get("/").await.is(303);

    browser.sign_in("ada@lovelace.example").await;
    let second = browser.cookie("twoyes").unwrap();
    assert_ne!(first, second);
    Browser::with(&app, &first).get("/").await.is(303);
    Browser::with(&app, &second).get("/").await.is(200);
}

#[tokio::test]
async fn the_cookie_of_somebody_suspended_opens_nothing_and_their_token_neither() {
    let app = TestApp::new().await;
    let who = grace(&app).await;
    let mut browser = Browser::new(&app);
    browser.sign_in("grace@connect.example").await;
    let waiting = browser.ask("grace@connect.example").await;
    let (_, token) =
        account::add_token(app.cx(), &who, "t", &[twoyes::domain::connector::Scope::Read]).await.unwrap();
    let api = || {
        let request =
            request(Method::GET, "/api/v1/introductions").header("authorization", format!("Bearer {token}"));
        app.send(request.body(empty()).unwrap())
    };
    browser.get("/").await.is(200);
    api().await.is(200);
    account::suspend(app.cx(), &app.connector, who.id).await.unwrap();
    browser.get("/").await.is(303);
    browser.post("/settings", &[]).await.is(401);
    api().await.is(401);
    browser.post(&waiting.link, &[]).await.is(410);
    browser.post("/sign-in/code", &[("code", &waiting.code)]).await.is(422);
    // Let in again they begin anew: nothing old comes back to life.
    account::resume(app.cx(), &app.connector, who.id).await.unwrap();
    browser.get("/").await.is(303);
    api().await.is(401);
    browser.post(&waiting.link, &[]).await.is(410);
    browser.sign_in("grace@connect.example").await;
    browser.get("/").await.is(200);
}

#[tokio::test]
async fn a_session_ends_after_twelve_idle_hours_and_after_seven_days_whatever_happens() {
    let app = TestApp::new().await;
    let mut browser = Browser::with(&app, &app.cookie);
    app.later(Span::hours(11));
    browser.get("/").await.is(200);
    app.later(Span::minutes(61));
    browser.get("/").await.is(303);

    let mut app = TestApp::new().await;
    app.sign_in().await;
    let cookie = app.cookie.clone();
    let profile = [("name", "Ada Lovelace"), ("time_zone", "Europe/Berlin")];
    for _ in 0..15 {
        Browser::with(&app, &cookie).post("/settings", &profile).await.is(303);
        app.later(Span::hours(11));
    }
    // 165 hours: still within seven days. After 169 they are over.
    Browser::with(&app, &cookie).post("/settings", &profile).await.is(303);
    app.later(Span::hours(4));
    Browser::with(&app, &cookie).get("/").await.is(303);
}

#[tokio::test]
async fn signing_out_everywhere_ends_all_sessions_and_sign_ins_under_way() {
    let app = TestApp::new().await;
    let (mut here, mut there, mut third) = (Browser::new(&app), Browser::new(&app), Browser::new(&app));
    here.sign_in("ada@lovelace.example").await;
    there.sign_in("ada@lovelace.example").await;
    let waiting = third.ask("ada@lovelace.example").await;
    here.post("/settings/sessions/end", &[]).await.is(303);
    for browser in [&mut here, &mut there] {
        browser.get("/").await.is(303);
    }
    third.post(&waiting.link, &[]).await.is(410);
}

#[tokio::test]
async fn somebody_elses_session_or_token_cannot_be_ended() {
    let app = TestApp::new().await;
    let who = grace(&app).await;
    let mut browser = Browser::new(&app);
    browser.sign_in("grace@connect.example").await;
    let hers = account::sessions_of(app.cx(), &who).await.unwrap()[0].id;
    let (token, _) =
        account::add_token(app.cx(), &who, "t", &[twoyes::domain::connector::Scope::Read]).await.unwrap();
    let ended = app.act(&format!("/settings/sessions/{hers}/end"), &[]).await.is(303);
    assert_eq!(ended.header("location"), "/settings?said=gone");
    let revoked = app.act(&format!("/settings/tokens/{}/revoke", token.id), &[]).await.is(303);
    assert_eq!(revoked.header("location"), "/settings?said=gone");
    browser.get("/").await.is(200);
    assert!(account::tokens_of(app.cx(), &who).await.unwrap()[0].revoked_at.is_none());
    let ended = browser.post(&format!("/settings/sessions/{hers}/end"), &[]).await.is(303);
    assert_eq!(ended.header("location"), "/settings?said=ended");
    browser.get("/").await.is(303);
}

#[tokio::test]
async fn forms_from_elsewhere_are_refused_on_signed_in_routes() {
    let app = TestApp::new().await;
    let (none, base) = (None, Some(BASE));
    let neighbour = Some("http://other.127.0.0.1:8080");
    for (site, origin, cookie, allowed) in [
        (Some("same-origin"), none, true, true),
        (Some("same-origin"), Some("null"), true, true),
        (Some("none"), none, true, true),
        (Some("same-site"), neighbour, true, false),
        (Some("same-site"), base, true, false),
        (Some("same-site"), none, true, false),
        (Some("cross-site"), Some("https://evil.example"), true, false),
        (Some("cross-site"), Some("null"), true, false),
        (Some("nonsense"), base, true, false),
        (none, base, true, true),
        (none, neighbour, true, false),
        (none, Some("null"), true, false),
        (none, Some("https://evil.example"), true, false),
        (none, none, true, false),
        // Who has no cookie cannot be led astray; then it is the session that is missing.
        (none, none, false, true),
        (none, Some("null"), false, false),
    ] {
        for path in
            ["/settings", "/settings/delete", "/admin/connectors/invite", "/sign-out", "/introductions/new"]
        {
            let mut request =
                request(Method::POST, path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            let fields = [("sec-fetch-site", site), (ORIGIN.as_str(), origin)];
            for (name, value) in fields.into_iter().filter_map(|(name, value)| Some((name, value?))) {
                request = request.header(name, value);
            }
            if cookie {
                // A cookie that is good for nothing: the guard stands before the session.
                request = request.header(COOKIE, "twoyes=nothing");
            }
            let status = app.send(request.body(empty()).unwrap()).await.status.as_u16();
            let wanted = if allowed { 401 } else { 403 };
            assert_eq!(status, wanted, "{path} {site:?} {origin:?} cookie: {cookie}");
        }
    }
}

#[tokio::test]
async fn a_connector_is_refused_on_every_route_of_the_admin() {
    let app = TestApp::new().await;
    let who = grace(&app).await;
    let session = account::session_for(app.cx(), &who).await.unwrap();
    let mut browser = Browser::with(&app, &format!("twoyes={session}"));
    let mut count = 0;
    for route in table().into_iter().filter(|route| route.access == Access::Admin) {
        let path = route.path.replace("{id}", &app.connector.id.to_string());
        let page = match route.method {
            "GET" => browser.get(&path).await,
            _ => browser.post(&path, &[]).await,
        };
        assert_eq!(page.status.as_u16(), 403, "{} {path}", route.method);
        count += 1;
    }
    assert!(count > 10, "only {count} routes");
    app.see("/admin/connectors").await.is(200).says("Ada Lovelace");
}
