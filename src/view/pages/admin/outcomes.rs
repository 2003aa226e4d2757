//! The outcome log: what came of introductions, without answers.

use serde::Serialize;

use super::super::Frame;
use crate::clock::Ts;
use crate::domain::asking::Purpose;
use crate::domain::outcome::Outcome;
use crate::view::Page;

/// The outcome log.
#[derive(Clone, Debug, Serialize)]
pub struct Outcomes {
    pub frame: Frame,
    pub lines: Vec<OutcomeLine>,
    pub older: bool,
    pub more: Option<String>,
    pub time_zone: String,
}

/// One line: nothing about who answered what.
#[derive(Clone, Debug, Serialize)]
pub struct OutcomeLine {
    pub connector: String,
    pub purpose: Purpose,
    pub drafted_at: Ts,
    pub ended_at: Option<Ts>,
    pub ending: Ending,
    pub outcome: Option<Outcome>,
}

/// How far it came, in as many words as an admin may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    Waiting,
    Introduced,
    Closed,
}

const SAMPLE_TIME: Ts = Ts(1_772_528_400_000_000);

impl Page for Outcomes {
    const FILE: &'static str = "admin/outcomes";

    fn samples() -> Vec<Self> {
        let line = |ending, outcome| OutcomeLine {
            connector: "Ada Lovelace".into(),
            purpose: Purpose::Recruiter,
            drafted_at: SAMPLE_TIME,
            ended_at: Some(SAMPLE_TIME).filter(|_| ending != Ending::Waiting),
            ending,
            outcome,
        };
        let lines = vec![
            line(Ending::Waiting, None),
            line(Ending::Introduced, Some(Outcome::Landed)),
            line(Ending::Closed, None),
        ];
        let empty = Self {
            frame: Frame::sample(),
            lines: Vec::new(),
            older: false,
            more: None,
            time_zone: "Europe/Berlin".into(),
        };
        let full = Self { lines, older: true, more: Some("?before=x".into()), ..empty.clone() };
        vec![empty, full]
    }
}
