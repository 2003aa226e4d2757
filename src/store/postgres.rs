//! PostgreSQL: each unit in a transaction of its own, repeated when the database asks for it, and looked for
//! when the connection was lost while committing.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use uuid::Uuid;

use super::error::{StoreError, UnitError};
use super::tx::{Conn, Tx};
use super::{BoxUnit, Unit, unit_tokens};

/// How often a unit is repeated after a stale row, a deadlock or a serialisation failure.
const REPEATS: u32 = 12;

/// How often it is tried to find out whether a unit was committed, and how long a try may take. A server that
/// starts again is there within seconds.
const LOOKS: u32 = 40;
const LOOK: Duration = Duration::from_secs(5);
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

#[derive(Clone)]
pub struct PostgresDb {
    pool: PgPool,
    /// Whether the table of tokens is there; the first migrations run without it.
    leaves_tokens: Arc<AtomicBool>,
}

impl PostgresDb {
    pub(super) async fn open(options: PgConnectOptions, connections: u32) -> Result<Self, StoreError> {
        // Ours are told by `Query`.
        let options =
            options.statement_cache_capacity(256).application_name("twoyes").disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options)
            .await
            .map_err(|error| StoreError::of("connect", &error))?;
        Ok(Self { pool, leaves_tokens: Arc::default() })
    }

    /// How many connections it opens at most.
    pub(super) fn connections(&self) -> usize {
        usize::try_from(self.pool.options().get_max_connections()).unwrap_or(usize::MAX)
    }

    pub(super) fn options(&self) -> PgConnectOptions {
        (*self.pool.connect_options()).clone()
    }

    pub(super) async fn reader(&self) -> Result<Tx, StoreError> {
        let conn = self.pool.acquire().await.map_err(|error| StoreError::of("acquire", &error))?;
        Ok(Tx::new(Conn::Postgres(conn)))
    }

    /// Runs the unit until it is committed or fails for good.
    pub(super) async fn write<T, E: UnitError>(&self, unit: BoxUnit<T, E>) -> Result<T, E>
    where
        T: Send + 'static,
    {
        let mut attempt = 0;
        loop {
            attempt += 1;
            match self.write_once(&*unit).await {
                Err(error) if attempt < REPEATS && error.store().is_some_and(StoreError::is_repeatable) => {
                    // Uneven waits, so that two that collided do not collide again.
                    let wait = u64::from(attempt) * 3 + u64::from(std::process::id() % 7);
                    tokio::time::sleep(Duration::from_millis(wait)).await;
                }
                ended => return ended,
            }
        }
    }

    async fn write_once<T, E: UnitError>(&self, unit: &Unit<T, E>) -> Result<T, E>
    where
        T: Send + 'static,
    {
        let mut tx = self.reader().await?;
        let token = match self.begin(&mut tx).await {
            Ok(token) => token,
            Err(error) => {
                tx.discard().await;
                return Err(error.into());
            }
        };
        // Without this a panic would put a connection with an open transaction back into the pool, and
        // the next unit would commit the half that was done.
        let Ok(ended) = AssertUnwindSafe(unit(&mut tx)).catch_unwind().await else {
            tracing::error!("a unit of work panicked and was rolled back");
            tx.discard().await;
            return Err(StoreError::Unavailable("the unit of work panicked".into()).into());
        };
        match (ended, tx.failed) {
            // The database has given the transaction up and would answer COMMIT with a silent ROLLBACK.
            (Ok(_), Some(sql)) => {
                tx.discard().await;
                Err(StoreError::Other { sql, why: "the unit went on after a failed statement".into() }.into())
            }
            (Ok(value), None) => match tx.command("COMMIT").await {
                Ok(()) => Ok(value),
                Err(error) => {
                    tx.discard().await;
                    // A refused commit is known to be nothing; a lost connection is not.
                    let StoreError::Unavailable(_) = error else { return Err(error.into()) };
                    self.find_out(token).await?;
                    Ok(value)
                }
            },
            (Err(error), _) => {
                if tx.command("ROLLBACK").await.is_err() {
                    tx.discard().await;
                }
                Err(error)
            }
        }
    }

    /// Begins a transaction; returns the token that it leaves.
    async fn begin(&self, tx: &mut Tx) -> Result<Option<Uuid>, StoreError> {
        if !self.leaves_tokens.load(Ordering::Relaxed) {
            let sql = "SELECT to_regclass('unit_token') IS NOT NULL AS there";
            let there = tx.q(sql).one().await?.map_or(Ok(false), |row| row.get("there"))?;
            if !there {
                tx.command("BEGIN").await?;
                return Ok(None);
            }
            self.leaves_tokens.store(true, Ordering::Relaxed);
        }
        let row = tx.commands(unit_tokens::BEGIN).await?;
        row.map(|row| row.get("token")).transpose()
    }

    /// The connection was lost while a unit was committed.
    ///
    /// # Errors
    /// `Serialization` when it was not: it can be repeated. `Unsure` when the server does not tell in time.
    async fn find_out(&self, token: Option<Uuid>) -> Result<(), StoreError> {
        let token = token.ok_or(StoreError::Unsure)?;
        for _ in 0..LOOKS {
            tokio::time::sleep(BETWEEN_LOOKS).await;
            let Ok(mut tx) = self.reader().await else { continue };
            let looked = tokio::time::timeout(LOOK, unit_tokens::was_committed(&mut tx, token)).await;
            match looked {
                Ok(Ok(committed)) => {
                    tracing::warn!(committed, "the connection was lost while committing; it was found out");
                    return if committed { Ok(()) } else { Err(StoreError::Serialization) };
                }
                // What it waits for belongs to this connection.
                Ok(Err(_)) | Err(_) => tx.discard().await,
            }
        }
        tracing::error!("the connection was lost while committing, and the server does not tell");
        Err(StoreError::Unsure)
    }
}
