//! Signing in: once, in time, in the browser that asked, and the same for whoever asks.

use twoyes::clock::Span;
use twoyes::flow::account;
use twoyes::store::Db;

use crate::accounts_kit::{Browser, grace, plain, site};
use crate::support::app::TestApp;
use crate::support::db::{Engine, has_postgres};

async fn count(db: &Db, sql: &'static str) -> i64 {
    let mut tx = db.read().await.unwrap();
    tx.q(sql).one().await.unwrap().unwrap().get("n").unwrap()
}

#[tokio::test]
async fn a_link_signs_in_once_in_the_browser_that_asked() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    let mail = browser.ask("ada@lovelace.example").await;
    for _ in 0..100 {
        browser.get(&mail.link).await.is(200).says("One button");
    }
    browser.get("/").await.is(303);
    let entered = browser.post(&mail.link, &[]).await.is(303);
    assert_eq!(entered.header("location"), "/");
    browser.get("/").await.is(200).says("Desk");
    browser.post(&mail.link, &[]).await.is(410);
    browser.get(&mail.link).await.is(410);
}

#[tokio::test]
async fn elsewhere_the_link_says_what_to_do_and_the_code_works_where_it_was_asked_for() {
    let app = TestApp::new().await;
    let (mut desk, mut phone) = (Browser::new(&app), Browser::new(&app));
    let mail = desk.ask("ada@lovelace.example").await;
    phone.get(&mail.link).await.is(200).says("not the browser in which you asked").hides("Sign in now");
    let page = phone.post(&mail.link, &[]).await.is(403).says("type the code of the mail there");
    assert!(page.cookies().is_empty(), "no session there");
    phone.get("/").await.is(303);
    // The code belongs to the other browser too.
    phone.post("/sign-in/code", &[("code", &mail.code)]).await.is(422);
    let spaced = format!("{} {}", &mail.code[..3], &mail.code[3..]);
    desk.post("/sign-in/code", &[("code", &spaced)]).await.is(303);
    desk.get("/").await.is(200);
    phone.post(&mail.link, &[]).await.is(410);
}

#[tokio::test]
async fn after_ten_wrong_codes_the_right_one_is_wrong_too() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    let mail = browser.ask("ada@lovelace.example").await;
    let wrong = if mail.code == "000000" { "111111" } else { "000000" };
    for _ in 0..10 {
        browser.post("/sign-in/code", &[("code", wrong)]).await.is(422).says("The code is not right");
    }
    browser.post("/sign-in/code", &[("code", &mail.code)]).await.is(422);
    assert!(browser.cookie("twoyes").is_none());
}

#[tokio::test]
async fn after_ten_minutes_neither_link_nor_code_works() {
    let app = TestApp::new().await;
    let mut browser = Browser::new(&app);
    let mail = browser.ask("ada@lovelace.example").await;
    app.later(Span::minutes(10));
    browser.get(&mail.link).await.is(410);
    browser.post(&mail.link, &[]).await.is(410);
    browser.post("/sign-in/code", &[("code", &mail.code)]).await.is(422);
}

#[tokio::test]
async fn known_unknown_suspended_and_deleted_addresses_get_the_same_bytes() {
    let app = TestApp::new().await;
    let who = grace(&app).await;
    account::suspend(app.cx(), &app.connector, who.id).await.unwrap();
    let gone = account::add(app.cx(), "alan@connect.example", "Alan", who.role).await.unwrap();
    account::delete(app.cx(), &gone, "alan@connect.example").await.unwrap();
    let mut seen = Vec::new();
    for email in
        ["ada@lovelace.example", "eve@nowhere.example", "grace@connect.example", "alan@connect.example"]
    {
        let mut browser = Browser::new(&app);
        let asked = plain(&browser.post("/sign-in", &[("email", email)]).await.is(200));
        let code = plain(&browser.post("/sign-in/code", &[("code", "12345")]).await.is(422));
        seen.push((asked, code));
        app.later(Span::minutes(1));
    }
    assert!(seen.iter().all(|one| *one == seen[0]));
    let to: Vec<String> = app.deliver().await.iter().map(|mail| mail.to[0].address.clone()).collect();
    assert_eq!(to, ["ada@lovelace.example"]);
}

async fn the_same_is_written(engine: Engine) {
    let (app, _db) = site(engine).await;
    let db = &app.cx().db;
    for (nth, email) in ["eve@nowhere.example", "ada@lovelace.example"].into_iter().enumerate() {
        Browser::new(&app).post("/sign-in", &[("email", email)]).await.is(200);
        let rows = i64::try_from(nth).unwrap() + 1;
        assert_eq!(count(db, "SELECT COUNT(*) AS n FROM sign_in").await, rows, "{email}");
        // One for the address, one for all of its kind.
        assert_eq!(count(db, "SELECT COUNT(*) AS n FROM address_limit").await, 2 * rows, "{email}");
    }
    // The decoy's mail is gone with the unit that wrote it.
    assert_eq!(count(db, "SELECT COUNT(*) AS n FROM message").await, 1);
    assert_eq!(count(db, "SELECT COUNT(*) AS n FROM delivery").await, 1);
}

#[tokio::test]
async fn an_unknown_address_costs_the_same_writing_on_sqlite() {
    the_same_is_written(Engine::Sqlite).await;
}

#[tokio::test]
async fn an_unknown_address_costs_the_same_writing_on_postgres() {
    if has_postgres() {
        the_same_is_written(Engine::Postgres).await;
    }
}

async fn fifty_at_once(engine: Engine) {
    let (app, _db) = site(engine).await;
    let mut browser = Browser::new(&app);
    let mail = browser.ask("ada@lovelace.example").await;
    let before = count(&app.cx().db, "SELECT COUNT(*) AS n FROM session").await;
    let clicks = (0..50).map(|_| {
        let mut same = Browser::new(&app);
        same.cookies.clone_from(&browser.cookies);
        let link = mail.link.clone();
        async move { same.post(&link, &[]).await.status.as_u16() }
    });
    let answers = futures_util::future::join_all(clicks).await;
    assert_eq!(answers.iter().filter(|status| **status == 303).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == 410).count(), 49, "{answers:?}");
    assert_eq!(count(&app.cx().db, "SELECT COUNT(*) AS n FROM session").await, before + 1);
}

#[tokio::test]
async fn fifty_clicks_at_once_open_one_session_on_sqlite() {
    fifty_at_once(Engine::Sqlite).await;
}

#[tokio::test]
async fn fifty_clicks_at_once_open_one_session_on_postgres() {
    if has_postgres() {
        fifty_at_once(Engine::Postgres).await;
    }
}
