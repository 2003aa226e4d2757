//! What is known of a backup.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{BackupError, io};
use crate::clock::Ts;

/// The form of a backup folder; another one is refused.
const FORMAT: u32 = 1;
const FILE: &str = "manifest.json";

/// `manifest.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// For people.
    pub note: String,
    /// When it was taken, RFC 3339, and the same in microseconds.
    pub taken: String,
    pub taken_at: Ts,
    /// Of the program.
    pub version: String,
    pub engine: String,
    /// The newest migration.
    pub schema: i64,
    /// Of which instance; empty when it was never served.
    pub instance: String,
    /// A fingerprint of the key ring, which is not in here.
    pub keys: String,
    /// The copy of the database, its length and its SHA-256.
    pub file: String,
    pub bytes: u64,
    pub sha256: String,
    pub lists_sha256: String,
    pub connectors: i64,
    pub introductions: i64,
    pub suppressions: i64,
    pub erasures: i64,
}

impl Manifest {
    pub const FORMAT: u32 = FORMAT;

    pub fn write(&self, folder: &Path) -> Result<(), BackupError> {
        let path = folder.join(FILE);
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        std::fs::write(&path, text).map_err(io(&path, "written"))
    }

    /// Reads the one of a backup folder.
    pub fn read(folder: &Path) -> Result<Self, BackupError> {
        let path = folder.join(FILE);
        let text = std::fs::read_to_string(&path).map_err(io(&path, "read"))?;
        let refuse = |why: String| BackupError::NoBackup { path: folder.to_owned(), why };
        let read: Self = serde_json::from_str(&text).map_err(|error| refuse(error.to_string()))?;
        if read.format != FORMAT {
            return Err(refuse(format!("its form is {}, this version knows {FORMAT}", read.format)));
        }
        if read.file.contains('/') || read.file.starts_with('.') {
            return Err(refuse("its database is elsewhere".to_owned()));
        }
        Ok(read)
    }
}
