//! The breaker of each mail route, shared by all processes.

use super::error::StoreError;
use super::query::Row;
use super::tx::Tx;
use crate::clock::Ts;

/// A route's health.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    pub name: String,
    /// Failures since the last success.
    pub failures: i64,
    pub paused_until: Option<Ts>,
    /// The last trouble in words, without addresses.
    pub words: String,
    pub changed_at: Ts,
}

pub async fn get(tx: &mut Tx, name: &str) -> Result<Option<Route>, StoreError> {
    let row = tx.q("SELECT * FROM route WHERE name = $1").bind(name).one().await?;
    row.as_ref().map(read).transpose()
}

pub async fn put(tx: &mut Tx, route: &Route) -> Result<(), StoreError> {
    tx.q("INSERT INTO route (name, failures, paused_until, words, changed_at) VALUES ($1, $2, $3, $4, $5)
          ON CONFLICT (name) DO UPDATE SET failures = excluded.failures, paused_until = excluded.paused_until,
            words = excluded.words, changed_at = excluded.changed_at")
        .bind(route.name.as_str())
        .bind(route.failures)
        .bind(route.paused_until.map(|at| at.0))
        .bind(route.words.as_str())
        .bind(route.changed_at.0)
        .run()
        .await?;
    Ok(())
}

/// All routes that there ever were: as many as relays.
pub async fn all(tx: &mut Tx) -> Result<Vec<Route>, StoreError> {
    tx.q("SELECT * FROM route ORDER BY name").all().await?.iter().map(read).collect()
}

/// Ends the pause of a route: what waits for its end is due now, the first of it as the probe. Whether there
/// was a pause.
pub async fn end_pause(tx: &mut Tx, name: &str, now: Ts) -> Result<bool, StoreError> {
    let paused = get(tx, name).await?.filter(|route| route.failures > 0);
    let Some(until) = paused.and_then(|route| route.paused_until).filter(|until| *until > now) else {
        return Ok(false);
    };
    let ended = tx
        .q("UPDATE route SET paused_until = $3 WHERE name = $1 AND failures > 0 AND paused_until = $2")
        .bind(name)
        .bind(until.0)
        .bind(now.0)
        .run()
        .await?;
    // A delivery given back for the pause waits for exactly its end.
    tx.q("UPDATE delivery SET due_at = $2
          WHERE (state = 'queued' OR state = 'deferred' OR state = 'unknown') AND state = 'queued' AND due_at = $1")
        .bind(until.0)
        .bind(now.0)
        .run()
        .await?;
    Ok(ended == 1)
}

fn read(row: &Row) -> Result<Route, StoreError> {
    Ok(Route {
        name: row.get("name")?,
        failures: row.get("failures")?,
        paused_until: row.opt("paused_until")?.map(Ts),
        words: row.get("words")?,
        changed_at: Ts(row.get("changed_at")?),
    })
}
