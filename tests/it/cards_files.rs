//! Files of contacts as their makers write them, read and written again.

use std::io::Read;

use proptest::prelude::*;
use twoyes::cards::{self, Column, Fault, Format, Head, Row, to_contact, write};
use twoyes::domain::contact::{ContactFacts, RawContact};
use twoyes::domain::facets::RawFacets;

use crate::network_kit::corpus;

#[derive(Default)]
struct Kept {
    head: Option<Head>,
    rows: Vec<Row>,
}

impl cards::Reader for Kept {
    fn head(&mut self, head: Head) -> bool {
        self.head = Some(head);
        true
    }

    fn row(&mut self, row: Row) -> bool {
        self.rows.push(row);
        true
    }
}

fn read(source: impl Read) -> Result<(Format, Vec<(u64, RawContact)>), Fault> {
    let mut kept = Kept::default();
    cards::read(source, &mut kept)?;
    let head = kept.head.unwrap();
    let rows = kept.rows.iter().map(|row| (row.line, to_contact(&row.cells, &head.mapping))).collect();
    Ok((head.format, rows))
}

/// Line, name, address, employer, role, place.
fn told(name: &str) -> (Format, Vec<[String; 6]>) {
    let (format, rows) = read(&corpus(name)[..]).unwrap();
    let tell = |(line, of): &(u64, RawContact)| {
        [
            line.to_string(),
            of.name.clone(),
            of.email.clone(),
            of.employer.clone(),
            of.facets.role.clone(),
            of.facets.place.clone(),
        ]
    };
    (format, rows.iter().map(tell).collect())
}

#[test]
fn linkedins_sentences_before_the_table_are_passed_over() {
    let (format, rows) = told("linkedin.csv");
    assert_eq!(format, Format::Linkedin);
    assert_eq!(rows[0], ["5", "Zoë Świątek", "", "Example & Sons", "Head of Design, Europe", ""]);
    assert_eq!(rows[1][1..4], ["Grace Hopper", "grace@navy.example", "Navy"]);
    // A quoted line end in a cell, and quotation marks within quotation marks.
    assert_eq!(
        rows[2][1..5],
        ["José García, PhD", "jose@uni.example", "Universidad \"Sur\"", "Researcher Bioinformatics"]
    );
    assert_eq!(rows.len(), 4, "who left the network stands there with a link alone");
}

#[test]
fn google_and_outlook_are_read() {
    let (format, rows) = told("google.csv");
    assert_eq!(format, Format::Google);
    assert_eq!(
        rows[0][1..],
        ["Alan Mathison Turing", "alan@bletchley.example", "Bletchley Park", "Mathematician", "Wilmslow, UK"]
    );
    assert_eq!(rows[1][2], "not an address");
    let (_, all) = read(&corpus("google.csv")[..]).unwrap();
    assert_eq!(all[0].1.notes, "Met at the congress.\nLikes running.");
    let (format, rows) = told("outlook.csv");
    assert_eq!(format, Format::Outlook);
    assert_eq!(
        rows[0][1..],
        ["Björk Åström", "bjork@apotek.example", "Kungliga", "Pharmacist", "Lund, Sweden"]
    );
    assert_eq!(
        rows[1][1..3],
        ["Ute Schröder", "ute@zwei.example"],
        "the second address when there is no first"
    );
}

#[test]
fn a_spreadsheet_of_windows_and_a_table_with_tabs_are_read() {
    let (format, rows) = told("windows-1252.csv");
    assert_eq!(format, Format::Table);
    // "Firma" and "Ort" are not known; name and address are.
    assert_eq!(rows[0][1..3], ["Jürgen Müller", "juergen@strasse.example"]);
    assert_eq!(rows[1][1], "„Rosa“ Weiss");
    let mut kept = Kept::default();
    cards::read(&corpus("generic.tsv")[..], &mut kept).unwrap();
    let head = kept.head.unwrap();
    assert_eq!(head.columns, ["Who", "Where they work", "Reach them at"]);
    assert!(!Head::is_clear(&head.mapping), "a person has to say what they are");
    assert_eq!(kept.rows[1].cells, ["Mary Ross", "Lockheed", "mary@skunk.example"]);
}

#[test]
fn cards_of_both_versions_are_read() {
    let (format, rows) = told("phone3.vcf");
    assert_eq!(format, Format::Vcard3);
    assert_eq!(
        rows[0],
        [
            "1",
            "Dr. Margaret Hamilton",
            "margaret@draper.example",
            "Draper Laboratory",
            "Director, Flight Software",
            "Cambridge, USA"
        ]
    );
    let (_, all) = read(&corpus("phone3.vcf")[..]).unwrap();
    assert_eq!(all[0].1.notes, "Coined a word.\nKeeps the listing in a tall stack.");
    let (format, rows) = told("cards4.vcf");
    assert_eq!(format, Format::Vcard4);
    assert_eq!(rows.len(), 1, "a list of people is nobody");
    assert_eq!(
        rows[0][1..],
        ["Simon Perreault", "simon@first.example", "Viagenie", "Consultant", "Quebec, Canada"]
    );
}

#[test]
fn what_is_no_file_of_contacts_is_refused_by_its_name() {
    let fault = |bytes: &[u8]| read(bytes).map(drop).unwrap_err();
    assert_eq!(fault(b""), Fault::Empty);
    assert_eq!(fault(b"\n \n"), Fault::Empty);
    assert_eq!(fault(b"Name,Email\n"), Fault::Empty);
    assert_eq!(fault(b"PK\x03\x04rest"), Fault::Spreadsheet);
    assert_eq!(fault(b"%PDF-1.7"), Fault::Binary);
    assert_eq!(fault(b"Name\0,x\n"), Fault::Binary);
    assert_eq!(fault(b"just a sentence\nand another\n"), Fault::NoTable);
    assert_eq!(fault(b"BEGIN:VCARD\nFN:Ada\n"), Fault::Card(1));
    assert_eq!(fault(b"BEGIN:VCARD\nFN:Ada\nBEGIN:VCARD\n"), Fault::Card(1));
    let many = format!("Name{}\nA{}\n", ",x".repeat(300), ",y".repeat(300));
    assert_eq!(fault(many.as_bytes()), Fault::Columns);
    let open = format!("Name,Email\nAda,a@x.example\n\"Grace,{}\n", "line\n".repeat(6_000));
    assert_eq!(fault(open.as_bytes()), Fault::Quote(3));
}

#[test]
fn more_entries_than_may_be_are_refused() {
    let rows = "Ada,a@x.example\n".repeat(cards::ROWS_MAX);
    assert_eq!(read(format!("Name,Email\n{rows}").as_bytes()).unwrap().1.len(), cards::ROWS_MAX);
    assert_eq!(read(format!("Name,Email\n{rows}Grace,\n").as_bytes()).map(drop).unwrap_err(), Fault::Rows);
}

fn line(max: usize) -> impl Strategy<Value = String> {
    // Everything that means something to a table, a card or a spreadsheet.
    proptest::collection::vec(
        prop_oneof![
            Just("=".to_owned()),
            Just("'".into()),
            Just("\"".into()),
            Just(",".into()),
            Just(";".into()),
            Just("\\".into()),
            Just("é🙂".into()),
            "[a-z]{1,5}"
        ],
        0..max,
    )
    .prop_map(|words| words.join(" ").trim().to_owned())
}

prop_compose! {
    fn facts()(
        name in "[A-Z][a-zé]{1,9} [A-Z][a-z]{1,9}",
        email in prop_oneof![Just(String::new()), "[a-z]{1,8}@[a-z]{1,8}\\.example"],
        lines in proptest::collection::vec(line(6), 9),
        notes in proptest::collection::vec(line(4), 0..4),
        circle in prop_oneof![Just(""), Just("family"), Just("acquaintances")],
        left_out in any::<bool>(),
    ) -> ContactFacts {
        let mut lines = lines.into_iter();
        let mut next = || lines.next().unwrap_or_default();
        let raw = RawContact {
            name,
            email,
            described: next(),
            employer: next(),
            how_known: next(),
            notes: notes.join("\n"),
            language: "en".into(),
            facets: RawFacets {
                circle: circle.into(),
                left_out,
                role: next(),
                field: next(),
                place: next(),
                speaks: next(),
                looking_for: next(),
                can_help: next(),
            },
        };
        raw.check(&["en".to_owned()]).unwrap()
    }
}

/// What a format has a place for.
fn as_far_as(format: Format, of: &ContactFacts) -> RawContact {
    let all = RawContact::from(of.clone());
    let none = RawContact { name: all.name.clone(), email: all.email.clone(), ..RawContact::default() };
    let employer = all.employer.clone();
    let (role, place) = (all.facets.role.clone(), all.facets.place.clone());
    match format {
        Format::Twoyes | Format::Table => all,
        Format::Linkedin => {
            RawContact { employer, facets: RawFacets { role, ..RawFacets::default() }, ..none }
        }
        Format::Google | Format::Outlook => RawContact {
            employer,
            notes: all.notes,
            facets: RawFacets { role, place, ..RawFacets::default() },
            ..none
        },
        Format::Vcard3 | Format::Vcard4 => RawContact {
            employer,
            notes: all.notes,
            facets: RawFacets { circle: String::new(), left_out: false, ..all.facets },
            ..none
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn what_was_written_is_read_again(of in facts()) {
        for format in Format::WRITTEN {
            let file = write::head(*format) + &write::one(*format, &of);
            let (read_as, rows) = read(file.as_bytes()).unwrap();
            prop_assert_eq!(read_as, *format);
            let mut expected = as_far_as(*format, &of);
            let mut found = rows[0].1.clone();
            // Languages stand one by one in a card, and version 3 has no place for them.
            if !format.is_table() {
                expected.facets.speaks.clear();
                found.facets.speaks.clear();
            }
            prop_assert_eq!(found, expected, "{}", file);
        }
    }

    #[test]
    fn whatever_the_bytes_are_reading_ends(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes[..]);
        let mut card = b"BEGIN:VCARD\n".to_vec();
        card.extend_from_slice(&bytes);
        let _ = read(&card[..]);
    }
}

#[test]
fn a_cell_that_a_spreadsheet_would_run_is_defused() {
    let raw = RawContact { name: "Ada".into(), notes: "=1+1".into(), ..RawContact::default() };
    let facts = raw.check(&["en".to_owned()]).unwrap();
    assert!(write::one(Format::Twoyes, &facts).contains("'=1+1"));
    assert_eq!(Column::called("E-mail 1 - Value"), Some(Column::Email));
}
