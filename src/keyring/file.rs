//! The ring as a file: its text, its permissions, and how it is replaced.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};

use super::{KeyEntry, KeyFile, KeyRingError, KeyState};
use crate::clock::Ts;

/// Why the key ring file is refused. No message holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    #[error("the key ring {path} does not exist")]
    Missing { path: String },
    #[error("the key ring {path} exists already and is left as it is")]
    Exists { path: String },
    #[error("the key ring {path} may be read by others (mode {mode:04o}): run `chmod 600 {path}`")]
    Open { path: String, mode: u32 },
    #[error("the key ring {path} is damaged: {why}")]
    Damaged { path: String, why: String },
    #[error("the key ring {path} cannot be {verb}: {source}")]
    Io { path: String, verb: &'static str, source: std::io::Error },
    #[error(transparent)]
    Ring(#[from] KeyRingError),
}

const HEADER: &str = "\
# The key ring of twoyes. Whoever reads this file can sign links; whoever loses it breaks every link
# that was sent and forgets who must never be asked again. Keep it at mode 0600, and a copy of it elsewhere.
# Change it with `twoyes keys rotate|retire|revoke`.

";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RingText {
    pepper: String,
    internal: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    audit: Option<String>,
    key: Vec<KeyText>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyText {
    kid: u8,
    state: KeyState,
    created: String,
    secret: String,
}

pub(super) fn load(path: &Path) -> Result<KeyFile, KeyFileError> {
    let file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => KeyFileError::Missing { path: name(path) },
        _ => io(path, "opened")(error),
    })?;
    // Asked of the open file, so that what is checked is what is read.
    let mode = file.metadata().map_err(io(path, "read"))?.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(KeyFileError::Open { path: name(path), mode });
    }
    let text = std::io::read_to_string(file).map_err(io(path, "read"))?;
    parse(&text).map_err(|why| KeyFileError::Damaged { path: name(path), why })
}

/// Writes aside, then links into place: a link, unlike a rename, never replaces.
pub(super) fn create(path: &Path, ring: &KeyFile) -> Result<(), KeyFileError> {
    let _lock = lock_folder_of(path)?;
    let aside = write_aside(path, ring)?;
    let linked = std::fs::hard_link(&aside, path);
    let removed = std::fs::remove_file(&aside);
    linked.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => KeyFileError::Exists { path: name(path) },
        _ => io(path, "made")(error),
    })?;
    removed.map_err(io(path, "made"))?;
    sync_folder(path)
}

/// The caller holds the lock.
pub(super) fn replace(path: &Path, ring: &KeyFile) -> Result<(), KeyFileError> {
    let aside = write_aside(path, ring)?;
    if let Err(error) = std::fs::rename(&aside, path) {
        // The reason for failing is the rename; a left-over file is the smaller trouble.
        let _ = std::fs::remove_file(&aside);
        return Err(io(path, "replaced")(error));
    }
    sync_folder(path)
}

/// Holds an exclusive lock on the folder until it is dropped. The ring's own file is no place for
/// a lock, since it is replaced.
pub(super) fn lock_folder_of(path: &Path) -> Result<File, KeyFileError> {
    let folder = File::open(folder_of(path)).map_err(io(path, "locked"))?;
    folder.lock().map_err(io(path, "locked"))?;
    Ok(folder)
}

fn write_aside(path: &Path, ring: &KeyFile) -> Result<PathBuf, KeyFileError> {
    let text = render(ring).map_err(|why| KeyFileError::Damaged { path: name(path), why })?;
    let file_name = path.file_name().and_then(|name| name.to_str()).unwrap_or("twoyes.keys");
    let aside = folder_of(path).join(format!(".{file_name}.new"));
    // Left by a process that died here; nobody else writes it while we hold the lock.
    let _ = std::fs::remove_file(&aside);
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    })();
    if written.is_err() {
        let _ = std::fs::remove_file(&aside);
    }
    written.map(|()| aside).map_err(io(path, "written"))
}

/// Without this a rename may be undone by a power cut.
fn sync_folder(path: &Path) -> Result<(), KeyFileError> {
    File::open(folder_of(path)).and_then(|folder| folder.sync_all()).map_err(io(path, "written"))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn render(ring: &KeyFile) -> Result<String, String> {
    let keys = ring.keys.iter().map(|key| KeyText {
        kid: key.kid,
        state: key.state,
        created: key.created.rfc3339(),
        secret: BASE64.encode(&key.secret),
    });
    let text = RingText {
        pepper: BASE64.encode(&ring.pepper),
        internal: BASE64.encode(&ring.internal),
        audit: ring.audit.map(|seed| BASE64.encode(&seed)),
        key: keys.collect(),
    };
    let body = toml::to_string(&text).map_err(|error| error.to_string())?;
    let ring = format!("{HEADER}{body}");
    // Never write what could not be read again.
    parse(&ring).map(|_| ring)
}

fn parse(text: &str) -> Result<KeyFile, String> {
    // The message alone: the error's display quotes the line, and the line holds a secret.
    let ring: RingText = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    let mut keys: Vec<KeyEntry> = Vec::with_capacity(ring.key.len());
    for key in ring.key {
        let kid = key.kid;
        if keys.iter().any(|other| other.kid == kid) {
            return Err(format!("two keys have the number {kid}"));
        }
        let created: jiff::Timestamp = key
            .created
            .parse()
            .map_err(|_| format!("key {kid} was made at no time such as 2026-03-01T09:30:00Z"))?;
        keys.push(KeyEntry {
            kid,
            state: key.state,
            created: Ts(created.as_microsecond()),
            secret: secret(&key.secret, &format!("the secret of key {kid}"))?,
        });
    }
    match keys.iter().filter(|key| key.state == KeyState::Active).count() {
        1 => {}
        0 => return Err("no key is active".to_owned()),
        n => return Err(format!("{n} keys are active, only one may be")),
    }
    Ok(KeyFile {
        keys,
        pepper: secret(&ring.pepper, "the pepper")?,
        internal: secret(&ring.internal, "the internal secret")?,
        audit: ring.audit.map(|seed| secret(&seed, "the audit key")).transpose()?,
    })
}

fn secret(text: &str, what: &str) -> Result<[u8; 32], String> {
    let bytes = BASE64.decode(text.as_bytes()).map_err(|_| format!("{what} is not base64"))?;
    let length = bytes.len();
    bytes.try_into().map_err(|_| format!("{what} has {length} bytes instead of 32"))
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

fn io(path: &Path, verb: &'static str) -> impl FnOnce(std::io::Error) -> KeyFileError {
    let path = name(path);
    move |source| KeyFileError::Io { path, verb, source }
}
