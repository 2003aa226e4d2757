//! Why nothing may leave and nothing may end by itself just now: a copy of the data that nobody has called the
//! real one yet, or a clock that jumped.

use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use crate::clock::{Reading, Span, Ts};
use crate::domain::jump::{Found, Watch};
use crate::flow::Cx;
use crate::store::{StoreError, courier, instance};

/// How exactly the newest time seen is written down.
const NOTE_EVERY: Span = Span::minutes(1);

/// Shared by the courier and the sweeper of one process.
pub(super) struct Hold {
    cx: Cx,
    lease: Span,
    watch: Mutex<Watch>,
    noted: Mutex<Option<Ts>>,
}

impl Hold {
    pub(super) fn new(cx: Cx, lease: Span) -> Self {
        Self { cx, lease, watch: Mutex::default(), noted: Mutex::default() }
    }

    /// The time by which the sweeper may act; `None` when it must wait.
    pub(super) async fn free(&self) -> Result<Option<Ts>, StoreError> {
        let time = self.time().await?;
        let quarantined = instance::is_quarantined(&mut self.cx.db.read().await?).await?;
        Ok(time.filter(|_| !quarantined))
    }

    /// The time, if the machine's clock is believed; `None` while it has jumped. What is due is done by this time
    /// and by no later look at the clock, which may jump in between.
    pub(super) async fn time(&self) -> Result<Option<Ts>, StoreError> {
        // Before the reading that is compared: a jump between the two is seen.
        let time = self.cx.now();
        Ok(if self.has_jumped().await? { None } else { Some(time) })
    }

    /// Whether the machine's clock has jumped and is not believed yet. Notes the time when it is.
    async fn has_jumped(&self) -> Result<bool, StoreError> {
        let Some(now) = self.cx.clock.reading() else { return Ok(false) };
        let stored = if self.watch().wants_stored() {
            instance::get(&mut self.cx.db.read().await?).await?
        } else {
            None
        };
        let seen = stored.as_ref().map(|one| one.seen_at);
        let found = self.watch().look(now, seen, stored.and_then(|one| one.accepted_at));
        let jump = match found {
            Found::Steady => None,
            Found::Jumped(jump) => {
                let hours = jump.by.as_seconds() / 3600;
                tracing::error!(
                    hours,
                    "the clock jumped; nothing leaves or ends by itself until that is clear"
                );
                Some(jump)
            }
            Found::Waiting(jump) => Some(jump),
            Found::Believed(jump) => {
                tracing::warn!(hours = jump.by.as_seconds() / 3600, "the clock is believed again");
                let (wall, latest) = (now.wall, self.cx.now() + self.lease);
                let noted = self.cx.db.write(move |tx| {
                    Box::pin(async move {
                        courier::cut_leases(tx, latest).await?;
                        instance::set_seen(tx, wall).await
                    })
                });
                noted.await?;
                None
            }
        };
        self.cx.counts.clock_jump.store(jump.map_or(0, |jump| jump.by.0), Ordering::Relaxed);
        if jump.is_none() {
            self.note(now).await?;
        }
        Ok(jump.is_some())
    }

    async fn note(&self, now: Reading) -> Result<(), StoreError> {
        let noted = *self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.is_some_and(|noted| now.wall >= noted && now.wall - noted < NOTE_EVERY) {
            return Ok(());
        }
        let wall = now.wall;
        self.cx.db.write(move |tx| Box::pin(instance::note_seen(tx, wall))).await?;
        *self.noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(wall);
        Ok(())
    }

    fn watch(&self) -> std::sync::MutexGuard<'_, Watch> {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
