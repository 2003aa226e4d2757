//! `/admin/deliveries/{id}`: one mail, what happened to it, and what can be done.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::session::{Admin, frame, see_other};
use super::super::{Id, show};
use super::acts::act_line;
use super::deliveries::{delivery_line, done};
use crate::domain::connector::Connector;
use crate::flow::deliveries::{self, Decision, PastAttempt, Whole};
use crate::ids::DeliveryId;
use crate::urls::{self, path};
use crate::view::pages::{self, AttemptLine, Here};
use crate::web::Web;
use crate::web::error::WebError;

/// What became of a button.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    done: String,
}

/// One delivery.
pub async fn delivery(
    State(web): State<Web>,
    Admin(who): Admin,
    Id(id): Id<DeliveryId>,
    Query(query): Query<Done>,
) -> Result<Response, WebError> {
    let done = done(&query.done);
    match deliveries::whole(&web.cx, id).await? {
        Some(whole) => page(&web, &who, whole, None, done),
        // A mail after an answer is out of trouble and not shown any more.
        None if !done.is_empty() => Ok(see_other(&format!("{}?done={done}", path::ADMIN_DELIVERIES))),
        None => Err(WebError::not_found()),
    }
}

/// Shows the address once, on the answer to this form: it stands in no URL, and who opened it is kept.
pub async fn address(
    State(web): State<Web>,
    Admin(who): Admin,
    Id(id): Id<DeliveryId>,
) -> Result<Response, WebError> {
    let opened = deliveries::open_address(&web.cx, &who, id).await?.ok_or_else(WebError::not_found)?;
    let whole = deliveries::whole(&web.cx, id).await?.ok_or_else(WebError::not_found)?;
    page(&web, &who, whole, Some(opened), "")
}

/// Puts it at the front of the queue.
pub async fn retry(
    State(web): State<Web>,
    Admin(who): Admin,
    Id(id): Id<DeliveryId>,
) -> Result<Response, WebError> {
    decide(&web, &who, id, Decision::Again, "again").await
}

/// Takes one that was perhaps delivered for sent.
pub async fn count_as_sent(
    State(web): State<Web>,
    Admin(who): Admin,
    Id(id): Id<DeliveryId>,
) -> Result<Response, WebError> {
    decide(&web, &who, id, Decision::CountAsSent, "count").await
}

/// Takes one back that belongs to no introduction.
pub async fn cancel(
    State(web): State<Web>,
    Admin(who): Admin,
    Id(id): Id<DeliveryId>,
) -> Result<Response, WebError> {
    decide(&web, &who, id, Decision::Cancel, "cancel").await
}

async fn decide(
    web: &Web,
    who: &Connector,
    id: DeliveryId,
    decision: Decision,
    word: &str,
) -> Result<Response, WebError> {
    let decided = deliveries::decide(&web.cx, who, id, decision).await?.ok_or_else(WebError::not_found)?;
    let word = if decided { word } else { "none" };
    Ok(see_other(&format!("{}?done={word}", urls::of(path::ADMIN_DELIVERY, id))))
}

fn page(
    web: &Web,
    who: &Connector,
    whole: Whole,
    address: Option<String>,
    done: &'static str,
) -> Result<Response, WebError> {
    let of = &whole.delivery;
    let possible = deliveries::possible(of);
    let to = |path: &str, possible: bool| possible.then(|| urls::of(path, of.id));
    let page = pages::Delivery {
        frame: frame(web, who).at(Here::Deliveries),
        line: delivery_line(of),
        message_id: whole.message_id,
        undecided: deliveries::is_undecided(of),
        perhaps: possible.count,
        attempts: deliveries::shown_attempts(of, whole.attempts).into_iter().map(attempt_line).collect(),
        again: to(path::DELIVERY_RETRY, possible.again),
        count: to(path::DELIVERY_COUNT, possible.count),
        cancel: to(path::DELIVERY_CANCEL, possible.cancel),
        address_path: urls::of(path::DELIVERY_ADDRESS, of.id),
        address,
        acts: whole.deeds.into_iter().map(act_line).collect(),
        done,
        time_zone: who.time_zone.clone(),
    };
    show(web, &who.language, StatusCode::OK, &page)
}

fn attempt_line(of: PastAttempt) -> AttemptLine {
    AttemptLine {
        at: of.at,
        took_ms: of.took.0 / 1_000,
        stage: of.stage,
        result: of.result,
        code: of.code,
        enhanced: of.enhanced,
        words: of.words,
    }
}
