//! `POST /inbound`: mail that came back, handed in by a mail provider or a mail server elsewhere, as it is
//! (`message/rfc822`). Without a configured secret the page does not exist.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Web;
use super::error::WebError;
use super::pages;
use super::routes::{Access, Route};
use crate::flow::inbound;
use crate::mail::report;
use crate::urls::path;

/// The one route.
pub const TABLE: &[Route] = &[Route { method: "POST", path: path::INBOUND, access: Access::Public }];

/// Where the envelope's recipient stands when no header of the mail names it.
const ENVELOPE_TO: &str = "x-envelope-to";

/// Who may hand in mail, and how much of it.
pub struct Inbound {
    /// SHA-256 of the secret: equal lengths compare in equal time.
    secret: [u8; 32],
    pub size_limit: usize,
}

impl Inbound {
    #[must_use]
    pub fn new(secret: &str, size_limit: usize) -> Self {
        Self { secret: Sha256::digest(secret.as_bytes()).into(), size_limit }
    }

    /// Whether `Authorization: Bearer SECRET` stands there.
    fn lets_in(&self, headers: &HeaderMap) -> bool {
        let said = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (scheme, secret) = said.split_once(' ').unwrap_or_default();
        let same = Sha256::digest(secret.trim().as_bytes()).as_slice().ct_eq(&self.secret);
        bool::from(same) && scheme.eq_ignore_ascii_case("bearer")
    }
}

/// The way in.
pub fn router(web: &Web) -> Router {
    Router::new().route(path::INBOUND, post(take)).with_state(web.clone())
}

/// 204 once everything that follows is committed, whatever it was; 503 when it should be handed in again.
async fn take(State(web): State<Web>, request: Request) -> Result<Response, WebError> {
    let Some(door) = &web.inbound else { return Err(WebError::not_found()) };
    if !door.lets_in(request.headers()) {
        let challenge = [(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))];
        return Ok((challenge, WebError::unauthorized()).into_response());
    }
    let envelope = request.headers().get_all(ENVELOPE_TO).iter();
    let envelope: Vec<String> = envelope.filter_map(|to| to.to_str().ok()).map(str::to_owned).collect();
    let body = pages::body(request).await?;
    let mut mail = report::read(&body);
    mail.sent_to.extend(envelope);
    let taken = inbound::take(&web.cx, &mail).await?;
    web.metrics.came_in(taken.weight());
    Ok(StatusCode::NO_CONTENT.into_response())
}
