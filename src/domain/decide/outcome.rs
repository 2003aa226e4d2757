//! What came of it, told by a party or the connector.

use super::super::asking::{Pair, Policy, Side};
use super::super::event::{Event, What};
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

/// A party tells, by the link of a check-in. Two different words within [`Policy::calm`] cancel each other (a
/// robot that presses every button must not tell anything): what stood before them stands again.
///
/// # Errors
/// [`Refusal::WrongState`] before the introduction was sent.
pub fn tell_outcome(
    old: Introduction,
    side: Side,
    outcome: Outcome,
    so_far: &[Event],
    policy: &Policy,
    now: Ts,
) -> Result<Step, Refusal> {
    let mut words = Words::read(so_far, policy);
    let is_recent = words.bursts.get(side).is_some_and(|burst| now - burst.last < policy.calm());
    let is_same = old.parties.get(side).outcome == Some(outcome);
    if !is_recent || is_same || old.state != State::Introduced {
        return record_outcome(old, Teller::Party(side), outcome, now);
    }
    words.contest(side, now);
    let mut step = Step::new(old);
    step.next.parties.get_mut(side).outcome = words.of(side);
    step.next.outcome = words.latest();
    step.event(now, What::OutcomeContested, Some(side));
    Ok(step)
}

/// What was told so far and still stands, the oldest first; read from the events.
#[derive(Default)]
struct Words {
    standing: Vec<(Option<Side>, Ts, Outcome)>,
    bursts: Pair<Option<Burst>>,
}

/// The newest words of one party that came shortly after each other.
#[derive(Clone, Copy)]
struct Burst {
    first: Ts,
    last: Ts,
}

impl Words {
    fn read(events: &[Event], policy: &Policy) -> Self {
        let mut words = Self::default();
        for event in events {
            if let What::OutcomeRecorded(outcome) = event.what {
                words.standing.push((event.side, event.at, outcome));
                if let Some(side) = event.side {
                    let burst = words.bursts.get_mut(side);
                    let going_on = burst.filter(|burst| event.at - burst.last < policy.calm());
                    let first = going_on.map_or(event.at, |burst| burst.first);
                    *burst = Some(Burst { first, last: event.at });
                }
            } else if let (What::OutcomeContested, Some(side)) = (event.what, event.side) {
                words.contest(side, event.at);
            }
        }
        words
    }

    /// Nothing of this party's burst stands any more.
    fn contest(&mut self, side: Side, now: Ts) {
        if let Some(burst) = self.bursts.get_mut(side) {
            burst.last = now;
            let first = burst.first;
            self.standing.retain(|(teller, at, _)| *teller != Some(side) || *at < first);
        }
    }

    fn of(&self, side: Side) -> Option<Outcome> {
        let own = self.standing.iter().rev().find(|(teller, ..)| *teller == Some(side));
        own.map(|(.., outcome)| *outcome)
    }

    fn latest(&self) -> Option<Outcome> {
        self.standing.last().map(|(.., outcome)| *outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Span;

    fn told(at: i64, side: Option<Side>, outcome: Option<Outcome>) -> Event {
        let what = outcome.map_or(What::OutcomeContested, What::OutcomeRecorded);
        Event { at: Ts(0) + Span::seconds(at), what, side, quiet: false }
    }

    #[test]
    fn what_robots_of_both_said_at_once_is_gone_and_the_words_before_stand() {
        let (first, second) = (Some(Side::First), Some(Side::Second));
        let mut words = Words::read(
            &[
                told(0, None, Some(Outcome::Scheduled)),
                told(1_000, first, Some(Outcome::Met)),
                told(9_000, first, Some(Outcome::NoReply)),
                told(9_001, second, Some(Outcome::Landed)),
                told(9_002, first, None),
            ],
            &Policy::default(),
        );
        assert_eq!((words.of(Side::First), words.latest()), (Some(Outcome::Met), Some(Outcome::Landed)));
        words.contest(Side::Second, Ts(0) + Span::seconds(9_003));
        assert_eq!((words.of(Side::Second), words.latest()), (None, Some(Outcome::Met)));
    }
}
