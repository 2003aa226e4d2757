//! Which copy of the data this is, whether it may mail, and the newest time that was seen.

use super::error::StoreError;
use super::tx::Tx;
use super::{Db, Row};
use crate::clock::Ts;

/// The one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    pub id: String,
    pub epoch: String,
    pub place: String,
    pub quarantined_at: Option<Ts>,
    /// A word such as `restored`; empty outside of quarantine.
    pub why: String,
    pub seen_at: Ts,
    pub accepted_at: Option<Ts>,
}

pub async fn get(tx: &mut Tx) -> Result<Option<Instance>, StoreError> {
    let row = tx.q("SELECT * FROM instance WHERE one = 'this'").one().await?;
    row.as_ref().map(read).transpose()
}

/// Writes the row, unless another process was quicker. Whether it did.
pub async fn insert(tx: &mut Tx, new: &Instance) -> Result<bool, StoreError> {
    let made = tx
        .q("INSERT INTO instance (one, id, epoch, place, quarantined_at, why, seen_at, accepted_at)
            VALUES ('this', $1, $2, $3, $4, $5, $6, $7) ON CONFLICT (one) DO NOTHING")
        .bind(new.id.as_str())
        .bind(new.epoch.as_str())
        .bind(new.place.as_str())
        .bind(new.quarantined_at.map(|at| at.0))
        .bind(new.why.as_str())
        .bind(new.seen_at.0)
        .bind(new.accepted_at.map(|at| at.0))
        .run()
        .await?;
    Ok(made == 1)
}

/// Nobody is mailed from now on. One that stands keeps its reason.
pub async fn quarantine(tx: &mut Tx, why: &str, now: Ts) -> Result<(), StoreError> {
    tx.q("UPDATE instance SET quarantined_at = $1, why = $2 WHERE quarantined_at IS NULL")
        .bind(now.0)
        .bind(why)
        .run()
        .await?;
    Ok(())
}

/// Ends the quarantine: this copy, here, is the one that mails.
pub async fn resume(tx: &mut Tx, epoch: &str, place: &str) -> Result<(), StoreError> {
    tx.q("UPDATE instance SET quarantined_at = NULL, why = '', epoch = $1, place = $2")
        .bind(epoch)
        .bind(place)
        .run()
        .await?;
    Ok(())
}

/// Whether nobody may be mailed.
pub async fn is_quarantined(tx: &mut Tx) -> Result<bool, StoreError> {
    let row = tx.q("SELECT one FROM instance WHERE quarantined_at IS NOT NULL").one().await?;
    Ok(row.is_some())
}

/// Notes the time, if it is later than the newest that was seen.
pub async fn note_seen(tx: &mut Tx, at: Ts) -> Result<(), StoreError> {
    tx.q("UPDATE instance SET seen_at = $1 WHERE seen_at < $1").bind(at.0).run().await?;
    Ok(())
}

/// Notes the time, also when it is earlier: a clock that was wrong is right again.
pub async fn set_seen(tx: &mut Tx, at: Ts) -> Result<(), StoreError> {
    tx.q("UPDATE instance SET seen_at = $1").bind(at.0).run().await?;
    Ok(())
}

/// An operator says that the clock is right. Whether there is a row to say it to.
pub async fn accept_clock(tx: &mut Tx, at: Ts) -> Result<bool, StoreError> {
    Ok(tx.q("UPDATE instance SET accepted_at = $1, seen_at = $1").bind(at.0).run().await? == 1)
}

/// What tells a PostgreSQL database from every copy that was restored elsewhere: its cluster, its number in
/// it and the schema. Empty on SQLite, where a file beside the key ring does that.
pub async fn place(db: &Db) -> Result<String, StoreError> {
    let mut tx = db.read().await?;
    let row = tx
        .q2(
            "SELECT '' AS place",
            "SELECT CAST(c.system_identifier AS TEXT) || '/' || CAST(d.oid AS TEXT) || '/' || current_schema() AS place
             FROM pg_control_system() c, pg_database d WHERE d.datname = current_database()",
        )
        .one()
        .await?;
    row.ok_or(StoreError::Data { column: "place", why: "the server does not say what it is".into() })?
        .get("place")
}

fn read(row: &Row) -> Result<Instance, StoreError> {
    Ok(Instance {
        id: row.get("id")?,
        epoch: row.get("epoch")?,
        place: row.get("place")?,
        quarantined_at: row.opt("quarantined_at")?.map(Ts),
        why: row.get("why")?,
        seen_at: Ts(row.get("seen_at")?),
        accepted_at: row.opt("accepted_at")?.map(Ts),
    })
}
