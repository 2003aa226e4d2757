//! Whom the stop link of a mail outside any introduction belongs to, by keyed hash.

use super::error::StoreError;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::party::PersonKey;
use crate::ids::LinkRef;

/// A mail with this link goes to this person. Once more renews its time.
pub async fn add(tx: &mut Tx, link: LinkRef, person: PersonKey, now: Ts) -> Result<(), StoreError> {
    tx.q("INSERT INTO outside_link (link, person, at) VALUES ($1, $2, $3)
          ON CONFLICT (link) DO UPDATE SET person = excluded.person, at = excluded.at")
        .bind(link.0.to_vec())
        .bind(person.0.to_vec())
        .bind(now.0)
        .run()
        .await?;
    Ok(())
}

/// Whose it is.
pub async fn person_of(tx: &mut Tx, link: LinkRef) -> Result<Option<PersonKey>, StoreError> {
    let row = tx.q("SELECT person FROM outside_link WHERE link = $1").bind(link.0.to_vec()).one().await?;
    row.map(|row| row.bytes("person").map(PersonKey)).transpose()
}

/// Forgets those whose last mail left at `before` or earlier.
pub async fn prune(tx: &mut Tx, before: Ts) -> Result<u64, StoreError> {
    tx.q("DELETE FROM outside_link WHERE at <= $1").bind(before.0).run().await
}
