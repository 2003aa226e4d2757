//! Whom a contact should meet, and why.

use serde::Serialize;

use super::super::Frame;
use crate::view::Page;

/// The suggestions for one contact.
#[derive(Clone, Debug, Serialize)]
pub struct Meet {
    pub frame: Frame,
    pub name: String,
    pub contact: String,
    pub edit: String,
    /// The connector wrote down what they look for or can help with.
    pub known: bool,
    pub left_out: bool,
    pub rows: Vec<MeetRow>,
}

/// One suggestion.
#[derive(Clone, Debug, Serialize)]
pub struct MeetRow {
    pub name: String,
    pub path: String,
    pub reasons: Vec<ReasonRow>,
    /// The composer with both of them.
    pub introduce: String,
    /// One of the two cannot be written to yet.
    pub no_address: bool,
}

/// One reason: the word of its sentence and what stands in it.
#[derive(Clone, Debug, Serialize)]
pub struct ReasonRow {
    pub word: &'static str,
    pub what: String,
    pub employer: String,
}

/// Two people to think of, on the desk.
#[derive(Clone, Debug, Serialize)]
pub struct AheadRow {
    pub name: String,
    pub path: String,
    pub meet: String,
    pub other: MeetRow,
}

impl MeetRow {
    pub(super) fn sample() -> Self {
        let reason = |word| ReasonRow { word, what: "talk about compilers".into(), employer: "Navy".into() };
        let words = [
            "can-help",
            "is-helped",
            "does-it",
            "done-by",
            "mentioned",
            "same-field",
            "same-place",
            "same-language",
        ];
        let mut reasons: Vec<ReasonRow> = words.map(reason).to_vec();
        reasons.push(ReasonRow { employer: String::new(), ..reason("does-it") });
        Self {
            name: "Grace Hopper".into(),
            path: "/contacts/x".into(),
            reasons,
            introduce: "/introductions/new?first=x&second=y".into(),
            no_address: false,
        }
    }
}

impl AheadRow {
    pub(super) fn sample() -> Self {
        Self {
            name: "Alan Turing".into(),
            path: "/contacts/x".into(),
            meet: "/contacts/x/meet".into(),
            other: MeetRow::sample(),
        }
    }
}

impl Page for Meet {
    const FILE: &'static str = "connector/meet";

    fn samples() -> Vec<Self> {
        let full = Self {
            frame: Frame::sample(),
            name: "Alan Turing".into(),
            contact: "/contacts/x".into(),
            edit: "/contacts/x/edit".into(),
            known: true,
            left_out: false,
            rows: vec![MeetRow::sample(), MeetRow { no_address: true, ..MeetRow::sample() }],
        };
        let none = Self { rows: Vec::new(), ..full.clone() };
        let unknown = Self { known: false, ..none.clone() };
        vec![unknown, Self { left_out: true, ..none.clone() }, none, full]
    }
}
