//! Files of contacts on their way into an address book. Every query carries the owner, but for the one that looks
//! for work.

use super::error::StoreError;
use super::query::{Row, as_json};
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::import::{Counts, Import, Stage};
use crate::ids::{ConnectorId, ImportId};

pub async fn insert(tx: &mut Tx, new: &Import) -> Result<(), StoreError> {
    tx.q("INSERT INTO contact_import (id, connector_id, name, format, columns, mapping, stage, entries, next, added,
            merged, skipped, faulty, kept, created_at, updated_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, 0, 0, 0, 0, $8, $8)")
        .bind(new.id.0)
        .bind(new.connector.0)
        .bind(new.name.as_str())
        .bind(new.format.as_str())
        .bind(as_json("columns", &new.columns)?)
        .bind(as_json("mapping", &new.mapping)?)
        .bind(new.stage.as_str())
        .bind(new.created_at.0)
        .run()
        .await?;
    Ok(())
}

pub async fn get(tx: &mut Tx, owner: ConnectorId, id: ImportId) -> Result<Option<Import>, StoreError> {
    let row = tx
        .q("SELECT * FROM contact_import WHERE id = $1 AND connector_id = $2")
        .bind(id.0)
        .bind(owner.0)
        .one()
        .await?;
    row.as_ref().map(read).transpose()
}

/// The newest of a connector.
pub async fn page(tx: &mut Tx, owner: ConnectorId, limit: i64) -> Result<Vec<Import>, StoreError> {
    let rows = tx
        .q("SELECT * FROM contact_import WHERE connector_id = $1 ORDER BY id DESC LIMIT $2")
        .bind(owner.0)
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(read).collect()
}

/// The oldest that the service is at, whoever's it is, behind `after`.
pub async fn at_work(tx: &mut Tx, after: Option<ImportId>) -> Result<Option<Import>, StoreError> {
    let row = tx
        .q("SELECT * FROM contact_import
            WHERE stage IN ('checking', 'applying', 'undoing') AND id > $1 ORDER BY id LIMIT 1")
        .bind(after.map_or(uuid::Uuid::nil(), |id| id.0))
        .one()
        .await?;
    row.as_ref().map(read).transpose()
}

/// Saves where it stands, if it still stands where it was read.
///
/// # Errors
/// [`StoreError::Stale`] when somebody else moved it on.
pub async fn save(tx: &mut Tx, old: &Import, new: &Import, now: Ts) -> Result<(), StoreError> {
    tx.q("UPDATE contact_import SET stage = $5, next = $6, entries = $7, mapping = $8, added = $9, merged = $10,
            skipped = $11, faulty = $12, kept = $13, format = $14, columns = $15, updated_at = $16
          WHERE id = $1 AND connector_id = $2 AND stage = $3 AND next = $4")
        .bind(new.id.0)
        .bind(new.connector.0)
        .bind(old.stage.as_str())
        .bind(old.next)
        .bind(new.stage.as_str())
        .bind(new.next)
        .bind(new.rows)
        .bind(as_json("mapping", &new.mapping)?)
        .bind(new.counts.added)
        .bind(new.counts.merged)
        .bind(new.counts.skipped)
        .bind(new.counts.faulty)
        .bind(new.counts.kept)
        .bind(new.format.as_str())
        .bind(as_json("columns", &new.columns)?)
        .bind(now.0)
        .exactly_one()
        .await
}

/// Deletes it with its entries. What was taken over stays.
pub async fn delete(tx: &mut Tx, owner: ConnectorId, id: ImportId) -> Result<u64, StoreError> {
    tx.q("DELETE FROM contact_import WHERE id = $1 AND connector_id = $2")
        .bind(id.0)
        .bind(owner.0)
        .run()
        .await
}

/// Deletes all of an account.
pub async fn delete_all(tx: &mut Tx, owner: ConnectorId) -> Result<u64, StoreError> {
    tx.q("DELETE FROM contact_import WHERE connector_id = $1").bind(owner.0).run().await
}

/// Deletes those that nobody said yes to since `begun`, and those that came to their end before `ended`.
pub async fn prune(tx: &mut Tx, begun: Ts, ended: Ts) -> Result<u64, StoreError> {
    tx.q("DELETE FROM contact_import
          WHERE (stage IN ('reading', 'mapping', 'ready') AND updated_at <= $1)
             OR (stage IN ('done', 'undone') AND updated_at <= $2)")
        .bind(begun.0)
        .bind(ended.0)
        .run()
        .await
}

fn read(row: &Row) -> Result<Import, StoreError> {
    Ok(Import {
        id: ImportId(row.get("id")?),
        connector: ConnectorId(row.get("connector_id")?),
        name: row.get("name")?,
        format: row.get("format")?,
        columns: texts(row, "columns")?,
        mapping: texts(row, "mapping")?,
        stage: row.word("stage", Stage::parse)?,
        rows: row.get("entries")?,
        next: row.get("next")?,
        counts: Counts {
            added: row.get("added")?,
            merged: row.get("merged")?,
            skipped: row.get("skipped")?,
            faulty: row.get("faulty")?,
            kept: row.get("kept")?,
        },
        created_at: Ts(row.get("created_at")?),
        updated_at: Ts(row.get("updated_at")?),
    })
}

pub(super) fn texts(row: &Row, column: &'static str) -> Result<Vec<String>, StoreError> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| StoreError::Data { column, why: error.to_string() })
}
