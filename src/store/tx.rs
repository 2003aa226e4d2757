//! A connection inside a unit of work (or a reader).

use sqlx::pool::PoolConnection;
use sqlx::{Postgres, Sqlite};

use super::error::StoreError;
use super::query::Row;
use super::sick::Sick;

/// What store functions run on. Obtained from [`super::Db::write`] or [`super::Db::read`].
pub struct Tx {
    pub(super) conn: Conn,
    /// The statement that failed, on PostgreSQL: its transaction can only be rolled back then.
    pub(super) failed: Option<&'static str>,
    /// Where a broken file is told.
    sick: Option<Sick>,
}

pub(super) enum Conn {
    /// The one writer of an SQLite file.
    Writer(rusqlite::Connection),
    /// A reader.
    SqlitePooled(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl Tx {
    pub(super) const fn new(conn: Conn) -> Self {
        Self { conn, failed: None, sick: None }
    }

    /// Tells `sick` when the file turns out to be broken.
    pub(super) fn telling(self, sick: Sick) -> Self {
        Self { sick: Some(sick), ..self }
    }

    /// Names what went wrong, and remembers it where it spoils the transaction.
    pub(super) fn fault(&mut self, sql: &'static str, error: &sqlx::Error) -> StoreError {
        if let Conn::Postgres(_) = self.conn {
            self.failed = Some(sql);
        }
        self.noted(StoreError::of(sql, error))
    }

    /// The same for the writer of an SQLite file.
    pub(super) fn writer_fault(&self, sql: &'static str, error: &rusqlite::Error) -> StoreError {
        self.noted(StoreError::of_writer(sql, error))
    }

    fn noted(&self, fault: StoreError) -> StoreError {
        if let (StoreError::Broken(why), Some(sick)) = (&fault, &self.sick) {
            sick.tell(why);
        }
        fault
    }

    /// Runs a fixed command without values: BEGIN, COMMIT, PRAGMA, a migration.
    pub(super) async fn command(&mut self, sql: &'static str) -> Result<(), StoreError> {
        let done = match &mut self.conn {
            Conn::Writer(conn) => {
                let done = conn.execute_batch(sql);
                return done.map_err(|error| self.writer_fault(sql, &error));
            }
            Conn::SqlitePooled(conn) => sqlx::raw_sql(sql).execute(&mut **conn).await.map(|_| ()),
            Conn::Postgres(conn) => sqlx::raw_sql(sql).execute(&mut **conn).await.map(|_| ()),
        };
        done.map_err(|error| self.fault(sql, &error))
    }

    /// Runs fixed commands in one round trip (PostgreSQL); the first row of what they return.
    pub(super) async fn commands(&mut self, sql: &'static str) -> Result<Option<Row>, StoreError> {
        let Conn::Postgres(conn) = &mut self.conn else {
            return Err(StoreError::Other { sql, why: "commands of the other engine".into() });
        };
        let row = sqlx::raw_sql(sql).fetch_optional(&mut **conn).await;
        row.map(|row| row.map(Row::Postgres)).map_err(|error| self.fault(sql, &error))
    }

    /// Closes the connection for good: after a failed commit nobody may use it again.
    pub(super) async fn discard(self) {
        match self.conn {
            Conn::Writer(conn) => drop(conn),
            Conn::SqlitePooled(conn) => drop(sqlx::Connection::close_hard(conn.detach()).await),
            Conn::Postgres(conn) => drop(sqlx::Connection::close_hard(conn.detach()).await),
        }
    }
}
