//! Connectors come by invitation, and an admin can suspend them without anybody noticing.

use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::connector::Role;
use twoyes::domain::introduction::StateName;
use twoyes::flow::{account, ask, draft, log};

use crate::accounts_kit::{Browser, grace};
use crate::support::app::{TestApp, raw_draft};

const INVITE: &str = "/admin/connectors/invite";

#[tokio::test]
async fn an_invitation_leads_to_the_sign_in_page_and_opens_nothing_by_itself() {
    let app = TestApp::new().await;
    app.see(INVITE).await.is(200).says("Invite somebody");
    let form = [("email", "mary@connect.example"), ("name", "Mary Somerville"), ("role", "connector")];
    assert_eq!(app.act(INVITE, &form).await.is(303).header("location"), "/admin/connectors?said=invited");
    app.see("/admin/connectors?said=invited")
        .await
        .is(200)
        .says("The invitation is on its way")
        .says("Invited");
    let mail = app.deliver().await.remove(0);
    assert_eq!(mail.subject, "Ada Lovelace invites you to introduce people");
    let link = mail.text.lines().find(|line| line.contains("/sign-in")).unwrap();
    let path = format!("/{}", link.splitn(4, '/').nth(3).unwrap());
    let mut browser = Browser::new(&app);
    let page = browser.get(&path).await.is(200);
    assert_eq!(page.value("email"), "mary@connect.example");
    assert!(browser.cookies.is_empty());
    browser.sign_in("mary@connect.example").await;
    browser.get("/").await.is(200).says("Mary Somerville");
    browser.get("/admin/connectors").await.is(403);
}

#[tokio::test]
async fn an_invitation_with_faults_keeps_what_was_typed() {
    let app = TestApp::new().await;
    let form = [("email", "mary@"), ("name", ""), ("role", "admin")];
    let page = app.act(INVITE, &form).await.is(422).says("needs a full domain").says("The name is needed.");
    assert_eq!(page.value("email"), "mary@");
    assert!(page.body.contains("value=\"admin\" checked"));
    let form = [("email", "ADA@lovelace.example"), ("name", "Ada"), ("role", "connector")];
    app.act(INVITE, &form).await.is(422).says("There is an account with this address already.");
    app.act(INVITE, &[("email", "m@x.example"), ("name", "M"), ("role", "owner")]).await.is(422);
    assert!(app.deliver().await.is_empty());
}

#[tokio::test]
async fn who_never_came_is_invited_again_but_not_without_end() {
    let app = TestApp::new().await;
    let form = [("email", "mary@connect.example"), ("name", "Mary"), ("role", "connector")];
    app.act(INVITE, &form).await.is(303);
    let id = account::find(app.cx(), "mary@connect.example").await.unwrap().id;
    let path = format!("/admin/connectors/{id}");
    for _ in 0..2 {
        app.later(Span(1));
        app.act(&format!("{path}/invite-again"), &[]).await.is(303);
    }
    app.act(&format!("{path}/invite-again"), &[]).await.is(422).says("several mails within a short time");
    assert_eq!(app.deliver().await.len(), 3);
    app.later(Span::hours(2));
    Browser::new(&app).sign_in("mary@connect.example").await;
    app.see(&path).await.is(200).hides("invite-again");
    app.act(&format!("{path}/invite-again"), &[]).await.is(422).says("They were here already");
}

#[tokio::test]
async fn a_role_comes_and_goes_at_once_and_the_last_admin_stays() {
    let app = TestApp::new().await;
    let who = grace(&app).await;
    let mut browser = Browser::new(&app);
    browser.sign_in("grace@connect.example").await;
    browser.get("/admin/connectors").await.is(403);
    let (hers, own) =
        (format!("/admin/connectors/{}", who.id), format!("/admin/connectors/{}", app.connector.id));
    for path in ["role", "suspend"] {
        let page = app.act(&format!("{own}/{path}"), &[("role", "connector")]).await.is(422);
        page.says("This is the last admin.");
    }
    app.act("/settings/delete", &[("email", "ada@lovelace.example")])
        .await
        .is(422)
        .says("This is the last admin.");
    app.act(&format!("{hers}/role"), &[("role", "admin")]).await.is(303);
    browser.get("/admin/connectors").await.is(200).says("ada@lovelace.example");
    browser.post(&format!("{own}/role"), &[("role", "connector")]).await.is(303);
    app.see("/admin/connectors").await.is(403);
    browser.post(&format!("{hers}/suspend"), &[]).await.is(422).says("This is the last admin.");
    app.act(&format!("{own}/role"), &[("role", "admin")]).await.is(403);
}

#[tokio::test]
async fn two_admins_who_remove_each_other_at_once_leave_one() {
    let app = TestApp::new().await;
    let who = account::add(app.cx(), "g@connect.example", "Grace", Role::Admin).await.unwrap();
    let (one, two) = tokio::join!(
        account::suspend(app.cx(), &app.connector, who.id),
        account::suspend(app.cx(), &who, app.connector.id)
    );
    assert!(one.is_ok() != two.is_ok());
}

#[tokio::test]
async fn a_suspension_takes_back_what_is_under_way_and_parties_notice_nothing_before_the_deadline() {
    let app = TestApp::new().await;
    let who = grace(&app).await;
    let draft = |nth: u8| {
        let mut raw = raw_draft();
        raw.first.email = format!("first{nth}@people.example");
        raw.second.email = format!("second{nth}@people.example");
        raw
    };
    let reached = draft::create(app.cx(), &who, &draft(1)).await.unwrap().id;
    ask::ask(app.cx(), &who, reached).await.unwrap();
    assert_eq!(app.deliver().await.len(), 1);
    let load = |id| {
        let (cx, who) = (app.cx().clone(), who.clone());
        async move { log::get(&cx, &who, id).await.unwrap().unwrap() }
    };
    let party = load(reached).await.parties.get(Side::First).clone();
    let link =
        format!("/c/{}", app.mint(twoyes::domain::link::Purpose::Consent, party.generation, party.link));
    let before = app.get(&link).await.is(200);
    let unsent = draft::create(app.cx(), &who, &draft(2)).await.unwrap().id;
    ask::ask(app.cx(), &who, unsent).await.unwrap();

    let path = format!("/admin/connectors/{}", who.id);
    app.see(&format!("{path}/suspend")).await.is(200).says("Their 2 introductions under way are taken back.");
    app.act(&format!("{path}/suspend"), &[]).await.is(303);
    app.see(&format!("{path}?said=suspended")).await.is(200).says("Let them in again");
    assert!(app.deliver().await.is_empty(), "the ask that had not left never does");
    assert_eq!(load(unsent).await.state.name(), StateName::Closed);
    let now = app.get(&link).await.is(200);
    let words = |page: &crate::support::app::Page| page.plain();
    assert_eq!(words(&before), words(&now), "the party's page is the same");

    let nonce = now.value("nonce");
    app.post(&link, &[("nonce", &nonce), ("choice", "yes")]).await.is(200);
    let mails = app.deliver().await;
    assert_eq!(mails.len(), 1, "a receipt, and nobody else is asked");
    app.later(Span::days(20));
    let mails = app.deliver().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject, "The introduction did not come about");
    assert_eq!(load(reached).await.state.name(), StateName::Closed);
}
