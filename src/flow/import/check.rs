//! Comparing a file with the address book: what each entry is, and what shall become of it unless somebody decides
//! otherwise.

use std::collections::{HashMap, HashSet};

use super::super::{Ctx, Cx, Failure};
use super::{BATCH, mapping};
use crate::cards::{Column, to_contact};
use crate::domain::contact::{Contact, ContactFacts};
use crate::domain::import::{Entry, Import, Stage};
use crate::domain::merge::{Choice, Kind};
use crate::store::{Tx, import_rows, imports};

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
                    entries.last().map_or((Stage::Ready, 0), |last| (old.stage, last.nth + 1));
                check(tx, &cx, &old, entries).await?;
                imports::save(tx, &old, &new, now).await?;
                Ok(())
            })
        })
        .await
}

async fn check(tx: &mut Tx, cx: &Ctx, of: &Import, entries: Vec<Entry>) -> Result<(), Failure> {
    let (columns, languages) = (mapping(of), cx.languages());
    let first = entries.first().map_or(0, |entry| entry.nth);
    let read: Vec<(Entry, Option<ContactFacts>)> =
        entries.into_iter().map(|entry| understood(entry, &columns, &languages)).collect();
    let facts = || read.iter().filter_map(|(_, facts)| facts.as_ref());
    let addresses: Vec<String> =
        facts().filter_map(|facts| facts.email.as_ref()).map(|email| email.as_str().to_lowercase()).collect();
    let names: Vec<String> = facts().map(ContactFacts::sort_key).collect();
    let alike = import_rows::alike(tx, of.connector, &addresses, &names).await?;
    let mut seen: HashSet<String> =
        import_rows::earlier(tx, of.id, first, &addresses).await?.into_iter().collect();
    let known = Known::of(&alike);
    for (mut entry, facts) in read {
        if let Some(facts) = facts {
            compare(&mut entry, &facts, &known, &mut seen);
        } else {
            (entry.kind, entry.choice) = (Some(Kind::Fault), Some(Choice::Skip));
        }
        import_rows::checked(tx, of.id, &entry).await?;
    }
    Ok(())
}

/// The entry with what its cells say, and the same as facts when nothing is wrong with it.
fn understood(entry: Entry, columns: &[Column], languages: &[String]) -> (Entry, Option<ContactFacts>) {
    let mut raw = to_contact(&entry.cells, columns);
    // A language that nobody can be written to in is no reason to lose a person.
    if !languages.contains(&raw.language) {
        raw.language.clear();
    }
    let facts = raw.check(languages).ok();
    let twin = None;
    (Entry { facts: Some(raw), kind: None, twin, choice: None, ..entry }, facts)
}

/// The contacts that entries may be.
struct Known<'a> {
    by_address: HashMap<String, &'a Contact>,
    by_name: HashMap<String, &'a Contact>,
}

impl<'a> Known<'a> {
    fn of(contacts: &'a [Contact]) -> Self {
        let address =
            |of: &'a Contact| of.facts.email.as_ref().map(|email| (email.as_str().to_lowercase(), of));
        Self {
            by_address: contacts.iter().filter_map(address).collect(),
            by_name: contacts.iter().map(|of| (of.facts.sort_key(), of)).collect(),
        }
    }
}

fn compare(entry: &mut Entry, facts: &ContactFacts, known: &Known<'_>, seen: &mut HashSet<String>) {
    let address = facts.email.as_ref().map(|email| email.as_str().to_lowercase());
    let same_address = address.as_ref().and_then(|address| known.by_address.get(address));
    let same_name = known.by_name.get(&facts.sort_key());
    let repeated = address.is_some_and(|address| !seen.insert(address));
    let (kind, twin) = match (same_address, repeated, same_name) {
        (Some(twin), ..) => (Kind::Address, Some(*twin)),
        (None, true, _) => (Kind::File, None),
        (None, false, Some(twin)) => (Kind::Name, Some(*twin)),
        (None, false, None) => (Kind::New, None),
    };
    let gap = facts.email.is_none() || twin.is_some_and(|twin| twin.facts.email.is_none());
    entry.kind = Some(kind);
    entry.twin = twin.map(|twin| twin.id);
    entry.choice = Some(Choice::usual(kind, gap));
}
