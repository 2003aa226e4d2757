//! "Ask me": a public page, a request that its address confirms, and the first of the two yeses.

use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::introduction::State;
use twoyes::domain::letter::LinkName::Answer;
use twoyes::flow::{account, draft, erasure, suppressions};
use twoyes::ids::IntroductionId;
use twoyes::mail::Decoded;

use crate::network_kit::link_in;
use crate::support::app::{Page, TestApp, raw_draft};
use crate::support::db::{Engine, fresh, has_postgres};

const FORM: [(&str, &str); 4] = [
    ("name", "Grace Hopper"),
    ("email", "grace@hopper.example"),
    ("wish", "somebody who has built a machine that thinks"),
    ("about", "I build compilers."),
];

async fn open_page(app: &TestApp) {
    let form = [("slug", "ada"), ("welcome", "I know people who build machines."), ("is_open", "yes")];
    app.act("/ask-me", &form).await.is(303);
}

async fn asked(app: &TestApp) -> Decoded {
    app.post("/ask/ada", &FORM).await.is(200).says("Please look into your mailbox");
    let mut mails = app.deliver().await;
    mails.retain(|mail| mail.text.contains("/asked/"));
    assert_eq!(mails.len(), 1);
    mails.remove(0)
}

async fn say(app: &TestApp, link: &str, form: &[(&str, &str)]) -> Page {
    let nonce = app.get(link).await.is(200).value("nonce");
    let mut all = vec![("nonce", nonce.as_str())];
    all.extend(form);
    app.post(link, &all).await
}

const YES: [(&str, &str); 2] = [("do", "yes"), ("sure", "yes")];

/// A request that was confirmed; its link.
async fn confirmed(app: &TestApp) -> String {
    let link = link_in(&asked(app).await, "/asked/");
    say(app, &link, &YES).await.is(200).says("Ada has your request");
    link
}

/// The draft of Grace and Alan.
async fn drafted(app: &TestApp) -> IntroductionId {
    draft::create(app.cx(), &app.connector, &raw_draft()).await.unwrap().id
}

#[tokio::test]
async fn a_page_is_there_only_while_its_connector_wants_it() {
    let app = TestApp::new().await;
    app.get("/ask/ada").await.is(404);
    app.see("/ask-me").await.is(200).says("It is closed").says("Nobody asks right now");
    open_page(&app).await;
    app.see("/ask-me").await.says("Everybody can see it");
    let page = app.get("/ask/ada").await.is(200).says("Ask Ada Lovelace for an introduction");
    page.says("I know people who build machines.").hides("ada@lovelace.example");
    let bad = app.act("/ask-me", &[("slug", "A da!"), ("welcome", ""), ("is_open", "yes")]).await.is(422);
    bad.says("small letters, digits and hyphens");
    let bob = account::add(app.cx(), "bob@else.example", "Bob", twoyes::domain::connector::Role::Connector);
    let bob = bob.await.unwrap();
    let raw = twoyes::domain::ask_me::RawPage { slug: "ada".into(), welcome: String::new(), is_open: true };
    assert!(twoyes::flow::ask_me::save_page(app.cx(), &bob, &raw).await.is_err(), "it is Ada's");
    app.act("/ask-me", &[("slug", "ada"), ("welcome", "")]).await.is(303);
    app.get("/ask/ada").await.is(404);
    app.post("/ask/ada", &FORM).await.is(404);
}

#[tokio::test]
async fn nobody_sees_a_request_before_its_address_confirmed_it() {
    let app = TestApp::new().await;
    open_page(&app).await;
    let mail = asked(&app).await;
    let text = mail.text.replace("> ", "").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("machine that thinks") && text.contains("Before that, nobody sees it"), "{text}");
    app.see("/ask-me").await.says("Nobody asks right now");
    app.see("/").await.hides("asks you for an introduction");
    let link = link_in(&mail, "/asked/");
    let page = app.get(&link).await.is(200).says("Nobody has seen it yet");
    page.says("Ada Lovelace may introduce me, once");
    // The first button changes nothing, and a yes needs its tick.
    say(&app, &link, &[("do", "")]).await.is(200).says("Nothing was changed");
    say(&app, &link, &[("do", "yes")]).await.is(422).says("Please tick");
    say(&app, &link, &[("do", "yes"), ("sure", "yes"), ("website", "x")]).await.is(422);
    app.post(&link, &[("nonce", "old"), ("do", "yes"), ("sure", "yes")])
        .await
        .is(422)
        .says("open for too long");
    app.see("/ask-me").await.says("Nobody asks right now");
    say(&app, &link, &YES).await.is(200).says("Ada has your request");
    app.see("/").await.says("Somebody asks you for an introduction");
    app.see("/ask-me").await.says("Grace Hopper").says("machine that thinks").says("I build compilers.");
    // Taken back, it is gone.
    say(&app, &link, &[("do", "forget")]).await.is(422).says("Please tick");
    say(&app, &link, &[("do", "forget"), ("sure", "yes")]).await.is(200).says("It is forgotten");
    app.see("/ask-me").await.says("Nobody asks right now");
    app.get(&link).await.is(410);
    app.get("/asked/nonsense").await.is(404);
}

#[tokio::test]
async fn a_confirmed_request_is_the_first_yes() {
    let app = TestApp::new().await;
    open_page(&app).await;
    let link = confirmed(&app).await;
    let inbox = app.see("/ask-me").await;
    let write = inbox.body.split("href=\"/introductions/new?request=").nth(1).unwrap();
    let id = write.split('"').next().unwrap();
    let form = app.see(&format!("/introductions/new?request={id}")).await.is(200);
    assert!(form.body.contains("value=\"Grace Hopper\"") && form.body.contains("I build compilers."));
    let of = drafted(&app).await;
    let preview = app.see(&format!("/introductions/{of}/preview")).await.is(200);
    preview.says("that is their yes, and only Alan Turing needs to be asked").says("Ask Alan Turing now");
    app.act(&format!("/introductions/{of}/ask"), &[("on_request", "yes")]).await.is(303);
    let now = app.load(of).await;
    assert_eq!(now.state, State::Asking);
    assert!(now.parties.first.says_yes() && now.parties.second.asked.is_some());
    let first: Vec<Decoded> = app.deliver().await;
    assert_eq!(first.len(), 1, "a receipt for the first, and no question");
    assert!(first[0].text.contains("yes") && first[0].to[0].address == "grace@hopper.example");
    app.later(Span::minutes(2));
    let second = app.deliver().await;
    assert_eq!(
        second.iter().map(|mail| mail.to[0].address.as_str()).collect::<Vec<_>>(),
        ["alan@turing.example"]
    );
    app.get(&link).await.is(200).says("An introduction was begun with it");
    let answer = app.link(of, Side::Second, Answer).await;
    let nonce = app.get(&answer).await.value("nonce");
    app.post(&answer, &[("nonce", &nonce), ("choice", "yes")]).await.is(200);
    app.later(Span::minutes(11));
    app.deliver().await;
    assert_eq!(app.load(of).await.state, State::Introduced);
    // Both yeses have their record; the first one's says where it was given, and on which words.
    assert!(app.holds("\"link\":\"request\"") && app.holds("\"link\":\"consent\""));
    assert!(app.holds("Ada Lovelace may introduce me, once"));
    app.see("/ask-me").await.says("Nobody asks right now");
}

#[tokio::test]
async fn it_counts_once_for_its_own_connector_and_not_for_ever() {
    let mut app = TestApp::new().await;
    open_page(&app).await;
    confirmed(&app).await;
    let other = account::add(app.cx(), "bob@else.example", "Bob", twoyes::domain::connector::Role::Connector);
    let other = other.await.unwrap();
    let theirs = draft::create(app.cx(), &other, &raw_draft()).await.unwrap();
    assert!(twoyes::flow::ask::on_request(app.cx(), &other, theirs.id).await.is_err());
    let of = drafted(&app).await;
    app.act(&format!("/introductions/{of}/ask"), &[("on_request", "yes")]).await.is(303);
    let mut raw = raw_draft();
    raw.second.email = "another@helper.example".into();
    let again = draft::create(app.cx(), &app.connector, &raw).await.unwrap();
    app.see(&format!("/introductions/{}/preview", again.id)).await.hides("that is their yes");
    app.act(&format!("/introductions/{}/ask", again.id), &[("on_request", "yes")]).await.is(404);
    assert_eq!(app.load(again.id).await.state, State::Draft);
    // One that lies too long is no yes any more.
    app.later(Span::days(40));
    app.sign_in().await;
    confirmed(&app).await;
    app.later(Span::days(91));
    app.sign_in().await;
    app.act(&format!("/introductions/{}/ask", again.id), &[("on_request", "yes")]).await.is(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_drafts_at_once_cannot_both_use_one_request() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        if engine == Engine::Postgres && !has_postgres() {
            continue;
        }
        let on = fresh(engine).await;
        let app = TestApp::on(on.db.clone(), tempfile::tempdir().unwrap()).await;
        open_page(&app).await;
        confirmed(&app).await;
        let mut drafts = Vec::new();
        for n in 0..4 {
            let mut raw = raw_draft();
            raw.second.email = format!("helper{n}@helper.example");
            drafts.push(draft::create(app.cx(), &app.connector, &raw).await.unwrap().id);
        }
        let asks = drafts.into_iter().map(|id| {
            let (cx, who) = (app.cx().clone(), app.connector.clone());
            tokio::spawn(async move { twoyes::flow::ask::on_request(&cx, &who, id).await.is_ok() })
        });
        let mut used = 0;
        for ask in futures_util::future::join_all(asks).await {
            used += u32::from(ask.unwrap());
        }
        assert_eq!(used, 1, "{engine:?}");
    }
}

#[tokio::test]
async fn what_is_put_aside_can_be_taken_back_and_tells_nobody() {
    let app = TestApp::new().await;
    open_page(&app).await;
    let link = confirmed(&app).await;
    let before = app.get(&link).await.is(200).plain();
    let inbox = app.see("/ask-me").await;
    let action = inbox.body.split("action=\"/ask-me/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let done = app.act(&format!("/ask-me/{action}"), &[]).await.is(303);
    app.see(done.header("location")).await.says("Put aside: Grace Hopper").says("Nobody asks right now");
    assert_eq!(app.get(&link).await.is(200).plain(), before);
    assert!(app.deliver().await.is_empty());
    app.act(&format!("/ask-me/{action}"), &[("undo", "yes")]).await.is(303);
    app.see("/ask-me").await.says("machine that thinks");
}

#[tokio::test]
async fn it_has_limits_and_an_address_that_wants_nothing_gets_nothing() {
    let app = TestApp::new().await;
    open_page(&app).await;
    let bad =
        app.post("/ask/ada", &[("name", ""), ("email", "x"), ("wish", ""), ("about", "")]).await.is(422);
    bad.says("Whom you would like to meet is needed");
    app.post("/ask/ada", &[&FORM[..], &[("website", "x")]].concat()).await.is(422);
    suppressions::add(app.cx(), &app.connector, "never@asks.example", "they said so").await.unwrap();
    let mut form = FORM;
    form[1].1 = "never@asks.example";
    app.post("/ask/ada", &form).await.is(200).says("Please look into your mailbox");
    assert!(app.deliver().await.is_empty());
    for _ in 0..3 {
        app.post("/ask/ada", &FORM).await.is(200);
    }
    app.post("/ask/ada", &FORM).await.is(422).says("asked three times within a day");
    // The allowance of the client is used up, too.
    form[1].1 = "fresh@asks.example";
    app.later(Span::minutes(1));
    app.post("/ask/ada", &form).await.is(200);
    let many = app.post("/ask/ada", &form).await;
    assert_eq!(many.status.as_u16(), 429);
}

#[tokio::test]
async fn who_stops_or_is_erased_leaves_nothing_of_it() {
    let app = TestApp::new().await;
    open_page(&app).await;
    let mail = asked(&app).await;
    app.get(&link_in(&mail, "/stop/")).await.is(200).says("Never be asked again?");
    say(&app, &link_in(&mail, "/asked/"), &YES).await.is(200);
    app.post(&link_in(&mail, "/stop/"), &[("List-Unsubscribe", "One-Click")]).await.is(200);
    let of = drafted(&app).await;
    app.act(&format!("/introductions/{of}/ask"), &[("on_request", "yes")]).await.is(409);
    erasure::by_operator(app.cx(), "grace@hopper.example").await.unwrap();
    app.later(Span::hours(2));
    app.deliver().await;
    assert!(!app.holds("machine that thinks"));
}
