//! The local mailbox: mails that stay in this process.

mod mailbox;

use axum::Router;
use axum::routing::{get, post};

use super::route;
use crate::urls::path;
use crate::web::Web;
use crate::web::routes::{Access, Route};

pub const TABLE: &[Route] = &[
    route("GET", path::ENTER, Access::Public),
    route("GET", path::MAILBOX, Access::Public),
    route("POST", path::LATER, Access::Public),
    route("GET", path::MAILBOX_MAIL, Access::Public),
    route("GET", path::MAILBOX_HTML, Access::Public),
];

pub fn router() -> Router<Web> {
    Router::new()
        .route(path::ENTER, get(mailbox::enter))
        .route(path::MAILBOX, get(mailbox::list))
        .route(path::LATER, post(mailbox::later))
        .route(path::MAILBOX_MAIL, get(mailbox::one))
        .route(path::MAILBOX_HTML, get(mailbox::html))
}
