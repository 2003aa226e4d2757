//! Who was erased, as keyed hashes: a backup that is older than an erasure is told of it when it is restored.

use super::error::StoreError;
use super::query::Row;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::party::PersonKey;

/// One erasure.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    pub person: PersonKey,
    pub at: Ts,
}

/// Writes an erasure down, in the unit that erases. Of several of one person the last counts.
pub async fn note(tx: &mut Tx, of: Erased) -> Result<(), StoreError> {
    tx.q("INSERT INTO erasure (person, at) VALUES ($1, $2)
          ON CONFLICT (person) DO UPDATE SET at = excluded.at WHERE excluded.at > erasure.at")
        .bind(of.person.0.to_vec())
        .bind(of.at.0)
        .run()
        .await?;
    Ok(())
}

/// Whether a person was erased not long ago.
pub async fn has(tx: &mut Tx, person: PersonKey) -> Result<bool, StoreError> {
    let row = tx.q("SELECT 1 AS n FROM erasure WHERE person = $1").bind(person.0.to_vec()).one().await?;
    Ok(row.is_some())
}

/// Up to `limit` erasures from `since` on, oldest first, after `after` when that is given. A list for a
/// backup is read page by page, each after the last of the page before.
pub async fn since(
    tx: &mut Tx,
    since: Ts,
    after: Option<Erased>,
    limit: i64,
) -> Result<Vec<Erased>, StoreError> {
    let after = after.unwrap_or(Erased { person: PersonKey([0; 32]), at: Ts(i64::MIN) });
    let rows = tx
        .q("SELECT person, at FROM erasure WHERE at >= $1 AND (at > $2 OR (at = $2 AND person > $3))
            ORDER BY at, person LIMIT $4")
        .bind(since.0)
        .bind(after.at.0)
        .bind(after.person.0.to_vec())
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(read).collect()
}

/// Forgets erasures before `before`: no backup is that old.
pub async fn prune(tx: &mut Tx, before: Ts) -> Result<u64, StoreError> {
    tx.q("DELETE FROM erasure WHERE at < $1").bind(before.0).run().await
}

fn read(row: &Row) -> Result<Erased, StoreError> {
    Ok(Erased { person: PersonKey(row.bytes("person")?), at: Ts(row.get("at")?) })
}
