//! The pages behind the links of mails: the ask, the stop link, the check-in.

use serde::Serialize;

use super::super::connector::OwnLetter;
use super::super::{Fault, Frame};
use crate::clock::Ts;
use crate::domain::answer::Choice;
use crate::domain::asking::Side;
use crate::domain::outcome::Outcome;
use crate::view::Page;
use crate::view::mails::Who;

/// The ask as its party reads and answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a sentence on the page")]
pub struct Answer {
    pub frame: Frame,
    /// What happened just before, if anything did.
    pub told: Told,
    /// All faults; those of a field stand beside it too.
    pub faults: Vec<Fault>,
    pub connector: Who,
    pub you: Who,
    pub you_email_masked: String,
    pub other_label: String,
    pub other_named: bool,
    pub other_agreed: bool,
    pub asked_for_this: bool,
    pub how_know_you: String,
    pub how_know_other: String,
    pub why: String,
    pub shared: String,
    pub step: String,
    pub about_other: String,
    pub you_write_first: bool,
    pub deadline: Ts,
    pub given: Option<GivenAnswer>,
    /// A note went with it. It is not shown: whoever was handed the mail would read it.
    pub noted: bool,
    /// As typed, or as it stands.
    pub blurb: String,
    pub note: String,
    pub quiet: bool,
    /// `YYYY-MM-DD`, as the two bounds of the field.
    pub until: String,
    pub until_min: String,
    pub until_max: String,
    pub blurb_max: usize,
    pub note_max: usize,
    pub nonce: String,
    /// The reader's own page.
    pub your_page: String,
    pub time_zone: String,
}

/// Why a page is shown again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    Nothing,
    /// "Decide later" was pressed.
    Later,
    /// The page lay open too long.
    Stale,
    /// Two answers cancelled each other.
    Contested,
}

/// This party's own standing answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GivenAnswer {
    pub choice: Choice,
    pub until: Option<Ts>,
    pub at: Ts,
}

/// What was noted, and how to change it.
#[derive(Clone, Debug, Serialize)]
pub struct Answered {
    pub frame: Frame,
    pub connector: Who,
    pub you: Who,
    pub other_label: String,
    /// None: two contradictory answers cancelled each other.
    pub given: Option<GivenAnswer>,
    pub quiet: bool,
    pub decided_by: Ts,
    /// The page of the ask.
    pub change: String,
    /// The reader's own page.
    pub your_page: String,
    pub time_zone: String,
}

/// Never ask me again.
#[derive(Clone, Debug, Serialize)]
pub struct Stop {
    pub frame: Frame,
    pub connector: Who,
    pub email_masked: String,
    /// It stands.
    pub stopped: bool,
    /// The other button was pressed.
    pub kept: bool,
    /// What was posted is neither the one-click body nor this page's form.
    pub unclear: bool,
    /// The reader's own page.
    pub your_page: String,
}

/// What came of it?
#[derive(Clone, Debug, Serialize)]
pub struct CheckIn {
    pub frame: Frame,
    pub told: Told,
    pub faults: Vec<Fault>,
    pub connector: Who,
    pub you: Who,
    pub other_name: String,
    pub outcome: Option<Outcome>,
    pub nonce: String,
    /// The reader's own page.
    pub your_page: String,
}

/// It was noted.
#[derive(Clone, Debug, Serialize)]
pub struct CheckInDone {
    pub frame: Frame,
    pub connector: Who,
    pub other_name: String,
    pub outcome: Outcome,
    /// Thanks that the reader may send, when there is something to thank for.
    pub letters: Vec<OwnLetter>,
    /// Where words to the connector go, who alone reads them.
    pub say: String,
    pub words_max: usize,
    pub nonce: String,
    /// The page of the check-in.
    pub change: String,
    /// The reader's own page.
    pub your_page: String,
}

impl Answer {
    fn sample() -> Self {
        Self {
            frame: Frame::public(),
            told: Told::Nothing,
            faults: Vec::new(),
            connector: Who::new("Ada Lovelace"),
            you: Who::new("Grace Hopper"),
            you_email_masked: "g…@example.org".into(),
            other_label: "a hiring manager I worked with".into(),
            other_named: false,
            other_agreed: false,
            asked_for_this: true,
            how_know_you: "from the compiler group".into(),
            how_know_other: "we built a bridge together".into(),
            why: "They build what you would like to build.".into(),
            shared: String::new(),
            step: "A call of twenty minutes".into(),
            about_other: String::new(),
            you_write_first: true,
            deadline: SAMPLE_TIME,
            given: None,
            noted: false,
            blurb: "Grace builds compilers.".into(),
            note: String::new(),
            quiet: false,
            until: "2026-05-01".into(),
            until_min: "2026-03-04".into(),
            until_max: "2027-03-03".into(),
            blurb_max: 800,
            note_max: 500,
            nonce: "n".repeat(32),
            your_page: "/you/x".into(),
            time_zone: "Europe/Berlin".into(),
        }
    }
}

const SAMPLE_TIME: Ts = Ts(1_772_528_400_000_000);

fn given(choice: Choice) -> GivenAnswer {
    GivenAnswer { choice, until: Some(SAMPLE_TIME).filter(|_| choice == Choice::NotNow), at: SAMPLE_TIME }
}

impl Page for Answer {
    const FILE: &'static str = "recipient/answer";

    fn samples() -> Vec<Self> {
        let faults = ["choice", "until", "note", "blurb"].map(Fault::sample).to_vec();
        let second = Self {
            told: Told::Contested,
            faults,
            other_label: "Alan Turing".into(),
            other_named: true,
            other_agreed: true,
            asked_for_this: false,
            how_know_you: String::new(),
            how_know_other: String::new(),
            shared: "You both build compilers.".into(),
            about_other: "Alan builds machines.".into(),
            you_write_first: false,
            step: String::new(),
            quiet: true,
            given: Some(given(Choice::NotNow)),
            noted: true,
            ..Self::sample()
        };
        let open =
            Self { other_named: true, told: Told::Later, given: Some(given(Choice::Yes)), ..Self::sample() };
        let at_once = Self { other_agreed: false, told: Told::Stale, ..second.clone() };
        vec![Self::sample(), second, open, at_once]
    }
}

impl Page for Answered {
    const FILE: &'static str = "recipient/answered";

    fn samples() -> Vec<Self> {
        let one = |given: Option<GivenAnswer>, quiet: bool| Self {
            frame: Frame::public(),
            connector: Who::new("Ada Lovelace"),
            you: Who::new("Grace Hopper"),
            other_label: "Alan Turing".into(),
            given,
            quiet,
            decided_by: SAMPLE_TIME,
            change: "/c/x".into(),
            your_page: "/you/x".into(),
            time_zone: "Europe/Berlin".into(),
        };
        let mut all = vec![one(None, false)];
        for choice in Choice::ALL {
            all.extend([false, true].map(|quiet| one(Some(given(*choice)), quiet)));
        }
        all
    }
}

impl Page for Stop {
    const FILE: &'static str = "recipient/stop";

    fn samples() -> Vec<Self> {
        [(false, false, false), (true, false, false), (false, true, false), (false, false, true)]
            .map(|(stopped, kept, unclear)| Self {
                frame: Frame::public(),
                connector: Who::new("Ada Lovelace"),
                email_masked: "g…@example.org".into(),
                stopped,
                kept,
                unclear,
                your_page: "/you/x".into(),
            })
            .to_vec()
    }
}

impl Page for CheckIn {
    const FILE: &'static str = "recipient/check_in";

    fn samples() -> Vec<Self> {
        let one = |told: Told, outcome: Option<Outcome>| Self {
            frame: Frame::public(),
            told,
            faults: vec![Fault::sample("outcome")],
            connector: Who::new("Ada Lovelace"),
            you: Who::new("Grace Hopper"),
            other_name: "Alan Turing".into(),
            outcome,
            nonce: "n".repeat(32),
            your_page: "/you/x".into(),
        };
        vec![
            one(Told::Nothing, None),
            one(Told::Later, Some(Outcome::Met)),
            one(Told::Stale, None),
            one(Told::Contested, None),
        ]
    }
}

impl Page for CheckInDone {
    const FILE: &'static str = "recipient/check_in_done";

    fn samples() -> Vec<Self> {
        Outcome::ALL
            .iter()
            .map(|outcome| Self {
                frame: Frame::public(),
                connector: Who::new("Ada Lovelace"),
                other_name: "Alan Turing".into(),
                outcome: *outcome,
                letters: if *outcome == Outcome::Met || *outcome == Outcome::Landed {
                    vec![OwnLetter::new(
                        Side::First,
                        "Ada Lovelace",
                        "ada@example.org",
                        "Thank you",
                        "Hello".into(),
                    )]
                } else {
                    Vec::new()
                },
                say: "/met/x/words".into(),
                words_max: 600,
                nonce: "n".repeat(32),
                change: "/met/x".into(),
                your_page: "/you/x".into(),
            })
            .collect()
    }
}
