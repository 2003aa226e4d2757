//! Contacts written as a file of each kind, one piece after the other.

use std::borrow::Cow;

use super::format::Format;
use crate::domain::address::EmailAddress;
use crate::domain::circle::Circle;
use crate::domain::contact::ContactFacts;
use crate::domain::facets::Facets;
use crate::domain::own_card::Passed;

/// Lines of a vCard longer than this are folded (RFC 6350, 3.2).
const FOLD: usize = 75;

const TWOYES: &[&str] = &[
    "name",
    "email",
    "employer",
    "role",
    "field",
    "place",
    "speaks",
    "looking_for",
    "can_help",
    "circle",
    "left_out",
    "described",
    "how_known",
    "notes",
    "language",
];
const LINKEDIN: &[&str] =
    &["First Name", "Last Name", "URL", "Email Address", "Company", "Position", "Connected On"];
const GOOGLE: &[&str] = &[
    "First Name",
    "Last Name",
    "Organization Name",
    "Organization Title",
    "Notes",
    "E-mail 1 - Label",
    "E-mail 1 - Value",
    "Address 1 - City",
];
const OUTLOOK: &[&str] =
    &["First Name", "Last Name", "Company", "Job Title", "E-mail Address", "Business City", "Notes"];

/// What stands before the first contact.
#[must_use]
pub fn head(format: Format) -> String {
    match format {
        Format::Twoyes | Format::Table => line(TWOYES.iter().copied()),
        Format::Linkedin => line(LINKEDIN.iter().copied()),
        Format::Google => line(GOOGLE.iter().copied()),
        Format::Outlook => line(OUTLOOK.iter().copied()),
        Format::Vcard3 | Format::Vcard4 => String::new(),
    }
}

/// One contact.
#[must_use]
pub fn one(format: Format, of: &ContactFacts) -> String {
    let facets = &of.facets;
    let (given, family) = split(&of.name);
    let (address, place) = (of.address(), facets.place.as_str());
    match format {
        Format::Twoyes | Format::Table => line([
            of.name.as_str(),
            address,
            &of.employer,
            &facets.role,
            &facets.field,
            place,
            &facets.speaks,
            &facets.looking_for,
            &facets.can_help,
            facets.circle.map_or("", Circle::as_str),
            if facets.left_out { "yes" } else { "" },
            &of.described,
            &of.how_known,
            &of.notes,
            &of.language,
        ]),
        Format::Linkedin => line([given, family, "", address, &of.employer, &facets.role, ""]),
        Format::Google => line([given, family, &of.employer, &facets.role, &of.notes, "* ", address, place]),
        Format::Outlook => line([given, family, &of.employer, &facets.role, address, place, &of.notes]),
        Format::Vcard3 => card("3.0", of),
        Format::Vcard4 => card("4.0", of),
    }
}

/// A recruiter as they are passed on; how they like to be reached stands in the note.
#[must_use]
pub fn passed_as_vcard(of: &Passed) -> String {
    let facets = Facets {
        role: of.role.clone(),
        field: of.field.clone(),
        place: of.place.clone(),
        ..Facets::default()
    };
    let facts = ContactFacts {
        name: of.name.clone(),
        email: EmailAddress::parse("email", &of.email).ok(),
        described: String::new(),
        employer: of.employer.clone(),
        how_known: String::new(),
        notes: of.reach.clone(),
        language: String::new(),
        facets,
    };
    one(Format::Vcard3, &facts)
}

/// The last word is the family's: the best that can be said of a name in one piece.
fn split(name: &str) -> (&str, &str) {
    name.rsplit_once(' ').unwrap_or((name, ""))
}

/// RFC 4180.
fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory cannot fail.
    let cells: Vec<Cow<'_, str>> = cells.into_iter().map(harmless).collect();
    let _ = writer.write_record(cells.iter().map(|cell| cell.as_bytes()));
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// Spreadsheets run cells that begin like this (OWASP, CSV injection). A mark more than there was is taken off again
/// by whoever reads it.
#[must_use]
pub fn harmless(cell: &str) -> Cow<'_, str> {
    if runs(cell) || cell.starts_with(['\t', '\r']) { format!("'{cell}").into() } else { cell.into() }
}

/// Whether a cell begins like a formula, behind marks that say it is none.
pub(super) fn runs(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@'])
}

fn card(version: &str, of: &ContactFacts) -> String {
    let (given, family) = split(&of.name);
    let facets = &of.facets;
    let place =
        if facets.place.is_empty() { String::new() } else { format!(";;;{};;;", escaped(&facets.place)) };
    let lines = [
        ("FN", escaped(&of.name)),
        ("N", format!("{};{};;;", escaped(family), escaped(given))),
        ("EMAIL", escaped(of.address())),
        ("ORG", escaped(&of.employer)),
        ("TITLE", escaped(&facets.role)),
        ("ADR", place),
        ("NOTE", escaped(&of.notes)),
        ("X-TWOYES-FIELD", escaped(&facets.field)),
        ("X-TWOYES-LOOKING-FOR", escaped(&facets.looking_for)),
        ("X-TWOYES-CAN-HELP", escaped(&facets.can_help)),
    ];
    let mut out = format!("BEGIN:VCARD\r\nVERSION:{version}\r\n");
    for (name, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
        fold(&mut out, &format!("{name}:{value}"));
    }
    // A card of version 3 has no property for languages.
    if version == "4.0" {
        for language in facets.speaks.split(',').map(str::trim).filter(|one| !one.is_empty()) {
            fold(&mut out, &format!("LANG:{}", escaped(language)));
        }
    }
    out.push_str("END:VCARD\r\n");
    out
}

fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('\n', "\\n");
    text.replace(',', "\\,").replace(';', "\\;")
}

/// By bytes, but never within a letter.
fn fold(out: &mut String, line: &str) {
    let mut width = 0;
    for letter in line.chars() {
        if width + letter.len_utf8() > FOLD {
            out.push_str("\r\n ");
            width = 1;
        }
        out.push(letter);
        width += letter.len_utf8();
    }
    out.push_str("\r\n");
}
