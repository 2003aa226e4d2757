//! The description of the API is the API; and the probes.

use std::collections::BTreeSet;

use serde_json::Value;
use twoyes::clock::Span;
use twoyes::domain::connector::{Role, Scope};
use twoyes::domain::link::LinkRing;
use twoyes::web::routes::Access;
use twoyes::web::{api, health};

use crate::api_kit::Api;
use crate::support::db::{Engine, both, fresh};

#[test]
#[expect(clippy::disallowed_methods, reason = "UPDATE=1 rewrites the committed file")]
fn the_committed_document_is_what_the_code_says() {
    let now = api::openapi();
    if std::env::var("UPDATE").is_ok() {
        std::fs::write("openapi.json", &now).unwrap();
    }
    let committed = std::fs::read_to_string("openapi.json").unwrap_or_default();
    assert!(committed == now, "openapi.json is old; run this test once with UPDATE=1");
}

fn document() -> Value {
    serde_json::from_str(&api::openapi()).unwrap()
}

#[test]
fn the_table_and_the_document_name_the_same_routes_with_the_same_scopes() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let mut described = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let scope = operation["security"][0]["token"][0].as_str().unwrap();
            described.insert(format!("{} {path} {scope}", method.to_uppercase()));
            for status in ["401", "403", "503"] {
                assert!(operation["responses"][status].is_object(), "{method} {path} {status}");
            }
            assert!(operation["summary"].is_string(), "{method} {path}");
        }
    }
    let row = |route: &twoyes::web::routes::Route| match route.access {
        Access::Token(scope) => Some(format!("{} {} {}", route.method, route.path, scope.as_str())),
        Access::Public | Access::Connector | Access::Admin => None,
    };
    assert_eq!(described, api::table().iter().filter_map(row).collect());
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    fn walk<'a>(node: &'a Value, found: &mut Vec<&'a str>) {
        match node {
            Value::Object(object) => {
                found.extend(object.get("$ref").and_then(Value::as_str));
                object.values().for_each(|value| walk(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| walk(value, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let document = document();
    let mut found = Vec::new();
    walk(&document, &mut found);
    assert!(found.len() > 50);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn the_document_is_served_to_everybody() {
    let api = Api::new(fresh(Engine::Sqlite).await).await;
    let reply = api.get("", "/api/openapi.json").await;
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.text, twoyes::web::api::openapi());
}

both! {
    async fn the_probes_say_what_is_wrong_in_a_sentence(db: TestDb) {
        let api = Api::new(db).await;
        assert_eq!(health::TABLE.len(), 3);
        assert_eq!(api.get("", "/healthz").await.text, "ok\n");
        let ready = api.get("", "/readyz").await;
        assert_eq!((ready.status.as_u16(), ready.json()["ready"].as_bool()), (200, Some(true)));
        let token = api.lena().await;
        api.asked(&token, "ada").await;
        api.clock.advance(Span::minutes(15));
        assert_eq!(api.get("", "/readyz").await.status, 200);
        api.clock.advance(Span::seconds(1));
        *api.app.cx.ring.write().unwrap() = std::sync::Arc::new(LinkRing::new("http://127.0.0.1:8080", &[]));
        let late = api.get("", "/readyz").await;
        assert_eq!(late.status, 503);
        let checks: Vec<Value> = late.json()["problems"].as_array().unwrap().iter().map(|one| one["check"].clone()).collect();
        assert_eq!(checks, ["keys", "mail"]);
        assert!(late.text.contains("Mail is late: the oldest due delivery waits longer than 15 minutes."));
        assert_eq!(api.get("", "/healthz").await.status, 200);
    }

    async fn the_metrics_tell_of_the_queue_and_count_answers_without_saying_which(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        let id = api.asked(&token, "ada").await;
        api.clock.advance(Span::seconds(40));
        api.answer(&id, "first", crate::api_kit::says("no")).await;
        assert_eq!(api.get("", "/metrics").await.status, 401);
        assert_eq!(api.get(&token, "/metrics").await.status, 403, "no scope of Lena's fits");
        let reader = api.token(&api.account("Ruth", "ruth@connect.example", Role::Admin).await, &[Scope::Metrics]).await;
        assert_eq!(api.get(&reader, "/api/v1/introductions").await.status, 403);
        let text = api.get(&reader, "/metrics").await.text;
        for line in [
            "twoyes_queue_depth{kind=\"ask_first\"} 1",
            "twoyes_queue_oldest_seconds{kind=\"ask_first\"} 40",
            "twoyes_queue_depth{kind=\"introduction\"} 0",
            "twoyes_answers_total 1",
            "twoyes_introductions_total 0",
        ] {
            assert!(text.contains(&format!("{line}\n")), "{line} in\n{text}");
        }
        for path in ["/healthz", "/readyz", "/metrics"] {
            assert_eq!(api.call("", "POST", path, &Value::Null).await.status, 405, "{path}");
        }
    }
}
