//! Backup and restore. A backup is a folder: a consistent copy of the database, what is known of it
//! (`manifest.json`), and who must never be asked or was erased, as keyed hashes (`lists.jsonl`).
//!
//! The lists of the newest backup are applied to whatever older one is restored, so that nobody who said never
//! or was erased comes back. The key ring is in no backup: whoever holds both can sign links.

mod lists;
mod manifest;
mod place;
mod postgres;
mod restore;
mod take;

use std::path::PathBuf;

use crate::app::AppError;
use crate::flow::Failure;
use crate::store::{MigrateError, StoreError};

pub use manifest::Manifest;
pub use restore::{Restored, Wish, restore};
pub use take::{Taken, take};

/// Why there is no backup, or nothing was restored; one sentence each.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{0} exists already; a backup never replaces anything, choose another name")]
    Exists(PathBuf),
    #[error("{path} cannot be {verb}: {source}")]
    Io { path: PathBuf, verb: &'static str, source: std::io::Error },
    #[error("{path} is no backup of this version: {why}")]
    NoBackup { path: PathBuf, why: String },
    #[error("{0} is damaged: it is not what its manifest says (SHA-256)")]
    Damaged(PathBuf),
    #[error("the copy is not whole: {0}")]
    NotWhole(String),
    #[error("the backup is of {found}, and database.url names {wanted}")]
    OtherEngine { found: String, wanted: &'static str },
    #[error("the backup is of a newer version (schema {0}); restore it with that version")]
    Newer(i64),
    #[error(
        "the key ring at keys.file is another one than that of the backup; put the right one there first"
    )]
    OtherKeys,
    #[error("a twoyes works on this database; stop it first")]
    Running,
    #[error("there is a database at {0} already; --replace keeps it aside and puts the backup in its place")]
    Occupied(PathBuf),
    #[error(
        "this database is not empty; make a new one, name it in database.url and restore there (the old one \
         stays as it is; if it can be read, take a backup of it first, so that its lists are known)"
    )]
    NotEmpty,
    #[error("{program} does not work: {why}; it comes with PostgreSQL's client programs")]
    Program { program: &'static str, why: String },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    #[error(transparent)]
    Flow(#[from] Failure),
    #[error(transparent)]
    App(#[from] AppError),
}

fn io(path: &std::path::Path, verb: &'static str) -> impl FnOnce(std::io::Error) -> BackupError {
    let path = path.to_owned();
    move |source| BackupError::Io { path, verb, source }
}
