//! One of the two people of an introduction.

use super::address::EmailAddress;
use super::answer::{Answer, Choice};
use super::asking::Side;
use super::outcome::Outcome;
use crate::clock::Ts;
use crate::ids::{ContactId, LinkRef};

/// Keyed hash of [`EmailAddress::limit_key`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PersonKey(pub [u8; 32]);

/// A party: who they are, what the connector wrote for them, and where their ask stands.
#[derive(Clone, PartialEq, Eq)]
pub struct Party {
    pub side: Side,
    pub contact: Option<ContactId>,
    pub name: String,
    pub email: EmailAddress,
    /// The person behind the address as a keyed hash, for limits and suppression.
    pub person: PersonKey,
    /// Description without a name, for the other side's first ask.
    pub described: String,
    /// How the connector knows them.
    pub how_known: String,
    /// Why it is good for them; private to them.
    pub why: String,
    /// What the other side will read about them in the introduction: the connector's words, or their own with a yes.
    pub blurb: String,
    /// The other one's words about themselves as this side was asked with them; `None` before.
    pub other_blurb: Option<String>,
    pub language: String,
    /// The row behind their links.
    pub link: LinkRef,
    /// Raised with every round: links of older mails are closed by it.
    pub generation: u8,
    pub asked: Option<Asked>,
    pub given: Option<Given>,
    /// What the connector may see of the answer: `given`, less everything that was answered quietly.
    pub shown: Option<Shown>,
    /// How many answers were recorded in this introduction, for the keys of receipts.
    pub answers: i64,
    /// When two contradictory answers last cancelled each other.
    pub contested_at: Option<Ts>,
    /// When they last took a "never" back. Contradicted within seconds it was a robot's, and never stands.
    pub never_lifted_at: Option<Ts>,
    /// When their address was refused for good.
    pub undeliverable_at: Option<Ts>,
    /// How many check-ins went out.
    pub check_ins: i64,
    /// What they said came of it.
    pub outcome: Option<Outcome>,
    /// When they had themselves erased.
    pub erased_at: Option<Ts>,
}

/// The ask of the running round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    pub at: Ts,
    /// Told in the ask.
    pub deadline: Ts,
    /// When the one reminder is due; `None` once it went out.
    pub remind_at: Option<Ts>,
}

/// A standing answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub answer: Answer,
    pub at: Ts,
    pub note: String,
    pub quiet: bool,
}

/// The connector's view of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub choice: Choice,
    pub until: Option<Ts>,
    pub at: Ts,
    pub note: String,
}

/// The name of somebody who had themselves erased (nomen nescio: in every language).
pub const NOBODY: &str = "N. N.";

impl Party {
    #[must_use]
    pub fn says_yes(&self) -> bool {
        matches!(self.given, Some(Given { answer: Answer::Yes, .. }))
    }

    /// Whether the connector sees a yes.
    #[must_use]
    pub fn shows_yes(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.choice == Choice::Yes)
    }

    /// What this side reads about the other one while it is asked. Not what stands there by now: only a yes can
    /// change that, so a change would tell of one.
    #[must_use]
    pub fn reads_about<'a>(&'a self, other: &'a Self) -> &'a str {
        self.other_blurb.as_deref().unwrap_or(&other.blurb)
    }

    /// Clears what this row says about the other one, who had themselves erased.
    pub fn forget_other(&mut self) {
        self.why.clear();
        self.other_blurb = None;
    }

    #[must_use]
    pub fn given_name(&self) -> &str {
        given_name(&self.name)
    }
}

/// The first word of a name: how a mail greets.
#[must_use]
pub fn given_name(name: &str) -> &str {
    name.split(' ').next().unwrap_or(name)
}
