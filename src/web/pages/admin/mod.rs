//! The admin's pages.

mod acts;
mod connectors;
mod deliveries;
mod delivery;
mod erase;
mod health;
mod outcomes;
mod suppressions;

use axum::Router;
use axum::routing::{get, post};

use super::route;
use crate::urls::path;
use crate::web::Web;
use crate::web::routes::{Access, Route};

pub const TABLE: &[Route] = &[
    route("GET", path::ADMIN_OUTCOMES, Access::Admin),
    route("GET", path::OUTCOMES_CSV, Access::Admin),
    route("GET", path::OUTCOMES_JSON, Access::Admin),
    route("GET", path::ADMIN_DELIVERIES, Access::Admin),
    route("GET", path::ADMIN_DELIVERY, Access::Admin),
    route("POST", path::DELIVERY_RETRY, Access::Admin),
    route("GET", path::ADMIN_CONNECTORS, Access::Admin),
    route("GET", path::CONNECTOR_INVITE, Access::Admin),
    route("POST", path::CONNECTOR_INVITE, Access::Admin),
    route("GET", path::CONNECTOR, Access::Admin),
    route("POST", path::CONNECTOR_ROLE, Access::Admin),
    route("GET", path::CONNECTOR_SUSPEND, Access::Admin),
    route("POST", path::CONNECTOR_SUSPEND, Access::Admin),
    route("POST", path::CONNECTOR_RESUME, Access::Admin),
    route("POST", path::CONNECTOR_CLEAR, Access::Admin),
    route("POST", path::CONNECTOR_INVITE_AGAIN, Access::Admin),
    route("POST", path::DELIVERY_COUNT, Access::Admin),
    route("POST", path::DELIVERY_CANCEL, Access::Admin),
    route("POST", path::DELIVERY_ADDRESS, Access::Admin),
    route("POST", path::ROUTE_TRY, Access::Admin),
    route("GET", path::ADMIN_SUPPRESSIONS, Access::Admin),
    route("POST", path::SUPPRESSION_LOOK_UP, Access::Admin),
    route("POST", path::SUPPRESSION_ADD, Access::Admin),
    route("POST", path::SUPPRESSION_LIFT, Access::Admin),
    route("GET", path::ADMIN_ERASE, Access::Admin),
    route("POST", path::ADMIN_ERASE, Access::Admin),
    route("GET", path::ADMIN_HEALTH, Access::Admin),
    route("POST", path::HEALTH_RECORDS, Access::Admin),
    route("GET", path::ADMIN_ACTS, Access::Admin),
];

pub fn router() -> Router<Web> {
    Router::new()
        .route(path::ADMIN_OUTCOMES, get(outcomes::outcomes))
        .route(path::OUTCOMES_CSV, get(outcomes::csv))
        .route(path::OUTCOMES_JSON, get(outcomes::json))
        .route(path::ADMIN_DELIVERIES, get(deliveries::deliveries))
        .route(path::ADMIN_CONNECTORS, get(connectors::list))
        .route(path::CONNECTOR_INVITE, get(connectors::invite_form).post(connectors::invite))
        .route(path::CONNECTOR, get(connectors::one))
        .route(path::CONNECTOR_ROLE, post(connectors::set_role))
        .route(path::CONNECTOR_SUSPEND, get(connectors::suspend_form).post(connectors::suspend))
        .route(path::CONNECTOR_RESUME, post(connectors::resume))
        .route(path::CONNECTOR_CLEAR, post(connectors::clear))
        .route(path::CONNECTOR_INVITE_AGAIN, post(connectors::invite_again))
        .route(path::ADMIN_DELIVERY, get(delivery::delivery))
        .route(path::DELIVERY_RETRY, post(delivery::retry))
        .route(path::DELIVERY_COUNT, post(delivery::count_as_sent))
        .route(path::DELIVERY_CANCEL, post(delivery::cancel))
        .route(path::DELIVERY_ADDRESS, post(delivery::address))
        .route(path::ROUTE_TRY, post(deliveries::try_route))
        .route(path::ADMIN_SUPPRESSIONS, get(suppressions::suppressions))
        .route(path::SUPPRESSION_LOOK_UP, post(suppressions::look_up))
        .route(path::SUPPRESSION_ADD, post(suppressions::add))
        .route(path::SUPPRESSION_LIFT, post(suppressions::lift))
        .route(path::ADMIN_ERASE, get(erase::form).post(erase::erase))
        .route(path::ADMIN_HEALTH, get(health::health))
        .route(path::HEALTH_RECORDS, post(health::records))
        .route(path::ADMIN_ACTS, get(acts::acts))
}
