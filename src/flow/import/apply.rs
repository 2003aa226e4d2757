//! Taking entries over into the address book, and noting what each did.

use super::super::{Ctx, Cx, Failure};
use super::{BATCH, contact_id};
use crate::clock::Ts;
use crate::domain::contact::{Contact, ContactFacts, RawContact};
use crate::domain::import::{Change, Entry, Import, Stage};
use crate::domain::merge::{Choice, Kind, merge};
use crate::store::{StoreError, Tx, contacts, import_rows, imports};

/// The next entries.
pub(super) async fn unit(cx: &Cx, of: &Import) -> Result<(), Failure> {
    let (now, shared, old) = (cx.now(), cx.clone(), of.clone());
    cx.db
        .write(move |tx| {
            let (cx, old) = (shared.clone(), old.clone());
            Box::pin(async move {
                let entries = import_rows::rising(tx, old.id, old.next, BATCH).await?;
                let mut new = old.clone();
                match entries.last() {
                    Some(last) => new.next = last.nth + 1,
                    None => (new.stage, new.next) = (Stage::Done, 0),
                }
                for entry in &entries {
                    one(tx, &cx, &mut new, entry, now).await?;
                }
                imports::save(tx, &old, &new, now).await?;
                Ok(())
            })
        })
        .await
}

async fn one(tx: &mut Tx, cx: &Ctx, of: &mut Import, entry: &Entry, now: Ts) -> Result<(), Failure> {
    let facts = entry.facts.as_ref().and_then(|raw| raw.check(&cx.languages()).ok());
    let choice = entry.choice.unwrap_or(Choice::Skip);
    let (Some(facts), Some(kind)) = (facts, entry.kind) else {
        of.counts.faulty += 1;
        return Ok(());
    };
    if choice == Choice::Skip {
        of.counts.skipped += 1;
        return Ok(());
    }
    // What is there now counts, not what was there when it was compared.
    let twin = twin(tx, of, entry, &facts, choice, kind).await?;
    let change = match twin {
        None => added(tx, cx, of, entry, facts, now).await?,
        Some(twin) => merged(tx, &twin, &facts, choice, now).await?,
    };
    match &change {
        Some(Change { before: None, .. }) => of.counts.added += 1,
        Some(Change { before: Some(_), .. }) => of.counts.merged += 1,
        None => of.counts.skipped += 1,
    }
    if change.is_some() {
        import_rows::changed(tx, of.id, entry.nth, change.as_ref()).await?;
    }
    Ok(())
}

async fn twin(
    tx: &mut Tx,
    of: &Import,
    entry: &Entry,
    facts: &ContactFacts,
    choice: Choice,
    kind: Kind,
) -> Result<Option<Contact>, StoreError> {
    let address: Vec<String> = facts.email.iter().map(|email| email.as_str().to_lowercase()).collect();
    let same = import_rows::alike(tx, of.connector, &address, &[]).await?.into_iter().next();
    match (same, kind, choice, entry.twin) {
        (Some(same), ..) => Ok(Some(same)),
        (None, Kind::Name, Choice::Fill | Choice::Replace, Some(id)) => {
            contacts::get(tx, of.connector, id).await
        }
        (None, ..) => Ok(None),
    }
}

async fn added(
    tx: &mut Tx,
    cx: &Ctx,
    of: &Import,
    entry: &Entry,
    facts: ContactFacts,
    now: Ts,
) -> Result<Option<Change>, StoreError> {
    let new = Contact {
        id: contact_id(cx, of, entry.nth),
        connector: of.connector,
        version: 1,
        facts,
        created_at: now,
        updated_at: now,
    };
    if !contacts::insert(tx, &new).await? {
        return Ok(None);
    }
    Ok(Some(Change { contact: new.id, before: None, after: RawContact::from(new.facts) }))
}

async fn merged(
    tx: &mut Tx,
    twin: &Contact,
    facts: &ContactFacts,
    choice: Choice,
    now: Ts,
) -> Result<Option<Change>, StoreError> {
    // Somebody came in with this address since: nothing of theirs is overwritten.
    let how = if choice == Choice::Replace { Choice::Replace } else { Choice::Fill };
    let both = merge(&twin.facts, facts, how);
    if both == twin.facts {
        return Ok(None);
    }
    contacts::update(tx, twin, &both, now).await?;
    let (before, after) = (RawContact::from(twin.facts.clone()), RawContact::from(both));
    Ok(Some(Change { contact: twin.id, before: Some(before), after }))
}
