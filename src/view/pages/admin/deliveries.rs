//! The deliveries, without addresses.

use serde::Serialize;

use super::super::Frame;
use crate::clock::Ts;
use crate::domain::letter::DeliveryState;
use crate::view::Page;

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

impl Page for Deliveries {
    const FILE: &'static str = "admin/deliveries";

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
