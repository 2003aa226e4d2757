//! Pages behind the links of mails, for people without an account.

mod answer;
mod check_in;
mod stop;

use axum::Router;
use axum::routing::get;

use super::route;
use crate::urls::path;
use crate::web::Web;
use crate::web::routes::{Access, Route};

pub const TABLE: &[Route] = &[
    route("GET", path::ANSWER, Access::Public),
    route("POST", path::ANSWER, Access::Public),
    route("GET", path::STOP, Access::Public),
    route("POST", path::STOP, Access::Public),
    route("GET", path::CHECK_IN, Access::Public),
    route("POST", path::CHECK_IN, Access::Public),
];

pub fn router() -> Router<Web> {
    Router::new()
        .route(path::ANSWER, get(answer::open).post(answer::give))
        .route(path::STOP, get(stop::open).post(stop::stop))
        .route(path::CHECK_IN, get(check_in::open).post(check_in::tell))
}
