//! SQLite: one writer thread that commits units in groups, and a pool of readers.
//!
//! Units that wait back to back run in one transaction and are committed together before any of them answers. A unit
//! that fails fails alone: as a rule it finds out before it wrote anything; otherwise all of them run again, each
//! behind a savepoint. A commit that fails fails all its units; the connection is then closed and a new one opened. When it
//! was the disk that failed, no new one is opened: the writer ends, and so does the process.

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};

use super::checkpoints::{self, Checkpoints};
use super::error::StoreError;
use super::readers::Readers;
use super::sick::Sick;
use super::space::Gauge;
use super::sqlite_conn::{self, Access};
use super::tx::{Conn, Tx};

/// Units in one commit at most. Whoever waits for more than one answer is served in several groups: while those of one are
/// told, and ask again, the next is written (docs/adr/0030).
const GROUP: usize = 32;

/// A unit as the writer sees it.
pub(super) trait Job: Send {
    /// Does its work; `true` when it is to be kept. May be run again, and then only the last time counts.
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, bool>;

    /// Told after the commit: `Ok` when its work is on disk.
    fn tell(self: Box<Self>, committed: Result<(), StoreError>);
}

/// The writer's queue and the readers.
#[derive(Clone)]
pub struct SqliteDb {
    jobs: mpsc::Sender<Box<dyn Job>>,
    readers: Arc<Readers>,
    file: Arc<Path>,
    pub(super) sick: Sick,
    pub(super) gauge: Gauge,
}

impl SqliteDb {
    /// Opens (and makes) the file. WAL, `synchronous=FULL`: an acknowledged answer survives a power cut.
    pub(super) async fn open(file: &Path, readers: u32) -> Result<Self, StoreError> {
        let (sick, gauge) = (Sick::new(), Gauge::of(file));
        let jobs = start(file.to_owned(), sick.clone()).await?;
        let readers = Arc::new(Readers::open(file, readers)?);
        Ok(Self { jobs, readers, file: file.into(), sick, gauge })
    }

    /// Empties the log of changes. `false` when others are in the way.
    pub(super) async fn tidy(&self) -> Result<bool, StoreError> {
        let (file, sick) = (Arc::clone(&self.file), self.sick.clone());
        let tidied = tokio::task::spawn_blocking(move || checkpoints::empty(&file, &sick));
        tidied.await.unwrap_or_else(|error| Err(StoreError::Unavailable(error.to_string())))
    }

    pub(super) async fn submit(&self, job: Box<dyn Job>) -> Result<(), StoreError> {
        self.jobs.send(job).await.map_err(|_| StoreError::Unavailable("the writer has stopped".into()))
    }

    pub(super) fn is_waited_for(&self) -> bool {
        self.jobs.capacity() < self.jobs.max_capacity()
    }

    pub(super) async fn reader(&self) -> Result<Tx, StoreError> {
        let conn = self.readers.lend().await?;
        Ok(Tx::new(Conn::Reader(conn)).telling(self.sick.clone()))
    }
}

/// Starts the writer. Its statements run on a thread of their own, one straight after the other: handing each of
/// them to another thread and back took longer than most of them do (docs/adr/0017).
async fn start(file: PathBuf, sick: Sick) -> Result<mpsc::Sender<Box<dyn Job>>, StoreError> {
    let (jobs, queue) = mpsc::channel(1024);
    let (opened, first) = oneshot::channel();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let checkpoints = Checkpoints::start(&file, &sick);
    let checkpoints = checkpoints.map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let write = move || {
        let (tx, ended) = match connect(&file, &sick) {
            Ok(tx) => (Some(tx), Ok(())),
            Err(error) => (None, Err(error)),
        };
        // Nobody waits for it any more: then nobody writes either.
        if opened.send(ended).is_ok()
            && let Some(tx) = tx
        {
            runtime.block_on(write_all(queue, &file, tx, sick, checkpoints));
        }
    };
    std::thread::Builder::new()
        .name("sqlite-writer".into())
        .spawn(write)
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    first.await.unwrap_or_else(|_| Err(StoreError::Unavailable("the writer did not start".into())))?;
    Ok(jobs)
}

/// Several that open a new file at once are in each other's way while one of them turns the log on: no busy timeout
/// helps there.
fn connect(file: &Path, sick: &Sick) -> Result<Tx, StoreError> {
    for _ in 0..50 {
        match try_connect(file, sick) {
            Err(StoreError::Unavailable(why)) if why.contains("locked") => {
                std::thread::sleep(Duration::from_millis(100));
            }
            ended => return ended,
        }
    }
    try_connect(file, sick)
}

fn try_connect(file: &Path, sick: &Sick) -> Result<Tx, StoreError> {
    let conn = sqlite_conn::open(file, Access::Make, Duration::from_secs(5));
    let conn = conn.map_err(|error| StoreError::of_opening(&error))?;
    Ok(Tx::new(Conn::Writer(Box::new(conn))).telling(sick.clone()))
}

async fn write_all(
    mut queue: mpsc::Receiver<Box<dyn Job>>,
    file: &Path,
    first: Tx,
    sick: Sick,
    checkpoints: Checkpoints,
) {
    let mut writer = Some(first);
    loop {
        // Dropping jobs tells their callers that nothing was recorded.
        let next = tokio::select! { biased; _ = sick.told() => break, job = queue.recv() => job };
        let Some(job) = next else { break };
        let tx = match writer.take() {
            Some(tx) => tx,
            None => match connect(file, &sick) {
                Ok(tx) => tx,
                Err(StoreError::Broken(why)) => return sick.tell(&why),
                Err(error) => {
                    tracing::error!(error.message = %error, "the database cannot be opened again");
                    drop(job);
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        writer = write_group(tx, job, &mut queue, &sick).await;
        if let Some(Conn::Writer(conn)) = writer.as_ref().map(|tx| &tx.conn) {
            checkpoints.committed(conn);
        }
    }
    // Before the writer's connection: the last one that is closed copies the rest.
    drop(checkpoints);
    if sick.is_told() {
        writer.into_iter().for_each(leave_open);
    }
}

/// A connection that failed is done for.
async fn give_up(tx: Tx, sick: &Sick) {
    if sick.is_told() {
        leave_open(tx);
    } else {
        tx.discard().await;
    }
}

/// Closing the last connection would copy the log into the file (SQLite's checkpoint at close), on a disk that is
/// not to be written to any more. It goes with the process.
fn leave_open(tx: Tx) {
    std::mem::forget(tx);
}

/// One transaction with the first job and whatever waits behind it. `None` when the connection is done for.
async fn write_group(
    mut tx: Tx,
    first: Box<dyn Job>,
    queue: &mut mpsc::Receiver<Box<dyn Job>>,
    sick: &Sick,
) -> Option<Tx> {
    if let Err(error) = tx.command("BEGIN IMMEDIATE").await {
        tracing::error!(error.message = %error, "a write could not begin");
        drop(first);
        give_up(tx, sick).await;
        return None;
    }
    let mut group = vec![first];
    let ended = match run_group(&mut tx, &mut group, queue).await {
        Ok(()) if sick.is_told() => Err(StoreError::Broken("a statement of this commit met it".into())),
        Ok(()) => tx.command("COMMIT").await,
        Err(error) => Err(error),
    };
    let failed = ended.err().map(|error| error.to_string());
    tell(group, failed.as_deref());
    if failed.is_none() {
        return Some(tx);
    }
    give_up(tx, sick).await;
    None
}

/// Tells every unit of a group how its commit ended.
fn tell(group: Vec<Box<dyn Job>>, failed: Option<&str>) {
    if let Some(why) = failed {
        tracing::error!(error.message = why, units = group.len(), "a commit failed; nothing of it was kept");
    }
    for job in group {
        job.tell(failed.map_or(Ok(()), |why| Err(StoreError::Unavailable(why.to_owned()))));
    }
}

/// Runs the first job, and then whatever waits, until nothing does or the group is full.
///
/// They do without savepoints: behind one, SQLite keeps a second copy of every page that is changed, and walks along all of
/// them after each statement, which takes a tenth of the time of a group and a fifth of that of a large unit.
async fn run_group(
    tx: &mut Tx,
    group: &mut Vec<Box<dyn Job>>,
    queue: &mut mpsc::Receiver<Box<dyn Job>>,
) -> Result<(), StoreError> {
    let mut at = 0;
    while let Some(job) = group.get_mut(at) {
        let before = tx.written();
        let keep = run(tx, &mut **job).await;
        // What SQLite itself rolled back, as it does on a full disk, took the work of all with it.
        tx.must_be_open()?;
        if !keep && tx.written() != before {
            return if at == 0 { undo(tx).await } else { run_apart(tx, group).await };
        }
        at += 1;
        if group.len() < GROUP {
            group.extend(queue.try_recv());
        }
    }
    Ok(())
}

/// Runs all of them once more, so that what one has written can be taken back without the others' work.
async fn run_apart(tx: &mut Tx, group: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    undo(tx).await?;
    for job in group {
        tx.command("SAVEPOINT unit").await?;
        if !run(tx, &mut **job).await {
            tx.command("ROLLBACK TO unit").await?;
        }
        tx.command("RELEASE unit").await?;
    }
    Ok(())
}

/// Takes back what was written, and begins anew.
async fn undo(tx: &mut Tx) -> Result<(), StoreError> {
    tx.command("ROLLBACK").await?;
    tx.command("BEGIN IMMEDIATE").await
}

/// A panic in one unit must not take the writer, and everyone behind it, down. Whoever waited for it is told by its
/// end that nothing was recorded.
async fn run(tx: &mut Tx, job: &mut dyn Job) -> bool {
    AssertUnwindSafe(job.run(tx)).catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!("a unit of work panicked and was rolled back");
        false
    })
}
