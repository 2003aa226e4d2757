//! Forms of the composer that cannot be drafts yet, as they were typed.

use super::error::StoreError;
use super::query::Row;
use super::tx::Tx;
use crate::clock::Ts;
use crate::ids::{ConnectorId, UnfinishedId};

/// One of them.
#[derive(Clone)]
pub struct Unfinished {
    pub id: UnfinishedId,
    pub connector: ConnectorId,
    /// Field and text, as a JSON object.
    pub typed: String,
    pub updated_at: Ts,
}

/// Keeps it, new or once more.
pub async fn put(tx: &mut Tx, of: &Unfinished) -> Result<(), StoreError> {
    tx.q(
        "INSERT INTO unfinished (id, connector_id, typed, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
          ON CONFLICT (id) DO UPDATE SET typed = excluded.typed, updated_at = excluded.updated_at
          WHERE unfinished.connector_id = excluded.connector_id",
    )
    .bind(of.id.0)
    .bind(of.connector.0)
    .bind(of.typed.as_str())
    .bind(of.updated_at.0)
    .run()
    .await?;
    Ok(())
}

pub async fn get(
    tx: &mut Tx,
    owner: ConnectorId,
    id: UnfinishedId,
) -> Result<Option<Unfinished>, StoreError> {
    let row = tx
        .q("SELECT * FROM unfinished WHERE id = $1 AND connector_id = $2")
        .bind(id.0)
        .bind(owner.0)
        .one()
        .await?;
    row.as_ref().map(read).transpose()
}

/// All of a connector, the newest first. There are never many.
pub async fn of(tx: &mut Tx, owner: ConnectorId) -> Result<Vec<Unfinished>, StoreError> {
    let rows = tx
        .q("SELECT * FROM unfinished WHERE connector_id = $1 ORDER BY updated_at DESC LIMIT 100")
        .bind(owner.0)
        .all()
        .await?;
    rows.iter().map(read).collect()
}

/// Throws it away. `false` when there was none.
pub async fn discard(tx: &mut Tx, owner: ConnectorId, id: UnfinishedId) -> Result<bool, StoreError> {
    let gone = tx
        .q("DELETE FROM unfinished WHERE id = $1 AND connector_id = $2")
        .bind(id.0)
        .bind(owner.0)
        .run()
        .await?;
    Ok(gone == 1)
}

fn read(row: &Row) -> Result<Unfinished, StoreError> {
    Ok(Unfinished {
        id: UnfinishedId(row.get("id")?),
        connector: ConnectorId(row.get("connector_id")?),
        typed: row.get("typed")?,
        updated_at: Ts(row.get("updated_at")?),
    })
}
