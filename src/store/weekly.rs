//! Who asked for the week's suggestions by mail, and when the next one is due.

use super::connectors::read;
use super::error::StoreError;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::connector::Connector;
use crate::ids::{ConnectorId, MessageId};

/// When the next one leaves; `None` for whoever did not ask.
pub async fn of(tx: &mut Tx, id: ConnectorId) -> Result<Option<Ts>, StoreError> {
    let row = tx.q("SELECT weekly_due FROM connector WHERE id = $1").bind(id.0).one().await?;
    match row {
        Some(row) => Ok(row.opt("weekly_due")?.map(Ts)),
        None => Ok(None),
    }
}

/// The mails that may speak of whoever has this address: those of every connector who knows them.
pub async fn mails_about(tx: &mut Tx, email: &str) -> Result<Vec<MessageId>, StoreError> {
    let rows = tx
        .q("SELECT id FROM message WHERE kind = 'weekly' AND text_part <> ''
              AND connector_id IN (SELECT connector_id FROM contact WHERE email_key = $1)")
        .bind(email.to_lowercase())
        .all()
        .await?;
    rows.iter().map(|row| Ok(MessageId(row.get("id")?))).collect()
}

/// Asks for it, or with `None` not any more.
pub async fn set(tx: &mut Tx, id: ConnectorId, due: Option<Ts>) -> Result<(), StoreError> {
    tx.q("UPDATE connector SET weekly_due = $2 WHERE id = $1 AND deleted_at IS NULL")
        .bind(id.0)
        .bind(due.map(|due| due.0))
        .exactly_one()
        .await
}

/// Whose time has come, each with that time.
pub async fn due(tx: &mut Tx, now: Ts, limit: i64) -> Result<Vec<(Connector, Ts)>, StoreError> {
    let rows = tx
        .q("SELECT * FROM connector WHERE weekly_due <= $1 AND suspended_at IS NULL AND deleted_at IS NULL
            ORDER BY weekly_due, id LIMIT $2")
        .bind(now.0)
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(|row| Ok((read(row)?, Ts(row.get("weekly_due")?)))).collect()
}

/// On to the next one. `false` when another process was quicker, or nobody wants it any more.
pub async fn move_on(tx: &mut Tx, id: ConnectorId, from: Ts, to: Ts) -> Result<bool, StoreError> {
    let moved = tx
        .q("UPDATE connector SET weekly_due = $3 WHERE id = $1 AND weekly_due = $2")
        .bind(id.0)
        .bind(from.0)
        .bind(to.0)
        .run()
        .await?;
    Ok(moved == 1)
}
