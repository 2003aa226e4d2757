//! Who found a job, as far as it concerns a connector.

use uuid::Uuid;

use super::error::StoreError;
use super::query::Row;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::party::PersonKey;
use crate::ids::ConnectorId;

/// One connector is told that somebody landed.
#[derive(Clone, PartialEq, Eq)]
pub struct Landed {
    pub id: Uuid,
    pub connector: ConnectorId,
    pub person: PersonKey,
    pub name: String,
    pub at: Ts,
    /// The connector has said their thanks.
    pub settled_at: Option<Ts>,
}

/// Notes it; once more is nothing.
pub async fn note(tx: &mut Tx, new: &Landed) -> Result<(), StoreError> {
    tx.q("INSERT INTO landed (id, connector_id, person, name, at) VALUES ($1, $2, $3, $4, $5)
          ON CONFLICT (connector_id, person) DO NOTHING")
        .bind(new.id)
        .bind(new.connector.0)
        .bind(new.person.0.to_vec())
        .bind(new.name.as_str())
        .bind(new.at.0)
        .run()
        .await?;
    Ok(())
}

/// Those that wait for the connector, the oldest first.
pub async fn open(tx: &mut Tx, owner: ConnectorId) -> Result<Vec<Landed>, StoreError> {
    let rows = tx
        .q("SELECT * FROM landed WHERE connector_id = $1 AND settled_at IS NULL ORDER BY at, id LIMIT 50")
        .bind(owner.0)
        .all()
        .await?;
    rows.iter().map(read).collect()
}

pub async fn get(tx: &mut Tx, owner: ConnectorId, id: Uuid) -> Result<Option<Landed>, StoreError> {
    let row =
        tx.q("SELECT * FROM landed WHERE id = $1 AND connector_id = $2").bind(id).bind(owner.0).one().await?;
    row.as_ref().map(read).transpose()
}

/// Whether this person told it.
pub async fn is_known(tx: &mut Tx, person: PersonKey) -> Result<bool, StoreError> {
    let row = tx.q("SELECT id FROM landed WHERE person = $1 LIMIT 1").bind(person.0.to_vec()).one().await?;
    Ok(row.is_some())
}

/// The connector has thanked.
pub async fn settle(tx: &mut Tx, owner: ConnectorId, id: Uuid, now: Ts) -> Result<bool, StoreError> {
    let settled = tx
        .q("UPDATE landed SET settled_at = $3 WHERE id = $1 AND connector_id = $2")
        .bind(id)
        .bind(owner.0)
        .bind(now.0)
        .run()
        .await?;
    Ok(settled == 1)
}

/// Forgets what an account was told.
pub async fn delete_all(tx: &mut Tx, owner: ConnectorId) -> Result<u64, StoreError> {
    tx.q("DELETE FROM landed WHERE connector_id = $1").bind(owner.0).run().await
}

/// Forgets what is older.
pub async fn prune(tx: &mut Tx, before: Ts) -> Result<u64, StoreError> {
    tx.q("DELETE FROM landed WHERE at <= $1").bind(before.0).run().await
}

fn read(row: &Row) -> Result<Landed, StoreError> {
    Ok(Landed {
        id: row.get("id")?,
        connector: ConnectorId(row.get("connector_id")?),
        person: PersonKey(row.bytes("person")?),
        name: row.get("name")?,
        at: Ts(row.get("at")?),
        settled_at: row.opt("settled_at")?.map(Ts),
    })
}
