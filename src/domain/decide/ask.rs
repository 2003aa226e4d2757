//! Asking: from a draft, and again in a new round.

use super::super::asking::{Order, Policy, Side};
use super::super::calendar;
use super::super::event::What;
use super::super::introduction::{Introduction, State};
use super::super::message::Mail;
use super::super::party::Asked;
use super::super::retention::{Kept, Retained};
use super::super::same_two::Bar;
use super::super::step::{Refusal, Step};
use super::Facts;
use crate::clock::Ts;

/// Starts asking: the first party, or both when they are asked together.
///
/// # Errors
/// [`Refusal::WrongState`] unless it is a draft, [`Refusal::CoworkerTick`], and whatever [`Facts`] holds
/// against it.
pub fn ask(draft: Introduction, facts: &Facts, policy: &Policy, now: Ts) -> Result<Step, Refusal> {
    match draft.state {
        State::Draft => start_round(draft, facts, policy, now),
        State::Asking | State::Agreed { .. } | State::Introduced | State::Closed => Err(Refusal::WrongState),
    }
}

/// The same when the first asked for it themselves: no mail asks them, for their yes is there already and follows at
/// once ([`super::answer`]).
///
/// # Errors
/// As [`ask`].
pub fn ask_as_wished(draft: Introduction, facts: &Facts, policy: &Policy, now: Ts) -> Result<Step, Refusal> {
    let mut step = ask(draft, facts, policy, now)?;
    step.mails.retain(|mail| *mail != Mail::Ask(Side::First));
    Ok(step)
}

/// Asks the same people anew. Both yeses must be fresh; links of older mails are closed.
///
/// Only possible once the last round has closed, or while the other side was never asked in it:
/// otherwise a new round before the deadline would tell a party what the other one answered.
pub fn ask_again(old: Introduction, facts: &Facts, policy: &Policy, now: Ts) -> Result<Step, Refusal> {
    match old.state {
        // Nobody is left to be asked.
        State::Closed if old.retained.kept == Kept::Nothing => Err(Refusal::WrongState),
        State::Closed => start_round(old, facts, policy, now),
        State::Asking if may_restart(&old, now) => start_round(old, facts, policy, now),
        State::Draft | State::Asking | State::Agreed { .. } | State::Introduced => Err(Refusal::WrongState),
    }
}

/// Only the first was asked, said "not now" openly, and the date they named has come.
fn may_restart(old: &Introduction, now: Ts) -> bool {
    let due = |until: Option<Ts>| until.is_some_and(|until| until <= now);
    old.parties.second.asked.is_none()
        && old.parties.first.shown.as_ref().is_some_and(|shown| due(shown.until))
}

fn start_round(old: Introduction, facts: &Facts, policy: &Policy, now: Ts) -> Result<Step, Refusal> {
    if old.terms.same_employer && !old.terms.coworker_confirmed {
        return Err(Refusal::CoworkerTick);
    }
    if let Some(refusal) = foresee(facts) {
        return Err(refusal);
    }
    if let Some(Bar::Elsewhere(until)) = facts.same_two {
        return Err(Refusal::NotBefore(Side::First, until));
    }
    for (side, barred) in facts.barred.iter() {
        if let Some(until) = *barred {
            return Err(Refusal::NotBefore(side, until));
        }
    }
    let mut step = Step::new(old);
    begin_round(&mut step.next)?;
    step.next.state = State::Asking;
    ask_side(&mut step, Side::First, policy, now);
    if step.next.terms.order == Order::Together {
        ask_side(&mut step, Side::Second, policy, now);
    }
    Ok(step)
}

/// What stands against asking as far as the connector may know before they try. It goes first, and hides what they are
/// not to know: while two people rest, the date is the same whether or not one of them can be asked at all.
#[must_use]
pub fn foresee(facts: &Facts) -> Option<Refusal> {
    match facts.same_two {
        Some(Bar::StillOpen) => Some(Refusal::StillOpen),
        Some(Bar::Rest(until)) => Some(Refusal::Rest(until)),
        Some(Bar::Elsewhere(_)) | None => facts.held.map(Refusal::Held),
    }
}

fn begin_round(of: &mut Introduction) -> Result<(), Refusal> {
    of.round += 1;
    of.deadline = None;
    of.shown_leaves_at = None;
    of.withdrawn_at = None;
    of.closed_at = None;
    of.retained = Retained::default();
    for side in Side::ALL {
        let party = of.parties.get_mut(*side);
        party.generation = party.generation.checked_add(1).ok_or(Refusal::TooManyRounds)?;
        party.asked = None;
        party.given = None;
        party.shown = None;
        party.contested_at = None;
        party.never_lifted_at = None;
        party.undeliverable_at = None;
    }
    Ok(())
}

/// Queues the ask of one side and moves the running deadline; never backwards.
pub(super) fn ask_side(step: &mut Step, side: Side, policy: &Policy, now: Ts) {
    let deadline = now + policy.window;
    let remind_at = calendar::add_working_days(now, policy.reminder_working_days, &policy.zone);
    let remind_at = Some(remind_at).filter(|at| *at < deadline);
    move_deadline(step, deadline);
    tell_about_other(&mut step.next, side);
    step.next.parties.get_mut(side).asked = Some(Asked { at: now, deadline, remind_at });
    let round = step.next.round;
    step.event(now, What::Asked { round }, Some(side));
    step.mails.push(Mail::Ask(side));
}

/// Fixes what this side reads about the other one. Who is asked after the other's yes reads what came with it. All
/// others read in every round what the connector wrote: words of an earlier yes would tell that there was one.
fn tell_about_other(of: &mut Introduction, side: Side) {
    let after_a_yes = of.terms.order == Order::OneByOne && side == Side::Second;
    let now = of.parties.get(side.other()).blurb.clone();
    let told = &mut of.parties.get_mut(side).other_blurb;
    if after_a_yes || told.is_none() {
        *told = Some(now);
    }
}

/// The same for somebody who cannot be asked now: nothing leaves, and to everybody else it is their silence.
pub(super) fn ask_silently(step: &mut Step, side: Side, policy: &Policy, now: Ts) {
    ask_side(step, side, policy, now);
    step.mails.retain(|mail| *mail != Mail::Ask(side));
    if let Some(asked) = step.next.parties.get_mut(side).asked.as_mut() {
        asked.remind_at = None;
    }
}

pub(super) fn move_deadline(step: &mut Step, deadline: Ts) {
    step.next.deadline = Some(step.next.deadline.map_or(deadline, |old| old.max(deadline)));
}
