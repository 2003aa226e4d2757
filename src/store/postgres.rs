//! PostgreSQL: each unit in a transaction of its own, repeated when the database asks for it.

use std::time::Duration;

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
            .connect_with(options.statement_cache_capacity(256))
            .await
            .map_err(|error| StoreError::of("connect", &error))?;
        Ok(Self { pool })
    }

    pub(super) async fn reader(&self) -> Result<Tx, StoreError> {
        let conn = self.pool.acquire().await.map_err(|error| StoreError::of("acquire", &error))?;
        Ok(Tx { conn: Conn::Postgres(conn) })
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
        let ended = unit(&mut tx).await;
        match ended {
            Ok(value) => match tx.command("COMMIT").await {
                Ok(()) => Ok(value),
                Err(error) => {
                    tx.discard().await;
                    // A refused commit is known to be nothing; a lost connection is not.
                    let unsure = matches!(error, StoreError::Unavailable(_));
                    Err(if unsure { StoreError::Unsure.into() } else { error.into() })
                }
            },
            Err(error) => {
                if tx.command("ROLLBACK").await.is_err() {
                    tx.discard().await;
                }
                Err(error)
            }
        }
    }
}
