//! The key ring file: what signs links, and two secrets that are never rotated.
//!
//! The file is TOML, readable by its owner alone, and replaced as a whole (write aside, fsync,
//! rename), so that a crash leaves the old ring or the new one. Rotating keeps the old key in
//! state `verify`, so no link that was sent stops working.

mod file;

use std::path::Path;

use crate::clock::Ts;
use crate::ids::Ids;

pub use file::KeyFileError;

/// What a key may still do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyState {
    /// Signs new links and verifies. Exactly one key is active.
    Active,
    /// Verifies links that it signed while it was active.
    Verify,
    /// Verifies nothing; kept so that its number is not given again.
    Revoked,
}

impl std::fmt::Display for KeyState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Active => "active",
            Self::Verify => "verify",
            Self::Revoked => "revoked",
        })
    }
}

/// One key of the ring. Not `Debug`: it holds a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyEntry {
    /// The number that links carry.
    pub kid: u8,
    pub state: KeyState,
    pub created: Ts,
    pub secret: [u8; 32],
}

/// What may be shown of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    pub kid: u8,
    pub state: KeyState,
    pub created: Ts,
}

/// The whole file. Not `Debug`: it holds secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyFile {
    /// In the order in which they were made.
    pub keys: Vec<KeyEntry>,
    /// Keys the hashes of suppressed addresses. Without the addresses it cannot be rotated.
    pub pepper: [u8; 32],
    /// Keys what only this service reads: Message-IDs, nonces.
    pub internal: [u8; 32],
    /// Signs checkpoints of the audit chain. A ring of an older version has none, see [`Self::audit_seed`].
    pub audit: Option<[u8; 32]>,
}

/// Why the ring cannot be changed as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRingError {
    #[error("there is no key {0}")]
    Unknown(u8),
    #[error("key {0} is active: run `twoyes keys rotate` first, then try again")]
    StillActive(u8),
    #[error("the ring is full: retire keys that no link needs any more")]
    Full,
}

impl KeyFile {
    /// A new ring with one active key, number 1.
    pub fn new(now: Ts, ids: &Ids) -> Self {
        let first =
            KeyEntry { kid: 1, state: KeyState::Active, created: now, secret: fresh(ids, "ring-key-1") };
        Self {
            keys: vec![first],
            pepper: fresh(ids, "ring-pepper"),
            internal: fresh(ids, "ring-internal"),
            audit: Some(fresh(ids, "ring-audit")),
        }
    }

    /// The seed of the key that signs checkpoints. A ring without one, made before there were any, goes on as
    /// it is, also where its file cannot be written: the seed is then derived from the internal secret.
    #[must_use]
    pub fn audit_seed(&self) -> [u8; 32] {
        self.audit.unwrap_or_else(|| crate::ids::derive(&self.internal, "audit/ed25519"))
    }

    /// Reads and checks the file.
    ///
    /// # Errors
    /// When it is missing, readable by others, or not a whole ring; one sentence with its path.
    pub fn load(path: &Path) -> Result<Self, KeyFileError> {
        file::load(path)
    }

    /// Makes a new ring in a new file. When two processes start at once, one of them makes it.
    ///
    /// # Errors
    /// [`KeyFileError::Exists`] when the file is already there; it is left as it is.
    pub fn create(path: &Path, now: Ts, ids: &Ids) -> Result<Self, KeyFileError> {
        let ring = Self::new(now, ids);
        file::create(path, &ring)?;
        Ok(ring)
    }

    /// Replaces the file by this ring. To change a ring that others may change too, use
    /// [`KeyFile::update`].
    pub fn save(&self, path: &Path) -> Result<(), KeyFileError> {
        let _lock = file::lock_folder_of(path)?;
        file::replace(path, self)
    }

    /// Loads, changes and saves, one process after the other. Nothing is written when `change`
    /// fails.
    pub fn update(
        path: &Path,
        change: impl FnOnce(&mut Self) -> Result<(), KeyRingError>,
    ) -> Result<Self, KeyFileError> {
        let _lock = file::lock_folder_of(path)?;
        let mut ring = Self::load(path)?;
        change(&mut ring)?;
        file::replace(path, &ring)?;
        Ok(ring)
    }

    /// Makes a new active key; the one before stays for verifying. Returns its number.
    pub fn rotate(&mut self, now: Ts, ids: &Ids) -> Result<u8, KeyRingError> {
        let kid = self.free_kid()?;
        for key in &mut self.keys {
            if key.state == KeyState::Active {
                key.state = KeyState::Verify;
            }
        }
        let secret = fresh(ids, &format!("ring-key-{kid}"));
        self.keys.push(KeyEntry { kid, state: KeyState::Active, created: now, secret });
        Ok(kid)
    }

    /// Takes a key out that no living link needs any more.
    pub fn retire(&mut self, kid: u8) -> Result<(), KeyRingError> {
        self.passive(kid)?;
        self.keys.retain(|key| key.kid != kid);
        Ok(())
    }

    /// Makes every link under this key invalid at once.
    pub fn revoke(&mut self, kid: u8) -> Result<(), KeyRingError> {
        self.passive(kid)?.state = KeyState::Revoked;
        Ok(())
    }

    /// The keys without their secrets.
    pub fn list(&self) -> Vec<KeyInfo> {
        let info = |key: &KeyEntry| KeyInfo { kid: key.kid, state: key.state, created: key.created };
        self.keys.iter().map(info).collect()
    }

    /// The key with this number, unless it is active.
    fn passive(&mut self, kid: u8) -> Result<&mut KeyEntry, KeyRingError> {
        let key = self.keys.iter_mut().find(|key| key.kid == kid).ok_or(KeyRingError::Unknown(kid))?;
        match key.state {
            KeyState::Active => Err(KeyRingError::StillActive(kid)),
            KeyState::Verify | KeyState::Revoked => Ok(key),
        }
    }

    /// The number after the newest, so that a retired number rests as long as it can.
    fn free_kid(&self) -> Result<u8, KeyRingError> {
        let newest = self.keys.last().map_or(0, |key| key.kid);
        (1..=u8::MAX)
            .map(|step| newest.wrapping_add(step))
            .find(|kid| *kid != 0 && self.keys.iter().all(|key| key.kid != *kid))
            .ok_or(KeyRingError::Full)
    }
}

fn fresh(ids: &Ids, label: &str) -> [u8; 32] {
    ids.bytes::<32>(label)
}

#[cfg(test)]
#[path = "keyring/tests.rs"]
mod tests;
