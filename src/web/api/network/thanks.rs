//! `/api/v1/thanks`: what parties said to the connector, and the connector's thanks to whoever helped.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::answer;
use super::super::bearer::{Bearer, Read, Write};
use super::super::call::Call;
use super::super::faults::{Always, BadBody, BadQuery, Missing, Refused};
use super::super::introduction_view::{IntroductionView, introduction};
use super::super::paging::Pairs;
use super::super::words;
use super::parse;
use crate::clock::Ts;
use crate::domain::introduction::Introduction;
use crate::domain::problem::{Problem, Problems};
use crate::domain::shown::to_connector;
use crate::domain::thanks::{Thanks, Words};
use crate::flow::{desk, log, thanks};
use crate::ids::IntroductionId;
use crate::web::Web;
use crate::web::error::WebError;

/// Words of a party to their connector.
#[derive(Serialize, ToSchema)]
#[schema(as = Words)]
pub struct WordsView {
    introduction: Uuid,
    /// Who says it.
    #[schema(schema_with = words::side)]
    side: &'static str,
    name: String,
    text: String,
    #[schema(format = DateTime)]
    said_at: String,
    /// Null while it is new.
    #[schema(format = DateTime)]
    read_at: Option<String>,
}

/// A page of words.
#[derive(Serialize, ToSchema)]
pub struct Received {
    items: Vec<WordsView>,
    /// Pass it as `before` for the next page; null on the last one.
    next: Option<String>,
}

/// An introduction for which somebody deserves thanks.
#[derive(Serialize, ToSchema)]
#[schema(as = Thanks)]
pub struct ThanksView {
    introduction: IntroductionView,
    #[schema(format = DateTime)]
    since: String,
    /// Null while they are owed.
    #[schema(format = DateTime)]
    given_at: Option<String>,
}

/// A page of thanks.
#[derive(Serialize, ToSchema)]
#[schema(as = ThanksPage)]
pub struct ThanksList {
    items: Vec<ThanksView>,
    /// Pass it as `before` for the next page; null on the last one.
    next: Option<String>,
}

/// Words after one introduction.
pub fn view(words: &Words, of: &Introduction) -> WordsView {
    WordsView {
        introduction: of.id.0,
        side: words.side.as_str(),
        name: of.parties.get(words.side).name.clone(),
        text: words.text.clone(),
        said_at: words.said_at.rfc3339(),
        read_at: words.read_at.map(Ts::rfc3339),
    }
}

/// Behind which row a page begins, as it is written in `next`: microseconds and id.
type Key = (Ts, IntroductionId);

fn written((at, id): Key) -> String {
    format!("{}.{id}", at.0)
}

fn before(query: Pairs) -> Result<Option<Key>, WebError> {
    let sent = query.only(&["before"])?;
    let Some((_, text)) = sent.first() else { return Ok(None) };
    let key = text.split_once('.').and_then(|(at, id)| Some((Ts(at.parse().ok()?), id.parse().ok()?)));
    let wrong = || WebError::invalid(Problems(vec![Problem::new("before", "not-an-id")]));
    key.map(Some).ok_or_else(wrong)
}

/// Read what was said to you
///
/// Words that parties wrote after they met, the newest first, thirty a page. They are between the two of you.
#[utoipa::path(
    get, path = "/api/v1/thanks/received", tag = "network", operation_id = "list_words",
    security(("token" = ["read"])),
    params(("before" = Option<String>, Query, description = "`next` of the page before")),
    responses((status = 200, description = "A page", body = Received), Always, BadQuery)
)]
pub async fn received(
    State(web): State<Web>,
    caller: Bearer<Read>,
    query: Pairs,
) -> Result<Response, WebError> {
    let page = thanks::received(&web.cx, &caller.who, before(query)?).await?;
    let items = page.rows.iter().map(|(words, of)| view(words, of)).collect();
    Ok(answer::ok(&Received { items, next: page.more.map(written) }))
}

/// Until when words were read.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "until": "2026-03-02T09:00:00Z" }))]
pub struct ReadInput {
    /// `said_at` of the newest that you have seen.
    #[serde(default)]
    #[schema(format = DateTime, required)]
    until: String,
}

/// Say that you have read them
#[utoipa::path(
    post, path = "/api/v1/thanks/received/read", tag = "network", operation_id = "read_words",
    security(("token" = ["write"])),
    request_body = ReadInput,
    responses((status = 204, description = "They are not new any more"), Always, BadBody)
)]
pub async fn read(
    State(web): State<Web>,
    caller: Bearer<Write>,
    call: Call<ReadInput>,
) -> Result<Response, WebError> {
    let code = if call.input.until.is_empty() { "required" } else { "not-a-time" };
    let wrong = |_| WebError::invalid(Problems(vec![Problem::new("until", code)]));
    let until: jiff::Timestamp = call.input.until.parse().map_err(wrong)?;
    // Times are told by the second: what was said within it was seen.
    let whole = Ts(until.as_microsecond().saturating_add(999_999));
    thanks::read(&web.cx, &caller.who, whole).await?;
    Ok(answer::nothing())
}

/// List the thanks that you owe
///
/// The latest first, thirty a page.
#[utoipa::path(
    get, path = "/api/v1/thanks/owed", tag = "network", operation_id = "list_owed",
    security(("token" = ["read"])),
    params(("before" = Option<String>, Query, description = "`next` of the page before")),
    responses((status = 200, description = "A page", body = ThanksList), Always, BadQuery)
)]
pub async fn owed(State(web): State<Web>, caller: Bearer<Read>, query: Pairs) -> Result<Response, WebError> {
    let page = thanks::owed(&web.cx, &caller.who, false, before(query)?).await?;
    Ok(list(&web, &page))
}

/// List the thanks that you gave
///
/// The latest first, thirty a page.
#[utoipa::path(
    get, path = "/api/v1/thanks/given", tag = "network", operation_id = "list_given",
    security(("token" = ["read"])),
    params(("before" = Option<String>, Query, description = "`next` of the page before")),
    responses((status = 200, description = "A page", body = ThanksList), Always, BadQuery)
)]
pub async fn given(State(web): State<Web>, caller: Bearer<Read>, query: Pairs) -> Result<Response, WebError> {
    let page = thanks::owed(&web.cx, &caller.who, true, before(query)?).await?;
    Ok(list(&web, &page))
}

fn list(web: &Web, page: &thanks::Page<Thanks>) -> Response {
    let row = |of: &Thanks| ThanksView {
        introduction: introduction(web, &to_connector(&of.introduction, &web.cx.policy, web.cx.now())),
        since: of.since.rfc3339(),
        given_at: of.given_at.map(Ts::rfc3339),
    };
    answer::ok(&ThanksList { items: page.rows.iter().map(row).collect(), next: page.more.map(written) })
}

/// Whether they are thanked.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThankedInput {
    /// False takes it back. Left out is true.
    #[serde(default)]
    thanked: Option<bool>,
}

/// Say that they are thanked
///
/// Or that whatever else an introduction needs you for on the desk is settled.
#[utoipa::path(
    post, path = "/api/v1/introductions/{id}/thanked", tag = "network", operation_id = "thanked",
    security(("token" = ["write"])), params(("id" = Uuid, Path)),
    request_body = ThankedInput,
    responses((status = 204, description = "It is off the desk"), Always, Missing, BadBody, Refused)
)]
pub async fn thanked(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
    call: Call<ThankedInput>,
) -> Result<Response, WebError> {
    let id: IntroductionId = parse(&id)?;
    log::get(&web.cx, &caller.who, id).await?.ok_or_else(WebError::not_found)?;
    if call.input.thanked.unwrap_or(true) {
        desk::settle(&web.cx, &caller.who, id).await?;
    } else {
        desk::put_back(&web.cx, &caller.who, id).await?;
    }
    Ok(answer::nothing())
}
