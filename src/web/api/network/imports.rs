//! `/api/v1/imports`: contacts as files. Nothing of a file is in the address book before `start`.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::answer;
use super::super::bearer::{Bearer, Read, Write};
use super::super::call::Call;
use super::super::faults::{Always, BadBody, BadQuery, Missing, Refused};
use super::super::paging::Pairs;
use super::super::steps::Nothing;
use super::super::strict::List;
use super::super::words;
use super::parse;
use crate::domain::import::{Import, Stage};
use crate::domain::merge::{Choice, Kind};
use crate::flow::import::{self, UNDO};
use crate::web::error::WebError;
use crate::web::{Web, contacts_in, contacts_out};

/// A file on its way.
#[derive(Serialize, ToSchema)]
#[schema(as = Import)]
pub struct ImportView {
    id: Uuid,
    /// The name of the file.
    name: String,
    /// `twoyes`, `linkedin`, `google`, `outlook`, `table`, `vcard3` or `vcard4`.
    format: String,
    /// `mapping` waits for its columns, `ready` for `start`; the service is at `checking`, `applying` and `undoing`.
    #[schema(schema_with = words::stage)]
    stage: &'static str,
    /// Entries in the file.
    entries: i64,
    /// Entries that are dealt with at this stage.
    done: i64,
    columns: Vec<ColumnView>,
    /// What is to become of the entries, while it is `ready`.
    chosen: Vec<ChosenView>,
    added: i64,
    merged: i64,
    skipped: i64,
    /// Could not be read.
    faulty: i64,
    /// Stayed when it was taken back, because the contact was changed since.
    kept: i64,
    /// Until when it can be taken back; null when it cannot.
    #[schema(format = DateTime)]
    undo_until: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A column of the file.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportColumn)]
pub struct ColumnView {
    heading: String,
    /// What it is taken for.
    meaning: String,
}

/// How many entries of a kind are dealt with like this.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportChosen)]
pub struct ChosenView {
    #[schema(schema_with = words::entry_kind)]
    kind: &'static str,
    #[schema(schema_with = words::entry_choice)]
    choice: &'static str,
    count: i64,
}

fn view(of: &Import, chosen: &[(Kind, Choice, i64)]) -> ImportView {
    let done = if of.stage == Stage::Undoing { of.rows - of.next } else { of.next };
    let until = (of.stage == Stage::Done).then(|| (of.updated_at + UNDO).rfc3339());
    let column = |(nth, heading): (usize, &String)| ColumnView {
        heading: heading.clone(),
        meaning: of.mapping.get(nth).cloned().unwrap_or_else(|| "nothing".to_owned()),
    };
    ImportView {
        id: of.id.0,
        name: of.name.clone(),
        format: of.format.clone(),
        stage: of.stage.as_str(),
        entries: of.rows,
        done,
        columns: of.columns.iter().enumerate().map(column).collect(),
        chosen: chosen
            .iter()
            .map(|(kind, choice, count)| ChosenView {
                kind: kind.as_str(),
                choice: choice.as_str(),
                count: *count,
            })
            .collect(),
        added: of.counts.added,
        merged: of.counts.merged,
        skipped: of.counts.skipped,
        faulty: of.counts.faulty,
        kept: of.counts.kept,
        undo_until: until,
        created_at: of.created_at.rfc3339(),
        updated_at: of.updated_at.rfc3339(),
    }
}

/// The document of one file.
async fn document(web: &Web, of: &Import) -> Result<ImportView, WebError> {
    let chosen = if of.stage == Stage::Ready { import::summary(&web.cx, of).await? } else { Vec::new() };
    Ok(view(of, &chosen))
}

/// Send a file
///
/// The body is the file itself, up to 20 MB: a table (LinkedIn, Google, Outlook, any CSV) or vCard 3 and 4. It is looked
/// into, and waits: for its columns (`mapping`), or for your yes (`ready`).
#[utoipa::path(
    post, path = "/api/v1/imports", tag = "network", operation_id = "send_file",
    security(("token" = ["write"])),
    params(("name" = Option<String>, Query, description = "The name of the file", example = "Connections.csv")),
    request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 201, description = "The file", body = ImportView,
        headers(("Location", description = "Its address"))), Always, BadBody)
)]
pub async fn send(
    State(web): State<Web>,
    caller: Bearer<Write>,
    query: Pairs,
    body: Body,
) -> Result<Response, WebError> {
    let sent = query.only(&["name"])?;
    let name = sent.first().map_or("contacts", |(_, name)| name.as_str());
    let of = contacts_in::receive(&web, &caller.who, name, body.into_data_stream()).await?;
    let location = format!("/api/v1/imports/{}", of.id);
    let mut response = answer::ok(&document(&web, &of).await?);
    *response.status_mut() = StatusCode::CREATED;
    Ok(([(LOCATION, location)], response).into_response())
}

/// The newest files.
#[derive(Serialize, ToSchema)]
pub struct Imports {
    items: Vec<ImportView>,
}

/// List files
///
/// The newest twenty.
#[utoipa::path(
    get, path = "/api/v1/imports", tag = "network", operation_id = "list_files",
    security(("token" = ["read"])),
    responses((status = 200, description = "The files", body = Imports), Always, BadQuery)
)]
pub async fn list(State(web): State<Web>, caller: Bearer<Read>, query: Pairs) -> Result<Response, WebError> {
    query.only(&[])?;
    let mut items = Vec::new();
    for one in import::all(&web.cx, &caller.who).await? {
        items.push(document(&web, &one).await?);
    }
    Ok(answer::ok(&Imports { items }))
}

/// Look at a file
#[utoipa::path(
    get, path = "/api/v1/imports/{id}", tag = "network", operation_id = "get_file",
    security(("token" = ["read"])), params(("id" = Uuid, Path)),
    responses((status = 200, description = "The file", body = ImportView), Always, Missing)
)]
pub async fn get(
    State(web): State<Web>,
    caller: Bearer<Read>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let of = import::get(&web.cx, &caller.who, parse(&id)?).await?;
    Ok(answer::ok(&document(&web, &of).await?))
}

/// What the columns are, in their order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "columns": ["given_name", "family_name", "email", "nothing"] }))]
pub struct ColumnsInput {
    /// A name of a field of contacts each, or `nothing`. Columns that are not named are not taken over.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    columns: List<String>,
}

/// Say what the columns are
///
/// One of them has to be a name or an address.
#[utoipa::path(
    post, path = "/api/v1/imports/{id}/columns", tag = "network", operation_id = "map_columns",
    security(("token" = ["write"])), params(("id" = Uuid, Path)),
    request_body = ColumnsInput,
    responses((status = 200, description = "Being compared", body = ImportView), Always, Missing, BadBody, Refused)
)]
pub async fn columns(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
    call: Call<ColumnsInput>,
) -> Result<Response, WebError> {
    let of = import::map(&web.cx, &caller.who, parse(&id)?, &Vec::from(call.input.columns)).await?;
    Ok(answer::ok(&document(&web, &of).await?))
}

/// Take the entries over
#[utoipa::path(
    post, path = "/api/v1/imports/{id}/start", tag = "network", operation_id = "start_import",
    security(("token" = ["write"])), params(("id" = Uuid, Path)),
    responses((status = 200, description = "Being taken over", body = ImportView), Always, Missing, BadBody, Refused)
)]
pub async fn start(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
    _call: Call<Nothing>,
) -> Result<Response, WebError> {
    let of = import::start(&web.cx, &caller.who, parse(&id)?).await?;
    Ok(answer::ok(&document(&web, &of).await?))
}

/// Take everything back
///
/// Contacts that were changed since stay as they are.
#[utoipa::path(
    post, path = "/api/v1/imports/{id}/undo", tag = "network", operation_id = "undo_import",
    security(("token" = ["write"])), params(("id" = Uuid, Path)),
    responses((status = 200, description = "Being taken back", body = ImportView), Always, Missing, BadBody, Refused)
)]
pub async fn undo(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
    _call: Call<Nothing>,
) -> Result<Response, WebError> {
    let of = import::undo(&web.cx, &caller.who, parse(&id)?).await?;
    Ok(answer::ok(&document(&web, &of).await?))
}

/// Throw a file away
///
/// Only before its entries were taken over.
#[utoipa::path(
    delete, path = "/api/v1/imports/{id}", tag = "network", operation_id = "discard_file",
    security(("token" = ["write"])), params(("id" = Uuid, Path)),
    responses((status = 204, description = "It is gone"), Always, Missing, Refused)
)]
pub async fn discard(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    import::discard(&web.cx, &caller.who, parse(&id)?).await?;
    Ok(answer::nothing())
}

/// Take all contacts out as a file
///
/// `twoyes` holds every field; `google`, `outlook`, `linkedin` (tables), `vcard4` and `vcard3` what those know.
#[utoipa::path(
    get, path = "/api/v1/contacts/export/{format}", tag = "network", operation_id = "export_contacts",
    security(("token" = ["read"])),
    params(("format" = String, Path, example = "vcard4")),
    responses((status = 200, description = "The file", content(
        (String = "text/csv; charset=utf-8"), (String = "text/vcard; charset=utf-8"))), Always, Missing)
)]
pub async fn export(
    State(web): State<Web>,
    caller: Bearer<Read>,
    Path(format): Path<String>,
) -> Result<Response, WebError> {
    contacts_out::file(&web, &caller.who, &format)
}
