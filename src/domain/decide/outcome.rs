//! What came of it, told by a party or the connector.

use super::super::event::What;
use super::super::introduction::{Introduction, State};
use super::super::outcome::Outcome;
use super::super::step::{Refusal, Step};
use super::Teller;
use crate::clock::Ts;

/// Records an outcome. It may be told again and differently; the latest word counts.
///
/// # Errors
/// [`Refusal::WrongState`] before the introduction was sent.
pub fn record_outcome(old: Introduction, teller: Teller, outcome: Outcome, now: Ts) -> Result<Step, Refusal> {
    match old.state {
        State::Introduced => {}
        State::Draft | State::Asking | State::Agreed { .. } | State::Closed => {
            return Err(Refusal::WrongState);
        }
    }
    let mut step = Step::new(old);
    let side = match teller {
        Teller::Connector => None,
        Teller::Party(side) => Some(side),
    };
    let known = match side {
        Some(side) => step.next.parties.get(side).outcome,
        None => step.next.outcome,
    };
    if known == Some(outcome) && step.next.outcome == Some(outcome) {
        return Ok(step);
    }
    if let Some(side) = side {
        step.next.parties.get_mut(side).outcome = Some(outcome);
    }
    step.next.outcome = Some(outcome);
    step.event(now, What::OutcomeRecorded(outcome), side);
    Ok(step)
}
