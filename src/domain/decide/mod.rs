//! The decisions. Each takes an introduction, facts and a time, and returns a [`super::step::Step`].

mod answer;
mod ask;
mod erase;
mod outcome;
mod tick;
mod undeliverable;
mod withdraw;

pub use answer::answer;
pub use ask::{ask, ask_again, ask_as_wished, foresee};
pub use erase::{erase, forget};
pub use outcome::{record_outcome, tell_outcome};
pub use tick::tick;
pub use undeliverable::undeliverable;
pub use withdraw::withdraw;

use super::asking::{Pair, Side};
use super::limits::Held;
use super::party::Party;
use super::same_two::Bar;
use crate::clock::Ts;

/// What a decision must know beside the introduction, loaded in the same unit of work.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts {
    /// Until when a party cannot be asked (cap, cool-down, suppression), if so. Only while somebody can be
    /// ([`super::introduction::Introduction::may_ask_somebody`]).
    pub barred: Pair<Option<Ts>>,
    /// "Never ask me again" stands for this address.
    pub suppressed: Pair<bool>,
    /// The ask of this round is still in the outbox and has not begun to leave. Only while somebody is waited for.
    pub unsent: Pair<bool>,
    /// What keeps these two from being asked about each other. Only for beginning to ask.
    pub same_two: Option<Bar>,
    /// What keeps the connector from asking. Only for beginning to ask.
    pub held: Option<Held>,
}

/// Who tells what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Teller {
    Connector,
    Party(Side),
}

/// Whether this party answered in the running round: then they were reached, whatever a relay says.
const fn has_answered(party: &Party) -> bool {
    party.given.is_some() || party.contested_at.is_some()
}
