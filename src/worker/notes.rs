//! Writing down until it is written: marks, results, and leases that are given back.

use std::time::Duration;

use super::courier::Courier;
use super::together::Why;
use super::trouble;
use crate::clock::{Span, Ts};
use crate::domain::asking::Side;
use crate::flow;
use crate::ids::{DeliveryId, IntroductionId};
use crate::store::attempts::{self, Ending, Leave};
use crate::store::courier::{self, Lease};
use crate::store::{StoreError, Tx};

/// How often a refusal is tried to be told to the story together with the result.
const TRIES: u32 = 5;
/// How often it is tried to give leases back: about a quarter of a minute in all, that of a database which starts again.
const RETURNS: u32 = 8;

/// What a courier writes down of a delivery.
#[derive(Clone)]
pub(super) enum Note {
    /// It is to leave.
    Mark(Lease),
    /// An attempt ended.
    End(Ending),
}

/// The answer to that.
#[derive(Clone, Copy)]
pub(super) enum Noted {
    Leave(Leave),
    /// Whether it was recorded: the lease had not passed on.
    Recorded(bool),
}

impl Courier {
    /// Asks whether a delivery may leave now, and marks it. When that fails it may have been made, but surely nothing
    /// was handed over: the lease goes back.
    pub(super) async fn mark(&self, lease: Lease) -> Leave {
        let why = match self.note(Note::Mark(lease)).await {
            Ok(Noted::Leave(leave)) => return leave,
            Ok(Noted::Recorded(_)) => "another answer".to_owned(),
            Err(why) => why,
        };
        tracing::warn!(error.message = why, "a delivery could not be marked");
        self.give_back(vec![lease], self.cx.now() + Span::seconds(1)).await;
        Leave::Lost
    }

    /// Writes this, and what others have to write with it, in one unit.
    async fn note(&self, note: Note) -> Result<Noted, Why> {
        self.notes
            .write(note, async |notes| {
                let now = self.cx.now();
                let unit = self.cx.db.write(move |tx| {
                    let notes = notes.clone();
                    Box::pin(async move { write(tx, &notes, now).await })
                });
                unit.await
            })
            .await
    }

    /// Writes the end of an attempt down, however long it takes: what is forgotten here would be sent again. A refusal
    /// of the address of a party (`concerns`) is told to the story in the same unit.
    pub(super) async fn save(&self, ending: &Ending, concerns: Option<(IntroductionId, Side)>) -> bool {
        let mut pause = Duration::from_millis(50);
        let mut tries = 0;
        loop {
            let saved = match concerns {
                // When the story cannot take it, the result is kept alone: a lost result would be sent again.
                Some((of, side)) if tries < TRIES => self.save_with_story(ending, of, side).await,
                None if tries == 0 => self.save_together(ending).await,
                // One that cannot be written must not stop those that would be written with it.
                Some(_) | None => self.save_alone(ending).await,
            };
            match saved {
                Ok(recorded) => return recorded,
                Err(why) => tracing::error!(
                    delivery.id = %DeliveryId(ending.lease.id), error.message = why,
                    result = ending.attempt.result, "a result waits to be recorded"
                ),
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(5));
            tries = TRIES.min(tries + 1);
        }
    }

    async fn save_together(&self, ending: &Ending) -> Result<bool, Why> {
        let noted = self.note(Note::End(ending.clone())).await?;
        Ok(matches!(noted, Noted::Recorded(true)))
    }

    async fn save_alone(&self, ending: &Ending) -> Result<bool, Why> {
        let ending = ending.clone();
        let saved = self.cx.db.write(move |tx| {
            let ending = ending.clone();
            Box::pin(async move { attempts::record(tx, &[ending]).await })
        });
        saved.await.map(|recorded| recorded == [true]).map_err(|error: StoreError| error.to_string())
    }

    async fn save_with_story(&self, ending: &Ending, of: IntroductionId, side: Side) -> Result<bool, Why> {
        let (cx, ending) = (self.cx.clone(), ending.clone());
        let saved = self.cx.db.write(move |tx| {
            let (cx, ending) = (cx.clone(), ending.clone());
            Box::pin(async move {
                if attempts::record(tx, &[ending]).await? != [true] {
                    return Ok((false, None));
                }
                Ok::<_, flow::Failure>((true, flow::close::undeliverable(tx, &cx, of, side).await?))
            })
        });
        let (recorded, step) = saved.await.map_err(|error| error.to_string())?;
        flow::close::told(&self.cx, step.as_ref());
        Ok(recorded)
    }

    /// Gives leases back. A database that is away for a moment is waited for; after that they run out by themselves.
    pub(super) async fn give_back(&self, leases: Vec<Lease>, due_at: Ts) {
        if leases.is_empty() {
            return;
        }
        let number = leases.len();
        let mut pause = Duration::from_millis(50);
        for _ in 0..RETURNS {
            let leases = leases.clone();
            let released = self.cx.db.write(move |tx| {
                let leases = leases.clone();
                Box::pin(async move { courier::release(tx, &leases, due_at).await })
            });
            let Err(error) = released.await else { return };
            trouble(&error, "leases wait to be given back");
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        tracing::error!(number, "leases were not given back; they run out by themselves");
    }
}

/// All endings, then all marks, each with one statement or two.
async fn write(tx: &mut Tx, notes: &[Note], now: Ts) -> Result<Vec<Noted>, StoreError> {
    let (mut leases, mut endings) = (Vec::new(), Vec::new());
    for note in notes {
        match note {
            Note::Mark(lease) => leases.push(*lease),
            Note::End(ending) => endings.push(ending.clone()),
        }
    }
    let mut recorded = attempts::record(tx, &endings).await?.into_iter();
    let mut leaves = attempts::mark_transmitting(tx, &leases, now).await?.into_iter();
    let answer = |note: &Note| match note {
        Note::Mark(_) => Noted::Leave(leaves.next().unwrap_or(Leave::Lost)),
        Note::End(_) => Noted::Recorded(recorded.next().unwrap_or(false)),
    };
    Ok(notes.iter().map(answer).collect())
}
