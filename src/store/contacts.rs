//! Contacts of connectors. Every query carries the owner.

use super::error::StoreError;
use super::query::Row;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::address::EmailAddress;
use crate::domain::contact::{Contact, ContactFacts};
use crate::ids::{ConnectorId, ContactId};

/// Adds a contact. `false` when this connector has one with the same address.
pub async fn insert(tx: &mut Tx, new: &Contact) -> Result<bool, StoreError> {
    let facts = &new.facts;
    let added = tx
        .q("INSERT INTO contact (id, connector_id, version, name, email, email_key, described, employer,
              how_known, notes, language, created_at, updated_at)
            VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
            ON CONFLICT (connector_id, email_key) DO NOTHING")
        .bind(new.id.0)
        .bind(new.connector.0)
        .bind(facts.name.as_str())
        .bind(facts.email.as_str())
        .bind(facts.email.as_str().to_lowercase())
        .bind(facts.described.as_str())
        .bind(facts.employer.as_str())
        .bind(facts.how_known.as_str())
        .bind(facts.notes.as_str())
        .bind(facts.language.as_str())
        .bind(new.created_at.0)
        .run()
        .await?;
    Ok(added == 1)
}

pub async fn get(tx: &mut Tx, owner: ConnectorId, id: ContactId) -> Result<Option<Contact>, StoreError> {
    let row = tx
        .q("SELECT * FROM contact WHERE id = $1 AND connector_id = $2")
        .bind(id.0)
        .bind(owner.0)
        .one()
        .await?;
    row.as_ref().map(read).transpose()
}

/// A page of a connector's contacts, newest first.
pub async fn page(
    tx: &mut Tx,
    owner: ConnectorId,
    before: Option<ContactId>,
    limit: i64,
) -> Result<Vec<Contact>, StoreError> {
    let before = before.map_or(uuid::Uuid::max(), |id| id.0);
    let rows = tx
        .q("SELECT * FROM contact WHERE connector_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3")
        .bind(owner.0)
        .bind(before)
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(read).collect()
}

/// Saves new facts, if nobody else saved since `contact` was read.
///
/// # Errors
/// [`StoreError::Stale`], and [`StoreError::Rule`] when another contact has the new address.
pub async fn update(tx: &mut Tx, contact: &Contact, facts: &ContactFacts, now: Ts) -> Result<(), StoreError> {
    tx.q("UPDATE contact SET version = version + 1, name = $4, email = $5, email_key = $6, described = $7,
            employer = $8, how_known = $9, notes = $10, language = $11, updated_at = $12
          WHERE id = $1 AND connector_id = $2 AND version = $3")
        .bind(contact.id.0)
        .bind(contact.connector.0)
        .bind(contact.version)
        .bind(facts.name.as_str())
        .bind(facts.email.as_str())
        .bind(facts.email.as_str().to_lowercase())
        .bind(facts.described.as_str())
        .bind(facts.employer.as_str())
        .bind(facts.how_known.as_str())
        .bind(facts.notes.as_str())
        .bind(facts.language.as_str())
        .bind(now.0)
        .exactly_one()
        .await
}

/// Deletes it. `false` when there was none. Introductions keep their own copy of the person.
pub async fn delete(tx: &mut Tx, owner: ConnectorId, id: ContactId) -> Result<bool, StoreError> {
    let gone = tx
        .q("DELETE FROM contact WHERE id = $1 AND connector_id = $2")
        .bind(id.0)
        .bind(owner.0)
        .run()
        .await?;
    Ok(gone == 1)
}

/// Deletes the whole address book of an account.
pub async fn delete_all(tx: &mut Tx, owner: ConnectorId) -> Result<u64, StoreError> {
    tx.q("DELETE FROM contact WHERE connector_id = $1").bind(owner.0).run().await
}

fn read(row: &Row) -> Result<Contact, StoreError> {
    let email: String = row.get("email")?;
    Ok(Contact {
        id: ContactId(row.get("id")?),
        connector: ConnectorId(row.get("connector_id")?),
        version: row.get("version")?,
        facts: ContactFacts {
            name: row.get("name")?,
            email: EmailAddress::parse("email", &email)
                .map_err(|problem| StoreError::Data { column: "email", why: problem.code.to_owned() })?,
            described: row.get("described")?,
            employer: row.get("employer")?,
            how_known: row.get("how_known")?,
            notes: row.get("notes")?,
            language: row.get("language")?,
        },
        created_at: Ts(row.get("created_at")?),
        updated_at: Ts(row.get("updated_at")?),
    })
}
