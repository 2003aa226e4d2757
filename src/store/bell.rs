//! Rings between the processes on one PostgreSQL (`LISTEN`, `NOTIFY`). SQLite has one process, which needs none.
//!
//! A ring is no promise: it is lost while a connection is, and a pooler between may swallow all of them. Whoever
//! listens polls as well.

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{Executor, Row};

use super::Db;
use super::error::StoreError;

const CHANNEL: &str = "twoyes_wake";
/// Never within a unit of work: PostgreSQL lets only one transaction that notifies commit at a time, which would
/// put all answers in one line.
const RING: &str = "NOTIFY twoyes_wake";
const OWN: &str = "SELECT pg_backend_pid()";

/// One process's bell, on a connection of its own.
pub struct Bell {
    listener: PgListener,
    /// The server's number for this connection, so that nobody wakes by their own ring.
    own: u32,
}

impl Db {
    /// The bell of this process; `None` where there is nobody else to hear it.
    pub async fn bell(&self) -> Result<Option<Bell>, StoreError> {
        let Self::Postgres(postgres) = self else { return Ok(None) };
        let bell = Bell::hang(postgres.options()).await;
        bell.map(Some).map_err(|error| StoreError::of("LISTEN", &error))
    }
}

impl Bell {
    async fn hang(options: PgConnectOptions) -> Result<Self, sqlx::Error> {
        // It listens as long as it lives, and is no use to anybody else.
        let pool = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
        let pool = pool.connect_with(options.application_name("twoyes-bell")).await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(CHANNEL).await?;
        let own = number(&mut listener).await?;
        Ok(Self { listener, own })
    }

    /// Rings for the other processes.
    pub async fn ring(&mut self) -> Result<(), StoreError> {
        let rung = self.listener.execute(RING).await;
        rung.map(drop).map_err(|error| StoreError::of(RING, &error))
    }

    /// Waits until another process rang, or may have: a lost connection counts as a ring.
    pub async fn rung(&mut self) -> Result<(), StoreError> {
        self.heard().await.map_err(|error| StoreError::of("LISTEN", &error))
    }

    async fn heard(&mut self) -> Result<(), sqlx::Error> {
        loop {
            match self.listener.try_recv().await? {
                Some(ring) if ring.process_id() == self.own => {}
                Some(_) => return Ok(()),
                None => {
                    self.own = number(&mut self.listener).await?;
                    return Ok(());
                }
            }
        }
    }
}

async fn number(listener: &mut PgListener) -> Result<u32, sqlx::Error> {
    let row = listener.fetch_one(OWN).await?;
    Ok(row.try_get::<i32, _>(0)?.unsigned_abs())
}
