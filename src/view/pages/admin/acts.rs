//! What admins did.

use serde::Serialize;

use super::super::Frame;
use super::deliveries::SAMPLE_TIME;
use crate::clock::Ts;
use crate::domain::admin_act::Act;
use crate::view::Page;

/// What admins did, newest first.
#[derive(Clone, Debug, Serialize)]
pub struct Acts {
    pub frame: Frame,
    pub lines: Vec<ActLine>,
    pub older: bool,
    pub more: Option<String>,
    pub time_zone: String,
}

/// One deed.
#[derive(Clone, Debug, Serialize)]
pub struct ActLine {
    pub at: Ts,
    /// Empty when the account is gone.
    pub who: String,
    pub what: Act,
    /// A route or a masked address.
    pub subject: String,
    /// The page of the delivery it is about.
    pub path: Option<String>,
    pub reason: String,
}

impl ActLine {
    pub(super) fn samples() -> Vec<Self> {
        let line = |what: &Act| Self {
            at: SAMPLE_TIME,
            who: if *what == Act::RouteTried { String::new() } else { "Ada Lovelace".into() },
            what: *what,
            subject: "g…@example.org".into(),
            path: Some("/admin/deliveries/x".into()).filter(|_| *what == Act::AddressOpened),
            reason: if *what == Act::SuppressionLifted { "She wrote to us.".into() } else { String::new() },
        };
        Act::ALL.iter().map(line).collect()
    }
}

impl Page for Acts {
    const FILE: &'static str = "admin/acts";

    fn samples() -> Vec<Self> {
        let empty = Self {
            frame: Frame::sample(),
            lines: Vec::new(),
            older: false,
            more: None,
            time_zone: "Europe/Berlin".into(),
        };
        let older = Self { older: true, ..empty.clone() };
        let full = Self { lines: ActLine::samples(), more: Some("?before=x".into()), ..empty.clone() };
        vec![empty, older, full]
    }
}
