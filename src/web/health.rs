//! `/healthz`, `/readyz` and `/metrics`.

use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;

use super::Web;
use super::api::bearer::{Bearer, Metrics};
use super::error::WebError;
use super::routes::{Access, Route};
use crate::domain::connector::Scope;
use crate::flow::{disk, health};
use crate::metrics;
use crate::view::FALLBACK;

const ALIVE: &str = "/healthz";
const READY: &str = "/readyz";
const METRICS: &str = "/metrics";

/// The routes for monitoring.
pub const TABLE: &[Route] = &[
    Route { method: "GET", path: ALIVE, access: Access::Public },
    Route { method: "GET", path: READY, access: Access::Public },
    Route { method: "GET", path: METRICS, access: Access::Token(Scope::Metrics) },
];

/// Monitoring.
pub fn router(web: &Web) -> Router {
    Router::new()
        .route(ALIVE, get(alive))
        .route(READY, get(ready))
        .route(METRICS, get(numbers))
        .with_state(web.clone())
}

/// The process answers; nothing else is looked at, so that a slow database does not restart it.
async fn alive(State(web): State<Web>) -> Response {
    let disk = disk::is_low(&web.cx);
    let body = if disk { "ok, but the disk is nearly full\n" } else { "ok\n" };
    ([(CONTENT_TYPE, "text/plain; charset=utf-8"), (CACHE_CONTROL, "no-store")], body).into_response()
}

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    problems: Vec<Failing>,
    /// It serves, but somebody should look.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notices: Vec<Failing>,
}

#[derive(Serialize)]
struct Failing {
    check: &'static str,
    sentence: String,
}

/// 200, or 503 with a sentence for each check that failed.
async fn ready(State(web): State<Web>) -> Response {
    let mut problems = Vec::new();
    for failed in health::failed_checks(&web.cx).await {
        let check = failed.check.as_str();
        tracing::warn!(health.check = check, error.cause = %failed.why, "not ready");
        let sentence = web.cx.views.words(FALLBACK, &format!("health-{check}"), &[]);
        problems.push(Failing { check, sentence });
    }
    let notices = health::notices(&web.cx).await.into_iter().map(|notice| {
        let check = notice.as_str();
        Failing { check, sentence: web.cx.views.words(FALLBACK, &format!("health-{check}"), &[]) }
    });
    let notices = notices.collect();
    let ready = problems.is_empty();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = serde_json::to_string(&Readiness { ready, problems, notices }).unwrap_or_default();
    (status, [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")], body).into_response()
}

/// For a token with the scope alone: a counter of answers that anybody could watch would tell when one was given.
async fn numbers(_: Bearer<Metrics>, State(web): State<Web>) -> Result<Response, WebError> {
    for queue in health::queues(&web.cx).await? {
        web.metrics.set_queue(queue.kind.as_str(), queue.depth, queue.oldest.as_seconds());
    }
    let counts = &web.cx.counts;
    let held = health::is_quarantined(&web.cx).await? || counts.clock_jump.load(Ordering::Relaxed) != 0;
    web.metrics.held.set(i64::from(held));
    if let Some(space) = web.cx.db.space() {
        web.metrics.disk_free.set(i64::try_from(space.free).unwrap_or(i64::MAX));
    }
    web.metrics.answers.inner().store(counts.answers.load(Ordering::Relaxed), Ordering::Relaxed);
    web.metrics.introductions.inner().store(counts.introductions.load(Ordering::Relaxed), Ordering::Relaxed);
    let headers = [(CONTENT_TYPE, metrics::CONTENT_TYPE), (CACHE_CONTROL, "no-store")];
    Ok((headers, web.metrics.encode()).into_response())
}
