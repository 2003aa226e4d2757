//! `/api/v1/ask-me` and `/api/v1/requests`: the connector's page on which anybody can ask for an introduction, and the
//! requests whose address was confirmed.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::answer;
use super::super::bearer::{Bearer, Read, Write};
use super::super::call::Call;
use super::super::faults::{Always, BadBody, BadQuery, Missing, Refused};
use super::super::introduction_input::{given, lay};
use super::super::introduction_view::{IntroductionView, introduction};
use super::super::paging::Pairs;
use super::super::steps::Nothing;
use super::parse;
use crate::clock::Ts;
use crate::domain::ask_me::{RawPage, Request};
use crate::domain::connector::Connector;
use crate::domain::shown::to_connector;
use crate::flow::{ask, ask_me};
use crate::ids::{AskMeId, IntroductionId};
use crate::urls::path;
use crate::web::Web;
use crate::web::error::WebError;

/// The page.
#[derive(Serialize, ToSchema)]
#[schema(as = AskMePage)]
pub struct PageView {
    /// The end of its address.
    slug: String,
    welcome: String,
    open: bool,
    /// Where it is, once it is open.
    address: String,
}

async fn shown(web: &Web, who: &Connector) -> Result<Response, WebError> {
    let page = ask_me::page_of(&web.cx, who).await?;
    let address = format!("{}{}", web.cx.urls.base(), path::ASK_ME_PAGE.replace("{slug}", &page.slug));
    Ok(answer::ok(&PageView { slug: page.slug, welcome: page.welcome, open: page.is_open, address }))
}

/// Look at your page
#[utoipa::path(
    get, path = "/api/v1/ask-me", tag = "network", operation_id = "get_ask_me",
    security(("token" = ["read"])),
    responses((status = 200, description = "The page", body = PageView), Always, BadQuery)
)]
pub async fn page(State(web): State<Web>, caller: Bearer<Read>, query: Pairs) -> Result<Response, WebError> {
    query.only(&[])?;
    shown(&web, &caller.who).await
}

/// What to change.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "slug": "lena", "welcome": "I know people in design.", "open": true }))]
pub struct PageInput {
    /// Small letters, digits and hyphens, 3 to 40.
    #[serde(default, deserialize_with = "given")]
    slug: Option<String>,
    /// Up to 600 characters.
    #[serde(default, deserialize_with = "given")]
    welcome: Option<String>,
    #[serde(default)]
    open: Option<bool>,
}

/// Change your page
///
/// Opens it, closes it, or says something else on it.
#[utoipa::path(
    patch, path = "/api/v1/ask-me", tag = "network", operation_id = "change_ask_me",
    security(("token" = ["write"])),
    request_body = PageInput,
    responses((status = 200, description = "The page as it is now", body = PageView), Always, BadBody)
)]
pub async fn change_page(
    State(web): State<Web>,
    caller: Bearer<Write>,
    call: Call<PageInput>,
) -> Result<Response, WebError> {
    let old = ask_me::page_of(&web.cx, &caller.who).await?;
    let mut raw = RawPage { slug: old.slug, welcome: old.welcome, is_open: old.is_open };
    lay(call.input.slug, &mut raw.slug);
    lay(call.input.welcome, &mut raw.welcome);
    lay(call.input.open, &mut raw.is_open);
    ask_me::save_page(&web.cx, &caller.who, &raw).await?;
    shown(&web, &caller.who).await
}

/// A request whose address was confirmed.
#[derive(Serialize, ToSchema)]
#[schema(as = Request)]
pub struct RequestView {
    id: Uuid,
    name: String,
    email: String,
    /// Whom they would like to meet.
    wish: String,
    /// What may be said of them.
    about: String,
    #[schema(format = DateTime)]
    confirmed_at: Option<String>,
    /// You put it aside.
    #[schema(format = DateTime)]
    settled_at: Option<String>,
}

/// As its connector sees it.
pub fn view(of: &Request) -> RequestView {
    RequestView {
        id: of.id.0,
        name: of.name.clone(),
        email: of.email.to_show().to_owned(),
        wish: of.wish.clone(),
        about: of.about.clone(),
        confirmed_at: of.confirmed.as_ref().map(|yes| yes.at.rfc3339()),
        settled_at: of.settled_at.map(Ts::rfc3339),
    }
}

/// The requests that wait, the newest first.
#[derive(Serialize, ToSchema)]
pub struct Requests {
    items: Vec<RequestView>,
}

/// List requests
///
/// Those that wait for you, the newest fifty.
#[utoipa::path(
    get, path = "/api/v1/requests", tag = "network", operation_id = "list_requests",
    security(("token" = ["read"])),
    responses((status = 200, description = "The requests", body = Requests), Always, BadQuery)
)]
pub async fn list(State(web): State<Web>, caller: Bearer<Read>, query: Pairs) -> Result<Response, WebError> {
    query.only(&[])?;
    let all = ask_me::waiting(&web.cx, &caller.who).await?;
    Ok(answer::ok(&Requests { items: all.iter().map(view).collect() }))
}

/// Whether it is aside.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleInput {
    /// False takes it back. Left out is true.
    #[serde(default)]
    aside: Option<bool>,
}

/// Put a request aside
///
/// Whoever asked hears nothing of it.
#[utoipa::path(
    post, path = "/api/v1/requests/{id}/settle", tag = "network", operation_id = "settle_request",
    security(("token" = ["write"])), params(("id" = Uuid, Path)),
    request_body = SettleInput,
    responses((status = 200, description = "The request", body = RequestView), Always, Missing, BadBody)
)]
pub async fn settle(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
    call: Call<SettleInput>,
) -> Result<Response, WebError> {
    let id: AskMeId = parse(&id)?;
    ask_me::get(&web.cx, &caller.who, id).await?;
    ask_me::settle(&web.cx, &caller.who, id, call.input.aside.unwrap_or(true)).await?;
    Ok(answer::ok(&view(&ask_me::get(&web.cx, &caller.who, id).await?)))
}

/// Ask the second alone
///
/// For a draft whose first asked for it on your page: their confirmed request is their yes. `not_found` when there is no
/// such request.
#[utoipa::path(
    post, path = "/api/v1/introductions/{id}/ask-second", tag = "network", operation_id = "ask_second",
    security(("token" = ["write"])), params(("id" = Uuid, Path)),
    responses((status = 200, description = "Being asked", body = IntroductionView), Always, Missing, BadBody, Refused)
)]
pub async fn ask_second(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
    _call: Call<Nothing>,
) -> Result<Response, WebError> {
    let id: IntroductionId = parse(&id)?;
    let of = ask::on_request(&web.cx, &caller.who, id).await?;
    Ok(answer::ok(&introduction(&web, &to_connector(&of, &web.cx.policy, web.cx.now()))))
}
