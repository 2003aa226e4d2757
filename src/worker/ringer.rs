//! Carries rings between processes, so that whoever has room takes a mail at once.

use std::time::Duration;

use tokio::sync::watch;

use super::{stopped, trouble};
use crate::flow::Cx;
use crate::store::StoreError;
use crate::store::bell::Bell;

/// Rings nearer to each other than this are carried as one.
const AT_ONCE: Duration = Duration::from_millis(20);

pub(super) struct Ringer {
    cx: Cx,
    /// How long to wait for a database that is away.
    pause: Duration,
}

impl Ringer {
    pub(super) const fn new(cx: Cx, pause: Duration) -> Self {
        Self { cx, pause }
    }

    /// Carries rings until told to stop. Without them the others poll.
    pub(super) async fn run(&self, mut stop: watch::Receiver<bool>) {
        tokio::select! {
            () = self.carry_always() => {}
            () = stopped(&mut stop) => {}
        }
    }

    async fn carry_always(&self) {
        loop {
            match self.cx.db.bell().await {
                Ok(None) => return,
                Ok(Some(bell)) => {
                    // What was rung before it listened.
                    self.cx.wake.ring_here();
                    if let Err(error) = self.carry(bell).await {
                        trouble(&error, "rings of other processes are not heard");
                    }
                }
                Err(error) => trouble(&error, "rings of other processes are not heard"),
            }
            tokio::time::sleep(self.pause).await;
        }
    }

    async fn carry(&self, mut bell: Bell) -> Result<(), StoreError> {
        loop {
            tokio::select! {
                heard = bell.rung() => {
                    heard?;
                    self.cx.wake.ring_here();
                }
                () = self.cx.wake.to_carry() => {
                    bell.ring().await?;
                    tokio::time::sleep(AT_ONCE).await;
                }
            }
        }
    }
}
