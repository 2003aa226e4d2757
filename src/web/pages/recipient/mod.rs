//! Pages behind the links of mails, for people without an account.

mod answer;
mod ask_me;
mod card;
mod check_in;
mod new_address;
mod once_more;
mod stop;
mod words;
mod your_page;

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
    route("GET", path::CHECK_IN_WORDS, Access::Public),
    route("POST", path::CHECK_IN_WORDS, Access::Public),
    route("GET", path::ASK_ME_PAGE, Access::Public),
    route("POST", path::ASK_ME_PAGE, Access::Public),
    route("GET", path::REQUEST, Access::Public),
    route("POST", path::REQUEST, Access::Public),
    route("GET", path::CARD, Access::Public),
    route("POST", path::CARD, Access::Public),
    route("GET", path::YOU, Access::Public),
    route("POST", path::YOU, Access::Public),
    route("GET", path::YOU_NEVER, Access::Public),
    route("POST", path::YOU_NEVER, Access::Public),
    route("GET", path::YOU_LANDED, Access::Public),
    route("POST", path::YOU_LANDED, Access::Public),
    route("GET", path::YOU_ERASE, Access::Public),
    route("POST", path::YOU_ERASE, Access::Public),
    route("GET", path::YOU_DATA, Access::Public),
    route("GET", path::ADDRESS, Access::Public),
    route("POST", path::ADDRESS, Access::Public),
];

pub fn router() -> Router<Web> {
    Router::new()
        .route(path::ANSWER, get(answer::open).post(answer::give))
        .route(path::STOP, get(stop::open).post(stop::stop))
        .route(path::CHECK_IN, get(check_in::open).post(check_in::tell))
        .route(path::CHECK_IN_WORDS, get(words::open).post(words::say))
        .route(path::ASK_ME_PAGE, get(ask_me::open).post(ask_me::ask))
        .route(path::REQUEST, get(ask_me::look).post(ask_me::decide))
        .route(path::CARD, get(card::open).post(card::say))
        .route(path::YOU, get(your_page::open).post(your_page::change))
        .route(path::YOU_NEVER, get(your_page::ask_never).post(your_page::never))
        .route(path::YOU_LANDED, get(your_page::ask_landed).post(your_page::landed))
        .route(path::YOU_ERASE, get(your_page::ask_erase).post(your_page::erase))
        .route(path::YOU_DATA, get(your_page::data))
        .route(path::ADDRESS, get(new_address::open).post(new_address::confirm))
}
