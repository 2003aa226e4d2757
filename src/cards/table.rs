//! Tables: CSV by RFC 4180 as it is really written, with commas, semicolons or tabs, and lines before the headings.

use std::io::Read;

use csv::{ReaderBuilder, StringRecord};

use super::column::{Column, format_of};
use super::read::{CELL_MAX, CELLS_MAX, Fault, Head, ROWS_MAX, Reader, Row};
use super::write::runs;

const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];
/// The headings stand among the first lines; LinkedIn writes some sentences before them.
const HEAD_WITHIN: usize = 20;

pub fn read(text: impl Read, start: &str, to: &mut dyn Reader) -> Result<(), Fault> {
    let (delimiter, nth) = find_head(start)?;
    let mut reader = rows(text, delimiter);
    let mut record = StringRecord::new();
    for _ in 0..=nth {
        if !next(&mut reader, &mut record)? {
            return Err(Fault::NoTable);
        }
    }
    let columns: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
    if columns.len() > CELLS_MAX {
        return Err(Fault::Columns);
    }
    let mapping = meanings(&columns);
    let width = columns.len();
    if !to.head(Head { format: format_of(&columns), columns, mapping }) {
        return Err(Fault::Stopped);
    }
    let mut count = 0;
    while next(&mut reader, &mut record)? {
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        count += 1;
        if count > ROWS_MAX {
            return Err(Fault::Rows);
        }
        let line = record.position().map_or(0, csv::Position::line);
        let mut cells: Vec<String> = record.iter().take(width).map(undefused).collect();
        cells.resize(width, String::new());
        if !to.row(Row { line, cells }) {
            return Err(Fault::Stopped);
        }
    }
    if count == 0 { Err(Fault::Empty) } else { Ok(()) }
}

/// What the columns are by their names. Where there is a job title, a title is "Dr.".
fn meanings(columns: &[String]) -> Vec<Column> {
    let has_job_title = columns.iter().any(|name| name.eq_ignore_ascii_case("job title"));
    let meaning = |name: &String| match Column::called(name) {
        Some(Column::Role) if has_job_title && name.eq_ignore_ascii_case("title") => Column::Nothing,
        known => known.unwrap_or(Column::Nothing),
    };
    columns.iter().map(meaning).collect()
}

fn rows<R: Read>(text: R, delimiter: u8) -> csv::Reader<R> {
    ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text)
}

fn next<R: Read>(reader: &mut csv::Reader<R>, record: &mut StringRecord) -> Result<bool, Fault> {
    let line = reader.position().line();
    // The text is UTF-8 already, and any number of cells is allowed: only the source can fail.
    let found = reader.read_record(record).map_err(|_| Fault::Broken)?;
    if record.iter().any(|cell| cell.len() > CELL_MAX) {
        return Err(Fault::Quote(record.position().map_or(line, csv::Position::line)));
    }
    Ok(found)
}

/// By which sign the cells are parted, and in which record the headings stand: where the most of them are known.
/// Without any, the first record that is as wide as the one behind it.
fn find_head(start: &str) -> Result<(u8, usize), Fault> {
    let mut best: Option<(usize, u8, usize)> = None;
    let mut plain: Option<(usize, u8, usize)> = None;
    for delimiter in DELIMITERS {
        let records: Vec<StringRecord> =
            rows(start.as_bytes(), delimiter).records().take(HEAD_WITHIN).flatten().collect();
        for (nth, record) in records.iter().enumerate() {
            let known = record.iter().filter(|cell| Column::called(cell).is_some()).count();
            if known > 0 && best.is_none_or(|(most, ..)| known > most) {
                best = Some((known, delimiter, nth));
            }
            let wide = record.len();
            let steady = records.get(nth + 1).is_none_or(|behind| behind.len() == wide);
            if wide > 1 && steady && plain.is_none_or(|(most, ..)| wide > most) {
                plain = Some((wide, delimiter, nth));
            }
        }
    }
    let (_, delimiter, nth) = best.or(plain).ok_or(Fault::NoTable)?;
    Ok((delimiter, nth))
}

/// What we write before a cell that a spreadsheet would run is not part of it.
fn undefused(cell: &str) -> String {
    cell.strip_prefix('\'').filter(|rest| runs(rest)).unwrap_or(cell).trim().to_owned()
}
