//! The outcome log, for admins: how introductions ended, never who answered what.

use axum::extract::State;
use axum::response::Response;
use jiff::tz::TimeZone;

use super::answer;
use super::bearer::{Admin, Bearer};
use super::faults::{Always, BadQuery};
use super::paging::{Page, Pairs};
use crate::domain::connector::Connector;
use crate::domain::log_filter::{LogFilter, When};
use crate::flow::outcomes;
use crate::ids::IntroductionId;
use crate::web::Web;
use crate::web::error::WebError;
use crate::web::outcome_file::{self, FILTERS, Kind, OutcomeLine, line};

/// The outcome log
///
/// Everybody's introductions that were asked for, newest first. Days are those of your time zone.
#[utoipa::path(
    get, path = "/api/v1/outcomes", tag = "admin", operation_id = "list_outcomes",
    security(("token" = ["admin"])),
    params(
        ("limit" = Option<u8>, Query, description = "1 to 100, else 50", example = 20),
        ("before" = Option<uuid::Uuid>, Query, description = "`next` of the page before"),
        ("when" = Option<String>, Query, description = "`weeks` (the last twelve), `year` or `all`, when no day is named; else `all`"),
        ("from" = Option<String>, Query, description = "Drafted on this day or later", example = "2026-03-01"),
        ("to" = Option<String>, Query, description = "Drafted on this day or earlier", example = "2026-03-31"),
        ("connector" = Option<uuid::Uuid>, Query, description = "Only this connector's"),
        ("purpose" = Option<String>, Query, description = "Only of this purpose", example = "job_search"),
        ("outcome" = Option<String>, Query, description = "`waiting`, `closed`, `introduced`, `unheard` (introduced, and nobody said what came of it), or an outcome", example = "met"),
        ("q" = Option<String>, Query, description = "Beginnings of words in the connector's name or, once they know each other, in the names of the two; or an id"),
    ),
    responses((status = 200, description = "A page", body = Page<OutcomeLine>), Always, BadQuery)
)]
pub async fn list(
    State(web): State<Web>,
    Bearer { who, .. }: Bearer<Admin>,
    query: Pairs,
) -> Result<Response, WebError> {
    let (asked, pairs) = query.page_with(FILTERS)?;
    let filter = filter(&web, &who, &pairs)?;
    let before = asked.before.map(IntroductionId);
    let page = outcomes::page(&web.cx, &filter, before, asked.limit).await?;
    let items = page.lines.iter().map(line).collect();
    Ok(answer::ok(&Page { items, next: page.next.map(|id| id.0) }))
}

/// The outcome log as CSV
///
/// Streamed; the columns are `id`, `connector`, `purpose`, `order`, `state`, `created`, `introduced`, `closed`,
/// `outcome`, `first` and `second`.
#[utoipa::path(
    get, path = "/api/v1/outcomes.csv", tag = "admin", operation_id = "export_outcomes",
    security(("token" = ["admin"])),
    params(
        ("when" = Option<String>, Query, description = "As for the list; so are the others"),
        ("from" = Option<String>, Query, example = "2026-03-01"),
        ("to" = Option<String>, Query, example = "2026-03-31"),
        ("connector" = Option<uuid::Uuid>, Query),
        ("purpose" = Option<String>, Query, example = "job_search"),
        ("outcome" = Option<String>, Query, example = "met"),
        ("q" = Option<String>, Query),
    ),
    responses((status = 200, description = "The log", body = String, content_type = "text/csv"), Always, BadQuery)
)]
pub async fn csv(
    State(web): State<Web>,
    Bearer { who, .. }: Bearer<Admin>,
    query: Pairs,
) -> Result<Response, WebError> {
    let (_, pairs) = query.page_with(FILTERS)?;
    let filter = filter(&web, &who, &pairs)?;
    let day = web.cx.now().rfc3339().chars().take(10).collect::<String>();
    outcome_file::file(&web, filter, Kind::Csv, &day).await
}

/// Strict: a program that misspells a filter must not get everything instead.
fn filter(web: &Web, who: &Connector, pairs: &[(String, String)]) -> Result<LogFilter, WebError> {
    let zone = TimeZone::get(&who.time_zone).unwrap_or(TimeZone::UTC);
    let (filter, problems) = outcome_file::filter_of(pairs).read(&zone, When::All, web.cx.now());
    problems.into_result().map_err(WebError::invalid)?;
    Ok(filter)
}
