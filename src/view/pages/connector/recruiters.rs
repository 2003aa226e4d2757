//! Recruiters: the list, one mail to a seeker, and how the card of a contact stands.

use serde::Serialize;

use super::super::{Fault, Frame};
use crate::clock::Ts;
use crate::view::Page;

/// The recruiters of an address book.
#[derive(Clone, Debug, Serialize)]
pub struct Recruiters {
    pub frame: Frame,
    pub rows: Vec<RecruiterRow>,
    /// Contacts who call themselves recruiters, and are not marked.
    pub perhaps: Vec<PerhapsRow>,
    /// Why the last question was not asked.
    pub faults: Vec<Fault>,
    pub time_zone: String,
}

/// Whether a recruiter may be passed on: `pass-{it}` says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PassState {
    /// Nobody asked them.
    NotAsked,
    /// They were asked and have not agreed.
    Asked,
    Agreed,
}

#[derive(Clone, Debug, Serialize)]
pub struct RecruiterRow {
    pub name: String,
    pub path: String,
    pub about: String,
    pub state: PassState,
    pub at: Option<Ts>,
    pub has_address: bool,
    pub ask: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct PerhapsRow {
    pub name: String,
    pub path: String,
    pub about: String,
    pub mark: String,
}

/// One mail to somebody who looks for work.
#[derive(Clone, Debug, Serialize)]
pub struct RecruitersFor {
    pub frame: Frame,
    pub name: String,
    pub contact: String,
    pub has_address: bool,
    pub faults: Vec<Fault>,
    pub rows: Vec<PickRow>,
    pub words: String,
    pub words_max: usize,
    /// The mail as it would leave; empty before it was looked at.
    pub preview: String,
    pub subject: String,
    /// How many recruiters went out just before.
    pub sent: usize,
    pub recruiters: &'static str,
    pub time_zone: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct PickRow {
    pub id: String,
    pub name: String,
    pub about: String,
    pub reach: String,
    /// What they share with the seeker.
    pub fits: String,
    pub sent_at: Option<Ts>,
    pub picked: bool,
}

/// How the card of a contact stands, on the contact's page.
#[derive(Clone, Debug, Serialize)]
pub struct OwnCardView {
    /// The card may be asked about now, or from then on.
    pub can_ask: bool,
    pub ask_from: Option<Ts>,
    pub asked_at: Option<Ts>,
    pub confirmed_at: Option<Ts>,
    /// What they want changed.
    pub changes: Vec<ChangeRow>,
    pub recruiter: bool,
    pub pass: PassState,
    pub pass_at: Option<Ts>,
    pub reach: String,
    pub ask: String,
    pub decide: String,
    pub mark: String,
    /// A mail to them with recruiters.
    pub send: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct ChangeRow {
    /// `field-{it}` names it.
    pub field: &'static str,
    pub old: String,
    pub new: String,
}

const SAMPLE_TIME: Ts = Ts(1_772_528_400_000_000);

impl OwnCardView {
    pub(super) fn sample(pass: PassState) -> Self {
        let change =
            |field: &'static str, new: &str| ChangeRow { field, old: "Navy".into(), new: new.into() };
        let asked = pass != PassState::NotAsked;
        Self {
            can_ask: !asked,
            ask_from: Some(SAMPLE_TIME).filter(|_| asked),
            asked_at: Some(SAMPLE_TIME).filter(|_| asked),
            confirmed_at: Some(SAMPLE_TIME).filter(|_| pass == PassState::Agreed),
            changes: if asked { vec![change("employer", "Army"), change("role", "")] } else { Vec::new() },
            recruiter: true,
            pass,
            pass_at: Some(SAMPLE_TIME).filter(|_| asked),
            reach: if pass == PassState::Agreed { "By mail".into() } else { String::new() },
            ask: "/contacts/x/card".into(),
            decide: "/contacts/x/card/decide".into(),
            mark: "/contacts/x/recruiter".into(),
            send: "/contacts/x/recruiters".into(),
        }
    }
}

impl Page for Recruiters {
    const FILE: &'static str = "connector/recruiters";

    fn samples() -> Vec<Self> {
        let row = |state: PassState| RecruiterRow {
            name: "Grace Hopper".into(),
            path: "/contacts/x".into(),
            about: "software, Arlington".into(),
            state,
            at: Some(SAMPLE_TIME).filter(|_| state != PassState::NotAsked),
            has_address: true,
            ask: "/contacts/x/card".into(),
        };
        let full = Self {
            frame: Frame::sample(),
            rows: vec![
                row(PassState::NotAsked),
                row(PassState::Asked),
                row(PassState::Agreed),
                RecruiterRow { has_address: false, about: String::new(), ..row(PassState::NotAsked) },
            ],
            perhaps: vec![PerhapsRow {
                name: "Alan Turing".into(),
                path: "/contacts/y".into(),
                about: "recruiter".into(),
                mark: "/contacts/y/recruiter".into(),
            }],
            faults: vec![Fault { id: String::new(), sentence: "You have asked enough for today.".into() }],
            time_zone: "Europe/Berlin".into(),
        };
        let empty = Self { rows: Vec::new(), perhaps: Vec::new(), faults: Vec::new(), ..full.clone() };
        vec![empty, full]
    }
}

impl Page for RecruitersFor {
    const FILE: &'static str = "connector/recruiters_for";

    fn samples() -> Vec<Self> {
        let row = PickRow {
            id: "x".into(),
            name: "Grace Hopper".into(),
            about: "software, Arlington".into(),
            reach: "By mail".into(),
            fits: "software".into(),
            sent_at: Some(SAMPLE_TIME),
            picked: true,
        };
        let none = String::new;
        let bare = PickRow {
            id: "y".into(),
            about: none(),
            reach: none(),
            fits: none(),
            sent_at: None,
            picked: false,
            ..row.clone()
        };
        let full = Self {
            frame: Frame::sample(),
            name: "Sam Cole".into(),
            contact: "/contacts/z".into(),
            has_address: true,
            faults: vec![Fault::sample("recruiters"), Fault::sample("words")],
            rows: vec![row, bare],
            words: "These people know the field.".into(),
            words_max: 1_000,
            preview: "Hello Sam,\n\nThese people know the field.".into(),
            subject: "Recruiters who could help".into(),
            sent: 0,
            recruiters: "/recruiters",
            time_zone: "Europe/Berlin".into(),
        };
        let empty =
            Self { faults: Vec::new(), rows: Vec::new(), preview: none(), subject: none(), ..full.clone() };
        let first = Self { faults: Vec::new(), preview: none(), subject: none(), ..full.clone() };
        let sent = Self { sent: 2, ..first.clone() };
        let nowhere = Self { has_address: false, ..first.clone() };
        let looked = Self { faults: Vec::new(), ..full.clone() };
        vec![first, empty, sent, nowhere, looked, full]
    }
}
