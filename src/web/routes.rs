//! The router, and the table of all routes: who may call which. A test walks the table.

use axum::Router;
use axum::middleware::from_fn_with_state;

use super::{Web, api, guard, health, inbound, pages, respond};

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody; a signed link in the path may be needed.
    Public,
    /// A signed-in connector.
    Connector,
    /// A signed-in admin.
    Admin,
    /// A bearer token with this scope.
    Token(crate::domain::connector::Scope),
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub access: Access,
}

/// Every route. [`router`] serves exactly these.
#[must_use]
pub fn table() -> Vec<Route> {
    [pages::table(), api::table(), health::TABLE.to_vec(), inbound::TABLE.to_vec()].concat()
}

/// The whole site.
pub fn router(web: &Web) -> Router {
    let routes = Router::new()
        .merge(pages::router(web))
        .merge(api::router(web))
        .merge(health::router(web))
        .merge(inbound::router(web))
        .fallback(async || super::error::WebError::not_found())
        .method_not_allowed_fallback(async || {
            super::error::WebError::new(axum::http::StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed")
        });
    guard::around(routes.layer(from_fn_with_state(web.clone(), respond::errors)), web)
}
