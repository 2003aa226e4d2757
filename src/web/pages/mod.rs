//! Pages for people: forms and links only, no script. Handlers read a form, call one flow function and
//! render.

mod account;
mod admin;
mod connector;
mod demo;
mod form;
mod paging;
mod recipient;
mod session;
mod style;
mod take;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::error::WebError;
use super::routes::{Access, Route};
use super::{Web, respond};
use crate::domain::problem::{Problem, Problems};
use crate::urls::path;
use crate::view::pages::{self, Fault, Frame, Next};
use crate::view::{FALLBACK, Page};

pub(in crate::web) use form::body;
pub use form::{Form, TRAP};
pub use session::{Admin, SignedIn};
pub use take::{Id, Token, Told};

/// The routes of the pages, family by family.
#[must_use]
pub fn table() -> Vec<Route> {
    let families = [recipient::TABLE, account::TABLE, connector::TABLE, admin::TABLE, demo::TABLE];
    let mut all = families.concat();
    all.push(route("GET", path::STYLE, Access::Public));
    all
}

const fn route(method: &'static str, path: &'static str, access: Access) -> Route {
    Route { method, path, access }
}

/// The pages.
pub fn router(web: &Web) -> Router {
    Router::new()
        .merge(recipient::router())
        .merge(account::router())
        .merge(connector::router())
        .merge(admin::router())
        .merge(demo::router())
        .route(path::STYLE, get(style::sheet))
        .with_state(web.clone())
}

/// The page that says what went wrong. Signed-in or not, and whatever the cause: the same bytes.
#[must_use]
pub fn error_page(web: &Web, error: &WebError) -> String {
    let (title, sentence) = respond::words(web, FALLBACK, error);
    let next = match error.code {
        "unauthorized" => Next::SignIn,
        "link_not_valid" | "link_closed" => Next::None,
        "too_many_requests" | "stale_form" | "cross_origin" | "too_large" | "timeout" | "unavailable"
        | "invalid" => Next::Back,
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
