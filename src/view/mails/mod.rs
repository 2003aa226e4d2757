//! The mails. The fields of a struct are all that its templates may use.
//!
//! Free text arrives cleaned (no control characters but line ends). Links are plain strings here; in
//! stored messages they are marks ([`super::MARK`]) that are filled in when the mail leaves.

mod account;
mod address;
mod after;
mod asks;
mod cards;
mod introduction;
mod samples;
mod weekly;

use serde::Serialize;

pub use account::{AccountMoved, ConfirmAddress, Invitation, SignIn, TestMail};
pub use address::{AddressChange, AddressChanged, Erased};
pub use after::{Answered, CheckIn, ClosingNote, Receipt};
pub use asks::{AskFirst, AskSecond, Reminder};
pub use cards::{CardAsk, CardLinks, CardText, PassAsk, RecruiterList, RequestConfirm};
pub use introduction::{ConnectorCopy, Introduction, Party};
pub use weekly::{Pair, PairReason, Weekly};

pub use crate::domain::asking::{Purpose, Side};
use crate::domain::party::given_name;

use super::registry::{MailEntry, mail};

/// Every mail.
pub const MAILS: &[MailEntry] = &[
    mail::<AskFirst>(),
    mail::<AskSecond>(),
    mail::<Reminder>(),
    mail::<Receipt>(),
    mail::<Introduction>(),
    mail::<ConnectorCopy>(),
    mail::<ClosingNote>(),
    mail::<CheckIn>(),
    mail::<SignIn>(),
    mail::<Invitation>(),
    mail::<ConfirmAddress>(),
    mail::<AccountMoved>(),
    mail::<AddressChange>(),
    mail::<AddressChanged>(),
    mail::<Erased>(),
    mail::<CardAsk>(),
    mail::<PassAsk>(),
    mail::<RecruiterList>(),
    mail::<RequestConfirm>(),
    mail::<Weekly>(),
    mail::<TestMail>(),
];

/// A person as mails address them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Who {
    pub name: String,
    /// What one says after "Hello": the first word of the name.
    pub given: String,
}

impl Who {
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        let given = given_name(&name).to_owned();
        Self { name, given }
    }
}

/// Who writes the first mail after the introduction, seen by the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WritesFirst {
    You,
    Other,
}

/// The links of a mail that wants an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AskLinks {
    /// The page with the choices; the choices themselves are fragments of it (`#yes`).
    pub answer: String,
    /// "Never again", from anyone here.
    pub stop: String,
    /// The reader's own page.
    pub manage: String,
}

/// The link of a mail that wants nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StopLink {
    pub stop: String,
    /// The reader's own page.
    pub manage: String,
}
