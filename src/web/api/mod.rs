//! The JSON API below `/api/v1`, and its description at `/api/openapi.json`.
//!
//! Bearer tokens only; RFC 9457 problems; every route is registered together with its description, so
//! the two cannot drift apart.

mod answer;
pub(super) mod bearer;
mod call;
mod contacts;
mod deliveries;
mod events;
mod faults;
mod introduction_input;
mod introduction_view;
mod introductions;
mod network;
mod outcomes;
mod paging;
mod steps;
mod strict;
pub(super) mod words;

pub use contacts::view as shown_contact;
pub use events::view as shown_event;
pub use introduction_input::IntroductionInput;
pub use introduction_view::introduction as shown_introduction;
pub use network::{shown_plan, shown_request, shown_words};
pub use strict::{List, read as read_json};

use std::sync::LazyLock;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Web;
use super::respond::{FieldProblem, ProblemDocument};
use super::routes::{Access, Route};
use crate::domain::connector::Scope;
use crate::urls::path;

/// The routes of the API.
#[must_use]
pub fn table() -> Vec<Route> {
    [CORE, network::TABLE].concat()
}

const CORE: &[Route] = &[
    Route { method: "GET", path: path::OPENAPI, access: Access::Public },
    row("POST", "/api/v1/introductions", Scope::Write),
    row("GET", "/api/v1/introductions", Scope::Read),
    row("GET", "/api/v1/introductions/{id}", Scope::Read),
    row("PATCH", "/api/v1/introductions/{id}", Scope::Write),
    row("DELETE", "/api/v1/introductions/{id}", Scope::Write),
    row("GET", "/api/v1/introductions/{id}/preview", Scope::Read),
    row("GET", "/api/v1/introductions/{id}/events", Scope::Read),
    row("POST", "/api/v1/introductions/{id}/ask", Scope::Write),
    row("POST", "/api/v1/introductions/{id}/ask-again", Scope::Write),
    row("POST", "/api/v1/introductions/{id}/withdraw", Scope::Write),
    row("POST", "/api/v1/introductions/{id}/outcome", Scope::Write),
    row("POST", "/api/v1/contacts", Scope::Write),
    row("GET", "/api/v1/contacts", Scope::Read),
    row("GET", "/api/v1/contacts/{id}", Scope::Read),
    row("PATCH", "/api/v1/contacts/{id}", Scope::Write),
    row("DELETE", "/api/v1/contacts/{id}", Scope::Write),
    row("GET", "/api/v1/contacts/{id}/suggestions", Scope::Read),
    row("GET", "/api/v1/outcomes", Scope::Admin),
    row("GET", "/api/v1/outcomes.csv", Scope::Admin),
    row("GET", "/api/v1/deliveries", Scope::Admin),
    row("GET", "/api/v1/deliveries/{id}", Scope::Admin),
    row("POST", "/api/v1/deliveries/{id}/retry", Scope::Admin),
    row("POST", "/api/v1/deliveries/{id}/count-as-sent", Scope::Admin),
];

const fn row(method: &'static str, path: &'static str, scope: Scope) -> Route {
    Route { method, path, access: Access::Token(scope) }
}

/// The API.
pub fn router(web: &Web) -> Router {
    // Its description is made along with it, and takes longer than all else here.
    static ROUTES: LazyLock<Router<Web>> = LazyLock::new(|| described().0);
    let document = async || ([(CONTENT_TYPE, "application/json")], COMMITTED);
    ROUTES.clone().route(path::OPENAPI, get(document)).with_state(web.clone())
}

/// What is served: writing it anew at each start takes longer than all else there.
const COMMITTED: &str = include_str!("../../../openapi.json");

/// The OpenAPI document as the routes describe it. A test holds the committed one against it.
#[must_use]
pub fn openapi() -> String {
    described().1.to_pretty_json().unwrap_or_default() + "\n"
}

fn described() -> (Router<Web>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(Head::openapi())
        .merge(for_connectors())
        .merge(network::described())
        .merge(for_admins())
        .split_for_parts()
}

fn for_connectors() -> OpenApiRouter<Web> {
    OpenApiRouter::default()
        .routes(routes!(introductions::create, introductions::list))
        .routes(routes!(introductions::get, introductions::change, introductions::delete))
        .routes(routes!(introductions::show_preview))
        .routes(routes!(events::list))
        .routes(routes!(steps::ask_parties))
        .routes(routes!(steps::ask_again))
        .routes(routes!(steps::withdraw))
        .routes(routes!(steps::outcome))
        .routes(routes!(contacts::create, contacts::list))
        .routes(routes!(contacts::get, contacts::change, contacts::delete))
        .routes(routes!(contacts::suggestions))
}

fn for_admins() -> OpenApiRouter<Web> {
    OpenApiRouter::default()
        .routes(routes!(outcomes::list))
        .routes(routes!(outcomes::csv))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::get))
        .routes(routes!(deliveries::retry))
        .routes(routes!(deliveries::count_as_sent))
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "twoyes",
        description = "Introductions between people: an introduction leaves only on two yeses. \
                       Envelopes, errors, paging and idempotency are described in docs/API.md.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    components(schemas(ProblemDocument, FieldProblem)),
    tags(
        (name = "introductions", description = "Draft, look, change"),
        (name = "steps", description = "Ask, withdraw, say what came of it"),
        (name = "contacts", description = "The address book"),
        (name = "network", description = "Around the introduction: circles, files, plans, keeping in touch, thanks, recruiters, requests"),
        (name = "admin", description = "The whole instance; needs the scope `admin`"),
    ),
    modifiers(&Token)
)]
struct Head;

struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "`twoyes token add` makes one. Scopes: `read`, `write`, `admin`; none includes another.",
            ))
            .build();
        if let Some(components) = document.components.as_mut() {
            components.add_security_scheme("token", SecurityScheme::Http(scheme));
        }
    }
}
