//! How an introduction is asked for: purpose, order, who writes first, and the instance's policy.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::limits::Limits;
use crate::clock::Span;

/// The two sides of an introduction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Asked first: who gains most, usually the job seeker.
    First,
    Second,
}

super::text_enum!(Side { First = "first", Second = "second" });

impl Side {
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
}

/// One value for each side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pair<T> {
    pub first: T,
    pub second: T,
}

impl<T> Pair<T> {
    #[must_use]
    pub const fn get(&self, side: Side) -> &T {
        match side {
            Side::First => &self.first,
            Side::Second => &self.second,
        }
    }

    pub const fn get_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::First => &mut self.first,
            Side::Second => &mut self.second,
        }
    }

    /// Both values, first side first.
    pub fn iter(&self) -> impl Iterator<Item = (Side, &T)> {
        [(Side::First, &self.first), (Side::Second, &self.second)].into_iter()
    }
}

/// What the introduction is for. Each is a family of templates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The traded introduction for someone looking for work.
    JobSearch,
    /// A talk about someone's role, industry and organisation.
    Conversation,
    /// Someone at the connector's own employer.
    Colleague,
    Recruiter,
    Peers,
    Expertise,
}

super::text_enum!(Purpose {
    JobSearch = "job_search",
    Conversation = "conversation",
    Colleague = "colleague",
    Recruiter = "recruiter",
    Peers = "peers",
    Expertise = "expertise",
});

/// Whether the parties are asked one after the other or at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    OneByOne,
    Together,
}

super::text_enum!(Order { OneByOne = "one_by_one", Together = "together" });

/// The instance's terms of asking (section `[asking]` of the configuration).
#[derive(Clone, Debug)]
pub struct Policy {
    /// The time a party has to answer.
    pub window: Span,
    /// Working days of silence before the one reminder.
    pub reminder_working_days: u32,
    /// The pause between the second yes and the introduction.
    pub hold: Span,
    /// Days after the introduction on which the parties are asked what came of it.
    pub check_in_days: Vec<u32>,
    /// Two different answers within this time cancel each other; see [`Self::calm`].
    pub contest: Span,
    /// Asks to one person within thirty days, by all connectors together, unless they say otherwise.
    pub asks_per_month: u32,
    /// The same within a year.
    pub asks_per_year: u32,
    /// Whether the same two people are asked about each other once at a time only.
    pub one_at_a_time: bool,
    /// How long two people rest after every ending before they are asked about each other again.
    pub cool_down: Span,
    /// How much one connector may ask for.
    pub limits: Limits,
    /// The zone whose working days count.
    pub zone: TimeZone,
}

impl Policy {
    /// How long after another answer of the same person a yes or a never counts as contradicting it.
    #[must_use]
    pub const fn calm(&self) -> Span {
        Span(self.contest.0 * 6)
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            window: Span::days(14),
            reminder_working_days: 5,
            hold: Span::minutes(10),
            check_in_days: vec![7, 28],
            contest: Span::seconds(10),
            asks_per_month: 1_000,
            asks_per_year: 1_000,
            one_at_a_time: false,
            cool_down: Span(0),
            limits: Limits::NONE,
            zone: TimeZone::UTC,
        }
    }
}
