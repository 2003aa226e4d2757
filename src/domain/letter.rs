//! A mail as it waits in the outbox: rendered once, with marks where its links stand.
//!
//! A mark is `U+0001 name U+0001`. Cleaned text cannot contain it ([`super::text`]), so nobody can type
//! one; each attempt replaces it by the same signed link.

use serde::{Deserialize, Serialize};

use super::address::EmailAddress;
use super::asking::Side;
use super::link::{Claims, Purpose};
use super::message::MessageKind;
use super::party::PersonKey;
use crate::clock::Ts;
use crate::ids::{ConnectorId, DeliveryId, IntroductionId, LinkRef, MessageId};

/// The mark that stands for the link called `name`.
#[must_use]
pub fn mark(name: LinkName) -> String {
    format!("\u{1}{}\u{1}", name.as_str())
}

/// Puts its link where each mark stands. `None` where a mark stands that none of the links is for.
#[must_use]
pub fn fill(text: &str, links: &[(LinkName, String)]) -> Option<String> {
    let mut filled = String::with_capacity(text.len() + 256);
    // Every second piece is between two marks.
    for (nth, piece) in text.split('\u{1}').enumerate() {
        if nth % 2 == 0 {
            filled.push_str(piece);
        } else {
            let (_, link) = links.iter().find(|(name, _)| name.as_str() == piece)?;
            filled.push_str(link);
        }
    }
    Some(filled)
}

/// The links a mail may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkName {
    /// Read and answer.
    Answer,
    /// Never ask me again; also the one-click header.
    Stop,
    CheckIn,
    SignIn,
    /// Your page.
    Manage,
    AddressChange,
    /// A contact's own card.
    Card,
    /// A request for an introduction.
    Request,
}

super::text_enum!(LinkName {
    Answer = "answer",
    Stop = "stop",
    CheckIn = "check_in",
    SignIn = "sign_in",
    Manage = "manage",
    AddressChange = "address_change",
    Card = "card",
    Request = "request",
});

/// Everything needed to mint one link of a delivery again, except the key.
#[derive(Clone, Serialize, Deserialize)]
pub struct LinkSpec {
    pub name: LinkName,
    pub kid: u8,
    pub generation: u8,
    pub expires: u32,
    /// The row reference in hexadecimal.
    pub reference: String,
}

impl LinkSpec {
    #[must_use]
    pub fn new(name: LinkName, kid: u8, generation: u8, expires: u32, reference: LinkRef) -> Self {
        Self { name, kid, generation, expires, reference: data_encoding::HEXLOWER.encode(&reference.0) }
    }

    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        match self.name {
            LinkName::Answer => Purpose::Consent,
            LinkName::Stop => Purpose::Stop,
            LinkName::CheckIn => Purpose::CheckIn,
            LinkName::SignIn => Purpose::SignIn,
            LinkName::Manage => Purpose::Manage,
            LinkName::AddressChange => Purpose::AddressChange,
            LinkName::Card => Purpose::Card,
            LinkName::Request => Purpose::Request,
        }
    }

    /// `None` when the stored reference is damaged.
    #[must_use]
    pub fn claims(&self) -> Option<Claims> {
        let bytes = data_encoding::HEXLOWER.decode(self.reference.as_bytes()).ok()?;
        let reference = LinkRef(bytes.try_into().ok()?);
        Some(Claims {
            purpose: self.purpose(),
            generation: self.generation,
            expires: self.expires,
            reference,
        })
    }
}

/// A name and an address in a header.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correspondent {
    pub name: String,
    pub address: String,
}

/// The headers that are fixed when a mail is queued.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headers {
    pub message_id: String,
    pub from: Correspondent,
    pub to: Vec<Correspondent>,
    pub reply_to: Vec<Correspondent>,
}

/// A rendered mail on its way into the outbox.
#[derive(Clone)]
pub struct NewMessage {
    pub id: MessageId,
    pub key: String,
    pub kind: MessageKind,
    pub introduction: Option<IntroductionId>,
    pub connector: Option<ConnectorId>,
    pub headers: Headers,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// A vCard file that goes with it; empty for almost all.
    pub card: String,
    pub dated_at: Ts,
    pub deliveries: Vec<NewDelivery>,
}

/// One recipient of it.
#[derive(Clone)]
pub struct NewDelivery {
    pub id: DeliveryId,
    pub side: Option<Side>,
    pub recipient: EmailAddress,
    /// Checked against the suppressions before it leaves; `None` for mails that answer the recipient's
    /// own act and for connectors.
    pub person: Option<PersonKey>,
    pub links: Vec<LinkSpec>,
    /// Does not leave before this moment.
    pub not_before: Option<Ts>,
    /// Useless after this moment.
    pub expires_at: Option<Ts>,
}

/// The states of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    Queued,
    Leased,
    /// Committed before the final dot.
    Transmitting,
    Sent,
    /// Refused for now; will be tried again.
    Deferred,
    /// Refused for good.
    Failed,
    /// Lost after the final dot: perhaps delivered.
    Unknown,
    Cancelled,
}

super::text_enum!(DeliveryState {
    Queued = "queued",
    Leased = "leased",
    Transmitting = "transmitting",
    Sent = "sent",
    Deferred = "deferred",
    Failed = "failed",
    Unknown = "unknown",
    Cancelled = "cancelled",
});
