//! The events of introductions: appended with the change, never changed.

use super::error::StoreError;
use super::query::Row;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::asking::Side;
use crate::domain::event::{Event, What};
use crate::domain::introduction::Introduction;
use crate::ids::IntroductionId;

/// Appends what happened behind the introduction's last event. The number is the key, so a repeated
/// save cannot write an event twice.
pub(super) async fn append(tx: &mut Tx, of: &Introduction, happened: &[Event]) -> Result<(), StoreError> {
    for (nth, event) in (1_i64..).zip(happened) {
        tx.q("INSERT INTO event (introduction_id, seq, connector_id, at, what, side, detail, number, quiet)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
            .bind(of.id.0)
            .bind(of.events + nth)
            .bind(of.connector.0)
            .bind(event.at.0)
            .bind(event.what.as_str())
            .bind(event.side.map(Side::as_str))
            .bind(event.what.detail())
            .bind(event.what.number())
            .bind(event.quiet)
            .run()
            .await?;
    }
    Ok(())
}

/// What the connector may see of an introduction's events, oldest first, after number `after`.
pub async fn shown(
    tx: &mut Tx,
    id: IntroductionId,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, Event)>, StoreError> {
    let rows = tx
        .q("SELECT * FROM event WHERE introduction_id = $1 AND seq > $2 AND quiet = $3 ORDER BY seq LIMIT $4")
        .bind(id.0)
        .bind(after)
        .bind(false)
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(read).collect()
}

/// All events of an introduction, for the service's own use and for tests.
pub async fn all(tx: &mut Tx, id: IntroductionId) -> Result<Vec<(i64, Event)>, StoreError> {
    let rows = tx.q("SELECT * FROM event WHERE introduction_id = $1 ORDER BY seq").bind(id.0).all().await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<(i64, Event), StoreError> {
    let word: String = row.get("what")?;
    let detail: Option<String> = row.opt("detail")?;
    let what = What::parse(&word, detail.as_deref(), row.opt("number")?).ok_or_else(|| StoreError::Data {
        column: "what",
        why: "an event this version does not know".into(),
    })?;
    let event = Event {
        at: Ts(row.get("at")?),
        what,
        side: row.opt_word("side", Side::parse)?,
        quiet: row.get("quiet")?,
    };
    Ok((row.get("seq")?, event))
}
