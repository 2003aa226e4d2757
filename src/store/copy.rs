//! Copies of a database: an online copy of an SQLite file, its check, what is counted in it, and the mark of a
//! restore that was interrupted.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::error::StoreError;
use super::tx::Tx;

/// Writes a consistent copy of a running SQLite database into a new file.
pub async fn copy_sqlite(from: &Path, to: &Path) -> Result<(), StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(from)
        .create_if_missing(false)
        .busy_timeout(std::time::Duration::from_secs(30));
    let mut conn = open(&options).await?;
    let copied = sqlx::query("VACUUM INTO $1").bind(to.display().to_string()).execute(&mut conn).await;
    let copied = copied.map(|_| ()).map_err(|error| StoreError::of("VACUUM INTO", &error));
    close(conn).await;
    copied
}

/// Whether every page and index of an SQLite file is whole: `ok`, or what is wrong with it.
pub async fn check_sqlite(file: &Path) -> Result<String, StoreError> {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(false);
    let mut conn = open(&options).await?;
    let said = sqlx::query_scalar::<_, String>("PRAGMA integrity_check(1)").fetch_one(&mut conn).await;
    let said = said.map_err(|error| StoreError::of("PRAGMA integrity_check", &error));
    close(conn).await;
    said
}

/// Moves everything from the write-ahead log into the file itself, which can be moved alone then.
pub async fn fold_sqlite(file: &Path) -> Result<(), StoreError> {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(false);
    let mut conn = open(&options).await?;
    let folded = sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE")
        .execute(&mut conn)
        .await;
    let folded = folded.map(|_| ()).map_err(|error| StoreError::of("PRAGMA wal_checkpoint", &error));
    close(conn).await;
    folded
}

async fn open(options: &SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
    options.connect().await.map_err(|error| StoreError::of("open database", &error))
}

/// What was done with it has its own error.
async fn close(conn: SqliteConnection) {
    drop(conn.close().await);
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
