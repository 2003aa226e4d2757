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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Recording;

    #[tokio::test]
    async fn a_place_is_free_from_the_first_word_of_it_until_the_result_is_written() {
        let recording = Recording::default();
        let (one, other) = (recording.begin(), recording.begin());
        recording.begun().await;
        assert_eq!(recording.number(), 2);
        let silent = tokio::time::timeout(Duration::from_millis(20), recording.begun()).await;
        assert!(silent.is_err(), "whoever looks finds both at once");
        drop(one);
        assert_eq!(recording.number(), 1);
        drop(other);
        assert_eq!(recording.number(), 0);
    }
}
