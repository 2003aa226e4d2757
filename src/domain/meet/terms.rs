//! The words of a text as they are compared: without case, accents and endings, and with their families.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words that say nothing about what somebody does or wants.
const EMPTY: &[&str] = &[
    "a",
    "about",
    "also",
    "am",
    "an",
    "and",
    "any",
    "anything",
    "are",
    "as",
    "at",
    "be",
    "been",
    "by",
    "can",
    "company",
    "could",
    "etc",
    "everything",
    "for",
    "friend",
    "from",
    "full",
    "get",
    "give",
    "glad",
    "gladly",
    "good",
    "great",
    "happy",
    "has",
    "have",
    "he",
    "help",
    "her",
    "here",
    "him",
    "his",
    "how",
    "i",
    "in",
    "into",
    "is",
    "it's",
    "job",
    "know",
    "learn",
    "like",
    "look",
    "looking",
    "many",
    "me",
    "meet",
    "more",
    "my",
    "near",
    "new",
    "next",
    "of",
    "on",
    "or",
    "other",
    "our",
    "out",
    "part",
    "people",
    "person",
    "place",
    "position",
    "role",
    "s",
    "senior",
    "junior",
    "she",
    "show",
    "somebody",
    "some",
    "someone",
    "something",
    "start",
    "talk",
    "talking",
    "than",
    "that",
    "the",
    "their",
    "them",
    "they",
    "this",
    "through",
    "time",
    "to",
    "up",
    "us",
    "very",
    "want",
    "wants",
    "was",
    "we",
    "week",
    "what",
    "when",
    "where",
    "who",
    "will",
    "willing",
    "with",
    "work",
    "working",
    "would",
    "year",
    "years",
    "you",
    "your",
];
/// Endings that do not change what a word is about, the longer first.
const ENDINGS: [&str; 10] = ["ments", "ment", "ings", "ing", "ers", "er", "ors", "or", "es", "s"];
/// A root has at least so many letters.
const ROOT_MIN: usize = 4;

/// Word root -> the families it belongs to.
static FAMILIES: LazyLock<BTreeMap<String, BTreeSet<usize>>> = LazyLock::new(|| {
    let mut all: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for (nth, line) in lines().enumerate() {
        for word in line.split_whitespace() {
            all.entry(root(word)).or_default().insert(nth);
        }
    }
    all
});

fn lines() -> impl Iterator<Item = &'static str> {
    include_str!("synonyms.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// What a text is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Roots, each once.
    pub roots: BTreeSet<String>,
    /// The families of words that they belong to.
    pub families: BTreeSet<usize>,
}

impl Terms {
    #[must_use]
    pub fn of(text: &str) -> Self {
        let roots: BTreeSet<String> =
            words(text).filter(|word| !EMPTY.contains(&word.as_str())).map(|word| root(&word)).collect();
        let families = roots.iter().filter_map(|root| FAMILIES.get(root)).flatten().copied().collect();
        Self { roots, families }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.roots.is_empty()
    }

    /// How much two texts are about the same: words in common, and families in common.
    #[must_use]
    pub fn common(&self, other: &Self) -> Common {
        Common {
            words: self.roots.intersection(&other.roots).count(),
            families: self.families.intersection(&other.families).count(),
        }
    }

    /// Every root that a search for this has to look for: its own, and those of its families.
    #[must_use]
    pub fn widened(&self) -> BTreeSet<String> {
        let related = FAMILIES.iter().filter(|(_, of)| !of.is_disjoint(&self.families)).map(|(root, _)| root);
        self.roots.iter().chain(related).cloned().collect()
    }
}

/// What two texts share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Common {
    pub words: usize,
    pub families: usize,
}

impl Common {
    #[must_use]
    pub const fn is_any(self) -> bool {
        self.words > 0 || self.families > 0
    }
}

/// A text as it is searched: its roots with spaces between.
#[must_use]
pub fn searched(text: &str) -> String {
    words(text).map(|word| root(&word)).collect::<Vec<_>>().join(" ")
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let plain: String = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    let words: Vec<String> = plain
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.into_iter()
}

/// A word without its endings: the same for "nurse", "nurses" and "nursing". Not a stem of grammar, only the same on
/// both sides.
#[must_use]
pub fn root(word: &str) -> String {
    let mut word = word;
    loop {
        let shorter = ENDINGS
            .iter()
            .filter_map(|ending| word.strip_suffix(ending))
            .find(|rest| rest.chars().count() >= ROOT_MIN);
        match shorter {
            Some(rest) => word = rest,
            None => break,
        }
    }
    word.strip_suffix('e').filter(|rest| rest.chars().count() >= ROOT_MIN).unwrap_or(word).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_root_are_the_same() {
        for group in [
            &["nurse", "nurses", "nursing"][..],
            &["designer", "design", "designing", "designers"],
            &["engineer", "engineering", "engineers"],
            &["developer", "development", "developing"],
            &["manager", "management", "managing", "managers"],
            &["marketing", "marketer", "market"],
        ] {
            let roots: BTreeSet<String> = group.iter().map(|word| root(word)).collect();
            assert_eq!(roots.len(), 1, "{roots:?}");
        }
        assert_eq!(root("it"), "it");
        assert_ne!(root("law"), root("lawn"));
    }

    #[test]
    fn families_bring_words_together_that_share_no_letter() {
        let (coder, nurse) = (Terms::of("a programmer"), Terms::of("nursing"));
        assert!(coder.common(&Terms::of("software developer")).is_any());
        assert!(!coder.common(&nurse).is_any());
        assert!(nurse.widened().contains(&root("hospital")));
        assert!(Terms::of("looking for a new job").is_empty());
    }
}
