//! Pages for people.

use axum::Router;

use super::Web;
use super::error::WebError;
use super::routes::Route;

/// The routes of the pages.
pub const TABLE: &[Route] = &[];

/// The pages.
pub fn router(web: &Web) -> Router {
    Router::new().with_state(web.clone())
}

/// The page that says what went wrong.
#[must_use]
pub fn error_page(_web: &Web, error: &WebError) -> String {
    error.code.to_owned()
}
