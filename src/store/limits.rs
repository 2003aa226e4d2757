//! What the limits look at: what a connector did so far, and what was between two people before.

use super::error::StoreError;
use super::tx::Tx;
use super::{Row, erasure_ledger, reports};
use crate::clock::Ts;
use crate::domain::introduction::StateName;
use crate::domain::limits::{DAY, LATELY, Lately, Limits, Record};
use crate::domain::party::PersonKey;
use crate::domain::same_two::Before;
use crate::ids::{ConnectorId, IntroductionId};

/// Lets nobody else decide about these people until the unit ends, so that two who ask at once cannot both be the last
/// that is allowed. SQLite has one writer anyway.
pub async fn hold(tx: &mut Tx, two: [PersonKey; 2]) -> Result<(), StoreError> {
    if !tx.is_remote() {
        return Ok(());
    }
    let mut keys = two.map(|person| lock_key(&person));
    // One order for everybody.
    keys.sort_unstable();
    tx.q_postgres("SELECT pg_advisory_xact_lock($1), pg_advisory_xact_lock($2)")
        .bind(keys[0])
        .bind(keys[1])
        .run()
        .await?;
    Ok(())
}

/// The same for a connector.
pub async fn hold_connector(tx: &mut Tx, id: ConnectorId) -> Result<(), StoreError> {
    if !tx.is_remote() {
        return Ok(());
    }
    tx.q_postgres("SELECT 1 FROM connector WHERE id = $1 FOR NO KEY UPDATE").bind(id.0).run().await?;
    Ok(())
}

fn lock_key(person: &PersonKey) -> i64 {
    let mut start = [0; 8];
    start.copy_from_slice(&person.0[..8]);
    i64::from_be_bytes(start)
}

/// What a connector did so far; `but` is not among what is under way.
pub async fn record(
    tx: &mut Tx,
    who: ConnectorId,
    but: Option<IntroductionId>,
    limits: &Limits,
    now: Ts,
) -> Result<Record, StoreError> {
    Ok(Record {
        open: open(tx, who, but).await?,
        introduced: introduced(tx, who, limits.introduced_that_count()).await?,
        begun: begun(tx, who, now - DAY, limits.begun_per_day).await?,
        lately: lately(tx, who).await?,
    })
}

async fn open(tx: &mut Tx, who: ConnectorId, but: Option<IntroductionId>) -> Result<u32, StoreError> {
    let row = tx
        .q("SELECT COUNT(*) AS n FROM introduction
            WHERE connector_id = $1 AND state IN ('asking', 'agreed') AND id <> $2")
        .bind(who.0)
        .bind(but.map_or(uuid::Uuid::nil(), |id| id.0))
        .one()
        .await?;
    count(row.as_ref(), "n")
}

async fn introduced(tx: &mut Tx, who: ConnectorId, enough: u32) -> Result<u32, StoreError> {
    let row = tx
        .q("SELECT COUNT(*) AS n FROM
              (SELECT 1 FROM introduction WHERE connector_id = $1 AND state = 'introduced' LIMIT $2) AS few")
        .bind(who.0)
        .bind(i64::from(enough))
        .one()
        .await?;
    count(row.as_ref(), "n")
}

async fn begun(tx: &mut Tx, who: ConnectorId, since: Ts, enough: u32) -> Result<Vec<Ts>, StoreError> {
    let rows = tx
        .q("SELECT asked_at FROM introduction WHERE connector_id = $1 AND asked_at > $2
            ORDER BY asked_at DESC LIMIT $3")
        .bind(who.0)
        .bind(since.0)
        .bind(i64::from(enough))
        .all()
        .await?;
    rows.iter().map(|row| row.get("asked_at").map(Ts)).collect()
}

/// What came back of the last introductions, since an admin last let the connector go on.
pub async fn lately(tx: &mut Tx, who: ConnectorId) -> Result<Lately, StoreError> {
    let cleared = tx.q("SELECT cleared_at FROM connector WHERE id = $1").bind(who.0).one().await?;
    let cleared: Option<i64> = cleared.map_or(Ok(None), |row| row.opt("cleared_at"))?;
    let cleared = Ts(cleared.unwrap_or(0));
    let row = tx
        .q("SELECT COUNT(*) AS asked, COUNT(party.undeliverable_at) AS unreachable, MIN(last.asked_at) AS since
            FROM (SELECT id, asked_at FROM introduction WHERE connector_id = $1 AND asked_at > $2
                  ORDER BY asked_at DESC LIMIT $3) AS last
            JOIN party ON party.introduction_id = last.id WHERE party.asked_at IS NOT NULL")
        .bind(who.0)
        .bind(cleared.0)
        .bind(i64::from(LATELY))
        .one()
        .await?;
    let since: Option<i64> = row.as_ref().map_or(Ok(None), |row| row.opt("since"))?;
    let since = since.map_or(cleared, |at| cleared.max(Ts(at)));
    let complaints = reports::complaints(tx, who, since).await?;
    Ok(Lately {
        asked: count(row.as_ref(), "asked")?,
        unreachable: count(row.as_ref(), "unreachable")?,
        complaints: u32::try_from(complaints).unwrap_or(u32::MAX),
    })
}

/// Connectors of whom something came back lately; no more than `limit`, those with the most first. Looks at the
/// `newest` of each kind of what came back. Whether it pauses them is for [`lately`] to say.
pub async fn suspects(tx: &mut Tx, limit: i64, newest: i64) -> Result<Vec<ConnectorId>, StoreError> {
    let rows = tx
        .q("SELECT connector_id, COUNT(*) AS n FROM
              (SELECT connector_id FROM
                 (SELECT connector_id FROM complaint ORDER BY introduction_id DESC LIMIT $2) AS inside
               UNION ALL
               SELECT connector_id FROM
                 (SELECT connector_id FROM outside_complaint ORDER BY at DESC LIMIT $2) AS outside
               UNION ALL
               SELECT introduction.connector_id FROM
                 (SELECT introduction_id FROM party WHERE undeliverable_at IS NOT NULL
                  ORDER BY introduction_id DESC LIMIT $2) AS dead
               JOIN introduction ON introduction.id = dead.introduction_id) AS came_back
            GROUP BY connector_id ORDER BY n DESC, connector_id LIMIT $1")
        .bind(limit)
        .bind(newest)
        .all()
        .await?;
    rows.iter().map(|row| Ok(ConnectorId(row.get("connector_id")?))).collect()
}

/// An admin looked: what came back until now holds nobody any more.
pub async fn clear(tx: &mut Tx, who: ConnectorId, now: Ts) -> Result<(), StoreError> {
    tx.q("UPDATE connector SET cleared_at = $2 WHERE id = $1 AND deleted_at IS NULL")
        .bind(who.0)
        .bind(now.0)
        .exactly_one()
        .await
}

/// The introductions of these two to each other that began to ask since then, by whomever. The one that is to ask
/// again now does not stand in its own way while it is under way.
///
/// Whoever was erased is not found by their key in older introductions. For the limits they are anybody erased who was
/// to meet the other one: to ask them anew must not be possible any sooner than after another ending.
pub async fn same_two(
    tx: &mut Tx,
    who: ConnectorId,
    asks: IntroductionId,
    [one, other]: [PersonKey; 2],
    since: Ts,
) -> Result<Vec<Before>, StoreError> {
    let erased = erasure_ledger::has(tx, one).await?;
    let mut found = met(tx, who, asks, [one, other], erased, since).await?;
    if erasure_ledger::has(tx, other).await? {
        found.extend(met(tx, who, asks, [other, one], true, since).await?);
    }
    Ok(found)
}

async fn met(
    tx: &mut Tx,
    who: ConnectorId,
    asks: IntroductionId,
    [one, other]: [PersonKey; 2],
    erased: bool,
    since: Ts,
) -> Result<Vec<Before>, StoreError> {
    let rows = tx
        .q("SELECT i.connector_id AS connector_id, i.state AS state, i.asked_at AS asked_at,
              i.closed_at AS closed_at, i.introduced_at AS introduced_at,
              CASE WHEN p.side = 'first' AND q.asked_at IS NULL THEN p.shown_until
                WHEN q.side = 'first' AND p.asked_at IS NULL THEN q.shown_until END AS invited_at
            FROM party AS q
            JOIN party AS p ON p.introduction_id = q.introduction_id AND p.side <> q.side
            JOIN introduction AS i ON i.id = q.introduction_id
            WHERE q.person = $2 AND (p.person = $1 OR ($5 AND p.erased_at IS NOT NULL)) AND i.asked_at > $3
              AND (i.id <> $4 OR i.state = 'closed')
            ORDER BY i.asked_at DESC LIMIT 100")
        .bind(one.0.to_vec())
        .bind(other.0.to_vec())
        .bind(since.0)
        .bind(asks.0)
        .bind(erased)
        .all()
        .await?;
    rows.iter()
        .map(|row| {
            let ended_at = match row.word("state", StateName::parse)? {
                StateName::Closed => row.opt("closed_at")?,
                StateName::Introduced => row.opt("introduced_at")?,
                StateName::Draft | StateName::Asking | StateName::Agreed => None,
            };
            Ok(Before {
                own: ConnectorId(row.get("connector_id")?) == who,
                asked_at: Ts(row.get("asked_at")?),
                ended_at: ended_at.map(Ts),
                invited_at: row.opt("invited_at")?.map(Ts),
            })
        })
        .collect()
}

fn count(row: Option<&Row>, column: &'static str) -> Result<u32, StoreError> {
    let many: i64 = row.map_or(Ok(0), |row| row.get(column))?;
    Ok(u32::try_from(many).unwrap_or(u32::MAX))
}
