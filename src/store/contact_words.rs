//! The words that a contact is found by, one row each.

use super::error::StoreError;
use super::query::as_json;
use super::tx::Tx;
use crate::domain::contact::ContactFacts;
use crate::ids::{ConnectorId, ContactId};

/// Writes the words of a contact anew.
pub(super) async fn put(
    tx: &mut Tx,
    owner: ConnectorId,
    id: ContactId,
    facts: &ContactFacts,
) -> Result<(), StoreError> {
    tx.q("DELETE FROM contact_word WHERE contact_id = $1").bind(id.0).run().await?;
    put_first(tx, owner, id, facts).await
}

/// Writes the words of a contact that is new.
pub(super) async fn put_first(
    tx: &mut Tx,
    owner: ConnectorId,
    id: ContactId,
    facts: &ContactFacts,
) -> Result<(), StoreError> {
    let words = as_json("word", &facts.words())?;
    tx.q2(
        "INSERT INTO contact_word (connector_id, word, contact_id)
         SELECT $1, value, $2 FROM json_each($3) WHERE true",
        "INSERT INTO contact_word (connector_id, word, contact_id)
         SELECT $1, value, $2 FROM jsonb_array_elements_text(CAST($3 AS JSONB)) AS word (value)",
    )
    .bind(owner.0)
    .bind(id.0)
    .bind(words)
    .run()
    .await?;
    Ok(())
}
