//! The connector's pages: desk, composer, introduction, preview.

mod ask_me;
mod circles;
mod composer;
mod contacts;
mod desk;
mod import;
mod introduction;
mod landed;
mod letters;
mod meet;
mod next;
mod plan;
pub(super) mod preview;
mod recruiters;
mod thanks;
mod touch;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use super::route;
use crate::urls::path;
use crate::web::Web;
use crate::web::routes::{Access, Route};

pub const TABLE: &[Route] = &[
    route("GET", path::DESK, Access::Connector),
    route("GET", path::NEW, Access::Connector),
    route("POST", path::NEW, Access::Connector),
    route("GET", path::INTRODUCTION, Access::Connector),
    route("GET", path::EDIT, Access::Connector),
    route("POST", path::EDIT, Access::Connector),
    route("GET", path::PREVIEW, Access::Connector),
    route("GET", path::PREVIEW_MAIL, Access::Connector),
    route("POST", path::ASK, Access::Connector),
    route("POST", path::ASK_AGAIN, Access::Connector),
    route("POST", path::WITHDRAW, Access::Connector),
    route("POST", path::OUTCOME, Access::Connector),
    route("POST", path::DELETE, Access::Connector),
    route("POST", path::SETTLED, Access::Connector),
    route("POST", path::PUT_BACK, Access::Connector),
    route("POST", path::NEW_DRAFT, Access::Connector),
    route("POST", path::COPY_FIRST, Access::Connector),
    route("GET", path::UNFINISHED, Access::Connector),
    route("POST", path::UNFINISHED_DISCARD, Access::Connector),
    route("GET", path::CONTACTS, Access::Connector),
    route("GET", path::CONTACT_NEW, Access::Connector),
    route("POST", path::CONTACT_NEW, Access::Connector),
    route("GET", path::IMPORT, Access::Connector),
    route("POST", path::IMPORT, Access::Connector),
    route("GET", path::IMPORT_ONE, Access::Connector),
    route("POST", path::IMPORT_COLUMNS, Access::Connector),
    route("POST", path::IMPORT_CHOICES, Access::Connector),
    route("POST", path::IMPORT_START, Access::Connector),
    route("POST", path::IMPORT_UNDO, Access::Connector),
    route("POST", path::IMPORT_DISCARD, Access::Connector),
    route("GET", path::EXPORT, Access::Connector),
    route("GET", path::CIRCLES, Access::Connector),
    route("POST", path::CIRCLES_FILE, Access::Connector),
    route("GET", path::MEET, Access::Connector),
    route("GET", path::TOUCH, Access::Connector),
    route("POST", path::TOUCH, Access::Connector),
    route("POST", path::CONTACT_RHYTHM, Access::Connector),
    route("POST", path::CONTACT_TOUCHED, Access::Connector),
    route("POST", path::CONTACT_CARD, Access::Connector),
    route("POST", path::CONTACT_CARD_DECIDE, Access::Connector),
    route("POST", path::CONTACT_RECRUITER, Access::Connector),
    route("GET", path::ASK_ME, Access::Connector),
    route("POST", path::ASK_ME, Access::Connector),
    route("POST", path::ASK_ME_SETTLE, Access::Connector),
    route("GET", path::RECRUITERS, Access::Connector),
    route("GET", path::RECRUITERS_FOR, Access::Connector),
    route("POST", path::RECRUITERS_FOR, Access::Connector),
    route("GET", path::THANKS, Access::Connector),
    route("POST", path::THANKS_READ, Access::Connector),
    route("GET", path::PLANS, Access::Connector),
    route("GET", path::PLAN_NEW, Access::Connector),
    route("POST", path::PLAN_NEW, Access::Connector),
    route("GET", path::PLAN, Access::Connector),
    route("GET", path::PLAN_EDIT, Access::Connector),
    route("POST", path::PLAN_EDIT, Access::Connector),
    route("POST", path::PLAN_PEOPLE, Access::Connector),
    route("POST", path::PLAN_REMOVE, Access::Connector),
    route("POST", path::PLAN_START, Access::Connector),
    route("POST", path::PLAN_DELETE, Access::Connector),
    route("POST", path::CONTACT_LANDED, Access::Connector),
    route("GET", path::LANDED, Access::Connector),
    route("POST", path::LANDED_SETTLED, Access::Connector),
    route("GET", path::CONTACT, Access::Connector),
    route("GET", path::CONTACT_EDIT, Access::Connector),
    route("POST", path::CONTACT_EDIT, Access::Connector),
    route("POST", path::CONTACT_DELETE, Access::Connector),
];

pub fn router() -> Router<Web> {
    Router::new()
        .route(path::DESK, get(desk::desk))
        .route(path::NEW, get(composer::blank).post(composer::create))
        .route(path::INTRODUCTION, get(introduction::open))
        .route(path::EDIT, get(composer::edit).post(composer::save))
        .route(path::PREVIEW, get(preview::all))
        .route(path::PREVIEW_MAIL, get(preview::one))
        .route(path::ASK, post(introduction::ask))
        .route(path::ASK_AGAIN, post(introduction::ask_again))
        .route(path::WITHDRAW, post(introduction::withdraw))
        .route(path::OUTCOME, post(introduction::outcome))
        .route(path::DELETE, post(introduction::delete))
        .route(path::SETTLED, post(introduction::settled))
        .route(path::PUT_BACK, post(introduction::put_back))
        .route(path::NEW_DRAFT, post(introduction::copy))
        .route(path::COPY_FIRST, post(preview::copy))
        .route(path::UNFINISHED, get(composer::unfinished::open))
        .route(path::UNFINISHED_DISCARD, post(composer::unfinished::discard))
        .route(path::CONTACTS, get(contacts::list))
        .route(path::CONTACT_NEW, get(contacts::blank).post(contacts::add))
        .route(path::IMPORT, get(import::list).post(import::upload).layer(DefaultBodyLimit::disable()))
        .route(path::IMPORT_ONE, get(import::open))
        .route(path::IMPORT_COLUMNS, post(import::columns))
        .route(path::IMPORT_CHOICES, post(import::choose))
        .route(path::IMPORT_START, post(import::start))
        .route(path::IMPORT_UNDO, post(import::undo))
        .route(path::IMPORT_DISCARD, post(import::discard))
        .route(path::EXPORT, get(import::export))
        .route(path::CIRCLES, get(circles::open))
        .route(path::CIRCLES_FILE, post(circles::file))
        .route(path::MEET, get(meet::open))
        .route(path::TOUCH, get(touch::open).post(touch::save))
        .route(path::CONTACT_RHYTHM, post(touch::set))
        .route(path::CONTACT_TOUCHED, post(touch::touched))
        .route(path::CONTACT_CARD, post(recruiters::ask))
        .route(path::CONTACT_CARD_DECIDE, post(recruiters::decide))
        .route(path::CONTACT_RECRUITER, post(recruiters::mark))
        .route(path::ASK_ME, get(ask_me::open).post(ask_me::save))
        .route(path::ASK_ME_SETTLE, post(ask_me::settle))
        .route(path::RECRUITERS, get(recruiters::list))
        .route(path::RECRUITERS_FOR, get(recruiters::pick).post(recruiters::send))
        .route(path::THANKS, get(thanks::open))
        .route(path::THANKS_READ, post(thanks::read))
        .route(path::PLANS, get(plan::list))
        .route(path::PLAN_NEW, get(plan::blank).post(plan::create))
        .route(path::PLAN, get(plan::open))
        .route(path::PLAN_EDIT, get(plan::edit).post(plan::save))
        .route(path::PLAN_PEOPLE, post(plan::add))
        .route(path::PLAN_REMOVE, post(plan::remove))
        .route(path::PLAN_START, post(plan::start))
        .route(path::PLAN_DELETE, post(plan::delete))
        .route(path::CONTACT_LANDED, post(landed::switch))
        .route(path::LANDED, get(landed::open))
        .route(path::LANDED_SETTLED, post(landed::settled))
        .route(path::CONTACT, get(contacts::open))
        .route(path::CONTACT_EDIT, get(contacts::edit).post(contacts::save))
        .route(path::CONTACT_DELETE, post(contacts::delete))
}
