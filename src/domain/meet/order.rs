//! The order of suggestions: by the kind of their strongest reason, then by how much of it, then by what is added.

use std::cmp::Reverse;

use super::reason::{Profile, Reason, reasons};
use crate::domain::contact::Contact;

/// Somebody whom `who` should meet, and why.
#[derive(Clone, Debug)]
pub struct Suggestion {
    pub other: Contact,
    pub reasons: Vec<Reason>,
}

/// Whom among `others` this person should meet, the best first. Who is left out is never among them.
#[must_use]
pub fn suggest(who: &Contact, others: Vec<Contact>) -> Vec<Suggestion> {
    if who.facts.facets.left_out {
        return Vec::new();
    }
    let profile = Profile::of(&who.facts);
    let mut found: Vec<Suggestion> = others
        .into_iter()
        .filter(|other| other.id != who.id && !other.facts.facets.left_out)
        .map(|other| Suggestion { reasons: reasons(&profile, &other.facts), other })
        .filter(|one| one.reasons.iter().any(Reason::is_enough))
        .collect();
    found.sort_by_cached_key(|one| {
        (Reverse(strength(&one.reasons)), one.other.facts.sort_key(), one.other.id.0)
    });
    found
}

/// Compared field by field: words in common over both directions of help, place, language, words in common at all.
fn strength(reasons: &[Reason]) -> (usize, usize, usize, usize, usize) {
    let of = |fits: fn(&Reason) -> bool| reasons.iter().filter(move |reason| fits(reason));
    let offered = of(|reason| matches!(reason, Reason::CanHelp { .. } | Reason::IsHelped { .. }));
    let done = of(|reason| matches!(reason, Reason::DoesIt { .. } | Reason::DoneBy { .. }));
    let offered_words: usize = offered.map(|reason| reason.common().words).sum();
    let done_words: usize = done.map(|reason| reason.common().words).sum();
    let families = reasons.iter().map(|reason| reason.common().families).sum();
    let near = of(|reason| matches!(reason, Reason::SamePlace { .. })).count();
    let added = of(|reason| matches!(reason, Reason::SameLanguage { .. } | Reason::SameField { .. })).count();
    (offered_words.min(3) * 2 + done_words.min(3) + near, families, near, added, offered_words + done_words)
}
