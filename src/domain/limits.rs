//! How much one connector may ask for, whoever they ask.
//!
//! Nothing here moves with an answer, but for the yeses that every connector is told of: an introduction is under way
//! until its deadline, however it was answered, so that no limit tells a connector what somebody said.

use crate::clock::{Span, Ts};

/// Of how many of a connector's last introductions it is looked at what came back.
pub const LATELY: u32 = 50;
/// Under this many addresses one or two that do not work are bad luck.
const FEW: u32 = 20;
/// What "a day" of a connector's asking means.
pub const DAY: Span = Span::days(1);

/// The instance's limits (section `[limits]` of the configuration).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Introductions under way at once, for whoever has brought nobody together yet.
    pub open: u32,
    /// How many more each introduction that came about allows.
    pub open_per_introduced: u32,
    /// However many came about.
    pub open_at_most: u32,
    /// Introductions that begin to ask within a [`DAY`].
    pub begun_per_day: u32,
    /// Complaints about the last [`LATELY`] introductions that pause their connector.
    pub pause_complaints: u32,
    /// Of the addresses in them, how many in a hundred may not work.
    pub pause_unreachable_percent: u32,
}

/// What a connector did, as far as the limits look at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Introductions under way, taken back or not.
    pub open: u32,
    /// Introductions that came about.
    pub introduced: u32,
    /// When introductions began to ask within the last [`DAY`], newest first.
    pub begun: Vec<Ts>,
    pub lately: Lately,
}

/// What came back of the last [`LATELY`] introductions since an admin last looked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lately {
    /// Addresses that were asked.
    pub asked: u32,
    /// Of them, those that do not work.
    pub unreachable: u32,
    pub complaints: u32,
}

/// Why a connector cannot ask now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// Too much came back, or was complained about. Which of the two is not said: a complaint is a "never".
    Paused,
    /// As many are under way as may be.
    Open { most: u32 },
    /// As many began today as may.
    Day { most: u32, until: Ts },
}

impl Limits {
    /// None at all.
    pub const NONE: Self = Self {
        open: u32::MAX,
        open_per_introduced: 0,
        open_at_most: u32::MAX,
        begun_per_day: u32::MAX,
        pause_complaints: u32::MAX,
        pause_unreachable_percent: 100,
    };

    /// How many introductions may be under way at once.
    #[must_use]
    pub fn open(&self, record: &Record) -> u32 {
        let earned = record.introduced.saturating_mul(self.open_per_introduced);
        self.open.saturating_add(earned).min(self.open_at_most.max(self.open))
    }

    /// Introductions beyond this many that came about allow nothing more.
    #[must_use]
    pub fn introduced_that_count(&self) -> u32 {
        self.open_at_most.saturating_sub(self.open).div_ceil(self.open_per_introduced.max(1))
    }

    /// Whether too much came back.
    #[must_use]
    pub fn pauses(&self, lately: &Lately) -> bool {
        let of = u64::from(lately.asked.max(FEW));
        lately.complaints >= self.pause_complaints
            || u64::from(lately.unreachable) * 100 > of * u64::from(self.pause_unreachable_percent)
    }

    /// Why another introduction cannot begin to ask now, if so.
    #[must_use]
    pub fn hold(&self, record: &Record) -> Option<Held> {
        if self.pauses(&record.lately) {
            return Some(Held::Paused);
        }
        let most = self.open(record);
        if record.open >= most {
            return Some(Held::Open { most });
        }
        let most = self.begun_per_day;
        let nth = usize::try_from(most).unwrap_or(usize::MAX).saturating_sub(1);
        record.begun.get(nth).map(|at| Held::Day { most, until: *at + DAY })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        open: 5,
        open_per_introduced: 2,
        open_at_most: 50,
        begun_per_day: 20,
        pause_complaints: 2,
        pause_unreachable_percent: 10,
    };

    fn lately(asked: u32, unreachable: u32, complaints: u32) -> Record {
        Record { lately: Lately { asked, unreachable, complaints }, ..Record::default() }
    }

    #[test]
    fn what_may_be_under_way_grows_with_what_came_about() {
        let open = |introduced| LIMITS.open(&Record { introduced, ..Record::default() });
        assert_eq!([open(0), open(1), open(22), open(23), open(1_000)], [5, 7, 49, 50, 50]);
        assert_eq!(LIMITS.introduced_that_count(), 23);
        let full = Record { open: 7, introduced: 1, ..Record::default() };
        assert_eq!(LIMITS.hold(&full), Some(Held::Open { most: 7 }));
        assert_eq!(LIMITS.hold(&Record { open: 6, ..full }), None);
        let narrow = Limits { open: 9, open_at_most: 3, ..LIMITS };
        assert_eq!(narrow.open(&Record::default()), 9, "never less than at first");
    }

    #[test]
    fn a_day_is_the_last_twenty_four_hours() {
        let begun = |many: i64| Record { begun: (0..many).rev().map(Ts).collect(), ..Record::default() };
        assert_eq!(LIMITS.hold(&begun(19)), None);
        assert_eq!(LIMITS.hold(&begun(20)), Some(Held::Day { most: 20, until: Ts(0) + DAY }));
        assert_eq!(LIMITS.hold(&begun(21)), Some(Held::Day { most: 20, until: Ts(1) + DAY }));
    }

    #[test]
    fn two_complaints_or_more_than_a_tenth_that_does_not_work_pause() {
        let held = |asked, unreachable, complaints| LIMITS.hold(&lately(asked, unreachable, complaints));
        assert_eq!(held(100, 0, 1), None);
        assert_eq!(held(100, 0, 2), Some(Held::Paused));
        assert_eq!(held(100, 10, 0), None);
        assert_eq!(held(100, 11, 0), Some(Held::Paused));
        assert_eq!(held(3, 2, 0), None, "two of the first three are bad luck");
        assert_eq!(held(3, 3, 0), Some(Held::Paused));
    }

    #[test]
    fn without_limits_nothing_holds() {
        let much = Record { open: 1_000_000, begun: vec![Ts(0); 1_000], ..lately(100, 100, 100) };
        assert_eq!(Limits::NONE.hold(&much), None);
    }
}
