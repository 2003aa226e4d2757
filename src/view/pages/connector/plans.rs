//! A seeker's plan, and the thanks once they have landed.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::{Fault, Frame};
use super::introduction::OwnLetter;
use crate::clock::Ts;
use crate::domain::asking::{Purpose, Side};
use crate::domain::circle::Circle;
use crate::domain::introduction::StateName;
use crate::domain::outcome::Outcome;
use crate::view::Page;

/// All plans.
#[derive(Clone, Debug, Serialize)]
pub struct Plans {
    pub frame: Frame,
    pub rows: Vec<PlanRow>,
    pub deleted: bool,
    pub time_zone: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct PlanRow {
    pub path: String,
    pub name: String,
    pub at: Ts,
    pub landed: bool,
}

/// The form of a plan.
#[derive(Clone, Debug, Serialize)]
pub struct PlanForm {
    pub frame: Frame,
    pub name: String,
    pub edits: bool,
    pub action: String,
    pub back: String,
    pub faults: Vec<Fault>,
    pub typed: BTreeMap<&'static str, String>,
    pub purposes: &'static [Purpose],
    pub most: i64,
}

/// The fields of the form.
pub const PLAN_FIELDS: &[&str] =
    &["purpose", "why_first", "why_second", "blurb", "shared", "step", "per_week"];

/// One plan.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    pub frame: Frame,
    pub name: String,
    pub seeker: String,
    pub purpose: Purpose,
    pub per_week: i64,
    /// When the next one may be started, when that is not now.
    pub next: Option<Ts>,
    pub landed_at: Option<Ts>,
    pub faults: Vec<Fault>,
    /// How far it is, in the order of the story.
    pub parts: Vec<Part>,
    pub people: Vec<PlanPerson>,
    pub finder: PlanFinder,
    pub paths: PlanPaths,
    pub time_zone: String,
}

/// One part of the picture.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    pub word: &'static str,
    pub count: usize,
    /// Where it begins and how wide it is, in six hundredths.
    pub x: usize,
    pub width: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct PlanPerson {
    pub id: String,
    pub name: String,
    pub path: String,
    pub circle: Option<Circle>,
    pub no_address: bool,
    /// Once it was started.
    pub state: Option<StateName>,
    pub outcome: Option<Outcome>,
    pub introduction: String,
}

/// Whom one could add.
#[derive(Clone, Debug, Serialize)]
pub struct PlanFinder {
    pub text: String,
    pub circle: Option<Circle>,
    pub circles: &'static [Circle],
    pub found: Vec<Candidate>,
    /// They come from the suggestions, because nothing was looked for.
    pub suggested: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct Candidate {
    pub id: String,
    pub name: String,
    pub about: String,
    pub circle: Option<Circle>,
}

#[derive(Clone, Debug, Serialize)]
pub struct PlanPaths {
    pub plan: String,
    pub edit: String,
    pub people: String,
    pub remove: String,
    pub start: String,
    pub delete: String,
    pub landed: String,
}

impl PlanPaths {
    fn sample() -> Self {
        Self {
            plan: "/plans/x".into(),
            edit: "/plans/x/edit".into(),
            people: "/plans/x/people".into(),
            remove: "/plans/x/remove".into(),
            start: "/plans/x/start".into(),
            delete: "/plans/x/delete".into(),
            landed: "/contacts/x/landed".into(),
        }
    }
}

/// Somebody found a job: thank whoever helped.
#[derive(Clone, Debug, Serialize)]
pub struct Landed {
    pub frame: Frame,
    pub name: String,
    pub at: Ts,
    pub settled: bool,
    pub settle: String,
    pub letters: Vec<OwnLetter>,
    pub time_zone: String,
}

const SAMPLE_TIME: Ts = Ts(1_772_528_400_000_000);

impl Page for Plans {
    const FILE: &'static str = "connector/plans";

    fn samples() -> Vec<Self> {
        let row =
            |landed| PlanRow { path: "/plans/x".into(), name: "Sam Cole".into(), at: SAMPLE_TIME, landed };
        let full = Self {
            frame: Frame::sample(),
            rows: vec![row(false), row(true)],
            deleted: true,
            time_zone: "Europe/Berlin".into(),
        };
        vec![Self { rows: Vec::new(), deleted: false, ..full.clone() }, full]
    }
}

impl Page for PlanForm {
    const FILE: &'static str = "connector/plan_form";

    fn samples() -> Vec<Self> {
        let typed = |text: &str| PLAN_FIELDS.iter().map(|id| (*id, text.to_owned())).collect();
        let new = Self {
            frame: Frame::sample(),
            name: "Sam Cole".into(),
            edits: false,
            action: "/contacts/x/plan".into(),
            back: "/contacts/x".into(),
            faults: Vec::new(),
            typed: typed(""),
            purposes: Purpose::ALL,
            most: 10,
        };
        let full = Self {
            edits: true,
            faults: PLAN_FIELDS.iter().map(|id| Fault::sample(id)).collect(),
            typed: typed("job_search"),
            ..new.clone()
        };
        vec![new, full]
    }
}

impl Page for Plan {
    const FILE: &'static str = "connector/plan";

    fn samples() -> Vec<Self> {
        let person = |state: Option<StateName>, outcome| PlanPerson {
            id: "x".into(),
            name: "Grace Hopper".into(),
            path: "/contacts/x".into(),
            circle: state.map(|_| Circle::Family),
            no_address: state.is_none(),
            state,
            outcome,
            introduction: "/introductions/x".into(),
        };
        let mut people: Vec<PlanPerson> =
            StateName::ALL.iter().map(|state| person(Some(*state), None)).collect();
        people.push(person(Some(StateName::Introduced), Some(Outcome::Met)));
        people.push(person(None, None));
        people.push(PlanPerson { no_address: false, ..person(None, None) });
        let words = ["planned", "draft", "asking", "introduced", "ended"];
        let parts =
            words.iter().zip(0..).map(|(word, nth)| Part { word, count: 1, x: nth * 120, width: 120 });
        let found =
            Candidate { id: "x".into(), name: "Alan Turing".into(), about: "Bletchley".into(), circle: None };
        let other = Candidate {
            id: "y".into(),
            circle: Some(Circle::Seekers),
            about: String::new(),
            ..found.clone()
        };
        let full = Self {
            frame: Frame::sample(),
            name: "Sam Cole".into(),
            seeker: "/contacts/x".into(),
            purpose: Purpose::JobSearch,
            per_week: 2,
            next: Some(SAMPLE_TIME),
            landed_at: None,
            faults: vec![Fault::sample("")],
            parts: parts.collect(),
            people,
            finder: PlanFinder {
                text: String::new(),
                circle: Some(Circle::Family),
                circles: Circle::ALL,
                found: vec![found, other],
                suggested: true,
            },
            paths: PlanPaths::sample(),
            time_zone: "Europe/Berlin".into(),
        };
        let mut free = full.clone();
        (free.next, free.faults, free.finder.suggested) = (None, Vec::new(), false);
        let landed = Self { landed_at: Some(SAMPLE_TIME), ..free.clone() };
        let mut empty = Self { people: Vec::new(), parts: Vec::new(), ..free.clone() };
        (empty.finder.text, empty.finder.circle, empty.finder.found) = ("zzz".into(), None, Vec::new());
        vec![empty, free, landed, full]
    }
}

impl Page for Landed {
    const FILE: &'static str = "connector/landed";

    fn samples() -> Vec<Self> {
        let letter =
            OwnLetter::new(Side::Second, "Grace Hopper", "grace@example.net", "Thank you", "Hello".into());
        let full = Self {
            frame: Frame::sample(),
            name: "Sam Cole".into(),
            at: SAMPLE_TIME,
            settled: false,
            settle: "/landed/x/settled".into(),
            letters: vec![letter],
            time_zone: "Europe/Berlin".into(),
        };
        vec![Self { letters: Vec::new(), ..full.clone() }, Self { settled: true, ..full.clone() }, full]
    }
}
