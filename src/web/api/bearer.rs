//! Who calls: `Authorization: Bearer`, and nothing else. Cookies are not looked at.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use crate::domain::connector::{Connector, Scope};
use crate::flow::account;
use crate::web::Web;
use crate::web::error::WebError;

/// The scope a handler needs, as a type.
pub trait Needs: Send {
    const SCOPE: Scope;
}

/// Needs [`Scope::Read`].
pub struct Read;
/// Needs [`Scope::Write`].
pub struct Write;
/// Needs [`Scope::Admin`].
pub struct Admin;
/// Needs [`Scope::Metrics`].
pub struct Metrics;

impl Needs for Read {
    const SCOPE: Scope = Scope::Read;
}

impl Needs for Write {
    const SCOPE: Scope = Scope::Write;
}

impl Needs for Admin {
    const SCOPE: Scope = Scope::Admin;
}

impl Needs for Metrics {
    const SCOPE: Scope = Scope::Metrics;
}

/// The account behind a token that has the scope.
pub struct Bearer<S> {
    pub who: Connector,
    scope: PhantomData<S>,
}

impl<S: Needs> FromRequestParts<Web> for Bearer<S> {
    type Rejection = Response;

    /// # Errors
    /// 401 without a good token, 403 when the token lacks the scope; both with the challenge of
    /// RFC 6750, 3.
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let Some(secret) = secret(parts) else {
            return Err(challenge(WebError::unauthorized(), "Bearer"));
        };
        let held = account::who_holds(&web.cx, secret)
            .await
            .map_err(|error| WebError::from(error).into_response())?;
        let Some((who, scopes)) = held else {
            return Err(challenge(WebError::unauthorized(), r#"Bearer error="invalid_token""#));
        };
        if scopes.contains(&S::SCOPE) {
            return Ok(Self { who, scope: PhantomData });
        }
        let challenge_text = match S::SCOPE {
            Scope::Read => r#"Bearer error="insufficient_scope", scope="read""#,
            Scope::Write => r#"Bearer error="insufficient_scope", scope="write""#,
            Scope::Admin => r#"Bearer error="insufficient_scope", scope="admin""#,
            Scope::Metrics => r#"Bearer error="insufficient_scope", scope="metrics""#,
        };
        Err(challenge(WebError::forbidden(), challenge_text))
    }
}

/// The token, when there is exactly one such header. The scheme's case does not matter (RFC 9110, 11.1).
fn secret(parts: &Parts) -> Option<&str> {
    let mut all = parts.headers.get_all(AUTHORIZATION).iter();
    let (only, None) = (all.next()?, all.next()) else {
        return None;
    };
    let (scheme, secret) = only.to_str().ok()?.split_once(' ')?;
    let secret = secret.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !secret.is_empty()).then_some(secret)
}

fn challenge(error: WebError, how: &'static str) -> Response {
    let mut response = error.into_response();
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(how));
    response
}
