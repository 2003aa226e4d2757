//! What an introduction adds to the figures and the lists of the outcome log, and nothing more than an
//! admin may know of it: never who answered what.

use serde::Serialize;

use super::asking::Purpose;
use super::introduction::{Introduction, StateName};
use super::name_words;
use super::outcome::Outcome;
use crate::clock::{Span, Ts};
use crate::ids::ConnectorId;

/// Days to an answer are counted up to this; whatever took longer stands here too.
pub const DAYS_MAX: i64 = 60;
/// Closings are counted in batches of this many: a smaller group would tell who answered.
pub const BATCH: i64 = 10;
/// Fewer answers than this have no median.
pub const MEDIAN_MIN: i64 = 10;

/// What came of an introduction, as finely as an admin may know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    /// Asked for, and open.
    Waiting,
    /// Closed without introduction, whatever the cause.
    Closed,
    /// Introduced, and nobody said what came of it.
    Unheard,
    Met,
    Scheduled,
    NoReply,
    NotAFit,
    Landed,
}

super::text_enum!(Came {
    Waiting = "waiting",
    Closed = "closed",
    Unheard = "unheard",
    Met = "met",
    Scheduled = "scheduled",
    NoReply = "no_reply",
    NotAFit = "not_a_fit",
    Landed = "landed",
});

impl Came {
    /// `None` for what was never asked for: drafts are nobody else's business.
    #[must_use]
    pub const fn of(introduction: &Introduction) -> Option<Self> {
        if introduction.round == 0 {
            return None;
        }
        Some(Self::from_row(introduction.state.name(), introduction.outcome))
    }

    /// Of something that was asked for.
    #[must_use]
    pub const fn from_row(state: StateName, outcome: Option<Outcome>) -> Self {
        match (state, outcome) {
            (StateName::Draft | StateName::Asking | StateName::Agreed, _) => Self::Waiting,
            (StateName::Closed, _) => Self::Closed,
            (StateName::Introduced, None) => Self::Unheard,
            (StateName::Introduced, Some(Outcome::Met)) => Self::Met,
            (StateName::Introduced, Some(Outcome::Scheduled)) => Self::Scheduled,
            (StateName::Introduced, Some(Outcome::NoReply)) => Self::NoReply,
            (StateName::Introduced, Some(Outcome::NotAFit)) => Self::NotAFit,
            (StateName::Introduced, Some(Outcome::Landed)) => Self::Landed,
        }
    }

    #[must_use]
    pub const fn is_introduced(self) -> bool {
        match self {
            Self::Waiting | Self::Closed => false,
            Self::Unheard | Self::Met | Self::Scheduled | Self::NoReply | Self::NotAFit | Self::Landed => {
                true
            }
        }
    }
}

/// What the log can be narrowed to: one of [`Came`], or everything that was introduced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Introduced,
    Came(Came),
}

impl Ended {
    /// In the order in which a form offers them.
    pub const ALL: &'static [Self] = &[
        Self::Came(Came::Waiting),
        Self::Came(Came::Closed),
        Self::Introduced,
        Self::Came(Came::Landed),
        Self::Came(Came::Met),
        Self::Came(Came::Scheduled),
        Self::Came(Came::NotAFit),
        Self::Came(Came::NoReply),
        Self::Came(Came::Unheard),
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Introduced => "introduced",
            Self::Came(came) => came.as_str(),
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "introduced" { Some(Self::Introduced) } else { Came::parse(text).map(Self::Came) }
    }

    #[must_use]
    pub fn covers(self, came: Came) -> bool {
        match self {
            Self::Introduced => came.is_introduced(),
            Self::Came(one) => one == came,
        }
    }
}

/// How many of each [`Came`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts([i64; 8]);

impl Counts {
    #[must_use]
    pub fn one(came: Came) -> Self {
        let mut counts = Self::default();
        counts.add(came, 1);
        counts
    }

    #[must_use]
    pub const fn of(&self, came: Came) -> i64 {
        self.0[came as usize]
    }

    pub const fn add(&mut self, came: Came, number: i64) {
        self.0[came as usize] += number;
    }

    /// Adds all of `other`.
    pub fn add_all(&mut self, other: &Self) {
        for came in Came::ALL {
            self.add(*came, other.of(*came));
        }
    }

    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let mut left = *self;
        for came in Came::ALL {
            left.add(*came, -other.of(*came));
        }
        left
    }

    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0.iter().all(|number| *number == 0)
    }

    /// Only what `ended` covers.
    #[must_use]
    pub fn only(&self, ended: Option<Ended>) -> Self {
        let mut left = Self::default();
        for came in Came::ALL.iter().filter(|came| ended.is_none_or(|ended| ended.covers(**came))) {
            left.add(*came, self.of(*came));
        }
        left
    }

    #[must_use]
    pub fn all(&self) -> i64 {
        self.0.iter().sum()
    }

    #[must_use]
    pub fn introduced(&self) -> i64 {
        Came::ALL.iter().filter(|came| came.is_introduced()).map(|came| self.of(*came)).sum()
    }

    /// Those who met: a job found is a meeting too.
    #[must_use]
    pub fn met(&self) -> i64 {
        self.of(Came::Met) + self.of(Came::Landed)
    }
}

/// What an introduction adds. Kept beside it, so that the next change can take it out again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The day (UTC) on which it was drafted, in days since the epoch.
    pub day: i64,
    pub connector: ConnectorId,
    pub purpose: Purpose,
    pub came: Came,
    /// Whole days to each yes, of introductions that left: everybody in them is known to have said yes,
    /// so that their number tells nothing new.
    pub days: Vec<i64>,
    /// The words by which it is found: the names of the two, once they know each other.
    pub words: Vec<String>,
}

impl Share {
    /// `None` while it adds nothing.
    #[must_use]
    pub fn of(introduction: &Introduction) -> Option<Self> {
        let came = Came::of(introduction)?;
        let (mut days, mut words) = (Vec::new(), Vec::new());
        if came.is_introduced() {
            for (_, party) in introduction.parties.iter() {
                if let (Some(asked), Some(given)) = (&party.asked, &party.given) {
                    days.push(whole_days(given.at - asked.at));
                }
                words.extend(name_words::words(&party.name));
            }
            words.sort();
            words.dedup();
        }
        let (connector, purpose) = (introduction.connector, introduction.terms.purpose);
        Some(Self { day: day(introduction.created_at), connector, purpose, came, days, words })
    }

    /// The lists it stands in: one for each way in which the log can be narrowed by connector, purpose
    /// and ending, so that every one of them is read along one index.
    #[must_use]
    pub fn lists(&self) -> Vec<String> {
        let mut ended = vec![None, Some(Ended::Came(self.came))];
        ended.extend(self.came.is_introduced().then_some(Some(Ended::Introduced)));
        let mut all = Vec::new();
        for connector in [None, Some(self.connector)] {
            for purpose in [None, Some(self.purpose)] {
                all.extend(ended.iter().map(|ended| list(connector, purpose, *ended)));
            }
        }
        all
    }
}

/// The name of a list of introductions.
#[must_use]
pub fn list(connector: Option<ConnectorId>, purpose: Option<Purpose>, ended: Option<Ended>) -> String {
    let connector = connector.map(|id| id.0.simple().to_string()).unwrap_or_default();
    let (purpose, ended) = (purpose.map_or("", Purpose::as_str), ended.map_or("", Ended::as_str));
    format!("{connector}/{purpose}/{ended}")
}

/// Whether somebody answered in the round that closed. What was answered quietly is no answer here
/// either: a connector who is the admin too must learn nothing by counting.
#[must_use]
pub fn was_answered(introduction: &Introduction) -> bool {
    introduction.parties.iter().any(|(_, party)| party.shown.is_some())
}

/// The day of a moment, in days since the epoch (UTC).
#[must_use]
pub const fn day(at: Ts) -> i64 {
    at.0.div_euclid(Span::days(1).0)
}

/// The Monday of a day's week: 1970-01-01 was a Thursday.
#[must_use]
pub const fn monday(day: i64) -> i64 {
    day - (day + 3).rem_euclid(7)
}

fn whole_days(span: Span) -> i64 {
    span.0.div_euclid(Span::days(1).0).clamp(0, DAYS_MAX)
}

/// How many of a closed group were answered, from its full batches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Batches {
    /// Closings in full batches.
    pub closed: i64,
    /// Those of them in which somebody answered.
    pub answered: i64,
}

/// Closed rounds of one purpose that are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    pub seq: i64,
    /// When the earliest and the latest of them were drafted.
    pub first_at: Ts,
    pub last_at: Ts,
    pub closed: i64,
    /// Those in which somebody answered; softened once the batch is full.
    pub answered: i64,
}

impl Batch {
    /// The batch that one more closing goes into, with it.
    #[must_use]
    pub fn with(last: Option<Self>, drafted_at: Ts, answered: bool) -> Self {
        let seq = last.map_or(1, |last| last.seq + 1);
        let empty = Self { seq, first_at: drafted_at, last_at: drafted_at, closed: 0, answered: 0 };
        let open = last.filter(|last| last.closed < BATCH).unwrap_or(empty);
        let (closed, sum) = (open.closed + 1, open.answered + i64::from(answered));
        Self {
            seq: open.seq,
            first_at: open.first_at.min(drafted_at),
            last_at: open.last_at.max(drafted_at),
            closed,
            // Never quite none and never quite all: either would tell of each one in it.
            answered: if closed == BATCH { sum.clamp(2, BATCH - 2) } else { sum },
        }
    }
}

/// The median of a histogram (days, how many), in order of days; the upper one of two in the middle.
/// `None` for fewer than [`MEDIAN_MIN`].
#[must_use]
pub fn median(histogram: &[(i64, i64)]) -> Option<i64> {
    let all: i64 = histogram.iter().map(|(_, count)| count).sum();
    if all < MEDIAN_MIN {
        return None;
    }
    let mut seen = 0;
    histogram.iter().find_map(|(days, count)| {
        seen += count;
        (seen > all / 2).then_some(*days)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_needs_ten_answers() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[(1, 9)]), None);
        assert_eq!(median(&[(0, 4), (3, 6)]), Some(3));
        assert_eq!(median(&[(0, 7), (3, 3)]), Some(0));
        assert_eq!(median(&[(0, 1), (2, 100), (60, 3)]), Some(2));
    }

    #[test]
    fn every_ending_has_its_own_word() {
        for ended in Ended::ALL {
            assert_eq!(Ended::parse(ended.as_str()), Some(*ended));
        }
        assert_eq!(Ended::ALL.len(), Came::ALL.len() + 1);
        assert_eq!(Ended::parse("yes"), None);
    }

    #[test]
    fn counts_are_added_narrowed_and_taken_out() {
        let mut counts = Counts::one(Came::Met);
        counts.add_all(&Counts::one(Came::Closed));
        counts.add(Came::Landed, 2);
        assert_eq!((counts.all(), counts.introduced(), counts.met()), (4, 3, 3));
        assert_eq!(counts.only(Some(Ended::Introduced)).all(), 3);
        assert_eq!(counts.only(Some(Ended::Came(Came::Closed))), Counts::one(Came::Closed));
        assert!(counts.minus(&counts).is_zero());
    }

    #[test]
    fn a_full_batch_never_tells_of_each_one() {
        for (answered, told) in [(0, 2), (1, 2), (5, 5), (10, 8)] {
            let mut batch = None;
            for n in 0..BATCH {
                batch = Some(Batch::with(batch, Ts(100 - n), n < answered));
            }
            let full = Batch { seq: 1, first_at: Ts(91), last_at: Ts(100), closed: 10, answered: told };
            assert_eq!(batch, Some(full));
            assert_eq!(Batch::with(batch, Ts(7), true).seq, 2);
        }
    }
}
