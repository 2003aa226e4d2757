//! What the API refuses, and how it says so.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use twoyes::domain::connector::{Role, Scope};

use crate::api_kit::{Api, Reply, draft};
use crate::support::db::{Engine, fresh};

const PATH: &str = "/api/v1/introductions";

async fn ready() -> (Api, String) {
    let api = Api::new(fresh(Engine::Sqlite).await).await;
    let token = api.lena().await;
    (api, token)
}

async fn post(api: &Api, token: &str, kind: &str, body: impl Into<Body>) -> Reply {
    let request = Request::post(PATH).header("authorization", format!("bearer {token}"));
    let request = if kind.is_empty() { request } else { request.header("content-type", kind) };
    api.send(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn without_a_good_token_there_is_only_401() {
    let (api, token) = ready().await;
    for header in ["", "Basic eDp5", "Bearer", "Bearer ", "Bearer twoyes_wrong", &token] {
        let request = Request::get(PATH).header("authorization", header).body(Body::empty()).unwrap();
        let reply = api.send(request).await;
        assert_eq!(reply.problem(), (401, "unauthorized".to_owned()), "{header}");
        assert!(reply.header("www-authenticate").starts_with("Bearer"));
    }
    let cookie = Request::get(PATH).header("cookie", format!("session={token}; token={token}"));
    assert_eq!(api.send(cookie.body(Body::empty()).unwrap()).await.status, 401);
    let twice = Request::get(PATH).header("authorization", format!("Bearer {token}"));
    let twice = twice.header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap();
    assert_eq!(api.send(twice).await.status, 401);
}

#[tokio::test]
async fn a_revoked_token_and_an_admin_scope_without_the_role_open_nothing() {
    let (api, _) = ready().await;
    let who = api.account("Kim", "kim@connect.example", Role::Connector).await;
    let (token, secret) =
        twoyes::flow::account::add_token(&api.app.cx, &who, "t", &[Scope::Read]).await.unwrap();
    assert_eq!(api.get(&secret, PATH).await.status, 200);
    let denied = api.get(&secret, "/api/v1/outcomes").await;
    assert_eq!(denied.problem(), (403, "forbidden".to_owned()));
    assert!(denied.header("www-authenticate").contains("scope=\"admin\""));
    assert_eq!(api.call(&secret, "POST", PATH, &draft()).await.problem().0, 403);
    assert!(twoyes::flow::account::revoke_token(&api.app.cx, token.id).await.unwrap());
    assert_eq!(api.get(&secret, PATH).await.status, 401);
}

#[tokio::test]
async fn bodies_that_are_no_json_objects_are_refused() {
    let (api, token) = ready().await;
    let good = draft().to_string();
    for kind in ["text/plain", "application/x-www-form-urlencoded", ""] {
        let reply = post(&api, &token, kind, good.clone()).await;
        assert_eq!(reply.problem(), (415, "unsupported_media_type".to_owned()), "{kind}");
    }
    let json = "application/json; charset=utf-8";
    for (body, fault) in [
        (&b"{\"purpose\":\"\xff\"}"[..], "body: invalid-utf8"),
        (b"{\"purpose\":", "body: body-unreadable"),
        (b"[]", "body: wrong-type"),
        (b"\"x\"", "body: wrong-type"),
    ] {
        assert_eq!(post(&api, &token, json, body).await.faults(), [fault]);
    }
    let large = vec![b' '; api.app.web.body_limit + 1];
    assert_eq!(post(&api, &token, json, large).await.problem(), (413, "too_large".to_owned()));
    assert_eq!(api.get(&token, PATH).await.json()["items"], json!([]), "nothing was written");
}

#[tokio::test]
async fn faults_of_form_are_told_at_once() {
    let (api, token) = ready().await;
    let body = r#"{"purpose":"peers","purpose":"peers","colour":"red","first":{"name":7,"nick":"A"},"names_second":"yes","second":[]}"#;
    let reply = post(&api, &token, "application/json", body).await;
    assert_eq!(
        reply.faults(),
        [
            "colour: unknown-field",
            "first.name: wrong-type",
            "first.nick: unknown-field",
            "names_second: wrong-type",
            "purpose: duplicate-key",
            "second: wrong-type",
        ]
    );
    assert!(reply.text.contains("The first person's name has the wrong type: expected a string."));
}

#[tokio::test]
async fn faults_of_content_are_told_at_once_and_nothing_is_written() {
    let (api, token) = ready().await;
    let mut body = draft();
    body["purpose"] = json!("friendship");
    body["order"] = json!("random");
    body["writes_first"] = json!("third");
    body["shared"] = json!("x".repeat(1_501));
    body["step"] = json!("a\u{202e}b");
    body["first"] =
        json!({ "name": "Ada\r\nBcc: x@example.org", "email": "ada@[127.0.0.1]", "why": "\u{1}" });
    body["second"]["email"] = json!("\"ab\"@example.org");
    body["second"]["language"] = json!("xx");
    let reply = api.call(&token, "POST", PATH, &body).await;
    assert_eq!(
        reply.faults(),
        [
            "first.email: address-ip",
            "first.name: line-break",
            "first.why: control",
            "order: unknown-value",
            "purpose: unknown-value",
            "second.email: address-quoted",
            "second.language: unknown-value",
            "shared: too-long",
            "step: bidi",
            "writes_first: unknown-value",
        ]
    );
    for (first, second, fault) in [
        ("ada@example.org", "Ada+jobs@EXAMPLE.org", "second.email: same-person"),
        ("lena@connect.example", "g@example.net", "first.email: connector-is-party"),
        ("ada@localhost", "g@example.net", "first.email: address-domain"),
    ] {
        let mut body = draft();
        body["first"]["email"] = json!(first);
        body["second"]["email"] = json!(second);
        assert_eq!(api.call(&token, "POST", PATH, &body).await.faults(), [fault]);
    }
    assert_eq!(api.get(&token, PATH).await.json()["items"], json!([]));
}

#[tokio::test]
async fn an_employer_in_common_needs_the_tick_before_asking() {
    let (api, token) = ready().await;
    let mut body = draft();
    body["same_employer"] = json!(true);
    let id = api.call(&token, "POST", PATH, &body).await.id();
    let ask = format!("{PATH}/{id}/ask");
    assert_eq!(
        api.call(&token, "POST", &ask, &Value::Null).await.faults(),
        ["coworker_confirmed: co-worker"]
    );
    let tick = json!({ "coworker_confirmed": true });
    assert_eq!(api.call(&token, "PATCH", &format!("{PATH}/{id}"), &tick).await.status, 200);
    assert_eq!(api.call(&token, "POST", &ask, &Value::Null).await.status, 200);
    assert_eq!(api.call(&token, "POST", &ask, &Value::Null).await.problem(), (409, "wrong_state".to_owned()));
    let body = json!({ "force": true });
    assert_eq!(api.call(&token, "POST", &ask, &body).await.faults(), ["force: unknown-field"]);
}

#[tokio::test]
async fn queries_are_strict_too() {
    let (api, token) = ready().await;
    for (query, faults) in [
        ("limit=0", vec!["limit: out-of-range"]),
        ("limit=101", vec!["limit: out-of-range"]),
        (
            "limit=many&before=x&state=sleeping",
            vec!["before: not-an-id", "limit: not-a-number", "state: unknown-value"],
        ),
        ("limit=1&limit=2&page=2", vec!["limit: duplicate-key", "page: unknown-field"]),
    ] {
        assert_eq!(api.get(&token, &format!("{PATH}?{query}")).await.faults(), faults);
    }
    let unfiltered = api.get(&token, "/api/v1/contacts?state=draft").await;
    assert_eq!(unfiltered.faults(), ["state: unknown-field"]);
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_problems() {
    let (api, token) = ready().await;
    for path in ["/api/v1/nothing", "/api/v1/introductions/x", "/api/v2/introductions"] {
        assert_eq!(api.get(&token, path).await.problem(), (404, "not_found".to_owned()), "{path}");
    }
    let put = api.call(&token, "PUT", PATH, &json!({})).await;
    assert_eq!(put.problem(), (405, "method_not_allowed".to_owned()));
}
