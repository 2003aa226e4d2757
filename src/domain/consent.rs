//! The record of a consent: who agreed to what, when and how, and what they were shown.

use serde_json::{Value, json};

use super::asking::Side;
use super::audit::{Hash, canonical, commit_text, hex};
use super::connector::Connector;
use super::introduction::Introduction;
use super::letter::LinkName;
use super::link::Purpose;
use crate::clock::Ts;

/// What somebody was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ShownKind {
    /// The mail that asked.
    Ask,
    Reminder,
    /// The page on which they answered.
    Page,
}

super::text_enum!(ShownKind { Ask = "ask", Reminder = "reminder", Page = "page" });

/// A text as it was shown, with the salt of its commitment.
#[derive(Clone, PartialEq, Eq)]
pub struct Shown {
    pub kind: ShownKind,
    pub at: Ts,
    pub salt: Hash,
    pub body: String,
}

impl Shown {
    #[must_use]
    pub fn commitment(&self) -> Hash {
        commit_text(&self.salt, self.kind.as_str(), &self.body)
    }
}

/// How a consent ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Taken back, by whatever act.
    Withdrawn,
    /// A newer yes, with other words, stands in its place.
    Renewed,
}

super::text_enum!(Ended { Withdrawn = "withdrawn", Renewed = "renewed" });

/// What the web saw of a yes: the page it came from, and when that page was made.
#[derive(Clone, PartialEq, Eq)]
pub struct Witness {
    pub side: Side,
    /// The kind of link that led there.
    pub link: Purpose,
    /// The words of the page.
    pub page: String,
    /// Whoever answered had this page open since then.
    pub opened_at: Ts,
}

/// A mail as it is recorded: subject, empty line, text part; `{answer link}` stands where a link stood.
#[must_use]
pub fn mail_text(subject: &str, text: &str) -> String {
    let all = format!("{subject}\n\n{text}");
    let words: Vec<(LinkName, String)> = LinkName::ALL
        .iter()
        .map(|name| (*name, format!("{{{} link}}", name.as_str().replace('_', " "))))
        .collect();
    super::letter::fill(&all, &words).unwrap_or(all)
}

/// The payload of a consent: everything but the texts, which it commits to.
#[must_use]
pub fn record(
    of: &Introduction,
    connector: &Connector,
    witness: &Witness,
    shown: &[(ShownKind, Ts, Hash)],
    now: Ts,
) -> String {
    let party = of.parties.get(witness.side);
    let named = witness.side == Side::Second || of.terms.names_second;
    let shown: Vec<Value> = shown
        .iter()
        .map(|(kind, at, commitment)| {
            json!({ "kind": kind.as_str(), "at": at.rfc3339(), "commitment": hex::text(commitment) })
        })
        .collect();
    canonical::encode(&json!({
        "v": 1,
        "introduction": of.id.to_string(),
        "who": {
            "side": party.side.as_str(),
            "name": party.name,
            "address": party.email.as_str(),
            "language": party.language,
        },
        "when": { "at": now.rfc3339(), "micros": now.0 },
        "how": {
            "act": "the button yes on the page behind the signed link of the mail",
            "link": witness.link.name(),
            "round": of.round,
            "generation": party.generation,
            "page_made_at": witness.opened_at.rfc3339(),
        },
        "scope": {
            "connector": connector.id.to_string(),
            "purpose": of.terms.purpose.as_str(),
            "other": if named { "named" } else { "described" },
            "data": ["name", "address", "blurb"],
            "blurb": party.blurb,
        },
        "shown": shown,
    }))
}

/// The payload of a withdrawal.
#[must_use]
pub fn withdrawal(of: &Introduction, side: Side, consents: &[Hash], now: Ts) -> String {
    let consents: Vec<String> = consents.iter().map(hex::text).collect();
    canonical::encode(&json!({
        "v": 1,
        "introduction": of.id.to_string(),
        "side": side.as_str(),
        "when": { "at": now.rfc3339(), "micros": now.0 },
        "consents": consents,
    }))
}
