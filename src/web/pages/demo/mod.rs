//! The local mailbox: mails that stay in this process.

mod mailbox;

use axum::Router;
use axum::routing::get;

use super::route;
use crate::urls::path;
use crate::web::Web;
use crate::web::routes::{Access, Route};

pub const TABLE: &[Route] = &[
    route("GET", path::ENTER, Access::Public),
    route("GET", path::MAILBOX, Access::Public),
    route("GET", path::MAILBOX_MAIL, Access::Public),
    route("GET", path::MAILBOX_HTML, Access::Public),
];

pub fn router() -> Router<Web> {
    Router::new()
        .route(path::ENTER, get(mailbox::enter))
        .route(path::MAILBOX, get(mailbox::list))
        .route(path::MAILBOX_MAIL, get(mailbox::one))
        .route(path::MAILBOX_HTML, get(mailbox::html))
}
