//! What stands around every route: a request id, a span and a count, limits, the cross-origin check,
//! and headers on every response, errors included.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, COOKIE, ORIGIN, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http_body_util::Limited;
use tracing::Instrument;

use super::error::WebError;
use super::{Web, respond};
use crate::urls::path;

/// The id of a request: in the log, in `X-Request-Id`, and on the page of an internal error.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The policy of every page: nothing but its own style sheet and forms to itself.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";
const YEAR: &str = "max-age=31536000";
/// A text of the composer may be in a script that takes nine bytes a letter in a form.
const LARGE_FORMS: [&str; 2] = [path::NEW, path::EDIT];
const LARGE: usize = 8;
/// Where files of contacts arrive.
const FILES: [&str; 2] = [path::IMPORT, path::API_IMPORTS];
/// The largest file of contacts, in bytes.
pub(in crate::web) const FILE_LIMIT: usize = 20 * 1024 * 1024;
/// A larger one is read to its end, so that whoever sends it sees why it is refused; but not for ever.
const DRAINED: usize = 512 * 1024 * 1024;
/// How long a file may take to arrive.
const FILE_TIMEOUT: Duration = Duration::from_mins(10);
/// The link in the path is the proof on these; a mail program that posts has no origin (RFC 8058).
const BY_LINK: [&str; 8] = [
    path::ANSWER,
    path::STOP,
    path::CHECK_IN,
    path::YOU,
    path::YOU_NEVER,
    path::YOU_LANDED,
    path::YOU_ERASE,
    path::ADDRESS,
];

/// The routes with everything around them.
pub fn around(routes: Router, web: &Web) -> Router {
    routes
        .layer(from_fn_with_state(web.clone(), limits))
        .layer(from_fn_with_state(web.clone(), respond::errors))
        .layer(from_fn_with_state(web.clone(), outermost))
}

/// Names the request, measures it, and dresses its response.
async fn outermost(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = data_encoding::HEXLOWER.encode(&web.cx.ids.bytes::<8>("request"));
    let route = route_of(&request).unwrap_or("none").to_owned();
    let span = tracing::info_span!("request", id = %id, method = %request.method(), route = %route);
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(status, milliseconds, "answered"));
    web.metrics.request(&route, status);
    dress(response.headers_mut(), &web, &id);
    response
}

/// Too much, too long, from elsewhere, or a defect: none of it reaches or leaves a handler.
async fn limits(State(web): State<Web>, request: Request, next: Next) -> Response {
    let route = route_of(&request).unwrap_or_default();
    let limit = match &web.inbound {
        Some(inbound) if route == path::INBOUND => inbound.size_limit,
        _ if FILES.contains(&route) => DRAINED,
        _ if LARGE_FORMS.contains(&route) => web.body_limit * LARGE,
        _ => web.body_limit,
    };
    if announced(request.headers()).is_some_and(|length| length > limit) {
        return too_large().into_response();
    }
    if !is_from_here(&request, route, web.cx.urls.base()) {
        return WebError::new(StatusCode::FORBIDDEN, "cross_origin").into_response();
    }
    let sends_file = FILES.contains(&route);
    let request = request.map(|body| Body::new(Limited::new(body, limit)));
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind();
    let patience = if sends_file { FILE_TIMEOUT.max(web.request_timeout) } else { web.request_timeout };
    match tokio::time::timeout(patience, answer).await {
        Ok(Ok(response)) => response,
        Ok(Err(_panic)) => {
            let cause = Some("a handler panicked".to_owned());
            WebError { cause, ..WebError::new(StatusCode::INTERNAL_SERVER_ERROR, "internal") }.into_response()
        }
        Err(_) => WebError::new(StatusCode::SERVICE_UNAVAILABLE, "timeout").into_response(),
    }
}

/// 413 `too_large`.
pub(super) fn too_large() -> WebError {
    WebError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large")
}

/// The template of the route, never the path: paths hold tokens.
fn route_of(request: &Request) -> Option<&str> {
    request.extensions().get::<MatchedPath>().map(MatchedPath::as_str)
}

fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Whether a request that may change something comes from our own pages.
///
/// Browsers say so in `Sec-Fetch-Site` (Fetch Metadata) or `Origin` (RFC 6454). Who sends neither and
/// no cookie is no browser that could be led astray.
fn is_from_here(request: &Request, route: &str, base: &str) -> bool {
    let headers = request.headers();
    if request.method().is_safe() || BY_LINK.contains(&route) || route.starts_with("/api/") {
        return true;
    }
    let site = headers.get(SEC_FETCH_SITE).map(HeaderValue::as_bytes);
    let origin = headers.get(ORIGIN).map(HeaderValue::as_bytes);
    match (site, origin) {
        (Some(b"same-origin" | b"none"), _) => true,
        // A neighbour on the same site is somebody else too.
        (Some(_), _) => false,
        (None, Some(origin)) => origin == base.as_bytes(),
        (None, None) => !headers.contains_key(COOKIE),
    }
}

/// The headers of every response. What a handler set itself stays.
fn dress(headers: &mut HeaderMap, web: &Web, id: &str) {
    let always: [(HeaderName, &'static str); 6] = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "same-origin"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (X_ROBOTS_TAG, "noindex"),
        (CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in always {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if web.https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(YEAR));
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(X_REQUEST_ID, id);
    }
}
