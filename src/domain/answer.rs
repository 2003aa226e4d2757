//! What a party says to an ask.

use serde::{Deserialize, Serialize};

use super::problem::Problem;
use crate::clock::{Span, Ts};

/// Longest private note, in characters.
pub const NOTE_MAX: usize = 500;
/// How far ahead "not now" may name a date.
pub const NOT_NOW_MAX: Span = Span::days(366);

/// A party's answer. May change until the introduction is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Yes,
    /// Not now; perhaps again from this day on.
    NotNow {
        until: Ts,
    },
    No,
    /// No, and never ask me again.
    Never,
}

impl Answer {
    #[must_use]
    pub const fn choice(self) -> Choice {
        match self {
            Self::Yes => Choice::Yes,
            Self::NotNow { .. } => Choice::NotNow,
            Self::No => Choice::No,
            Self::Never => Choice::Never,
        }
    }

    /// The date of a "not now".
    #[must_use]
    pub const fn until(self) -> Option<Ts> {
        match self {
            Self::NotNow { until } => Some(until),
            Self::Yes | Self::No | Self::Never => None,
        }
    }

    /// The answer for a stored choice and date.
    #[must_use]
    pub fn from_parts(choice: Choice, until: Option<Ts>) -> Self {
        match choice {
            Choice::Yes => Self::Yes,
            Choice::NotNow => Self::NotNow { until: until.unwrap_or(Ts(0)) },
            Choice::No => Self::No,
            Choice::Never => Self::Never,
        }
    }
}

/// The four choices without their date: what the form, the API and the database name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    Yes,
    NotNow,
    No,
    Never,
}

super::text_enum!(Choice { Yes = "yes", NotNow = "not_now", No = "no", Never = "never" });

/// A whole reply from the answer page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub answer: Answer,
    /// A private note to the connector; empty for none.
    pub note: String,
    /// "Let it lapse quietly": the connector does not see this answer. A yes is never quiet.
    pub quiet: bool,
    /// The party's own words about themselves, when they edited them.
    pub blurb: Option<String>,
}

impl Reply {
    #[must_use]
    pub fn plain(answer: Answer) -> Self {
        Self { answer, note: String::new(), quiet: false, blurb: None }
    }
}

/// Checks the date of a "not now": after today and within a year.
pub fn not_now_until(field: &str, until: Ts, now: Ts) -> Result<Ts, Problem> {
    if until <= now {
        return Err(Problem::new(field, "date-past"));
    }
    if until > now + NOT_NOW_MAX {
        return Err(Problem::new(field, "date-far"));
    }
    Ok(until)
}
