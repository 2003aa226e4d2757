//! What paths carry. A path that holds something else is a page that does not exist.

use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Deserialize;

use crate::web::Web;
use crate::web::error::WebError;

/// The token of a signed link.
pub struct Token(pub String);

/// An id of this type.
pub struct Id<T>(pub T);

/// `?told=...`: what was done just before, for the page that tells it.
#[derive(Debug, Default, Deserialize)]
pub struct Told {
    #[serde(default)]
    pub told: String,
}

impl FromRequestParts<Web> for Token {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, WebError> {
        let path = Path::<String>::from_request_parts(parts, web).await;
        let invalid = |_| WebError::new(StatusCode::NOT_FOUND, "link_not_valid");
        path.map(|Path(token)| Self(token)).map_err(invalid)
    }
}

impl<T: std::str::FromStr> FromRequestParts<Web> for Id<T> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, WebError> {
        let path = Path::<String>::from_request_parts(parts, web).await;
        let id = path.ok().and_then(|Path(id)| id.parse().ok());
        id.map(Self).ok_or_else(WebError::not_found)
    }
}
