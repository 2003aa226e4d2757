//! A clock that jumps: noticed against one that cannot be set, and what to make of it.
//!
//! After a jump nothing that is due by time is done: no closing, no reminder, no mail. A clock that comes
//! back ends that at once. A jump of hours (a machine that slept, a clock that was mended) is believed after a
//! while in which nothing more happens. A larger one is believed when an operator says so: a clock that is a
//! year ahead goes on as steadily as a right one.

use crate::clock::{Reading, Span, Ts};

/// Two clocks may differ by this much.
const SLACK: Span = Span::hours(1);
/// A jump up to this is believed after [`STEADY`].
const SMALL: Span = Span::days(2);
/// Longer than any wait for a relay's answer, so that nothing from before the jump is still under way.
const STEADY: Span = Span::minutes(15);
/// A service may have stood still for this long. Nobody can tell a longer stop from a clock that is ahead.
const STOPPED: Span = Span::days(7);

/// A jump that is not believed yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jump {
    /// How far the clock is from where it should be.
    pub by: Span,
    /// When it was noticed, by the steady clock.
    noticed: Span,
    /// What an operator had accepted by then.
    accepted: Option<Ts>,
}

/// What is kept between two looks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Watch {
    /// The last reading that was believed.
    base: Option<Reading>,
    jump: Option<Jump>,
}

/// What a look found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    Steady,
    /// It jumped since the last look.
    Jumped(Jump),
    /// It has jumped, and that is not over.
    Waiting(Jump),
    /// It is believed from now on.
    Believed(Jump),
}

impl Watch {
    /// Whether the next look needs to know what is stored: at the first, and as long as a jump waits.
    #[must_use]
    pub const fn wants_stored(&self) -> bool {
        self.base.is_none() || self.jump.is_some()
    }

    /// Compares the clocks. `seen` is the newest time that a process has written down (for the first look),
    /// `accepted` the last time that an operator called right.
    pub fn look(&mut self, now: Reading, seen: Option<Ts>, accepted: Option<Ts>) -> Found {
        let Some(base) = self.base else {
            return self.first(now, seen, accepted);
        };
        let by = now.wall - (base.wall + (now.steady - base.steady));
        let Some(jump) = self.jump else {
            if size(by) <= SLACK {
                self.base = Some(now);
                return Found::Steady;
            }
            return self.jumped(by, now, accepted);
        };
        if size(by) <= SLACK || is_believed(jump, now, accepted) {
            (self.base, self.jump) = (Some(now), None);
            return Found::Believed(jump);
        }
        if size(by - jump.by) > SLACK {
            return self.jumped(by, now, accepted);
        }
        Found::Waiting(jump)
    }

    fn first(&mut self, now: Reading, seen: Option<Ts>, accepted: Option<Ts>) -> Found {
        self.base = Some(now);
        let Some(seen) = seen else { return Found::Steady };
        let gap = now.wall - seen;
        if gap >= Span(-SLACK.0) && gap <= STOPPED {
            return Found::Steady;
        }
        self.base = Some(Reading { wall: seen, ..now });
        self.jumped(gap, now, accepted)
    }

    fn jumped(&mut self, by: Span, now: Reading, accepted: Option<Ts>) -> Found {
        let jump = Jump { by, noticed: now.steady, accepted };
        self.jump = Some(jump);
        Found::Jumped(jump)
    }
}

/// Whether an operator has called this very time right since, or a small jump has lasted.
fn is_believed(jump: Jump, now: Reading, accepted: Option<Ts>) -> bool {
    let said = accepted.filter(|_| accepted != jump.accepted);
    if said.is_some_and(|said| size(now.wall - said) <= SLACK) {
        return true;
    }
    size(jump.by) <= SMALL && now.steady - jump.noticed >= STEADY
}

const fn size(span: Span) -> Span {
    Span(span.0.saturating_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: Ts = Ts(1_700_000_000_000_000);

    fn at(wall: Span, steady: Span) -> Reading {
        Reading { wall: T0 + wall, steady }
    }

    /// A watch that has seen a steady clock for a minute.
    fn steady() -> Watch {
        let mut watch = Watch::default();
        assert_eq!(watch.look(at(Span::ZERO, Span::ZERO), Some(T0), None), Found::Steady);
        assert_eq!(watch.look(at(Span::minutes(1), Span::minutes(1)), None, None), Found::Steady);
        watch
    }

    fn waits(found: Found) -> bool {
        matches!(found, Found::Jumped(_) | Found::Waiting(_))
    }

    #[test]
    fn half_an_hour_is_no_jump_and_two_hours_are() {
        let mut watch = steady();
        assert_eq!(watch.look(at(Span::minutes(32), Span::minutes(2)), None, None), Found::Steady);
        assert!(waits(watch.look(at(Span::minutes(153), Span::minutes(3)), None, None)));
    }

    #[test]
    fn a_year_is_not_believed_however_steady_it_is() {
        let mut watch = steady();
        for minutes in 2..600 {
            let now = at(Span::days(365) + Span::minutes(minutes), Span::minutes(minutes));
            assert!(waits(watch.look(now, None, None)), "{minutes}");
        }
    }

    #[test]
    fn a_clock_that_comes_back_is_believed_at_once() {
        let mut watch = steady();
        assert!(waits(watch.look(at(Span::days(365), Span::minutes(2)), None, None)));
        let back = watch.look(at(Span::minutes(3), Span::minutes(3)), None, None);
        assert!(matches!(back, Found::Believed(_)), "{back:?}");
        assert_eq!(watch.look(at(Span::minutes(4), Span::minutes(4)), None, None), Found::Steady);
    }

    #[test]
    fn a_day_back_is_believed_after_a_quarter_of_an_hour_and_not_before() {
        let mut watch = steady();
        let back = |minutes| at(Span::days(-1) + Span::minutes(minutes), Span::minutes(minutes));
        assert!(waits(watch.look(back(2), None, None)));
        assert!(waits(watch.look(back(16), None, None)));
        assert!(!waits(watch.look(back(17), None, None)));
    }

    #[test]
    fn a_clock_that_goes_on_jumping_is_not_believed() {
        let mut watch = steady();
        for minutes in 2..200 {
            let ahead = Span::hours(3 + 2 * (minutes % 7));
            let now = at(Span::minutes(minutes) + ahead, Span::minutes(minutes));
            assert!(waits(watch.look(now, None, None)), "{minutes}");
        }
    }

    #[test]
    fn an_operator_is_believed_about_the_time_they_saw_and_no_other() {
        let mut watch = steady();
        let year = |minutes| at(Span::days(365) + Span::minutes(minutes), Span::minutes(minutes));
        let before = Some(year(2).wall);
        assert!(waits(watch.look(year(2), None, before)), "accepted before the jump");
        assert!(waits(watch.look(year(3), None, before)));
        assert!(waits(watch.look(year(4), None, Some(T0))), "another time");
        assert!(!waits(watch.look(year(5), None, Some(year(4).wall))));
    }

    #[test]
    fn at_the_start_a_week_of_standstill_is_fine_and_more_is_not() {
        let first = |gap: Span| Watch::default().look(at(gap, Span::ZERO), Some(T0), None);
        assert_eq!(first(Span::days(6)), Found::Steady);
        assert_eq!(first(Span::minutes(-30)), Found::Steady);
        assert!(waits(first(Span::days(8))));
        assert!(waits(first(Span::hours(-2))));
        assert_eq!(Watch::default().look(at(Span::ZERO, Span::ZERO), None, None), Found::Steady);
    }
}
