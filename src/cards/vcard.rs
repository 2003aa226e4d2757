//! vCard 3.0 (RFC 2426) and 4.0 (RFC 6350), as far as they tell who somebody is.

use std::io::BufRead;

use super::column::Column;
use super::format::Format;
use super::read::{CELL_MAX, Fault, Head, ROWS_MAX, Reader, Row};

/// The cells of a card, in this order.
const COLUMNS: [Column; 11] = [
    Column::Name,
    Column::Email,
    Column::Employer,
    Column::Role,
    Column::Place,
    Column::Country,
    Column::Speaks,
    Column::Field,
    Column::Notes,
    Column::LookingFor,
    Column::CanHelp,
];
/// Pictures, sounds and keys: long, and nothing to us.
const HEAVY: [&str; 4] = ["PHOTO", "LOGO", "SOUND", "KEY"];

/// Whether a text is a file of cards.
pub fn begins(start: &str) -> bool {
    start.trim_start().get(..11).is_some_and(|head| head.eq_ignore_ascii_case("BEGIN:VCARD"))
}

pub fn read(text: impl BufRead, start: &str, to: &mut dyn Reader) -> Result<(), Fault> {
    let four = start.lines().any(|line| line.trim().eq_ignore_ascii_case("VERSION:4.0"));
    let head = Head {
        format: if four { Format::Vcard4 } else { Format::Vcard3 },
        columns: COLUMNS.iter().map(|column| column.as_str().to_owned()).collect(),
        mapping: COLUMNS.to_vec(),
    };
    if !to.head(head) {
        return Err(Fault::Stopped);
    }
    let mut lines = Lines { text, number: 0, ahead: None };
    let mut card: Option<(u64, Card)> = None;
    let mut count = 0;
    while let Some((number, line)) = lines.next()? {
        let Some(property) = Property::parse(&line) else { continue };
        let word = property.value.trim().to_ascii_uppercase();
        match (property.name.as_str(), word.as_str()) {
            ("BEGIN", "VCARD") if card.is_none() => card = Some((number, Card::default())),
            ("BEGIN", "VCARD") => return Err(Fault::Card(card.map_or(number, |(line, _)| line))),
            ("END", "VCARD") => {
                let Some((line, done)) = card.take() else { continue };
                let Some(cells) = done.cells() else { continue };
                count += 1;
                if count > ROWS_MAX {
                    return Err(Fault::Rows);
                }
                if !to.row(Row { line, cells }) {
                    return Err(Fault::Stopped);
                }
            }
            _ => {
                if let Some((_, card)) = &mut card {
                    card.take(&property);
                }
            }
        }
    }
    match card {
        Some((line, _)) => Err(Fault::Card(line)),
        None if count == 0 => Err(Fault::Empty),
        None => Ok(()),
    }
}

/// Lines as they were before they were folded (RFC 6350, 3.2).
struct Lines<R> {
    text: R,
    number: u64,
    /// A line that was read and not given yet.
    ahead: Option<(u64, String)>,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> Result<Option<(u64, String)>, Fault> {
        let Some((number, mut line)) = self.ahead.take().map_or_else(|| self.raw(), |line| Ok(Some(line)))?
        else {
            return Ok(None);
        };
        loop {
            match self.raw()? {
                Some((_, more)) if more.starts_with([' ', '\t']) => {
                    // What is longer is a picture.
                    if line.len() < CELL_MAX {
                        line.push_str(&more[1..]);
                    }
                }
                ahead => {
                    self.ahead = ahead;
                    return Ok(Some((number, line)));
                }
            }
        }
    }

    fn raw(&mut self) -> Result<Option<(u64, String)>, Fault> {
        let mut line = String::new();
        self.number += 1;
        if self.text.read_line(&mut line).map_err(|_| Fault::Broken)? == 0 {
            return Ok(None);
        }
        Ok(Some((self.number, line.trim_end_matches(['\r', '\n']).to_owned())))
    }
}

/// `group.NAME;PARAMETER=...:value`
struct Property {
    name: String,
    parameters: String,
    value: String,
}

impl Property {
    fn parse(line: &str) -> Option<Self> {
        let mut quoted = false;
        let colon = line.char_indices().find(|(_, c)| {
            quoted ^= *c == '"';
            *c == ':' && !quoted
        });
        let (before, value) = line.split_at(colon?.0);
        let (name, parameters) = before.split_once(';').unwrap_or((before, ""));
        let name = name.rsplit('.').next().unwrap_or(name).trim().to_ascii_uppercase();
        Some(Self { name, parameters: parameters.to_ascii_uppercase(), value: value[1..].to_owned() })
    }

    fn is_preferred(&self) -> bool {
        self.parameters.contains("PREF")
    }
}

#[derive(Default)]
struct Card {
    full_name: String,
    name: String,
    email: (bool, String),
    employer: String,
    title: String,
    role: String,
    place: String,
    country: String,
    speaks: Vec<String>,
    field: String,
    notes: Vec<String>,
    looking_for: String,
    can_help: String,
    is_group: bool,
}

impl Card {
    fn take(&mut self, of: &Property) {
        if HEAVY.contains(&of.name.as_str()) {
            return;
        }
        match of.name.as_str() {
            "FN" => set(&mut self.full_name, text(&of.value)),
            // Family; given; additional; prefixes; suffixes.
            "N" => {
                let parts = parts(&of.value, ';');
                let part = |nth: usize| parts.get(nth).map_or("", String::as_str);
                set(&mut self.name, joined(&[part(1), part(2), part(0)], " "));
            }
            "EMAIL" if self.email.1.is_empty() || (of.is_preferred() && !self.email.0) => {
                let value = text(&of.value);
                self.email = (of.is_preferred(), value.strip_prefix("mailto:").unwrap_or(&value).to_owned());
            }
            "ORG" => set(&mut self.employer, parts(&of.value, ';').into_iter().next().unwrap_or_default()),
            "TITLE" => set(&mut self.title, text(&of.value)),
            "ROLE" => set(&mut self.role, text(&of.value)),
            // Box; extended; street; locality; region; code; country.
            "ADR" => {
                let parts = parts(&of.value, ';');
                set(&mut self.place, parts.get(3).cloned().unwrap_or_default());
                set(&mut self.country, parts.get(6).cloned().unwrap_or_default());
            }
            "LANG" => self.speaks.push(text(&of.value)),
            "NOTE" => self.notes.push(text(&of.value)),
            "X-TWOYES-FIELD" => set(&mut self.field, text(&of.value)),
            "X-TWOYES-LOOKING-FOR" => set(&mut self.looking_for, text(&of.value)),
            "X-TWOYES-CAN-HELP" => set(&mut self.can_help, text(&of.value)),
            "KIND" | "X-ADDRESSBOOKSERVER-KIND" => {
                self.is_group = text(&of.value).eq_ignore_ascii_case("group");
            }
            _ => {}
        }
    }

    /// In the order of [`COLUMNS`]; none for a list of people and for a card without anything in it.
    fn cells(self) -> Option<Vec<String>> {
        let name = if self.full_name.is_empty() { self.name } else { self.full_name };
        if self.is_group || (name.is_empty() && self.email.1.is_empty() && self.employer.is_empty()) {
            return None;
        }
        Some(vec![
            name,
            self.email.1,
            self.employer,
            if self.title.is_empty() { self.role } else { self.title },
            self.place,
            self.country,
            self.speaks.join(", "),
            self.field,
            self.notes.join("\n"),
            self.looking_for,
            self.can_help,
        ])
    }
}

/// The first that says something stays.
fn set(known: &mut String, new: String) {
    if known.is_empty() {
        *known = new;
    }
}

fn joined(parts: &[&str], between: &str) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(between)
}

/// A value without its backslashes (RFC 6350, 3.4).
fn text(value: &str) -> String {
    parts(value, '\0').into_iter().next().unwrap_or_default()
}

/// The parts of a compound value.
fn parts(value: &str, between: char) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        let last = all.last_mut();
        match (letter, last) {
            ('\\', Some(last)) => match letters.next() {
                Some('n' | 'N') => last.push('\n'),
                Some(other) => last.push(other),
                None => {}
            },
            (letter, _) if letter == between => all.push(String::new()),
            (letter, Some(last)) => last.push(letter),
            (_, None) => {}
        }
    }
    all.iter().map(|part| part.trim().to_owned()).collect()
}
