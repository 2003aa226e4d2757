//! What changes in an account: settings, role, suspension, deletion; and the admin's list of them.

use super::connectors::{key, read};
use super::error::StoreError;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::address::EmailAddress;
use crate::domain::connector::{Connector, Role};
use crate::ids::ConnectorId;

/// One account in the admin's list.
#[derive(Clone)]
pub struct Account {
    pub connector: Connector,
    /// When they were last here; `None` when they never came.
    pub seen_at: Option<Ts>,
    /// Introductions that are neither over nor drafts.
    pub open: i64,
}

/// Name, signature, time zone and language.
pub async fn save_profile(tx: &mut Tx, of: &Connector) -> Result<(), StoreError> {
    tx.q("UPDATE connector SET name = $2, signature = $3, time_zone = $4, language = $5
          WHERE id = $1 AND deleted_at IS NULL")
        .bind(of.id.0)
        .bind(of.name.as_str())
        .bind(of.signature.as_str())
        .bind(of.time_zone.as_str())
        .bind(of.language.as_str())
        .exactly_one()
        .await
}

/// A new address. `false` when another account has it.
pub async fn set_email(tx: &mut Tx, id: ConnectorId, email: &EmailAddress) -> Result<bool, StoreError> {
    let changed = tx
        .q("UPDATE connector SET email = $2, email_key = $3 WHERE id = $1 AND deleted_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM connector other WHERE other.email_key = $3 AND other.id <> $1)")
        .bind(id.0)
        .bind(email.as_str())
        .bind(key(email))
        .run()
        .await?;
    Ok(changed == 1)
}

pub async fn set_role(tx: &mut Tx, id: ConnectorId, role: Role) -> Result<(), StoreError> {
    tx.q("UPDATE connector SET role = $2 WHERE id = $1 AND deleted_at IS NULL")
        .bind(id.0)
        .bind(role.as_str())
        .exactly_one()
        .await
}

/// Suspends it at this moment, or resumes it with `None`.
pub async fn set_suspended(tx: &mut Tx, id: ConnectorId, at: Option<Ts>) -> Result<(), StoreError> {
    tx.q("UPDATE connector SET suspended_at = $2 WHERE id = $1 AND deleted_at IS NULL")
        .bind(id.0)
        .bind(at.map(|at| at.0))
        .exactly_one()
        .await
}

/// The admins who may act, locked until the unit ends: two of them cannot remove each other.
pub async fn active_admins(tx: &mut Tx) -> Result<Vec<ConnectorId>, StoreError> {
    let rows = tx
        .q2(
            "SELECT id FROM connector WHERE role = 'admin' AND suspended_at IS NULL AND deleted_at IS NULL
             ORDER BY id",
            "SELECT id FROM connector WHERE role = 'admin' AND suspended_at IS NULL AND deleted_at IS NULL
             ORDER BY id FOR UPDATE",
        )
        .all()
        .await?;
    rows.iter().map(|row| Ok(ConnectorId(row.get("id")?))).collect()
}

/// Marks it deleted. Name and address stay until [`scrub`], but nobody finds it by its address any more,
/// which may be invited anew.
pub async fn mark_deleted(tx: &mut Tx, id: ConnectorId, now: Ts) -> Result<(), StoreError> {
    tx.q("UPDATE connector SET deleted_at = $2, email_key = $3, weekly_due = NULL WHERE id = $1 AND deleted_at IS NULL")
        .bind(id.0)
        .bind(now.0)
        .bind(format!("deleted/{id}"))
        .exactly_one()
        .await
}

/// Deleted accounts that still have a name.
pub async fn leaving(tx: &mut Tx) -> Result<Vec<Connector>, StoreError> {
    let rows = tx
        .q("SELECT * FROM connector WHERE deleted_at IS NOT NULL AND scrubbed_at IS NULL ORDER BY deleted_at")
        .all()
        .await?;
    rows.iter().map(read).collect()
}

/// Suspended accounts with introductions under way that were not taken back.
pub async fn suspended_and_running(tx: &mut Tx) -> Result<Vec<Connector>, StoreError> {
    let rows = tx
        .q("SELECT * FROM connector c WHERE c.suspended_at IS NOT NULL AND c.deleted_at IS NULL
            AND EXISTS (SELECT 1 FROM introduction i WHERE i.connector_id = c.id
              AND i.state IN ('asking', 'agreed') AND i.withdrawn_at IS NULL)
            ORDER BY c.id")
        .all()
        .await?;
    rows.iter().map(read).collect()
}

/// Forgets the name, the address and whatever else was personal; `name` stands there from now on.
pub async fn scrub(tx: &mut Tx, id: ConnectorId, name: &str, now: Ts) -> Result<(), StoreError> {
    tx.q(
        "UPDATE connector SET scrubbed_at = $2, email = 'former@deleted.invalid', name = $3, signature = '',
            seen_at = NULL
          WHERE id = $1 AND deleted_at IS NOT NULL AND scrubbed_at IS NULL",
    )
    .bind(id.0)
    .bind(now.0)
    .bind(name)
    .exactly_one()
    .await?;
    tx.q("DELETE FROM api_token WHERE connector_id = $1").bind(id.0).run().await?;
    tx.q("DELETE FROM idempotency WHERE connector_id = $1").bind(id.0).run().await?;
    Ok(())
}

/// A page of the accounts that are there, newest first, older than `before`.
pub async fn page(tx: &mut Tx, before: Option<ConnectorId>, limit: i64) -> Result<Vec<Account>, StoreError> {
    let rows = tx
        .q("SELECT c.*, (SELECT COUNT(*) FROM introduction i
              WHERE i.connector_id = c.id AND i.state IN ('asking', 'agreed')) AS open
            FROM connector c WHERE c.deleted_at IS NULL AND c.id < $1 ORDER BY c.id DESC LIMIT $2")
        .bind(before.map_or(uuid::Uuid::max(), |id| id.0))
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(read_account).collect()
}

/// One of them.
pub async fn one(tx: &mut Tx, id: ConnectorId) -> Result<Option<Account>, StoreError> {
    let row = tx
        .q("SELECT c.*, (SELECT COUNT(*) FROM introduction i
              WHERE i.connector_id = c.id AND i.state IN ('asking', 'agreed')) AS open
            FROM connector c WHERE c.deleted_at IS NULL AND c.id = $1")
        .bind(id.0)
        .one()
        .await?;
    row.as_ref().map(read_account).transpose()
}

fn read_account(row: &super::Row) -> Result<Account, StoreError> {
    Ok(Account { connector: read(row)?, seen_at: row.opt("seen_at")?.map(Ts), open: row.get("open")? })
}
