//! The connector's pages: desk, composer, introduction, preview.

mod composer;
mod contacts;
mod desk;
mod introduction;

pub use composer::{Composer, FIELDS, Finder, FoundContact, PersonNote, UnfinishedRow};
pub use contacts::{CONTACT_FIELDS, Contact, ContactForm, ContactRow, Contacts, HistoryRow};
pub use desk::{Desk, NextStep, Row};
pub use introduction::{
    Can, EventRow, Introduction, IntroductionPaths, PartyRow, Preview, PreviewRow, ShownAnswer,
};

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
];
