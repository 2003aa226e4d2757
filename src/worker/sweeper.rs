//! The sweeper: whatever is due by time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use tokio::sync::watch;

use super::hold::Hold;
use super::{Settings, stopped, trouble};
use crate::clock::{Span, Ts};
use crate::domain::message::MessageKind;
use crate::flow::{self, Cx, Failure};
use crate::ids::IntroductionId;
use crate::metrics::Metrics;
use crate::store::{StoreError, courier, unit_tokens};

/// Introductions looked up at once.
const BATCH: i64 = 100;
/// How long it can be found out whether a unit was committed; it is asked within seconds.
const TOKENS_KEPT: Span = Span::days(1);
/// One introduction can have several steps due after a long standstill, but not more than this.
const STEPS: u32 = 8;
const PRUNE_EVERY: Span = Span::hours(1);
/// How soon after its hour a week's mail is written.
const WEEKLY_EVERY: Span = Span::minutes(5);
const MEASURE_EVERY: Span = Span::seconds(15);

pub(super) struct Sweeper {
    cx: Cx,
    settings: Settings,
    metrics: Metrics,
    hold: Arc<Hold>,
    last: Mutex<Last>,
    /// Nothing is left of an older version that the outcome log has not counted.
    caught_up: AtomicBool,
}

#[derive(Clone, Copy, Default)]
struct Last {
    pruned: Option<Ts>,
    weekly: Option<Ts>,
    measured: Option<Ts>,
}

/// What a sweep found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Introductions for which something was due.
    pub ticks: u64,
    /// Those of them that could not be dealt with.
    pub troubles: u64,
    /// Leases taken back that had not begun to leave.
    pub queued: u64,
    /// Leases taken back that perhaps had left.
    pub unknown: u64,
}

impl Swept {
    fn add_tick(&mut self, done: bool) {
        self.ticks += 1;
        self.troubles += u64::from(!done);
    }

    /// Whether another look may find more.
    pub(super) const fn moved(self) -> bool {
        self.ticks > self.troubles || self.queued > 0
    }
}

impl std::ops::Add for Swept {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            ticks: self.ticks + other.ticks,
            troubles: self.troubles + other.troubles,
            queued: self.queued + other.queued,
            unknown: self.unknown + other.unknown,
        }
    }
}

impl Sweeper {
    pub(super) fn new(cx: Cx, settings: Settings, metrics: Metrics, hold: Arc<Hold>) -> Self {
        Self { cx, settings, metrics, hold, last: Mutex::default(), caught_up: AtomicBool::new(false) }
    }

    /// Takes back the leases of the process that ran here before, when there was no other.
    pub(super) async fn begin(&self, stop: &watch::Receiver<bool>) {
        let sole = self.settings.sole_owner;
        while !*stop.borrow() {
            // By a clock that jumped, the leases of others would seem to be over.
            let now = match self.hold.free().await {
                Ok(Some(now)) => now,
                Ok(None) | Err(_) if !sole => return,
                Ok(None) | Err(_) => self.cx.now(),
            };
            match self.reclaim(sole, now).await {
                Ok((queued, unknown)) => {
                    if queued + unknown > 0 {
                        tracing::info!(queued, unknown, "took over what the last run left behind");
                    }
                    return;
                }
                Err(error) => {
                    tracing::warn!(error.message = %error, "waiting for the database");
                    tokio::time::sleep(self.settings.poll).await;
                }
            }
        }
    }

    /// Sweeps until told to stop.
    pub(super) async fn run(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            // Registered before looking: a time set after the look still rings.
            let woken = self.cx.wake.rung();
            tokio::pin!(woken);
            woken.as_mut().enable();
            let swept = self.sweep(true).await;
            let nap = self.nap(swept).await;
            tokio::select! {
                () = &mut woken => {}
                () = tokio::time::sleep(nap) => {}
                () = stopped(&mut stop) => {}
            }
        }
    }

    /// Everything that is due now. `measured`: also the gauges, every few seconds.
    pub(super) async fn sweep(&self, measured: bool) -> Swept {
        // Nothing is closed, reminded or deleted by a clock that jumped, nor in a copy.
        let free = match self.hold.free().await {
            Ok(free) => free,
            Err(error) => {
                trouble(&error, "what is due cannot be read");
                None
            }
        };
        let mut swept = match free {
            Some(now) => self.tick_all(now).await,
            None => Swept::default(),
        };
        self.cx.counts.swept_at.store(self.cx.now().0, Ordering::Relaxed);
        self.place_all().await;
        if let Some(now) = free {
            match self.reclaim(false, now).await {
                Ok((queued, unknown)) => (swept.queued, swept.unknown) = (queued, unknown),
                Err(error) => trouble(&error, "leases were not taken back"),
            }
        }
        self.metrics.unknown.inc_by(swept.unknown);
        self.catch_up().await;
        if let Some(now) = free
            && self.is_time(PRUNE_EVERY, |last| &mut last.pruned)
            && let Err(error) = self.prune(now).await
        {
            trouble(&error, "not everything was forgotten whose time is over");
        }
        if let Some(now) = free
            && self.is_time(WEEKLY_EVERY, |last| &mut last.weekly)
            && let Err(error) = flow::weekly::round(&self.cx, now).await
        {
            trouble(&error, "the week's mails were not looked up");
        }
        if measured
            && self.is_time(MEASURE_EVERY, |last| &mut last.measured)
            && let Err(error) = self.measure().await
        {
            trouble(&error, "the outbox was not measured");
        }
        swept
    }

    /// A piece of what an older version left uncounted, and soon the next one.
    async fn catch_up(&self) {
        if self.caught_up.load(Ordering::Relaxed) {
            return;
        }
        match flow::tally::catch_up(&self.cx).await {
            Ok(true) => self.cx.wake.ring(),
            Ok(false) => self.caught_up.store(true, Ordering::Relaxed),
            Err(error) => trouble(&error, "the outcome log has not caught up"),
        }
    }

    /// Every introduction that is due by then, until none is.
    async fn tick_all(&self, now: Ts) -> Swept {
        let mut swept = Swept::default();
        let mut seen = HashMap::<IntroductionId, u32>::new();
        loop {
            let due = match flow::introduce::due(&self.cx, now, BATCH).await {
                Ok(due) => due,
                Err(error) => {
                    trouble(&error, "what is due cannot be read");
                    return swept;
                }
            };
            let mut next = Vec::with_capacity(due.len());
            for id in due {
                let times = seen.entry(id).or_default();
                *times += 1;
                if *times <= STEPS {
                    next.push(id);
                } else if *times == STEPS + 1 {
                    // Said once a sweep; the others go on.
                    swept.add_tick(false);
                    tracing::error!(introduction.id = %id, "it stays due whatever is done");
                }
            }
            let ticks = stream::iter(next).map(|id| self.tick(id, now)).buffered(self.cx.db.abreast());
            let done: Vec<bool> = ticks.collect().await;
            for done in &done {
                swept.add_tick(*done);
            }
            if !done.contains(&true) {
                return swept;
            }
        }
    }

    /// Whether it went well. In a task of its own: one that panics must not stop the others.
    async fn tick(&self, id: IntroductionId, now: Ts) -> bool {
        let cx = self.cx.clone();
        let words = match tokio::spawn(async move { flow::introduce::tick(&cx, id, now).await }).await {
            Ok(Ok(())) => return true,
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        tracing::error!(introduction.id = %id, error.message = words, "what was due was not done");
        false
    }

    /// After an upgrade: introductions that have no place on a desk yet.
    async fn place_all(&self) {
        loop {
            match flow::desk::place_new(&self.cx).await {
                Ok(0) => return,
                Ok(placed) => tracing::info!(placed, "found a place on the desk for older introductions"),
                Err(error) => {
                    tracing::error!(error.message = %error, "older introductions wait for their place");
                    return;
                }
            }
        }
    }

    async fn reclaim(&self, all: bool, now: Ts) -> Result<(u64, u64), StoreError> {
        let (retry, retries) = (self.settings.unknown_retry, self.settings.unknown_retries);
        self.cx
            .db
            .write(move |tx| Box::pin(async move { courier::reclaim(tx, now, retry, retries, all).await }))
            .await
    }

    /// Forgets what its time is over for, and what deleted accounts left behind.
    async fn prune(&self, now: Ts) -> Result<(), Failure> {
        let forgotten = flow::retention::round(&self.cx, &self.settings.retention, now).await?;
        let before = now - TOKENS_KEPT;
        self.cx.db.write(move |tx| Box::pin(async move { unit_tokens::prune(tx, before).await })).await?;
        let names = flow::account::finish_leaving(&self.cx).await?;
        self.metrics.forgotten(forgotten.introductions, forgotten.mails, forgotten.rows + names);
        if forgotten.all() + names > 0 {
            let flow::retention::Forgotten { introductions, mails, rows } = forgotten;
            tracing::info!(introductions, mails, rows, names, "forgot what its time was over for");
        }
        Ok(())
    }

    /// How much mail waits, and for how long.
    async fn measure(&self) -> Result<(), StoreError> {
        let now = self.cx.now();
        let depths = courier::depth(&mut self.cx.db.read().await?).await?;
        for kind in MessageKind::ALL {
            let found = depths.iter().find(|(name, ..)| name == kind.as_str());
            let (depth, oldest) = found.map_or((0, Span::ZERO), |(_, depth, oldest)| (*depth, now - *oldest));
            self.metrics.set_queue(kind.as_str(), depth, oldest.as_seconds().max(0));
        }
        Ok(())
    }

    /// Whether it is time again, and notes that it was done.
    fn is_time(&self, every: Span, which: impl Fn(&mut Last) -> &mut Option<Ts>) -> bool {
        let now = self.cx.now();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let last = which(&mut last);
        let due = last.is_none_or(|last| last + every <= now || last > now);
        if due {
            *last = Some(now);
        }
        due
    }

    async fn nap(&self, swept: Swept) -> Duration {
        let poll = self.settings.poll;
        if swept.troubles > 0 {
            return poll;
        }
        match flow::introduce::next_due(&self.cx).await {
            Ok(Some(due)) => (due - self.cx.now()).as_std().min(poll),
            Ok(None) | Err(_) => poll,
        }
    }
}
