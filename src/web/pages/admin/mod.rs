//! The admin's pages.

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
    route("GET", path::OUTCOMES_CSV, Access::Admin),
    route("GET", path::OUTCOMES_JSON, Access::Admin),
    route("GET", path::ADMIN_DELIVERIES, Access::Admin),
    route("POST", path::DELIVERY_RETRY, Access::Admin),
];

pub fn router() -> Router<Web> {
    Router::new()
        .route(path::ADMIN_OUTCOMES, get(outcomes::outcomes))
        .route(path::OUTCOMES_CSV, get(outcomes::csv))
        .route(path::OUTCOMES_JSON, get(outcomes::json))
        .route(path::ADMIN_DELIVERIES, get(deliveries::deliveries))
        .route(path::DELIVERY_RETRY, post(deliveries::retry))
}
