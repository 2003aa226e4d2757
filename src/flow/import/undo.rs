//! Taking an import back, from its last entry to its first. What the connector changed since then is theirs and stays.

use super::super::{Ctx, Cx, Failure};
use super::BATCH;
use crate::clock::Ts;
use crate::domain::contact::RawContact;
use crate::domain::import::{Change, Import, Stage};
use crate::store::{Tx, contacts, import_rows, imports};

/// The next entries.
pub(super) async fn unit(cx: &Cx, of: &Import) -> Result<(), Failure> {
    let (now, shared, old) = (cx.now(), cx.clone(), of.clone());
    cx.db
        .write(move |tx| {
            let (cx, old) = (shared.clone(), old.clone());
            Box::pin(async move {
                let entries = import_rows::falling(tx, old.id, old.next, BATCH).await?;
                let mut new = old.clone();
                (new.stage, new.next) =
                    entries.last().map_or((Stage::Undone, -1), |last| (old.stage, last.nth));
                for entry in &entries {
                    let Some(change) = &entry.change else { continue };
                    if one(tx, &cx, &old, change, now).await? {
                        import_rows::changed(tx, old.id, entry.nth, None).await?;
                    } else {
                        new.counts.kept += 1;
                    }
                }
                imports::save(tx, &old, &new, now).await?;
                Ok(())
            })
        })
        .await
}

/// Whether nothing of the change is left.
async fn one(tx: &mut Tx, cx: &Ctx, of: &Import, change: &Change, now: Ts) -> Result<bool, Failure> {
    let Some(contact) = contacts::get(tx, of.connector, change.contact).await? else {
        return Ok(true);
    };
    if RawContact::from(contact.facts.clone()) != change.after {
        return Ok(false);
    }
    let Some(before) = &change.before else {
        contacts::delete(tx, of.connector, contact.id).await?;
        return Ok(true);
    };
    // What stood there before was good then; should it not be any more, what is there stays.
    let Ok(before) = before.check(&cx.languages()) else {
        return Ok(false);
    };
    contacts::update(tx, &contact, &before, now).await?;
    Ok(true)
}
