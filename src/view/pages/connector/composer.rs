//! The composer: one page to write an introduction.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::{Fault, Frame};
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
    "step",
    "asked_for_this",
    "names_second",
    "same_employer",
    "coworker_confirmed",
];

impl Page for Composer {
    const FILE: &'static str = "connector/composer";

    fn samples() -> Vec<Self> {
        let fault = |id: &&'static str| Fault::sample(id);
        let typed = |text: &str| FIELDS.iter().map(|id| (*id, text.to_owned())).collect();
        let empty = Self {
            frame: Frame::sample(),
            edits: false,
            action: "/introductions/new".into(),
            faults: Vec::new(),
            remarks: Vec::new(),
            purposes: Purpose::ALL,
            orders: Order::ALL,
            languages: vec!["en".into()],
            typed: typed(""),
            purpose: String::new(),
            order: "one_by_one".into(),
            writes_first: "first".into(),
            sides: Side::ALL,
        };
        let full = Self {
            edits: true,
            faults: FIELDS.iter().map(fault).collect(),
            remarks: FIELDS.iter().map(fault).collect(),
            languages: vec!["de".into(), "en".into()],
            typed: typed("yes"),
            purpose: "peers".into(),
            ..empty.clone()
        };
        vec![empty, full]
    }
}
