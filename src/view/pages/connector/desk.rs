//! The desk: a connector's introductions, and what happens next with each.

use serde::Serialize;

use super::super::Frame;
use crate::clock::Ts;
use crate::domain::asking::Purpose;
use crate::domain::introduction::StateName;
use crate::view::Page;

/// The desk.
#[derive(Clone, Debug, Serialize)]
pub struct Desk {
    pub frame: Frame,
    pub needs_you: Vec<Row>,
    pub waiting: Vec<Row>,
    pub done: Vec<Row>,
    /// This is not the newest page.
    pub older: bool,
    /// Where the next page begins.
    pub more: Option<String>,
    pub time_zone: String,
}

/// One introduction on it.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    pub path: String,
    pub first: String,
    pub second: String,
    pub purpose: Purpose,
    pub state: StateName,
    pub next: NextStep,
}

/// What happens next, and when: the word `next-{word}` says it.
#[derive(Clone, Debug, Serialize)]
pub struct NextStep {
    pub word: &'static str,
    pub who: String,
    pub at: Option<Ts>,
}

impl NextStep {
    pub(super) fn samples() -> Vec<Self> {
        NEXT.iter()
            .map(|word| Self { word, who: "Grace Hopper".into(), at: Some(Ts(1_772_528_400_000_000)) })
            .collect()
    }
}

/// Everything that can be next.
pub const NEXT: &[&str] = &[
    "ask",
    "undeliverable",
    "ask-again",
    "answer",
    "closes",
    "lapses",
    "withdrawn",
    "leaves",
    "check-in",
    "heard",
    "nudge",
    "thank",
    "nothing",
    "closed",
    "not-before",
];

impl Page for Desk {
    const FILE: &'static str = "connector/desk";

    fn samples() -> Vec<Self> {
        let rows: Vec<Row> = NextStep::samples()
            .into_iter()
            .map(|next| Row {
                path: "/introductions/x".into(),
                first: "Grace Hopper".into(),
                second: "Alan Turing".into(),
                purpose: Purpose::JobSearch,
                state: StateName::Asking,
                next,
            })
            .collect();
        let empty = Self {
            frame: Frame::sample(),
            needs_you: Vec::new(),
            waiting: Vec::new(),
            done: Vec::new(),
            older: false,
            more: None,
            time_zone: "Europe/Berlin".into(),
        };
        let full = Self {
            needs_you: rows.clone(),
            waiting: rows.clone(),
            done: rows,
            older: true,
            more: Some("/?before=x".into()),
            ..empty.clone()
        };
        vec![Self { older: true, ..empty.clone() }, empty, full]
    }
}
