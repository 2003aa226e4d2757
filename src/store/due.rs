//! What time alone makes happen to introductions: which are due, and when the next is.

use super::error::StoreError;
use super::tx::Tx;
use crate::clock::Ts;
use crate::ids::{ConnectorId, IntroductionId};

/// The introductions for which something is due, longest overdue first.
pub async fn by(tx: &mut Tx, now: Ts, limit: i64) -> Result<Vec<IntroductionId>, StoreError> {
    let rows = tx
        .q("SELECT id FROM introduction WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at LIMIT $2")
        .bind(now.0)
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(|row| Ok(IntroductionId(row.get("id")?))).collect()
}

/// How many introductions are due.
pub async fn count(tx: &mut Tx, now: Ts) -> Result<i64, StoreError> {
    let row = tx
        .q("SELECT COUNT(*) AS n FROM introduction WHERE due_at IS NOT NULL AND due_at <= $1")
        .bind(now.0)
        .one()
        .await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// When the next introduction becomes due.
pub async fn next(tx: &mut Tx) -> Result<Option<Ts>, StoreError> {
    let row = tx
        .q("SELECT due_at FROM introduction WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1")
        .one()
        .await?;
    row.map(|row| row.get("due_at").map(Ts)).transpose()
}

/// Nothing more is due for those of a connector that were introduced: nobody is there to read check-ins.
pub async fn rest(tx: &mut Tx, connector: ConnectorId) -> Result<u64, StoreError> {
    tx.q("UPDATE introduction SET due_at = NULL
          WHERE connector_id = $1 AND state = 'introduced' AND due_at IS NOT NULL")
        .bind(connector.0)
        .run()
        .await
}
