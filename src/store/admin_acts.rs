//! What admins did: appended in the transaction that does it, never changed.

use super::error::StoreError;
use super::query::Row;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::admin_act::Act;
use crate::ids::{ActId, ConnectorId};

/// One deed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminAct {
    pub id: ActId,
    pub at: Ts,
    pub admin: ConnectorId,
    pub what: Act,
    /// What it was done to: an id, a route, or a masked address. Never an address in clear.
    pub subject: String,
    /// The reason that was typed, if one was.
    pub detail: String,
}

pub async fn append(tx: &mut Tx, act: &AdminAct) -> Result<(), StoreError> {
    tx.q("INSERT INTO admin_act (id, at, admin_id, what, subject, detail) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(act.id.0)
        .bind(act.at.0)
        .bind(act.admin.0)
        .bind(act.what.as_str())
        .bind(act.subject.as_str())
        .bind(act.detail.as_str())
        .run()
        .await?;
    Ok(())
}

/// A page of deeds, newest first.
pub async fn page(tx: &mut Tx, before: Option<ActId>, limit: i64) -> Result<Vec<AdminAct>, StoreError> {
    let rows = tx
        .q("SELECT * FROM admin_act WHERE id < $1 ORDER BY id DESC LIMIT $2")
        .bind(before.map_or(uuid::Uuid::max(), |id| id.0))
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(read).collect()
}

/// The last deeds about one thing, newest first.
pub async fn about(tx: &mut Tx, subject: &str, limit: i64) -> Result<Vec<AdminAct>, StoreError> {
    let rows = tx
        .q("SELECT * FROM admin_act WHERE subject = $1 ORDER BY id DESC LIMIT $2")
        .bind(subject)
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<AdminAct, StoreError> {
    Ok(AdminAct {
        id: ActId(row.get("id")?),
        at: Ts(row.get("at")?),
        admin: ConnectorId(row.get("admin_id")?),
        what: row.word("what", Act::parse)?,
        subject: row.get("subject")?,
        detail: row.get("detail")?,
    })
}
