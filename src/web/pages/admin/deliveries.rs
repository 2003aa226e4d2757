//! `/admin/deliveries`: how mails fare.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::paging::{behind, limit};
use super::super::session::{Admin, frame, see_other};
use super::super::{Id, show};
use crate::domain::address::EmailAddress;
use crate::domain::letter::DeliveryState;
use crate::flow::deliveries::{self, Delivery};
use crate::ids::DeliveryId;
use crate::urls::{self, path};
use crate::view::pages::{self, DeliveryLine, Here};
use crate::web::Web;
use crate::web::error::WebError;

/// What the list of deliveries is asked for.
#[derive(Debug, Default, Deserialize)]
pub struct DeliveryQuery {
    #[serde(default)]
    state: String,
    #[serde(default)]
    before: String,
    /// What became of the button: `yes` or `no`.
    #[serde(default)]
    again: String,
}

/// The deliveries.
pub async fn deliveries(
    State(web): State<Web>,
    Admin(who): Admin,
    Query(query): Query<DeliveryQuery>,
) -> Result<Response, WebError> {
    let state = DeliveryState::parse(&query.state);
    let before: Option<DeliveryId> = query.before.parse().ok();
    let mut found = deliveries::page(&web.cx, state, before, limit()).await?;
    let more = behind(&mut found, |one| one.id);
    let filter = state.map(DeliveryState::as_str).unwrap_or_default();
    let page = pages::Deliveries {
        frame: frame(&web, &who).at(Here::Deliveries),
        lines: found.iter().map(delivery_line).collect(),
        states: DeliveryState::ALL,
        state,
        again: match query.again.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
        older: before.is_some(),
        more: more.map(|id| format!("{}?state={filter}&before={id}", path::ADMIN_DELIVERIES)),
        time_zone: who.time_zone.clone(),
    };
    show(&web, &who.language, StatusCode::OK, &page)
}

/// Puts a delivery at the front of the queue.
pub async fn retry(
    State(web): State<Web>,
    Admin(_): Admin,
    Id(id): Id<DeliveryId>,
) -> Result<Response, WebError> {
    let again = deliveries::retry(&web.cx, id).await?.ok_or_else(WebError::not_found)?;
    let word = if again { "yes" } else { "no" };
    Ok(see_other(&format!("{}?again={word}", path::ADMIN_DELIVERIES)))
}

fn delivery_line(one: &Delivery) -> DeliveryLine {
    let waits = match one.state {
        DeliveryState::Queued | DeliveryState::Deferred | DeliveryState::Unknown => true,
        DeliveryState::Leased
        | DeliveryState::Transmitting
        | DeliveryState::Sent
        | DeliveryState::Failed
        | DeliveryState::Cancelled => false,
    };
    let again = waits || one.state == DeliveryState::Failed;
    let masked = EmailAddress::parse("recipient", &one.recipient).map(|email| email.masked());
    DeliveryLine {
        kind: one.kind.as_str(),
        recipient_masked: masked.unwrap_or_default(),
        state: one.state,
        queued_at: one.created_at,
        due_at: Some(one.due_at).filter(|_| waits),
        finished_at: one.finished_at,
        attempts: one.attempts,
        words: one.last_words.replace(one.recipient.as_str(), "…"),
        retry: again.then(|| urls::of(path::DELIVERY_RETRY, one.id)),
    }
}
