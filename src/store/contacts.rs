//! Contacts of connectors. Every query carries the owner.

use super::contact_text;
use super::contact_words;
use super::error::StoreError;
use super::query::{Query, Row};
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::address::EmailAddress;
use crate::domain::circle::Circle;
use crate::domain::contact::{Contact, ContactFacts};
use crate::domain::facets::Facets;
use crate::ids::{ConnectorId, ContactId};

/// Adds a contact. `false` when this connector has one with the same address.
pub async fn insert(tx: &mut Tx, new: &Contact) -> Result<bool, StoreError> {
    let facts = &new.facts;
    let added = tx
        .q("INSERT INTO contact (id, connector_id, version, name, email, email_key, described, employer,
              how_known, notes, language, created_at, updated_at, name_key, circle, left_out, role, field, place,
              speaks, looking_for, can_help)
            VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12, $13, $14, $15, $16, $17, $18, $19,
              $20)
            ON CONFLICT (connector_id, email_key) DO NOTHING")
        .bind(new.id.0)
        .bind(new.connector.0)
        .bind(facts.name.as_str())
        .bind(facts.address())
        .bind(email_key(new.id, facts))
        .bind(facts.described.as_str())
        .bind(facts.employer.as_str())
        .bind(facts.how_known.as_str())
        .bind(facts.notes.as_str())
        .bind(facts.language.as_str())
        .bind(new.created_at.0)
        .bind(facts.sort_key());
    let added = with_facets(added, facts).run().await?;
    if added == 1 {
        contact_words::put_first(tx, new.connector, new.id, facts).await?;
        contact_text::put(tx, new.connector, new.id, facts).await?;
    }
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

/// A page of a connector's contacts by name, from behind `after`.
pub async fn by_name(
    tx: &mut Tx,
    owner: ConnectorId,
    after: Option<ContactId>,
    limit: i64,
) -> Result<Vec<Contact>, StoreError> {
    let (key, id) = place(tx, owner, after).await?;
    let rows = tx
        .q("SELECT * FROM contact WHERE connector_id = $1 AND (name_key, id) > ($2, $3)
            ORDER BY name_key, id LIMIT $4")
        .bind(owner.0)
        .bind(key)
        .bind(id)
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(read).collect()
}

/// Where a page begins: the sort key and id of the contact before it.
pub(super) async fn place(
    tx: &mut Tx,
    owner: ConnectorId,
    after: Option<ContactId>,
) -> Result<(String, uuid::Uuid), StoreError> {
    let Some(after) = after else {
        return Ok((String::new(), uuid::Uuid::nil()));
    };
    let row = tx
        .q("SELECT name_key FROM contact WHERE id = $1 AND connector_id = $2")
        .bind(after.0)
        .bind(owner.0)
        .one()
        .await?;
    // One that was deleted meanwhile: from the beginning.
    row.map_or(Ok((String::new(), uuid::Uuid::nil())), |row| Ok((row.get("name_key")?, after.0)))
}

/// Whether a connector has any contact.
pub async fn any(tx: &mut Tx, owner: ConnectorId) -> Result<bool, StoreError> {
    let row = tx.q("SELECT id FROM contact WHERE connector_id = $1 LIMIT 1").bind(owner.0).one().await?;
    Ok(row.is_some())
}

/// Saves new facts, if nobody else saved since `contact` was read.
///
/// # Errors
/// [`StoreError::Stale`], and [`StoreError::Rule`] when another contact has the new address.
pub async fn update(tx: &mut Tx, contact: &Contact, facts: &ContactFacts, now: Ts) -> Result<(), StoreError> {
    let update = tx
        .q("UPDATE contact SET version = version + 1, name = $4, email = $5, email_key = $6, described = $7,
            employer = $8, how_known = $9, notes = $10, language = $11, updated_at = $12, name_key = $13,
            circle = $14, left_out = $15, role = $16, field = $17, place = $18, speaks = $19, looking_for = $20,
            can_help = $21
          WHERE id = $1 AND connector_id = $2 AND version = $3")
        .bind(contact.id.0)
        .bind(contact.connector.0)
        .bind(contact.version)
        .bind(facts.name.as_str())
        .bind(facts.address())
        .bind(email_key(contact.id, facts))
        .bind(facts.described.as_str())
        .bind(facts.employer.as_str())
        .bind(facts.how_known.as_str())
        .bind(facts.notes.as_str())
        .bind(facts.language.as_str())
        .bind(now.0)
        .bind(facts.sort_key());
    with_facets(update, facts).exactly_one().await?;
    contact_words::put(tx, contact.connector, contact.id, facts).await?;
    contact_text::put(tx, contact.connector, contact.id, facts).await
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

/// What no two contacts of a connector share. Without an address it is their own id: no address begins so.
fn email_key(id: ContactId, facts: &ContactFacts) -> String {
    facts.email.as_ref().map_or_else(|| format!("#{id}"), |email| email.as_str().to_lowercase())
}

fn with_facets<'t>(query: Query<'t>, facts: &ContactFacts) -> Query<'t> {
    let of = &facts.facets;
    query
        .bind(of.circle.map(Circle::as_str))
        .bind(of.left_out)
        .bind(of.role.as_str())
        .bind(of.field.as_str())
        .bind(of.place.as_str())
        .bind(of.speaks.as_str())
        .bind(of.looking_for.as_str())
        .bind(of.can_help.as_str())
}

fn read_email(row: &Row) -> Result<Option<EmailAddress>, StoreError> {
    let email: String = row.get("email")?;
    if email.is_empty() {
        return Ok(None);
    }
    let read = EmailAddress::parse("email", &email);
    read.map(Some).map_err(|problem| StoreError::Data { column: "email", why: problem.code.to_owned() })
}

pub(super) fn read(row: &Row) -> Result<Contact, StoreError> {
    Ok(Contact {
        id: ContactId(row.get("id")?),
        connector: ConnectorId(row.get("connector_id")?),
        version: row.get("version")?,
        facts: ContactFacts {
            name: row.get("name")?,
            email: read_email(row)?,
            described: row.get("described")?,
            employer: row.get("employer")?,
            how_known: row.get("how_known")?,
            notes: row.get("notes")?,
            language: row.get("language")?,
            facets: Facets {
                circle: row.opt_word("circle", Circle::parse)?,
                left_out: row.get("left_out")?,
                role: row.get("role")?,
                field: row.get("field")?,
                place: row.get("place")?,
                speaks: row.get("speaks")?,
                looking_for: row.get("looking_for")?,
                can_help: row.get("can_help")?,
            },
        },
        created_at: Ts(row.get("created_at")?),
        updated_at: Ts(row.get("updated_at")?),
    })
}
