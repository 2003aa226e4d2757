//! The connector's address book.

use super::error::unit_error;
use super::once::Keep;
use super::{Cx, Failure, disk};
use crate::clock::Span;
use crate::domain::address::EmailAddress;
use crate::domain::connector::Connector;
use crate::domain::contact::{Contact, RawContact};
use crate::domain::introduction::Introduction;
use crate::domain::name_words;
use crate::domain::problem::{Problem, Problems};
use crate::domain::shown::to_connector;
use crate::ids::ContactId;
use crate::store::{StoreError, contact_search, contacts, histories};

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
    disk::has_room(cx)?;
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
    change_version(cx, who, id, None, raw).await
}

/// The same, if it is still the version that was looked at.
///
/// # Errors
/// [`ContactError::Conflict`] when it was saved meanwhile.
pub async fn change_version(
    cx: &Cx,
    who: &Connector,
    id: ContactId,
    seen: Option<i64>,
    raw: &RawContact,
) -> Result<Contact, ContactError> {
    let facts = raw.check(&cx.languages()).map_err(ContactError::Invalid)?;
    let (now, owner) = (cx.now(), who.id);
    cx.db
        .write(move |tx| {
            let facts = facts.clone();
            Box::pin(async move {
                let old = contacts::get(tx, owner, id).await?.ok_or(ContactError::NotFound)?;
                if seen.is_some_and(|seen| seen != old.version) {
                    return Err(ContactError::Conflict);
                }
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

/// A page of contacts by name, from behind `after`; those that have a word beginning with each word of
/// `text`, when there is one.
pub async fn by_name(
    cx: &Cx,
    who: &Connector,
    text: &str,
    after: Option<ContactId>,
    limit: i64,
) -> Result<Vec<Contact>, Failure> {
    let sought = name_words::words(text);
    let mut tx = cx.db.read().await?;
    if !sought.is_empty() {
        return Ok(contact_search::search(&mut tx, who.id, &sought, after, limit).await?);
    }
    // Something was looked for that no word can be.
    if !text.trim().is_empty() {
        return Ok(Vec::new());
    }
    Ok(contacts::by_name(&mut tx, who.id, after, limit).await?)
}

/// Whether this connector has any contact.
pub async fn any(cx: &Cx, who: &Connector) -> Result<bool, Failure> {
    let mut tx = cx.db.read().await?;
    Ok(contacts::any(&mut tx, who.id).await?)
}

/// What was between this connector and a person before, newest first.
pub async fn history(
    cx: &Cx,
    who: &Connector,
    email: &EmailAddress,
    limit: i64,
) -> Result<Vec<Introduction>, Failure> {
    let mut tx = cx.db.read().await?;
    let found = histories::of_person(&mut tx, who.id, cx.person(email), limit).await?;
    Ok(found.iter().map(|of| to_connector(of, &cx.policy, cx.now())).collect())
}

/// This connector's newest introduction of these two to each other, asked for or more.
pub async fn met_before(
    cx: &Cx,
    who: &Connector,
    one: &EmailAddress,
    other: &EmailAddress,
) -> Result<Option<Introduction>, Failure> {
    let mut tx = cx.db.read().await?;
    let found = histories::of_pair(&mut tx, who.id, cx.person(one), cx.person(other)).await?;
    Ok(found.map(|of| to_connector(&of, &cx.policy, cx.now())))
}

/// How long a colleague who was sent somebody is spared another one, as far as a connector is reminded of it.
const SPARED: Span = Span::days(90);

/// This connector's newest introduction of somebody to this colleague, within the last while.
pub async fn sent_to_colleague(
    cx: &Cx,
    who: &Connector,
    colleague: &EmailAddress,
) -> Result<Option<Introduction>, Failure> {
    let mut tx = cx.db.read().await?;
    let since = cx.now() - SPARED;
    let found = histories::sent_to_colleague(&mut tx, who.id, cx.person(colleague), since).await?;
    Ok(found.map(|of| to_connector(&of, &cx.policy, cx.now())))
}

/// Keeps the two people of an introduction as contacts, unless they are among them. Gives how many are new.
pub async fn keep_parties(cx: &Cx, who: &Connector, of: &Introduction) -> Result<usize, ContactError> {
    let mut kept = 0;
    for (_, party) in of.parties.iter() {
        let raw = RawContact {
            name: party.name.clone(),
            email: party.email.as_str().to_owned(),
            described: party.described.clone(),
            how_known: party.how_known.clone(),
            language: party.language.clone(),
            ..RawContact::default()
        };
        match add(cx, who, &raw).await {
            Ok(_) => kept += 1,
            // There is one already.
            Err(ContactError::Invalid(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(kept)
}

/// Reads contacts anew whose words an older version did not keep. Called once at the start.
pub async fn fill_words(cx: &Cx) -> Result<(), Failure> {
    while cx.db.write(|tx| Box::pin(contact_search::fill(tx, 500))).await? > 0 {}
    Ok(())
}

fn already_there() -> ContactError {
    ContactError::Invalid(Problems(vec![Problem::new("email", "contact-exists")]))
}
