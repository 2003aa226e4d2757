//! The vocabulary of the outcome log: what happened, appended in the transaction that made it happen.

use super::answer::{Answer, Choice};
use super::asking::Side;
use super::outcome::Outcome;
use crate::clock::Ts;

/// One thing that happened to an introduction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub at: Ts,
    pub what: What,
    pub side: Option<Side>,
    /// Hidden from the connector: a quiet answer and what follows from it.
    pub quiet: bool,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Drafted,
    Edited,
    /// An ask was queued.
    Asked {
        round: i64,
    },
    /// An ask was taken back before it left.
    Unasked,
    Answered(Answer),
    /// Contradictory answers within seconds: none counts.
    Contested,
    /// Two yeses stand.
    Agreed {
        introduce_at: Ts,
    },
    /// A yes was taken back during the hold.
    Reopened,
    Reminded,
    Introduced,
    Withdrawn,
    Closed,
    CheckedIn {
        days: u32,
    },
    /// `side` says who said it; none is the connector.
    OutcomeRecorded(Outcome),
    /// Contradictory words about it, shortly after each other: what stood before them stands.
    OutcomeContested,
    /// The relay refused the address for good.
    Undeliverable,
    /// They edited what the other will read about them.
    BlurbEdited,
}

impl What {
    /// The word that the database and the API use; `event-{word}` is its sentence.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Drafted => "drafted",
            Self::Edited => "edited",
            Self::Asked { .. } => "asked",
            Self::Unasked => "unasked",
            Self::Answered(_) => "answered",
            Self::Contested => "contested",
            Self::Agreed { .. } => "agreed",
            Self::Reopened => "reopened",
            Self::Reminded => "reminded",
            Self::Introduced => "introduced",
            Self::Withdrawn => "withdrawn",
            Self::Closed => "closed",
            Self::CheckedIn { .. } => "checked_in",
            Self::OutcomeRecorded(_) => "outcome_recorded",
            Self::OutcomeContested => "outcome_contested",
            Self::Undeliverable => "undeliverable",
            Self::BlurbEdited => "blurb_edited",
        }
    }

    /// The one word of detail stored beside it: a choice or an outcome.
    #[must_use]
    pub const fn detail(&self) -> Option<&'static str> {
        match self {
            Self::Answered(answer) => Some(answer.choice().as_str()),
            Self::OutcomeRecorded(outcome) => Some(outcome.as_str()),
            Self::Drafted
            | Self::Edited
            | Self::Asked { .. }
            | Self::Unasked
            | Self::Contested
            | Self::Agreed { .. }
            | Self::Reopened
            | Self::Reminded
            | Self::Introduced
            | Self::Withdrawn
            | Self::Closed
            | Self::CheckedIn { .. }
            | Self::OutcomeContested
            | Self::Undeliverable
            | Self::BlurbEdited => None,
        }
    }

    /// The one number stored beside it: a time in microseconds, a round or a count of days.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Asked { round } => Some(*round),
            Self::Answered(answer) => answer.until().map(|until| until.0),
            Self::Agreed { introduce_at } => Some(introduce_at.0),
            Self::CheckedIn { days } => Some(i64::from(*days)),
            Self::Drafted
            | Self::Edited
            | Self::Unasked
            | Self::Contested
            | Self::Reopened
            | Self::Reminded
            | Self::Introduced
            | Self::Withdrawn
            | Self::Closed
            | Self::OutcomeRecorded(_)
            | Self::OutcomeContested
            | Self::Undeliverable
            | Self::BlurbEdited => None,
        }
    }

    /// Reads back what [`Self::as_str`], [`Self::detail`] and [`Self::number`] wrote.
    #[must_use]
    pub fn parse(word: &str, detail: Option<&str>, number: Option<i64>) -> Option<Self> {
        Some(match word {
            "drafted" => Self::Drafted,
            "edited" => Self::Edited,
            "asked" => Self::Asked { round: number? },
            "unasked" => Self::Unasked,
            "answered" => Self::Answered(Answer::from_parts(Choice::parse(detail?)?, number.map(Ts))),
            "contested" => Self::Contested,
            "agreed" => Self::Agreed { introduce_at: Ts(number?) },
            "reopened" => Self::Reopened,
            "reminded" => Self::Reminded,
            "introduced" => Self::Introduced,
            "withdrawn" => Self::Withdrawn,
            "closed" => Self::Closed,
            "checked_in" => Self::CheckedIn { days: u32::try_from(number?).ok()? },
            "outcome_recorded" => Self::OutcomeRecorded(Outcome::parse(detail?)?),
            "outcome_contested" => Self::OutcomeContested,
            "undeliverable" => Self::Undeliverable,
            "blurb_edited" => Self::BlurbEdited,
            _ => return None,
        })
    }
}
