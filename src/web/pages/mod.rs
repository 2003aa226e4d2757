//! Pages for people: forms and links only, no script. Handlers read a form, call one flow function and
//! render.

mod admin;
mod answer;
mod check_in;
mod composer;
mod desk;
mod form;
mod introduction;
mod mailbox;
mod next;
mod preview;
mod session;
mod sign_in;
mod stop;
mod style;
mod take;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};

use super::error::WebError;
use super::routes::{Access, Route};
use super::{Web, respond};
use crate::domain::problem::{Problem, Problems};
use crate::urls::path;
use crate::view::pages::{self, Fault, Frame, Next};
use crate::view::{FALLBACK, Page};

pub use form::Form;
pub use session::{Admin, SignedIn};
pub use take::{Id, Token};

/// The routes of the pages.
pub const TABLE: &[Route] = &[
    route("GET", path::ANSWER, Access::Public),
    route("POST", path::ANSWER, Access::Public),
    route("GET", path::STOP, Access::Public),
    route("POST", path::STOP, Access::Public),
    route("GET", path::CHECK_IN, Access::Public),
    route("POST", path::CHECK_IN, Access::Public),
    route("GET", path::SIGN_IN, Access::Public),
    route("POST", path::SIGN_IN, Access::Public),
    route("POST", path::SIGN_IN_CODE, Access::Public),
    route("GET", path::SIGN_IN_LINK, Access::Public),
    route("POST", path::SIGN_IN_LINK, Access::Public),
    route("POST", path::SIGN_OUT, Access::Connector),
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
    route("GET", path::ADMIN_OUTCOMES, Access::Admin),
    route("GET", path::ADMIN_DELIVERIES, Access::Admin),
    route("POST", path::DELIVERY_RETRY, Access::Admin),
    route("GET", path::ENTER, Access::Public),
    route("GET", path::MAILBOX, Access::Public),
    route("GET", path::MAILBOX_MAIL, Access::Public),
    route("GET", path::MAILBOX_HTML, Access::Public),
    route("GET", path::STYLE, Access::Public),
];

const fn route(method: &'static str, path: &'static str, access: Access) -> Route {
    Route { method, path, access }
}

/// The pages.
pub fn router(web: &Web) -> Router {
    behind_links()
        .merge(connectors())
        .route(path::ADMIN_OUTCOMES, get(admin::outcomes))
        .route(path::ADMIN_DELIVERIES, get(admin::deliveries))
        .route(path::DELIVERY_RETRY, post(admin::retry))
        .route(path::ENTER, get(mailbox::enter))
        .route(path::MAILBOX, get(mailbox::list))
        .route(path::MAILBOX_MAIL, get(mailbox::one))
        .route(path::MAILBOX_HTML, get(mailbox::html))
        .route(path::STYLE, get(style::sheet))
        .with_state(web.clone())
}

fn behind_links() -> Router<Web> {
    Router::new()
        .route(path::ANSWER, get(answer::open).post(answer::give))
        .route(path::STOP, get(stop::open).post(stop::stop))
        .route(path::CHECK_IN, get(check_in::open).post(check_in::tell))
        .route(path::SIGN_IN, get(sign_in::form).post(sign_in::ask))
        .route(path::SIGN_IN_CODE, post(sign_in::code))
        .route(path::SIGN_IN_LINK, get(sign_in::open).post(sign_in::enter))
}

fn connectors() -> Router<Web> {
    Router::new()
        .route(path::SIGN_OUT, post(sign_in::out))
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
}

/// The page that says what went wrong. Signed-in or not, and whatever the cause: the same bytes.
#[must_use]
pub fn error_page(web: &Web, error: &WebError) -> String {
    let (title, sentence) = respond::words(web, FALLBACK, error);
    let next = match error.code {
        "unauthorized" => Next::SignIn,
        "link_not_valid" | "link_closed" => Next::None,
        "stale_form" | "cross_origin" | "too_large" | "timeout" | "unavailable" | "invalid" => Next::Back,
        _ => Next::Desk,
    };
    let faults = faults(web, FALLBACK, &error.problems);
    let page = pages::Error { frame: Frame::public(), title, sentence, next, faults };
    // A template that fails here would have failed at the start.
    web.cx.views.page(FALLBACK, &page).unwrap_or(page.title)
}

/// A page with its status.
fn show<P: Page>(web: &Web, lang: &str, status: StatusCode, page: &P) -> Result<Response, WebError> {
    Ok((status, Html(web.cx.views.page(lang, page)?)).into_response())
}

/// The sentences of problems, with the ids of the elements they are about.
fn faults(web: &Web, lang: &str, problems: &Problems) -> Vec<Fault> {
    let fault = |problem: &Problem| Fault {
        id: element(&problem.field),
        sentence: respond::sentence(web, lang, problem),
    };
    problems.0.iter().map(fault).collect()
}

/// The id of the element of a field: `first.email` is `first-email`.
fn element(field: &str) -> String {
    field.replace('.', "-")
}
