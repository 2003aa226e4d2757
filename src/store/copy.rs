//! Copies of a database: an online copy of an SQLite file, its check, what is counted in it, and the mark of a
//! restore that was interrupted.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::error::StoreError;
use super::tx::Tx;

/// Writes a consistent copy of a running SQLite database into a new file.
pub async fn copy_sqlite(from: &Path, to: &Path) -> Result<(), StoreError> {
    let to = to.display().to_string();
    on_file(from, "VACUUM INTO $1", move |conn, sql| conn.execute(sql, [to]).map(|_| ())).await
}

/// Whether every page and index of an SQLite file is whole: `ok`, or what is wrong with it.
pub async fn check_sqlite(file: &Path) -> Result<String, StoreError> {
    on_file(file, "PRAGMA integrity_check(1)", |conn, sql| conn.query_row(sql, [], |row| row.get(0))).await
}

/// Moves everything from the write-ahead log into the file itself, which can be moved alone then.
pub async fn fold_sqlite(file: &Path) -> Result<(), StoreError> {
    let fold = "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE";
    on_file(file, fold, Connection::execute_batch).await
}

/// Works on a file with a connection of its own, which is closed behind it, on a thread that may wait for the disk.
async fn on_file<T: Send + 'static>(
    file: &Path,
    sql: &'static str,
    work: impl FnOnce(&Connection, &'static str) -> rusqlite::Result<T> + Send + 'static,
) -> Result<T, StoreError> {
    let file = file.to_owned();
    let worked = tokio::task::spawn_blocking(move || {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn =
            Connection::open_with_flags(file, flags).map_err(|error| StoreError::of_opening(&error))?;
        conn.busy_timeout(Duration::from_secs(30)).map_err(|error| StoreError::of_opening(&error))?;
        work(&conn, sql).map_err(|error| StoreError::of_sqlite(sql, &error))
    });
    worked.await.unwrap_or_else(|error| Err(StoreError::Unavailable(error.to_string())))
}

/// What a manifest tells of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// The newest migration.
    pub schema: i64,
    pub connectors: i64,
    pub introductions: i64,
    pub suppressions: i64,
    pub erasures: i64,
}

pub async fn counts(tx: &mut Tx) -> Result<Counts, StoreError> {
    let row = tx
        .q("SELECT (SELECT MAX(version) FROM migration) AS schema,
              (SELECT COUNT(*) FROM connector) AS connectors,
              (SELECT COUNT(*) FROM introduction) AS introductions,
              (SELECT COUNT(*) FROM suppression) AS suppressions,
              (SELECT COUNT(*) FROM erasure) AS erasures")
        .one()
        .await?;
    let row = row.ok_or(StoreError::Data { column: "schema", why: "no row".into() })?;
    Ok(Counts {
        schema: row.get("schema")?,
        connectors: row.get("connectors")?,
        introductions: row.get("introductions")?,
        suppressions: row.get("suppressions")?,
        erasures: row.get("erasures")?,
    })
}

/// Whether the database holds no table at all.
pub async fn is_empty(tx: &mut Tx) -> Result<bool, StoreError> {
    let row = tx
        .q2(
            "SELECT COUNT(*) AS n FROM sqlite_master WHERE type = 'table'",
            "SELECT COUNT(*) AS n FROM information_schema.tables WHERE table_schema = current_schema()",
        )
        .one()
        .await?;
    row.map_or(Ok(true), |row| Ok(row.get::<i64>("n")? == 0))
}

/// How many other connections of a twoyes this PostgreSQL database has. None on SQLite, which has its lock file.
pub async fn others(tx: &mut Tx) -> Result<i64, StoreError> {
    let row = tx
        .q2(
            "SELECT 0 AS n",
            "SELECT COUNT(*) AS n FROM pg_stat_activity
             WHERE datname = current_database() AND application_name = 'twoyes' AND pid <> pg_backend_pid()",
        )
        .one()
        .await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// Marks the database as one that is being restored: until [`end_restore`] nothing may serve it.
pub async fn begin_restore(tx: &mut Tx) -> Result<(), StoreError> {
    tx.command("CREATE TABLE IF NOT EXISTS half_restored (at BIGINT)").await
}

pub async fn end_restore(tx: &mut Tx) -> Result<(), StoreError> {
    tx.command("DROP TABLE IF EXISTS half_restored").await
}

/// Whether a restore was interrupted here.
pub async fn is_half_restored(tx: &mut Tx) -> Result<bool, StoreError> {
    let row = tx
        .q2(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'half_restored'",
            "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables
             WHERE table_name = 'half_restored' AND table_schema = current_schema()",
        )
        .one()
        .await?;
    Ok(row.is_some())
}
