//! Deliveries that need no connection any more: their results are being written down. Others may use their places.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

#[derive(Default)]
pub(super) struct Recording {
    number: AtomicUsize,
    begun: Notify,
}

/// One that is being recorded, until this is dropped.
pub(super) struct Recorded<'r>(&'r Recording);

impl Recording {
    pub(super) fn begin(&self) -> Recorded<'_> {
        self.number.fetch_add(1, Ordering::Relaxed);
        self.begun.notify_one();
        Recorded(self)
    }

    pub(super) fn number(&self) -> usize {
        self.number.load(Ordering::Relaxed)
    }

    /// Returns once one more has begun.
    pub(super) async fn begun(&self) {
        self.begun.notified().await;
    }
}

impl Drop for Recorded<'_> {
    fn drop(&mut self) {
        self.0.number.fetch_sub(1, Ordering::Relaxed);
    }
}
