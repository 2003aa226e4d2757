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

use twoyes::domain::connector::Scope;
use twoyes::flow::account;

use crate::support::app::{Page, TestApp, request};

/// A path for a route: with an id that leads nowhere.
fn filled(route: &Route) -> String {
    let path = route.path.replace("{id}", "019cadc6-9a80-708a-9e83-4f02fc79fa6a");
    path.replace("{token}", "nonsense")
        .replace("{kind}", "ask_first")
        .replace("/mailbox/019cadc6-9a80-708a-9e83-4f02fc79fa6a", "/mailbox/1")
}

/// What no response may lack, and what it may not carry.
#[track_caller]
fn is_dressed(page: &Page, what: &str, https: bool) {
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script"), "{what}: {policy}");
    // The HTML of a mail keeps its own style, and has no rights at all.
    let sandboxed = policy.ends_with("; sandbox");
    assert!(sandboxed || !policy.contains("unsafe"), "{what}: {policy}");
    let forms = if sandboxed { "form-action 'none'" } else { "form-action 'self'" };
    assert!(policy.contains("base-uri 'none'") && policy.contains(forms), "{what}: {policy}");
    assert!(!policy.contains('*') && !policy.contains("http"), "{what}: {policy}");
    let framed = if page.header("x-frame-options") == "SAMEORIGIN" { "'self'" } else { "'none'" };
    assert!(policy.contains(&format!("frame-ancestors {framed}")), "{what}: {policy}");
    assert!(["DENY", "SAMEORIGIN"].contains(&page.header("x-frame-options")), "{what}");
    assert_eq!(page.header("referrer-policy"), "same-origin", "{what}");
    assert_eq!(page.header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(page.header("x-robots-tag"), "noindex", "{what}");
    assert_eq!(page.header("x-request-id").len(), 16, "{what}");
    let hsts = if https { "max-age=31536000" } else { "" };
    assert_eq!(page.header("strict-transport-security"), hsts, "{what}");
    for once in ["content-security-policy", "cache-control", "referrer-policy", "x-frame-options"] {
        assert_eq!(page.headers.get_all(once).iter().count(), 1, "{what}: {once}");
    }
    let sheet = page.header("content-type").starts_with("text/css");
    let cache = if sheet { "public, max-age=31536000, immutable" } else { "no-store" };
    assert_eq!(page.header("cache-control"), cache, "{what}");
    assert!(!page.body.contains("<script"), "{what}");
    assert!(sandboxed || !page.body.contains(" style="), "{what}");
    for cookie in page.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.contains("; Path=/; HttpOnly; SameSite="), "{what}: {cookie}");
        assert_eq!(cookie.ends_with("; Secure") && cookie.starts_with("__Host-"), https, "{what}: {cookie}");
    }
}

/// The site without TLS, and with it as a proxy in front of it speaks it.
async fn plain_and_over_tls() -> [(TestApp, bool); 2] {
    let mut tls = TestApp::new().await;
    tls.web = https(&tls);
    tls.router = twoyes::web::routes::router(&tls.web);
    [(TestApp::new().await, false), (tls, true)]
}

#[tokio::test]
async fn every_response_of_every_route_has_the_headers_with_tls_and_without() {
    for (app, https) in plain_and_over_tls().await {
        let id = app.asked().await.id;
        for route in table() {
            let known = route.path.replace("{id}", &id.to_string()).replace("{kind}", "ask_first");
            for path in [filled(&route), known.replace("{token}", "nonsense")] {
                for signed_in in [false, true] {
                    let mut request = request(route.method.parse().unwrap(), &path);
                    if signed_in {
                        // A new one each time: some routes end it.
                        let session = account::session_for(app.cx(), &app.connector).await.unwrap();
                        let prefix = if https { "__Host-" } else { "" };
                        request = request.header(COOKIE, format!("{prefix}twoyes={session}"));
                    }
                    let request = request.header("sec-fetch-site", "same-origin");
                    let page = app.send(request.body(Body::empty()).unwrap()).await;
                    is_dressed(&page, &format!("{} {path}: {}", route.method, page.status), https);
                }
            }
        }
    }
}

#[tokio::test]
async fn every_status_has_the_headers_with_tls_and_without() {
    for (app, https) in plain_and_over_tls().await {
        let form = "application/x-www-form-urlencoded";
        let cases = [
            (303, "GET", "/", "", ""),
            (401, "POST", "/introductions/new", form, ""),
            (404, "GET", "/nothing/here", "", ""),
            (404, "GET", "/api/v1/nothing", "", ""),
            (404, "GET", "/c/nonsense", "", ""),
            (405, "PUT", "/", "", ""),
            (405, "DELETE", "/sign-in", "", ""),
            (413, "POST", "/sign-in", form, "large"),
            (415, "POST", "/sign-in", "application/json", "{}"),
            (422, "POST", "/sign-in", form, "email=x"),
            (401, "GET", "/api/v1/outcomes.csv", "", ""),
        ];
        for (status, method, path, kind, body) in cases {
            let body = if body == "large" { "a".repeat(200_000) } else { body.to_owned() };
            let request = request(method.parse().unwrap(), path).header("sec-fetch-site", "same-origin");
            let request = if kind.is_empty() { request } else { request.header("content-type", kind) };
            let page = app.send(request.body(Body::from(body)).unwrap()).await;
            let what = format!("{method} {path}");
            assert_eq!(page.status.as_u16(), status, "{what}: {}", page.body);
            is_dressed(&page, &what, https);
        }
        let elsewhere = request(Method::POST, "/sign-in").header("sec-fetch-site", "cross-site");
        let page = app
            .send(elsewhere.header("content-type", form).body(Body::from("email=a%40b.example")).unwrap())
            .await;
        is_dressed(&page.is(403), "from elsewhere", https);
        for path in ["/readyz", "/healthz", "/api/openapi.json", "/static/app.css"] {
            let page = app.get(path).await.is(200);
            is_dressed(&page, path, https);
            let page = app.send(request(Method::HEAD, path).body(Body::empty()).unwrap()).await;
            is_dressed(&page, path, https);
        }
    }
}

#[tokio::test]
async fn a_file_to_keep_is_named_and_never_stored_on_the_way() {
    let app = TestApp::new().await;
    let (_, token) =
        account::add_token(app.cx(), &app.connector, "files", &[Scope::Admin, Scope::Read]).await.unwrap();
    let get = request(Method::GET, "/api/v1/outcomes.csv").header("authorization", format!("Bearer {token}"));
    let page = app.send(get.body(Body::empty()).unwrap()).await.is(200);
    assert!(page.header("content-type").starts_with("text/csv"));
    is_dressed(&page, "outcomes.csv", false);
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
        inbound: None,
    }
}
