//! The importer: goes on with files of contacts that wait for the service, unit by unit.

use std::time::Duration;

use tokio::sync::watch;

use super::{stopped, trouble};
use crate::flow::{Cx, import};

/// An import rings when it wants something; without a ring (it began in a process that died) this is soon enough.
const NAPS: u32 = 10;

#[derive(Clone)]
pub(super) struct Importer {
    cx: Cx,
    nap: Duration,
}

impl Importer {
    pub(super) fn new(cx: Cx, poll: Duration) -> Self {
        Self { cx, nap: poll * NAPS }
    }

    /// Works until told to stop. A unit is short, so stopping waits for no more than one.
    pub(super) async fn run(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let woken = self.cx.wake.rung();
            tokio::pin!(woken);
            woken.as_mut().enable();
            while !*stop.borrow() && self.unit().await {}
            tokio::select! {
                () = &mut woken => {}
                () = tokio::time::sleep(self.nap) => {}
                () = stopped(&mut stop) => {}
            }
        }
    }

    /// Everything that waits.
    pub(super) async fn round(&self) {
        while self.unit().await {}
    }

    /// Whether there may be more.
    async fn unit(&self) -> bool {
        match import::work(&self.cx).await {
            Ok(more) => more,
            Err(error) => {
                trouble(&error, "an import did not go on");
                false
            }
        }
    }
}
