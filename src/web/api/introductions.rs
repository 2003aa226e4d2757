//! `/api/v1/introductions`: draft, look, change, delete, preview.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{self, Success};
use super::bearer::{Bearer, Read, Write};
use super::call::Call;
use super::faults::{Always, BadBody, BadQuery, Missing, Refused};
use super::introduction_input::IntroductionInput;
use super::introduction_view::{IntroductionView, introduction};
use super::paging::{Page, Pairs};
use crate::domain::connector::Connector;
use crate::domain::draft::RawDraft;
use crate::domain::introduction::{Introduction, StateName};
use crate::domain::shown;
use crate::flow::{draft, log, preview};
use crate::ids::IntroductionId;
use crate::web::Web;
use crate::web::error::WebError;

/// Write a draft
///
/// Nobody is asked yet. The same `Idempotency-Key` gives the same draft again.
#[utoipa::path(
    post, path = "/api/v1/introductions", tag = "introductions", operation_id = "draft_introduction",
    security(("token" = ["write"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes it happen once")),
    request_body = IntroductionInput,
    responses((status = 201, description = "The draft", body = IntroductionView,
        headers(("Location", description = "Its address"))), Always, BadBody, Refused)
)]
pub async fn create(
    State(web): State<Web>,
    caller: Bearer<Write>,
    call: Call<IntroductionInput>,
) -> Result<Response, WebError> {
    let (cx, who) = (&web.cx, &caller.who);
    let success = Success::created("/api/v1/introductions", document);
    answer::once(&web, who, call.ticket, success, async |keep| {
        let raw = call.input.over(&web, who, RawDraft::default()).await?;
        draft::create_once(cx, who, &raw, keep).await.map_err(WebError::from)
    })
    .await
}

/// List introductions
///
/// Your own, newest first.
#[utoipa::path(
    get, path = "/api/v1/introductions", tag = "introductions", operation_id = "list_introductions",
    security(("token" = ["read"])),
    params(
        ("limit" = Option<u8>, Query, description = "1 to 100, else 50", example = 20),
        ("before" = Option<uuid::Uuid>, Query, description = "`next` of the page before"),
        ("state" = Option<String>, Query, description = "Only those in this state", example = "asking"),
    ),
    responses((status = 200, description = "A page", body = Page<IntroductionView>), Always, BadQuery)
)]
pub async fn list(State(web): State<Web>, caller: Bearer<Read>, query: Pairs) -> Result<Response, WebError> {
    let asked = query.page_of(StateName::parse, StateName::ALL, StateName::as_str)?;
    let before = asked.before.map(IntroductionId);
    let rows = log::page(&web.cx, &caller.who, asked.state, before, asked.rows()).await?;
    Ok(answer::ok(&asked.page(rows, |row| row.id.0, |row| introduction(&web, row))))
}

/// Look at one
#[utoipa::path(
    get, path = "/api/v1/introductions/{id}", tag = "introductions", operation_id = "get_introduction",
    security(("token" = ["read"])), params(("id" = uuid::Uuid, Path)),
    responses((status = 200, description = "The introduction", body = IntroductionView), Always, Missing)
)]
pub async fn get(
    State(web): State<Web>,
    caller: Bearer<Read>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let found = find(&web, &caller.who, &id).await?;
    Ok(answer::ok(&introduction(&web, &found)))
}

/// Change a draft
///
/// Fields that are left out stay as they are (RFC 7396).
#[utoipa::path(
    patch, path = "/api/v1/introductions/{id}", tag = "introductions", operation_id = "change_introduction",
    security(("token" = ["write"])), params(("id" = uuid::Uuid, Path)),
    request_body = IntroductionInput,
    responses((status = 200, description = "The draft as it is now", body = IntroductionView),
        Always, Missing, BadBody, Refused)
)]
pub async fn change(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
    call: Call<IntroductionInput>,
) -> Result<Response, WebError> {
    let old = find(&web, &caller.who, &id).await?;
    let raw = call.input.over(&web, &caller.who, draft::as_typed(&old)).await?;
    let saved = draft::edit(&web.cx, &caller.who, old.id, &raw).await?;
    Ok(answer::ok(&introduction(&web, &saved)))
}

/// Delete a draft
#[utoipa::path(
    delete, path = "/api/v1/introductions/{id}", tag = "introductions", operation_id = "delete_introduction",
    security(("token" = ["write"])), params(("id" = uuid::Uuid, Path)),
    responses((status = 204, description = "It is gone"), Always, Missing, Refused)
)]
pub async fn delete(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    draft::delete(&web.cx, &caller.who, parse(&id)?).await?;
    Ok(answer::nothing())
}

/// The mails of an introduction, before they leave.
#[derive(Serialize, ToSchema)]
pub struct Preview {
    mails: Vec<MailView>,
}

/// One mail.
#[derive(Serialize, ToSchema)]
#[schema(as = Mail)]
struct MailView {
    #[schema(example = "ask_first")]
    kind: &'static str,
    /// To whom, by name.
    to: Vec<String>,
    subject: String,
    text: String,
    html: String,
}

/// Preview the mails
///
/// Every mail as each party will read it, in the order in which they would leave. In place of each
/// signed link stands one of the same length that opens nothing.
#[utoipa::path(
    get, path = "/api/v1/introductions/{id}/preview", tag = "introductions",
    operation_id = "preview_introduction",
    security(("token" = ["read"])), params(("id" = uuid::Uuid, Path)),
    responses((status = 200, description = "The mails", body = Preview), Always, Missing)
)]
pub async fn show_preview(
    State(web): State<Web>,
    caller: Bearer<Read>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let found = find(&web, &caller.who, &id).await?;
    let mails = preview::preview(&web.cx, &caller.who, &found)?.into_iter().map(|mail| MailView {
        kind: mail.kind,
        to: mail.to,
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
    });
    Ok(answer::ok(&Preview { mails: mails.collect() }))
}

/// A saved introduction as text, for the answers that are kept.
pub fn document(web: &Web, of: &Introduction) -> String {
    answer::text(&introduction(web, &shown::to_connector(of, &web.cx.policy, web.cx.now())))
}

/// # Errors
/// 404: what is not an id names nothing.
pub fn parse(id: &str) -> Result<IntroductionId, WebError> {
    id.parse().map_err(|_| WebError::not_found())
}

async fn find(web: &Web, who: &Connector, id: &str) -> Result<Introduction, WebError> {
    log::get(&web.cx, who, parse(id)?).await?.ok_or_else(WebError::not_found)
}
