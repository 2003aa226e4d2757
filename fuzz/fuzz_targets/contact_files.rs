//! Files of contacts: whatever the bytes are, reading ends within its bounds, and whoever is taken from them reads the
//! same once they were written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use twoyes::cards::{CELLS_MAX, Format, Head, Reader, Row, read, to_contact, write};
use twoyes::domain::contact::{ContactFacts, RawContact};
use twoyes_fuzz::planted;

/// As many rows as are looked at.
const ROWS: usize = 50;

#[derive(Default)]
struct File {
    head: Option<Head>,
    rows: Vec<Row>,
}

impl Reader for File {
    fn head(&mut self, head: Head) -> bool {
        assert!(self.head.is_none(), "one head");
        assert_eq!(head.columns.len(), head.mapping.len());
        self.head = Some(head);
        true
    }

    fn row(&mut self, row: Row) -> bool {
        assert!(self.head.is_some(), "the head comes first");
        assert!(row.cells.len() <= CELLS_MAX, "{} cells", row.cells.len());
        assert!(self.rows.last().is_none_or(|last| last.line < row.line), "rows in the order of the file");
        self.rows.push(row);
        self.rows.len() < ROWS
    }
}

impl File {
    /// Who is in it, as far as they can be taken.
    fn people(&self) -> Vec<ContactFacts> {
        let Some(head) = &self.head else { return Vec::new() };
        let languages = ["en".to_owned()];
        let people = self.rows.iter().map(|row| to_contact(&row.cells, &head.mapping).check(&languages));
        people.flatten().collect()
    }
}

fn open(bytes: &[u8]) -> File {
    let mut file = File::default();
    // What cannot be read to its end is told with its line, and what came before it is whole.
    let _ = read(bytes, &mut file);
    file
}

/// Planted: forgets that a comma parts cells.
fn written(of: &ContactFacts) -> String {
    let one = write::one(Format::Twoyes, of);
    if planted() { one.replace('"', "") } else { one }
}

fuzz_target!(|data: &[u8]| {
    for one in open(data).people() {
        let again = open((write::head(Format::Twoyes) + &written(&one)).as_bytes()).people();
        let again: Vec<RawContact> = again.into_iter().map(RawContact::from).collect();
        assert_eq!(again, [RawContact::from(one)], "written and read again");
    }
});
