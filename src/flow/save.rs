//! Saving a step is one function, so that nothing of it can be forgotten.

use std::sync::atomic::Ordering;

use super::{Ctx, Failure, letters, tally};
use crate::clock::Ts;
use crate::domain::asking::{Pair, Side};
use crate::domain::connector::Connector;
use crate::domain::decide::Facts;
use crate::domain::event::What;
use crate::domain::introduction::Introduction;
use crate::domain::step::{Effect, Step};
use crate::store::suppressions::Source;
use crate::store::{Tx, introductions, outbox, suppressions};

/// The facts that decisions about this introduction need.
pub(super) async fn facts(tx: &mut Tx, of: &Introduction) -> Result<Facts, Failure> {
    let mut suppressed = Pair::default();
    for (side, party) in of.parties.iter() {
        *suppressed.get_mut(side) = suppressions::since(tx, party.person).await?.is_some();
    }
    let unsent = outbox::unsent_asks(tx, of.id).await?;
    Ok(Facts { barred: Pair::default(), suppressed, unsent })
}

/// Writes everything a step decided: the introduction, its events, suppressions, mails taken back and
/// mails queued. All of it or nothing.
pub(super) async fn save(
    tx: &mut Tx,
    cx: &Ctx,
    connector: &Connector,
    step: &Step,
    now: Ts,
) -> Result<(), Failure> {
    if step.is_empty() {
        return Ok(());
    }
    let due_at = step.next.due_at(&cx.policy);
    introductions::save(tx, &step.next, due_at, &step.events, now).await?;
    mirror(tx, cx, &step.next).await?;
    for effect in &step.effects {
        carry_out(tx, &step.next, *effect, now).await?;
    }
    for mail in &step.mails {
        let letter = letters::write(cx, connector, &step.next, *mail, now)?;
        outbox::enqueue(tx, &letter, now).await?;
    }
    Ok(())
}

/// What is kept beside an introduction so that long lists and figures need not look at each one. Called
/// in the same unit of work whenever one was inserted or saved.
pub(super) async fn mirror(tx: &mut Tx, _cx: &Ctx, of: &Introduction) -> Result<(), Failure> {
    tally::keep(tx, of).await?;
    Ok(())
}

/// Counts and wakes, after the step was committed.
pub(super) fn committed(cx: &Ctx, step: &Step) {
    for event in &step.events {
        match event.what {
            What::Answered(_) => cx.counts.answers.fetch_add(1, Ordering::Relaxed),
            What::Introduced => cx.counts.introductions.fetch_add(1, Ordering::Relaxed),
            _ => 0,
        };
    }
    cx.wake.notify_waiters();
}

async fn carry_out(tx: &mut Tx, of: &Introduction, effect: Effect, now: Ts) -> Result<(), Failure> {
    let source = |side: Side| Source { introduction: of.id, side };
    match effect {
        Effect::CancelUnsent(kind) => {
            outbox::cancel_unsent(tx, of.id, kind, now).await?;
        }
        Effect::Suppress(side) => {
            let person = of.parties.get(side).person;
            suppressions::add(tx, person, source(side), now).await?;
            outbox::cancel_for_person(tx, person, now).await?;
        }
        Effect::LiftSuppression(side) => {
            suppressions::lift_own(tx, of.parties.get(side).person, source(side)).await?;
        }
    }
    Ok(())
}
