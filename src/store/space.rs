//! How much room the disk below an SQLite file has.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// Looks up the free bytes; `None` when they cannot be known.
pub type FreeBytes = Arc<dyn Fn() -> Option<u64> + Send + Sync>;

/// What is free, and how much of it is kept for answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    pub free: u64,
    /// Below this many free bytes nothing new is taken: the configured reserve, or twice the write-ahead
    /// log where that is more, since its checkpoint needs as much again.
    pub kept: u64,
}

impl Space {
    #[must_use]
    pub const fn is_low(self) -> bool {
        self.free < self.kept
    }
}

/// Measures one file's disk.
#[derive(Clone)]
pub(super) struct Gauge {
    wal: PathBuf,
    free: Arc<RwLock<FreeBytes>>,
    reserve: Arc<AtomicU64>,
}

impl Gauge {
    pub(super) fn of(file: &Path) -> Self {
        let mut wal = file.as_os_str().to_owned();
        wal.push("-wal");
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).to_owned();
        let free: FreeBytes = Arc::new(move || free_bytes(&folder));
        Self { wal: wal.into(), free: Arc::new(RwLock::new(free)), reserve: Arc::default() }
    }

    /// Asks this instead of the disk.
    pub(super) fn ask(&self, free: FreeBytes) {
        *self.free.write().unwrap_or_else(PoisonError::into_inner) = free;
    }

    pub(super) fn reserve(&self, bytes: u64) {
        self.reserve.store(bytes, Ordering::Relaxed);
    }

    pub(super) fn look(&self) -> Option<Space> {
        let reserve = self.reserve.load(Ordering::Relaxed);
        let ask = self.free.read().unwrap_or_else(PoisonError::into_inner).clone();
        let wal = std::fs::metadata(&self.wal).map_or(0, |of| of.len());
        Some(Space { free: ask()?, kept: reserve.max(wal.saturating_mul(2)) })
    }
}

/// What an ordinary user may still write there.
fn free_bytes(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}
