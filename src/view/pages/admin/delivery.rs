//! One delivery with its attempts.

use serde::Serialize;

use super::super::Frame;
use super::acts::ActLine;
use super::deliveries::{DeliveryLine, LONG_WORDS, SAMPLE_TIME};
use crate::clock::Ts;
use crate::domain::letter::DeliveryState;
use crate::view::Page;

/// One delivery.
#[derive(Clone, Debug, Serialize)]
pub struct Delivery {
    pub frame: Frame,
    pub line: DeliveryLine,
    pub message_id: String,
    /// Only a person can decide about it.
    pub undecided: bool,
    /// A copy was perhaps delivered.
    pub perhaps: bool,
    pub attempts: Vec<AttemptLine>,
    /// Where the buttons go, if they are possible.
    pub again: Option<String>,
    pub count: Option<String>,
    pub cancel: Option<String>,
    pub address_path: String,
    /// Opened just now, by a logged POST.
    pub address: Option<String>,
    pub acts: Vec<ActLine>,
    /// What became of the button that was pressed; empty when none was.
    pub done: &'static str,
    pub time_zone: String,
}

/// One attempt.
#[derive(Clone, Debug, Serialize)]
pub struct AttemptLine {
    pub at: Ts,
    pub took_ms: i64,
    pub stage: String,
    pub result: String,
    pub code: Option<i64>,
    pub enhanced: Option<String>,
    pub words: String,
}

impl Page for Delivery {
    const FILE: &'static str = "admin/delivery";

    fn samples() -> Vec<Self> {
        let attempt = |stage: &str, result: &str, code, words: &str| AttemptLine {
            at: SAMPLE_TIME,
            took_ms: 1_204,
            stage: stage.into(),
            result: result.into(),
            code,
            enhanced: code.map(|_| "4.7.1".into()),
            words: words.into(),
        };
        let bare = Self {
            frame: Frame::sample(),
            line: DeliveryLine::sample(DeliveryState::Sent),
            message_id: String::new(),
            undecided: false,
            perhaps: false,
            attempts: Vec::new(),
            again: None,
            count: None,
            cancel: None,
            address_path: "/admin/deliveries/x/address".into(),
            address: None,
            acts: Vec::new(),
            done: "",
            time_zone: "Europe/Berlin".into(),
        };
        let unknown = Self {
            line: DeliveryLine::sample(DeliveryState::Unknown),
            message_id: "0123456789abcdef@example.org".into(),
            undecided: true,
            perhaps: true,
            attempts: vec![
                attempt("rcpt", "deferred", Some(451), LONG_WORDS),
                attempt("body", "unknown", None, ""),
            ],
            again: Some("/admin/deliveries/x/retry".into()),
            count: Some("/admin/deliveries/x/count-as-sent".into()),
            cancel: Some("/admin/deliveries/x/cancel".into()),
            address: Some("grace@example.org".into()),
            acts: ActLine::samples(),
            done: "none",
            ..bare.clone()
        };
        let deferred = Self {
            line: DeliveryLine::sample(DeliveryState::Deferred),
            again: unknown.again.clone(),
            perhaps: true,
            ..bare.clone()
        };
        let failed = Self {
            line: DeliveryLine::sample(DeliveryState::Failed),
            again: unknown.again.clone(),
            done: "count",
            ..bare.clone()
        };
        vec![bare, unknown, deferred, failed]
    }
}
