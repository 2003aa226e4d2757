//! SQLite: one writer task that commits units in groups, and a pool of readers.
//!
//! Units that wait back to back run in one transaction, each in its own savepoint, and are committed
//! together before any of them answers. A unit that fails rolls back alone. A commit that fails fails
//! all its units; the connection is then closed and a new one opened. When it was the disk that failed, no
//! new one is opened: the writer ends, and so does the process.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use tokio::sync::mpsc;

use super::error::StoreError;
use super::sick::Sick;
use super::space::Gauge;
use super::tx::{Conn, Tx};

/// Units in one commit at most, so that the first never waits long for the last.
const GROUP: usize = 128;

/// Told after the commit: `Ok` when the unit's work is on disk.
pub(super) type Reply = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// A unit's end: whether to keep its work, and whom to tell.
pub(super) struct Ended {
    pub keep: bool,
    pub reply: Reply,
}

/// A unit as the writer sees it.
pub(super) type Job = Box<dyn for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Ended> + Send>;

/// The writer's queue and the readers.
#[derive(Clone)]
pub struct SqliteDb {
    jobs: mpsc::Sender<Job>,
    readers: SqlitePool,
    options: Arc<SqliteConnectOptions>,
    pub(super) sick: Sick,
    pub(super) gauge: Gauge,
}

impl SqliteDb {
    /// Opens (and makes) the file. WAL, `synchronous=FULL`: an acknowledged answer survives a power cut.
    pub(super) async fn open(options: SqliteConnectOptions, readers: u32) -> Result<Self, StoreError> {
        let options = options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .statement_cache_capacity(256)
            // What does not fit into the cache would lie in /var/tmp otherwise, with people's words in it.
            .pragma("temp_store", "MEMORY")
            .pragma("secure_delete", "ON");
        let (sick, gauge) = (Sick::new(), Gauge::of(options.get_filename()));
        let first = connect(&options, &sick).await?;
        let (jobs, queue) = mpsc::channel(1024);
        tokio::spawn(write_all(queue, options.clone(), first, sick.clone()));
        let kept = options.clone().create_if_missing(false).busy_timeout(Duration::from_secs(1));
        let readers = SqlitePoolOptions::new()
            .max_connections(readers)
            .test_before_acquire(false)
            .connect_with(options.create_if_missing(false).pragma("query_only", "ON"))
            .await
            .map_err(|error| StoreError::of("open readers", &error))?;
        Ok(Self { jobs, readers, options: Arc::new(kept), sick, gauge })
    }

    /// Empties the log of changes. On a connection of its own: the writer is always inside a transaction.
    pub(super) async fn tidy(&self) -> Result<bool, StoreError> {
        let mut tx = connect(&self.options, &self.sick).await?;
        let row = tx.q("PRAGMA wal_checkpoint(TRUNCATE)").one().await?;
        let busy: i64 = row.map_or(Ok(0), |row| row.get("busy"))?;
        Ok(busy == 0)
    }

    pub(super) async fn submit(&self, job: Job) -> Result<(), StoreError> {
        self.jobs.send(job).await.map_err(|_| StoreError::Unavailable("the writer has stopped".into()))
    }

    pub(super) async fn reader(&self) -> Result<Tx, StoreError> {
        let conn = self.readers.acquire().await.map_err(|error| StoreError::of("acquire reader", &error))?;
        Ok(Tx::new(Conn::SqlitePooled(conn)).telling(self.sick.clone()))
    }
}

/// Several that open a new file at once are in each other's way while one of them turns the log on: no busy timeout
/// helps there.
async fn connect(options: &SqliteConnectOptions, sick: &Sick) -> Result<Tx, StoreError> {
    for _ in 0..50 {
        match try_connect(options, sick).await {
            Err(StoreError::Unavailable(why)) if why.contains("locked") => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            ended => return ended,
        }
    }
    try_connect(options, sick).await
}

async fn try_connect(options: &SqliteConnectOptions, sick: &Sick) -> Result<Tx, StoreError> {
    let conn = sqlx::ConnectOptions::connect(options).await.map_err(|error| {
        match (StoreError::of("open database", &error), &error) {
            (broken @ StoreError::Broken(_), _) => broken,
            (_, sqlx::Error::Database(db)) => StoreError::Unavailable(db.message().to_owned()),
            (other, _) => other,
        }
    })?;
    Ok(Tx::new(Conn::Sqlite(conn)).telling(sick.clone()))
}

async fn write_all(mut queue: mpsc::Receiver<Job>, options: SqliteConnectOptions, first: Tx, sick: Sick) {
    let mut writer = Some(first);
    loop {
        // Dropping jobs tells their callers that nothing was recorded.
        let next = tokio::select! { biased; _ = sick.told() => break, job = queue.recv() => job };
        let Some(job) = next else { break };
        let tx = match writer.take() {
            Some(tx) => tx,
            None => match connect(&options, &sick).await {
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
    }
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
async fn write_group(mut tx: Tx, first: Job, queue: &mut mpsc::Receiver<Job>, sick: &Sick) -> Option<Tx> {
    if let Err(error) = tx.command("BEGIN IMMEDIATE").await {
        tracing::error!(error.message = %error, "a write could not begin");
        drop(first);
        give_up(tx, sick).await;
        return None;
    }
    let mut replies = Vec::new();
    let ended = match run_group(&mut tx, first, queue, &mut replies).await {
        Ok(()) if sick.is_told() => Err(StoreError::Broken("a statement of this commit met it".into())),
        Ok(()) => tx.command("COMMIT").await,
        Err(error) => Err(error),
    };
    let failed = ended.err().map(|error| error.to_string());
    tell(replies, failed.as_deref());
    if failed.is_none() {
        return Some(tx);
    }
    give_up(tx, sick).await;
    None
}

/// Tells every unit of a group how its commit ended.
fn tell(replies: Vec<Reply>, failed: Option<&str>) {
    if let Some(why) = failed {
        tracing::error!(
            error.message = why,
            units = replies.len(),
            "a commit failed; nothing of it was kept"
        );
    }
    for reply in replies {
        let ended = failed.map_or(Ok(()), |why| Err(StoreError::Unavailable(why.to_owned())));
        reply(ended);
    }
}

/// Runs jobs until none waits or the group is full.
async fn run_group(
    tx: &mut Tx,
    first: Job,
    queue: &mut mpsc::Receiver<Job>,
    replies: &mut Vec<Reply>,
) -> Result<(), StoreError> {
    let mut next = Some(first);
    while let Some(job) = next.take() {
        match run_in_savepoint(tx, job).await {
            Ok(reply) => replies.push(reply),
            Err((reply, error)) => {
                replies.extend(reply);
                return Err(error);
            }
        }
        if replies.len() < GROUP {
            next = queue.try_recv().ok();
        }
    }
    Ok(())
}

async fn run_in_savepoint(tx: &mut Tx, job: Job) -> Result<Reply, (Option<Reply>, StoreError)> {
    tx.command("SAVEPOINT unit").await.map_err(|error| (None, error))?;
    // A panic in one unit must not take the writer, and everyone behind it, down.
    let Ok(ended) = AssertUnwindSafe(job(tx)).catch_unwind().await else {
        tracing::error!("a unit of work panicked and was rolled back");
        roll_back(tx).await.map_err(|error| (None, error))?;
        return Ok(Box::new(|_| {}));
    };
    let done = if ended.keep { tx.command("RELEASE unit").await } else { roll_back(tx).await };
    match done {
        Ok(()) => Ok(ended.reply),
        Err(error) => Err((Some(ended.reply), error)),
    }
}

async fn roll_back(tx: &mut Tx) -> Result<(), StoreError> {
    tx.command("ROLLBACK TO unit").await?;
    tx.command("RELEASE unit").await
}
