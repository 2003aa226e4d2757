//! Why two people should meet.

use super::terms::{Common, Terms};
use crate::domain::contact::ContactFacts;

/// One reason for a meeting of `who` with `other`, the stronger kinds first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The other would gladly help with what `who` looks for; their words as the connector wrote them down.
    CanHelp { with: String, common: Common },
    /// The other looks for what `who` would gladly help with.
    IsHelped { looks_for: String, common: Common },
    /// The other does what `who` looks for.
    DoesIt { role: String, employer: String, common: Common },
    /// `who` does what the other looks for.
    DoneBy { looks_for: String, common: Common },
    /// The connector's own words about the other speak of what `who` looks for.
    Mentioned { words: String, common: Common },
    /// Both do the same.
    SameField { field: String },
    /// Both live there.
    SamePlace { place: String },
    /// Both speak it, and not everybody does.
    SameLanguage { language: String },
}

impl Reason {
    /// A reason to meet; the others only add to one.
    #[must_use]
    pub const fn is_enough(&self) -> bool {
        match self {
            Self::CanHelp { .. }
            | Self::IsHelped { .. }
            | Self::DoesIt { .. }
            | Self::DoneBy { .. }
            | Self::Mentioned { .. } => true,
            Self::SameField { .. } | Self::SamePlace { .. } | Self::SameLanguage { .. } => false,
        }
    }

    /// The word of its sentence: `meet-{word}`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::CanHelp { .. } => "can-help",
            Self::IsHelped { .. } => "is-helped",
            Self::DoesIt { .. } => "does-it",
            Self::DoneBy { .. } => "done-by",
            Self::Mentioned { .. } => "mentioned",
            Self::SameField { .. } => "same-field",
            Self::SamePlace { .. } => "same-place",
            Self::SameLanguage { .. } => "same-language",
        }
    }

    /// What it is about: the connector's words, or what the other does.
    #[must_use]
    pub fn what(&self) -> &str {
        match self {
            Self::CanHelp { with: what, .. }
            | Self::IsHelped { looks_for: what, .. }
            | Self::DoneBy { looks_for: what, .. }
            | Self::DoesIt { role: what, .. }
            | Self::Mentioned { words: what, .. }
            | Self::SameField { field: what }
            | Self::SamePlace { place: what }
            | Self::SameLanguage { language: what } => what,
        }
    }

    pub(super) const fn common(&self) -> Common {
        match self {
            Self::CanHelp { common, .. }
            | Self::IsHelped { common, .. }
            | Self::DoesIt { common, .. }
            | Self::DoneBy { common, .. }
            | Self::Mentioned { common, .. } => *common,
            Self::SameField { .. } | Self::SamePlace { .. } | Self::SameLanguage { .. } => {
                Common { words: 0, families: 0 }
            }
        }
    }
}

/// What somebody looks for, gives and does, taken apart once for many comparisons.
pub struct Profile<'a> {
    facts: &'a ContactFacts,
    wish: Terms,
    gives: Terms,
    work: Terms,
}

impl<'a> Profile<'a> {
    #[must_use]
    pub fn of(facts: &'a ContactFacts) -> Self {
        let of = &facts.facets;
        Self {
            facts,
            wish: without_place(&of.looking_for, &of.place),
            gives: Terms::of(&of.can_help),
            work: work(facts),
        }
    }
}

/// Every reason, the stronger kinds first. Empty when there is none.
#[must_use]
pub fn reasons(who: &Profile<'_>, other: &ContactFacts) -> Vec<Reason> {
    let (mine, theirs) = (&who.facts.facets, &other.facets);
    let (wish, work) = (&who.wish, &who.work);
    let their_wish = without_place(&theirs.looking_for, &theirs.place);
    let their_work = self::work(other);
    let mut all = Vec::new();
    let help = wish.common(&Terms::of(&theirs.can_help));
    if help.is_any() {
        all.push(Reason::CanHelp { with: theirs.can_help.clone(), common: help });
    }
    let helped = who.gives.common(&their_wish);
    if helped.is_any() {
        all.push(Reason::IsHelped { looks_for: theirs.looking_for.clone(), common: helped });
    }
    let does = wish.common(&their_work);
    // Who looks for the same is in the same boat, not on the shore.
    let rival = !their_wish.is_empty() && wish.common(&their_wish).is_any();
    if does.is_any() && !rival {
        let (role, employer) = (what_they_do(other), other.employer.clone());
        all.push(Reason::DoesIt { role, employer, common: does });
    }
    let done = their_wish.common(work);
    if done.is_any() && !rival {
        all.push(Reason::DoneBy { looks_for: theirs.looking_for.clone(), common: done });
    }
    for words in [&other.notes, &other.how_known, &other.described] {
        if rival || !all.is_empty() {
            break;
        }
        let common = wish.common(&Terms::of(words));
        // One word of a family is too little here: notes speak of much.
        if common.words > 0 {
            all.push(Reason::Mentioned { words: sentence(words, wish), common });
        }
    }
    let field = work.common(&their_work);
    if field.words > 0 && !theirs.field.is_empty() && same(&mine.field, &theirs.field) {
        all.push(Reason::SameField { field: theirs.field.clone() });
    }
    if same(&mine.place, &theirs.place) {
        all.push(Reason::SamePlace { place: theirs.place.clone() });
    }
    if let Some(language) = shared_language(&mine.speaks, &theirs.speaks) {
        all.push(Reason::SameLanguage { language });
    }
    all
}

/// What somebody does, where, and in which field.
fn work(of: &ContactFacts) -> Terms {
    Terms::of(&[of.facets.role.as_str(), &of.facets.field, &of.employer].join(" "))
}

fn what_they_do(of: &ContactFacts) -> String {
    if of.facets.role.is_empty() { of.facets.field.clone() } else { of.facets.role.clone() }
}

/// "A job as a nurse in Leeds" is about nursing: the place is compared on its own.
fn without_place(wish: &str, place: &str) -> Terms {
    let mut terms = Terms::of(wish);
    for root in Terms::of(place).roots {
        terms.roots.remove(&root);
    }
    terms
}

fn same(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.split(',').next().unwrap_or_default().trim().to_lowercase();
    !plain(one).is_empty() && plain(one) == plain(other)
}

/// One that both speak, beside English.
fn shared_language(one: &str, other: &str) -> Option<String> {
    let languages = |text: &str| -> Vec<String> {
        text.split([',', ';', '/']).map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect()
    };
    let theirs = languages(other);
    languages(one)
        .into_iter()
        .filter(|one| !one.eq_ignore_ascii_case("english"))
        .find(|one| theirs.iter().any(|other| other.eq_ignore_ascii_case(one)))
}

/// The sentence or line that speaks of it.
fn sentence(text: &str, wish: &Terms) -> String {
    let pieces = text.split(['\n', '.', ';']).map(str::trim).filter(|piece| !piece.is_empty());
    let best = pieces.max_by_key(|piece| wish.common(&Terms::of(piece)));
    best.unwrap_or_default().chars().take(160).collect()
}
