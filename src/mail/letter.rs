//! What one mail says, before it becomes bytes.

use crate::clock::Ts;

/// A mail address with the name shown beside it (RFC 5322, 3.4).
///
/// `Debug` shows nothing of it: addresses do not belong into logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Shown by mail programs. Control characters are dropped when the mail is composed.
    pub name: Option<String>,
    /// `local@domain` in ASCII; an international domain comes as A-labels.
    pub address: String,
}

impl Mailbox {
    /// An address without a name.
    #[must_use]
    pub fn bare(address: impl Into<String>) -> Self {
        Self { name: None, address: address.into() }
    }

    /// An address with a name.
    #[must_use]
    pub fn named(name: impl Into<String>, address: impl Into<String>) -> Self {
        Self { name: Some(name.into()), address: address.into() }
    }
}

impl std::fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mailbox(..)")
    }
}

/// One mail. The same letter always composes to the same bytes, so a repeated attempt is recognised as
/// the same mail by whoever receives it twice.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// `local@domain` without the angle brackets; stable over all attempts (RFC 5322, 3.6.4).
    pub message_id: String,
    /// The `Date` header, in whole seconds and UTC.
    pub date: Ts,
    pub from: Mailbox,
    /// At least one.
    pub to: Vec<Mailbox>,
    /// May be empty; several mean "answer to all of them".
    pub reply_to: Vec<Mailbox>,
    pub subject: String,
    /// The text part. Line ends of any kind.
    pub text: String,
    /// The HTML part; without it the mail is text only.
    pub html: Option<String>,
    /// Contacts as a vCard file (RFC 2426), attached when there are any.
    pub card: Option<String>,
    /// A machine wrote this: keeps vacation answers away (RFC 3834).
    pub auto_submitted: bool,
    /// The https URL of the one-click unsubscribe (RFC 8058).
    pub list_unsubscribe: Option<String>,
    /// `id.domain` without the angle brackets (RFC 2919).
    pub list_id: Option<String>,
}

/// The id only: the rest holds addresses, words between people and links.
impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}
