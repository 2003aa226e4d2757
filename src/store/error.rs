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
            // SQLite: full, I/O error, cannot open, busy. PostgreSQL: shutting down, too many, disk full.
            "13" | "10" | "14" | "5" | "517" | "57P01" | "57P02" | "57P03" | "53300" | "53100" => {
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
