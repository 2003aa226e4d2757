//! The admin's pages.

mod connectors;
mod deliveries;
mod outcomes;

use axum::Router;
use axum::routing::{get, post};

use super::route;
use crate::urls::path;
use crate::web::Web;
use crate::web::routes::{Access, Route};

pub const TABLE: &[Route] = &[
    route("GET", path::ADMIN_OUTCOMES, Access::Admin),
    route("GET", path::ADMIN_DELIVERIES, Access::Admin),
    route("POST", path::DELIVERY_RETRY, Access::Admin),
    route("GET", path::ADMIN_CONNECTORS, Access::Admin),
    route("GET", path::CONNECTOR_INVITE, Access::Admin),
    route("POST", path::CONNECTOR_INVITE, Access::Admin),
    route("GET", path::CONNECTOR, Access::Admin),
    route("POST", path::CONNECTOR_ROLE, Access::Admin),
    route("GET", path::CONNECTOR_SUSPEND, Access::Admin),
    route("POST", path::CONNECTOR_SUSPEND, Access::Admin),
    route("POST", path::CONNECTOR_RESUME, Access::Admin),
    route("POST", path::CONNECTOR_INVITE_AGAIN, Access::Admin),
];

pub fn router() -> Router<Web> {
    Router::new()
        .route(path::ADMIN_OUTCOMES, get(outcomes::outcomes))
        .route(path::ADMIN_DELIVERIES, get(deliveries::deliveries))
        .route(path::DELIVERY_RETRY, post(deliveries::retry))
        .route(path::ADMIN_CONNECTORS, get(connectors::list))
        .route(path::CONNECTOR_INVITE, get(connectors::invite_form).post(connectors::invite))
        .route(path::CONNECTOR, get(connectors::one))
        .route(path::CONNECTOR_ROLE, post(connectors::set_role))
        .route(path::CONNECTOR_SUSPEND, get(connectors::suspend_form).post(connectors::suspend))
        .route(path::CONNECTOR_RESUME, post(connectors::resume))
        .route(path::CONNECTOR_INVITE_AGAIN, post(connectors::invite_again))
}
