//! The introduction: one connector's attempt to bring two parties together.

use super::asking::{Order, Pair, Policy, Purpose, Side};
use super::outcome::Outcome;
use super::party::Party;
use super::retention::Retained;
use crate::clock::{Span, Ts};
use crate::ids::{ConnectorId, IntroductionId};

/// Where an introduction stands. Variants carry what is only true in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Draft,
    Asking,
    /// Two yeses stand; unless one is taken back it leaves at this time.
    Agreed {
        introduce_at: Ts,
    },
    Introduced,
    Closed,
}

/// The names of the states, for the database, the API and filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateName {
    Draft,
    Asking,
    Agreed,
    Introduced,
    Closed,
}

super::text_enum!(StateName {
    Draft = "draft",
    Asking = "asking",
    Agreed = "agreed",
    Introduced = "introduced",
    Closed = "closed",
});

impl State {
    #[must_use]
    pub const fn name(self) -> StateName {
        match self {
            Self::Draft => StateName::Draft,
            Self::Asking => StateName::Asking,
            Self::Agreed { .. } => StateName::Agreed,
            Self::Introduced => StateName::Introduced,
            Self::Closed => StateName::Closed,
        }
    }
}

#[derive(Clone)]
pub struct Introduction {
    pub id: IntroductionId,
    pub connector: ConnectorId,
    /// Raised with every save; a save of an older version is refused.
    pub version: i64,
    pub state: State,
    pub terms: Terms,
    pub parties: Pair<Party>,
    /// Counts asks to the same people. 0 while a draft.
    pub round: i64,
    /// The running deadline; never earlier than a deadline told to a party in this round.
    pub deadline: Option<Ts>,
    /// What the connector was told of the hold: when it leaves. Set while two yeses are shown to them, so
    /// that a yes which was taken back quietly does not show; see [`super::shown`].
    pub shown_leaves_at: Option<Ts>,
    /// When the connector took it back. The parties' mails and pages go on unchanged until the deadline.
    pub withdrawn_at: Option<Ts>,
    pub introduced_at: Option<Ts>,
    pub closed_at: Option<Ts>,
    /// The latest word on what came of it, from anyone.
    pub outcome: Option<Outcome>,
    /// Number of the last event.
    pub events: i64,
    /// What retention has taken out of it.
    pub retained: Retained,
    pub created_at: Ts,
    pub updated_at: Ts,
}

/// What the connector decided when drafting.
#[expect(clippy::struct_excessive_bools, reason = "each is a tick of its own on the form")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub purpose: Purpose,
    pub order: Order,
    /// "They asked me for this": the first ask is worded as a confirmation.
    pub asked_for_this: bool,
    /// The first ask names the second openly.
    pub names_second: bool,
    pub writes_first: Side,
    pub same_employer: bool,
    /// The tick "this person would be an appropriate co-worker".
    pub coworker_confirmed: bool,
    /// The shared introduction.
    pub shared: String,
    /// The one small concrete step.
    pub step: String,
    /// Why the first would fit where the connector and the second work; for the second alone.
    pub fit: String,
}

impl Introduction {
    /// Why it is good for this party, for them alone. A colleague reads the fit with it.
    #[must_use]
    pub fn why_for(&self, side: Side) -> String {
        let why = &self.parties.get(side).why;
        match (side, self.terms.purpose, self.terms.fit.as_str()) {
            (Side::Second, Purpose::Colleague, fit) if !fit.is_empty() => format!("{why}\n\n{fit}"),
            _ => why.clone(),
        }
    }

    /// When it closes for good if nothing else happens: the deadline plus the hold, so that a yes in
    /// the last minute has its full hold and every ending falls on the same moment.
    #[must_use]
    pub fn closes_at(&self, policy: &Policy) -> Option<Ts> {
        self.deadline.map(|deadline| deadline + policy.hold)
    }

    /// Whether this party's answer page is open: before the deadline, and with a standing yes until
    /// the introduction leaves or closes. A function of this party's own acts and the clock alone.
    #[must_use]
    pub fn is_open_for(&self, side: Side, now: Ts, policy: &Policy) -> bool {
        let party = self.parties.get(side);
        let (State::Asking | State::Agreed { .. }, Some(deadline)) = (self.state, self.deadline) else {
            return false;
        };
        let end = if party.says_yes() { deadline + policy.hold } else { deadline };
        party.asked.is_some() && party.erased_at.is_none() && now < end
    }

    /// Whether a decision about it can ask somebody: in a new round, or the second after the first's yes.
    #[must_use]
    pub const fn may_ask_somebody(&self) -> bool {
        match self.state {
            State::Draft | State::Closed => true,
            State::Asking => self.parties.second.asked.is_none(),
            State::Agreed { .. } | State::Introduced => false,
        }
    }

    /// Whether somebody was asked and has not answered.
    #[must_use]
    pub fn is_waited_for(&self) -> bool {
        self.parties.iter().any(|(_, party)| party.asked.is_some() && party.given.is_none())
    }

    /// The next moment at which time alone makes something happen.
    #[must_use]
    pub fn due_at(&self, policy: &Policy) -> Option<Ts> {
        match self.state {
            State::Draft | State::Closed => None,
            State::Agreed { introduce_at } => Some(introduce_at),
            State::Asking => {
                let reminders = self.parties.iter().filter_map(|(side, _)| self.reminder_due(side));
                reminders.chain(self.closes_at(policy)).min()
            }
            State::Introduced => {
                Side::ALL.iter().filter_map(|side| self.check_in_due(*side, policy)).map(|(at, _)| at).min()
            }
        }
    }

    /// When this party's reminder is due: their own silence only.
    #[must_use]
    pub fn reminder_due(&self, side: Side) -> Option<Ts> {
        let party = self.parties.get(side);
        let silent = party.given.is_none() && party.undeliverable_at.is_none();
        party.asked.filter(|_| silent).and_then(|asked| asked.remind_at)
    }

    /// The next check-in of this party: when, and how many days after the introduction it is.
    #[must_use]
    pub fn check_in_due(&self, side: Side, policy: &Policy) -> Option<(Ts, u32)> {
        let party = self.parties.get(side);
        let settled = party.outcome.or(self.outcome).is_some_and(Outcome::is_final);
        let sent = usize::try_from(party.check_ins).unwrap_or(usize::MAX);
        let days = policy.check_in_days.get(sent).copied().filter(|_| !settled)?;
        let at = self.introduced_at? + Span::days(i64::from(days));
        Some((at, days)).filter(|_| party.undeliverable_at.is_none())
    }
}
