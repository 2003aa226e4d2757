//! The sealer: puts what happened into the chain, a moment later, and signs the end of it every hour.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::sync::watch;

use super::{stopped, trouble};
use crate::domain::audit::note::{Checkpoint, Signer};
use crate::flow::{Cx, sealing};

/// Signs checkpoints and leaves them where an operator can collect them.
pub struct Notary {
    pub signer: Signer,
    /// One file for each checkpoint; without it they stand in the log alone.
    pub folder: Option<PathBuf>,
}

#[derive(Clone)]
pub(super) struct Sealer {
    cx: Cx,
    nap: Duration,
    notary: Option<Arc<Notary>>,
    /// The chain knows the key.
    begun: Arc<AtomicBool>,
}

impl Sealer {
    pub(super) fn new(cx: Cx, nap: Duration, notary: Option<Arc<Notary>>) -> Self {
        Self { cx, nap, notary, begun: Arc::default() }
    }

    /// Seals at its own pace, never because somebody waits, until told to stop; then once more.
    pub(super) async fn run(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            self.round().await;
            tokio::select! {
                () = tokio::time::sleep(self.nap) => {}
                () = stopped(&mut stop) => {}
            }
        }
        self.round().await;
    }

    /// Whatever waits, and the checkpoint when its hour has come.
    pub(super) async fn round(&self) {
        if let Some(notary) = &self.notary
            && !self.begun.load(Ordering::Relaxed)
        {
            match sealing::begin(&self.cx, notary.signer.public()).await {
                Ok(()) => self.begun.store(true, Ordering::Relaxed),
                Err(error) => trouble(&error, "the chain does not know its key yet"),
            }
        }
        if let Err(error) = sealing::seal(&self.cx).await {
            return trouble(&error, "the chain was not sealed");
        }
        if let Some(notary) = &self.notary {
            match sealing::hourly(&self.cx, &notary.signer.public().name).await {
                Ok(Some(checkpoint)) => notary.publish(&checkpoint).await,
                Ok(None) => {}
                Err(error) => trouble(&error, "the checkpoint of this hour was not made"),
            }
        }
    }
}

impl Notary {
    /// To the log, and to the folder. There is nothing in it but a size, a hash, a time and a signature.
    async fn publish(&self, checkpoint: &Checkpoint) {
        let note = self.signer.sign(checkpoint);
        // In one line; `tr '|' '\n'` makes a file of it again.
        tracing::info!(
            audit.size = checkpoint.size,
            audit.note = note.replace('\n', "|"),
            "audit checkpoint"
        );
        if let Some(folder) = &self.folder
            && let Err(error) = write(folder, checkpoint, &note).await
        {
            trouble(&error, "the checkpoint was not written to audit.checkpoint_folder");
        }
    }
}

/// A file of its own, never one that is there.
async fn write(folder: &std::path::Path, checkpoint: &Checkpoint, note: &str) -> std::io::Result<()> {
    let name = format!("{:012}-{}.checkpoint", checkpoint.size, checkpoint.at.replace(':', ""));
    let mut file = tokio::fs::OpenOptions::new().write(true).create_new(true).open(folder.join(name)).await?;
    file.write_all(note.as_bytes()).await?;
    file.sync_all().await
}
