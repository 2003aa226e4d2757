//! The outcome log, for admins: how introductions ended, never who answered what.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::Response;
use futures_util::stream;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::bearer::{Admin, Bearer};
use super::faults::{Always, BadQuery};
use super::paging::{Page, Pairs};
use super::{answer, words};
use crate::clock::Ts;
use crate::domain::introduction::State as Standing;
use crate::domain::outcome::Outcome;
use crate::flow::Failure;
use crate::flow::log::{self, LogLine};
use crate::ids::IntroductionId;
use crate::web::Web;
use crate::web::error::WebError;

/// Rows read at once for the CSV.
const ROWS: i64 = 500;
const COLUMNS: [&str; 9] =
    ["id", "connector", "purpose", "order", "state", "created", "introduced", "closed", "outcome"];

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
}

/// The outcome log
///
/// Everybody's introductions that were asked for, newest first.
#[utoipa::path(
    get, path = "/api/v1/outcomes", tag = "admin", operation_id = "list_outcomes",
    security(("token" = ["admin"])),
    params(
        ("limit" = Option<u8>, Query, description = "1 to 100, else 50", example = 20),
        ("before" = Option<Uuid>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, description = "A page", body = Page<OutcomeLine>), Always, BadQuery)
)]
pub async fn list(
    State(web): State<Web>,
    _caller: Bearer<Admin>,
    query: Pairs,
) -> Result<Response, WebError> {
    let asked = query.page()?;
    let rows = log::outcomes(&web.cx, asked.before.map(IntroductionId), asked.rows()).await?;
    Ok(answer::ok(&asked.page(rows, |row| row.introduction.id.0, line)))
}

/// The outcome log as CSV
///
/// All of it, one line for each introduction, newest first (RFC 4180). Cells that a spreadsheet would
/// run as a formula begin with a quote.
#[utoipa::path(
    get, path = "/api/v1/outcomes.csv", tag = "admin", operation_id = "export_outcomes",
    security(("token" = ["admin"])),
    responses((status = 200, description = "The log", body = String, content_type = "text/csv"), Always)
)]
pub async fn csv(State(web): State<Web>, _caller: Bearer<Admin>) -> Result<Response, WebError> {
    // The first page is read before we promise a 200.
    let first = log::outcomes(&web.cx, None, ROWS).await?;
    let head = table(&[], true);
    let pages = stream::unfold(Some((web, first, head)), |state| async {
        let (web, rows, mut text) = state?;
        text.push_str(&table(&rows, false));
        match following(&web, &rows).await {
            Ok(None) => Some((Ok(text), None)),
            Ok(Some(next)) => Some((Ok(text), Some((web, next, String::new())))),
            // Cutting the answer short is the only way left to say that it is not whole.
            Err(failure) => {
                tracing::error!(error.cause = %failure, "the outcome log could not be read to its end");
                Some((Err(std::io::Error::other("the log ends here unfinished")), None))
            }
        }
    });
    let mut response = Response::new(Body::from_stream(pages));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"outcomes.csv\""));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The rows after these; `None` when they were the last.
async fn following(web: &Web, rows: &[LogLine]) -> Result<Option<Vec<LogLine>>, Failure> {
    let full = i64::try_from(rows.len()).is_ok_and(|count| count == ROWS);
    let Some(last) = rows.last().filter(|_| full) else {
        return Ok(None);
    };
    let next = log::outcomes(&web.cx, Some(last.introduction.id), ROWS).await?;
    Ok(Some(next).filter(|next| !next.is_empty()))
}

fn line(of: &LogLine) -> OutcomeLine {
    let introduction = &of.introduction;
    OutcomeLine {
        id: introduction.id.0,
        connector: of.connector_name.clone(),
        purpose: introduction.terms.purpose.as_str(),
        order: introduction.terms.order.as_str(),
        state: match introduction.state {
            Standing::Draft | Standing::Asking | Standing::Agreed { .. } => "waiting",
            Standing::Introduced => "introduced",
            Standing::Closed => "closed without introduction",
        },
        created_at: introduction.created_at.rfc3339(),
        introduced_at: introduction.introduced_at.map(Ts::rfc3339),
        closed_at: introduction.closed_at.map(Ts::rfc3339),
        outcome: introduction.outcome.map(Outcome::as_str),
    }
}

fn table(rows: &[LogLine], with_head: bool) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory cannot fail.
    if with_head {
        let _ = writer.write_record(COLUMNS);
    }
    for row in rows {
        let of = line(row);
        let cells = [
            of.id.to_string(),
            of.connector,
            of.purpose.to_owned(),
            of.order.to_owned(),
            of.state.to_owned(),
            of.created_at,
            of.introduced_at.unwrap_or_default(),
            of.closed_at.unwrap_or_default(),
            of.outcome.unwrap_or_default().to_owned(),
        ];
        let _ = writer.write_record(cells.map(harmless));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// Spreadsheets run cells that begin like this (OWASP, CSV injection).
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_defused_and_plain_cells_left_alone() {
        for cell in ["=1+1", "+1", "-1", "@x", "\tx", "\rx"] {
            assert_eq!(harmless(cell.to_owned()), format!("'{cell}"));
        }
        for cell in ["", "Ada", "a=1", "2026-03-02"] {
            assert_eq!(harmless(cell.to_owned()), cell);
        }
    }
}
