//! The connector's address book.

use super::error::unit_error;
use super::once::Keep;
use super::{Cx, Failure};
use crate::domain::connector::Connector;
use crate::domain::contact::{Contact, RawContact};
use crate::domain::problem::{Problem, Problems};
use crate::ids::ContactId;
use crate::store::{StoreError, contacts};

/// Why a contact was not saved.
#[derive(Debug, thiserror::Error)]
pub enum ContactError {
    #[error("no such contact")]
    NotFound,
    #[error("problems in the contact: {0}")]
    Invalid(Problems),
    /// Somebody saved it meanwhile.
    #[error("the contact was changed meanwhile")]
    Conflict,
    #[error(transparent)]
    Failure(#[from] Failure),
}

unit_error!(ContactError);

/// Adds a contact.
pub async fn add(cx: &Cx, who: &Connector, raw: &RawContact) -> Result<Contact, ContactError> {
    add_once(cx, who, raw, Keep::nothing()).await
}

/// The same, and keeps the answer to it.
pub async fn add_once(
    cx: &Cx,
    who: &Connector,
    raw: &RawContact,
    keep: Keep<Contact>,
) -> Result<Contact, ContactError> {
    let facts = raw.check(&cx.languages()).map_err(ContactError::Invalid)?;
    let now = cx.now();
    let nonce = data_encoding::HEXLOWER.encode(&cx.ids.bytes::<8>("contact"));
    let new = Contact {
        id: ContactId(cx.ids.uuid(now, &format!("contact/{nonce}"))),
        connector: who.id,
        version: 1,
        facts,
        created_at: now,
        updated_at: now,
    };
    let saved = new.clone();
    cx.db
        .write(move |tx| {
            let (new, keep) = (new.clone(), keep.clone());
            Box::pin(async move {
                if !contacts::insert(tx, &new).await? {
                    return Err(already_there());
                }
                keep.write(tx, &new, now).await?;
                Ok(())
            })
        })
        .await?;
    Ok(saved)
}

/// Changes a contact.
pub async fn change(
    cx: &Cx,
    who: &Connector,
    id: ContactId,
    raw: &RawContact,
) -> Result<Contact, ContactError> {
    let facts = raw.check(&cx.languages()).map_err(ContactError::Invalid)?;
    let (now, owner) = (cx.now(), who.id);
    cx.db
        .write(move |tx| {
            let facts = facts.clone();
            Box::pin(async move {
                let old = contacts::get(tx, owner, id).await?.ok_or(ContactError::NotFound)?;
                match contacts::update(tx, &old, &facts, now).await {
                    Ok(()) => Ok(Contact { version: old.version + 1, facts, updated_at: now, ..old }),
                    Err(StoreError::Rule(_)) => Err(already_there()),
                    Err(error) => Err(error.into()),
                }
            })
        })
        .await
}

/// Deletes a contact. Introductions keep their own copy of the person.
pub async fn remove(cx: &Cx, who: &Connector, id: ContactId) -> Result<(), ContactError> {
    let owner = who.id;
    cx.db
        .write(move |tx| {
            Box::pin(async move {
                if contacts::delete(tx, owner, id).await? { Ok(()) } else { Err(ContactError::NotFound) }
            })
        })
        .await
}

/// One contact of this connector.
pub async fn get(cx: &Cx, who: &Connector, id: ContactId) -> Result<Contact, ContactError> {
    let mut tx = cx.db.read().await?;
    contacts::get(&mut tx, who.id, id).await?.ok_or(ContactError::NotFound)
}

/// A page of contacts, newest first, older than `before`.
pub async fn page(
    cx: &Cx,
    who: &Connector,
    before: Option<ContactId>,
    limit: i64,
) -> Result<Vec<Contact>, Failure> {
    let mut tx = cx.db.read().await?;
    Ok(contacts::page(&mut tx, who.id, before, limit).await?)
}

fn already_there() -> ContactError {
    ContactError::Invalid(Problems(vec![Problem::new("email", "contact-exists")]))
}
