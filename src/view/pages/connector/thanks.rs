//! Gratitude: what parties said, and whom to thank.

use serde::Serialize;

use super::super::Frame;
use crate::clock::Ts;
use crate::domain::outcome::Outcome;
use crate::view::Page;

/// The lists of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ThanksList {
    /// What parties said to the connector.
    Received,
    /// Whom the connector has not thanked yet.
    Owed,
    /// Whom they have.
    Given,
}

crate::domain::text_enum!(ThanksList { Received = "received", Owed = "owed", Given = "given" });

/// Words for the connector; thanks owed; thanks given.
#[derive(Clone, Debug, Serialize)]
pub struct Thanks {
    pub frame: Frame,
    /// More of one list, and not the others.
    pub only: Option<ThanksList>,
    /// Words that are new.
    pub unread: i64,
    pub read: &'static str,
    /// The newest words on the page: those are read, and nothing that came since.
    pub until: i64,
    pub received: Vec<WordsRow>,
    pub more_received: Option<String>,
    pub owed: Vec<ThanksRow>,
    pub more_owed: Option<String>,
    pub given: Vec<ThanksRow>,
    pub more_given: Option<String>,
    pub all: &'static str,
    pub time_zone: String,
}

/// What somebody said.
#[derive(Clone, Debug, Serialize)]
pub struct WordsRow {
    pub who: String,
    /// Whom they had met.
    pub other: String,
    pub path: String,
    pub text: String,
    pub at: Ts,
    pub new: bool,
}

/// An introduction that somebody helped with.
#[derive(Clone, Debug, Serialize)]
pub struct ThanksRow {
    pub first: String,
    pub second: String,
    pub outcome: Option<Outcome>,
    pub since: Ts,
    pub given_at: Option<Ts>,
    pub path: String,
    pub settled: String,
    pub put_back: String,
}

const SAMPLE_TIME: Ts = Ts(1_772_528_400_000_000);

impl Page for Thanks {
    const FILE: &'static str = "connector/thanks";

    fn samples() -> Vec<Self> {
        let words = WordsRow {
            who: "Grace Hopper".into(),
            other: "Alan Turing".into(),
            path: "/introductions/x".into(),
            text: "We met on Tuesday.\nThank you!".into(),
            at: SAMPLE_TIME,
            new: true,
        };
        let owed = ThanksRow {
            first: "Grace Hopper".into(),
            second: "Alan Turing".into(),
            outcome: Some(Outcome::Met),
            since: SAMPLE_TIME,
            given_at: None,
            path: "/introductions/x".into(),
            settled: "/introductions/x/settled".into(),
            put_back: "/introductions/x/put-back".into(),
        };
        let given = ThanksRow {
            outcome: Some(Outcome::Landed),
            given_at: Some(SAMPLE_TIME),
            path: "/introductions/y".into(),
            settled: "/introductions/y/settled".into(),
            put_back: "/introductions/y/put-back".into(),
            ..owed.clone()
        };
        let more = |list: &str| Some(format!("/thanks?list={list}&at=1&id=x"));
        let full = Self {
            frame: Frame::sample(),
            only: None,
            unread: 1,
            read: "/thanks/read",
            until: SAMPLE_TIME.0,
            received: vec![words.clone(), WordsRow { new: false, ..words }],
            more_received: more("received"),
            owed: vec![owed],
            more_owed: more("owed"),
            given: vec![given],
            more_given: more("given"),
            all: "/thanks",
            time_zone: "Europe/Berlin".into(),
        };
        let empty = Self {
            unread: 0,
            received: Vec::new(),
            more_received: None,
            owed: Vec::new(),
            more_owed: None,
            given: Vec::new(),
            more_given: None,
            ..full.clone()
        };
        let one = |list: ThanksList| Self { only: Some(list), more_received: None, ..full.clone() };
        let mut all = vec![full.clone(), empty.clone()];
        all.extend(ThanksList::ALL.iter().map(|list| one(*list)));
        all.push(Self { only: Some(ThanksList::Owed), ..empty });
        all
    }
}
