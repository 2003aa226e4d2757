//! `/contacts/import`: contacts as files.

mod one;
mod upload;

pub use one::{choose, columns, discard, open, start, undo};
pub use upload::upload;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::super::session::{SignedIn, frame};
use super::super::{Told, faults, show};
use crate::cards::{Format, ROWS_MAX};
use crate::domain::connector::Connector;
use crate::domain::import::Import;
use crate::domain::problem::Problems;
use crate::flow::{import, people};
use crate::urls::{self, path};
use crate::view::pages::{self, FileLink, Here, ImportRow};
use crate::web::error::WebError;
use crate::web::guard::FILE_LIMIT;
use crate::web::{Web, contacts_out};

/// Bring in, take out, and what was brought in so far.
pub async fn list(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Query(query): Query<Told>,
) -> Result<Response, WebError> {
    page(&web, &who, StatusCode::OK, &Problems::default(), query.told == "discarded").await
}

/// All contacts as a file.
pub async fn export(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Path(format): Path<String>,
) -> Result<Response, WebError> {
    contacts_out::file(&web, &who, &format)
}

async fn page(
    web: &Web,
    who: &Connector,
    status: StatusCode,
    problems: &Problems,
    discarded: bool,
) -> Result<Response, WebError> {
    let all = import::all(&web.cx, who).await?;
    let file = |format: &Format| FileLink {
        format: format.as_str(),
        path: path::EXPORT.replace("{format}", format.as_str()),
    };
    let page = pages::Imports {
        frame: frame(web, who).at(Here::Contacts),
        faults: faults(web, &who.language, problems),
        rows: all.into_iter().map(row).collect(),
        action: path::IMPORT,
        files: Format::WRITTEN.iter().map(file).collect(),
        any: people::any(&web.cx, who).await?,
        time_zone: who.time_zone.clone(),
        discarded,
        megabytes: i64::try_from(FILE_LIMIT / (1024 * 1024)).unwrap_or(i64::MAX),
        entries: i64::try_from(ROWS_MAX).unwrap_or(i64::MAX),
    };
    show(web, &who.language, status, &page)
}

fn row(of: Import) -> ImportRow {
    ImportRow {
        path: urls::of(path::IMPORT_ONE, of.id),
        name: of.name,
        stage: of.stage.as_str(),
        at: of.created_at,
        entries: of.rows,
        added: of.counts.added,
        merged: of.counts.merged,
    }
}
