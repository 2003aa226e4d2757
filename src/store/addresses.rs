//! How often an address may be written to when somebody types it, and the change of an account's own.

use super::error::StoreError;
use super::tx::Tx;
use crate::clock::{Span, Ts};
use crate::domain::address::EmailAddress;
use crate::ids::ConnectorId;

/// Takes one mail out of an address's allowance of `burst` at once and one more `every`. `false` when
/// nothing is left; then nothing is written.
///
/// One moment a row (GCRA): when the allowance will be full again.
pub async fn take(
    tx: &mut Tx,
    address: [u8; 32],
    now: Ts,
    burst: i64,
    every: Span,
) -> Result<bool, StoreError> {
    let taken = tx
        .q("INSERT INTO address_limit (address, full_at) VALUES ($1, $3)
            ON CONFLICT (address) DO UPDATE SET
              full_at = CASE WHEN address_limit.full_at > $2 THEN address_limit.full_at ELSE $2 END + $4
            WHERE address_limit.full_at <= $5")
        .bind(address.to_vec())
        .bind(now.0)
        .bind((now + every).0)
        .bind(every.0)
        .bind((now + Span(every.0.saturating_mul(burst - 1))).0)
        .run()
        .await?;
    Ok(taken == 1)
}

/// A new address that waits for its code.
#[derive(Clone)]
pub struct Change {
    pub connector: ConnectorId,
    pub email: EmailAddress,
    pub code: [u8; 32],
    pub tries: i64,
    pub expires_at: Ts,
}

/// Keeps it; an earlier one of this account is forgotten.
pub async fn put(tx: &mut Tx, new: &Change) -> Result<(), StoreError> {
    tx.q("INSERT INTO account_move (connector_id, email, code_hash, tries, expires_at)
          VALUES ($1, $2, $3, 0, $4)
          ON CONFLICT (connector_id) DO UPDATE SET email = excluded.email, code_hash = excluded.code_hash,
            tries = 0, expires_at = excluded.expires_at")
        .bind(new.connector.0)
        .bind(new.email.as_str())
        .bind(new.code.to_vec())
        .bind(new.expires_at.0)
        .run()
        .await?;
    Ok(())
}

/// The one that waits, unless its time is over.
pub async fn waiting(tx: &mut Tx, of: ConnectorId, now: Ts) -> Result<Option<Change>, StoreError> {
    let row = tx
        .q("SELECT * FROM account_move WHERE connector_id = $1 AND expires_at > $2")
        .bind(of.0)
        .bind(now.0)
        .one()
        .await?;
    let Some(row) = row else { return Ok(None) };
    let email: String = row.get("email")?;
    Ok(Some(Change {
        connector: of,
        email: EmailAddress::parse("email", &email)
            .map_err(|problem| StoreError::Data { column: "email", why: problem.code.to_owned() })?,
        code: row.bytes("code_hash")?,
        tries: row.get("tries")?,
        expires_at: Ts(row.get("expires_at")?),
    }))
}

/// Counts a wrong code.
pub async fn count_try(tx: &mut Tx, of: ConnectorId) -> Result<(), StoreError> {
    tx.q("UPDATE account_move SET tries = tries + 1 WHERE connector_id = $1").bind(of.0).run().await?;
    Ok(())
}

/// Forgets it. `false` when there was none: somebody else used it.
pub async fn forget(tx: &mut Tx, of: ConnectorId) -> Result<bool, StoreError> {
    Ok(tx.q("DELETE FROM account_move WHERE connector_id = $1").bind(of.0).run().await? == 1)
}
