//! The network around the introduction: circles, files of contacts, plans, keeping in touch, thanks, recruiters,
//! requests.

pub(super) mod cards;
pub(super) mod circles;
pub(super) mod entries;
pub(super) mod imports;
pub(super) mod plan_people;
pub(super) mod plans;
pub(super) mod recruiters;
pub(super) mod requests;
pub(super) mod thanks;
pub(super) mod touch;

pub use plans::whole as shown_plan;
pub use requests::view as shown_request;
pub use thanks::view as shown_words;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::connector::Scope;
use crate::web::Web;
use crate::web::error::WebError;
use crate::web::routes::Route;

/// Its routes.
pub(super) const TABLE: &[Route] = &[
    super::row("GET", "/api/v1/circles", Scope::Read),
    super::row("GET", "/api/v1/contacts/export/{format}", Scope::Read),
    super::row("POST", "/api/v1/imports", Scope::Write),
    super::row("GET", "/api/v1/imports", Scope::Read),
    super::row("GET", "/api/v1/imports/{id}", Scope::Read),
    super::row("DELETE", "/api/v1/imports/{id}", Scope::Write),
    super::row("POST", "/api/v1/imports/{id}/columns", Scope::Write),
    super::row("GET", "/api/v1/imports/{id}/entries", Scope::Read),
    super::row("POST", "/api/v1/imports/{id}/choices", Scope::Write),
    super::row("POST", "/api/v1/imports/{id}/start", Scope::Write),
    super::row("POST", "/api/v1/imports/{id}/undo", Scope::Write),
    super::row("GET", "/api/v1/plans", Scope::Read),
    super::row("POST", "/api/v1/contacts/{id}/plans", Scope::Write),
    super::row("GET", "/api/v1/plans/{id}", Scope::Read),
    super::row("PATCH", "/api/v1/plans/{id}", Scope::Write),
    super::row("DELETE", "/api/v1/plans/{id}", Scope::Write),
    super::row("POST", "/api/v1/plans/{id}/people", Scope::Write),
    super::row("DELETE", "/api/v1/plans/{id}/people/{person}", Scope::Write),
    super::row("POST", "/api/v1/plans/{id}/people/{person}/start", Scope::Write),
    super::row("POST", "/api/v1/contacts/{id}/landed", Scope::Write),
    super::row("GET", "/api/v1/keep-in-touch", Scope::Read),
    super::row("PATCH", "/api/v1/keep-in-touch", Scope::Write),
    super::row("GET", "/api/v1/contacts/{id}/touch", Scope::Read),
    super::row("PATCH", "/api/v1/contacts/{id}/touch", Scope::Write),
    super::row("GET", "/api/v1/thanks/received", Scope::Read),
    super::row("POST", "/api/v1/thanks/received/read", Scope::Write),
    super::row("GET", "/api/v1/thanks/owed", Scope::Read),
    super::row("GET", "/api/v1/thanks/given", Scope::Read),
    super::row("POST", "/api/v1/introductions/{id}/thanked", Scope::Write),
    super::row("GET", "/api/v1/recruiters", Scope::Read),
    super::row("GET", "/api/v1/contacts/{id}/card", Scope::Read),
    super::row("PATCH", "/api/v1/contacts/{id}/card", Scope::Write),
    super::row("POST", "/api/v1/contacts/{id}/card/ask", Scope::Write),
    super::row("GET", "/api/v1/contacts/{id}/recruiters", Scope::Read),
    super::row("POST", "/api/v1/contacts/{id}/recruiters", Scope::Write),
    super::row("POST", "/api/v1/contacts/{id}/recruiters/preview", Scope::Write),
    super::row("GET", "/api/v1/ask-me", Scope::Read),
    super::row("PATCH", "/api/v1/ask-me", Scope::Write),
    super::row("GET", "/api/v1/requests", Scope::Read),
    super::row("POST", "/api/v1/requests/{id}/settle", Scope::Write),
    super::row("POST", "/api/v1/introductions/{id}/ask-second", Scope::Write),
];

pub(super) fn described() -> OpenApiRouter<Web> {
    files_and_plans().merge(people_and_requests())
}

fn files_and_plans() -> OpenApiRouter<Web> {
    OpenApiRouter::default()
        .routes(routes!(circles::list))
        .routes(routes!(imports::export))
        .routes(routes!(imports::send, imports::list))
        .routes(routes!(imports::get, imports::discard))
        .routes(routes!(imports::columns))
        .routes(routes!(entries::list))
        .routes(routes!(entries::choose))
        .routes(routes!(imports::start))
        .routes(routes!(imports::undo))
        .routes(routes!(plans::list))
        .routes(routes!(plans::create))
        .routes(routes!(plans::get, plans::change, plans::delete))
        .routes(routes!(plan_people::add))
        .routes(routes!(plan_people::remove))
        .routes(routes!(plan_people::start))
        .routes(routes!(plans::landed))
}

fn people_and_requests() -> OpenApiRouter<Web> {
    OpenApiRouter::default()
        .routes(routes!(touch::overview, touch::change_circles))
        .routes(routes!(touch::get, touch::change))
        .routes(routes!(thanks::received))
        .routes(routes!(thanks::read))
        .routes(routes!(thanks::owed))
        .routes(routes!(thanks::given))
        .routes(routes!(thanks::thanked))
        .routes(routes!(recruiters::list))
        .routes(routes!(cards::get, cards::change))
        .routes(routes!(cards::ask))
        .routes(routes!(recruiters::passable, recruiters::send))
        .routes(routes!(recruiters::preview))
        .routes(routes!(requests::page, requests::change_page))
        .routes(routes!(requests::list))
        .routes(routes!(requests::settle))
        .routes(routes!(requests::ask_second))
}

/// An id of a path; what is none is nobody's.
fn parse<T: std::str::FromStr>(id: &str) -> Result<T, WebError> {
    id.parse().map_err(|_| WebError::not_found())
}
