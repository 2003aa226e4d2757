//! A unit of work on its way through SQLite's writer.

use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use super::error::{StoreError, UnitError};
use super::sqlite::{Job, SqliteDb};
use super::tx::Tx;

/// Has the writer run it; returns once it is committed, or nothing of it is kept.
pub(super) async fn write<T, E, F>(db: &SqliteDb, unit: F) -> Result<T, E>
where
    T: Send + 'static,
    E: UnitError,
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
{
    let (tell, told) = oneshot::channel();
    db.submit(Box::new(QueuedUnit { unit, ended: None, tell })).await?;
    match told.await {
        Ok(ended) => ended,
        Err(_) => Err(StoreError::Unavailable("nothing was recorded".into()).into()),
    }
}

/// A unit that waits for the writer, and who waits for it.
struct QueuedUnit<T, E, F> {
    unit: F,
    ended: Option<Result<T, E>>,
    tell: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for QueuedUnit<T, E, F>
where
    T: Send + 'static,
    E: UnitError,
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
{
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, bool> {
        // One that panics leaves nothing to tell.
        self.ended = None;
        Box::pin(async move {
            let ended = (self.unit)(tx).await;
            let keep = ended.is_ok();
            self.ended = Some(ended);
            keep
        })
    }

    fn tell(self: Box<Self>, committed: Result<(), StoreError>) {
        let ended = match (self.ended, committed) {
            (Some(Ok(_)), Err(error)) => Err(error.into()),
            (Some(ended), _) => ended,
            (None, _) => return,
        };
        // Nobody listens when the client hung up; the work is kept all the same.
        drop(self.tell.send(ended));
    }
}
