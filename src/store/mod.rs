//! The only SQL. Free functions over a [`Tx`], one file per family of tables.

mod checkpoints;
mod error;
mod migrate;
mod placeholders;
mod postgres;
mod query;
mod readers;
mod sick;
mod space;
mod sqlite;
mod sqlite_conn;
mod sqlite_unit;
mod tx;

pub mod accounts;
pub mod address_changes;
pub mod addresses;
pub mod admin_acts;
pub mod ask_me;
pub mod attempts;
pub mod audit;
pub mod bell;
pub mod circles;
pub mod connectors;
pub mod contact_search;
pub mod contact_text;
mod contact_words;
pub mod contacts;
pub mod copy;
pub mod courier;
pub mod deliveries;
pub mod desk;
pub mod due;
pub mod erasure;
pub mod erasure_ledger;
pub mod events;
pub mod evidence;
pub mod histories;
pub mod idempotency;
pub mod import_rows;
pub mod imports;
pub mod instance;
pub mod introductions;
pub mod landed;
pub mod limits;
pub mod link_keys;
pub mod outbox;
pub mod outcome_lists;
pub mod outside_links;
pub mod own_cards;
pub mod parties;
pub mod persons;
pub mod plans;
pub mod reports;
pub mod retention;
pub mod routes;
pub mod sessions;
pub mod suppressions;
pub mod tally;
pub mod thanks;
pub mod tokens;
pub mod touch;
pub mod unfinished;
pub mod unit_tokens;
pub mod waiting;
pub mod weekly;

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use sqlx::postgres::PgConnectOptions;

pub use error::{StoreError, UnitError};
pub use migrate::{MigrateError, migrate, schema_state};
pub use query::Row;
pub use space::{FreeBytes, Space};
pub use tx::Tx;

/// A unit of work: everything it does is kept, or nothing.
pub type Unit<T, E> = dyn for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + Sync;
pub(crate) type BoxUnit<T, E> = Arc<Unit<T, E>>;

/// The database.
#[derive(Clone)]
pub enum Db {
    Sqlite(sqlite::SqliteDb),
    Postgres(postgres::PostgresDb),
}

impl Db {
    /// Connects. `url` is `sqlite:FILE` or `postgres://...`; anything else is refused.
    pub async fn connect(url: &str, connections: u32) -> Result<Self, StoreError> {
        let scheme = url.split(':').next().unwrap_or_default();
        match scheme {
            "sqlite" => {
                let file = sqlite_file(url).unwrap_or_default();
                Ok(Self::Sqlite(sqlite::SqliteDb::open(&file, connections).await?))
            }
            "postgres" | "postgresql" => {
                let options: PgConnectOptions =
                    url.parse().map_err(|error| StoreError::of("database.url", &error))?;
                Ok(Self::Postgres(postgres::PostgresDb::open(options, connections).await?))
            }
            _ => Err(StoreError::Unavailable(format!(
                "database.url begins with `{scheme}:`; only `sqlite:` and `postgres:` are known"
            ))),
        }
    }

    /// Runs a unit of work and commits it before it returns.
    ///
    /// It runs in a task of its own: a caller that goes away cannot leave half of it behind. It may run several
    /// times, so it must do nothing but talk to the database.
    pub async fn write<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: UnitError,
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
    {
        match self {
            Self::Sqlite(db) => sqlite_unit::write(db, unit).await,
            Self::Postgres(db) => {
                let db = db.clone();
                let unit: BoxUnit<T, E> = Arc::new(unit);
                let task = tokio::spawn(async move { db.write(unit).await });
                match task.await {
                    Ok(ended) => ended,
                    Err(_) => Err(StoreError::Unavailable("the unit of work panicked".into()).into()),
                }
            }
        }
    }

    /// A connection for reading. Nothing written through it is kept on SQLite.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        match self {
            Self::Sqlite(db) => db.reader().await,
            Self::Postgres(db) => db.reader().await,
        }
    }

    /// Takes what was deleted out of the files as well, where that is cheap: on SQLite the log of changes is
    /// written into the database and cut to nothing. PostgreSQL does so in its own time. `false` when somebody
    /// reads right now: another time.
    pub async fn tidy(&self) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(db) => db.tidy().await,
            Self::Postgres(_) => Ok(true),
        }
    }

    /// Waits until the disk or the file below turns out to be broken, and says how. Nothing may be written
    /// after that, not even tried again: the process has to end. PostgreSQL sees to its own disks.
    pub async fn broken(&self) -> String {
        match self {
            Self::Sqlite(db) => db.sick.told().await,
            Self::Postgres(_) => std::future::pending().await,
        }
    }

    /// Keeps this many bytes of the disk for answers.
    pub fn reserve(&self, bytes: u64) {
        if let Self::Sqlite(db) = self {
            db.gauge.reserve(bytes);
        }
    }

    /// How much room the disk has; `None` where it cannot be known, or the database is on another machine.
    #[must_use]
    pub fn space(&self) -> Option<Space> {
        match self {
            Self::Sqlite(db) => db.gauge.look(),
            Self::Postgres(_) => None,
        }
    }

    /// Asks this for the free bytes instead of the disk.
    pub fn ask_for_space(&self, free: FreeBytes) {
        if let Self::Sqlite(db) = self {
            db.gauge.ask(free);
        }
    }

    /// Whether units wait for the one writer now: whoever comes has time until their turn. Never on PostgreSQL, where
    /// nobody waits for anybody.
    #[must_use]
    pub fn is_waited_for(&self) -> bool {
        match self {
            Self::Sqlite(db) => db.is_waited_for(),
            Self::Postgres(_) => false,
        }
    }

    /// How many units of one piece of work are good to have on their way at once: on SQLite they share a commit; on
    /// PostgreSQL each takes a connection, and half of those are left to who answers.
    #[must_use]
    pub fn abreast(&self) -> usize {
        match self {
            Self::Sqlite(_) => 16,
            Self::Postgres(db) => db.connections().div_ceil(2),
        }
    }

    /// `sqlite` or `postgres`.
    #[must_use]
    pub const fn engine(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }
}

/// The file of `sqlite:FILE`; `None` for another database. (What some write behind a `?` is left out.)
#[must_use]
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    Some(PathBuf::from(rest.trim_start_matches("//").split('?').next().unwrap_or_default()))
}
