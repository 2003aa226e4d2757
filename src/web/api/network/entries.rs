//! The entries of a file, and what is to become of each.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::answer;
use super::super::bearer::{Bearer, Read, Write};
use super::super::call::Call;
use super::super::faults::{Always, BadBody, BadQuery, Missing, Refused};
use super::super::paging::Pairs;
use super::super::words;
use super::parse;
use crate::domain::contact::RawContact;
use crate::domain::draft::word;
use crate::domain::import::Entry;
use crate::domain::merge::{Choice, Kind};
use crate::domain::problem::{Problem, Problems};
use crate::flow::import;
use crate::ids::ImportId;
use crate::web::error::WebError;
use crate::web::respond::FieldProblem;
use crate::web::{Web, respond};

/// Entries of a page.
const PAGE: usize = 50;

/// An entry of a file.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportEntry)]
pub struct EntryView {
    /// Its place in the file, counted from 0.
    nth: i64,
    /// The line that it begins in.
    line: i64,
    #[schema(schema_with = words::entry_kind)]
    kind: &'static str,
    #[schema(schema_with = words::entry_choice)]
    choice: &'static str,
    /// The contact that it is like.
    twin: Option<Uuid>,
    name: String,
    email: String,
    described: String,
    employer: String,
    how_known: String,
    notes: String,
    circle: String,
    role: String,
    field: String,
    place: String,
    speaks: String,
    looking_for: String,
    can_help: String,
    /// Why it cannot be a contact.
    problems: Vec<FieldProblem>,
}

fn view(web: &Web, language: &str, of: Entry) -> EntryView {
    let raw = of.facts.unwrap_or_default();
    let problems = match (of.kind, raw.check(&web.cx.languages())) {
        (Some(Kind::Fault), Err(problems)) => problems,
        _ => Problems::default(),
    };
    let problem = |one: &Problem| FieldProblem {
        field: one.field.clone(),
        code: one.code,
        sentence: respond::sentence(web, language, one),
    };
    let RawContact { name, email, described, employer, how_known, notes, facets, .. } = raw;
    EntryView {
        nth: of.nth,
        line: of.line,
        kind: of.kind.unwrap_or(Kind::New).as_str(),
        choice: of.choice.unwrap_or(Choice::Skip).as_str(),
        twin: of.twin.map(|id| id.0),
        name,
        email,
        described,
        employer,
        how_known,
        notes,
        circle: facets.circle,
        role: facets.role,
        field: facets.field,
        place: facets.place,
        speaks: facets.speaks,
        looking_for: facets.looking_for,
        can_help: facets.can_help,
        problems: problems.0.iter().map(problem).collect(),
    }
}

/// A page of entries.
#[derive(Serialize, ToSchema)]
pub struct Entries {
    items: Vec<EntryView>,
    /// Pass it as `from` for the next page; null on the last one.
    next: Option<i64>,
}

/// Look at entries
///
/// Those of one kind, in the order of the file: `new`, `address` (somebody has it), `name` (somebody is called so),
/// `file` (the address stands further up), `fault`.
#[utoipa::path(
    get, path = "/api/v1/imports/{id}/entries", tag = "network", operation_id = "list_entries",
    security(("token" = ["read"])),
    params(
        ("id" = Uuid, Path),
        ("kind" = Option<String>, Query, description = "Which, else `new`", example = "fault"),
        ("from" = Option<u32>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, description = "A page", body = Entries), Always, Missing, BadQuery)
)]
pub async fn list(
    State(web): State<Web>,
    caller: Bearer<Read>,
    Path(id): Path<String>,
    query: Pairs,
) -> Result<Response, WebError> {
    let of = import::get(&web.cx, &caller.who, parse(&id)?).await?;
    let (mut problems, mut kind, mut from) = (Problems::default(), Kind::New, 0);
    for (name, value) in query.only(&["kind", "from"])? {
        if name == "kind" {
            let known = word("kind", &value, Kind::parse, Kind::ALL, Kind::as_str);
            kind = problems.take(known).unwrap_or(kind);
        } else {
            let number = value.parse::<u32>().map_err(|_| Problem::new("from", "not-a-number"));
            from = problems.take(number).map_or(0, i64::from);
        }
    }
    problems.into_result().map_err(WebError::invalid)?;
    let rows = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut found = import::entries(&web.cx, &of, kind, from, rows).await?;
    let more = (found.len() > PAGE).then(|| found.pop()).flatten();
    let items = found.into_iter().map(|one| view(&web, &caller.who.language, one)).collect();
    Ok(answer::ok(&Entries { items, next: more.map(|one| one.nth) }))
}

/// Another choice.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "kind": "name", "choice": "fill" }))]
pub struct ChoiceInput {
    /// Of which kind the entry is, or the entries are.
    #[serde(default)]
    #[schema(schema_with = words::entry_kind, required)]
    kind: String,
    /// One entry; left out, all of the kind.
    #[serde(default)]
    nth: Option<u32>,
    #[serde(default)]
    #[schema(schema_with = words::entry_choice, required)]
    choice: String,
}

/// Choose what becomes of entries
///
/// `add` makes a contact, `fill` fills what is empty in the one that is there, `replace` overwrites it, `skip` leaves the
/// entry out.
#[utoipa::path(
    post, path = "/api/v1/imports/{id}/choices", tag = "network", operation_id = "choose_entries",
    security(("token" = ["write"])), params(("id" = Uuid, Path)),
    request_body = ChoiceInput,
    responses((status = 204, description = "Chosen"), Always, Missing, BadBody, Refused)
)]
pub async fn choose(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
    call: Call<ChoiceInput>,
) -> Result<Response, WebError> {
    let id: ImportId = parse(&id)?;
    import::get(&web.cx, &caller.who, id).await?;
    let mut problems = Problems::default();
    let kind = problems.take(word("kind", &call.input.kind, Kind::parse, Kind::ALL, Kind::as_str));
    let choice =
        problems.take(word("choice", &call.input.choice, Choice::parse, Choice::ALL, Choice::as_str));
    let (Some(kind), Some(choice)) = (kind, choice) else { return Err(WebError::invalid(problems)) };
    import::choose(&web.cx, &caller.who, id, &[(kind, call.input.nth.map(i64::from), choice)]).await?;
    Ok(answer::nothing())
}
