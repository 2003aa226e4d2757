//! "Ask me": the page of a connector, and the request behind its mailed link.

use serde::Serialize;

use super::super::{Fault, Frame};
use crate::view::Page;
use crate::view::mails::Who;

/// Where anybody can ask for an introduction.
#[derive(Clone, Debug, Serialize)]
pub struct AskMe {
    pub frame: Frame,
    pub faults: Vec<Fault>,
    pub connector: Who,
    /// The connector's own words.
    pub welcome: String,
    pub name: String,
    pub email: String,
    pub wish: String,
    pub wish_max: usize,
    pub about: String,
    pub about_max: usize,
}

/// A mail is on its way, if the address can be written to.
#[derive(Clone, Debug, Serialize)]
pub struct AskMeSent {
    pub frame: Frame,
    pub connector: Who,
    pub email: String,
}

/// What was done just before: `request-told-{it}` says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestTold {
    Nothing,
    Later,
    Stale,
    Confirmed,
    Forgotten,
}

/// Their request, to confirm or to take back.
#[derive(Clone, Debug, Serialize)]
pub struct AskMeRequest {
    pub frame: Frame,
    pub told: RequestTold,
    pub faults: Vec<Fault>,
    pub connector: Who,
    pub you: Who,
    pub confirmed: bool,
    /// An introduction came of it.
    pub used: bool,
    pub name: String,
    pub wish: String,
    pub about: String,
    /// What they say yes to.
    pub consent: String,
    pub nonce: String,
}

impl Page for AskMe {
    const FILE: &'static str = "recipient/ask_me";

    fn samples() -> Vec<Self> {
        let empty = Self {
            frame: Frame::public(),
            faults: Vec::new(),
            connector: Who::new("Ada Lovelace"),
            welcome: String::new(),
            name: String::new(),
            email: String::new(),
            wish: String::new(),
            wish_max: 600,
            about: String::new(),
            about_max: 800,
        };
        let full = Self {
            faults: ["name", "email", "wish", "about"].map(Fault::sample).to_vec(),
            welcome: "I know people who build machines.\n\nAsk me.".into(),
            name: "Grace Hopper".into(),
            email: "grace@example.org".into(),
            wish: "somebody who builds compilers".into(),
            about: "I have built one.".into(),
            ..empty.clone()
        };
        vec![empty, full]
    }
}

impl Page for AskMeSent {
    const FILE: &'static str = "recipient/ask_me_sent";

    fn samples() -> Vec<Self> {
        vec![Self {
            frame: Frame::public(),
            connector: Who::new("Ada Lovelace"),
            email: "grace@example.org".into(),
        }]
    }
}

impl Page for AskMeRequest {
    const FILE: &'static str = "recipient/ask_me_request";

    fn samples() -> Vec<Self> {
        let one = |told: RequestTold, confirmed: bool, used: bool, faults: Vec<Fault>| Self {
            frame: Frame::public(),
            told,
            faults,
            connector: Who::new("Ada Lovelace"),
            you: Who::new("Grace Hopper"),
            confirmed,
            used,
            name: "Grace Hopper".into(),
            wish: "somebody who builds compilers".into(),
            about: "I have built one.".into(),
            consent: "Ada Lovelace may introduce me to somebody like this.".into(),
            nonce: "n".repeat(32),
        };
        vec![
            one(RequestTold::Nothing, false, false, Vec::new()),
            one(RequestTold::Nothing, false, false, vec![Fault::sample("sure")]),
            one(RequestTold::Later, false, false, Vec::new()),
            one(RequestTold::Stale, false, false, Vec::new()),
            one(RequestTold::Confirmed, true, false, Vec::new()),
            one(RequestTold::Nothing, true, true, Vec::new()),
            one(RequestTold::Forgotten, true, false, Vec::new()),
        ]
    }
}
