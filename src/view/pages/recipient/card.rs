//! A contact's own card: what a connector has written down about them.

use serde::Serialize;

use super::super::{Fault, Frame};
use crate::clock::Ts;
use crate::view::Page;
use crate::view::mails::{CardText, Who};

/// What was done just before: `card-told-{it}` says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CardTold {
    Nothing,
    /// The button that changes nothing.
    Later,
    /// The page was open too long.
    Stale,
    Confirmed,
    Corrected,
    Agreed,
    KeptBack,
    /// Yes and no came from the page shortly after each other.
    Contested,
}

/// They look, confirm, correct, and let themselves be passed on or not.
#[derive(Clone, Debug, Serialize)]
pub struct Card {
    pub frame: Frame,
    pub told: CardTold,
    pub faults: Vec<Fault>,
    pub connector: Who,
    pub you: Who,
    /// What stands in the fields.
    pub typed: CardText,
    /// What else is written: `card-{word}` and the text.
    pub others: Vec<CardFact>,
    pub confirmed_at: Option<Ts>,
    /// A correction of theirs waits for the connector.
    pub waiting: bool,
    /// They were asked whether they may be passed on.
    pub recruiter: bool,
    /// What is passed on, or would be.
    pub passed: CardText,
    pub agreed_at: Option<Ts>,
    /// To how many people they were passed on, and when last.
    pub times: i64,
    pub last: Option<Ts>,
    pub reach_max: usize,
    pub nonce: String,
    pub time_zone: String,
}

/// Something that is written down.
#[derive(Clone, Debug, Serialize)]
pub struct CardFact {
    pub word: &'static str,
    pub text: String,
}

const SAMPLE_TIME: Ts = Ts(1_772_528_400_000_000);

impl Page for Card {
    const FILE: &'static str = "recipient/card";

    fn samples() -> Vec<Self> {
        let plain = Self::sample();
        let full = Self {
            faults: ["name", "email", "role", "employer", "sure", "reach"].map(Fault::sample).to_vec(),
            typed: text(),
            others: ["described", "how_known", "field", "place", "speaks", "looking_for", "can_help"]
                .map(|word| CardFact { word, text: "something".into() })
                .to_vec(),
            confirmed_at: Some(SAMPLE_TIME),
            waiting: true,
            recruiter: true,
            passed: text(),
            ..plain.clone()
        };
        let agreed = Self {
            told: CardTold::Agreed,
            faults: Vec::new(),
            agreed_at: Some(SAMPLE_TIME),
            times: 2,
            last: Some(SAMPLE_TIME),
            ..full.clone()
        };
        let told = [
            CardTold::Later,
            CardTold::Stale,
            CardTold::Confirmed,
            CardTold::Corrected,
            CardTold::KeptBack,
            CardTold::Contested,
        ];
        let mut all = vec![plain.clone(), full, agreed];
        all.extend(told.map(|told| Self { told, ..plain.clone() }));
        all
    }
}

fn text() -> CardText {
    CardText {
        name: "Grace Hopper".into(),
        address: "grace@example.org".into(),
        role: "recruiter".into(),
        employer: "Navy".into(),
        field: "software".into(),
        place: "Arlington".into(),
        reach: "By mail".into(),
    }
}

impl Card {
    /// Of somebody of whom little is known.
    fn sample() -> Self {
        let none = String::new;
        let bare = CardText {
            role: none(),
            employer: none(),
            field: none(),
            place: none(),
            reach: none(),
            ..text()
        };
        Self {
            frame: Frame::public(),
            told: CardTold::Nothing,
            faults: Vec::new(),
            connector: Who::new("Ada Lovelace"),
            you: Who::new("Grace Hopper"),
            typed: bare.clone(),
            others: Vec::new(),
            confirmed_at: None,
            waiting: false,
            recruiter: false,
            passed: bare,
            agreed_at: None,
            times: 0,
            last: None,
            reach_max: 200,
            nonce: "n".repeat(32),
            time_zone: "Europe/Berlin".into(),
        }
    }
}
