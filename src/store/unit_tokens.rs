//! Whether a unit was committed whose connection was lost meanwhile (PostgreSQL).
//!
//! Each unit leaves a token in its own transaction. Whoever wants to know its fate claims the token: the
//! claim waits for a transaction that is still open, finds the unit's own row when it was committed, and
//! keeps it from ever being committed when it was not. `pg_xact_status` would not do: a number whose
//! transaction left nothing in the log is given again after a crash.

use uuid::Uuid;

use super::error::StoreError;
use super::tx::Tx;
use crate::clock::Ts;

/// Begins a unit and leaves its token, in one round trip.
pub(super) const BEGIN: &str = "BEGIN; INSERT INTO unit_token DEFAULT VALUES RETURNING token";

/// True when the unit of this token was committed. Otherwise it never will be.
pub async fn was_committed(tx: &mut Tx, token: Uuid) -> Result<bool, StoreError> {
    tx.q("INSERT INTO unit_token (token, undone) VALUES ($1, 1) ON CONFLICT (token) DO NOTHING")
        .bind(token)
        .run()
        .await?;
    let row = tx.q("SELECT undone FROM unit_token WHERE token = $1").bind(token).one().await?;
    let row = row.ok_or(StoreError::Unsure)?;
    Ok(row.get::<i64>("undone")? == 0)
}

/// Forgets the tokens of units that nobody asks for any more.
pub async fn prune(tx: &mut Tx, before: Ts) -> Result<u64, StoreError> {
    tx.q("DELETE FROM unit_token WHERE at < $1").bind(before.0).run().await
}
