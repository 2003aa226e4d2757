//! Bringing contacts in from a file: read, looked through, confirmed, and taken back if need be.
//!
//! Nothing of a file is in the address book before the connector said yes to what the preview shows. The long parts
//! (comparing, taking over, taking back) go on in small units by [`work`], each of which a crash can only repeat.

mod apply;
mod check;
mod undo;

use super::error::unit_error;
use super::{Ctx, Cx, Failure, disk};
use crate::cards::{Column, Format, Head};
use crate::clock::Span;
use crate::domain::connector::Connector;
use crate::domain::import::{Counts, Entry, Import, Stage};
use crate::domain::merge::{Choice, Kind};
use crate::domain::problem::{Problem, Problems};
use crate::ids::ImportId;
use crate::store::{import_rows, imports};

/// How long an import can be taken back.
pub const UNDO: Span = Span::days(30);
/// Files that may wait for their yes at once.
const WAITING_MAX: usize = 3;
/// A file that arrives for longer than this does not arrive any more.
const STUCK: Span = Span::minutes(15);
/// Imports that are listed.
const LISTED: i64 = 20;
/// Entries that one unit deals with.
const BATCH: i64 = 200;

/// Why an import did not go on.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("no such import")]
    NotFound,
    #[error("problems with the import: {0}")]
    Invalid(Problems),
    /// It has gone on meanwhile.
    #[error("the import is at another stage")]
    WrongStage,
    #[error(transparent)]
    Failure(#[from] Failure),
}

unit_error!(ImportError);

/// Begins with a file of this name.
///
/// # Errors
/// [`ImportError::Invalid`] when others wait for their yes already.
pub async fn begin(cx: &Cx, who: &Connector, name: &str) -> Result<Import, ImportError> {
    disk::has_room(cx)?;
    let now = cx.now();
    let nonce = data_encoding::HEXLOWER.encode(&cx.ids.bytes::<8>("import"));
    let new = Import {
        id: ImportId(cx.ids.uuid(now, &format!("import/{nonce}"))),
        connector: who.id,
        name: name.chars().filter(|c| !c.is_control()).take(100).collect(),
        format: Format::Table.as_str().to_owned(),
        columns: Vec::new(),
        mapping: Vec::new(),
        stage: Stage::Reading,
        rows: 0,
        next: 0,
        counts: Counts::default(),
        created_at: now,
        updated_at: now,
    };
    let saved = new.clone();
    cx.db
        .write(move |tx| {
            let new = new.clone();
            Box::pin(async move {
                let mut known = imports::page(tx, new.connector, LISTED).await?;
                // Whoever sent them hung up.
                for stuck in
                    known.extract_if(.., |one| one.stage == Stage::Reading && one.updated_at + STUCK < now)
                {
                    imports::delete(tx, stuck.connector, stuck.id).await?;
                }
                if known.iter().filter(|one| one.stage.is_before_yes()).count() >= WAITING_MAX {
                    let problem = Problem::new("file", "too-many-imports").number("max", WAITING_MAX);
                    return Err(ImportError::Invalid(Problems(vec![problem])));
                }
                Ok(imports::insert(tx, &new).await?)
            })
        })
        .await?;
    Ok(saved)
}

/// Keeps what the file says of itself, and the next entries of it: line and cells.
pub async fn take(
    cx: &Cx,
    old: &Import,
    head: Option<&Head>,
    rows: Vec<(i64, Vec<String>)>,
) -> Result<Import, ImportError> {
    disk::has_room(cx)?;
    let mut new = old.clone();
    if let Some(head) = head {
        head.format.as_str().clone_into(&mut new.format);
        new.columns.clone_from(&head.columns);
        new.mapping = head.mapping.iter().map(|column| column.as_str().to_owned()).collect();
    }
    new.next += i64::try_from(rows.len()).unwrap_or(i64::MAX);
    new.rows = new.next;
    step(cx, old, new, rows).await
}

/// The file was read to its end: on to comparing, or to the question what its columns are.
pub async fn was_read(cx: &Cx, old: &Import) -> Result<Import, ImportError> {
    let stage = if Head::is_clear(&mapping(old)) { Stage::Checking } else { Stage::Mapping };
    let new = Import { stage, next: 0, ..old.clone() };
    let saved = step(cx, old, new, Vec::new()).await?;
    cx.wake.ring();
    Ok(saved)
}

/// The connector says what the columns are.
///
/// # Errors
/// [`ImportError::Invalid`] when neither name nor address is among them.
pub async fn map(cx: &Cx, who: &Connector, id: ImportId, columns: &[String]) -> Result<Import, ImportError> {
    let old = get(cx, who, id).await?;
    if !matches!(old.stage, Stage::Mapping | Stage::Ready) {
        return Err(ImportError::WrongStage);
    }
    let chosen: Vec<Column> = (0..old.columns.len())
        .map(|nth| columns.get(nth).and_then(|word| Column::parse(word)).unwrap_or(Column::Nothing))
        .collect();
    if !Head::is_clear(&chosen) {
        return Err(ImportError::Invalid(Problems(vec![Problem::new("columns", "no-name-column")])));
    }
    let mapping = chosen.iter().map(|column| column.as_str().to_owned()).collect();
    let new = Import { stage: Stage::Checking, next: 0, mapping, ..old.clone() };
    let saved = step(cx, &old, new, Vec::new()).await?;
    cx.wake.ring();
    Ok(saved)
}

/// Another choice for one entry of a kind, or for all of them.
///
/// # Errors
/// [`ImportError::Invalid`] when the choice does not fit the kind.
pub async fn choose(
    cx: &Cx,
    who: &Connector,
    id: ImportId,
    choices: &[(Kind, Option<i64>, Choice)],
) -> Result<(), ImportError> {
    if choices.iter().any(|(kind, _, choice)| !choice.fits(*kind)) {
        return Err(ImportError::Invalid(Problems(vec![Problem::new("choice", "choice-does-not-fit")])));
    }
    let (owner, choices) = (who.id, choices.to_vec());
    cx.db
        .write(move |tx| {
            let choices = choices.clone();
            Box::pin(async move {
                let old = imports::get(tx, owner, id).await?.ok_or(ImportError::NotFound)?;
                if old.stage != Stage::Ready {
                    return Err(ImportError::WrongStage);
                }
                for (kind, nth, choice) in choices {
                    import_rows::choose(tx, id, kind, nth, choice).await?;
                }
                Ok(())
            })
        })
        .await
}

/// The yes: the entries are taken over.
pub async fn start(cx: &Cx, who: &Connector, id: ImportId) -> Result<Import, ImportError> {
    disk::has_room(cx)?;
    turn(cx, who, id, Stage::Ready, Stage::Applying).await
}

/// Everything that it did to the address book is taken back, but for what was changed since.
pub async fn undo(cx: &Cx, who: &Connector, id: ImportId) -> Result<Import, ImportError> {
    turn(cx, who, id, Stage::Done, Stage::Undoing).await
}

/// Forgets a file that nobody said yes to.
pub async fn discard(cx: &Cx, who: &Connector, id: ImportId) -> Result<(), ImportError> {
    let owner = who.id;
    cx.db
        .write(move |tx| {
            Box::pin(async move {
                let old = imports::get(tx, owner, id).await?.ok_or(ImportError::NotFound)?;
                if !old.stage.is_before_yes() {
                    return Err(ImportError::WrongStage);
                }
                imports::delete(tx, owner, id).await?;
                Ok(())
            })
        })
        .await
}

pub async fn get(cx: &Cx, who: &Connector, id: ImportId) -> Result<Import, ImportError> {
    let mut tx = cx.db.read().await?;
    imports::get(&mut tx, who.id, id).await?.ok_or(ImportError::NotFound)
}

/// The newest imports.
pub async fn all(cx: &Cx, who: &Connector) -> Result<Vec<Import>, Failure> {
    Ok(imports::page(&mut cx.db.read().await?, who.id, LISTED).await?)
}

/// How many entries there are of each kind and choice.
pub async fn summary(cx: &Cx, of: &Import) -> Result<Vec<(Kind, Choice, i64)>, Failure> {
    Ok(import_rows::count(&mut cx.db.read().await?, of.id).await?)
}

/// A page of entries of one kind.
pub async fn entries(cx: &Cx, of: &Import, kind: Kind, from: i64, limit: i64) -> Result<Vec<Entry>, Failure> {
    Ok(import_rows::of_kind(&mut cx.db.read().await?, of.id, kind, from, limit).await?)
}

/// The first entries as they were read, for the question what the columns are.
pub async fn beginning(cx: &Cx, of: &Import, limit: i64) -> Result<Vec<Entry>, Failure> {
    Ok(import_rows::rising(&mut cx.db.read().await?, of.id, 0, limit).await?)
}

/// One unit of whatever import waits for the service, whoever's it is. `true` when there may be more that can be done at
/// once.
pub async fn work(cx: &Cx) -> Result<bool, Failure> {
    let waiting = imports::at_work(&mut cx.db.read().await?, None).await?;
    let Some(of) = waiting else { return Ok(false) };
    let done = match of.stage {
        Stage::Checking => check::unit(cx, &of).await,
        Stage::Applying => apply::unit(cx, &of).await,
        Stage::Undoing => undo::unit(cx, &of).await,
        Stage::Reading | Stage::Mapping | Stage::Ready | Stage::Done | Stage::Undone => Ok(()),
    };
    match done {
        Ok(()) => Ok(true),
        // Another process did this part, and may be at the next one. Whatever else is in the way is so at the next look
        // again, and must not be tried without a pause until then.
        Err(Failure::Store(crate::store::StoreError::Stale(_))) => Ok(false),
        Err(error) => Err(error),
    }
}

/// What the columns are taken for.
fn mapping(of: &Import) -> Vec<Column> {
    of.mapping.iter().map(|word| Column::parse(word).unwrap_or(Column::Nothing)).collect()
}

async fn turn(cx: &Cx, who: &Connector, id: ImportId, from: Stage, to: Stage) -> Result<Import, ImportError> {
    let old = get(cx, who, id).await?;
    if old.stage != from {
        return Err(ImportError::WrongStage);
    }
    // Taking back begins at the end: of two entries about one person the later one was taken over last.
    let next = if to == Stage::Undoing { old.rows } else { 0 };
    let saved = step(cx, &old, Import { stage: to, next, ..old.clone() }, Vec::new()).await?;
    cx.wake.ring();
    Ok(saved)
}

async fn step(
    cx: &Cx,
    old: &Import,
    new: Import,
    rows: Vec<(i64, Vec<String>)>,
) -> Result<Import, ImportError> {
    let (now, before, saved) = (cx.now(), old.clone(), new.clone());
    cx.db
        .write(move |tx| {
            let (old, new, rows) = (before.clone(), new.clone(), rows.clone());
            Box::pin(async move {
                imports::save(tx, &old, &new, now).await?;
                if !rows.is_empty() {
                    import_rows::add(tx, new.id, old.next, &rows).await?;
                }
                Ok::<_, Failure>(())
            })
        })
        .await?;
    Ok(saved)
}

/// An id that is the same however often a unit is repeated.
fn contact_id(cx: &Ctx, of: &Import, nth: i64) -> crate::ids::ContactId {
    let random = crate::ids::derive(&cx.secrets.internal, &format!("import/{}/{nth}", of.id));
    crate::ids::ContactId(crate::ids::uuid_v7(of.created_at, random))
}
