//! What a connector does with an introduction: ask, ask again, withdraw, say what came of it.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer::{self, Success};
use super::bearer::{Bearer, Write};
use super::call::Call;
use super::faults::{Always, BadBody, Missing, Refused};
use super::introduction_input::given;
use super::introduction_view::IntroductionView;
use super::introductions::{document, parse};
use super::words;
use crate::flow::{ask, close, follow_up};
use crate::web::Web;
use crate::web::error::WebError;

/// Nothing, or `{}`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Ask
///
/// Queues the first ask, or both when they are asked together. Asking for a draft twice asks once.
#[utoipa::path(
    post, path = "/api/v1/introductions/{id}/ask", tag = "steps", operation_id = "ask",
    security(("token" = ["write"])),
    params(("id" = uuid::Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it happen once")),
    responses((status = 200, description = "Being asked", body = IntroductionView),
        Always, Missing, BadBody, Refused)
)]
pub async fn ask_parties(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
    call: Call<Nothing>,
) -> Result<Response, WebError> {
    let (who, id) = (&caller.who, parse(&id)?);
    let work = async |keep| ask::ask_once(&web.cx, who, id, keep).await;
    answer::once(&web, who, call.ticket, Success::ok(document), work).await
}

/// Ask again
///
/// A new round with the same two people; both yeses must be fresh.
#[utoipa::path(
    post, path = "/api/v1/introductions/{id}/ask-again", tag = "steps", operation_id = "ask_again",
    security(("token" = ["write"])),
    params(("id" = uuid::Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it happen once")),
    responses((status = 200, description = "Being asked", body = IntroductionView),
        Always, Missing, BadBody, Refused)
)]
pub async fn ask_again(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
    call: Call<Nothing>,
) -> Result<Response, WebError> {
    let (who, id) = (&caller.who, parse(&id)?);
    let work = async |keep| ask::ask_again_once(&web.cx, who, id, keep).await;
    answer::once(&web, who, call.ticket, Success::ok(document), work).await
}

/// Withdraw
///
/// The parties notice nothing before the deadline.
#[utoipa::path(
    post, path = "/api/v1/introductions/{id}/withdraw", tag = "steps", operation_id = "withdraw",
    security(("token" = ["write"])),
    params(("id" = uuid::Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it happen once")),
    responses((status = 200, description = "Withdrawn", body = IntroductionView),
        Always, Missing, BadBody, Refused)
)]
pub async fn withdraw(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
    call: Call<Nothing>,
) -> Result<Response, WebError> {
    let (who, id) = (&caller.who, parse(&id)?);
    let work = async |keep| close::withdraw_once(&web.cx, who, id, keep).await;
    answer::once(&web, who, call.ticket, Success::ok(document), work).await
}

/// What came of it.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "outcome": "met" }))]
pub struct OutcomeInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(schema_with = words::outcome, required)]
    outcome: Option<String>,
}

/// Say what came of it
#[utoipa::path(
    post, path = "/api/v1/introductions/{id}/outcome", tag = "steps", operation_id = "record_outcome",
    security(("token" = ["write"])),
    params(("id" = uuid::Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it happen once")),
    request_body = OutcomeInput,
    responses((status = 200, description = "Recorded", body = IntroductionView),
        Always, Missing, BadBody, Refused)
)]
pub async fn outcome(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
    call: Call<OutcomeInput>,
) -> Result<Response, WebError> {
    let (who, id, said) = (&caller.who, parse(&id)?, call.input.outcome.unwrap_or_default());
    let work = async |keep| follow_up::record_once(&web.cx, who, id, &said, keep).await;
    answer::once(&web, who, call.ticket, Success::ok(document), work).await
}
