//! A connection inside a unit of work (or a reader).

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres};

use super::error::StoreError;
use super::query::Row;
use super::readers::Lent;
use super::sick::Sick;
use super::sqlite_conn::SqliteConn;

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
    Writer(Box<SqliteConn>),
    /// A reader of it.
    Reader(Lent),
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

    /// The same on SQLite, where a statement that failed spoils nothing but itself.
    pub(super) fn sqlite_fault(&self, sql: &'static str, error: &rusqlite::Error) -> StoreError {
        self.noted(StoreError::of_sqlite(sql, error))
    }

    pub(super) fn sqlite(&self, sql: &'static str) -> Result<&SqliteConn, StoreError> {
        match &self.conn {
            Conn::Writer(conn) => Ok(conn),
            Conn::Reader(conn) => Ok(conn),
            Conn::Postgres(_) => Err(other_engine(sql)),
        }
    }

    pub(super) fn postgres(&mut self, sql: &'static str) -> Result<&mut PgConnection, StoreError> {
        match &mut self.conn {
            Conn::Postgres(conn) => Ok(conn),
            Conn::Writer(_) | Conn::Reader(_) => Err(other_engine(sql)),
        }
    }

    fn noted(&self, fault: StoreError) -> StoreError {
        if let (StoreError::Broken(why), Some(sick)) = (&fault, &self.sick) {
            sick.tell(why);
        }
        fault
    }

    /// Runs one fixed command without values: BEGIN, COMMIT, SAVEPOINT.
    pub(super) async fn command(&mut self, sql: &'static str) -> Result<(), StoreError> {
        if let Conn::Postgres(_) = &self.conn {
            return self.script(sql).await;
        }
        self.sqlite(sql)?.command(sql).map_err(|error| self.sqlite_fault(sql, &error))
    }

    /// Runs fixed commands, one after the other: a migration.
    pub(super) async fn script(&mut self, sql: &'static str) -> Result<(), StoreError> {
        if let Conn::Postgres(conn) = &mut self.conn {
            let done = sqlx::raw_sql(sql).execute(&mut **conn).await;
            return done.map(|_| ()).map_err(|error| self.fault(sql, &error));
        }
        self.sqlite(sql)?.script(sql).map_err(|error| self.sqlite_fault(sql, &error))
    }

    /// Runs fixed commands in one round trip (PostgreSQL); the first row of what they return.
    pub(super) async fn commands(&mut self, sql: &'static str) -> Result<Option<Row>, StoreError> {
        let row = sqlx::raw_sql(sql).fetch_optional(self.postgres(sql)?).await;
        row.map(|row| row.map(Row::Postgres)).map_err(|error| self.fault(sql, &error))
    }

    /// PostgreSQL. Others write at the same time, so what they must not change has to be locked. And each statement is a
    /// message to a server and one back: what can be said of several rows at once is. In SQLite lists of
    /// rows have to be read from text, and are put into tables of their own; there a plain statement for each costs less
    /// (docs/adr/0031).
    pub(super) const fn is_remote(&self) -> bool {
        matches!(self.conn, Conn::Postgres(_))
    }

    /// Two that are alike have nothing written between them. SQLite's writer only.
    pub(super) fn written(&self) -> (u64, u64) {
        if let Conn::Writer(conn) = &self.conn { conn.written() } else { (0, 0) }
    }

    /// # Errors
    /// When SQLite's writer is in no transaction any more: then nothing of it was kept.
    pub(super) fn must_be_open(&self) -> Result<(), StoreError> {
        match &self.conn {
            Conn::Writer(conn) if !conn.is_in_transaction() => {
                Err(StoreError::Unavailable("the transaction was rolled back".into()))
            }
            Conn::Writer(_) | Conn::Reader(_) | Conn::Postgres(_) => Ok(()),
        }
    }

    /// Closes the connection for good: after a failed commit nobody may use it again.
    pub(super) async fn discard(self) {
        match self.conn {
            Conn::Writer(conn) => drop(conn),
            // It keeps nothing between two statements.
            Conn::Reader(conn) => drop(conn),
            Conn::Postgres(conn) => drop(sqlx::Connection::close_hard(conn.detach()).await),
        }
    }
}

fn other_engine(sql: &'static str) -> StoreError {
    StoreError::Other { sql, why: "meant for the other engine".into() }
}
