//! The connector takes an introduction back.

use super::super::asking::{Pair, Policy, Side};
use super::super::event::What;
use super::super::introduction::{Introduction, State};
use super::super::message::{Mail, MessageKind};
use super::super::party::Party;
use super::super::step::{Effect, Refusal, Step};
use super::answer::settle;
use super::{Facts, has_answered};
use crate::clock::Ts;

/// Takes it back: it can no longer come about, and asks that have not left are cancelled.
///
/// A party who was reached notices nothing before the deadline: to them a withdrawal looks like the
/// other side's no. When nobody was reached it closes at once.
///
/// # Errors
/// [`Refusal::WrongState`] for drafts (they are deleted), introduced, closed and withdrawn ones.
pub fn withdraw(old: Introduction, facts: &Facts, policy: &Policy, now: Ts) -> Result<Step, Refusal> {
    match old.state {
        State::Asking | State::Agreed { .. } if old.withdrawn_at.is_none() => {}
        State::Draft | State::Asking | State::Agreed { .. } | State::Introduced | State::Closed => {
            return Err(Refusal::WrongState);
        }
    }
    let mut step = Step::new(old);
    step.next.withdrawn_at = Some(now);
    step.event(now, What::Withdrawn, None);
    take_back_unsent(&mut step, facts.unsent, now);
    settle(&mut step, None, policy, now);
    let reached = step.next.parties.iter().any(|(_, party)| was_reached(party));
    if !reached {
        step.next.state = State::Closed;
        step.next.closed_at = Some(now);
        step.event(now, What::Closed, None);
    }
    Ok(step)
}

fn was_reached(party: &Party) -> bool {
    party.asked.is_some() && (party.undeliverable_at.is_none() || has_answered(party))
}

fn take_back_unsent(step: &mut Step, unsent: Pair<bool>, now: Ts) {
    for side in Side::ALL {
        let party = step.next.parties.get_mut(*side);
        if party.asked.is_some() && !has_answered(party) && *unsent.get(*side) {
            party.asked = None;
            let kind: MessageKind = Mail::Ask(*side).kind();
            step.effects.push(Effect::CancelUnsent(kind));
            step.quiet_event(now, What::Unasked, Some(*side));
        }
    }
}
