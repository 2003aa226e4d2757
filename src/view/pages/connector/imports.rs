//! Contacts in and out as files: the list, and one file on its way.

use serde::Serialize;

use super::super::{Fault, Frame};
use crate::clock::Ts;
use crate::view::Page;

/// Bring contacts in, take them out, and what was brought in so far.
#[derive(Clone, Debug, Serialize)]
pub struct Imports {
    pub frame: Frame,
    pub faults: Vec<Fault>,
    pub rows: Vec<ImportRow>,
    pub action: &'static str,
    /// Files that can be written: the word of the format and its path.
    pub files: Vec<FileLink>,
    /// There are contacts to write.
    pub any: bool,
    pub time_zone: String,
    /// One was thrown away just before.
    pub discarded: bool,
    /// The largest file, in megabytes, and the most entries.
    pub megabytes: i64,
    pub entries: i64,
}

#[derive(Clone, Debug, Serialize)]
pub struct FileLink {
    pub format: &'static str,
    pub path: String,
}

/// One import of the list.
#[derive(Clone, Debug, Serialize)]
pub struct ImportRow {
    pub path: String,
    pub name: String,
    pub stage: &'static str,
    pub at: Ts,
    pub entries: i64,
    pub added: i64,
    pub merged: i64,
}

/// One file on its way, at whatever stage.
#[derive(Clone, Debug, Serialize)]
pub struct Import {
    pub frame: Frame,
    pub name: String,
    pub format: String,
    pub stage: &'static str,
    pub back: &'static str,
    pub faults: Vec<Fault>,
    /// The service is at it: how far, in hundredths.
    pub percent: Option<i64>,
    pub here: String,
    pub entries: i64,
    pub added: i64,
    pub merged: i64,
    pub skipped: i64,
    pub faulty: i64,
    pub kept: i64,
    /// What the columns are, when that can be said.
    pub columns: Vec<ColumnRow>,
    /// What a column can be taken for.
    pub meanings: Vec<&'static str>,
    pub map: String,
    /// Entries by kind, when it waits for a yes.
    pub groups: Vec<Group>,
    /// How many contacts will be new, and how many changed.
    pub will_add: i64,
    pub will_change: i64,
    pub choose: String,
    pub start: String,
    pub discard: String,
    /// Where it is taken back, while that is possible, and until when.
    pub undo: Option<String>,
    pub undo_until: Ts,
    pub time_zone: String,
}

/// One column of the file.
#[derive(Clone, Debug, Serialize)]
pub struct ColumnRow {
    pub id: String,
    pub heading: String,
    pub samples: Vec<String>,
    pub meaning: String,
}

/// The entries of one kind.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    pub kind: &'static str,
    pub count: i64,
    /// How many of them for each choice.
    pub chosen: Vec<ChosenCount>,
    /// What can be chosen for all of them; empty when there is no choice.
    pub choices: Vec<&'static str>,
    /// Where its entries are shown.
    pub open: String,
    pub is_open: bool,
    pub rows: Vec<EntryRow>,
    pub more: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ChosenCount {
    pub choice: &'static str,
    pub count: i64,
}

/// One entry.
#[derive(Clone, Debug, Serialize)]
pub struct EntryRow {
    pub nth: i64,
    pub line: i64,
    pub name: String,
    pub about: String,
    /// The contact that it is like.
    pub twin: Option<String>,
    /// What differs: the field, what stands in the address book, what the file says.
    pub differences: Vec<Difference>,
    pub choice: &'static str,
    /// What is wrong with it.
    pub sentences: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    pub field: &'static str,
    pub mine: String,
    pub theirs: String,
}

const SAMPLE_TIME: Ts = Ts(1_772_528_400_000_000);
const STAGES: [&str; 8] =
    ["reading", "mapping", "checking", "ready", "applying", "done", "undoing", "undone"];

impl Page for Imports {
    const FILE: &'static str = "connector/imports";

    fn samples() -> Vec<Self> {
        let row = |stage| ImportRow {
            path: "/contacts/import/x".into(),
            name: "Connections.csv".into(),
            stage,
            at: SAMPLE_TIME,
            entries: 812,
            added: 640,
            merged: 31,
        };
        let formats = ["twoyes", "google", "outlook", "linkedin", "vcard4", "vcard3"];
        let full = Self {
            frame: Frame::sample(),
            faults: vec![Fault::sample("file")],
            rows: STAGES.map(row).to_vec(),
            action: "/contacts/import",
            files: formats.map(|format| FileLink { format, path: "/contacts/export/x".into() }).to_vec(),
            any: true,
            time_zone: "Europe/Berlin".into(),
            discarded: true,
            megabytes: 20,
            entries: 50_000,
        };
        let empty =
            Self { faults: Vec::new(), rows: Vec::new(), any: false, discarded: false, ..full.clone() };
        vec![empty, full]
    }
}

/// A group of each kind.
fn sample_group(kind: &'static str, choices: &[&'static str]) -> Group {
    // Every entry of a file stands in one place of it.
    let nth = kind.bytes().map(i64::from).sum::<i64>() * 2;
    let entry = EntryRow {
        nth,
        line: 7,
        name: "Grace Hopper".into(),
        about: "grace@example.net, Navy".into(),
        twin: Some("/contacts/x".into()),
        differences: vec![Difference { field: "employer", mine: "Navy".into(), theirs: "Harvard".into() }],
        choice: "fill",
        sentences: vec!["The address is not an e-mail address.".into()],
    };
    let new = EntryRow {
        twin: None,
        differences: Vec::new(),
        sentences: Vec::new(),
        nth: nth + 1,
        ..entry.clone()
    };
    Group {
        kind,
        count: 2,
        chosen: ["add", "fill", "replace", "skip"].map(|choice| ChosenCount { choice, count: 1 }).to_vec(),
        choices: choices.to_vec(),
        open: "?show=x".into(),
        is_open: kind != "new",
        rows: vec![entry.clone(), new.clone()],
        more: (kind == "address").then(|| "?from=x".into()),
    }
}

impl Page for Import {
    const FILE: &'static str = "connector/import";

    fn samples() -> Vec<Self> {
        let base = |stage| Self {
            frame: Frame::sample(),
            name: "Connections.csv".into(),
            format: "linkedin".into(),
            stage,
            back: "/contacts/import",
            faults: if stage == "mapping" { vec![Fault::sample("columns")] } else { Vec::new() },
            percent: matches!(stage, "checking" | "applying" | "undoing").then_some(40),
            here: "/contacts/import/x".into(),
            entries: 812,
            added: 640,
            merged: 31,
            skipped: 4,
            faulty: 2,
            kept: if stage == "undone" { 3 } else { 0 },
            columns: vec![ColumnRow {
                id: "column-0".into(),
                heading: "First Name".into(),
                samples: vec!["Grace".into(), "Alan".into()],
                meaning: "given_name".into(),
            }],
            meanings: vec!["given_name", "nothing"],
            map: "/contacts/import/x/columns".into(),
            groups: if stage == "ready" {
                vec![
                    sample_group("new", &["add", "skip"]),
                    sample_group("address", &["fill", "replace", "skip"]),
                    sample_group("name", &["fill", "replace", "add", "skip"]),
                    sample_group("file", &["fill", "replace", "skip"]),
                    sample_group("fault", &[]),
                ]
            } else {
                Vec::new()
            },
            will_add: 640,
            will_change: 31,
            choose: "/contacts/import/x/choices".into(),
            start: "/contacts/import/x/start".into(),
            discard: "/contacts/import/x/discard".into(),
            undo: (stage == "done").then(|| "/contacts/import/x/undo".into()),
            undo_until: SAMPLE_TIME,
            time_zone: "Europe/Berlin".into(),
        };
        STAGES.map(base).to_vec()
    }
}
