//! Reading a file: which kind it is, its columns, and then row by row.

use std::io::{BufRead, BufReader, Read};

use super::column::Column;
use super::decode::{Lines, Utf8};
use super::format::Format;
use super::{table, vcard};

/// Rows of one file at most.
pub const ROWS_MAX: usize = 50_000;
/// Columns of one table at most.
pub const CELLS_MAX: usize = 200;
/// Characters of one cell at most; more is a quotation mark that nobody closed.
pub(super) const CELL_MAX: usize = 20_000;
/// How much of the beginning is looked at to know what it is.
const LOOK: usize = 64 * 1024;

/// What a file says of itself before its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub format: Format,
    /// The headings, in order.
    pub columns: Vec<String>,
    /// What we take each for.
    pub mapping: Vec<Column>,
}

impl Head {
    /// Whether a name or an address can be found by this mapping; else a person has to say where.
    #[must_use]
    pub fn is_clear(mapping: &[Column]) -> bool {
        mapping.iter().any(|column| {
            matches!(column, Column::Name | Column::GivenName | Column::FamilyName | Column::Email)
        })
    }
}

/// One entry of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it begins in the file; the first line is 1.
    pub line: u64,
    pub cells: Vec<String>,
}

/// Why a file is not read. Each is a word `import-fault-{code}`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the file is empty")]
    Empty,
    #[error("this is a spreadsheet, not a CSV file")]
    Spreadsheet,
    #[error("this is not a text file")]
    Binary,
    #[error("there is no table in the file")]
    NoTable,
    #[error("too many columns")]
    Columns,
    #[error("more than {ROWS_MAX} entries")]
    Rows,
    #[error("a quotation mark in line {0} is not closed")]
    Quote(u64),
    #[error("a card in line {0} has no end")]
    Card(u64),
    /// The sender hung up, or sent more than it may.
    #[error("the file could not be read to its end")]
    Broken,
    /// Whoever takes the rows does not want more.
    #[error("stopped")]
    Stopped,
}

impl Fault {
    /// The stable word for it.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Spreadsheet => "spreadsheet",
            Self::Binary => "binary",
            Self::NoTable => "no-table",
            Self::Columns => "columns",
            Self::Rows => "rows",
            Self::Quote(_) => "quote",
            Self::Card(_) => "card",
            Self::Broken | Self::Stopped => "broken",
        }
    }

    /// The line that it is about.
    #[must_use]
    pub const fn line(&self) -> Option<u64> {
        match self {
            Self::Quote(line) | Self::Card(line) => Some(*line),
            Self::Empty
            | Self::Spreadsheet
            | Self::Binary
            | Self::NoTable
            | Self::Columns
            | Self::Rows
            | Self::Broken
            | Self::Stopped => None,
        }
    }
}

/// Takes what is read, in order: the head once, then the rows. `false` stops the reading.
pub trait Reader {
    fn head(&mut self, head: Head) -> bool;
    fn row(&mut self, row: Row) -> bool;
}

/// Reads a file to its end.
///
/// # Errors
/// The first [`Fault`]; rows may have been given before it.
pub fn read(source: impl Read, to: &mut dyn Reader) -> Result<(), Fault> {
    let mut source = BufReader::with_capacity(LOOK, source);
    refuse_foreign(beginning(&mut source)?)?;
    let mut text = BufReader::with_capacity(LOOK, Look::new(Lines::new(Utf8::new(source)))?);
    let start = String::from_utf8_lossy(fill(&mut text)?).into_owned();
    if start.trim().is_empty() {
        return Err(Fault::Empty);
    }
    if start.contains('\0') {
        return Err(Fault::Binary);
    }
    if vcard::begins(&start) { vcard::read(text, &start, to) } else { table::read(text, &start, to) }
}

fn beginning<R: Read>(source: &mut BufReader<R>) -> Result<&[u8], Fault> {
    source.fill_buf().map_err(|_| Fault::Broken)
}

/// The file formats that people take for CSV.
fn refuse_foreign(start: &[u8]) -> Result<(), Fault> {
    if start.is_empty() {
        return Err(Fault::Empty);
    }
    // ZIP is how .xlsx, .ods and .numbers begin, the other is .xls.
    if start.starts_with(b"PK\x03\x04") || start.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(Fault::Spreadsheet);
    }
    let known = [&b"%PDF"[..], b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"SQLite"];
    if known.iter().any(|one| start.starts_with(one)) {
        return Err(Fault::Binary);
    }
    Ok(())
}

fn fill<R: Read>(text: &mut BufReader<R>) -> Result<&[u8], Fault> {
    text.fill_buf().map_err(|_| Fault::Broken)
}

/// Gives the first [`LOOK`] bytes of the text in one piece, so that they can be looked at.
struct Look<R> {
    start: Vec<u8>,
    given: usize,
    rest: R,
}

impl<R: Read> Look<R> {
    fn new(mut rest: R) -> Result<Self, Fault> {
        let mut start = Vec::with_capacity(LOOK);
        (&mut rest).take(LOOK as u64).read_to_end(&mut start).map_err(|_| Fault::Broken)?;
        Ok(Self { start, given: 0, rest })
    }
}

impl<R: Read> Read for Look<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.given == self.start.len() {
            return self.rest.read(out);
        }
        let length = out.len().min(self.start.len() - self.given);
        out[..length].copy_from_slice(&self.start[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}
