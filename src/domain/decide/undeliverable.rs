//! A relay refused a party's address for good.

use super::super::asking::Side;
use super::super::event::What;
use super::super::introduction::Introduction;
use super::super::step::Step;
use crate::clock::Ts;

/// Marks the address. The connector sees it; to the other party it is silence, so nothing else moves.
#[must_use]
pub fn undeliverable(old: Introduction, side: Side, now: Ts) -> Step {
    let mut step = Step::new(old);
    let party = step.next.parties.get_mut(side);
    if party.undeliverable_at.is_none() {
        party.undeliverable_at = Some(now);
        step.event(now, What::Undeliverable, Some(side));
    }
    step
}
