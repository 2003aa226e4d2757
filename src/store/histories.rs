//! What was between a connector and a person before, found by the keyed hash of the address.

use super::error::StoreError;
use super::introductions;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::introduction::Introduction;
use crate::domain::party::PersonKey;
use crate::ids::{ConnectorId, IntroductionId};

/// A connector's introductions of this person, newest first.
pub async fn of_person(
    tx: &mut Tx,
    owner: ConnectorId,
    person: PersonKey,
    limit: i64,
) -> Result<Vec<Introduction>, StoreError> {
    let rows = tx
        .q("SELECT introduction.id AS id FROM party JOIN introduction ON introduction.id = party.introduction_id
            WHERE party.person = $1 AND introduction.connector_id = $2
            ORDER BY introduction.id DESC LIMIT $3")
        .bind(person.0.to_vec())
        .bind(owner.0)
        .bind(limit)
        .all()
        .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        found.extend(introductions::view(tx, IntroductionId(row.get("id")?)).await?);
    }
    Ok(found)
}

/// A connector's newest introduction to this person as a colleague that was asked about since `since`.
pub async fn sent_to_colleague(
    tx: &mut Tx,
    owner: ConnectorId,
    colleague: PersonKey,
    since: Ts,
) -> Result<Option<Introduction>, StoreError> {
    let row = tx
        .q("SELECT introduction.id AS id FROM party JOIN introduction ON introduction.id = party.introduction_id
            WHERE party.person = $1 AND party.side = 'second' AND introduction.connector_id = $2
              AND introduction.purpose = 'colleague' AND introduction.state <> 'draft'
              AND introduction.created_at >= $3
            ORDER BY introduction.id DESC LIMIT 1")
        .bind(colleague.0.to_vec())
        .bind(owner.0)
        .bind(since.0)
        .one()
        .await?;
    match row {
        Some(row) => introductions::view(tx, IntroductionId(row.get("id")?)).await,
        None => Ok(None),
    }
}

/// A connector's newest introduction of these two to each other that was more than a draft.
pub async fn of_pair(
    tx: &mut Tx,
    owner: ConnectorId,
    one: PersonKey,
    other: PersonKey,
) -> Result<Option<Introduction>, StoreError> {
    let row = tx
        .q("SELECT introduction.id AS id FROM party AS p
            JOIN party AS q ON q.introduction_id = p.introduction_id AND q.side <> p.side
            JOIN introduction ON introduction.id = p.introduction_id
            WHERE p.person = $1 AND q.person = $2 AND introduction.connector_id = $3
              AND introduction.state <> 'draft'
            ORDER BY introduction.id DESC LIMIT 1")
        .bind(one.0.to_vec())
        .bind(other.0.to_vec())
        .bind(owner.0)
        .one()
        .await?;
    match row {
        Some(row) => introductions::view(tx, IntroductionId(row.get("id")?)).await,
        None => Ok(None),
    }
}
