//! Turns a [`WebError`] into words for whoever asked: a page, or a problem document.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use serde::Serialize;

use super::Web;
use super::error::WebError;
use super::guard::RequestId;
use crate::domain::problem::{Arg, Problem};
use crate::view::{self, FALLBACK, problem_sentence};

/// A problem document (RFC 9457).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemDocument {
    /// `about:blank`: the status and the code say what kind it is.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub title: String,
    pub status: u16,
    pub detail: String,
    /// Stable; switch on this, not on the words.
    pub code: &'static str,
    /// What is wrong with which field; all at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<FieldProblem>,
}

/// One field's problem.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FieldProblem {
    pub field: String,
    pub code: &'static str,
    pub sentence: String,
}

/// The layer that writes the body of every [`WebError`] and logs it once.
pub async fn errors(State(web): State<Web>, request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api/");
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let mut response = next.run(request).await;
    let Some(error) = response.extensions_mut().remove::<WebError>() else {
        return response;
    };
    let error = error.with("id", Arg::Text(id));
    if let Some(cause) = &error.cause {
        tracing::error!(error.code = error.code, error.cause = %cause, "a request failed");
    }
    let written = if api { problem_json(&web, &error) } else { error_page(&web, &error) };
    finish(response, written, &error)
}

/// The sentence for one field's problem.
#[must_use]
pub fn sentence(web: &Web, lang: &str, problem: &Problem) -> String {
    problem_sentence(&web.cx.views, lang, problem)
}

/// Title and sentence of an error.
#[must_use]
pub fn words(web: &Web, lang: &str, error: &WebError) -> (String, String) {
    let args: Vec<(&str, view::Arg<'_>)> = error.args.iter().map(|(name, arg)| (*name, arg.into())).collect();
    let title = web.cx.views.words(lang, &format!("error-{}", error.code), &args);
    let text = web.cx.views.words(lang, &format!("error-{}-text", error.code), &args);
    (title, text)
}

fn problem_json(web: &Web, error: &WebError) -> (String, &'static str) {
    let (title, detail) = words(web, FALLBACK, error);
    let problems = error.problems.0.iter().map(|problem| FieldProblem {
        field: problem.field.clone(),
        code: problem.code,
        sentence: sentence(web, FALLBACK, problem),
    });
    let document = ProblemDocument {
        kind: "about:blank",
        title,
        status: error.status.as_u16(),
        detail,
        code: error.code,
        problems: problems.collect(),
    };
    (serde_json::to_string(&document).unwrap_or_default(), "application/problem+json")
}

fn error_page(web: &Web, error: &WebError) -> (String, &'static str) {
    let page = super::pages::error_page(web, error);
    (page, "text/html; charset=utf-8")
}

fn finish(response: Response, (body, kind): (String, &'static str), error: &WebError) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(axum::http::header::CONTENT_LENGTH);
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    parts.headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let soon = (error.status == StatusCode::SERVICE_UNAVAILABLE).then_some(60);
    if let Some(seconds) = error.retry_after.or(soon) {
        parts.headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    Response::from_parts(parts, Body::from(body))
}
