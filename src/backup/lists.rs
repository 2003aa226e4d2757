//! Who must never be asked and who was erased, as keyed hashes, in a file beside a backup.
//!
//! One JSON value a line: first whose lists these are, then one person a line.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use super::{BackupError, io};
use crate::clock::Ts;
use crate::domain::party::PersonKey;
use crate::store::erasure_ledger::{self, Erased};
use crate::store::suppressions::{self, Listed};
use crate::store::{Db, StoreError};

pub const FILE: &str = "lists.jsonl";
const PAGE: i64 = 1000;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    pub instance: String,
    /// The fingerprint of the key ring whose hashes these are.
    pub keys: String,
    pub written_at: Ts,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "lowercase")]
enum Line {
    Never { person: String, since: Ts, by_admin: bool },
    Erased { person: String, at: Ts },
}

/// One person of a list.
pub enum Entry {
    Never(Listed),
    Erased(Erased),
}

/// Writes both lists of a database, page by page.
pub async fn write(db: &Db, path: &Path, header: &Header) -> Result<(), BackupError> {
    let mut out = BufWriter::new(File::create(path).map_err(io(path, "made"))?);
    let mut say = |line: String| writeln!(out, "{line}").map_err(io(path, "written"));
    say(text(header))?;
    let mut after = None;
    loop {
        let page = suppressions::list(&mut db.read().await?, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.person);
        for one in &page {
            let person = HEXLOWER.encode(&one.person.0);
            say(text(&Line::Never { person, since: one.since, by_admin: one.by_admin }))?;
        }
    }
    let mut after = None;
    loop {
        let page = erasure_ledger::since(&mut db.read().await?, Ts(i64::MIN), after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(*last);
        for one in &page {
            say(text(&Line::Erased { person: HEXLOWER.encode(&one.person.0), at: one.at }))?;
        }
    }
    out.flush().map_err(io(path, "written"))
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Reads a file of lists from its beginning.
pub struct Reader {
    path: PathBuf,
    pub header: Header,
    lines: std::io::Lines<BufReader<File>>,
}

impl Reader {
    pub fn open(path: &Path) -> Result<Self, BackupError> {
        let file = File::open(path).map_err(io(path, "read"))?;
        let mut lines = BufReader::new(file).lines();
        let first = lines.next().transpose().map_err(io(path, "read"))?.unwrap_or_default();
        let header = serde_json::from_str(&first)
            .map_err(|error| BackupError::NoBackup { path: path.to_owned(), why: error.to_string() })?;
        Ok(Self { path: path.to_owned(), header, lines })
    }

    /// The next person; `None` at the end.
    pub fn next(&mut self) -> Result<Option<Entry>, BackupError> {
        let Some(line) = self.lines.next().transpose().map_err(io(&self.path, "read"))? else {
            return Ok(None);
        };
        let refuse = |why: String| BackupError::NoBackup { path: self.path.clone(), why };
        let person = |hex: &str| {
            let bytes = HEXLOWER.decode(hex.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
            bytes.map(PersonKey).ok_or_else(|| refuse("a hash in it is none".to_owned()))
        };
        Ok(Some(match serde_json::from_str(&line).map_err(|error| refuse(error.to_string()))? {
            Line::Never { person: hex, since, by_admin } => {
                Entry::Never(Listed { person: person(&hex)?, since, by_admin })
            }
            Line::Erased { person: hex, at } => Entry::Erased(Erased { person: person(&hex)?, at }),
        }))
    }
}

/// The newest lists of the same instance in the folders beside a backup; its own are among them.
pub fn newest_beside(backup: &Path, instance: &str, keys: &str) -> Result<PathBuf, BackupError> {
    let own = backup.join(FILE);
    let mut newest = (Reader::open(&own)?.header.written_at, own);
    let real = std::fs::canonicalize(backup).map_err(io(backup, "read"))?;
    let folders = real.parent().map(std::fs::read_dir).transpose().map_err(io(&real, "read"))?;
    for entry in folders.into_iter().flatten().flatten() {
        let path = entry.path().join(FILE);
        // Whatever else lies there is not ours to judge.
        let Ok(of) = Reader::open(&path) else { continue };
        if of.header.instance == instance && of.header.keys == keys && of.header.written_at > newest.0 {
            newest = (of.header.written_at, path);
        }
    }
    Ok(newest.1)
}

/// Adds missing suppressions; gives how many those were.
pub async fn add_never(db: &Db, page: Vec<Listed>) -> Result<u64, StoreError> {
    db.write(move |tx| {
        let page = page.clone();
        Box::pin(async move {
            let mut added = 0;
            for one in page {
                added += u64::from(suppressions::add_listed(tx, one).await?);
            }
            Ok(added)
        })
    })
    .await
}
