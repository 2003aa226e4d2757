//! Mails that wait in the outbox of a copy: counted by age, and taken back.

use super::error::StoreError;
use super::tx::Tx;
use crate::clock::Ts;

/// How many mails of one kind wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfKind {
    pub kind: String,
    /// Queued since the first bound,
    pub day: i64,
    /// before it and since the second,
    pub week: i64,
    /// and before that.
    pub older: i64,
}

/// Counts what has not left, per kind. Also what was on its way when the copy was made.
pub async fn by_age(tx: &mut Tx, day: Ts, week: Ts) -> Result<Vec<OfKind>, StoreError> {
    let rows = tx
        .q("SELECT kind,
              CAST(SUM(CASE WHEN created_at >= $1 THEN 1 ELSE 0 END) AS BIGINT) AS day,
              CAST(SUM(CASE WHEN created_at < $1 AND created_at >= $2 THEN 1 ELSE 0 END) AS BIGINT) AS week,
              CAST(SUM(CASE WHEN created_at < $2 THEN 1 ELSE 0 END) AS BIGINT) AS older
            FROM delivery WHERE state IN ('queued', 'leased', 'transmitting', 'deferred', 'unknown')
            GROUP BY kind ORDER BY kind")
        .bind(day.0)
        .bind(week.0)
        .all()
        .await?;
    rows.iter()
        .map(|row| {
            Ok(OfKind {
                kind: row.get("kind")?,
                day: row.get("day")?,
                week: row.get("week")?,
                older: row.get("older")?,
            })
        })
        .collect()
}

/// Takes back what was queued before `before` and has not left. How many that were.
pub async fn discard(tx: &mut Tx, before: Ts, now: Ts) -> Result<u64, StoreError> {
    tx.q("UPDATE delivery SET state = 'cancelled', leased_until = NULL, finished_at = $2,
            last_words = 'taken back'
          WHERE state IN ('queued', 'leased', 'transmitting', 'deferred', 'unknown') AND created_at < $1")
        .bind(before.0)
        .bind(now.0)
        .run()
        .await
}
