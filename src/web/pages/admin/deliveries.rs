//! `/admin/deliveries`: how mails fare.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::paging::{behind, limit};
use super::super::session::{Admin, frame, see_other};
use super::super::{Form, show};
use crate::domain::letter::DeliveryState;
use crate::domain::message::Family;
use crate::flow::deliveries::{self, Delivery, MANY, RawFilter, RouteState};
use crate::urls::{self, path};
use crate::view::pages::{self, DeliveryLine, Here, RouteLine, StateCount};
use crate::web::Web;
use crate::web::error::WebError;

/// What the list of deliveries is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct DeliveryQuery {
    state: String,
    kind: String,
    from: String,
    to: String,
    before: String,
    /// What became of a button.
    done: String,
}

/// The deliveries.
pub async fn deliveries(
    State(web): State<Web>,
    Admin(who): Admin,
    Query(query): Query<DeliveryQuery>,
) -> Result<Response, WebError> {
    let raw = RawFilter {
        state: query.state.clone(),
        family: query.kind.clone(),
        from: query.from.clone(),
        to: query.to.clone(),
        before: query.before.parse().ok(),
    };
    let found = deliveries::overview(&web.cx, &who, &raw, limit()).await?;
    let mut list = found.list;
    let more = behind(&mut list, |one| one.id);
    let filter = filter(&query);
    let older = raw.before.is_some();
    let filtered = !filter.is_empty();
    let first = !older && !filtered;
    let page = pages::Deliveries {
        frame: frame(&web, &who).at(Here::Deliveries),
        lines: list.iter().map(delivery_line).collect(),
        to_decide: found.to_decide.iter().filter(|_| first).map(delivery_line).collect(),
        counts: found.counts.into_iter().map(state_count).collect(),
        families: Family::ALL,
        state: DeliveryState::parse(&query.state),
        family: Family::parse(&query.kind),
        from: query.from,
        to: query.to,
        routes: found.routes.into_iter().map(route_line).collect(),
        try_path: path::ROUTE_TRY,
        acts_path: path::ADMIN_ACTS,
        done: done(&query.done),
        filtered,
        older,
        more: more.map(|id| format!("{}?{filter}before={id}", path::ADMIN_DELIVERIES)),
        time_zone: who.time_zone.clone(),
    };
    show(&web, &who.language, StatusCode::OK, &page)
}

/// Ends the pause of a route.
pub async fn try_route(State(web): State<Web>, Admin(who): Admin, form: Form) -> Result<Response, WebError> {
    let ended = deliveries::try_route(&web.cx, &who, form.get("route")).await?;
    let word = if ended { "tried" } else { "none" };
    Ok(see_other(&format!("{}?done={word}", path::ADMIN_DELIVERIES)))
}

/// What became of a button, if it is one of the words that the pages know.
pub(super) fn done(word: &str) -> &'static str {
    const KNOWN: [&str; 5] = ["again", "count", "cancel", "tried", "none"];
    KNOWN.into_iter().find(|known| *known == word).unwrap_or_default()
}

/// The line of a delivery: masked, without a kind that tells who answered.
pub(super) fn delivery_line(one: &Delivery) -> DeliveryLine {
    DeliveryLine {
        path: urls::of(path::ADMIN_DELIVERY, one.id),
        family: one.kind.family(),
        recipient_masked: deliveries::masked(one),
        state: one.state,
        queued_at: one.created_at,
        due_at: deliveries::next_try(one),
        finished_at: one.finished_at,
        attempts: one.attempts,
        words: deliveries::last_words(one),
    }
}

/// The filter for the next page; only words that were understood.
fn filter(query: &DeliveryQuery) -> String {
    let date = |text: &str| text.parse::<jiff::civil::Date>().map(|day| day.to_string()).unwrap_or_default();
    let parts = [
        ("state", DeliveryState::parse(&query.state).map_or("", DeliveryState::as_str).to_owned()),
        ("kind", Family::parse(&query.kind).map_or("", Family::as_str).to_owned()),
        ("from", date(&query.from)),
        ("to", date(&query.to)),
    ];
    let given = parts.iter().filter(|(_, value)| !value.is_empty());
    given.map(|(key, value)| format!("{key}={value}&")).collect::<Vec<_>>().concat()
}

fn state_count((state, count): (DeliveryState, i64)) -> StateCount {
    StateCount { state, count: count.min(MANY - 1), more: count >= MANY }
}

fn route_line(route: RouteState) -> RouteLine {
    RouteLine { name: route.name, paused_until: route.paused_until, words: route.words }
}
