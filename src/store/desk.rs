//! The desk: where each introduction lies for its connector. Kept with every save, so that the page is
//! a few index reads whatever lies behind it.

use super::error::StoreError;
use super::introductions;
use super::query::Row;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::attention::{Lying, Need, Place};
use crate::domain::introduction::Introduction;
use crate::ids::{ConnectorId, IntroductionId};

/// A row of the desk with its introduction.
#[derive(Clone)]
pub struct DeskRow {
    pub introduction: Introduction,
    pub lying: Lying,
}

/// A position in a list: its time, and the id among those of the same time.
pub type Key = (Ts, IntroductionId);

/// Keeps where it lies.
pub async fn put(
    tx: &mut Tx,
    id: IntroductionId,
    connector: ConnectorId,
    row: &Lying,
) -> Result<(), StoreError> {
    tx.q("INSERT INTO desk (introduction_id, connector_id, place, at, need, need_at, settled_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7)
          ON CONFLICT (introduction_id) DO UPDATE SET place = excluded.place, at = excluded.at,
            need = excluded.need, need_at = excluded.need_at, settled_at = excluded.settled_at")
        .bind(id.0)
        .bind(connector.0)
        .bind(row.place.as_str())
        .bind(row.at.0)
        .bind(row.need.map(|(need, _)| need.as_str()))
        .bind(row.need.map(|(_, at)| at.0))
        .bind(row.settled_at.map(|at| at.0))
        .run()
        .await?;
    Ok(())
}

/// Where it lies; `None` when the service has not looked at it yet.
pub async fn find(tx: &mut Tx, id: IntroductionId) -> Result<Option<Lying>, StoreError> {
    let row = tx
        .q("SELECT place, at, need, need_at, settled_at FROM desk
            WHERE introduction_id = $1 AND place <> 'new'")
        .bind(id.0)
        .one()
        .await?;
    row.map(|row| read(&row)).transpose()
}

/// Rows of one place behind `after` and up to the time `until`, soonest first.
pub async fn rising(
    tx: &mut Tx,
    connector: ConnectorId,
    place: Place,
    after: Key,
    until: Ts,
    limit: i64,
) -> Result<Vec<DeskRow>, StoreError> {
    let rows = tx
        .q("SELECT introduction.*, desk.place, desk.at, desk.need, desk.need_at, desk.settled_at
            FROM desk JOIN introduction ON introduction.id = desk.introduction_id
            WHERE desk.connector_id = $1 AND desk.place = $2
              AND (desk.at, desk.introduction_id) > ($3, $4) AND desk.at <= $5
            ORDER BY desk.at, desk.introduction_id LIMIT $6")
        .bind(connector.0)
        .bind(place.as_str())
        .bind(after.0.0)
        .bind(after.1.0)
        .bind(until.0)
        .bind(limit)
        .all()
        .await?;
    with_introductions(tx, rows).await
}

/// Rows of one place before `before`, latest first.
pub async fn falling(
    tx: &mut Tx,
    connector: ConnectorId,
    place: Place,
    before: Key,
    limit: i64,
) -> Result<Vec<DeskRow>, StoreError> {
    let rows = tx
        .q("SELECT introduction.*, desk.place, desk.at, desk.need, desk.need_at, desk.settled_at
            FROM desk JOIN introduction ON introduction.id = desk.introduction_id
            WHERE desk.connector_id = $1 AND desk.place = $2
              AND (desk.at, desk.introduction_id) < ($3, $4)
            ORDER BY desk.at DESC, desk.introduction_id DESC LIMIT $5")
        .bind(connector.0)
        .bind(place.as_str())
        .bind(before.0.0)
        .bind(before.1.0)
        .bind(limit)
        .all()
        .await?;
    with_introductions(tx, rows).await
}

/// How many lie in a place behind the time `after` and up to `until`; counts no further than `cap`.
pub async fn count(
    tx: &mut Tx,
    connector: ConnectorId,
    place: Place,
    after: Ts,
    until: Ts,
    cap: i64,
) -> Result<i64, StoreError> {
    let row = tx
        .q("SELECT COUNT(*) AS n FROM (
              SELECT 1 FROM desk WHERE connector_id = $1 AND place = $2 AND at > $3 AND at <= $4 LIMIT $5
            ) AS counted")
        .bind(connector.0)
        .bind(place.as_str())
        .bind(after.0)
        .bind(until.0)
        .bind(cap)
        .one()
        .await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// Introductions of an older version that nobody has looked at yet.
pub async fn unplaced(tx: &mut Tx, limit: i64) -> Result<Vec<IntroductionId>, StoreError> {
    let rows = tx
        .q("SELECT introduction_id FROM desk WHERE place = 'new' ORDER BY introduction_id LIMIT $1")
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(|row| Ok(IntroductionId(row.get("introduction_id")?))).collect()
}

async fn with_introductions(tx: &mut Tx, rows: Vec<Row>) -> Result<Vec<DeskRow>, StoreError> {
    let lying = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let introductions = introductions::all_with_parties(tx, rows).await?;
    let pair = |(introduction, lying)| DeskRow { introduction, lying };
    Ok(introductions.into_iter().zip(lying).map(pair).collect())
}

fn read(row: &Row) -> Result<Lying, StoreError> {
    let need = row.opt_word("need", Need::parse)?;
    let need_at = row.opt("need_at")?.map(Ts);
    Ok(Lying {
        place: row.word("place", Place::parse)?,
        at: Ts(row.get("at")?),
        need: need.zip(need_at),
        settled_at: row.opt("settled_at")?.map(Ts),
    })
}
