//! A small query builder: one SQL text, `$1` placeholders, both engines.
//!
//! `tx.q("SELECT name FROM contact WHERE id = $1").bind(id).one().await?`. It counts placeholders
//! (SQLite reads a missing value as NULL, silently) and refuses a NULL in a column that is not read as
//! an `Option`.

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments, Decode, Encode, Postgres, Row as _, Type, ValueRef};

use super::error::StoreError;
use super::placeholders::Placeholders;
use super::sqlite_conn::{Give, SqliteRow, Take};
use super::tx::{Conn, Tx};

/// A value both engines can take.
pub trait Bind: for<'q> Encode<'q, Postgres> + Type<Postgres> + Give + Send {}

impl<T> Bind for T where T: for<'q> Encode<'q, Postgres> + Type<Postgres> + Give + Send {}

/// A value both engines can give.
pub trait Column: for<'r> Decode<'r, Postgres> + Type<Postgres> + Take {}

impl<T> Column for T where T: for<'r> Decode<'r, Postgres> + Type<Postgres> + Take {}

enum Args {
    Sqlite(Vec<rusqlite::types::Value>),
    Postgres(PgArguments),
}

/// A statement being built.
pub struct Query<'t> {
    tx: &'t mut Tx,
    sql: &'static str,
    args: Args,
    binds: usize,
    fault: Option<String>,
}

impl Tx {
    /// A statement whose text is the same on both engines.
    pub fn q(&mut self, sql: &'static str) -> Query<'_> {
        let args = match self.conn {
            Conn::Writer(_) | Conn::Reader(_) => Args::Sqlite(Vec::new()),
            Conn::Postgres(_) => Args::Postgres(PgArguments::default()),
        };
        Query { tx: self, sql, args, binds: 0, fault: None }
    }

    /// A statement for PostgreSQL alone, where SQLite goes another way.
    pub(super) fn q_postgres(&mut self, sql: &'static str) -> Query<'_> {
        self.q(sql)
    }

    /// For the few statements that truly differ.
    pub fn q2(&mut self, sqlite: &'static str, postgres: &'static str) -> Query<'_> {
        match self.conn {
            Conn::Writer(_) | Conn::Reader(_) => self.q(sqlite),
            Conn::Postgres(_) => self.q(postgres),
        }
    }
}

impl Query<'_> {
    /// The value of the next placeholder.
    #[must_use]
    pub fn bind<T: Bind>(mut self, value: T) -> Self {
        let added = match &mut self.args {
            Args::Sqlite(args) => {
                args.push(value.give());
                Ok(())
            }
            Args::Postgres(args) => args.add(value),
        };
        if let Err(error) = added {
            self.fault = Some(error.to_string());
        }
        self.binds += 1;
        self
    }

    /// All rows. Only for results that are bounded by a LIMIT or by their nature.
    pub async fn all(self) -> Result<Vec<Row>, StoreError> {
        self.check()?;
        let Self { tx, sql, args, .. } = self;
        match args {
            Args::Sqlite(args) => {
                let rows = tx.sqlite(sql)?.all(sql, &args);
                rows.map(|rows| rows.into_iter().map(Row::Sqlite).collect())
                    .map_err(|error| tx.sqlite_fault(sql, &error))
            }
            Args::Postgres(args) => {
                let rows = sqlx::query_with(sql, args).fetch_all(tx.postgres(sql)?).await;
                rows.map(|rows| rows.into_iter().map(Row::Postgres).collect())
                    .map_err(|error| tx.fault(sql, &error))
            }
        }
    }

    /// The first row, if there is one.
    pub async fn one(self) -> Result<Option<Row>, StoreError> {
        Ok(self.all().await?.into_iter().next())
    }

    /// Runs it; the number of rows that changed.
    pub async fn run(self) -> Result<u64, StoreError> {
        self.check()?;
        let Self { tx, sql, args, .. } = self;
        match args {
            Args::Sqlite(args) => {
                tx.sqlite(sql)?.run(sql, &args).map_err(|error| tx.sqlite_fault(sql, &error))
            }
            Args::Postgres(args) => {
                let done = sqlx::query_with(sql, args).execute(tx.postgres(sql)?).await;
                done.map(|done| done.rows_affected()).map_err(|error| tx.fault(sql, &error))
            }
        }
    }

    /// Runs it and insists that exactly one row changed.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it was none (or several).
    pub async fn exactly_one(self) -> Result<(), StoreError> {
        let sql = self.sql;
        if self.run().await? == 1 { Ok(()) } else { Err(StoreError::Stale(sql)) }
    }

    /// Inserts one row; the number that it got. PostgreSQL returns it in this column, SQLite tells it anyway: for whatever
    /// is returned there, a table is made and thrown away (docs/adr/0031).
    pub async fn number(self, column: &'static str) -> Result<i64, StoreError> {
        self.check()?;
        let Self { tx, sql, args, .. } = self;
        match args {
            Args::Sqlite(args) => {
                let conn = tx.sqlite(sql)?;
                let inserted = conn.run(sql, &args).map(|_| conn.last_number());
                inserted.map_err(|error| tx.sqlite_fault(sql, &error))
            }
            Args::Postgres(args) => {
                let row = sqlx::query_with(sql, args).fetch_one(tx.postgres(sql)?).await;
                Row::Postgres(row.map_err(|error| tx.fault(sql, &error))?).get(column)
            }
        }
    }

    fn check(&self) -> Result<(), StoreError> {
        let placeholders = match self.args {
            Args::Sqlite(_) => self.tx.sqlite(self.sql)?.placeholders(self.sql),
            Args::Postgres(_) => Placeholders::of(self.sql).highest(),
        };
        if placeholders != self.binds {
            return Err(StoreError::Binds { placeholders, binds: self.binds, sql: self.sql });
        }
        // The text alone: what was bound to it is about people.
        tracing::trace!(db.statement = self.sql, "a statement");
        match &self.fault {
            Some(why) => Err(StoreError::Other { sql: self.sql, why: why.clone() }),
            None => Ok(()),
        }
    }
}

/// Several values in one placeholder, as JSON: `json_each` reads it in SQLite, `jsonb_array_elements` in PostgreSQL.
/// One statement for many rows: each is a round trip to the server.
pub(super) fn as_json<T: serde::Serialize + ?Sized>(
    column: &'static str,
    values: &T,
) -> Result<String, StoreError> {
    serde_json::to_string(values).map_err(|error| StoreError::Data { column, why: error.to_string() })
}

/// One row of a result.
pub enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    /// A column that is never NULL.
    pub fn get<T: Column>(&self, column: &'static str) -> Result<T, StoreError> {
        self.opt(column)?.ok_or_else(|| StoreError::Data { column, why: "NULL where a value must be".into() })
    }

    /// A column that may be NULL.
    pub fn opt<T: Column>(&self, column: &'static str) -> Result<Option<T>, StoreError> {
        let value = match self {
            Self::Sqlite(row) => return row.take(column).map_err(|why| StoreError::Data { column, why }),
            Self::Postgres(row) => match row.try_get_raw(column) {
                Ok(raw) if raw.is_null() => return Ok(None),
                Ok(_) => row.try_get::<T, _>(column),
                Err(error) => Err(error),
            },
        };
        value.map(Some).map_err(|error| StoreError::Data { column, why: error.to_string() })
    }

    /// A word of one of our enums.
    pub fn word<T>(&self, column: &'static str, parse: fn(&str) -> Option<T>) -> Result<T, StoreError> {
        let text: String = self.get(column)?;
        parse(&text)
            .ok_or_else(|| StoreError::Data { column, why: "a word this version does not know".into() })
    }

    /// A word of one of our enums, or NULL.
    pub fn opt_word<T>(
        &self,
        column: &'static str,
        parse: fn(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        let Some(text) = self.opt::<String>(column)? else {
            return Ok(None);
        };
        let value = parse(&text);
        value
            .map(Some)
            .ok_or_else(|| StoreError::Data { column, why: "a word this version does not know".into() })
    }

    /// `N` bytes.
    pub fn bytes<const N: usize>(&self, column: &'static str) -> Result<[u8; N], StoreError> {
        let bytes: Vec<u8> = self.get(column)?;
        bytes.try_into().map_err(|_| StoreError::Data { column, why: format!("not {N} bytes") })
    }
}
