//! `/api/v1/deliveries`: mails on their way, for admins.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{self, Success};
use super::bearer::{Admin, Bearer};
use super::call::Call;
use super::faults::{Always, BadBody, BadQuery, Missing, Refused};
use super::paging::{Page, Pairs};
use super::steps::Nothing;
use super::words;
use crate::clock::Ts;
use crate::domain::letter::DeliveryState;
use crate::flow::deliveries::{self, Decision, Delivery, PastAttempt};
use crate::ids::DeliveryId;
use crate::web::Web;
use crate::web::error::WebError;

/// One mail to one recipient.
#[derive(Serialize, ToSchema)]
#[schema(as = Delivery)]
pub struct DeliveryView {
    id: Uuid,
    /// `ask`, `answer`, `introduction` or `service`: which of the two was asked, and whether somebody
    /// answered, is not the admin's to know.
    #[schema(example = "ask")]
    family: &'static str,
    /// Masked.
    #[schema(example = "a…@example.org")]
    recipient: String,
    #[schema(schema_with = words::delivery_state)]
    state: &'static str,
    /// When it is tried next; null when it waits for a person, or is over.
    #[schema(format = DateTime)]
    due_at: Option<String>,
    attempts: i64,
    /// How often the connection was lost after the final dot.
    unknowns: i64,
    /// The server's words, without addresses.
    last_words: String,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    finished_at: Option<String>,
}

/// A delivery with its attempts.
#[derive(Serialize, ToSchema)]
pub struct DeliveryWithAttempts {
    #[serde(flatten)]
    delivery: DeliveryView,
    /// Oldest first.
    tries: Vec<AttemptView>,
}

/// One try.
#[derive(Serialize, ToSchema)]
#[schema(as = Attempt)]
struct AttemptView {
    #[schema(format = DateTime)]
    at: String,
    took_ms: i64,
    /// The SMTP stage it ended in.
    #[schema(example = "rcpt")]
    stage: String,
    #[schema(example = "failed")]
    result: String,
    #[schema(example = 550)]
    code: Option<i64>,
    #[schema(example = "5.1.1")]
    enhanced: Option<String>,
    words: String,
}

/// List deliveries
///
/// Of the whole instance, newest first. Mails after an answer are listed only while they need help.
#[utoipa::path(
    get, path = "/api/v1/deliveries", tag = "admin", operation_id = "list_deliveries",
    security(("token" = ["admin"])),
    params(
        ("limit" = Option<u8>, Query, description = "1 to 100, else 50", example = 20),
        ("before" = Option<Uuid>, Query, description = "`next` of the page before"),
        ("state" = Option<String>, Query, description = "Only those in this state", example = "unknown"),
    ),
    responses((status = 200, description = "A page", body = Page<DeliveryView>), Always, BadQuery)
)]
pub async fn list(
    State(web): State<Web>,
    _caller: Bearer<Admin>,
    query: Pairs,
) -> Result<Response, WebError> {
    let asked = query.page_of(DeliveryState::parse, DeliveryState::ALL, DeliveryState::as_str)?;
    let rows = deliveries::page(&web.cx, asked.state, asked.before.map(DeliveryId), asked.rows()).await?;
    Ok(answer::ok(&asked.page(rows, |row| row.id.0, view)))
}

/// Look at one, with its attempts
#[utoipa::path(
    get, path = "/api/v1/deliveries/{id}", tag = "admin", operation_id = "get_delivery",
    security(("token" = ["admin"])), params(("id" = Uuid, Path)),
    responses((status = 200, description = "The delivery", body = DeliveryWithAttempts), Always, Missing)
)]
pub async fn get(
    State(web): State<Web>,
    _caller: Bearer<Admin>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let found = deliveries::get(&web.cx, parse(&id)?).await?;
    let (delivery, attempts) = found.ok_or_else(WebError::not_found)?;
    let shown = deliveries::shown_attempts(&delivery, attempts);
    let tries = shown.into_iter().map(attempt).collect();
    Ok(answer::ok(&DeliveryWithAttempts { delivery: view(&delivery), tries }))
}

/// Send again
///
/// Puts a delivery that waits, failed or is unknown at the front of the queue.
#[utoipa::path(
    post, path = "/api/v1/deliveries/{id}/retry", tag = "admin", operation_id = "retry_delivery",
    security(("token" = ["admin"])),
    params(("id" = Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it happen once")),
    responses((status = 200, description = "Queued", body = DeliveryView), Always, Missing, BadBody, Refused)
)]
pub async fn retry(
    State(web): State<Web>,
    caller: Bearer<Admin>,
    Path(id): Path<String>,
    call: Call<Nothing>,
) -> Result<Response, WebError> {
    let id = parse(&id)?;
    let success = Success::ok(|_, delivery| answer::text(&view(delivery)));
    answer::once(&web, &caller.who, call.ticket, success, async |keep| {
        let again = deliveries::decide_once(&web.cx, &caller.who, id, Decision::Again, keep).await?;
        let again = again.ok_or_else(WebError::not_found)?;
        again.ok_or_else(|| WebError::new(StatusCode::CONFLICT, "cannot_retry"))
    })
    .await
}

/// Count as sent
///
/// Takes a delivery whose fate is unknown for sent, so that no second copy leaves.
#[utoipa::path(
    post, path = "/api/v1/deliveries/{id}/count-as-sent", tag = "admin", operation_id = "count_delivery_as_sent",
    security(("token" = ["admin"])),
    params(("id" = Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it happen once")),
    responses((status = 200, description = "Sent", body = DeliveryView), Always, Missing, BadBody, Refused)
)]
pub async fn count_as_sent(
    State(web): State<Web>,
    caller: Bearer<Admin>,
    Path(id): Path<String>,
    call: Call<Nothing>,
) -> Result<Response, WebError> {
    let id = parse(&id)?;
    let success = Success::ok(|_, delivery| answer::text(&view(delivery)));
    answer::once(&web, &caller.who, call.ticket, success, async |keep| {
        let sent = deliveries::decide_once(&web.cx, &caller.who, id, Decision::CountAsSent, keep).await?;
        let sent = sent.ok_or_else(WebError::not_found)?;
        sent.ok_or_else(|| WebError::new(StatusCode::CONFLICT, "cannot_count"))
    })
    .await
}

fn parse(id: &str) -> Result<DeliveryId, WebError> {
    id.parse().map_err(|_| WebError::not_found())
}

fn view(of: &Delivery) -> DeliveryView {
    let due = of.finished_at.is_none() && of.due_at.0 != i64::MAX;
    DeliveryView {
        id: of.id.0,
        family: of.kind.family().as_str(),
        recipient: deliveries::masked(of),
        state: of.state.as_str(),
        due_at: Some(of.due_at).filter(|_| due).map(Ts::rfc3339),
        attempts: of.attempts,
        unknowns: of.unknowns,
        last_words: deliveries::last_words(of),
        created_at: of.created_at.rfc3339(),
        finished_at: of.finished_at.map(Ts::rfc3339),
    }
}

fn attempt(of: PastAttempt) -> AttemptView {
    AttemptView {
        at: of.at.rfc3339(),
        took_ms: of.took.0 / 1_000,
        stage: of.stage,
        result: of.result,
        code: of.code,
        enhanced: of.enhanced,
        words: of.words,
    }
}
