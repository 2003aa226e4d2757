//! What parties told a connector in their own words, and whom the connector thanked.

use super::desk::Key;
use super::error::StoreError;
use super::introductions;
use super::query::Row;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::asking::Side;
use crate::domain::introduction::Introduction;
use crate::domain::thanks::{Thanks, Words};
use crate::ids::{ConnectorId, IntroductionId};

/// Keeps what a party says now, in the place of what they said before.
pub async fn say(tx: &mut Tx, of: &Introduction, side: Side, words: &str, now: Ts) -> Result<(), StoreError> {
    tx.q(
        "INSERT INTO thanks (introduction_id, side, connector_id, words, said_at) VALUES ($1, $2, $3, $4, $5)
          ON CONFLICT (introduction_id, side) DO UPDATE
            SET words = excluded.words, said_at = excluded.said_at, read_at = NULL",
    )
    .bind(of.id.0)
    .bind(side.as_str())
    .bind(of.connector.0)
    .bind(words)
    .bind(now.0)
    .run()
    .await?;
    Ok(())
}

/// What this party said.
pub async fn said(tx: &mut Tx, id: IntroductionId, side: Side) -> Result<Option<Words>, StoreError> {
    let row = tx
        .q("SELECT * FROM thanks WHERE introduction_id = $1 AND side = $2")
        .bind(id.0)
        .bind(side.as_str())
        .one()
        .await?;
    row.as_ref().map(read).transpose()
}

/// What both parties of an introduction said, the first one's words first.
pub async fn of(tx: &mut Tx, owner: ConnectorId, id: IntroductionId) -> Result<Vec<Words>, StoreError> {
    let rows = tx
        .q("SELECT * FROM thanks WHERE introduction_id = $1 AND connector_id = $2 ORDER BY side")
        .bind(id.0)
        .bind(owner.0)
        .all()
        .await?;
    rows.iter().map(read).collect()
}

/// What was said to a connector, the newest first, behind `before`.
pub async fn page(
    tx: &mut Tx,
    owner: ConnectorId,
    before: Key,
    limit: i64,
) -> Result<Vec<(Words, Introduction)>, StoreError> {
    let rows = tx
        .q("SELECT introduction.*, thanks.introduction_id, thanks.side, thanks.words, thanks.said_at, thanks.read_at
            FROM thanks JOIN introduction ON introduction.id = thanks.introduction_id
            WHERE thanks.connector_id = $1 AND (thanks.said_at, thanks.introduction_id) < ($2, $3)
            ORDER BY thanks.said_at DESC, thanks.introduction_id DESC LIMIT $4")
        .bind(owner.0)
        .bind(before.0.0)
        .bind(before.1.0)
        .bind(limit)
        .all()
        .await?;
    let words = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(words.into_iter().zip(introductions::all_with_parties(tx, rows).await?).collect())
}

/// How much of it the connector has not read.
pub async fn unread(tx: &mut Tx, owner: ConnectorId) -> Result<i64, StoreError> {
    let row = tx
        .q("SELECT COUNT(*) AS n FROM thanks WHERE connector_id = $1 AND read_at IS NULL")
        .bind(owner.0)
        .one()
        .await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// The connector has read what was said until `until`.
pub async fn read_all(tx: &mut Tx, owner: ConnectorId, until: Ts, now: Ts) -> Result<u64, StoreError> {
    tx.q("UPDATE thanks SET read_at = $3 WHERE connector_id = $1 AND read_at IS NULL AND said_at <= $2")
        .bind(owner.0)
        .bind(until.0)
        .bind(now.0)
        .run()
        .await
}

/// Introductions that somebody is to be thanked for, or was, the latest first, behind `before`.
pub async fn owed(
    tx: &mut Tx,
    owner: ConnectorId,
    given: bool,
    before: Key,
    limit: i64,
) -> Result<Vec<Thanks>, StoreError> {
    let rows = tx
        .q("SELECT introduction.*, desk.need_at, desk.settled_at
            FROM desk JOIN introduction ON introduction.id = desk.introduction_id
            WHERE desk.connector_id = $1 AND desk.need IN ('thanks', 'landed') AND (desk.need_at, desk.introduction_id) < ($2, $3)
              AND (desk.settled_at IS NOT NULL) = $4
            ORDER BY desk.need_at DESC, desk.introduction_id DESC LIMIT $5")
        .bind(owner.0)
        .bind(before.0.0)
        .bind(before.1.0)
        .bind(given)
        .bind(limit)
        .all()
        .await?;
    let times = rows
        .iter()
        .map(|row| Ok((Ts(row.get("need_at")?), row.opt("settled_at")?.map(Ts))))
        .collect::<Result<Vec<_>, StoreError>>()?;
    let introductions = introductions::all_with_parties(tx, rows).await?;
    let thanks = |(introduction, (since, given_at))| Thanks { introduction, since, given_at };
    Ok(introductions.into_iter().zip(times).map(thanks).collect())
}

/// Forgets what a party said.
pub async fn forget(tx: &mut Tx, id: IntroductionId, side: Side) -> Result<(), StoreError> {
    tx.q("DELETE FROM thanks WHERE introduction_id = $1 AND side = $2")
        .bind(id.0)
        .bind(side.as_str())
        .run()
        .await?;
    Ok(())
}

/// Deletes what was said to an account.
pub async fn delete_all(tx: &mut Tx, owner: ConnectorId) -> Result<u64, StoreError> {
    tx.q("DELETE FROM thanks WHERE connector_id = $1").bind(owner.0).run().await
}

/// Deletes what was said at `before` or earlier.
pub async fn prune(tx: &mut Tx, before: Ts) -> Result<u64, StoreError> {
    tx.q("DELETE FROM thanks WHERE said_at <= $1").bind(before.0).run().await
}

fn read(row: &Row) -> Result<Words, StoreError> {
    Ok(Words {
        introduction: IntroductionId(row.get("introduction_id")?),
        side: row.word("side", Side::parse)?,
        text: row.get("words")?,
        said_at: Ts(row.get("said_at")?),
        read_at: row.opt("read_at")?.map(Ts),
    })
}
