//! The week's suggestions, to the connector who asked for them.

use serde::Serialize;

use super::{Who, samples};
use crate::domain::meet::Reason;
use crate::view::Mail;

/// Two or three pairs of their own contacts who should meet.
#[derive(Clone, Debug, Serialize)]
pub struct Weekly {
    pub connector: Who,
    pub pairs: Vec<Pair>,
    /// Where it is turned off.
    pub link_settings: String,
}

/// Who should meet, and why.
#[derive(Clone, Debug, Serialize)]
pub struct Pair {
    /// Who looks for something.
    pub name: String,
    pub other: String,
    pub reasons: Vec<PairReason>,
    /// All suggestions for the first of them.
    pub link: String,
}

/// One reason: the word of its sentence (`meet-…`) and what stands in it.
#[derive(Clone, Debug, Serialize)]
pub struct PairReason {
    pub word: String,
    pub what: String,
    pub employer: String,
}

impl From<&Reason> for PairReason {
    fn from(of: &Reason) -> Self {
        let employer =
            if let Reason::DoesIt { employer, .. } = of { employer.clone() } else { String::new() };
        let somewhere = if of.word() == "does-it" && employer.is_empty() { "-somewhere" } else { "" };
        Self { word: format!("{}{somewhere}", of.word()), what: of.what().to_owned(), employer }
    }
}

impl Mail for Weekly {
    const KIND: &'static str = "weekly";

    fn samples() -> Vec<Self> {
        let reason = |word: &str| PairReason {
            word: word.into(),
            what: "talk about compilers".into(),
            employer: "Navy".into(),
        };
        let pair = |words: &[&str]| Pair {
            name: "Alan Turing".into(),
            other: "Grace Hopper".into(),
            reasons: words.iter().map(|word| reason(word)).collect(),
            link: "https://intro.example.org/contacts/x/meet".into(),
        };
        let all = [
            "can-help",
            "is-helped",
            "does-it",
            "does-it-somewhere",
            "done-by",
            "mentioned",
            "same-field",
            "same-place",
            "same-language",
        ];
        let one = |pairs: Vec<Pair>| Self {
            connector: samples::connector(),
            pairs,
            link_settings: "https://intro.example.org/settings".into(),
        };
        vec![one(vec![pair(&all), pair(&["can-help"])]), one(vec![pair(&["is-helped", "same-place"])])]
    }
}
