//! Signing in and out, and what belongs to the account itself.

mod delete;
mod export;
mod parts;
mod settings;
mod sign_in;

use axum::Router;
use axum::routing::{get, post};

use super::route;
use crate::urls::path;
use crate::view::pages::Frame;
use crate::web::Web;
use crate::web::routes::{Access, Route};

pub const TABLE: &[Route] = &[
    route("GET", path::SIGN_IN, Access::Public),
    route("POST", path::SIGN_IN, Access::Public),
    route("POST", path::SIGN_IN_CODE, Access::Public),
    route("GET", path::SIGN_IN_LINK, Access::Public),
    route("POST", path::SIGN_IN_LINK, Access::Public),
    route("POST", path::SIGN_OUT, Access::Connector),
    route("GET", path::SETTINGS, Access::Connector),
    route("POST", path::SETTINGS, Access::Connector),
    route("POST", path::SETTINGS_ADDRESS, Access::Connector),
    route("POST", path::SETTINGS_ADDRESS_CODE, Access::Connector),
    route("POST", path::SETTINGS_TOKENS, Access::Connector),
    route("POST", path::SETTINGS_TOKEN_REVOKE, Access::Connector),
    route("POST", path::SETTINGS_SESSIONS_END, Access::Connector),
    route("POST", path::SETTINGS_SESSION_END, Access::Connector),
    route("POST", path::SETTINGS_WEEKLY, Access::Connector),
    route("GET", path::SETTINGS_EXPORT, Access::Connector),
    route("GET", path::SETTINGS_DELETE, Access::Connector),
    route("POST", path::SETTINGS_DELETE, Access::Connector),
];

pub fn router() -> Router<Web> {
    Router::new()
        .route(path::SIGN_IN, get(sign_in::form).post(sign_in::ask))
        .route(path::SIGN_IN_CODE, post(sign_in::code))
        .route(path::SIGN_IN_LINK, get(sign_in::open).post(sign_in::enter))
        .route(path::SIGN_OUT, post(sign_in::out))
        .route(path::SETTINGS, get(settings::page).post(settings::save))
        .route(path::SETTINGS_ADDRESS, post(parts::address))
        .route(path::SETTINGS_ADDRESS_CODE, post(parts::address_code))
        .route(path::SETTINGS_TOKENS, post(parts::make_token))
        .route(path::SETTINGS_TOKEN_REVOKE, post(parts::revoke_token))
        .route(path::SETTINGS_SESSIONS_END, post(parts::end_sessions))
        .route(path::SETTINGS_SESSION_END, post(parts::end_session))
        .route(path::SETTINGS_WEEKLY, post(settings::weekly))
        .route(path::SETTINGS_EXPORT, get(export::export))
        .route(path::SETTINGS_DELETE, get(delete::form).post(delete::delete))
}

/// The frame for somebody who is not signed in.
fn public(web: &Web) -> Frame {
    Frame { mailbox: web.mailbox.is_some(), ..Frame::public() }
}
