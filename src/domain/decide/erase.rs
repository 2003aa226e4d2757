//! A party has everything about themselves erased.
//!
//! To the other party it is silence: what they may have read already stays until nothing more happens,
//! and goes then ([`forget`]).

use super::super::address::EmailAddress;
use super::super::asking::{Policy, Side};
use super::super::introduction::{Introduction, State};
use super::super::party::{NOBODY, Party, PersonKey};
use super::super::step::Step;
use super::Facts;
use super::answer::follow;
use crate::clock::Ts;

/// Empties the row of this party. `unlinked` takes the place of the hash of their address.
#[must_use]
pub fn erase(
    old: Introduction,
    side: Side,
    unlinked: PersonKey,
    facts: &Facts,
    policy: &Policy,
    now: Ts,
) -> Step {
    let mut step = Step::new(old);
    step.touched = true;
    let party = step.next.parties.get_mut(side);
    party.erased_at = Some(now);
    party.contact = None;
    party.email = EmailAddress::nowhere();
    party.person = unlinked;
    party.why.clear();
    party.given = None;
    // What the connector was shown before stays until the end, like a yes that was taken back quietly.
    if let Some(shown) = &mut party.shown {
        shown.note.clear();
    }
    party.contested_at = None;
    party.never_lifted_at = None;
    party.outcome = None;
    // No reminder and no check-in to nobody.
    party.check_ins = i64::try_from(policy.check_in_days.len()).unwrap_or(i64::MAX);
    if let Some(asked) = party.asked.as_mut() {
        asked.remind_at = None;
    }
    match step.next.state {
        State::Asking | State::Agreed { .. } => follow(&mut step, side, facts, policy, now),
        State::Draft | State::Introduced | State::Closed => {}
    }
    step
}

/// Clears the name and the words of whoever had themselves erased, once nobody reads them any more.
#[must_use]
pub fn forget(mut of: Introduction, policy: &Policy) -> Introduction {
    for side in Side::ALL {
        if of.parties.get(*side).erased_at.is_none() || !is_over_for(&of, side.other(), policy) {
            continue;
        }
        let party = of.parties.get_mut(*side);
        NOBODY.clone_into(&mut party.name);
        clear(party);
        of.parties.get_mut(side.other()).forget_other();
        of.terms.shared.clear();
        of.terms.fit.clear();
    }
    of
}

fn clear(party: &mut Party) {
    party.described.clear();
    party.how_known.clear();
    party.why.clear();
    party.blurb.clear();
    party.other_blurb = None;
    party.shown = None;
}

fn is_over_for(of: &Introduction, reader: Side, policy: &Policy) -> bool {
    match of.state {
        State::Draft => true,
        State::Introduced => of.check_in_due(reader, policy).is_none(),
        // After a closing it goes when it would go from everybody: see `retention::forget_erased`.
        State::Asking | State::Agreed { .. } | State::Closed => false,
    }
}
