//! A disk that failed: told once, by whoever meets it first, and never taken back.

use std::sync::Arc;

use tokio::sync::watch;

/// Shared by the writer and the readers of one SQLite file.
#[derive(Clone)]
pub(super) struct Sick(Arc<watch::Sender<Option<String>>>);

impl Sick {
    pub(super) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(None)))
    }

    pub(super) fn tell(&self, why: &str) {
        self.0.send_if_modified(|told| {
            let first = told.is_none();
            if first {
                tracing::error!(error.message = why, "the database file cannot be trusted any more");
                *told = Some(why.to_owned());
            }
            first
        });
    }

    pub(super) fn is_told(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Waits until it is told; gives the reason.
    pub(super) async fn told(&self) -> String {
        let mut told = self.0.subscribe();
        loop {
            // The guard must not live across an await.
            let why = told.borrow_and_update().clone();
            match why {
                Some(why) => return why,
                // The sender lives in `self`.
                None => drop(told.changed().await),
            }
        }
    }
}
