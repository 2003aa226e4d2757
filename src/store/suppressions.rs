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

/// Adds a suppression. One that stands stays as it is.
pub async fn add(tx: &mut Tx, person: PersonKey, source: Source, now: Ts) -> Result<(), StoreError> {
    tx.q("INSERT INTO suppression (person, source, introduction_id, side, created_at)
          VALUES ($1, 'party', $2, $3, $4) ON CONFLICT (person) DO NOTHING")
        .bind(person.0.to_vec())
        .bind(source.introduction.0)
        .bind(source.side.as_str())
        .bind(now.0)
        .run()
        .await?;
    Ok(())
}

/// Lifts the suppression that this very party made in this very introduction.
pub async fn lift_own(tx: &mut Tx, person: PersonKey, source: Source) -> Result<(), StoreError> {
    tx.q("DELETE FROM suppression WHERE person = $1 AND introduction_id = $2 AND side = $3")
        .bind(person.0.to_vec())
        .bind(source.introduction.0)
        .bind(source.side.as_str())
        .run()
        .await?;
    Ok(())
}

/// Since when this person is never to be asked, if so.
pub async fn since(tx: &mut Tx, person: PersonKey) -> Result<Option<Ts>, StoreError> {
    let row =
        tx.q("SELECT created_at FROM suppression WHERE person = $1").bind(person.0.to_vec()).one().await?;
    row.map(|row| row.get("created_at").map(Ts)).transpose()
}
