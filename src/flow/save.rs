//! Saving a step is one function, so that nothing of it can be forgotten.

use std::sync::atomic::Ordering;

use super::{Ctx, Failure, desk, evidence, letters, tally};
use crate::clock::Ts;
use crate::domain::asking::{Pair, Side};
use crate::domain::audit::Kind;
use crate::domain::connector::Connector;
use crate::domain::decide::{self, Facts};
use crate::domain::event::What;
use crate::domain::introduction::Introduction;
use crate::domain::message::Mail;
use crate::domain::preferences::{Bars, YEAR};
use crate::domain::step::{Effect, Step};
use crate::store::suppressions::Source;
use crate::store::{Tx, erasure, introductions, outbox, persons, suppressions};

/// The facts that decisions about this introduction need.
pub(super) async fn facts(tx: &mut Tx, cx: &Ctx, of: &Introduction, now: Ts) -> Result<Facts, Failure> {
    let two = Pair { first: of.parties.first.person, second: of.parties.second.person };
    let standing = persons::between(tx, of.connector, two).await?;
    let mut facts = Facts::default();
    for (side, _) in of.parties.iter() {
        *facts.suppressed.get_mut(side) = standing.get(side).suppressed_since.is_some();
    }
    if of.may_ask_somebody() {
        let (per_month, per_year) = (cx.policy.asks_per_month, cx.policy.asks_per_year);
        let limit = i64::from(Bars::looks_at(per_month, per_year));
        let mut asks = persons::asks_of(tx, two, now - YEAR, limit).await?;
        for (side, party) in of.parties.iter() {
            let of_them = standing.get(side);
            let bars = Bars {
                suppressed_since: of_them.suppressed_since.or(party.erased_at),
                refused_since: of_them.refused_since,
                preferences: of_them.preferences,
                asks: std::mem::take(asks.get_mut(side)),
                per_month,
                per_year,
            };
            *facts.barred.get_mut(side) = bars.until(&cx.policy.zone, now);
        }
    }
    if of.is_waited_for() {
        facts.unsent = outbox::unsent_asks(tx, of.id).await?;
    }
    Ok(facts)
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
    let erased = step.next.parties.iter().any(|(_, party)| party.erased_at.is_some());
    let forgotten = erased.then(|| decide::forget(step.next.clone(), &cx.policy));
    let kept = forgotten.as_ref().unwrap_or(&step.next);
    introductions::save(tx, &step.before, kept, due_at, &step.events, now).await?;
    if erased && due_at.is_none() {
        erasure::mails_of(tx, step.next.id).await?;
    }
    for effect in &step.effects {
        carry_out(tx, cx, &step.next, *effect, now).await?;
    }
    for mail in &step.mails {
        if let Mail::Receipt(side) = mail
            && step.before.parties.get(*side).answers > 0
        {
            // There is one of their last answer.
            let recipient = step.next.parties.get(*side).email.as_str();
            outbox::supersede_receipts(tx, step.next.id, recipient, now).await?;
        }
        let letter = letters::write(cx, connector, &step.next, *mail, now)?;
        outbox::enqueue(tx, &letter, now).await?;
        evidence::keep_mail(tx, cx, &step.next, *mail, &letter).await?;
    }
    if erased && !step.mails.is_empty() {
        erasure::hurry(tx, step.next.id).await?;
    }
    evidence::follow(tx, cx, connector, step, now).await?;
    // Last, because everybody counts in the same few rows and waits for whoever holds them.
    mirror(tx, cx, Some(&step.before), kept).await
}

/// What is kept beside an introduction so that long lists and figures need not look at each one. Called
/// in the same unit of work whenever one was inserted or saved; `before` is what this was done for last.
pub(super) async fn mirror(
    tx: &mut Tx,
    cx: &Ctx,
    before: Option<&Introduction>,
    of: &Introduction,
) -> Result<(), Failure> {
    desk::keep(tx, cx, of).await?;
    if !before.is_some_and(|before| tally::is_the_same(before, of)) {
        tally::keep(tx, of).await?;
    }
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
    cx.wake.ring();
}

async fn carry_out(tx: &mut Tx, cx: &Ctx, of: &Introduction, effect: Effect, now: Ts) -> Result<(), Failure> {
    let source = |side: Side| Source { introduction: of.id, side };
    match effect {
        Effect::CancelUnsent(kind) => {
            outbox::cancel_unsent(tx, of.id, kind, now).await?;
        }
        Effect::Suppress(side) => {
            let person = of.parties.get(side).person;
            evidence::suppress(tx, cx, person, source(side), now).await?;
            outbox::cancel_for_person(tx, person, now).await?;
        }
        Effect::LiftSuppression(side) => {
            if suppressions::lift_own(tx, of.parties.get(side).person, source(side)).await? {
                evidence::suppression(tx, cx, Kind::SuppressionLifted, "party", now).await?;
            }
        }
    }
    Ok(())
}
