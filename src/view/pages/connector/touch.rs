//! Keeping in touch, giving first.

use serde::Serialize;

use super::super::{Fault, Frame};
use crate::clock::Ts;
use crate::domain::circle::Circle;
use crate::view::Page;

/// Whose time has come, how often with which circle, and who was only ever asked.
#[derive(Clone, Debug, Serialize)]
pub struct Touch {
    pub frame: Frame,
    pub faults: Vec<Fault>,
    pub rows: Vec<TouchRow>,
    pub circles: Vec<CircleRhythm>,
    /// What can be chosen.
    pub rhythms: &'static [&'static str],
    pub action: &'static str,
    pub only_asked: Vec<AskedRow>,
    pub saved: bool,
    /// Who was written to just before, and how that is taken back.
    pub touched: Option<TouchedRow>,
    pub time_zone: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct TouchRow {
    pub name: String,
    pub path: String,
    pub about: String,
    pub last: Ts,
    /// Opens the mail program; empty without an address.
    pub write: String,
    pub touched: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct CircleRhythm {
    pub circle: Circle,
    pub rhythm: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct AskedRow {
    pub name: String,
    pub times: i64,
    pub path: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct TouchedRow {
    pub name: String,
    pub undo: String,
}

const SAMPLE_TIME: Ts = Ts(1_772_528_400_000_000);

impl Page for Touch {
    const FILE: &'static str = "connector/touch";

    fn samples() -> Vec<Self> {
        let row = TouchRow {
            name: "Grace Hopper".into(),
            path: "/contacts/x".into(),
            about: "compiler engineer, Navy".into(),
            last: SAMPLE_TIME,
            write: "mailto:grace@example.net".into(),
            touched: "/contacts/x/touched".into(),
        };
        let bare = TouchRow { about: String::new(), write: String::new(), ..row.clone() };
        let circle = |circle: &Circle| CircleRhythm {
            circle: *circle,
            rhythm: if *circle == Circle::Family { "spring".into() } else { String::new() },
        };
        let full = Self {
            frame: Frame::sample(),
            faults: vec![Fault::sample("family")],
            rows: vec![row, bare],
            circles: Circle::ALL.iter().map(circle).collect(),
            rhythms: crate::domain::rhythm::Rhythm::WORDS,
            action: "/keep-in-touch",
            only_asked: vec![AskedRow {
                name: "Alan Turing".into(),
                times: 3,
                path: "/introductions/x".into(),
            }],
            saved: true,
            touched: Some(TouchedRow { name: "Ada".into(), undo: "/contacts/x/touched".into() }),
            time_zone: "Europe/Berlin".into(),
        };
        let empty = Self {
            faults: Vec::new(),
            rows: Vec::new(),
            only_asked: Vec::new(),
            saved: false,
            touched: None,
            ..full.clone()
        };
        vec![empty, Self { faults: Vec::new(), ..full.clone() }, full]
    }
}
