//! "Your page": what is held about a person, and what they decide about being asked.

use serde::Serialize;

use super::super::{Fault, Frame};
use super::{GivenAnswer, Told};
use crate::clock::Ts;
use crate::domain::answer::Choice;
use crate::view::Page;

/// The page. Every form of it needs something chosen, typed or ticked.
#[derive(Clone, Debug, Serialize)]
pub struct YourPage {
    pub frame: Frame,
    pub told: Told,
    /// The form that was carried out just before; empty for none.
    pub done: &'static str,
    pub faults: Vec<Fault>,
    pub name: String,
    pub email_masked: String,
    pub holders: Vec<HolderView>,
    /// The instance's limit of asks a month.
    pub usual: u32,
    /// The same within a year.
    pub usual_year: u32,
    /// Asks within the last thirty days.
    pub asked: usize,
    /// As chosen; empty for the usual limit.
    pub limit: String,
    /// Every limit that can be chosen.
    pub limits: Vec<String>,
    pub paused_until: Option<Ts>,
    /// `YYYY-MM-DD`, as typed.
    pub until: String,
    pub until_min: String,
    pub until_max: String,
    pub people: Vec<ChoiceView>,
    pub connectors: Vec<ChoiceView>,
    pub refused: Vec<RefusedView>,
    pub seeks: bool,
    pub never: bool,
    pub may_lift: bool,
    /// As typed.
    pub email: String,
    pub nonce: String,
    pub paths: YourPaths,
    pub time_zone: String,
}

/// Where the pages behind it are.
#[derive(Clone, Debug, Serialize)]
pub struct YourPaths {
    pub you: String,
    pub never: String,
    pub landed: String,
    pub erase: String,
    pub data: String,
}

/// One connector and what they wrote.
#[derive(Clone, Debug, Serialize)]
pub struct HolderView {
    pub name: String,
    pub entries: Vec<EntryView>,
    pub asks: Vec<AskView>,
}

/// An entry in their address book.
#[derive(Clone, Debug, Serialize)]
pub struct EntryView {
    pub name: String,
    pub described: String,
    pub employer: String,
    pub how_known: String,
    pub role: String,
    pub field: String,
    pub place: String,
    pub speaks: String,
    pub looking_for: String,
    pub can_help: String,
    pub since: Ts,
    /// The page of this card, when they were asked about it; else empty.
    pub card: String,
    /// Since when they may be passed on as a recruiter.
    pub passed_on: Option<Ts>,
}

/// One question of theirs.
#[derive(Clone, Debug, Serialize)]
pub struct AskView {
    pub asked_at: Ts,
    pub other: String,
    pub how_known: String,
    pub described: String,
    pub blurb: String,
    pub answer: Option<GivenAnswer>,
    pub open_until: Option<Ts>,
    pub introduced_at: Option<Ts>,
}

/// An option of a list.
#[derive(Clone, Debug, Serialize)]
pub struct ChoiceView {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// A refusal that stands.
#[derive(Clone, Debug, Serialize)]
pub struct RefusedView {
    pub id: String,
    pub label: String,
    pub is_connector: bool,
}

const AT: Ts = Ts(1_772_528_400_000_000);

fn choice(label: &str, chosen: bool) -> ChoiceView {
    ChoiceView { value: "019cadc6-9a80-708a-9e83-4f02fc79fa6a".into(), label: label.into(), chosen }
}

fn ask(answer: Option<Choice>, open_until: Option<Ts>, introduced_at: Option<Ts>) -> AskView {
    let given = |choice| GivenAnswer { choice, until: Some(AT).filter(|_| choice == Choice::NotNow), at: AT };
    let empty = answer.is_none();
    let text = |text: &str| if empty { String::new() } else { text.to_owned() };
    AskView {
        asked_at: AT,
        other: "a hiring manager I worked with".into(),
        how_known: text("we built a compiler together"),
        described: text("a compiler engineer from my team"),
        blurb: text("Grace builds compilers."),
        answer: answer.map(given),
        open_until,
        introduced_at,
    }
}

impl YourPage {
    fn sample() -> Self {
        let paths = YourPaths {
            you: "/you/x".into(),
            never: "/you/x/never".into(),
            landed: "/you/x/landed".into(),
            erase: "/you/x/erase".into(),
            data: "/you/x/data".into(),
        };
        Self {
            frame: Frame::public(),
            told: Told::Nothing,
            done: "",
            faults: Vec::new(),
            name: "Grace Hopper".into(),
            email_masked: "g…@example.org".into(),
            holders: Vec::new(),
            usual: 4,
            usual_year: 10,
            asked: 0,
            limit: String::new(),
            limits: (0..=20).map(|number| number.to_string()).collect(),
            paused_until: None,
            until: String::new(),
            until_min: "2026-03-04".into(),
            until_max: "2027-03-03".into(),
            people: Vec::new(),
            connectors: Vec::new(),
            refused: Vec::new(),
            seeks: false,
            never: false,
            may_lift: false,
            email: String::new(),
            nonce: "n".repeat(32),
            paths,
            time_zone: "Europe/Berlin".into(),
        }
    }
}

impl EntryView {
    /// One with everything, one with the name alone.
    fn samples() -> Vec<Self> {
        let entry = Self {
            name: "Grace Hopper".into(),
            described: "a compiler engineer".into(),
            employer: "the Navy".into(),
            how_known: "from the compiler group".into(),
            role: "admiral".into(),
            field: "computing".into(),
            place: "Arlington".into(),
            speaks: "English".into(),
            looking_for: "a co-author".into(),
            can_help: "talk about compilers".into(),
            since: AT,
            card: "/card/x".into(),
            passed_on: Some(AT),
        };
        let bare = Self {
            described: String::new(),
            employer: String::new(),
            how_known: String::new(),
            role: String::new(),
            field: String::new(),
            place: String::new(),
            speaks: String::new(),
            looking_for: String::new(),
            card: String::new(),
            passed_on: None,
            can_help: String::new(),
            ..entry.clone()
        };
        vec![entry, bare]
    }
}

impl Page for YourPage {
    const FILE: &'static str = "recipient/your_page";

    fn samples() -> Vec<Self> {
        let entries = EntryView::samples();
        let asks = vec![
            ask(None, Some(AT), None),
            ask(Some(Choice::NotNow), None, None),
            ask(Some(Choice::Yes), None, Some(AT)),
            ask(None, None, None),
        ];
        let refused =
            |label: &str, is_connector| RefusedView { id: "1".into(), label: label.into(), is_connector };
        let full = Self {
            faults: ["limit", "until", "person", "connector", "back", "email"].map(Fault::sample).to_vec(),
            told: Told::Stale,
            holders: vec![
                HolderView { name: "Ada Lovelace".into(), entries, asks },
                HolderView {
                    name: "Mary Somerville".into(),
                    entries: vec![],
                    asks: vec![ask(None, None, None)],
                },
            ],
            asked: 2,
            limit: "2".into(),
            paused_until: Some(AT),
            people: vec![choice("Alan Turing", true), choice("Konrad Zuse", false)],
            connectors: vec![choice("Ada Lovelace", false)],
            refused: vec![
                refused("Charles Babbage", false),
                RefusedView { id: "2".into(), ..refused("Mary Somerville", true) },
            ],
            seeks: true,
            never: true,
            may_lift: true,
            ..Self::sample()
        };
        let shut = Self { never: true, limit: "0".into(), asked: 1, ..Self::sample() };
        let paused = Self { paused_until: Some(AT), ..Self::sample() };
        let mut all = vec![Self::sample(), full, shut, paused];
        for done in ["limit", "pause", "person", "connector", "back", "never", "address"] {
            all.push(Self { done, ..Self::sample() });
        }
        all
    }
}
