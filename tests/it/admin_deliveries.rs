//! The admin's pages of deliveries: decisions with a real courier, the paused route, the opened address.

use std::time::Duration;

use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::connector::Role;
use twoyes::domain::letter::{DeliveryState, LinkName};
use twoyes::domain::message::MessageKind;
use twoyes::flow::{account, ask, draft, stop};
use twoyes::ids::DeliveryId;
use twoyes::metrics::Metrics;
use twoyes::store::deliveries::{self, Filter};
use twoyes::worker::{Outlet, Settings, Worker};

use crate::support::app::{TestApp, raw_draft};
use crate::support::post::route;
use crate::support::smtp_sink::{Act, At, SmtpSink};

/// A courier of the site that talks to the sink.
fn courier(app: &TestApp, sink: &SmtpSink) -> Worker {
    let transport = route(sink, Duration::from_millis(500));
    let outlet = Outlet { transport, signer: None, route: "relay".into() };
    Worker::new(app.cx().clone(), outlet, Settings::default(), Metrics::new())
}

async fn only(app: &TestApp) -> deliveries::Delivery {
    let mut tx = app.cx().db.read().await.unwrap();
    deliveries::list(&mut tx, &Filter::default(), 9).await.unwrap().remove(0)
}

fn page_of(id: DeliveryId) -> String {
    format!("/admin/deliveries/{id}")
}

/// The ask to Grace, whose connection broke three times behind the final dot.
async fn undecided(app: &TestApp, sink: &SmtpSink) -> DeliveryId {
    app.asked().await;
    sink.always(At::Dot, Act::Close);
    let worker = courier(app, sink);
    for _ in 0..3 {
        worker.run_once().await;
        app.later(Span::minutes(30));
    }
    sink.always(At::Dot, Act::reply("250 2.0.0 ok"));
    worker.run_once().await;
    assert_eq!(sink.taken().len(), 3, "it waits for a person");
    only(app).await.id
}

#[tokio::test]
async fn one_that_was_perhaps_delivered_is_sent_again_with_the_same_bytes() {
    let app = TestApp::new().await;
    let sink = SmtpSink::start().await;
    let id = undecided(&app, &sink).await;
    // Longer than a mail is tried by itself.
    app.later(Span::days(5));
    let list = app.see("/admin/deliveries").await.is(200);
    list.says("To decide").hides("grace@hopper.example");
    app.see(&page_of(id)).await.is(200).says("a second one may").says("When you decide");
    let done = app.act(&format!("{}/retry", page_of(id)), &[]).await.is(303);
    app.see(done.header("location")).await.is(200).says("It is at the front of the queue again.");
    courier(&app, &sink).run_once().await;
    let taken = sink.taken();
    assert_eq!(taken.len(), 4);
    assert!(taken.iter().all(|mail| mail.data == taken[0].data));
    assert_eq!(only(&app).await.state, DeliveryState::Sent);
    app.see("/admin/acts").await.is(200).says("Ada Lovelace had a mail sent again.");
}

#[tokio::test]
async fn one_that_was_perhaps_delivered_counts_as_sent_and_never_leaves_again() {
    let app = TestApp::new().await;
    let sink = SmtpSink::start().await;
    let id = undecided(&app, &sink).await;
    let done = app.act(&format!("{}/count-as-sent", page_of(id)), &[]).await.is(303);
    app.see(done.header("location")).await.is(200).says("It counts as sent now.").hides("Send again");
    app.later(Span::days(1));
    courier(&app, &sink).run_once().await;
    assert_eq!(sink.taken().len(), 3);
    // Somebody else decides a moment later.
    for deed in ["retry", "count-as-sent", "cancel"] {
        let late = app.act(&format!("{}/{deed}", page_of(id)), &[]).await.is(303);
        app.see(late.header("location")).await.is(200).says("Nothing was changed");
    }
    assert_eq!(only_state(&app, id).await, DeliveryState::Sent);
    let acts = app.see("/admin/acts").await.is(200);
    assert_eq!(acts.plain().matches("a mail").count(), 1, "only what was done is written down");
}

async fn only_state(app: &TestApp, id: DeliveryId) -> DeliveryState {
    let mut tx = app.cx().db.read().await.unwrap();
    deliveries::get(&mut tx, id).await.unwrap().unwrap().state
}

#[tokio::test]
async fn a_paused_route_is_told_with_the_servers_words_and_tried_at_once() {
    let app = TestApp::new().await;
    app.see("/admin/deliveries").await.is(200).says("The mail route is working.");
    let sink = SmtpSink::start().await;
    app.asked().await;
    let worker = courier(&app, &sink);
    sink.always(At::Mail, Act::reply("535 5.7.8 authentication failed"));
    worker.run_once().await;
    let paused = app.see("/admin/deliveries").await.is(200);
    let paused = paused.says("Mail is paused until").says("authentication failed");
    let name = paused.value("route");
    app.see("/admin/health").await.is(200).says("Mail is paused until").says("authentication failed");
    sink.always(At::Mail, Act::reply("250 2.1.0 ok"));
    worker.run_once().await;
    assert!(sink.taken().is_empty(), "it is left alone");
    let tried = app.act("/admin/route/try", &[("route", &name)]).await.is(303);
    app.see(tried.header("location")).await.is(200).says("The pause is over");
    worker.run_once().await;
    assert_eq!(sink.taken().len(), 1);
    app.see("/admin/deliveries").await.is(200).says("The mail route is working.");
    let again = app.act("/admin/route/try", &[("route", &name)]).await.is(303);
    app.see(again.header("location")).await.is(200).says("Nothing was changed");
    app.see("/admin/acts").await.is(200).says("ended the pause of the mail route relay");
}

#[tokio::test]
async fn an_address_is_shown_once_by_a_form_that_is_written_down() {
    let app = TestApp::new().await;
    let sink = SmtpSink::start().await;
    app.asked().await;
    sink.always(At::Rcpt, Act::reply("450 4.2.1 <Grace@Hopper.example>: mailbox grace is full"));
    courier(&app, &sink).run_once().await;
    let id = only(&app).await.id;
    app.see(&page_of(id))
        .await
        .is(200)
        .says("4.2.1")
        .says("When the recipient was named.")
        .hides("race@")
        .hides("mailbox grace");
    let shown = app.act(&format!("{}/address", page_of(id)), &[]).await.is(200);
    shown.says("It goes to grace@hopper.example.");
    app.act("/admin/suppressions/look-up", &[("email", "grace@hopper.example")]).await.is(200);
    let form = [("email", "grace@hopper.example"), ("reason", "They rang us.")];
    app.act("/admin/suppressions/add", &form).await.is(303);
    app.act("/admin/suppressions/lift", &form).await.is(303);
    app.see("/admin/acts").await.is(200).says("Ada Lovelace opened the address of a mail.");
    app.see(&page_of(id)).await.is(200).says("opened the address");
    for path in twoyes::web::routes::table() {
        if path.method == "GET" && path.path.starts_with("/admin") {
            let path = path.path.replace("{id}", &id.to_string());
            let page = app.see(&path).await.hides("grace@").hides("alan@");
            assert!(!page.body.contains("compiler"), "{path} shows private words");
        }
    }
}

#[tokio::test]
async fn a_connector_sees_and_does_nothing_of_this() {
    let mut app = TestApp::new().await;
    app.asked().await;
    let id = only(&app).await.id;
    app.connector = account::add(app.cx(), "bob@example.org", "Bob", Role::Connector).await.unwrap();
    app.sign_in().await;
    for path in ["/admin/deliveries", "/admin/health", "/admin/suppressions", "/admin/acts", &page_of(id)] {
        app.see(path).await.is(403);
    }
    for path in ["retry", "count-as-sent", "cancel", "address"] {
        app.act(&format!("{}/{path}", page_of(id)), &[]).await.is(403).hides("grace@");
    }
}

#[tokio::test]
async fn whoever_said_never_looks_to_an_admin_like_anybody_whose_mail_was_taken_back() {
    let app = TestApp::new().await;
    let of = app.asked().await;
    app.deliver().await;
    // Another connector's ask to the same person still waits.
    let mary = account::add(app.cx(), "mary@example.org", "Mary", Role::Connector).await.unwrap();
    let second = draft::create(app.cx(), &mary, &raw_draft()).await.unwrap().id;
    ask::ask(app.cx(), &mary, second).await.unwrap();
    let link = app.link(of.id, Side::First, LinkName::Stop).await;
    stop::stop(app.cx(), link.trim_start_matches("/stop/")).await.unwrap();
    let waiting = deliveries_of(&app, MessageKind::AskFirst).await;
    let cancelled = waiting.iter().find(|one| one.state == DeliveryState::Cancelled).unwrap();
    assert_eq!(cancelled.last_words, "taken back", "not even the database tells why");
    assert_eq!(cancelled.introduction, Some(second));
    app.see("/admin/deliveries")
        .await
        .is(200)
        .says("Cancelled")
        .hides("never ask again")
        .hides("Receipt")
        .hides("receipt of");
    app.see(&page_of(cancelled.id)).await.is(200).hides("never ask again");
    let receipts = deliveries_of(&app, MessageKind::Receipt).await;
    assert!(!receipts.is_empty(), "the answer was confirmed");
    app.see(&page_of(receipts[0].id)).await.is(404);
    app.act(&format!("{}/address", page_of(receipts[0].id)), &[]).await.is(404);
}

async fn deliveries_of(app: &TestApp, kind: MessageKind) -> Vec<deliveries::Delivery> {
    let mut tx = app.cx().db.read().await.unwrap();
    let all = deliveries::page(&mut tx, None, None, 99).await.unwrap();
    all.into_iter().filter(|one| one.kind == kind).collect()
}

#[tokio::test]
async fn the_list_is_filtered_by_state_mail_and_day() {
    let app = TestApp::new().await;
    app.see("/admin/deliveries").await.is(200).says("No mail has been queued yet.");
    app.asked().await;
    app.see("/admin/deliveries").await.is(200).says("g…@hopper.example").says("Queued (1)");
    for (query, found) in [
        ("state=queued", true),
        ("state=failed", false),
        ("kind=ask", true),
        ("kind=service", false),
        ("state=queued&kind=ask&from=2026-03-02&to=2026-03-02", true),
        ("from=2026-03-03", false),
        ("to=2026-03-01", false),
        ("state=nonsense&kind=none&from=yesterday", true),
    ] {
        let page = app.see(&format!("/admin/deliveries?{query}")).await.is(200);
        assert_eq!(page.body.contains("g…@hopper.example"), found, "{query}");
    }
}
