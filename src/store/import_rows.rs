//! The entries of a file of contacts.

use super::contacts;
use super::error::StoreError;
use super::imports::texts;
use super::query::{Row, as_json};
use super::tx::Tx;
use crate::domain::contact::{Contact, RawContact};
use crate::domain::import::{Change, Entry};
use crate::domain::merge::{Choice, Kind};
use crate::ids::{ConnectorId, ContactId, ImportId};

/// An entry as it is written, many in one statement.
#[derive(serde::Serialize)]
struct New<'a> {
    nth: i64,
    line: i64,
    /// A list, as JSON within the JSON.
    cells: &'a str,
}

/// Adds entries as they were read: line and cells, from place `first` on.
pub async fn add(
    tx: &mut Tx,
    id: ImportId,
    first: i64,
    rows: &[(i64, Vec<String>)],
) -> Result<(), StoreError> {
    let cells = rows.iter().map(|(_, cells)| as_json("cells", cells)).collect::<Result<Vec<_>, _>>()?;
    let new: Vec<New<'_>> = rows
        .iter()
        .zip(&cells)
        .zip(first..)
        .map(|(((line, _), cells), nth)| New { nth, line: *line, cells })
        .collect();
    tx.q2(
        "INSERT INTO import_row (import_id, nth, line, cells, facts, email_key, before, after)
         SELECT $1, json_extract(value, '$.nth'), json_extract(value, '$.line'), json_extract(value, '$.cells'),
           '', '', '', '' FROM json_each($2) WHERE true",
        "INSERT INTO import_row (import_id, nth, line, cells, facts, email_key, before, after)
         SELECT $1, nth, line, cells, '', '', '', ''
         FROM jsonb_to_recordset(CAST($2 AS JSONB)) AS new (nth BIGINT, line BIGINT, cells TEXT)",
    )
    .bind(id.0)
    .bind(as_json("rows", &new)?)
    .run()
    .await?;
    Ok(())
}

/// Entries from place `from` on, in the order of the file.
pub async fn rising(tx: &mut Tx, id: ImportId, from: i64, limit: i64) -> Result<Vec<Entry>, StoreError> {
    let rows = tx
        .q("SELECT * FROM import_row WHERE import_id = $1 AND nth >= $2 ORDER BY nth LIMIT $3")
        .bind(id.0)
        .bind(from)
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(read).collect()
}

/// Entries before place `before`, the last first.
pub async fn falling(tx: &mut Tx, id: ImportId, before: i64, limit: i64) -> Result<Vec<Entry>, StoreError> {
    let rows = tx
        .q("SELECT * FROM import_row WHERE import_id = $1 AND nth < $2 ORDER BY nth DESC LIMIT $3")
        .bind(id.0)
        .bind(before)
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(read).collect()
}

/// Entries of one kind from place `from` on.
pub async fn of_kind(
    tx: &mut Tx,
    id: ImportId,
    kind: Kind,
    from: i64,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    let rows = tx
        .q("SELECT * FROM import_row WHERE import_id = $1 AND kind = $2 AND nth >= $3 ORDER BY nth LIMIT $4")
        .bind(id.0)
        .bind(kind.as_str())
        .bind(from)
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(read).collect()
}

/// How many entries there are of each kind and choice.
pub async fn count(tx: &mut Tx, id: ImportId) -> Result<Vec<(Kind, Choice, i64)>, StoreError> {
    let rows = tx
        .q("SELECT kind, choice, COUNT(*) AS n FROM import_row
            WHERE import_id = $1 AND kind IS NOT NULL AND choice IS NOT NULL
            GROUP BY kind, choice ORDER BY kind, choice")
        .bind(id.0)
        .all()
        .await?;
    rows.iter()
        .map(|row| Ok((row.word("kind", Kind::parse)?, row.word("choice", Choice::parse)?, row.get("n")?)))
        .collect()
}

/// Notes what an entry is and what shall become of it.
pub async fn checked(tx: &mut Tx, id: ImportId, of: &Entry) -> Result<(), StoreError> {
    let facts = of.facts.as_ref();
    tx.q("UPDATE import_row SET facts = $3, email_key = $4, kind = $5, twin_id = $6, choice = $7
          WHERE import_id = $1 AND nth = $2")
        .bind(id.0)
        .bind(of.nth)
        .bind(facts.map_or(Ok(String::new()), |facts| as_json("facts", facts))?)
        .bind(facts.map_or_else(String::new, |facts| facts.email.trim().to_lowercase()))
        .bind(of.kind.map(Kind::as_str))
        .bind(of.twin.map(|twin| twin.0))
        .bind(of.choice.map(Choice::as_str))
        .exactly_one()
        .await
}

/// Another choice for one entry, or for all of a kind when `nth` is none.
pub async fn choose(
    tx: &mut Tx,
    id: ImportId,
    kind: Kind,
    nth: Option<i64>,
    choice: Choice,
) -> Result<u64, StoreError> {
    tx.q("UPDATE import_row SET choice = $4
          WHERE import_id = $1 AND kind = $2 AND ($3 < 0 OR nth = $3)")
        .bind(id.0)
        .bind(kind.as_str())
        .bind(nth.unwrap_or(-1))
        .bind(choice.as_str())
        .run()
        .await
}

/// Notes what an entry did to the address book; none when that was taken back.
pub async fn changed(tx: &mut Tx, id: ImportId, nth: i64, change: Option<&Change>) -> Result<(), StoreError> {
    let json = |facts: Option<&RawContact>| facts.map_or(Ok(String::new()), |facts| as_json("facts", facts));
    tx.q("UPDATE import_row SET contact_id = $3, before = $4, after = $5 WHERE import_id = $1 AND nth = $2")
        .bind(id.0)
        .bind(nth)
        .bind(change.map(|change| change.contact.0))
        .bind(json(change.and_then(|change| change.before.as_ref()))?)
        .bind(json(change.map(|change| &change.after))?)
        .exactly_one()
        .await
}

/// A connector's contacts that have one of these addresses or one of these names (as lists sort them).
pub async fn alike(
    tx: &mut Tx,
    owner: ConnectorId,
    addresses: &[String],
    names: &[String],
) -> Result<Vec<Contact>, StoreError> {
    let (addresses, names) = (as_json("addresses", addresses)?, as_json("names", names)?);
    let rows = tx
        .q2(
            "SELECT * FROM contact WHERE connector_id = $1
               AND email_key IN (SELECT value FROM json_each($2))
             UNION
             SELECT * FROM contact WHERE connector_id = $1
               AND name_key IN (SELECT value FROM json_each($3))",
            "SELECT * FROM contact WHERE connector_id = $1
               AND email_key IN (SELECT jsonb_array_elements_text(CAST($2 AS JSONB)))
             UNION
             SELECT * FROM contact WHERE connector_id = $1
               AND name_key IN (SELECT jsonb_array_elements_text(CAST($3 AS JSONB)))",
        )
        .bind(owner.0)
        .bind(addresses)
        .bind(names)
        .all()
        .await?;
    rows.iter().map(contacts::read).collect()
}

/// Which of these addresses stand in the file before place `before`.
pub async fn earlier(
    tx: &mut Tx,
    id: ImportId,
    before: i64,
    addresses: &[String],
) -> Result<Vec<String>, StoreError> {
    let rows = tx
        .q2(
            "SELECT DISTINCT email_key FROM import_row
             WHERE email_key IN (SELECT value FROM json_each($3)) AND import_id = $1 AND nth < $2",
            "SELECT DISTINCT email_key FROM import_row
             WHERE email_key IN (SELECT jsonb_array_elements_text(CAST($3 AS JSONB)))
               AND import_id = $1 AND nth < $2",
        )
        .bind(id.0)
        .bind(before)
        .bind(as_json("addresses", addresses)?)
        .all()
        .await?;
    rows.iter().map(|row| row.get("email_key")).collect()
}

fn read(row: &Row) -> Result<Entry, StoreError> {
    let contact: Option<uuid::Uuid> = row.opt("contact_id")?;
    let change = match (contact, facts(row, "after")?) {
        (Some(contact), Some(after)) => {
            Some(Change { contact: ContactId(contact), before: facts(row, "before")?, after })
        }
        _ => None,
    };
    Ok(Entry {
        nth: row.get("nth")?,
        line: row.get("line")?,
        cells: texts(row, "cells")?,
        facts: facts(row, "facts")?,
        kind: row.opt_word("kind", Kind::parse)?,
        twin: row.opt("twin_id")?.map(ContactId),
        choice: row.opt_word("choice", Choice::parse)?,
        change,
    })
}

fn facts(row: &Row, column: &'static str) -> Result<Option<RawContact>, StoreError> {
    let text: String = row.get(column)?;
    if text.is_empty() {
        return Ok(None);
    }
    serde_json::from_str(&text).map(Some).map_err(|error| StoreError::Data { column, why: error.to_string() })
}
