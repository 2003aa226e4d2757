//! The desk: a connector's introductions, and what happens next with each.

use serde::Serialize;

use super::super::Frame;
use super::meet::AheadRow;
use crate::clock::Ts;
use crate::domain::asking::Purpose;
use crate::domain::attention::{Need, Place};
use crate::domain::introduction::StateName;
use crate::view::Page;

/// The desk, or a page of one of its parts.
#[derive(Clone, Debug, Serialize)]
pub struct Desk {
    pub frame: Frame,
    /// Only this part is shown.
    pub only: Option<Place>,
    pub needs: Part,
    pub waiting: Part,
    pub done: Part,
    /// What was put aside a moment ago.
    pub settled: Option<Settled>,
    /// Forms of the composer that are not drafts yet.
    pub unfinished: usize,
    /// Contacts whose corrections of their cards wait.
    pub corrected: Vec<LandedRow>,
    /// Requests for introductions that wait.
    pub requests: usize,
    /// Words of parties that are new.
    pub words: i64,
    /// People who have not heard of the connector for a while.
    pub silent: usize,
    /// Who found a job and whose helpers wait for thanks.
    pub landed: Vec<LandedRow>,
    /// Who should meet, this week.
    pub ahead: Vec<AheadRow>,
    pub time_zone: String,
}

/// One part of the desk.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Part {
    pub rows: Vec<Row>,
    pub count: i64,
    /// There are more than the count says.
    pub many: bool,
    /// Where the next page begins.
    pub more: Option<String>,
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
    /// The button that puts it aside.
    pub settle: Option<Settle>,
}

/// The word `settle-{need}` is on the button.
#[derive(Clone, Debug, Serialize)]
pub struct Settle {
    pub need: Need,
    pub path: String,
}

/// What was put aside, and the way back.
#[derive(Clone, Debug, Serialize)]
pub struct Settled {
    pub first: String,
    pub second: String,
    pub path: String,
    pub put_back: String,
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
    "rests",
    "undeliverable",
    "undeliverable-introduced",
    "undeliverable-closed",
    "ask-again",
    "again-from",
    "answer",
    "closes",
    "lapses",
    "not-left",
    "withdrawn",
    "leaves",
    "check-in",
    "heard",
    "nudge",
    "nudged",
    "thank",
    "thanked",
    "nothing",
    "closed",
    "not-before",
    "they-rest",
];

/// Somebody found a job.
#[derive(Clone, Debug, Serialize)]
pub struct LandedRow {
    pub name: String,
    pub path: String,
}

impl Settled {
    fn sample() -> Self {
        Self {
            first: "Grace Hopper".into(),
            second: "Alan Turing".into(),
            path: "/introductions/x".into(),
            put_back: "/introductions/x/put-back".into(),
        }
    }
}

impl Page for Desk {
    const FILE: &'static str = "connector/desk";

    fn samples() -> Vec<Self> {
        let row = |next| Row {
            path: "/introductions/x".into(),
            first: "Grace Hopper".into(),
            second: "Alan Turing".into(),
            purpose: Purpose::JobSearch,
            state: StateName::Asking,
            next,
            settle: None,
        };
        let rows: Vec<Row> = NextStep::samples().into_iter().map(row).collect();
        let settle = |need: &Need| Some(Settle { need: *need, path: "/introductions/x/settled".into() });
        let needs = rows.iter().zip(Need::ALL).map(|(row, need)| Row { settle: settle(need), ..row.clone() });
        let needs = Part { rows: needs.collect(), count: 5, many: false, more: None };
        let part = Part { rows, count: 1_000, many: true, more: Some("/?list=done&at=1&id=x".into()) };
        let empty = Self {
            frame: Frame::sample(),
            only: None,
            needs: Part::default(),
            waiting: Part::default(),
            done: Part::default(),
            settled: None,
            unfinished: 1,
            ahead: Vec::new(),
            corrected: Vec::new(),
            requests: 0,
            words: 0,
            silent: 0,
            landed: Vec::new(),
            time_zone: "Europe/Berlin".into(),
        };
        let quiet = Self { waiting: part.clone(), ..empty.clone() };
        let full = Self {
            needs,
            waiting: part.clone(),
            done: part.clone(),
            settled: Some(Settled::sample()),
            ahead: vec![AheadRow::sample()],
            corrected: vec![LandedRow { path: "/contacts/x".into(), name: "Grace Hopper".into() }],
            requests: 2,
            words: 2,
            silent: 2,
            landed: vec![LandedRow { name: "Sam Cole".into(), path: "/landed/x".into() }],
            unfinished: 2,
            ..empty.clone()
        };
        let mut all = vec![empty.clone(), quiet, full];
        for only in Place::ALL {
            let one = Self { only: Some(*only), ..empty.clone() };
            all.extend([
                one.clone(),
                match only {
                    Place::Needs => Self { needs: part.clone(), ..one },
                    Place::Waiting => Self { waiting: part.clone(), ..one },
                    Place::Done => Self { done: part.clone(), ..one },
                },
            ]);
        }
        all
    }
}
