//! PostgreSQL: each unit in a transaction of its own, repeated when the database asks for it.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use super::error::{StoreError, UnitError};
use super::tx::{Conn, Tx};
use super::{BoxUnit, Unit};

/// How often a unit is repeated after a stale row, a deadlock or a serialisation failure.
const REPEATS: u32 = 12;

#[derive(Clone)]
pub struct PostgresDb {
    pool: PgPool,
}

impl PostgresDb {
    pub(super) async fn open(options: PgConnectOptions, connections: u32) -> Result<Self, StoreError> {
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options.statement_cache_capacity(256).application_name("twoyes"))
            .await
            .map_err(|error| StoreError::of("connect", &error))?;
        Ok(Self { pool })
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
        if let Err(error) = tx.command("BEGIN").await {
            tx.discard().await;
            return Err(error.into());
        }
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
                    let unsure = matches!(error, StoreError::Unavailable(_));
                    Err(if unsure { StoreError::Unsure.into() } else { error.into() })
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
}
