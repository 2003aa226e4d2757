//! The courier: takes what is due from the outbox, so much at once and so much per domain, and sees to it
//! that each is brought to an end.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::breaker::{self, Gate};
use super::flight::{Flight, Room};
use super::hold::Hold;
use super::notes::{Note, Noted};
use super::pool::Pool;
use super::recording::Recording;
use super::together::Together;
use super::width::Width;
use super::{Outlet, Settings, stopped, trouble};
use crate::clock::Ts;
use crate::flow::Cx;
use crate::mail::Signer;
use crate::metrics::Metrics;
use crate::store::courier::{self, Leased};
use crate::store::{StoreError, instance, routes};

/// Delivers the outbox of one process.
pub struct Courier {
    pub(super) cx: Cx,
    pub(super) settings: Settings,
    pub(super) metrics: Metrics,
    pub(super) pool: Pool,
    pub(super) signer: Option<Signer>,
    /// The route's name.
    pub(super) route: String,
    /// The route was not well when last seen, so the next success is worth writing down.
    pub(super) troubled: AtomicBool,
    /// Domains with a fault that may be the route's, since the last success.
    pub(super) suspects: Mutex<HashSet<String>>,
    /// How many may be on their way at once.
    pub(super) width: Width,
    pub(super) notes: Together<Note, Noted>,
    /// Deliveries that have given their connection back and are being recorded.
    pub(super) recording: Recording,
    hold: Arc<Hold>,
}

/// What became of deliveries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub sent: u64,
    pub deferred: u64,
    pub failed: u64,
    pub unknown: u64,
    pub cancelled: u64,
    /// Given back untouched.
    pub released: u64,
    /// Not ours any more when it came to marking or recording them.
    pub lost: u64,
}

impl std::ops::Add for Tally {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            sent: self.sent + other.sent,
            deferred: self.deferred + other.deferred,
            failed: self.failed + other.failed,
            unknown: self.unknown + other.unknown,
            cancelled: self.cancelled + other.cancelled,
            released: self.released + other.released,
            lost: self.lost + other.lost,
        }
    }
}

impl Courier {
    pub(super) fn new(cx: Cx, outlet: Outlet, settings: Settings, metrics: Metrics, hold: Arc<Hold>) -> Self {
        let Outlet { transport, signer, route } = outlet;
        let width = Width::new(settings.concurrency.min(settings.connections));
        Self {
            cx,
            settings,
            metrics,
            pool: Pool::new(transport),
            signer,
            route,
            troubled: AtomicBool::new(true),
            suspects: Mutex::default(),
            width,
            notes: Together::new(),
            recording: Recording::default(),
            hold,
        }
    }

    /// Delivers until told to stop, then lets what is under way come to its end.
    pub(super) async fn run(self: &Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut flight = Flight::new(stop.clone());
        while !*stop.borrow() {
            // Registered before looking: what is queued after the look still rings.
            let woken = self.cx.wake.rung();
            tokio::pin!(woken);
            woken.as_mut().enable();
            self.fill(&mut flight).await;
            let look = flight.quiet_until().unwrap_or_else(|| Instant::now() + self.settings.poll);
            tokio::select! {
                Some(()) = flight.land(), if !flight.is_empty() => {}
                () = self.recording.begun() => {}
                () = &mut woken => flight.wake(),
                () = tokio::time::sleep_until(look) => flight.wake(),
                () = stopped(&mut stop) => {}
            }
        }
        self.unload(&mut flight).await;
        while flight.land().await.is_some() {}
        self.pool.close().await;
    }

    /// Delivers until nothing is due.
    pub(super) async fn deliver_all(self: &Arc<Self>) -> Tally {
        let (_never, stop) = watch::channel(false);
        let mut flight = Flight::new(stop);
        loop {
            flight.wake();
            self.fill(&mut flight).await;
            if flight.land().await.is_none() {
                self.unload(&mut flight).await;
                return flight.tally;
            }
        }
    }

    /// Takes as much as there is room for, and as much again that waits beside it: who has room finds a mail at hand.
    /// A route that is not well is given nothing to wait for.
    async fn fill(self: &Arc<Self>, flight: &mut Flight) {
        let now = match self.hold.time().await {
            Ok(Some(now)) => now,
            Ok(None) => return,
            Err(error) => return trouble(&error, "the clock cannot be compared with what is stored"),
        };
        if self.is_troubled() {
            self.unload(flight).await;
        }
        loop {
            let (slots, share) = self.slots();
            let spare = if self.is_troubled() { 0 } else { slots };
            // When results cannot be written down no more mails leave than as many again.
            let recording = self.recording.number().min(slots);
            let room = Room { slots: slots + recording, share, spare };
            flight.start(self, room, now);
            let wanted = flight.wanted(room);
            if wanted == 0 {
                return;
            }
            let busy = flight.busy(room);
            if flight.is_quiet(&busy) {
                return;
            }
            let (leased, probe) = match self.lease(wanted, busy, now).await {
                Ok(leased) => leased,
                Err(error) => {
                    tracing::warn!(error.message = %error, "the outbox cannot be read");
                    return;
                }
            };
            let all = leased.len();
            // Room is left for other domains; what is given back is leased again when its domain has room.
            let beyond = flight.keep(leased, probe, now + self.settings.lease, room);
            self.give_back(beyond, self.cx.now()).await;
            if all < wanted {
                flight.be_quiet(Instant::now() + self.nap().await, room);
                return flight.start(self, room, now);
            }
        }
    }

    fn is_troubled(&self) -> bool {
        self.troubled.load(Ordering::Relaxed)
    }

    /// Gives back what has not begun.
    async fn unload(&self, flight: &mut Flight) {
        self.give_back(flight.unload(), self.cx.now()).await;
    }

    /// Deliveries at once in all, and of one recipient domain: a mute domain leaves half of the room free.
    fn slots(&self) -> (usize, usize) {
        let slots = self.width.now();
        (slots, (slots / 2).max(1))
    }

    async fn lease(
        &self,
        room: usize,
        busy: Vec<String>,
        now: Ts,
    ) -> Result<(Vec<Leased>, bool), StoreError> {
        let until = now + self.settings.lease;
        let (name, room) = (self.route.clone(), i64::try_from(room).unwrap_or(1));
        let unit = self.cx.db.write(move |tx| {
            let (name, busy) = (name.clone(), busy.clone());
            Box::pin(async move {
                let route = routes::get(tx, &name).await?;
                let gate = breaker::gate(route.as_ref(), now);
                let troubled = route.as_ref().is_some_and(|route| route.failures > 0);
                // No lease, no connection: nobody is mailed by a copy.
                if instance::is_quarantined(tx).await? {
                    return Ok((Vec::new(), gate, troubled));
                }
                let room = match gate {
                    Gate::Closed => room,
                    Gate::Probe => 1,
                    Gate::Open(_) => return Ok((Vec::new(), gate, troubled)),
                };
                let leased = courier::lease(tx, now, until, &busy, room).await?;
                if let (Gate::Probe, Some(route), false) = (gate, &route, leased.is_empty()) {
                    routes::put(tx, &breaker::probing(route, now)).await?;
                }
                Ok::<_, StoreError>((leased, gate, troubled))
            })
        });
        let (leased, gate, troubled) = unit.await?;
        self.note_health(troubled);
        Ok((leased, gate == Gate::Probe))
    }

    /// Until something may be due. Never long: other processes queue mail without ringing here.
    async fn nap(&self) -> Duration {
        let due = match self.cx.db.read().await {
            Ok(mut tx) => courier::next_due(&mut tx).await.ok().flatten(),
            Err(_) => None,
        };
        let poll = self.settings.poll;
        match due.map(|due| (due - self.cx.now()).as_std()) {
            // Due and not taken: no room for its domain, or the breaker is open.
            Some(Duration::ZERO) | None => poll,
            Some(wait) => wait.min(poll),
        }
    }
}
