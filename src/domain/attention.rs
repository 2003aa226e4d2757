//! What a connector is needed for: where an introduction lies on their desk, and since or until when.
//!
//! Decided from the connector's copy ([`super::shown`]), so that a quiet answer cannot move a row.

use super::answer::Choice;
use super::asking::{Policy, Side};
use super::introduction::{Introduction, State};
use super::outcome::Outcome;
use super::party::{Party, Shown};
use crate::clock::{Span, Ts};

/// What only the connector can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// It was written down, and nobody was asked.
    Draft,
    /// Somebody's address does not work.
    Bounced,
    /// Somebody said "not now", and may be asked again from a date on. The date may lie ahead.
    AskAgain,
    /// They did not write to each other.
    Nudge,
    /// They met, and somebody gave their time.
    Thanks,
    /// It led to a job: thanks once more.
    Landed,
}

super::text_enum!(Need {
    Draft = "draft",
    Bounced = "bounced",
    AskAgain = "ask_again",
    Nudge = "nudge",
    Thanks = "thanks",
    Landed = "landed",
});

/// The three parts of the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Needs the connector, from the moment beside it on.
    Needs,
    /// Somebody else's turn: sorted by when the next thing happens.
    Waiting,
    Done,
}

super::text_enum!(Place { Needs = "needs", Waiting = "waiting", Done = "done" });

/// A place and its time. No time: from the moment on in which it was first seen there.
pub type Spot = (Place, Option<Ts>);

/// Where an introduction lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attention {
    /// What for, and since when.
    pub need: Option<(Need, Option<Ts>)>,
    /// Where it lies when there is no need, or when the connector settled it.
    pub rest: Spot,
}

/// Reads the connector's copy.
#[must_use]
pub fn attention(of: &Introduction, policy: &Policy) -> Attention {
    Attention { need: need(of, policy), rest: rest(of, policy) }
}

/// Who said "not now" and may be asked again, and from when on.
///
/// While the question runs only the first, as long as the second was not asked: a new round before the
/// deadline would tell a party something.
#[must_use]
pub fn ask_again(of: &Introduction, policy: &Policy) -> Option<(Side, Ts)> {
    let until = |side: Side| of.parties.get(side).shown.as_ref().and_then(|shown| shown.until);
    match of.state {
        State::Asking if of.withdrawn_at.is_none() && of.parties.second.asked.is_none() => {
            until(Side::First).map(|until| (Side::First, until))
        }
        State::Closed => {
            let both = Side::ALL.iter().filter_map(|side| until(*side).map(|until| (*side, until)));
            let closed = of.closed_at.unwrap_or(of.updated_at);
            // See `same_two`: alone, their word is enough.
            let rests = if of.parties.second.asked.is_some() { policy.cool_down } else { Span::ZERO };
            both.max_by_key(|(_, until)| *until).map(|(side, until)| (side, until.max(closed + rests)))
        }
        State::Draft | State::Asking | State::Agreed { .. } | State::Introduced => None,
    }
}

/// Whose address does not work.
#[must_use]
pub fn bounced(of: &Introduction) -> Option<&Party> {
    of.parties.iter().map(|(_, party)| party).find(|party| party.undeliverable_at.is_some())
}

/// Whether somebody showed anything but a yes.
#[must_use]
pub fn declined(of: &Introduction) -> Option<&Party> {
    let is_no = |shown: &Shown| match shown.choice {
        Choice::Yes => false,
        Choice::NotNow | Choice::No | Choice::Never => true,
    };
    of.parties.iter().map(|(_, party)| party).find(|party| party.shown.as_ref().is_some_and(is_no))
}

/// Whose answer is still open.
#[must_use]
pub fn silent(of: &Introduction) -> Option<&Party> {
    of.parties.iter().map(|(_, party)| party).find(|party| party.asked.is_some() && party.shown.is_none())
}

/// When both are next asked what came of it.
#[must_use]
pub fn next_check_in(of: &Introduction, policy: &Policy) -> Option<Ts> {
    Side::ALL.iter().filter_map(|side| of.check_in_due(*side, policy)).map(|(at, _)| at).min()
}

fn need(of: &Introduction, policy: &Policy) -> Option<(Need, Option<Ts>)> {
    let bounce = bounced(of).and_then(|party| party.undeliverable_at);
    let bounce = bounce.map(|at| (Need::Bounced, Some(at)));
    match of.state {
        State::Draft => Some((Need::Draft, Some(of.created_at))),
        State::Asking | State::Agreed { .. } if of.withdrawn_at.is_some() => None,
        State::Asking | State::Agreed { .. } | State::Closed => {
            bounce.or_else(|| ask_again(of, policy).map(|(_, until)| (Need::AskAgain, Some(until))))
        }
        State::Introduced => match of.outcome {
            Some(Outcome::Met) => Some((Need::Thanks, None)),
            Some(Outcome::Landed) => Some((Need::Landed, None)),
            Some(Outcome::NoReply) => Some((Need::Nudge, None)),
            Some(Outcome::Scheduled | Outcome::NotAFit) => None,
            None => bounce,
        },
    }
}

fn rest(of: &Introduction, policy: &Policy) -> Spot {
    match of.state {
        State::Draft => (Place::Done, Some(of.created_at)),
        State::Closed => (Place::Done, of.closed_at),
        State::Agreed { introduce_at } => (Place::Waiting, Some(introduce_at)),
        State::Asking => asking(of, policy),
        State::Introduced => match (of.outcome, next_check_in(of, policy)) {
            (Some(Outcome::Met | Outcome::NotAFit | Outcome::Landed), _) | (_, None) => (Place::Done, None),
            (Some(Outcome::Scheduled | Outcome::NoReply) | None, Some(due)) => (Place::Waiting, Some(due)),
        },
    }
}

fn asking(of: &Introduction, policy: &Policy) -> Spot {
    let closes = of.closes_at(policy);
    if of.withdrawn_at.is_some() {
        return (Place::Done, of.withdrawn_at);
    }
    let deadline = silent(of).and_then(|party| party.asked).map(|asked| asked.deadline);
    let waits = deadline.filter(|_| bounced(of).is_none() && declined(of).is_none());
    (Place::Waiting, waits.or(closes))
}

/// A row of the desk as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lying {
    pub place: Place,
    pub at: Ts,
    pub need: Option<(Need, Ts)>,
    /// When the connector said that this need is done with.
    pub settled_at: Option<Ts>,
}

impl Attention {
    /// The row to keep, seeing the row that was kept before.
    ///
    /// What stays as it was keeps its time, so that a save for another reason moves nothing. What the
    /// connector settled stays settled for as long as the very same need stands.
    #[must_use]
    pub fn lying(self, before: Option<&Lying>, now: Ts) -> Lying {
        let known = before.and_then(|row| row.need);
        let need = self.need.map(|(need, since)| {
            let kept = known.filter(|(known, _)| *known == need).map(|(_, at)| at);
            (need, since.or(kept).unwrap_or(now))
        });
        let settled_at = before.and_then(|row| row.settled_at).filter(|_| need.is_some() && need == known);
        let (place, at) = match (need, settled_at) {
            (Some((_, since)), None) => (Place::Needs, Some(since)),
            (Some(_), Some(settled)) if self.rest.0 == Place::Done => (Place::Done, Some(settled)),
            (None | Some(_), _) => self.rest,
        };
        let kept = before.filter(|row| row.place == place).map(|row| row.at);
        Lying { place, at: at.or(kept).unwrap_or(now), need, settled_at }
    }

    /// The row after the connector settled the need, or took that back.
    #[must_use]
    pub fn settled(self, before: &Lying, settled_at: Option<Ts>, now: Ts) -> Lying {
        self.lying(Some(&Lying { settled_at, ..*before }), now)
    }
}
