//! The connector's pages: desk, composer, introduction, preview.

mod ask_me;
mod circles;
mod composer;
mod contacts;
mod desk;
mod imports;
mod introduction;
mod meet;
mod plans;
mod recruiters;
mod thanks;
mod touch;

pub use ask_me::{AskMeSettings, RequestRow};
pub use circles::{Circles, Dot, Filed, FilingCard, FilingChoice, RingRow, Seeker, SeekerOption};
pub use composer::{Composer, FIELDS, Finder, FoundContact, PersonNote, UnfinishedRow};
pub use contacts::{CONTACT_FIELDS, Contact, ContactForm, ContactRow, Contacts, FacetsShown, HistoryRow};
pub use desk::{Desk, LandedRow, NextStep, Part, Row, Settle, Settled};
pub use imports::{
    ChosenCount, ColumnRow, Difference, EntryRow, FileLink, Group, Import, ImportRow, Imports,
};
pub use introduction::{
    Can, EventRow, Introduction, IntroductionPaths, OwnLetter, PartyRow, Preview, PreviewRow, ShownAnswer,
};
pub use meet::{AheadRow, Meet, MeetRow, ReasonRow};
pub use plans::{
    Candidate, Landed, PLAN_FIELDS, Part as PlanPart, Plan, PlanFinder, PlanForm, PlanPaths, PlanPerson,
    PlanRow, Plans,
};
pub use recruiters::{
    ChangeRow, OwnCardView, PassState, PerhapsRow, PickRow, RecruiterRow, Recruiters, RecruitersFor,
};
pub use thanks::{Thanks, ThanksList, ThanksRow, WordsRow};
pub use touch::{AskedRow, CircleRhythm, Touch, TouchRow, TouchedRow};

use super::super::registry::{PageEntry, page};

/// Its pages, one line each.
pub(super) const PAGES: &[PageEntry] = &[
    page::<Desk>(),
    page::<Composer>(),
    page::<Introduction>(),
    page::<Preview>(),
    page::<Contacts>(),
    page::<Contact>(),
    page::<ContactForm>(),
    page::<Circles>(),
    page::<Meet>(),
    page::<Touch>(),
    page::<Thanks>(),
    page::<AskMeSettings>(),
    page::<Recruiters>(),
    page::<RecruitersFor>(),
    page::<Plans>(),
    page::<PlanForm>(),
    page::<Plan>(),
    page::<Landed>(),
    page::<Imports>(),
    page::<Import>(),
];
