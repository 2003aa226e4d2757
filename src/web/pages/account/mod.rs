//! Signing in and out, and what belongs to the account itself.

mod sign_in;

use axum::Router;
use axum::routing::{get, post};

use super::route;
use crate::urls::path;
use crate::web::Web;
use crate::web::routes::{Access, Route};

pub const TABLE: &[Route] = &[
    route("GET", path::SIGN_IN, Access::Public),
    route("POST", path::SIGN_IN, Access::Public),
    route("POST", path::SIGN_IN_CODE, Access::Public),
    route("GET", path::SIGN_IN_LINK, Access::Public),
    route("POST", path::SIGN_IN_LINK, Access::Public),
    route("POST", path::SIGN_OUT, Access::Connector),
];

pub fn router() -> Router<Web> {
    Router::new()
        .route(path::SIGN_IN, get(sign_in::form).post(sign_in::ask))
        .route(path::SIGN_IN_CODE, post(sign_in::code))
        .route(path::SIGN_IN_LINK, get(sign_in::open).post(sign_in::enter))
        .route(path::SIGN_OUT, post(sign_in::out))
}
