//! A connector deletes their account: at once for them, quietly for everybody else.

use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::contact::RawContact;
use twoyes::domain::link::Purpose;
use twoyes::flow::{account, ask, draft, people};
use twoyes::store::connectors;

use crate::accounts_kit::{Browser, grace};
use crate::support::app::{TestApp, raw_draft};

#[tokio::test]
async fn deleting_wants_the_address_typed() {
    let app = TestApp::new().await;
    grace(&app).await;
    let mut browser = Browser::new(&app);
    browser.sign_in("grace@connect.example").await;
    browser.get("/settings/delete").await.is(200).says("This cannot be undone").says("a former connector");
    for typed in ["", "ada@lovelace.example", "grace"] {
        let page = browser.post("/settings/delete", &[("email", typed)]).await.is(422);
        assert_eq!(page.says("This is not the address of your account.").value("email"), typed);
    }
    browser.get("/").await.is(200);
    browser.post("/settings/delete", &[("email", " GRACE@connect.example ")]).await.is(200).says("deleted");
    assert!(browser.cookie("twoyes").is_none());
}

#[tokio::test]
async fn a_deleted_account_is_gone_for_its_owner_and_unnoticed_by_the_parties() {
    let mut app = TestApp::new().await;
    let who = grace(&app).await;
    let raw = RawContact { name: "Zoe".into(), email: "zoe@people.example".into(), ..RawContact::default() };
    people::add(app.cx(), &who, &raw).await.unwrap();
    draft::create(app.cx(), &who, &raw_draft()).await.unwrap();
    let asked = draft::create(app.cx(), &who, &raw_draft()).await.unwrap();
    ask::ask(app.cx(), &who, asked.id).await.unwrap();
    app.deliver().await;
    let mut browser = Browser::new(&app);
    browser.sign_in("grace@connect.example").await;
    let stolen = browser.cookie("twoyes").unwrap();
    let party = asked.parties.get(Side::First);
    let generation = {
        let mut tx = app.cx().db.read().await.unwrap();
        let found = twoyes::store::introductions::view(&mut tx, asked.id).await.unwrap().unwrap();
        found.parties.get(Side::First).generation
    };
    let link = format!("/c/{}", app.mint(Purpose::Consent, generation, party.link));
    let before = app.get(&link).await.is(200);

    browser.post("/settings/delete", &[("email", "grace@connect.example")]).await.is(200);
    Browser::with(&app, &stolen).get("/").await.is(303);
    assert!(people::page(app.cx(), &who, None, 9).await.unwrap().is_empty());
    let now = app.get(&link).await.is(200);
    assert_eq!(before.plain(), now.plain(), "the party's page is the same");
    Browser::new(&app).post("/sign-in", &[("email", "grace@connect.example")]).await.is(200);
    assert!(app.deliver().await.is_empty(), "no sign-in mail");
    app.see("/admin/connectors").await.is(200).hides("grace@connect.example");
    app.see("/admin/outcomes").await.is(200).says("A former connector").hides("Grace Hopper");

    // Name and address are there for the note that a party who says yes gets at the deadline.
    let name = || async {
        let mut tx = app.cx().db.read().await.unwrap();
        let row = connectors::get(&mut tx, who.id).await.unwrap().unwrap();
        (row.name, row.email.as_str().to_owned())
    };
    assert_eq!(name().await.0, "Grace Hopper");
    let nonce = now.value("nonce");
    app.post(&link, &[("nonce", &nonce), ("choice", "yes")]).await.is(200);
    assert_eq!(app.deliver().await.len(), 1, "the receipt");
    app.later(Span::days(20));
    let mails = app.deliver().await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("Grace Hopper"), "{}", mails[0].text);
    app.later(Span::hours(2));
    app.deliver().await;
    assert_eq!(name().await, ("A former connector".into(), "former@deleted.invalid".into()));
    app.sign_in().await;
    app.see("/admin/outcomes").await.is(200).says("A former connector");
}

#[tokio::test]
async fn without_anything_under_way_the_name_goes_at_once_and_the_address_may_be_invited_anew() {
    let app = TestApp::new().await;
    let who = grace(&app).await;
    account::delete(app.cx(), &who, "grace@connect.example").await.unwrap();
    let mut tx = app.cx().db.read().await.unwrap();
    assert_eq!(connectors::get(&mut tx, who.id).await.unwrap().unwrap().name, "A former connector");
    drop(tx);
    let form = [("email", "grace@connect.example"), ("name", "Grace Hopper"), ("role", "connector")];
    app.act("/admin/connectors/invite", &form).await.is(303);
    let mut browser = Browser::new(&app);
    browser.sign_in("grace@connect.example").await;
    browser.get("/settings").await.is(200);
    assert_ne!(account::find(app.cx(), "grace@connect.example").await.unwrap().id, who.id);
}
