//! An introduction as its connector may see it: a function of what was answered openly, and of the clock.

use super::asking::{Order, Pair, Policy, Side};
use super::introduction::{Introduction, State};
use super::party::{Asked, Party, Shown};
use crate::clock::Ts;

/// The connector's copy, to be made once, from what is stored. Everything for their eyes is made from it.
///
/// * Answers are gone; what was shown of them stays.
/// * While a yes that was taken back quietly hides, two yeses stay agreed until the told moment. From
///   then on it is plain to everybody that nothing left, so it shows as asking again, whoever the cause.
/// * The second's ask, taken back unsent because the first did not agree any more, stays asked.
#[must_use]
pub fn to_connector(of: &Introduction, policy: &Policy, now: Ts) -> Introduction {
    let mut copy = of.clone();
    copy.state = state(of, now);
    if is_unasked_quietly(of) {
        copy.parties.second.asked = of.deadline.map(|deadline| {
            let at = deadline - policy.window;
            Asked { at, deadline, remind_at: None }
        });
    }
    let Pair { first, second } = &mut copy.parties;
    for party in [first, second] {
        blind(party);
    }
    copy
}

/// Whether two yeses were shown and yet it did not leave at the told moment: one of them was taken back,
/// and the connector is not told which.
#[must_use]
pub fn did_not_leave(of: &Introduction, now: Ts) -> bool {
    of.state == State::Asking && of.shown_leaves_at.is_some_and(|at| at <= now)
}

fn state(of: &Introduction, now: Ts) -> State {
    match (of.state, of.shown_leaves_at) {
        (State::Asking, Some(introduce_at)) if introduce_at > now => State::Agreed { introduce_at },
        (State::Draft | State::Asking | State::Agreed { .. } | State::Introduced | State::Closed, _) => {
            of.state
        }
    }
}

fn is_unasked_quietly(of: &Introduction) -> bool {
    let first = of.parties.get(Side::First);
    // A yes after the connector took it back asks nobody.
    let in_time = |shown: &Shown| of.withdrawn_at.is_none_or(|withdrawn| shown.at < withdrawn);
    of.terms.order == Order::OneByOne
        && matches!(of.state, State::Asking | State::Closed)
        && of.parties.second.asked.is_none()
        && first.shows_yes()
        && first.shown.as_ref().is_some_and(in_time)
        && !first.says_yes()
}

fn blind(party: &mut Party) {
    party.given = None;
    party.contested_at = None;
    party.never_lifted_at = None;
    party.answers = 0;
    if let Some(asked) = &mut party.asked {
        asked.remind_at = None;
    }
}
