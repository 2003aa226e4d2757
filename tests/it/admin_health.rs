//! The admin's health page: a sentence for each fault.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::http::Method;
use axum::http::header::COOKIE;
use http_body_util::BodyExt;
use tower::ServiceExt;
use twoyes::clock::Span;
use twoyes::domain::link::LinkRing;
use twoyes::flow::condition::{self, Instance, Record, Weight, What};
use twoyes::view::Views;
use twoyes::web::{Inner, Web, routes};

use crate::support::app::{BASE, TestApp, request};

/// The same site, with another instance around it.
fn site(app: &TestApp, instance: Instance) -> axum::Router {
    let web = Web::new(Inner {
        clients: twoyes::web::client::Clients::default(),
        cx: app.cx().clone(),
        metrics: app.web.metrics.clone(),
        mailbox: None,
        body_limit: app.web.body_limit,
        request_timeout: app.web.request_timeout,
        https: false,
        instance,
        inbound: None,
    });
    routes::router(&web)
}

async fn ask(app: &TestApp, instance: Instance, method: Method, path: &str) -> String {
    let request = request(method, path).header(COOKIE, &app.cookie).header("sec-fetch-site", "same-origin");
    let response = site(app, instance).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status().as_u16(), 200);
    let body = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

async fn run(app: &TestApp, sql: &'static str) {
    app.cx().db.write(move |tx| Box::pin(async move { tx.q(sql).run().await })).await.unwrap();
}

#[test]
fn every_trouble_has_its_sentence_and_its_way_out() {
    let views = Views::compile(None).unwrap();
    for what in What::ALL {
        for key in [format!("trouble-{}", what.as_str()), format!("trouble-{}-do", what.as_str())] {
            assert!(views.has_word("en", &key), "{key}");
        }
    }
}

#[tokio::test]
async fn all_is_well_is_said_in_two_words() {
    let app = TestApp::new().await;
    app.deliver().await;
    app.see("/admin/health").await.is(200).says("Everything works.").says("SQLite").hides("What is wrong");
}

#[tokio::test]
async fn faults_of_mails_are_told() {
    let app = TestApp::new().await;
    app.asked().await;
    app.later(Span::minutes(16));
    app.see("/admin/health").await.is(200).says("Mail is late");
    run(&app, "UPDATE delivery SET state = 'unknown', due_at = 9223372036854775807").await;
    let page = app.see("/admin/health").await.is(200);
    page.says("One mail was perhaps delivered and waits for your decision.").hides("Mail is late");
    run(&app, "UPDATE delivery SET state = 'failed', finished_at = created_at").await;
    app.see("/admin/health").await.is(200).says("One mail failed in the last day.").says("Everything works.");
    app.later(Span::days(1));
    app.see("/admin/health").await.is(200).hides("failed in the last day");
    run(&app, "UPDATE delivery SET created_at = created_at + 864000000000").await;
    app.see("/admin/health").await.is(200).says("the clock was put back");
}

#[tokio::test]
async fn a_ring_without_a_key_and_a_foreign_schema_are_told() {
    let app = TestApp::new().await;
    *app.cx().ring.write().unwrap() = Arc::new(LinkRing::new(BASE, &[]));
    app.see("/admin/health").await.is(200).says("no active key").hides("Everything works");
    run(&app, "UPDATE migration SET checksum = 'other' WHERE version = 1").await;
    let page = app.see("/admin/health").await.is(200);
    page.says("The schema of the database is not the one of this version.");
}

#[tokio::test]
async fn what_an_operator_left_undone_is_told() {
    let app = TestApp::new().await;
    let now = app.cx().now();
    let fine = Instance {
        started_at: Some(now),
        relays: true,
        signs: true,
        key_made_at: Some(now - Span::days(90)),
        ..Instance::default()
    };
    let see = async |instance: Instance| ask(&app, instance, Method::GET, "/admin/health").await;
    assert!(see(fine.clone()).await.contains("Everything works."));
    let old = Instance { key_made_at: Some(now - Span::days(91)), ..fine.clone() };
    assert!(see(old).await.contains("The key that signs links is 91 days old."));
    let unsigned = Instance { signs: false, ..fine.clone() };
    assert!(see(unsigned).await.contains("Mails are not signed here"));
    let own = Instance { overrides: vec!["en/pages/error.html".into()], ..fine.clone() };
    assert!(see(own).await.contains("One template was replaced by your own:"));
    app.later(Span::minutes(6));
    assert!(see(fine.clone()).await.contains("Nobody looks for what is due"));
    app.cx().counts.swept_at.store(app.cx().now().0, Ordering::Relaxed);
    assert!(see(fine).await.contains("Everything works."));
}

#[tokio::test]
async fn records_are_looked_up_on_request_only_and_not_for_ever() {
    let app = TestApp::new().await;
    let said = "example.org has no SPF record.";
    let instance = Instance {
        relays: true,
        signs: true,
        records: Some(Arc::new(move || {
            let record = Record { weight: Weight::Warning, sentence: said.into() };
            Box::pin(async move { vec![record] })
        })),
        ..Instance::default()
    };
    assert!(!ask(&app, instance.clone(), Method::GET, "/admin/health").await.contains(said));
    assert!(ask(&app, instance.clone(), Method::POST, "/admin/health/records").await.contains(said));
    let mute = Instance { records: Some(Arc::new(|| Box::pin(std::future::pending()))), ..instance };
    let short = std::time::Duration::from_millis(20);
    assert!(condition::records(&mute, short).await.is_none());
}
