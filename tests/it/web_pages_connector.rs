//! The connector's pages, from signing in to the thank-you.

use axum::body::Body;
use axum::http::Method;
use axum::http::header::{CONTENT_TYPE, COOKIE};
use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::connector::Role;
use twoyes::domain::introduction::StateName;
use twoyes::domain::letter::LinkName::Answer;
use twoyes::flow::{account, introduce, log};
use twoyes::ids::IntroductionId;

use crate::support::app::{BASE, Page, TestApp, encode, raw_draft, request};

const NEW: &str = "/introductions/new";

/// What a browser sends for [`raw_draft`].
fn typed() -> Vec<(&'static str, String)> {
    let raw = raw_draft();
    let mut form = vec![("purpose", raw.purpose), ("shared", raw.shared), ("step", raw.step)];
    form.extend([("order", "one_by_one".to_owned()), ("writes_first", "first".to_owned())]);
    form.extend([("first.name", raw.first.name), ("first.email", raw.first.email)]);
    form.extend([("first.described", raw.first.described), ("first.how_known", raw.first.how_known)]);
    form.extend([("first.why", raw.first.why), ("first.blurb", raw.first.blurb)]);
    form.extend([("second.name", raw.second.name), ("second.email", raw.second.email)]);
    form.extend([("second.described", raw.second.described), ("second.how_known", raw.second.how_known)]);
    form.extend([("second.why", raw.second.why), ("second.blurb", raw.second.blurb)]);
    form
}

fn with<'a>(form: &'a [(&'static str, String)], key: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    form.iter().map(|(known, old)| (*known, if *known == key { value } else { old.as_str() })).collect()
}

async fn answers(app: &TestApp, id: IntroductionId, side: Side, form: &[(&str, &str)]) -> Page {
    let link = app.link(id, side, Answer).await;
    let nonce = app.get(&link).await.is(200).value("nonce");
    let mut all = vec![("nonce", nonce.as_str())];
    all.extend_from_slice(form);
    app.post(&link, &all).await.is(200)
}

async fn introduced(app: &TestApp) -> IntroductionId {
    let id = app.asked().await.id;
    for side in [Side::First, Side::Second] {
        answers(app, id, side, &[("choice", "yes")]).await;
        app.later(Span::minutes(11));
    }
    introduce::tick(app.cx(), id, app.cx().now()).await.unwrap();
    id
}

#[tokio::test]
async fn a_form_and_a_look_at_the_preview_are_all_it_takes_to_ask() {
    let app = TestApp::new().await;
    app.see("/").await.is(200).says("both are asked, and they meet only if both say yes");
    app.see(NEW).await.is(200).says("Nothing leaves from this page");
    let form = typed();
    let saved = app.act(NEW, &with(&form, "", "")).await.is(303);
    let preview = saved.header("location").to_owned();
    let page =
        app.see(&preview).await.is(200).says("Hello Grace").says("May I introduce Grace Hopper to you?");
    page.hides("<script").says("Ask Grace Hopper now");
    let own = preview.trim_end_matches("/preview");
    app.see(own).await.is(200).says("Nobody was asked yet");
    app.act(&format!("{own}/ask"), &[]).await.is(303);
    app.see(own).await.is(200).says("Grace Hopper was asked.").says("Grace Hopper has until");
    app.see("/").await.is(200).says("Waiting").says("Grace Hopper and Alan Turing");
    app.act(&format!("{own}/ask"), &[]).await.is(409).says("moved on");
    app.see(&format!("{own}/edit")).await.is(409);
}

#[tokio::test]
async fn problems_stand_beside_their_fields_and_on_top_and_nothing_typed_is_lost() {
    let app = TestApp::new().await;
    let form = typed();
    let mut form = with(&form, "second.email", "alan@");
    form.push(("asked_for_this", "yes"));
    for (key, value) in &mut form {
        match *key {
            "first.name" => *value = "",
            "purpose" => *value = "friendship",
            "shared" => *value = "Please pick your brain & <b>meet</b>",
            _ => {}
        }
    }
    let page = app.act(NEW, &form).await.is(422).says("Please look at this again").says("pick your brain");
    for id in ["first-name", "second-email", "purpose"] {
        assert!(page.body.contains(&format!("href=\"#{id}\"")), "{id} is in the summary");
        assert!(page.body.contains(&format!("id=\"{id}-fault\"")), "{id} has its sentence");
    }
    assert_eq!(page.value("second.email"), "alan@");
    assert_eq!(page.value("first.described"), raw_draft().first.described);
    let page = page.hides("<b>meet").says("Please pick your brain & <b>meet</b>");
    assert!(page.body.contains("name=\"asked_for_this\" value=\"yes\" checked"));
    assert_eq!(log::page(app.cx(), &app.connector, None, None, 10).await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_draft_can_be_changed_and_deleted() {
    let app = TestApp::new().await;
    let id = app.drafted().await.id;
    let own = format!("/introductions/{id}");
    app.see(&format!("{own}/edit")).await.is(200).says("They build what you want to build next.");
    let form = typed();
    let form = with(&form, "step", "A walk in the park on Friday");
    app.act(&format!("{own}/edit"), &form).await.is(303);
    assert_eq!(app.load(id).await.terms.step, "A walk in the park on Friday");
    app.act(&format!("{own}/delete"), &[]).await.is(303);
    app.see(&own).await.is(404);
}

#[tokio::test]
async fn a_long_text_in_another_script_is_not_too_large() {
    let app = TestApp::new().await;
    let form = typed();
    let long = "\u{4e8c}".repeat(1_190);
    let form: Vec<_> = with(&form, "first.why", &long)
        .into_iter()
        .map(|(key, value)| (key, if key == "second.why" { long.as_str() } else { value }))
        .collect();
    app.act(NEW, &form).await.is(303);
}

#[tokio::test]
async fn a_quiet_no_does_not_show_on_any_page_of_the_connector() {
    let app = TestApp::new().await;
    let silent = app.asked().await.id;
    let quiet = app.asked().await.id;
    answers(&app, quiet, Side::First, &[("choice", "no"), ("quiet", "yes"), ("note", "hush")]).await;
    for path in ["", "/preview"] {
        let one = app.see(&format!("/introductions/{silent}{path}")).await.is(200).body;
        let other = app.see(&format!("/introductions/{quiet}{path}")).await.is(200).body;
        assert_eq!(one.replace(&silent.to_string(), "x"), other.replace(&quiet.to_string(), "x"));
    }
    let desk = app.see("/").await.is(200).body;
    assert_eq!(desk.matches("has until").count(), 2);
}

#[tokio::test]
async fn an_open_not_now_shows_its_date_and_note_and_can_be_asked_again_then() {
    let mut app = TestApp::new().await;
    let id = app.asked().await.id;
    let own = format!("/introductions/{id}");
    let form = [("choice", "not_now"), ("until", "2026-03-09"), ("note", "after the fair")];
    answers(&app, id, Side::First, &form).await;
    app.see(&own).await.is(200).says("Not now, until Monday 9 March 2026").says("after the fair");
    app.later(Span::days(8));
    app.sign_in().await;
    app.see("/").await.is(200).says("Needs you").says("The date that Grace Hopper named has come");
    app.act(&format!("{own}/ask-again"), &[]).await.is(303);
    app.see(&own).await.is(200).says("was asked again (round 2)");
}

#[tokio::test]
async fn withdrawing_is_quiet() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    answers(&app, id, Side::First, &[("choice", "yes")]).await;
    let own = format!("/introductions/{id}");
    app.act(&format!("{own}/withdraw"), &[]).await.is(303);
    app.see(&own).await.is(200).says("You took it back");
    let link = app.link(id, Side::First, Answer).await;
    app.get(&link).await.is(200).says("Your answer so far: yes");
    app.act(&format!("{own}/withdraw"), &[]).await.is(409);
}

#[tokio::test]
async fn a_thank_you_and_a_nudge_are_there_to_copy() {
    let app = TestApp::new().await;
    let id = introduced(&app).await;
    let own = format!("/introductions/{id}");
    app.see(&own).await.is(200).says("What came of it?");
    app.act(&format!("{own}/outcome"), &[("outcome", "no_reply")]).await.is(303);
    app.see(&own).await.is(200).says("A nudge to copy").says("Hello Grace,");
    app.see("/").await.is(200).says("Needs you");
    app.act(&format!("{own}/outcome"), &[("outcome", "landed")]).await.is(303);
    app.see(&own).await.is(200).says("A thank-you to copy").says("Grace told me the good news");
    app.act(&format!("{own}/outcome"), &[("outcome", "rich")]).await.is(422).says("must be one of");
}

#[tokio::test]
async fn the_html_of_a_mail_is_shown_in_a_frame_without_rights() {
    let app = TestApp::new().await;
    let id = app.drafted().await.id;
    let page = app.see(&format!("/introductions/{id}/preview")).await.is(200);
    assert!(page.header("content-security-policy").contains("frame-src 'self'"));
    assert_eq!(page.body.matches(" sandbox ").count(), 3);
    let html = app.see(&format!("/introductions/{id}/preview/ask_first")).await.is(200).says("Hello Grace");
    let policy = html.header("content-security-policy");
    assert!(policy.ends_with("sandbox") && policy.contains("frame-ancestors 'self'"));
    assert_eq!(html.header("x-frame-options"), "SAMEORIGIN");
    app.see(&format!("/introductions/{id}/preview/receipt")).await.is(404);
}

#[tokio::test]
async fn one_connector_does_not_see_anothers_introductions() {
    let app = TestApp::new().await;
    let id = app.drafted().await.id;
    let other = account::add(app.cx(), "eve@example.net", "Eve", Role::Connector).await.unwrap();
    let session = account::session_for(app.cx(), &other).await.unwrap();
    let cookie = format!("twoyes={session}");
    for (method, rest) in [
        ("GET", ""),
        ("GET", "/edit"),
        ("GET", "/preview"),
        ("GET", "/preview/ask_first"),
        ("POST", "/ask"),
        ("POST", "/delete"),
    ] {
        let request =
            request(method.parse().unwrap(), &format!("/introductions/{id}{rest}")).header(COOKIE, &cookie);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let request = request.header("sec-fetch-site", "same-origin").body(Body::empty()).unwrap();
        app.send(request).await.is(404);
    }
    let request =
        request(Method::GET, "/admin/outcomes").header(COOKIE, &cookie).body(Body::empty()).unwrap();
    app.send(request).await.is(403);
}

#[tokio::test]
async fn the_admin_sees_endings_and_no_answers_and_no_addresses() {
    let mut app = TestApp::new().await;
    introduced(&app).await;
    let id = app.asked().await.id;
    answers(&app, id, Side::First, &[("choice", "no")]).await;
    app.later(Span::days(20));
    introduce::tick(app.cx(), id, app.cx().now()).await.unwrap();
    assert_eq!(app.load(id).await.state.name(), StateName::Closed);
    app.sign_in().await;
    let page =
        app.see("/admin/outcomes").await.is(200).says("Closed without introduction").says("Introduced");
    // Named once, where they were introduced to each other, and not where one said no.
    assert_eq!(page.body.matches("Grace Hopper").count(), 1);
    page.hides("hopper.example").hides("said no");
    let page = app.see("/admin/deliveries").await.is(200).says("g…@hopper.example").says("Queued");
    let page = page.hides("grace@").hides("alan@");
    let one = page
        .body
        .split("href=\"")
        .find_map(|part| part.split('"').next().filter(|path| path.starts_with("/admin/deliveries/")));
    let retry = format!("{}/retry", one.unwrap());
    let back = app.act(&retry, &[]).await.is(303);
    app.see(back.header("location")).await.is(200).says("at the front of the queue");
    app.see("/admin/deliveries?state=failed").await.is(200).says("None is like this.");
}

/// The link and the code of a fresh sign-in mail, and the cookie of the browser that asked.
async fn ask_to_sign_in(app: &TestApp) -> (String, String, String) {
    let page = app.post("/sign-in", &[("email", "Ada@lovelace.example")]).await.is(200);
    let mail = app.deliver().await.pop().unwrap();
    let link = mail.text.lines().find_map(|line| line.strip_prefix(BASE)).unwrap().to_owned();
    let words = mail.text.split_whitespace();
    let mut codes = words.map(|word| word.trim_end_matches('.')).filter(|word| is_code(word));
    (link, codes.next().unwrap().to_owned(), page.cookies().pop().unwrap())
}

fn is_code(word: &str) -> bool {
    word.len() == 6 && word.chars().all(|c| c.is_ascii_digit())
}

async fn post_as(app: &TestApp, path: &str, cookie: &str, form: &[(&str, &str)]) -> Page {
    let request = request(Method::POST, path).header(COOKIE, cookie).header("sec-fetch-site", "same-origin");
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    app.send(request.body(encode(form)).unwrap()).await
}

async fn is_signed_in(app: &TestApp, page: &Page) {
    let session = page.cookies().into_iter().find(|cookie| cookie.starts_with("twoyes=")).unwrap();
    let desk = request(Method::GET, "/").header(COOKIE, session).body(Body::empty()).unwrap();
    app.send(desk).await.is(200).says("Ada Lovelace");
}

#[tokio::test]
async fn the_mailed_link_signs_in_once_and_only_in_the_browser_that_asked() {
    let app = TestApp::new().await;
    let (link, _, browser) = ask_to_sign_in(&app).await;
    for _ in 0..3 {
        let here = request(Method::GET, &link).header(COOKIE, &browser).body(Body::empty()).unwrap();
        app.send(here).await.is(200).says("Sign in now");
    }
    let elsewhere = app.post(&link, &[]).await.is(403).says("type the code of the mail there");
    assert!(elsewhere.cookies().is_empty());
    let page = post_as(&app, &link, &browser, &[]).await.is(303);
    let set = page.headers.get("set-cookie").unwrap().to_str().unwrap();
    assert!(set.contains("; HttpOnly; SameSite=Lax; Max-Age=604800") && !set.contains("Secure"));
    is_signed_in(&app, &page).await;
    post_as(&app, &link, &browser, &[]).await.is(410);
    app.get(&link).await.is(410);
}

#[tokio::test]
async fn the_code_signs_in_where_it_was_asked_for() {
    let app = TestApp::new().await;
    let (_, code, browser) = ask_to_sign_in(&app).await;
    app.post("/sign-in/code", &[("code", &code)]).await.is(422).says("The code is not right");
    post_as(&app, "/sign-in/code", &browser, &[("code", "12")]).await.is(422);
    let page = post_as(&app, "/sign-in/code", &browser, &[("code", &code)]).await.is(303);
    is_signed_in(&app, &page).await;
}

#[tokio::test]
async fn known_and_unknown_addresses_get_the_same_page() {
    let app = TestApp::new().await;
    let known = app.post("/sign-in", &[("email", "ada@lovelace.example")]).await.is(200);
    let unknown = app.post("/sign-in", &[("email", "nobody@example.net")]).await.is(200);
    assert_eq!(known.body, unknown.body);
    assert_eq!(known.cookies().len(), unknown.cookies().len());
    app.post("/sign-in", &[("email", "ada")]).await.is(422).says("is not an e-mail address");
}

#[tokio::test]
async fn nobody_is_let_in_without_a_session() {
    let app = TestApp::new().await;
    for path in ["/", NEW, "/admin/outcomes"] {
        assert_eq!(app.get(path).await.is(303).header("location"), "/sign-in");
    }
    app.post("/sign-out", &[]).await.is(401).says("Please sign in");
    app.post(NEW, &[]).await.is(401).says("You are signed out, and nothing is lost");
    app.act("/sign-out", &[]).await.is(303);
    app.see("/").await.is(303);
}

#[tokio::test]
async fn a_form_from_elsewhere_changes_nothing() {
    let app = TestApp::new().await;
    let id = app.drafted().await.id;
    let path = format!("/introductions/{id}/ask");
    let post = |site: Option<&str>, origin: Option<&str>| {
        let mut request = request(Method::POST, &path).header(COOKIE, &app.cookie);
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in [("sec-fetch-site", site), ("origin", origin)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        request.body(encode(&[])).unwrap()
    };
    let bad = [(Some("cross-site"), None), (Some("same-site"), None), (None, None), (None, Some("null"))];
    for (site, origin) in bad
        .into_iter()
        .chain([(None, Some("https://evil.example")), (Some("cross-site"), Some("https://evil.example"))])
    {
        app.send(post(site, origin)).await.is(403).says("came from somewhere else");
    }
    assert_eq!(app.load(id).await.state.name(), StateName::Draft);
    app.send(post(None, Some(BASE))).await.is(303);
}

#[tokio::test]
async fn the_local_mailbox_shows_mails_with_links_to_this_site_only() {
    let app = TestApp::new().await;
    app.get("/mailbox").await.is(200).says("No mail yet");
    let mail = b"From: Ada <intro@example.org>\r\nTo: Grace <grace@hopper.example>\r\nSubject: Hello\r\n\
        Content-Type: text/plain; charset=utf-8\r\n\r\nhttp://127.0.0.1:8080/c/x#yes\r\nhttps://evil.example/\r\n";
    let id = app.mailbox.push("intro@example.org", "grace@hopper.example", mail);
    app.get("/mailbox").await.is(200).says("Hello").says("grace@hopper.example");
    let page = app.get(&format!("/mailbox/{id}")).await.is(200).says("did not leave this machine");
    assert!(page.body.contains("href=\"/c/x#yes\""));
    assert!(!page.body.contains("href=\"https"));
    app.get("/mailbox/99").await.is(404);
    app.get("/mailbox/x").await.is(404);
}
