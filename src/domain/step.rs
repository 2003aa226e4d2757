//! The result of a decision: what the introduction becomes and what must be saved with it.

use super::asking::Side;
use super::consent::Witness;
use super::event::{Event, What};
use super::introduction::Introduction;
use super::limits::Held;
use super::message::{Mail, MessageKind};
use crate::clock::Ts;

/// Everything one decision changes. Saved whole, in one transaction, or not at all.
#[derive(Clone)]
pub struct Step {
    /// As it was found: what is saved is what differs from it.
    pub before: Box<Introduction>,
    pub next: Introduction,
    pub events: Vec<Event>,
    pub mails: Vec<Mail>,
    pub effects: Vec<Effect>,
    /// Something in `next` changed without an event worth telling.
    pub touched: bool,
    /// Whoever decides a yes hands in what it was given on; saving refuses one without.
    pub witness: Option<Witness>,
}

/// What a step changes beside the introduction itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Take mails of this kind back that have not begun to leave.
    CancelUnsent(MessageKind),
    /// Never ask this party's address again.
    Suppress(Side),
    /// The party took their own "never" back.
    LiftSuppression(Side),
}

impl Step {
    pub(super) fn new(old: Introduction) -> Self {
        Self {
            next: old.clone(),
            before: Box::new(old),
            events: Vec::new(),
            mails: Vec::new(),
            effects: Vec::new(),
            touched: false,
            witness: None,
        }
    }

    pub(super) fn event(&mut self, at: Ts, what: What, side: Option<Side>) {
        self.events.push(Event { at, what, side, quiet: false });
    }

    pub(super) fn quiet_event(&mut self, at: Ts, what: What, side: Option<Side>) {
        self.events.push(Event { at, what, side, quiet: true });
    }

    /// Nothing to save: the same answer again, or nothing due.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.touched && self.events.is_empty() && self.mails.is_empty() && self.effects.is_empty()
    }
}

/// Why a command cannot be carried out in this state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The command does not fit the state, e.g. asking twice.
    #[error("this is not possible any more")]
    WrongState,
    /// For parties: the page is closed, whatever the cause.
    #[error("this introduction has closed")]
    Closed,
    /// A cap, a cool-down or a suppression: one neutral sentence with a date.
    #[error("cannot be asked through this service before a date")]
    NotBefore(Side, Ts),
    /// The connector asks these two already.
    #[error("these two are being asked already")]
    StillOpen,
    /// The connector asked these two; they rest until then, however it ended.
    #[error("these two rest after the last time")]
    Rest(Ts),
    /// The connector asked for as much as they may.
    #[error("the connector cannot ask now")]
    Held(Held),
    /// Two people at one employer need the tick.
    #[error("the co-worker tick is missing")]
    CoworkerTick,
    /// 255 rounds of asking are enough.
    #[error("this introduction was asked for too often")]
    TooManyRounds,
}
