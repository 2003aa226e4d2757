//! What the log of an SQLite file holds is copied into the file (a checkpoint, <https://sqlite.org/wal.html>), most of it
//! beside the writer.
//!
//! SQLite's own way is that whoever commits the thousandth page copies them all, and every unit waits for it: for the
//! file's sync most of the time. Here a thread copies piece by piece while the writer goes on. It cannot catch up with a
//! writer that never rests, and the log begins anew only when all of it was copied: so the writer copies what is left
//! when the log has grown to [`LONG`], which is little then.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::error::StoreError;
use super::sick::Sick;
use super::sqlite_conn::{self, Access, SqliteConn};

/// So many pages of the log are copied beside the writer.
const PIECE: u32 = 500;

/// At so many pages the writer copies what is left itself: 8 MB.
const LONG: u32 = 2000;

/// How long others are waited for: to open the file, and to empty the log.
const PATIENCE: Duration = Duration::from_secs(1);

/// As much of it as nobody is in the way of.
pub(super) const COPY: &str = "PRAGMA wal_checkpoint(PASSIVE)";

/// All of it, and the log is cut to nothing.
pub(super) const EMPTY: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

/// Empties the log of what was forgotten. On a connection of its own: the writer is always inside a transaction. `false` when others are
/// in the way for too long. SQLite itself waits for readers, but not for another checkpoint, as the one beside the writer is: that
/// takes some milliseconds.
pub(super) fn empty(file: &Path, sick: &Sick) -> Result<bool, StoreError> {
    let begun = Instant::now();
    let emptied = sqlite_conn::open(file, Access::Write, PATIENCE).and_then(|conn| {
        while conn.empty_log()? {
            if begun.elapsed() >= PATIENCE {
                return Ok(false);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(true)
    });
    emptied.map_err(|error| told(sick, EMPTY, &error))
}

/// The thread that copies, as the writer sees it.
pub(super) struct Checkpoints {
    /// Dropped first: the thread ends then.
    wake: Option<SyncSender<()>>,
    /// Pages of the log that were copied already.
    copied: Arc<AtomicU32>,
    sick: Sick,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    /// Starts it. It opens the file when there is something to copy for the first time.
    pub(super) fn start(file: &Path, sick: &Sick) -> std::io::Result<Self> {
        let (wake, woken) = sync_channel(1);
        let copied = Arc::new(AtomicU32::new(0));
        let copier = Copier { file: file.to_owned(), sick: sick.clone(), copied: Arc::clone(&copied) };
        let thread = std::thread::Builder::new()
            .name("sqlite-checkpoints".into())
            .spawn(move || copier.copy_when(&woken))?;
        Ok(Self { wake: Some(wake), copied, sick: sick.clone(), thread: Some(thread) })
    }

    /// Told by the writer, on its thread, after each commit.
    pub(super) fn committed(&self, writer: &SqliteConn) {
        let pages = sqlite_conn::pages_in_log();
        if pages >= LONG {
            copy(writer, &self.copied, &self.sick);
        }
        let mut copied = self.copied.load(Ordering::Relaxed);
        if pages < copied {
            // The log began anew.
            self.copied.store(0, Ordering::Relaxed);
            copied = 0;
        }
        if pages - copied >= PIECE
            && let Some(wake) = &self.wake
        {
            // One that was not taken yet does for this one, too.
            let _ = wake.try_send(());
        }
    }
}

/// Waits for the copy that is going on.
impl Drop for Checkpoints {
    fn drop(&mut self) {
        drop(self.wake.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Copier {
    file: PathBuf,
    sick: Sick,
    copied: Arc<AtomicU32>,
}

impl Copier {
    fn copy_when(&self, woken: &Receiver<()>) {
        let mut open = None;
        while woken.recv().is_ok() && !self.sick.is_told() {
            let conn = open.take().map_or_else(|| self.open(), Some);
            open = conn.filter(|conn| copy(conn, &self.copied, &self.sick));
        }
    }

    fn open(&self) -> Option<SqliteConn> {
        let opened = sqlite_conn::open(&self.file, Access::Write, PATIENCE);
        opened.inspect_err(|error| failed(&self.sick, error)).ok()
    }
}

/// Copies what is there now, and notes how many pages that makes. `false` when it could not.
fn copy(conn: &SqliteConn, copied: &AtomicU32, sick: &Sick) -> bool {
    match conn.copy_log() {
        Ok(pages) => {
            if let Some(pages) = pages {
                copied.store(pages, Ordering::Relaxed);
            }
            true
        }
        Err(error) => {
            failed(sick, &error);
            false
        }
    }
}

/// A checkpoint that failed loses nothing: the log has it all, and the next one begins where this one did.
fn failed(sick: &Sick, error: &rusqlite::Error) {
    let fault = told(sick, COPY, error);
    tracing::warn!(error.message = %fault, "the log of changes could not be copied into the file");
}

/// What went wrong; a disk that failed is told.
fn told(sick: &Sick, sql: &'static str, error: &rusqlite::Error) -> StoreError {
    let fault = StoreError::of_sqlite(sql, error);
    if let StoreError::Broken(why) = &fault {
        sick.tell(why);
    }
    fault
}
