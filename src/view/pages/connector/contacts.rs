//! The address book: the list, one contact, and the form for one.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::{Fault, Frame};
use super::meet::MeetRow;
use super::recruiters::{OwnCardView, PassState};
use crate::clock::Ts;
use crate::domain::circle::Circle;
use crate::domain::introduction::StateName;
use crate::domain::outcome::Outcome;
use crate::domain::rhythm::Rhythm;
use crate::view::Page;

/// The list, by name.
#[derive(Clone, Debug, Serialize)]
pub struct Contacts {
    pub frame: Frame,
    /// What is looked for.
    pub text: String,
    /// The circle that the list is of.
    pub circle: Option<Circle>,
    /// There are contacts, whatever is looked for.
    pub any: bool,
    pub rows: Vec<ContactRow>,
    /// This is not the first page.
    pub later: bool,
    /// The first page of the same list.
    pub beginning: String,
    /// Where the next page begins.
    pub more: Option<String>,
    pub new: &'static str,
    /// One was deleted just before.
    pub deleted: bool,
}

/// One line of the list.
#[derive(Clone, Debug, Serialize)]
pub struct ContactRow {
    pub path: String,
    pub name: String,
    pub email: String,
    pub employer: String,
    pub described: String,
}

/// One contact with what was between them and the connector.
#[derive(Clone, Debug, Serialize)]
pub struct Contact {
    pub frame: Frame,
    pub name: String,
    pub email: String,
    pub employer: String,
    pub described: String,
    pub how_known: String,
    pub notes: String,
    pub facets: FacetsShown,
    /// The best suggestions, and where all of them are.
    pub suggested: Vec<MeetRow>,
    pub meet: String,
    /// Introductions in which they gained, and in which they were asked to help.
    pub gained: i64,
    pub asked: i64,
    /// How often the connector keeps in touch; empty as their circle.
    pub rhythm: String,
    pub rhythms: &'static [&'static str],
    pub touched_at: Option<Ts>,
    pub set_rhythm: String,
    pub touched: String,
    /// The plan for them, or where one is begun.
    pub plan: String,
    pub has_plan: bool,
    pub landed: String,
    /// Their own card; none without an address.
    pub card: Option<OwnCardView>,
    pub history: Vec<HistoryRow>,
    /// It was saved just before.
    pub saved: bool,
    pub edit: String,
    pub delete: String,
    /// The composer with this person as the first, and as the second.
    pub as_first: String,
    pub as_second: String,
    pub time_zone: String,
}

/// Where somebody stands, what they do, look for and can give.
#[derive(Clone, Debug, Serialize)]
pub struct FacetsShown {
    pub circle: Option<Circle>,
    pub left_out: bool,
    pub role: String,
    pub field: String,
    pub place: String,
    pub speaks: String,
    pub looking_for: String,
    pub can_help: String,
}

impl FacetsShown {
    pub(super) fn sample() -> Self {
        Self {
            circle: Some(Circle::Coworkers),
            left_out: true,
            role: "compiler engineer".into(),
            field: "software".into(),
            place: "Arlington".into(),
            speaks: "English".into(),
            looking_for: "a co-author".into(),
            can_help: "talk about compilers".into(),
        }
    }

    pub(super) fn none() -> Self {
        Self {
            circle: None,
            left_out: false,
            role: String::new(),
            field: String::new(),
            place: String::new(),
            speaks: String::new(),
            looking_for: String::new(),
            can_help: String::new(),
        }
    }
}

/// One introduction of theirs, as far as the connector may see.
#[derive(Clone, Debug, Serialize)]
pub struct HistoryRow {
    pub path: String,
    pub other: String,
    pub state: StateName,
    pub at: Ts,
    pub outcome: Option<Outcome>,
}

/// The form for a new or a known contact.
#[derive(Clone, Debug, Serialize)]
pub struct ContactForm {
    pub frame: Frame,
    pub edits: bool,
    pub action: String,
    pub version: i64,
    pub faults: Vec<Fault>,
    /// Typed values by the id of the field.
    pub typed: BTreeMap<&'static str, String>,
    /// As it was saved meanwhile, in another window.
    pub meanwhile: bool,
    pub languages: Vec<String>,
    pub circles: &'static [Circle],
    pub back: String,
}

/// The fields of the form.
pub const CONTACT_FIELDS: &[&str] = &[
    "name",
    "email",
    "employer",
    "role",
    "field",
    "place",
    "described",
    "how_known",
    "circle",
    "looking_for",
    "can_help",
    "speaks",
    "left_out",
    "notes",
    "language",
];

const SAMPLE_TIME: Ts = Ts(1_772_528_400_000_000);

impl Page for Contacts {
    const FILE: &'static str = "connector/contacts";

    fn samples() -> Vec<Self> {
        let row = ContactRow {
            path: "/contacts/x".into(),
            name: "Grace Hopper".into(),
            email: "grace@example.net".into(),
            employer: "Navy".into(),
            described: "a compiler engineer".into(),
        };
        let bare = ContactRow { employer: String::new(), described: String::new(), ..row.clone() };
        let empty = Self {
            frame: Frame::sample(),
            text: String::new(),
            circle: None,
            any: false,
            rows: Vec::new(),
            later: false,
            beginning: "/contacts?q=".into(),
            more: None,
            new: "/contacts/new",
            deleted: true,
        };
        let none = Self { text: "zzz".into(), any: true, deleted: false, ..empty.clone() };
        let ring = Self { circle: Some(Circle::Family), any: true, deleted: false, ..empty.clone() };
        let past = Self { any: true, later: true, ..empty.clone() };
        let full = Self { rows: vec![row, bare], more: Some("?after=x".into()), ..none.clone() };
        vec![empty, ring, past, none, Self { text: String::new(), ..full.clone() }, full]
    }
}

impl Page for Contact {
    const FILE: &'static str = "connector/contact";

    fn samples() -> Vec<Self> {
        let row = |state: &StateName, outcome| HistoryRow {
            path: "/introductions/x".into(),
            other: "Alan Turing".into(),
            state: *state,
            at: SAMPLE_TIME,
            outcome,
        };
        let mut history: Vec<HistoryRow> = StateName::ALL.iter().map(|state| row(state, None)).collect();
        history.push(row(&StateName::Introduced, Some(Outcome::Met)));
        let full = Self {
            frame: Frame::sample(),
            name: "Grace Hopper".into(),
            email: "grace@example.net".into(),
            employer: "Navy".into(),
            described: "a compiler engineer".into(),
            how_known: "we built a compiler".into(),
            notes: "Likes clear questions.\n\nBack in May.".into(),
            facets: FacetsShown::sample(),
            suggested: vec![MeetRow::sample()],
            meet: "/contacts/x/meet".into(),
            gained: 1,
            asked: 2,
            rhythm: "3".into(),
            rhythms: Rhythm::WORDS,
            touched_at: Some(SAMPLE_TIME),
            set_rhythm: "/contacts/x/rhythm".into(),
            touched: "/contacts/x/touched".into(),
            plan: "/plans/x".into(),
            has_plan: true,
            landed: "/contacts/x/landed".into(),
            card: Some(OwnCardView::sample(PassState::Agreed)),
            history,
            saved: true,
            edit: "/contacts/x/edit".into(),
            delete: "/contacts/x/delete".into(),
            as_first: "/introductions/new?first=x".into(),
            as_second: "/introductions/new?second=x".into(),
            time_zone: "Europe/Berlin".into(),
        };
        let with = |pass| Self { card: Some(OwnCardView::sample(pass)), ..full.clone() };
        let plain = OwnCardView { recruiter: false, ..OwnCardView::sample(PassState::NotAsked) };
        vec![
            full.bare(),
            with(PassState::NotAsked),
            with(PassState::Asked),
            Self { card: Some(plain), ..full.clone() },
            full,
        ]
    }
}

impl Contact {
    /// The same where nothing but the name is known.
    fn bare(&self) -> Self {
        Self {
            employer: String::new(),
            described: String::new(),
            how_known: String::new(),
            email: String::new(),
            notes: String::new(),
            facets: FacetsShown::none(),
            suggested: Vec::new(),
            has_plan: false,
            rhythm: String::new(),
            touched_at: None,
            gained: 0,
            asked: 0,
            history: Vec::new(),
            card: None,
            saved: false,
            ..self.clone()
        }
    }
}

impl Page for ContactForm {
    const FILE: &'static str = "connector/contact_form";

    fn samples() -> Vec<Self> {
        let typed = |text: &str| CONTACT_FIELDS.iter().map(|id| (*id, text.to_owned())).collect();
        let empty = Self {
            frame: Frame::sample(),
            edits: false,
            action: "/contacts/new".into(),
            version: 0,
            faults: Vec::new(),
            typed: typed(""),
            meanwhile: false,
            languages: vec!["en".into()],
            circles: Circle::ALL,
            back: "/contacts".into(),
        };
        let full = Self {
            edits: true,
            version: 3,
            faults: CONTACT_FIELDS.iter().map(|id| Fault::sample(id)).collect(),
            typed: typed("yes"),
            meanwhile: true,
            languages: vec!["de".into(), "en".into()],
            ..empty.clone()
        };
        vec![empty, full]
    }
}
