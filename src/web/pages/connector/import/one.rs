//! One file on its way: what it holds, what becomes of it, and the yes to it.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{HeaderName, HeaderValue};
use axum::response::Response;
use serde::Deserialize;

use super::super::super::session::{SignedIn, frame, see_other};
use super::super::super::{Form, Id, faults, show};
use crate::cards::Column;
use crate::domain::connector::Connector;
use crate::domain::contact::{ContactFacts, RawContact};
use crate::domain::import::{Entry, Import, Stage};
use crate::domain::merge::{Choice, Kind};
use crate::domain::problem::Problems;
use crate::flow::import::{self, ImportError, UNDO};
use crate::flow::people;
use crate::ids::ImportId;
use crate::urls::{self, path};
use crate::view::pages::{self, ChosenCount, ColumnRow, Difference, EntryRow, Group, Here};
use crate::web::error::WebError;
use crate::web::{Web, respond};

/// Entries of one kind on a page.
const ENTRIES: usize = 50;
/// Examples of a column.
const SAMPLES: i64 = 3;
const REFRESH: HeaderName = HeaderName::from_static("refresh");

/// Which entries are shown.
#[derive(Debug, Default, Deserialize)]
pub struct Shown {
    #[serde(default)]
    show: String,
    #[serde(default)]
    from: i64,
}

/// The page of one file. While the service is at it, it looks again by itself.
pub async fn open(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<ImportId>,
    Query(shown): Query<Shown>,
) -> Result<Response, WebError> {
    let of = import::get(&web.cx, &who, id).await?;
    page(&web, &who, &of, &shown, StatusCode::OK, &Problems::default()).await
}

/// Says what the columns are.
pub async fn columns(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<ImportId>,
    form: Form,
) -> Result<Response, WebError> {
    let of = import::get(&web.cx, &who, id).await?;
    let words: Vec<String> =
        (0..of.columns.len()).map(|nth| form.get(&format!("column-{nth}")).to_owned()).collect();
    match import::map(&web.cx, &who, id, &words).await {
        Ok(_) => Ok(see_other(&urls::of(path::IMPORT_ONE, id))),
        Err(ImportError::Invalid(problems)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(&web, &who, &Import { mapping: words, ..of }, &Shown::default(), status, &problems).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Other choices: for all entries of a kind, or for those of the page.
pub async fn choose(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<ImportId>,
    form: Form,
) -> Result<Response, WebError> {
    let kind = Kind::parse(form.get("kind")).ok_or_else(WebError::not_found)?;
    let mut choices: Vec<_> =
        Choice::parse(form.get("all")).map(|choice| (kind, None, choice)).into_iter().collect();
    if choices.is_empty() {
        let rows = form.ticked_behind("row.");
        choices = rows
            .iter()
            .filter_map(|nth| {
                let choice = Choice::parse(form.get(&format!("row.{nth}")))?;
                Some((kind, Some(nth.parse().ok()?), choice))
            })
            .collect();
    }
    import::choose(&web.cx, &who, id, &choices).await?;
    Ok(see_other(&format!(
        "{}?show={}#kind-{}",
        urls::of(path::IMPORT_ONE, id),
        kind.as_str(),
        kind.as_str()
    )))
}

/// The yes.
pub async fn start(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<ImportId>,
) -> Result<Response, WebError> {
    import::start(&web.cx, &who, id).await?;
    Ok(see_other(&urls::of(path::IMPORT_ONE, id)))
}

/// Takes everything back.
pub async fn undo(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<ImportId>,
) -> Result<Response, WebError> {
    import::undo(&web.cx, &who, id).await?;
    Ok(see_other(&urls::of(path::IMPORT_ONE, id)))
}

/// Throws the file away.
pub async fn discard(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<ImportId>,
) -> Result<Response, WebError> {
    import::discard(&web.cx, &who, id).await?;
    Ok(see_other(&format!("{}?told=discarded", path::IMPORT)))
}

async fn page(
    web: &Web,
    who: &Connector,
    of: &Import,
    shown: &Shown,
    status: StatusCode,
    problems: &Problems,
) -> Result<Response, WebError> {
    let summary = if of.stage == Stage::Ready { import::summary(&web.cx, of).await? } else { Vec::new() };
    let sum = |fits: fn(Choice) -> bool| {
        summary.iter().filter(|(_, choice, _)| fits(*choice)).map(|(.., count)| count).sum::<i64>()
    };
    let (will_add, will_change) =
        (sum(|choice| choice == Choice::Add), sum(|choice| matches!(choice, Choice::Fill | Choice::Replace)));
    let at = |path: &str| urls::of(path, of.id);
    let page = pages::Import {
        frame: frame(web, who).at(Here::Contacts),
        name: of.name.clone(),
        format: of.format.clone(),
        stage: of.stage.as_str(),
        back: path::IMPORT,
        faults: faults(web, &who.language, problems),
        percent: percent(of),
        here: at(path::IMPORT_ONE),
        entries: of.rows,
        added: of.counts.added,
        merged: of.counts.merged,
        skipped: of.counts.skipped,
        faulty: of.counts.faulty,
        kept: of.counts.kept,
        columns: columns_of(web, of).await?,
        meanings: Column::ALL.iter().map(|column| column.as_str()).collect(),
        map: at(path::IMPORT_COLUMNS),
        groups: groups(web, who, of, &summary, shown).await?,
        will_add,
        will_change,
        choose: at(path::IMPORT_CHOICES),
        start: at(path::IMPORT_START),
        discard: at(path::IMPORT_DISCARD),
        undo: (of.stage == Stage::Done).then(|| at(path::IMPORT_UNDO)),
        undo_until: of.updated_at + UNDO,
        time_zone: who.time_zone.clone(),
    };
    let mut response = show(web, &who.language, status, &page)?;
    if of.stage.is_at_work() {
        response.headers_mut().insert(REFRESH, HeaderValue::from_static("2"));
    }
    Ok(response)
}

fn percent(of: &Import) -> Option<i64> {
    let done = if of.stage == Stage::Undoing { of.rows - of.next } else { of.next };
    of.stage.is_at_work().then(|| (done * 100 / of.rows.max(1)).clamp(0, 100))
}

async fn columns_of(web: &Web, of: &Import) -> Result<Vec<ColumnRow>, WebError> {
    if !matches!(of.stage, Stage::Mapping | Stage::Ready) {
        return Ok(Vec::new());
    }
    let beginning = import::beginning(&web.cx, of, SAMPLES).await?;
    let row = |(nth, heading): (usize, &String)| ColumnRow {
        id: format!("column-{nth}"),
        heading: heading.clone(),
        samples: beginning
            .iter()
            .filter_map(|entry| entry.cells.get(nth))
            .filter(|cell| !cell.is_empty())
            .map(|cell| cell.chars().take(60).collect())
            .collect(),
        meaning: of.mapping.get(nth).cloned().unwrap_or_default(),
    };
    Ok(of.columns.iter().enumerate().map(row).collect())
}

async fn groups(
    web: &Web,
    who: &Connector,
    of: &Import,
    summary: &[(Kind, Choice, i64)],
    shown: &Shown,
) -> Result<Vec<Group>, WebError> {
    let mut groups = Vec::new();
    // Those first that need a look.
    for kind in [Kind::Name, Kind::Address, Kind::File, Kind::Fault, Kind::New] {
        let own: Vec<_> = summary.iter().filter(|(of, ..)| *of == kind).collect();
        let count = own.iter().map(|(.., count)| count).sum();
        if count == 0 {
            continue;
        }
        let is_open = shown.show == kind.as_str() || (shown.show.is_empty() && kind == Kind::Fault);
        let mut entries = Vec::new();
        if is_open {
            let from = if shown.show.is_empty() { 0 } else { shown.from };
            entries =
                import::entries(&web.cx, of, kind, from, i64::try_from(ENTRIES + 1).unwrap_or(i64::MAX))
                    .await?;
        }
        let more = (entries.len() > ENTRIES).then(|| entries.pop()).flatten();
        let mut rows = Vec::with_capacity(entries.len());
        for entry in entries {
            rows.push(entry_row(web, who, entry).await?);
        }
        let open = format!("{}?show={}", urls::of(path::IMPORT_ONE, of.id), kind.as_str());
        groups.push(Group {
            kind: kind.as_str(),
            count,
            chosen: own
                .iter()
                .map(|(_, choice, count)| ChosenCount { choice: choice.as_str(), count: *count })
                .collect(),
            choices: choices(kind),
            more: more.map(|entry| format!("{open}&from={}#kind-{}", entry.nth, kind.as_str())),
            open: format!("{open}#kind-{}", kind.as_str()),
            is_open,
            rows,
        });
    }
    Ok(groups)
}

fn choices(kind: Kind) -> Vec<&'static str> {
    if kind == Kind::Fault {
        return Vec::new();
    }
    let order = [Choice::Fill, Choice::Replace, Choice::Add, Choice::Skip];
    order.into_iter().filter(|choice| choice.fits(kind)).map(Choice::as_str).collect()
}

async fn entry_row(web: &Web, who: &Connector, entry: Entry) -> Result<EntryRow, WebError> {
    let raw = entry.facts.unwrap_or_default();
    let problems = match (entry.kind, raw.check(&web.cx.languages())) {
        (Some(Kind::Fault), Err(problems)) => problems,
        _ => Problems::default(),
    };
    let twin = match entry.twin {
        Some(id) => people::get(&web.cx, who, id).await.ok(),
        None => None,
    };
    let about = [raw.email.as_str(), &raw.employer, &raw.facets.role, &raw.facets.place];
    let about: Vec<&str> = about.into_iter().filter(|part| !part.is_empty()).collect();
    Ok(EntryRow {
        nth: entry.nth,
        line: entry.line,
        name: if raw.name.trim().is_empty() {
            entry.cells.join(" ").trim().chars().take(60).collect()
        } else {
            raw.name.clone()
        },
        about: about.join(", "),
        twin: twin.as_ref().map(|twin| urls::of(path::CONTACT, twin.id)),
        differences: twin.map(|twin| differences(&twin.facts, &raw)).unwrap_or_default(),
        choice: entry.choice.unwrap_or(Choice::Skip).as_str(),
        sentences: problems.0.iter().map(|problem| respond::sentence(web, &who.language, problem)).collect(),
    })
}

fn differences(mine: &ContactFacts, theirs: &RawContact) -> Vec<Difference> {
    let mine = RawContact::from(mine.clone());
    let pairs = [
        ("name", &mine.name, &theirs.name),
        ("email", &mine.email, &theirs.email),
        ("employer", &mine.employer, &theirs.employer),
        ("role", &mine.facets.role, &theirs.facets.role),
        ("field", &mine.facets.field, &theirs.facets.field),
        ("place", &mine.facets.place, &theirs.facets.place),
        ("speaks", &mine.facets.speaks, &theirs.facets.speaks),
        ("looking_for", &mine.facets.looking_for, &theirs.facets.looking_for),
        ("can_help", &mine.facets.can_help, &theirs.facets.can_help),
        ("described", &mine.described, &theirs.described),
        ("how_known", &mine.how_known, &theirs.how_known),
        ("notes", &mine.notes, &theirs.notes),
    ];
    pairs
        .into_iter()
        .filter(|(_, mine, theirs)| !theirs.is_empty() && mine.trim() != theirs.trim())
        .map(|(field, mine, theirs)| Difference { field, mine: mine.clone(), theirs: theirs.clone() })
        .collect()
}
