//! `/admin/outcomes`: what came of introductions; and the same as files.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::tz::TimeZone;

use super::super::session::{Admin, frame};
use super::super::{faults, show};
use crate::clock::Ts;
use crate::domain::asking::Purpose;
use crate::domain::connector::Connector;
use crate::domain::introduction::StateName;
use crate::domain::log_filter::{LogFilter, RawLogFilter, When};
use crate::domain::tally::Ended;
use crate::flow::outcomes::{self, Figures, LogLine};
use crate::ids::IntroductionId;
use crate::urls::path;
use crate::view::pages::{self, Ending, Here, LogChoice, LogForm, LogPreset, OutcomeLine, figures};
use crate::web::Web;
use crate::web::error::WebError;
use crate::web::outcome_file::{self, Kind};

/// Lines on a page.
const PAGE: usize = 50;

type Pairs = Result<Query<Vec<(String, String)>>, QueryRejection>;

/// The outcome log.
pub async fn outcomes(State(web): State<Web>, Admin(who): Admin, query: Pairs) -> Result<Response, WebError> {
    let pairs = pairs(query);
    let raw = outcome_file::filter_of(&pairs);
    let (zone, now) = (zone(&who), web.cx.now());
    let (filter, problems) = raw.read(&zone, When::Weeks, now);
    let before: Option<IntroductionId> =
        pairs.iter().rev().find(|(name, _)| name == "before").and_then(|(_, id)| id.parse().ok());
    let look = outcomes::look(&web.cx, &filter, before, PAGE).await?;
    let query = canonical(&filter, &raw);
    let dated = |at: Ts| day(at, &zone);
    let page = pages::Outcomes {
        frame: frame(&web, &who).at(Here::Outcomes),
        faults: faults(&web, &who.language, &problems),
        form: form(&raw, &filter, &look.connectors),
        presets: presets(&raw, &filter),
        from: filter.from.map(dated),
        to: filter.last_day.map(|day| (day.day().into(), day.month().into(), day.year().into()).into()),
        today: dated(now),
        narrowed: filter.narrows(),
        named_dates: filter.when.is_none(),
        searched: filter.search.is_some(),
        clear: (filter.narrows() || filter.when != Some(When::Weeks)).then_some(path::ADMIN_OUTCOMES),
        everything: href(path::ADMIN_OUTCOMES, &[("when", "all")], None),
        lines: look.page.lines.iter().map(|line| outcome_line(line, &zone)).collect(),
        is_empty: look.is_empty,
        newest: before.map(|_| href(path::ADMIN_OUTCOMES, &query, None)),
        more: look.page.next.map(|id| href(path::ADMIN_OUTCOMES, &query, Some(id))),
        csv: href(path::OUTCOMES_CSV, &query, None),
        json: href(path::OUTCOMES_JSON, &query, None),
        figures: look.figures.map(|found| shown(&found, &filter)),
        time_zone: who.time_zone.clone(),
    };
    show(&web, &who.language, StatusCode::OK, &page)
}

/// What the page finds, as CSV.
pub async fn csv(State(web): State<Web>, Admin(who): Admin, query: Pairs) -> Result<Response, WebError> {
    file(&web, &who, query, Kind::Csv).await
}

/// The same as JSON.
pub async fn json(State(web): State<Web>, Admin(who): Admin, query: Pairs) -> Result<Response, WebError> {
    file(&web, &who, query, Kind::Json).await
}

async fn file(web: &Web, who: &Connector, query: Pairs, kind: Kind) -> Result<Response, WebError> {
    let (zone, now) = (zone(who), web.cx.now());
    let (filter, _) = outcome_file::filter_of(&pairs(query)).read(&zone, When::Weeks, now);
    let today = now.to_jiff().to_zoned(zone).date().to_string();
    outcome_file::file(web, filter, kind, &today).await
}

/// A query that cannot be read narrows nothing.
fn pairs(query: Pairs) -> Vec<(String, String)> {
    query.map(|Query(pairs)| pairs).unwrap_or_default()
}

fn zone(who: &Connector) -> TimeZone {
    TimeZone::get(&who.time_zone).unwrap_or(TimeZone::UTC)
}

fn day(at: Ts, zone: &TimeZone) -> figures::Day {
    let date = at.to_jiff().to_zoned(zone.clone()).date();
    (date.day().into(), date.month().into(), date.year().into()).into()
}

/// The filter as a link has it: only what is good, and nothing that is empty.
fn canonical<'a>(filter: &LogFilter, raw: &'a RawLogFilter) -> Vec<(&'static str, &'a str)> {
    let when = filter.when.filter(|when| *when != When::Weeks).map_or("", When::as_str);
    let dates = filter.when.is_none();
    let all = [
        ("when", when),
        ("from", if dates { raw.from.trim() } else { "" }),
        ("to", if dates { raw.to.trim() } else { "" }),
        ("connector", if filter.connector.is_some() { &raw.connector } else { "" }),
        ("purpose", filter.purpose.map_or("", Purpose::as_str)),
        ("outcome", filter.ended.map_or("", Ended::as_str)),
        ("q", if filter.search.is_some() { &raw.search } else { "" }),
    ];
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

fn href(path: &str, query: &[(&str, &str)], before: Option<IntroductionId>) -> String {
    let mut pieces: Vec<String> =
        query.iter().map(|(name, value)| format!("{name}={}", percent(value))).collect();
    pieces.extend(before.map(|id| format!("before={id}")));
    if pieces.is_empty() { path.to_owned() } else { format!("{path}?{}", pieces.join("&")) }
}

fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let one = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}

fn presets(raw: &RawLogFilter, filter: &LogFilter) -> Vec<LogPreset> {
    let preset = |when: &When| {
        let undated = LogFilter { when: Some(*when), ..filter.clone() };
        LogPreset {
            when: *when,
            href: href(path::ADMIN_OUTCOMES, &canonical(&undated, raw), None),
            current: filter.when == Some(*when),
        }
    };
    When::ALL.iter().map(preset).collect()
}

fn form(raw: &RawLogFilter, filter: &LogFilter, connectors: &[Connector]) -> LogForm {
    let connector = |one: &Connector| LogChoice {
        value: one.id.to_string(),
        name: one.name.clone(),
        chosen: filter.connector == Some(one.id),
    };
    LogForm {
        when: filter.when.filter(|when| *when != When::Weeks),
        from: raw.from.clone(),
        to: raw.to.clone(),
        search: raw.search.clone(),
        connectors: connectors.iter().map(connector).collect(),
        purposes: Purpose::ALL,
        purpose: filter.purpose,
        endings: Ended::ALL.iter().map(|ended| ended.as_str()).collect(),
        ending: filter.ended.map(Ended::as_str),
    }
}

fn outcome_line(line: &LogLine, zone: &TimeZone) -> OutcomeLine {
    let row = &line.row;
    OutcomeLine {
        connector: line.connector_name.clone(),
        names: row.names.clone(),
        purpose: row.purpose,
        drafted: day(row.created_at, zone),
        ended: row.introduced_at.or(row.closed_at).map(|at| day(at, zone)),
        ending: match row.state {
            StateName::Draft | StateName::Asking | StateName::Agreed => Ending::Waiting,
            StateName::Introduced => Ending::Introduced,
            StateName::Closed => Ending::Closed,
        },
        outcome: row.outcome.filter(|_| row.state == StateName::Introduced),
    }
}

/// Pieces of weeks begin on days of UTC.
fn shown(found: &Figures, filter: &LogFilter) -> figures::Figures {
    figures::Figures::new(&figures::Input {
        counts: found.counts,
        pieces: found.pieces.iter().map(|(at, counts)| (day(*at, &TimeZone::UTC), *counts)).collect(),
        weeks: found.weeks,
        answered: found.answered,
        one_ending: filter.ended.is_some(),
        median: found.median,
        medians: found.medians.clone(),
    })
}
