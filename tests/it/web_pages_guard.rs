//! What stands around every route, those of the API included.

use axum::Router;
use axum::body::Body;
use axum::http::Method;
use axum::http::header::COOKIE;
use axum::routing::get;
use tower::ServiceExt;
use twoyes::web::client::Clients;
use twoyes::web::routes::{Access, Route, table};
use twoyes::web::{Inner, Web, guard};

use crate::support::app::{TestApp, request};

/// A path for a route: with an id that leads nowhere.
fn filled(route: &Route) -> String {
    let path = route.path.replace("{id}", "019cadc6-9a80-708a-9e83-4f02fc79fa6a");
    path.replace("{token}", "nonsense")
        .replace("{kind}", "ask_first")
        .replace("/mailbox/019cadc6-9a80-708a-9e83-4f02fc79fa6a", "/mailbox/1")
}

#[tokio::test]
async fn every_response_has_the_headers_whatever_its_status() {
    let app = TestApp::new().await;
    let others = [("GET", "/nothing/here"), ("PUT", "/"), ("DELETE", "/sign-in"), ("GET", "/api/v1/nothing")];
    let routes = table().into_iter().map(|route| (route.method, filled(&route)));
    for (method, path) in routes.chain(others.map(|(method, path)| (method, path.to_owned()))) {
        let request = request(method.parse().unwrap(), &path).body(Body::empty()).unwrap();
        let page = app.send(request).await;
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("script"), "{method} {path}");
        assert!(policy.contains("frame-ancestors") && policy.contains("base-uri 'none'"), "{method} {path}");
        assert_eq!(page.header("referrer-policy"), "same-origin", "{method} {path}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{method} {path}");
        assert!(!page.header("x-frame-options").is_empty(), "{method} {path}");
        assert_eq!(page.header("x-robots-tag"), "noindex", "{method} {path}");
        assert_eq!(page.header("x-request-id").len(), 16, "{method} {path}");
        assert_eq!(page.header("strict-transport-security"), "", "{method} {path}: no TLS here");
        let cached = path == "/static/app.css";
        assert_eq!(page.header("cache-control").contains("no-store"), !cached, "{method} {path}");
        assert!(!page.body.contains("<script") && !page.body.contains(" style="), "{method} {path}");
    }
}

#[tokio::test]
async fn every_route_of_the_table_is_there_and_asks_who_it_is() {
    let app = TestApp::new().await;
    for route in table() {
        let path = filled(&route);
        let request = request(route.method.parse().unwrap(), &path).body(Body::empty()).unwrap();
        let status = app.send(request).await.status.as_u16();
        assert_ne!(status, 405, "{} {path}", route.method);
        match (route.access, route.method) {
            (Access::Public, _) => {
                assert!(![401, 403].contains(&status), "{} {path}: {status}", route.method);
            }
            (Access::Connector | Access::Admin, "GET") => assert_eq!(status, 303, "{path}"),
            (Access::Connector | Access::Admin | Access::Token(_), _) => {
                assert_eq!(status, 401, "{} {path}", route.method);
            }
        }
    }
}

#[tokio::test]
async fn looking_changes_nothing() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let before = app.database();
    for route in table().into_iter().filter(|route| route.method == "GET") {
        let path = route
            .path
            .replace("{id}", &id.to_string())
            .replace("{kind}", "ask_first")
            .replace("{token}", "x");
        for method in [Method::GET, Method::HEAD] {
            let request =
                request(method.clone(), &path).header(COOKIE, &app.cookie).body(Body::empty()).unwrap();
            let page = app.send(request).await;
            assert!(method == Method::GET || page.body.is_empty(), "{path}");
        }
    }
    assert!(app.database() == before, "nothing was written");
}

#[tokio::test]
async fn over_tls_cookies_are_bound_to_the_host_and_the_browser_stays_with_tls() {
    let app = TestApp::new().await;
    let web = https(&app);
    let router = twoyes::web::routes::router(&web);
    let post = request(Method::POST, "/sign-in").header("content-type", "application/x-www-form-urlencoded");
    let response = router.oneshot(post.body(Body::from("email=a%40b.example")).unwrap()).await.unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-twoyes-browser="), "{cookie}");
    assert!(cookie.contains("; Path=/; HttpOnly; SameSite=Lax;") && cookie.ends_with("; Secure"), "{cookie}");
    assert_eq!(response.headers()["strict-transport-security"], "max-age=31536000");
}

#[tokio::test]
async fn a_panic_is_a_page_with_the_number_of_the_request_and_the_site_lives_on() {
    let app = TestApp::new().await;
    let broken = Router::new().route("/broken", get(async || -> &'static str { panic!("a defect") }));
    let router = guard::around(broken, &app.web);
    for _ in 0..2 {
        let response = router.clone().oneshot(request(Method::GET, "/broken").body(Body::empty()).unwrap());
        let response = response.await.unwrap();
        assert_eq!(response.status().as_u16(), 500);
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let body = axum::body::to_bytes(response.into_body(), 100_000).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(body.contains(&id) && !body.contains("a defect"), "{body}");
    }
}

#[tokio::test]
async fn what_takes_too_long_ends_with_a_page() {
    let app = TestApp::new().await;
    let slow = Router::new().route("/slow", get(async || std::future::pending::<&'static str>().await));
    let web = Web::new(Inner { request_timeout: std::time::Duration::from_millis(20), ..inner(&app) });
    let response =
        guard::around(slow, &web).oneshot(request(Method::GET, "/slow").body(Body::empty()).unwrap());
    assert_eq!(response.await.unwrap().status().as_u16(), 503);
}

#[tokio::test]
async fn requests_are_counted_by_route_and_never_by_path() {
    let app = TestApp::new().await;
    app.get("/c/secrettoken").await.is(404);
    app.get("/nothing/secret").await.is(404);
    let numbers = app.web.metrics.encode();
    assert!(
        numbers.contains("route=\"/c/{token}\",status=\"4xx\"") && numbers.contains("route=\"none\""),
        "{numbers}"
    );
    assert!(!numbers.contains("secret"));
}

fn https(app: &TestApp) -> Web {
    Web::new(Inner { https: true, ..inner(app) })
}

fn inner(app: &TestApp) -> Inner {
    Inner {
        cx: app.cx().clone(),
        metrics: app.web.metrics.clone(),
        mailbox: None,
        body_limit: app.web.body_limit,
        request_timeout: app.web.request_timeout,
        https: false,
        clients: Clients::default(),
        instance: twoyes::flow::condition::Instance::default(),
    }
}
