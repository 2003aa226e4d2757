//! Taking entries over into the address book, and noting what each did.

use std::collections::HashMap;

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
                (new.stage, new.next) =
                    entries.last().map_or((Stage::Done, 0), |last| (old.stage, last.nth + 1));
                let mut known = known(tx, &cx, &old, &entries).await?;
                for entry in &entries {
                    one(tx, &cx, &mut new, entry, &mut known, now).await?;
                }
                imports::save(tx, &old, &new, now).await?;
                Ok(())
            })
        })
        .await
}

/// The contacts that have one of the addresses of these entries, by address: what is there now counts, not what was
/// there when the file was compared.
type Known = HashMap<String, Contact>;

async fn known(tx: &mut Tx, cx: &Ctx, of: &Import, entries: &[Entry]) -> Result<Known, StoreError> {
    let facts = entries.iter().filter_map(|entry| entry.facts.as_ref()?.check(&cx.languages()).ok());
    let addresses: Vec<String> = facts.filter_map(|facts| address(&facts)).collect();
    let found = import_rows::alike(tx, of.connector, &addresses, &[]).await?;
    Ok(found.into_iter().filter_map(|one| Some((address(&one.facts)?, one))).collect())
}

fn address(facts: &ContactFacts) -> Option<String> {
    facts.email.as_ref().map(|email| email.as_str().to_lowercase())
}

async fn one(
    tx: &mut Tx,
    cx: &Ctx,
    of: &mut Import,
    entry: &Entry,
    known: &mut Known,
    now: Ts,
) -> Result<(), Failure> {
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
    let twin = match (address(&facts).and_then(|address| known.get(&address).cloned()), entry.twin) {
        (None, Some(id)) if kind == Kind::Name && choice != Choice::Add => {
            contacts::get(tx, of.connector, id).await?
        }
        (same_address, _) => same_address,
    };
    let done = match twin {
        None => added(tx, cx, of, entry, facts, now).await?,
        Some(twin) => merged(tx, twin, &facts, choice, now).await?,
    };
    let (change, contact) = done.unzip();
    // Whoever got another address is not found by the old one any more.
    if let Some(before) = change.as_ref().and_then(|change| change.before.as_ref()) {
        known.remove(&before.email.to_lowercase());
    }
    if let Some(contact) = contact
        && let Some(address) = address(&contact.facts)
    {
        known.insert(address, contact);
    }
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

async fn added(
    tx: &mut Tx,
    cx: &Ctx,
    of: &Import,
    entry: &Entry,
    facts: ContactFacts,
    now: Ts,
) -> Result<Option<(Change, Contact)>, StoreError> {
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
    let change = Change { contact: new.id, before: None, after: RawContact::from(new.facts.clone()) };
    Ok(Some((change, new)))
}

async fn merged(
    tx: &mut Tx,
    twin: Contact,
    facts: &ContactFacts,
    choice: Choice,
    now: Ts,
) -> Result<Option<(Change, Contact)>, StoreError> {
    // Somebody came in with this address since: nothing of theirs is overwritten.
    let how = if choice == Choice::Replace { Choice::Replace } else { Choice::Fill };
    let both = merge(&twin.facts, facts, how);
    if both == twin.facts {
        return Ok(None);
    }
    contacts::update(tx, &twin, &both, now).await?;
    let (before, after) = (RawContact::from(twin.facts), RawContact::from(both.clone()));
    let change = Change { contact: twin.id, before: Some(before), after };
    Ok(Some((change, Contact { version: twin.version + 1, facts: both, updated_at: now, ..twin })))
}
