//! People and sentences that the samples share. No real person, no address that could be written to.

use super::{AskLinks, StopLink, Who};
use crate::clock::Ts;
use crate::view::MARK;

/// Tuesday 3 March 2026, 09:00 UTC.
pub(super) const TUESDAY: Ts = Ts(1_772_528_400_000_000);
pub(super) const ZONE: &str = "Europe/Berlin";

pub(super) fn connector() -> Who {
    Who::new("Ada Lovelace")
}

pub(super) fn seeker() -> Who {
    Who::new("Grace Hopper")
}

pub(super) fn helper() -> Who {
    Who::new("Alan Turing")
}

/// As long as a real one, so that the checks on lines see it.
pub(super) fn ask_links() -> AskLinks {
    AskLinks { answer: answer_link(), stop: format!("https://intro.example.org/s/{}", "k7".repeat(32)) }
}

pub(super) fn answer_link() -> String {
    format!("https://intro.example.org/a/{}", "q4".repeat(32))
}

pub(super) fn stop_link() -> StopLink {
    StopLink { stop: ask_links().stop }
}

/// As a stored message has them.
pub(super) fn marked_links() -> AskLinks {
    AskLinks { answer: format!("{MARK}answer{MARK}"), stop: format!("{MARK}stop{MARK}") }
}
