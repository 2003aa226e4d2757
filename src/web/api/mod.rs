//! The JSON API under `/api/v1`.

use axum::Router;

use super::Web;
use super::routes::Route;

/// The routes of the API.
pub const TABLE: &[Route] = &[];

/// The API.
pub fn router(web: &Web) -> Router {
    Router::new().with_state(web.clone())
}
