//! When the same two people may be asked about each other again, by whomever.
//!
//! One question at a time, and a rest after every ending that is as long after a no as after silence: neither a party
//! nor a connector can read from it how the last one ended.

use super::asking::Policy;
use super::preferences::told;
use crate::clock::{Span, Ts};

/// An introduction of the same two people to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Before {
    /// By the connector who wants to ask now.
    pub own: bool,
    pub asked_at: Ts,
    /// When it closed or left; `None` while it is under way.
    pub ended_at: Option<Ts>,
    /// From when on the first may be asked again, by their own open word. Only where the second was not asked: nobody else
    /// could read the early question as that word.
    pub invited_at: Option<Ts>,
}

/// Why they cannot be asked now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bar {
    /// The same connector asks them already.
    StillOpen,
    /// The same connector asked them; they rest until then.
    Rest(Ts),
    /// Somebody else asks or asked them. The date is like that of any other cause.
    Elsewhere(Ts),
}

/// The first that holds; what the connector knows anyway goes first.
#[must_use]
pub fn bar(before: &[Before], policy: &Policy, now: Ts) -> Option<Bar> {
    if !policy.one_at_a_time {
        return None;
    }
    let rest = |one: &Before| one.ended_at.map(|at| at + policy.cool_down);
    let holds = |one: &&Before| rest(one).is_none_or(|until| until > now);
    if before.iter().any(|one| one.own && one.ended_at.is_none()) {
        return Some(Bar::StillOpen);
    }
    let own =
        |one: &Before| rest(one).map(|until| one.invited_at.map_or(until, |invited| invited.min(until)));
    let rests = before.iter().filter(|one| one.own).filter_map(own);
    if let Some(until) = rests.filter(|until| *until > now).max() {
        return Some(Bar::Rest(until));
    }
    let elsewhere = before.iter().filter(|one| !one.own).filter(holds);
    elsewhere
        .map(|one| one.asked_at)
        .max()
        .map(|asked_at| Bar::Elsewhere(told(asked_at, Some(longest(asked_at, policy)), &policy.zone, now)))
}

/// When the rest after a question that began then is over at the latest. It does not move with the answers.
fn longest(asked_at: Ts, policy: &Policy) -> Ts {
    asked_at + policy.window + policy.window + policy.hold + policy.cool_down
}

/// How far back a question may have begun that still holds.
#[must_use]
pub fn horizon(policy: &Policy) -> Span {
    // A closing may come late, when the service was down.
    longest(Ts(0), policy) - Ts(0) + Span::days(30)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    const NOW: Ts = Ts(1_772_442_000_000_000);

    fn policy() -> Policy {
        Policy { one_at_a_time: true, cool_down: Span::days(30), zone: TimeZone::UTC, ..Policy::default() }
    }

    fn before(own: bool, asked: i64, ended: Option<i64>) -> Before {
        let ago = |days| NOW - Span::days(days);
        Before { own, asked_at: ago(asked), ended_at: ended.map(ago), invited_at: None }
    }

    fn now(before: &[Before]) -> Option<Bar> {
        bar(before, &policy(), NOW)
    }

    #[test]
    fn ones_own_is_told_plainly() {
        assert_eq!(now(&[]), None);
        assert_eq!(now(&[before(true, 3, None)]), Some(Bar::StillOpen));
        assert_eq!(now(&[before(true, 40, Some(20))]), Some(Bar::Rest(NOW + Span::days(10))));
        assert_eq!(now(&[before(true, 44, Some(30))]), None);
        let both = [before(true, 40, Some(20)), before(false, 2, None)];
        assert_eq!(now(&both), Some(Bar::Rest(NOW + Span::days(10))));
    }

    #[test]
    fn who_named_a_date_alone_rests_until_then_at_most() {
        let closed = before(true, 40, Some(20));
        let invited = |days: i64| Before { invited_at: Some(NOW + Span::days(days)), ..closed };
        assert_eq!(now(&[invited(-1)]), None);
        assert_eq!(now(&[invited(3)]), Some(Bar::Rest(NOW + Span::days(3))));
        assert_eq!(now(&[invited(90)]), Some(Bar::Rest(NOW + Span::days(10))));
        let others = Before { own: false, ..invited(-1) };
        assert!(matches!(now(&[others]), Some(Bar::Elsewhere(_))));
    }

    #[test]
    fn somebody_elses_is_one_date_however_it_goes() {
        let open = now(&[before(false, 20, None)]);
        assert!(matches!(open, Some(Bar::Elsewhere(_))), "{open:?}");
        for ended in 0..20 {
            assert_eq!(now(&[before(false, 20, Some(ended))]), open, "{ended}");
        }
        assert_eq!(now(&[before(false, 60, Some(30))]), None);
    }
}
