//! A file of contacts on its way into the address book: what stage it is at, and what came of it.

use super::contact::RawContact;
use super::merge::{Choice, Kind};
use crate::clock::Ts;
use crate::ids::{ConnectorId, ContactId, ImportId};

/// Where an import stands. The address book changes in [`Stage::Applying`] and [`Stage::Undoing`] alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The file is being read.
    Reading,
    /// Somebody has to say what its columns are.
    Mapping,
    /// Its entries are compared with the address book.
    Checking,
    /// It waits for a yes.
    Ready,
    /// Its entries are taken over.
    Applying,
    Done,
    /// They are taken back.
    Undoing,
    Undone,
}

crate::domain::text_enum!(Stage {
    Reading = "reading",
    Mapping = "mapping",
    Checking = "checking",
    Ready = "ready",
    Applying = "applying",
    Done = "done",
    Undoing = "undoing",
    Undone = "undone",
});

impl Stage {
    /// Whether the service is at it and goes on by itself.
    #[must_use]
    pub const fn is_at_work(self) -> bool {
        match self {
            Self::Checking | Self::Applying | Self::Undoing => true,
            Self::Reading | Self::Mapping | Self::Ready | Self::Done | Self::Undone => false,
        }
    }

    /// Whether nothing of it is in the address book yet.
    #[must_use]
    pub const fn is_before_yes(self) -> bool {
        match self {
            Self::Reading | Self::Mapping | Self::Checking | Self::Ready => true,
            Self::Applying | Self::Done | Self::Undoing | Self::Undone => false,
        }
    }
}

/// One file.
#[derive(Clone, Debug)]
pub struct Import {
    pub id: ImportId,
    pub connector: ConnectorId,
    /// The name of the file.
    pub name: String,
    /// Which kind of file, a word of `cards::Format`.
    pub format: String,
    /// The headings of its columns, and what each is taken for, words of `cards::Column`.
    pub columns: Vec<String>,
    pub mapping: Vec<String>,
    pub stage: Stage,
    /// Entries in the file.
    pub rows: i64,
    /// Where the work at this stage goes on: entries before this one are dealt with.
    pub next: i64,
    pub counts: Counts,
    pub created_at: Ts,
    pub updated_at: Ts,
}

/// What came of the entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub added: i64,
    pub merged: i64,
    pub skipped: i64,
    /// Could not be read.
    pub faulty: i64,
    /// Stayed when the import was taken back, because the contact was changed since.
    pub kept: i64,
}

/// One entry of a file.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its place in the file, counted from 0.
    pub nth: i64,
    /// The line that it begins in.
    pub line: i64,
    pub cells: Vec<String>,
    /// As it was understood; none before it was looked at.
    pub facts: Option<RawContact>,
    pub kind: Option<Kind>,
    /// Whom it is like.
    pub twin: Option<ContactId>,
    pub choice: Option<Choice>,
    pub change: Option<Change>,
}

/// What an entry did to the address book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub contact: ContactId,
    /// What stood there; none when the contact came with the entry.
    pub before: Option<RawContact>,
    pub after: RawContact,
}
