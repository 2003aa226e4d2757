//! Answers of the API that were given once under an `Idempotency-Key`, to be given again.

use super::error::StoreError;
use super::tx::Tx;
use crate::clock::Ts;
use crate::ids::ConnectorId;

/// What was answered.
#[derive(Clone)]
pub struct Saved {
    pub request: [u8; 32],
    pub status: u16,
    pub body: String,
}

pub async fn find(tx: &mut Tx, connector: ConnectorId, key: &str) -> Result<Option<Saved>, StoreError> {
    let row = tx
        .q("SELECT request_hash, status, body FROM idempotency WHERE connector_id = $1 AND key = $2")
        .bind(connector.0)
        .bind(key)
        .one()
        .await?;
    row.map(|row| {
        let status: i64 = row.get("status")?;
        Ok(Saved {
            request: row.bytes("request_hash")?,
            status: u16::try_from(status).unwrap_or(500),
            body: row.get("body")?,
        })
    })
    .transpose()
}

/// Takes the key. `false` when it is taken already.
pub async fn take(
    tx: &mut Tx,
    connector: ConnectorId,
    key: &str,
    new: &Saved,
    now: Ts,
) -> Result<bool, StoreError> {
    let taken = tx
        .q("INSERT INTO idempotency (connector_id, key, request_hash, status, body, created_at)
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (connector_id, key) DO NOTHING")
        .bind(connector.0)
        .bind(key)
        .bind(new.request.to_vec())
        .bind(i64::from(new.status))
        .bind(new.body.as_str())
        .bind(now.0)
        .run()
        .await?;
    Ok(taken == 1)
}

/// Forgets keys older than `before`.
pub async fn prune(tx: &mut Tx, before: Ts) -> Result<u64, StoreError> {
    tx.q("DELETE FROM idempotency WHERE created_at < $1").bind(before.0).run().await
}
