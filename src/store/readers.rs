//! The readers of an SQLite file: a few connections that are lent out, one caller each.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex as Shelf, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use super::error::StoreError;
use super::sqlite_conn::{self, Access, SqliteConn};

/// How long a caller waits for one that others have.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a statement waits for a lock. With a log of changes readers wait for nobody, but for a file that is
/// being opened or recovered.
const BUSY: Duration = Duration::from_secs(5);

/// They are opened as they are needed and stay open. A caller runs its statements on its own thread, as the writer
/// does: most of them take less time than handing them to another one.
pub(super) struct Readers {
    file: PathBuf,
    /// In the order in which they were opened; the first that is free is lent, and its cache is warm.
    open: Shelf<Vec<Arc<Mutex<SqliteConn>>>>,
    places: Arc<Semaphore>,
}

/// One that was lent. Dropping it gives it back.
pub(super) struct Lent {
    conn: OwnedMutexGuard<SqliteConn>,
    // Given up after the connection: who gets the place finds one that is free.
    _place: OwnedSemaphorePermit,
}

impl Readers {
    /// Of a file that is there; `most` of them at once. Opens the first, which shows that the file can be read.
    pub(super) fn open(file: &Path, most: u32) -> Result<Self, StoreError> {
        let places = usize::try_from(most.max(1)).unwrap_or(1);
        let readers =
            Self { file: file.to_owned(), open: Shelf::default(), places: Arc::new(Semaphore::new(places)) };
        readers.one()?;
        Ok(readers)
    }

    /// Lends one, when one is free.
    ///
    /// # Errors
    /// `Unavailable` after half a minute, or when the file cannot be opened now; `Broken` as anywhere.
    pub(super) async fn lend(&self) -> Result<Lent, StoreError> {
        let place = tokio::time::timeout(PATIENCE, Arc::clone(&self.places).acquire_owned()).await;
        let Ok(Ok(place)) = place else {
            return Err(StoreError::Unavailable("every connection for reading is taken".into()));
        };
        Ok(Lent { conn: self.one()?, _place: place })
    }

    fn one(&self) -> Result<OwnedMutexGuard<SqliteConn>, StoreError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(free) = open.iter().find_map(|conn| Arc::clone(conn).try_lock_owned().ok()) {
            return Ok(free);
        }
        let conn = sqlite_conn::open(&self.file, Access::Read, BUSY);
        let conn = conn.map_err(|error| StoreError::of_opening(&error))?;
        let conn = Arc::new(Mutex::new(conn));
        open.push(Arc::clone(&conn));
        conn.try_lock_owned().map_err(|error| StoreError::Unavailable(error.to_string()))
    }
}

impl std::ops::Deref for Lent {
    type Target = SqliteConn;

    fn deref(&self) -> &SqliteConn {
        &self.conn
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Readers;
    use crate::store::sqlite_conn::{self, Access};

    #[tokio::test]
    async fn what_is_given_back_is_lent_again_and_no_more_than_so_many_are_open() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("twoyes.db");
        drop(sqlite_conn::open(&file, Access::Make, Duration::ZERO).unwrap());
        let readers = Readers::open(&file, 2).unwrap();
        let first = readers.lend().await.unwrap();
        let second = readers.lend().await.unwrap();
        let third = tokio::time::timeout(Duration::from_millis(50), readers.lend()).await;
        assert!(third.is_err(), "a third was lent");
        drop(first);
        let third = readers.lend().await.unwrap();
        assert_eq!(readers.open.lock().unwrap().len(), 2);
        drop((second, third));
        assert_eq!(readers.places.available_permits(), 2);
    }

    #[test]
    fn a_file_that_is_not_there_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("twoyes.db");
        let error = Readers::open(&file, 2).err().unwrap();
        assert!(error.to_string().contains("unable to open"), "{error}");
        assert!(!file.exists());
    }
}
