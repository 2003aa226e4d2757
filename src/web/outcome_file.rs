//! The outcome log as a file, for the page and for the API: written while it is read, so that a log of any
//! length needs the memory of one piece of it.

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::Response;
use futures_util::stream;
use serde::Serialize;
use tokio::task::JoinHandle;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Web;
use super::api::words;
use super::error::WebError;
use crate::cards::write::harmless;
use crate::clock::Ts;
use crate::domain::introduction::StateName;
use crate::domain::log_filter::{LogFilter, RawLogFilter};
use crate::domain::outcome::Outcome;
use crate::flow::Failure;
use crate::flow::outcomes::{self, LogLine, LogPage};

/// Lines read at once.
const PIECE: usize = 500;
const COLUMNS: [&str; 11] = [
    "id",
    "connector",
    "purpose",
    "order",
    "state",
    "created",
    "introduced",
    "closed",
    "outcome",
    "first",
    "second",
];
/// The parameters that narrow the log.
pub const FILTERS: &[&str] = &["when", "from", "to", "connector", "purpose", "outcome", "q"];

/// One line of the outcome log.
#[derive(Serialize, ToSchema)]
pub struct OutcomeLine {
    id: Uuid,
    /// Their name.
    connector: String,
    #[schema(schema_with = words::purpose)]
    purpose: &'static str,
    #[schema(schema_with = words::order)]
    order: &'static str,
    /// `waiting`, `introduced` or `closed without introduction`.
    state: &'static str,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    introduced_at: Option<String>,
    #[schema(format = DateTime)]
    closed_at: Option<String>,
    #[schema(schema_with = words::outcome_or_null)]
    outcome: Option<&'static str>,
    /// The name of who was asked first; null unless the two were introduced to each other.
    first: Option<String>,
    second: Option<String>,
}

/// Which kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Csv,
    Json,
}

/// The filter in a query; of a name that stands there twice the last.
pub fn filter_of(pairs: &[(String, String)]) -> RawLogFilter {
    let value = |name: &str| {
        let found = pairs.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    RawLogFilter {
        when: value("when"),
        from: value("from"),
        to: value("to"),
        connector: value("connector"),
        purpose: value("purpose"),
        outcome: value("outcome"),
        search: value("q"),
    }
}

/// Everything that the filter finds, newest first. `day` is the reader's, for the name of the file.
///
/// # Errors
/// Only of the first piece: after it the answer has begun, and all that is left is to cut it off, which no
/// reader takes for a whole file.
pub async fn file(web: &Web, filter: LogFilter, kind: Kind, day: &str) -> Result<Response, WebError> {
    let first = outcomes::page(&web.cx, &filter, None, PIECE).await?;
    let next = Some(Next::Read(first));
    let begin = Writer { kind, web: web.clone(), filter, next, opened: false, any: false };
    let body = Body::from_stream(stream::unfold(begin, |mut writer| async {
        let piece = writer.piece().await?;
        Some((piece, writer))
    }));
    let (mime, end) = match kind {
        Kind::Csv => ("text/csv; charset=utf-8", "csv"),
        Kind::Json => ("application/json", "json"),
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let name = format!("attachment; filename=\"outcomes-{day}.{end}\"");
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

struct Writer {
    kind: Kind,
    web: Web,
    filter: LogFilter,
    /// What is written next; none after the last piece.
    next: Option<Next>,
    opened: bool,
    any: bool,
}

/// A piece of the log. Each is read while the one before is written and sent.
enum Next {
    Read(LogPage),
    Reading(JoinHandle<Result<LogPage, Failure>>),
}

impl Writer {
    async fn piece(&mut self) -> Option<std::io::Result<String>> {
        let read = match self.next.take()? {
            Next::Read(page) => Ok(page),
            Next::Reading(task) => match task.await {
                Ok(read) => read.map_err(|failure| failure.to_string()),
                Err(error) => Err(error.to_string()),
            },
        };
        let page = match read {
            Ok(page) => page,
            Err(why) => {
                tracing::error!(error.cause = why, "the outcome log could not be read to its end");
                return Some(Err(std::io::Error::other("the log ends here unfinished")));
            }
        };
        if let Some(before) = page.next {
            let (cx, filter) = (self.web.cx.clone(), self.filter.clone());
            let reading = async move { outcomes::page(&cx, &filter, Some(before), PIECE).await };
            self.next = Some(Next::Reading(tokio::spawn(reading)));
        }
        Some(Ok(self.text(&page, page.next.is_none())))
    }

    fn text(&mut self, page: &LogPage, last: bool) -> String {
        let begin = !std::mem::replace(&mut self.opened, true);
        match self.kind {
            Kind::Csv => table(&page.lines, begin),
            Kind::Json => {
                let mut text = String::from(if begin { "[" } else { "" });
                for of in &page.lines {
                    let comma = std::mem::replace(&mut self.any, true);
                    text.push_str(if comma { ",\n" } else { "\n" });
                    // A line has nothing in it that cannot be JSON.
                    text.push_str(&serde_json::to_string(&line(of)).unwrap_or_default());
                }
                text.push_str(if last { "\n]\n" } else { "" });
                text
            }
        }
    }
}

/// A line as it leaves.
pub fn line(of: &LogLine) -> OutcomeLine {
    let row = &of.row;
    let (first, second) = row.names.clone().unzip();
    OutcomeLine {
        id: row.id.0,
        connector: of.connector_name.clone(),
        purpose: row.purpose.as_str(),
        order: row.order.as_str(),
        state: state(row.state),
        created_at: row.created_at.rfc3339(),
        introduced_at: row.introduced_at.map(Ts::rfc3339),
        closed_at: row.closed_at.map(Ts::rfc3339),
        outcome: row.outcome.map(Outcome::as_str),
        first,
        second,
    }
}

const fn state(of: StateName) -> &'static str {
    match of {
        StateName::Draft | StateName::Asking | StateName::Agreed => "waiting",
        StateName::Introduced => "introduced",
        StateName::Closed => "closed without introduction",
    }
}

/// RFC 4180.
fn table(lines: &[LogLine], with_head: bool) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory cannot fail.
    if with_head {
        let _ = writer.write_record(COLUMNS);
    }
    for of in lines {
        let row = &of.row;
        let (first, second) = row.names.as_ref().map_or(("", ""), |(first, second)| (first, second));
        let id = row.id.to_string();
        let [created, introduced, closed] = [Some(row.created_at), row.introduced_at, row.closed_at]
            .map(|at| at.map(Ts::rfc3339).unwrap_or_default());
        let cells: [&str; COLUMNS.len()] = [
            &id,
            &of.connector_name,
            row.purpose.as_str(),
            row.order.as_str(),
            state(row.state),
            &created,
            &introduced,
            &closed,
            row.outcome.map_or("", Outcome::as_str),
            first,
            second,
        ];
        let cells = cells.map(harmless);
        let _ = writer.write_record(cells.iter().map(|cell| cell.as_bytes()));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_defused_and_plain_cells_left_alone() {
        for cell in ["=1+1", "+1", "-1", "@x", "\tx", "\rx"] {
            assert_eq!(harmless(cell), format!("'{cell}"));
        }
        for cell in ["", "Ada", "a=1", "2026-03-02"] {
            assert_eq!(harmless(cell), cell);
        }
    }

    #[test]
    fn of_a_doubled_parameter_the_last_counts() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let raw = filter_of(&[pair("q", "a"), pair("x", "y"), pair("q", "b"), pair("from", "2026-01-01")]);
        assert_eq!((raw.search.as_str(), raw.from.as_str(), raw.to.as_str()), ("b", "2026-01-01", ""));
    }
}
