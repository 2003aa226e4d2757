//! What can go wrong with the database, in the words that callers act on.

use sqlx::error::ErrorKind;

/// A failed database operation. Names the statement, never its values.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Someone else saved first. `Db::write` repeats the unit on its own.
    #[error("the row changed meanwhile ({0})")]
    Stale(&'static str),
    /// PostgreSQL asks for the transaction to be repeated (40001, 40P01).
    #[error("the transaction must be repeated")]
    Serialization,
    /// A unique, check or foreign key rule was broken.
    #[error("a rule of the database was broken by: {0}")]
    Rule(&'static str),
    /// The database cannot be reached, is full or shutting down: nothing was recorded.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The disk or the file below SQLite failed: what it says can no longer be trusted. The process ends.
    #[error("the database file cannot be trusted any more: {0}")]
    Broken(String),
    /// The connection was lost while committing: it may or may not be recorded.
    #[error("the connection was lost while committing")]
    Unsure,
    /// A row that should not be possible.
    #[error("unexpected data in column {column}: {why}")]
    Data { column: &'static str, why: String },
    /// Placeholders and values do not match: a defect in this program.
    #[error("{placeholders} placeholders but {binds} values in: {sql}")]
    Binds { placeholders: usize, binds: usize, sql: &'static str },
    /// Anything else, with the statement.
    #[error("{why} in: {sql}")]
    Other { sql: &'static str, why: String },
}

impl StoreError {
    /// The same unit may succeed when it is run again at once.
    #[must_use]
    pub const fn is_repeatable(&self) -> bool {
        match self {
            Self::Stale(_) | Self::Serialization => true,
            Self::Rule(_)
            | Self::Unavailable(_)
            | Self::Broken(_)
            | Self::Unsure
            | Self::Data { .. }
            | Self::Binds { .. }
            | Self::Other { .. } => false,
        }
    }

    pub(super) fn of(sql: &'static str, error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(db) => Self::of_database(sql, db.as_ref()),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error.to_string()),
            _ => Self::Other { sql, why: error.to_string() },
        }
    }

    fn of_database(sql: &'static str, db: &dyn sqlx::error::DatabaseError) -> Self {
        let code = db.code().unwrap_or_default().into_owned();
        match code.as_str() {
            "40001" | "40P01" => return Self::Serialization,
            // Shutting down, too many connections, disk full.
            "57P01" | "57P02" | "57P03" | "53300" | "53100" => {
                return Self::Unavailable(db.message().to_owned());
            }
            _ => {}
        }
        match db.kind() {
            ErrorKind::UniqueViolation
            | ErrorKind::ForeignKeyViolation
            | ErrorKind::CheckViolation
            | ErrorKind::NotNullViolation
            | ErrorKind::ExclusionViolation => Self::Rule(sql),
            _ => Self::Other { sql, why: db.message().to_owned() },
        }
    }

    /// An SQLite file that cannot be opened.
    pub(super) fn of_opening(error: &rusqlite::Error) -> Self {
        match Self::of_sqlite("open database", error) {
            Self::Other { why, .. } => Self::Unavailable(why),
            other => other,
        }
    }

    pub(super) fn of_sqlite(sql: &'static str, error: &rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(failure, message) = error else {
            return Self::Other { sql, why: error.to_string() };
        };
        let code = u32::try_from(failure.extended_code).unwrap_or_default();
        let message = message.clone().unwrap_or_else(|| failure.to_string());
        match sqlite_fault(code) {
            Some(Fault::Passing) => Self::Unavailable(message),
            Some(Fault::Lasting) => Self::Broken(format!("{message} (code {code})")),
            None if is_rule(code) => Self::Rule(sql),
            None => Self::Other { sql, why: message },
        }
    }
}

/// Faults of SQLite that are not about the statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// Full, busy, cannot be opened: nothing was recorded, and it may work again by itself.
    Passing,
    /// The disk or the file is damaged. After a failed fsync the kernel may have dropped the pages, so that
    /// a second one would succeed without them.
    Lasting,
}

/// What an extended result code means (<https://sqlite.org/rescode.html>): the primary one is its low byte.
fn sqlite_fault(code: u32) -> Option<Fault> {
    match (code & 0xff, code) {
        // Busy, no memory, full, cannot open. Of the I/O errors: no memory, and what is about locks or the
        // shared index rather than the data; a full disk shows as one of them when that cannot grow (4874).
        (5 | 7 | 13 | 14, _) | (10, 2058 | 2314 | 3082 | 3338 | 3594 | 3850 | 4618 | 4874 | 5386) => {
            Some(Fault::Passing)
        }
        // I/O error, corrupt, not a database.
        (10 | 11 | 26, _) => Some(Fault::Lasting),
        _ => None,
    }
}

/// A unique, primary key, row id, foreign key, check or NOT NULL rule.
const fn is_rule(code: u32) -> bool {
    matches!(code, 2067 | 1555 | 2579 | 787 | 275 | 1299)
}

/// An error of a unit of work: a store error, or the caller's own reason to roll back.
pub trait UnitError: From<StoreError> + Send + 'static {
    /// The store error inside, if that is what it is.
    fn store(&self) -> Option<&StoreError>;
}

impl UnitError for StoreError {
    fn store(&self) -> Option<&StoreError> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, sqlite_fault};

    #[test]
    fn a_failed_sync_is_for_ever_and_a_full_disk_is_not() {
        // IOERR_FSYNC, IOERR_WRITE, IOERR_READ, CORRUPT, CORRUPT_INDEX, NOTADB.
        for code in [1034, 778, 266, 11, 779, 26] {
            assert_eq!(sqlite_fault(code), Some(Fault::Lasting), "{code}");
        }
        // FULL, BUSY, BUSY_SNAPSHOT, CANTOPEN, IOERR_SHMSIZE, IOERR_NOMEM.
        for code in [13, 5, 517, 14, 4874, 3082] {
            assert_eq!(sqlite_fault(code), Some(Fault::Passing), "{code}");
        }
        // CONSTRAINT_UNIQUE, ERROR.
        for code in [2067, 1, 23505] {
            assert_eq!(sqlite_fault(code), None, "{code}");
        }
    }
}
