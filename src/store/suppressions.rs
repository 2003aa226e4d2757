//! "Never ask this address again", kept as a keyed hash.

use super::error::StoreError;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::asking::Side;
use crate::domain::party::PersonKey;
use crate::ids::IntroductionId;

/// Where a suppression came from: only the same party's own change of mind takes it back.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    pub introduction: IntroductionId,
    pub side: Side,
}

/// Adds a suppression. One that stands stays as it is. Whether it is new.
pub async fn add(tx: &mut Tx, person: PersonKey, source: Source, now: Ts) -> Result<bool, StoreError> {
    let added = tx
        .q("INSERT INTO suppression (person, source, introduction_id, side, created_at)
          VALUES ($1, 'party', $2, $3, $4) ON CONFLICT (person) DO NOTHING")
        .bind(person.0.to_vec())
        .bind(source.introduction.0)
        .bind(source.side.as_str())
        .bind(now.0)
        .run()
        .await?;
    Ok(added == 1)
}

/// Adds one that came of no introduction. Whether it is new.
pub async fn add_outside(tx: &mut Tx, person: PersonKey, now: Ts) -> Result<bool, StoreError> {
    let added = tx
        .q("INSERT INTO suppression (person, source, introduction_id, side, created_at)
          VALUES ($1, 'party', NULL, NULL, $2) ON CONFLICT (person) DO NOTHING")
        .bind(person.0.to_vec())
        .bind(now.0)
        .run()
        .await?;
    Ok(added == 1)
}

/// Lifts the suppression that this very party made in this very introduction. Whether one stood.
pub async fn lift_own(tx: &mut Tx, person: PersonKey, source: Source) -> Result<bool, StoreError> {
    let lifted = tx
        .q("DELETE FROM suppression WHERE person = $1 AND introduction_id = $2 AND side = $3")
        .bind(person.0.to_vec())
        .bind(source.introduction.0)
        .bind(source.side.as_str())
        .run()
        .await?;
    Ok(lifted == 1)
}

/// Since when this person is never to be asked, if so.
pub async fn since(tx: &mut Tx, person: PersonKey) -> Result<Option<Ts>, StoreError> {
    let row =
        tx.q("SELECT created_at FROM suppression WHERE person = $1").bind(person.0.to_vec()).one().await?;
    row.map(|row| row.get("created_at").map(Ts)).transpose()
}

/// A suppression, as far as an admin may know it: never from which introduction it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    pub since: Ts,
    pub by_admin: bool,
    /// The admin's reason; empty for a person's own wish.
    pub reason: String,
}

pub async fn find(tx: &mut Tx, person: PersonKey) -> Result<Option<Suppression>, StoreError> {
    let row = tx
        .q("SELECT source, reason, created_at FROM suppression WHERE person = $1")
        .bind(person.0.to_vec())
        .one()
        .await?;
    row.map(|row| {
        Ok(Suppression {
            since: Ts(row.get("created_at")?),
            by_admin: row.get::<String>("source")? == "admin",
            reason: row.get("reason")?,
        })
    })
    .transpose()
}

/// Adds one for a person who told the operator. One of their own becomes this one and keeps its date: a
/// later change of mind on an answer page must not lift what they wrote to the operator.
pub async fn add_by_admin(tx: &mut Tx, person: PersonKey, reason: &str, now: Ts) -> Result<(), StoreError> {
    tx.q("INSERT INTO suppression (person, source, introduction_id, side, created_at, reason)
          VALUES ($1, 'admin', NULL, NULL, $2, $3)
          ON CONFLICT (person) DO UPDATE SET source = excluded.source, reason = excluded.reason,
            introduction_id = NULL, side = NULL")
        .bind(person.0.to_vec())
        .bind(now.0)
        .bind(reason)
        .run()
        .await?;
    Ok(())
}

/// Since when, and whether it was the person who wished it: then the person may take it back.
pub async fn of(tx: &mut Tx, person: PersonKey) -> Result<Option<(Ts, bool)>, StoreError> {
    let row = tx
        .q("SELECT created_at, source FROM suppression WHERE person = $1")
        .bind(person.0.to_vec())
        .one()
        .await?;
    row.map(|row| Ok((Ts(row.get("created_at")?), row.get::<String>("source")? == "party"))).transpose()
}

/// Lifts what the person wished, wherever they did. Whether something stood.
pub async fn lift_by_person(tx: &mut Tx, person: PersonKey) -> Result<bool, StoreError> {
    let lifted = tx
        .q("DELETE FROM suppression WHERE person = $1 AND source = 'party'")
        .bind(person.0.to_vec())
        .run()
        .await?;
    Ok(lifted == 1)
}

/// Lifts whatever stands. Whether one did.
pub async fn lift(tx: &mut Tx, person: PersonKey) -> Result<bool, StoreError> {
    let lifted = tx.q("DELETE FROM suppression WHERE person = $1").bind(person.0.to_vec()).run().await?;
    Ok(lifted == 1)
}

/// How many were made from `from` on and before `until`, by who made them.
pub async fn count(tx: &mut Tx, from: Ts, until: Ts) -> Result<Vec<(String, i64)>, StoreError> {
    let rows = tx
        .q("SELECT source, COUNT(*) AS many FROM suppression
            WHERE created_at >= $1 AND created_at < $2 GROUP BY source ORDER BY source")
        .bind(from.0)
        .bind(until.0)
        .all()
        .await?;
    rows.iter().map(|row| Ok((row.get("source")?, row.get("many")?))).collect()
}

/// A person who changes their address takes "never" along; the old address keeps it.
pub async fn copy(tx: &mut Tx, from: PersonKey, to: PersonKey) -> Result<(), StoreError> {
    tx.q("INSERT INTO suppression (person, source, introduction_id, side, created_at, reason)
          SELECT $2, source, introduction_id, side, created_at, reason FROM suppression WHERE person = $1
          ON CONFLICT (person) DO NOTHING")
        .bind(from.0.to_vec())
        .bind(to.0.to_vec())
        .run()
        .await?;
    Ok(())
}

/// One suppression as a list beside a backup has it: no words, no introduction.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    pub person: PersonKey,
    pub since: Ts,
    pub by_admin: bool,
}

/// Up to `limit` of them behind this person, in the order of their hashes.
pub async fn list(tx: &mut Tx, after: Option<PersonKey>, limit: i64) -> Result<Vec<Listed>, StoreError> {
    let rows = tx
        .q("SELECT person, created_at, source FROM suppression WHERE person > $1 ORDER BY person LIMIT $2")
        .bind(after.map_or_else(Vec::new, |after| after.0.to_vec()))
        .bind(limit)
        .all()
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Listed {
                person: PersonKey(row.bytes("person")?),
                since: Ts(row.get("created_at")?),
                by_admin: row.get::<String>("source")? == "admin",
            })
        })
        .collect()
}

/// Adds one from a list; whether it was missing. A person's own wish of whose introduction nothing is known
/// can still be lifted by them on their page.
pub async fn add_listed(tx: &mut Tx, of: Listed) -> Result<bool, StoreError> {
    let added = tx
        .q("INSERT INTO suppression (person, source, introduction_id, side, created_at)
            VALUES ($1, $2, NULL, NULL, $3) ON CONFLICT (person) DO NOTHING")
        .bind(of.person.0.to_vec())
        .bind(if of.by_admin { "admin" } else { "party" })
        .bind(of.since.0)
        .run()
        .await?;
    Ok(added == 1)
}
