//! `/healthz`, `/readyz` and `/metrics`.

use axum::Router;

use super::Web;
use super::routes::Route;

/// The routes for monitoring.
pub const TABLE: &[Route] = &[];

/// Monitoring.
pub fn router(web: &Web) -> Router {
    Router::new().with_state(web.clone())
}
