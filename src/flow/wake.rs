//! The bell: a mail was queued or a time was set, so that nobody has to poll for it.

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// Rung by flows, heard by the worker of this process, and carried to the other processes on the same database.
#[derive(Debug, Default)]
pub struct Wake {
    here: Notify,
    elsewhere: Notify,
}

impl Wake {
    /// There is something to do, for whoever has room.
    pub fn ring(&self) {
        self.here.notify_waiters();
        // Many rings before the next carrying are one.
        self.elsewhere.notify_one();
    }

    /// Another process rang; it is not told on.
    pub fn ring_here(&self) {
        self.here.notify_waiters();
    }

    /// The next ring. It counts from when the future is enabled.
    pub fn rung(&self) -> Notified<'_> {
        self.here.notified()
    }

    /// Rings of this process that nobody elsewhere knows of yet.
    pub async fn to_carry(&self) {
        self.elsewhere.notified().await;
    }
}
