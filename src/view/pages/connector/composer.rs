//! The composer: one page to write an introduction.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::{Fault, Frame};
use crate::clock::Ts;
use crate::domain::asking::{Order, Purpose, Side};
use crate::view::Page;

/// The form, empty or as typed.
#[derive(Clone, Debug, Serialize)]
pub struct Composer {
    pub frame: Frame,
    /// A draft that is there already.
    pub edits: bool,
    /// Where the form goes.
    pub action: String,
    /// All faults; those of a field stand beside it too.
    pub faults: Vec<Fault>,
    /// Gentle sentences, by the id of the field.
    pub remarks: Vec<Fault>,
    pub purposes: &'static [Purpose],
    pub orders: &'static [Order],
    pub languages: Vec<String>,
    /// Typed values by the id of the field; ticks are `yes` or empty.
    pub typed: BTreeMap<&'static str, String>,
    pub purpose: String,
    pub order: String,
    pub writes_first: String,
    pub sides: &'static [Side],
    /// Picking from the contacts, for each side.
    pub first_finder: Finder,
    pub second_finder: Finder,
    /// What was between these people and the connector before.
    pub notes: Vec<PersonNote>,
    /// Nobody is signed in any more: everything typed is here, and can be sent again.
    pub signed_out: bool,
    /// It was only looked over, or kept as it is.
    pub told: Option<&'static str>,
    /// The unfinished form that this is; empty when it is none.
    pub unfinished: String,
    /// Where the button goes that throws it away.
    pub discard: String,
    /// Other unfinished forms.
    pub others: Vec<UnfinishedRow>,
    /// New people are kept as contacts.
    pub keep_contacts: bool,
    pub time_zone: String,
}

/// Looking for a person among the contacts.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Finder {
    pub text: String,
    pub found: Vec<FoundContact>,
    /// Looked for, and nobody found.
    pub nobody: bool,
    /// The contact that was taken; empty when the person was typed.
    pub contact: String,
}

/// One contact that was found.
#[derive(Clone, Debug, Serialize)]
pub struct FoundContact {
    pub id: String,
    pub name: String,
    pub email: String,
    pub employer: String,
}

/// A sentence about the past: the word `before-{word}` says it.
#[derive(Clone, Debug, Serialize)]
pub struct PersonNote {
    pub word: &'static str,
    pub who: String,
    pub at: Ts,
    pub path: String,
}

/// An unfinished form in a list.
#[derive(Clone, Debug, Serialize)]
pub struct UnfinishedRow {
    pub path: String,
    pub discard: String,
    pub first: String,
    pub second: String,
    pub at: Ts,
}

/// The ids of text fields; `-` stands for the dot in a form's key.
pub const FIELDS: &[&str] = &[
    "first-name",
    "first-email",
    "first-described",
    "first-how_known",
    "first-why",
    "first-blurb",
    "first-language",
    "second-name",
    "second-email",
    "second-described",
    "second-how_known",
    "second-why",
    "second-blurb",
    "second-language",
    "shared",
    "fit",
    "step",
    "asked_for_this",
    "names_second",
    "same_employer",
    "coworker_confirmed",
];

fn typed_sample(text: &str) -> BTreeMap<&'static str, String> {
    FIELDS.iter().map(|id| (*id, text.to_owned())).collect()
}

impl Composer {
    fn empty_sample() -> Self {
        Self {
            frame: Frame::sample(),
            edits: false,
            action: "/introductions/new".into(),
            faults: Vec::new(),
            remarks: Vec::new(),
            purposes: Purpose::ALL,
            orders: Order::ALL,
            languages: vec!["en".into()],
            typed: typed_sample(""),
            purpose: String::new(),
            order: "one_by_one".into(),
            writes_first: "first".into(),
            sides: Side::ALL,
            first_finder: Finder::default(),
            second_finder: Finder { text: "zz".into(), nobody: true, ..Finder::default() },
            notes: Vec::new(),
            signed_out: false,
            told: None,
            unfinished: String::new(),
            discard: String::new(),
            others: Vec::new(),
            keep_contacts: true,
            time_zone: "Europe/Berlin".into(),
        }
    }
}

impl Finder {
    fn sample() -> Self {
        let found = |employer: &str| FoundContact {
            id: "x".into(),
            name: "Grace Hopper".into(),
            email: "grace@example.net".into(),
            employer: employer.into(),
        };
        let found = vec![found(""), found("Navy")];
        Self { text: "gr".into(), found, contact: "x".into(), nobody: false }
    }
}

const SAMPLE_TIME: Ts = Ts(1_772_528_400_000_000);

impl Page for Composer {
    const FILE: &'static str = "connector/composer";

    fn samples() -> Vec<Self> {
        let fault = |id: &&'static str| Fault::sample(id);
        let note = |word| PersonNote {
            word,
            who: "Grace Hopper".into(),
            at: SAMPLE_TIME,
            path: "/introductions/x".into(),
        };
        let row = |first: &str, second: &str| UnfinishedRow {
            path: "/unfinished/x".into(),
            discard: "/unfinished/x/discard".into(),
            first: first.into(),
            second: second.into(),
            at: SAMPLE_TIME,
        };
        let full = Self {
            edits: true,
            faults: FIELDS.iter().map(fault).collect(),
            remarks: FIELDS.iter().map(fault).collect(),
            languages: vec!["de".into(), "en".into()],
            typed: typed_sample("yes"),
            purpose: "peers".into(),
            first_finder: Finder::sample(),
            second_finder: Finder::sample(),
            notes: ["introduced", "pair", "asked", "colleague"].map(note).into(),
            told: Some("checked"),
            ..Self::empty_sample()
        };
        let kept = Self {
            told: Some("kept"),
            unfinished: "x".into(),
            discard: "/unfinished/x/discard".into(),
            others: vec![row("Grace", ""), row("", "Alan"), row("", "")],
            ..Self::empty_sample()
        };
        let signed_out = Self { frame: Frame::public(), signed_out: true, ..full.clone() };
        vec![Self::empty_sample(), full, kept, signed_out]
    }
}
