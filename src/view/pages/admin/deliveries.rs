//! The deliveries, without addresses, subjects or words of people.

use serde::Serialize;

use super::super::Frame;
use crate::clock::Ts;
use crate::domain::letter::DeliveryState;
use crate::domain::message::Family;
use crate::urls::path;
use crate::view::Page;

/// The deliveries.
#[derive(Clone, Debug, Serialize)]
pub struct Deliveries {
    pub frame: Frame,
    pub lines: Vec<DeliveryLine>,
    /// Those that wait for a person, oldest first.
    pub to_decide: Vec<DeliveryLine>,
    pub counts: Vec<StateCount>,
    pub families: &'static [Family],
    pub state: Option<DeliveryState>,
    pub family: Option<Family>,
    /// As typed.
    pub from: String,
    pub to: String,
    pub routes: Vec<RouteLine>,
    /// Where the button that ends a pause goes.
    pub try_path: &'static str,
    pub acts_path: &'static str,
    /// What became of the button that was pressed; empty when none was.
    pub done: &'static str,
    pub filtered: bool,
    pub older: bool,
    pub more: Option<String>,
    pub time_zone: String,
}

/// How many are in a state.
#[derive(Clone, Debug, Serialize)]
pub struct StateCount {
    pub state: DeliveryState,
    pub count: i64,
    /// There are more than `count`.
    pub more: bool,
}

/// A route that does not work.
#[derive(Clone, Debug, Serialize)]
pub struct RouteLine {
    pub name: String,
    pub paused_until: Option<Ts>,
    pub words: String,
}

/// One delivery.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryLine {
    pub path: String,
    pub family: Family,
    pub recipient_masked: String,
    pub state: DeliveryState,
    pub queued_at: Ts,
    pub due_at: Option<Ts>,
    pub finished_at: Option<Ts>,
    pub attempts: i64,
    /// What the server said last.
    pub words: String,
}

pub(super) const SAMPLE_TIME: Ts = Ts(1_772_528_400_000_000);

pub(super) const LONG_WORDS: &str = "4.7.1 Service temporarily unavailable; client host mail.intro.example.org blocked using zen.example.net, see https://www.example.net/query/ip/192.0.2.1?reference=0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6071";

impl DeliveryLine {
    pub(super) fn sample(state: DeliveryState) -> Self {
        let ended = state == DeliveryState::Sent;
        Self {
            path: "/admin/deliveries/x".into(),
            family: Family::Ask,
            recipient_masked: "g…@example.org".into(),
            state,
            queued_at: SAMPLE_TIME,
            due_at: Some(SAMPLE_TIME).filter(|_| state == DeliveryState::Deferred),
            finished_at: Some(SAMPLE_TIME).filter(|_| ended),
            attempts: if state == DeliveryState::Queued { 0 } else { 2 },
            words: if ended { String::new() } else { LONG_WORDS.into() },
        }
    }
}

impl Page for Deliveries {
    const FILE: &'static str = "admin/deliveries";

    fn samples() -> Vec<Self> {
        let count = |state: &DeliveryState| StateCount {
            state: *state,
            count: if *state == DeliveryState::Sent { 1_000 } else { 3 },
            more: *state == DeliveryState::Sent,
        };
        let route = |paused_until| RouteLine {
            name: "smtp:mail.example.org:587".into(),
            paused_until,
            words: "535 5.7.8 authentication failed".into(),
        };
        let empty = Self {
            frame: Frame::sample(),
            lines: Vec::new(),
            to_decide: Vec::new(),
            counts: DeliveryState::ALL.iter().map(count).collect(),
            families: Family::ALL,
            state: Some(DeliveryState::Failed),
            family: Some(Family::Introduction),
            from: "2026-03-01".into(),
            to: String::new(),
            routes: Vec::new(),
            try_path: path::ROUTE_TRY,
            acts_path: path::ADMIN_ACTS,
            done: "none",
            filtered: true,
            older: false,
            more: None,
            time_zone: "Europe/Berlin".into(),
        };
        let full = Self {
            lines: DeliveryState::ALL.iter().map(|state| DeliveryLine::sample(*state)).collect(),
            to_decide: vec![DeliveryLine::sample(DeliveryState::Unknown)],
            routes: vec![route(Some(SAMPLE_TIME)), route(None)],
            state: None,
            family: None,
            done: "again",
            older: true,
            filtered: false,
            more: Some("?before=x".into()),
            ..empty.clone()
        };
        let first = Self { done: "", filtered: false, ..empty.clone() };
        let last = Self { older: true, ..empty.clone() };
        vec![empty, first, last, full]
    }
}
