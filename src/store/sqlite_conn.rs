//! A connection to an SQLite file: statements that run where they are called.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::c_int;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::hooks::Wal;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OpenFlags, Result, Rows, Statement};
use uuid::Uuid;

use super::placeholders::Placeholders;

/// Statements kept ready: about as many as there are.
const STATEMENTS: usize = 256;

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// The file is made when it is missing.
    Make,
    Write,
    Read,
}

/// Of one that writes. WAL and `synchronous=FULL`: what was committed survives a power cut. What does not fit into the
/// cache would lie in /var/tmp otherwise, with people's words in it; and what was deleted is overwritten. A log that one
/// great piece of work blew up gives its room back; it is copied by us alone ([`super::checkpoints`]). The cache is large
/// enough for what a group of answers touches: with SQLite's own two megabytes each commit reads pages again that it had.
const WRITING: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 12582912;
    PRAGMA cache_size = -8192;";

/// Of one that reads, with nothing of people in /var/tmp either.
const READING: &str = "PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;";

/// A connection, and what is known of the statements that were run on it.
pub(super) struct SqliteConn {
    conn: Connection,
    /// By where the text lies in this program: hashing some hundred letters for each run takes as long as many runs.
    known: RefCell<HashMap<(usize, usize), Arc<Known>>>,
    /// How many scripts were run.
    scripts: Cell<u64>,
}

/// What does not change from one run of a statement to the next.
struct Known {
    placeholders: Placeholders,
    columns: OnceLock<Arc<[String]>>,
}

thread_local! {
    /// How many pages the log had after the last commit of this thread: SQLite tells it to a function that has no place
    /// of its own.
    static LOG: Cell<u32> = const { Cell::new(0) };
}

/// Told by SQLite after each commit, in place of its own checkpoint.
#[expect(clippy::unnecessary_wraps, reason = "SQLite's hook may fail")]
fn remember(_: &Wal, pages: c_int) -> Result<()> {
    LOG.set(u32::try_from(pages).unwrap_or(0));
    Ok(())
}

/// How many pages the log had after the last commit of this thread.
pub(super) fn pages_in_log() -> u32 {
    LOG.get()
}

/// Opens the file. Its statements wait so long for others.
pub(super) fn open(file: &Path, access: Access, patience: Duration) -> Result<SqliteConn> {
    // Readers share the index of the log, which is written to.
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    flags.set(OpenFlags::SQLITE_OPEN_CREATE, access == Access::Make);
    let conn = Connection::open_with_flags(file, flags)?;
    conn.busy_timeout(patience)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    // Else a statement whose values could decide which partial index fits is planned anew at each run.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.execute_batch(if access == Access::Read { READING } else { WRITING })?;
    conn.wal_hook(Some(remember));
    Ok(SqliteConn { conn, known: RefCell::default(), scripts: Cell::new(0) })
}

impl SqliteConn {
    /// Copies the log into the file and cuts it to nothing. `true` when somebody was in the way.
    pub(super) fn empty_log(&self) -> Result<bool> {
        let row = self.conn.query_row(super::checkpoints::EMPTY, [], |row| row.get::<_, i64>("busy"));
        row.map(|busy| busy != 0)
    }

    /// Copies of the log what nobody is in the way of; how many of its pages are in the file now. `None` while somebody
    /// else does it.
    pub(super) fn copy_log(&self) -> Result<Option<u32>> {
        let copied = |row: &rusqlite::Row<'_>| row.get::<_, i64>("checkpointed");
        self.conn.query_row(super::checkpoints::COPY, [], copied).map(|pages| u32::try_from(pages).ok())
    }

    /// How many values a statement takes.
    pub(super) fn placeholders(&self, sql: &'static str) -> usize {
        self.known(sql).placeholders.highest()
    }

    /// All rows of a statement.
    pub(super) fn all(&self, sql: &'static str, args: &[Value]) -> Result<Vec<SqliteRow>> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let known = self.known(sql);
        let columns = known.columns_of(&statement);
        known.bind(&mut statement, args)?;
        let (mut all, mut rows) = (Vec::new(), statement.raw_query());
        while let Some(row) = rows.next()? {
            let values = (0..columns.len()).map(|at| row.get::<_, Value>(at));
            all.push(SqliteRow { columns: Arc::clone(&columns), values: values.collect::<Result<_>>()? });
        }
        Ok(all)
    }

    /// Runs a statement to its end; how many rows it changed.
    pub(super) fn run(&self, sql: &'static str, args: &[Value]) -> Result<u64> {
        let mut statement = self.conn.prepare_cached(sql)?;
        self.known(sql).bind(&mut statement, args)?;
        exhaust(statement.raw_query())?;
        Ok(if statement.readonly() { 0 } else { self.conn.changes() })
    }

    /// The number of the row that was inserted last.
    pub(super) fn last_number(&self) -> i64 {
        self.conn.last_insert_rowid()
    }

    /// Runs one command that is run for each unit.
    pub(super) fn command(&self, sql: &'static str) -> Result<()> {
        exhaust(self.conn.prepare_cached(sql)?.raw_query())
    }

    /// Runs several commands, as a migration has them.
    pub(super) fn script(&self, sql: &'static str) -> Result<()> {
        self.scripts.set(self.scripts.get() + 1);
        self.conn.execute_batch(sql)
    }

    /// How many rows were changed so far, and how many scripts run, which may change more than rows.
    pub(super) fn written(&self) -> (u64, u64) {
        (self.conn.total_changes(), self.scripts.get())
    }

    pub(super) fn is_in_transaction(&self) -> bool {
        !self.conn.is_autocommit()
    }

    fn known(&self, sql: &'static str) -> Arc<Known> {
        let place = (sql.as_ptr().addr(), sql.len());
        let mut known = self.known.borrow_mut();
        let known = known.entry(place).or_insert_with(|| {
            Arc::new(Known { placeholders: Placeholders::of(sql), columns: OnceLock::new() })
        });
        Arc::clone(known)
    }
}

impl Known {
    /// Their names.
    fn columns_of(&self, statement: &Statement<'_>) -> Arc<[String]> {
        let names = || statement.column_names().into_iter().map(str::to_owned).collect();
        let columns = self.columns.get_or_init(names);
        // `*` stands for more of them after a migration.
        if columns.len() == statement.column_count() { Arc::clone(columns) } else { names() }
    }

    fn bind(&self, statement: &mut Statement<'_>, args: &[Value]) -> Result<()> {
        for (at, nth) in self.placeholders.in_order().enumerate() {
            if let Some(value) = args.get(nth - 1) {
                statement.raw_bind_parameter(at + 1, value)?;
            }
        }
        Ok(())
    }
}

fn exhaust(mut rows: Rows<'_>) -> Result<()> {
    while rows.next()?.is_some() {}
    Ok(())
}

/// A row, taken out of the statement.
pub struct SqliteRow {
    columns: Arc<[String]>,
    values: Vec<Value>,
}

impl SqliteRow {
    /// The value of a column; `None` where it is NULL.
    pub(super) fn take<T: Take>(&self, column: &str) -> std::result::Result<Option<T>, String> {
        let at = self.columns.iter().position(|name| name == column);
        let value = at.and_then(|at| self.values.get(at)).ok_or_else(|| "no such column".to_owned())?;
        if *value == Value::Null {
            return Ok(None);
        }
        let unfit = || format!("{:?} where another type must be", ValueRef::from(value).data_type());
        T::take(value).map(Some).ok_or_else(unfit)
    }
}

/// How a value of ours lies in SQLite.
pub trait Give {
    fn give(self) -> Value;
}

/// How it is read again; `None` where another type lies there.
pub trait Take: Sized {
    fn take(value: &Value) -> Option<Self>;
}

impl Give for i64 {
    fn give(self) -> Value {
        Value::Integer(self)
    }
}

impl Take for i64 {
    fn take(value: &Value) -> Option<Self> {
        if let Value::Integer(number) = value { Some(*number) } else { None }
    }
}

impl Give for bool {
    fn give(self) -> Value {
        Value::Integer(self.into())
    }
}

impl Take for bool {
    fn take(value: &Value) -> Option<Self> {
        i64::take(value).map(|number| number != 0)
    }
}

impl Give for String {
    fn give(self) -> Value {
        Value::Text(self)
    }
}

impl Take for String {
    fn take(value: &Value) -> Option<Self> {
        if let Value::Text(text) = value { Some(text.clone()) } else { None }
    }
}

impl Give for &str {
    fn give(self) -> Value {
        Value::Text(self.to_owned())
    }
}

impl Give for Vec<u8> {
    fn give(self) -> Value {
        Value::Blob(self)
    }
}

impl Take for Vec<u8> {
    fn take(value: &Value) -> Option<Self> {
        if let Value::Blob(bytes) = value { Some(bytes.clone()) } else { None }
    }
}

impl Give for Uuid {
    fn give(self) -> Value {
        Value::Blob(self.as_bytes().to_vec())
    }
}

impl Take for Uuid {
    fn take(value: &Value) -> Option<Self> {
        if let Value::Blob(bytes) = value { Self::from_slice(bytes).ok() } else { None }
    }
}

impl<T: Give> Give for Option<T> {
    fn give(self) -> Value {
        self.map_or(Value::Null, Give::give)
    }
}
