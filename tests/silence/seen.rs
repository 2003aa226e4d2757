//! What somebody noticed, and in what two such lists differ.

use std::fmt::Write;

use twoyes::clock::{Span, Ts};

use crate::support::usual::MONDAY;

/// Who tries to ask once more.
pub const ASKS_AGAIN: &str = "who asks again";

/// Something noticed: when, by whom, where, and all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub at: Ts,
    pub who: String,
    pub what: String,
    pub text: String,
}

impl Seen {
    /// Whether a party noticed it, and not a connector. Whoever asks the same two again counts as one: what they are
    /// told must not depend on any answer, open or quiet.
    pub fn by_party(&self) -> bool {
        self.who.ends_with("@party.example") || self.who == ASKS_AGAIN
    }
}

/// The first thing in which two runs differ, in words.
pub fn difference(one: &[Seen], other: &[Seen]) -> Option<String> {
    let nth = (0..one.len().max(other.len())).find(|nth| one.get(*nth) != other.get(*nth))?;
    let (a, b) = (one.get(nth), other.get(nth));
    let mut told = format!("observation {nth}:");
    for seen in [a, b] {
        let Some(seen) = seen else {
            told.push_str("\n  nothing more");
            continue;
        };
        let Seen { at, who, what, .. } = seen;
        let _ = write!(told, "\n  {} ({}): {who}: {what}", at.rfc3339(), hours(*at));
    }
    if let (Some(a), Some(b)) = (a, b) {
        let differ = |(a, b): &(&str, &str)| a != b && !a.starts_with("content-length");
        let lines = a.text.lines().zip(b.text.lines()).find(differ);
        let (a, b) = lines.unwrap_or(("(a line less)", "(a line more)"));
        let _ = write!(told, "\n  one:   {a}\n  other: {b}");
    }
    Some(told)
}

fn hours(at: Ts) -> String {
    format!("{} h after the start", (at - MONDAY).0 / Span::hours(1).0)
}
