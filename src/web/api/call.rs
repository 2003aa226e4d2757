//! A request with a body: its JSON and its `Idempotency-Key`.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use http_body_util::LengthLimitError;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::strict;
use crate::domain::problem::{Problem, Problems};
use crate::flow::once::Ticket;
use crate::web::Web;
use crate::web::error::WebError;

/// The header that makes a POST happen once.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// Longest key, in characters.
const KEY_MAX: usize = 200;

/// What was sent.
pub struct Call<T> {
    pub input: T,
    /// Present when the caller chose a key.
    pub ticket: Option<Ticket>,
}

impl<T: DeserializeOwned> FromRequest<Web> for Call<T> {
    type Rejection = WebError;

    /// # Errors
    /// 413, 415, or 422 with every fault of form.
    async fn from_request(request: Request, web: &Web) -> Result<Self, WebError> {
        let (parts, body) = request.into_parts();
        let body = bytes(body, web.body_limit).await?;
        if !body.is_empty() && !is_json(&parts.headers) {
            return Err(WebError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"));
        }
        let mut problems = Problems::default();
        let key = problems.take(key(&parts.headers)).flatten();
        let input = match strict::read(&body) {
            Ok(input) => Some(input),
            Err(more) => {
                problems.0.extend(more.0);
                None
            }
        };
        let Some(input) = input.filter(|_| problems.0.is_empty()) else {
            return Err(WebError::invalid(problems));
        };
        let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
        let request = fingerprint(&[parts.method.as_str().as_bytes(), target.as_bytes(), &body]);
        Ok(Self { input, ticket: key.map(|key| Ticket { key, request }) })
    }
}

async fn bytes(body: Body, limit: usize) -> Result<axum::body::Bytes, WebError> {
    to_bytes(body, limit).await.map_err(|error| {
        if is_too_long(&error) {
            return WebError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large");
        }
        let problem = Problem::new("body", "body-unreadable").text("reason", "the connection");
        WebError::invalid(Problems(vec![problem]))
    })
}

/// Ours or the limit around all routes: the cause is the same type somewhere below.
fn is_too_long(error: &axum::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner.is::<LengthLimitError>() {
            return true;
        }
        cause = inner.source();
    }
    false
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || kind == "application/merge-patch+json"
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut all = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(only) = all.next() else {
        return Ok(None);
    };
    let bad = || Problem::new("Idempotency-Key", "idempotency-key").number("max", KEY_MAX);
    let key = only.to_str().map_err(|_| bad())?;
    let fits = (1..=KEY_MAX).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    if fits && all.next().is_none() { Ok(Some(key.to_owned())) } else { Err(bad()) }
}

/// Each part with its length, so that no two requests look alike.
fn fingerprint(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
