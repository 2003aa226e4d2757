//! What an admin sees: outcomes without answers, deliveries without addresses.

use serde::Serialize;

use super::Frame;
use crate::clock::Ts;
use crate::domain::asking::Purpose;
use crate::domain::letter::DeliveryState;
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

/// The deliveries.
#[derive(Clone, Debug, Serialize)]
pub struct Deliveries {
    pub frame: Frame,
    pub lines: Vec<DeliveryLine>,
    pub states: &'static [DeliveryState],
    pub state: Option<DeliveryState>,
    /// What became of the button that was pressed: put back, or not possible.
    pub again: Option<bool>,
    pub older: bool,
    pub more: Option<String>,
    pub time_zone: String,
}

/// One delivery.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryLine {
    pub kind: &'static str,
    pub recipient_masked: String,
    pub state: DeliveryState,
    pub queued_at: Ts,
    pub due_at: Option<Ts>,
    pub finished_at: Option<Ts>,
    pub attempts: i64,
    /// What the server said last.
    pub words: String,
    /// Where the button goes, if sending again is possible.
    pub retry: Option<String>,
}

const SAMPLE_TIME: Ts = Ts(1_772_528_400_000_000);

impl Page for Outcomes {
    const FILE: &'static str = "outcomes";

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

impl Page for Deliveries {
    const FILE: &'static str = "deliveries";

    fn samples() -> Vec<Self> {
        let line = |state: &DeliveryState| DeliveryLine {
            kind: "ask_first",
            recipient_masked: "g…@example.org".into(),
            state: *state,
            queued_at: SAMPLE_TIME,
            due_at: Some(SAMPLE_TIME).filter(|_| *state == DeliveryState::Deferred),
            finished_at: Some(SAMPLE_TIME).filter(|_| *state == DeliveryState::Sent),
            attempts: 2,
            words: if *state == DeliveryState::Sent { String::new() } else { "452 try later".into() },
            retry: Some("/admin/deliveries/x/retry".into()).filter(|_| *state == DeliveryState::Failed),
        };
        let empty = Self {
            frame: Frame::sample(),
            lines: Vec::new(),
            states: DeliveryState::ALL,
            state: Some(DeliveryState::Failed),
            again: Some(true),
            older: false,
            more: None,
            time_zone: "Europe/Berlin".into(),
        };
        let full = Self {
            lines: DeliveryState::ALL.iter().map(line).collect(),
            state: None,
            again: Some(false),
            older: true,
            more: Some("?before=x".into()),
            ..empty.clone()
        };
        vec![Self { again: None, ..empty.clone() }, empty, full]
    }
}
