//! `/api/v1/introductions/{id}/events`: what happened, as far as the connector may know.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer;
use super::bearer::{Bearer, Read};
use super::faults::{Always, Missing};
use super::introduction_view::day;
use super::introductions::parse;
use super::words;
use crate::clock::Ts;
use crate::domain::asking::Side;
use crate::domain::event::{Event, What};
use crate::domain::introduction::Introduction;
use crate::flow::log;
use crate::view::{Arg, FALLBACK};
use crate::web::Web;
use crate::web::error::WebError;

/// All of them, oldest first.
#[derive(Serialize, ToSchema)]
pub struct Events {
    items: Vec<EventView>,
}

/// One thing that happened.
#[derive(Serialize, ToSchema)]
#[schema(as = Event, example = json!({ "event": "answered", "at": "2026-03-02T09:30:00Z", "side": "first",
    "detail": "yes", "sentence": "Ada Lovelace said yes." }))]
pub struct EventView {
    /// Stable.
    event: &'static str,
    #[schema(format = DateTime)]
    at: String,
    #[schema(schema_with = words::side_or_null)]
    side: Option<&'static str>,
    /// A choice or an outcome.
    detail: Option<&'static str>,
    /// The same for people, in English.
    sentence: String,
}

/// What happened
///
/// Without numbers, because a gap would tell of a quiet answer; and without reminders, because only who
/// is silent gets one.
#[utoipa::path(
    get, path = "/api/v1/introductions/{id}/events", tag = "introductions", operation_id = "list_events",
    security(("token" = ["read"])), params(("id" = uuid::Uuid, Path)),
    responses((status = 200, description = "The events", body = Events), Always, Missing)
)]
pub async fn list(
    State(web): State<Web>,
    caller: Bearer<Read>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let id = parse(&id)?;
    let of = log::get(&web.cx, &caller.who, id).await?.ok_or_else(WebError::not_found)?;
    let events = log::events_of(&web.cx, &caller.who, id).await?.ok_or_else(WebError::not_found)?;
    Ok(answer::ok(&Events { items: events.iter().map(|event| view(&web, &of, event)).collect() }))
}

/// As the connector sees it.
pub fn view(web: &Web, of: &Introduction, event: &Event) -> EventView {
    EventView {
        event: event.what.as_str(),
        at: event.at.rfc3339(),
        side: event.side.map(Side::as_str),
        detail: event.what.detail(),
        sentence: sentence(web, of, event),
    }
}

fn sentence(web: &Web, of: &Introduction, event: &Event) -> String {
    let views = &web.cx.views;
    let who = match event.side {
        Some(side) => of.parties.get(side).name.clone(),
        None => views.words(FALLBACK, "who-you", &[]),
    };
    let mut args = vec![("who", Arg::from(who))];
    let mut word = event.what.as_str().to_owned();
    match event.what {
        What::Asked { round } if round > 1 => {
            "asked-again".clone_into(&mut word);
            args.push(("round", round.into()));
        }
        What::Answered(answer) => {
            word = format!("answered-{}", answer.choice().as_str());
            args.push(("date", answer.until().map_or_else(String::new, |until| day(web, until)).into()));
        }
        What::Agreed { introduce_at } => args.push(("time", Ts::rfc3339(introduce_at).into())),
        What::CheckedIn { days } => args.push(("days", i64::from(days).into())),
        What::OutcomeRecorded(outcome) => {
            let said = views.words(FALLBACK, &format!("outcome-{}", outcome.as_str()), &[]);
            args.push(("outcome", said.into()));
        }
        What::Asked { .. }
        | What::Drafted
        | What::Edited
        | What::Unasked
        | What::Contested
        | What::Reopened
        | What::Reminded
        | What::Introduced
        | What::Withdrawn
        | What::Closed
        | What::OutcomeContested
        | What::Undeliverable
        | What::BlurbEdited => {}
    }
    views.words(FALLBACK, &format!("event-{word}"), &args)
}
