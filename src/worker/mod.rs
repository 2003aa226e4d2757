//! What happens without a request: the courier delivers the outbox, the sweeper does what is due by time, the
//! importer takes files of contacts over.
//!
//! Both only look and act; what they do is decided and recorded elsewhere, so any number of processes may
//! run them on one PostgreSQL. Tests drive them by hand with [`Worker::run_once`].

pub mod assemble;
mod attempt;
pub mod backoff;
pub mod breaker;
mod courier;
mod flight;
mod hold;
mod importer;
mod notes;
mod pool;
mod record;
mod recording;
mod ringer;
mod sealer;
mod sweeper;
mod together;
mod width;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::clock::Span;
use crate::domain::retention::Rules;
use crate::domain::return_path::BounceAddress;
use crate::flow::Cx;
use crate::mail::{Signer, Transport};
use crate::metrics::Metrics;

pub use courier::{Courier, Tally};
pub use sealer::Notary;
pub use sweeper::Swept;

use hold::Hold;
use importer::Importer;
use ringer::Ringer;
use sealer::Sealer;
use sweeper::Sweeper;

/// The way out of the house.
pub struct Outlet {
    pub transport: Transport,
    /// Signs every mail; without it the relay does.
    pub signer: Option<Signer>,
    /// The name of this way in the table of breakers and in the metrics; the same in all processes that
    /// use the same relay.
    pub route: String,
}

/// How the worker works; the defaults are those of the configuration's `[courier]` and `[smtp]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Connections to the relay at most (`smtp.connections`).
    pub connections: usize,
    /// Deliveries at once at most (`courier.concurrency`); one connection each.
    pub concurrency: usize,
    /// How long a delivery belongs to this process.
    pub lease: Span,
    /// How long to sleep when nothing rings.
    pub poll: Duration,
    /// When a delivery of unknown fate is tried again,
    pub unknown_retry: Span,
    /// and how often.
    pub unknown_retries: i64,
    /// The age at which a delivery is given up.
    pub give_up: Span,
    /// How long a dialogue may go on before its final dot once the service stops.
    pub grace: Duration,
    /// What is forgotten when (`[retention]`).
    pub retention: Rules,
    /// No other process uses this database (SQLite): leases found at the start have no holder.
    pub sole_owner: bool,
    /// Where bounces come back to; without it they go to the address in From.
    pub bounces: Option<BounceAddress>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connections: 4,
            concurrency: 4,
            lease: Span::minutes(15),
            poll: Duration::from_secs(1),
            unknown_retry: Span::minutes(30),
            unknown_retries: 2,
            give_up: Span::days(4),
            grace: Duration::from_secs(30),
            retention: Rules::default(),
            sole_owner: false,
            bounces: None,
        }
    }
}

/// Courier and sweeper of one process.
#[derive(Clone)]
pub struct Worker {
    courier: Arc<Courier>,
    sweeper: Arc<Sweeper>,
    sealer: Sealer,
    importer: Importer,
    ringer: Arc<Ringer>,
}

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    pub swept: Swept,
    pub deliveries: Tally,
}

impl Worker {
    #[must_use]
    pub fn new(cx: Cx, outlet: Outlet, settings: Settings, metrics: Metrics) -> Self {
        let hold = Arc::new(Hold::new(cx.clone(), settings.lease));
        let sweeper = Sweeper::new(cx.clone(), settings.clone(), metrics.clone(), Arc::clone(&hold));
        let sealer = Sealer::new(cx.clone(), settings.poll, None);
        let importer = Importer::new(cx.clone(), settings.poll);
        let ringer = Ringer::new(cx.clone(), settings.poll);
        let courier = Courier::new(cx, outlet, settings, metrics, hold);
        let (courier, sweeper, ringer) = (Arc::new(courier), Arc::new(sweeper), Arc::new(ringer));
        Self { courier, sweeper, sealer, importer, ringer }
    }

    /// The same worker, which also signs the chain.
    #[must_use]
    pub fn with_notary(self, cx: Cx, settings: &Settings, notary: Notary) -> Self {
        Self { sealer: Sealer::new(cx, settings.poll, Some(Arc::new(notary))), ..self }
    }

    /// Runs both until the handle is drained. Leases without a holder are taken back before anything else.
    #[must_use = "the handle stops the worker"]
    pub fn start(&self) -> Handle {
        let (stop, stopped) = watch::channel(false);
        let worker = self.clone();
        let task = tokio::spawn(async move {
            worker.sweeper.begin(&stopped).await;
            tokio::join!(
                worker.courier.run(stopped.clone()),
                worker.sweeper.run(stopped.clone()),
                worker.sealer.run(stopped.clone()),
                worker.importer.run(stopped.clone()),
                worker.ringer.run(stopped)
            );
        });
        Handle { stop, task }
    }

    /// Does everything that is due now, by time and in the outbox, until nothing is. For tests, the
    /// simulator and the demo: with a clock that stands still it ends with everything waiting for later.
    pub async fn run_once(&self) -> Round {
        let mut all = Round::default();
        loop {
            let swept = self.sweeper.sweep(false).await;
            let deliveries = self.deliver_all().await;
            all.swept = all.swept + swept;
            all.deliveries = all.deliveries + deliveries;
            if !swept.moved() && deliveries == Tally::default() {
                self.importer.round().await;
                self.sealer.round().await;
                return all;
            }
        }
    }

    /// Delivers until nothing in the outbox is due.
    pub async fn deliver_all(&self) -> Tally {
        self.courier.deliver_all().await
    }
}

/// A running worker. Dropping it lets the worker run on, without a way to stop it.
pub struct Handle {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Handle {
    /// Takes no new delivery, lets those under way come to their end, gives the leases back. A dialogue
    /// before its final dot has [`Settings::grace`]; after the dot the relay's answer is waited for as long
    /// as the transport allows (10 minutes and more), because hanging up there makes copies.
    pub async fn drain(self) {
        // Nobody listens any more when the worker has ended on its own.
        let _ = self.stop.send(true);
        if let Err(error) = self.task.await {
            tracing::error!(error.message = %error, "the worker ended badly");
        }
    }

    /// Whether it still works; it only ends by itself when it panics.
    #[must_use]
    pub fn is_running(&self) -> bool {
        !self.task.is_finished()
    }
}

/// Returns once the service stops. A worker without a handle never does.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// For what is tried again by itself.
fn trouble(error: &dyn std::error::Error, what: &'static str) {
    tracing::warn!(error.message = %error, "{what}");
}
