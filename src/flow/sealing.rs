//! The sealer's work: queued entries get their place in the chain, in one order, and the end of the chain is
//! signed. Off the path of every request.

use serde_json::json;

use super::{Ctx, Cx, evidence};
use crate::clock::Ts;
use crate::domain::audit::note::{Checkpoint, PublicKey};
use crate::domain::audit::{Kind, Leaf, canonical};
use crate::store::audit::{self, Head};
use crate::store::{StoreError, Tx};

/// Entries in one unit of work.
const BATCH: i64 = 256;

/// Seals whatever waits. Returns how many got their place; those of a process that seals at the same moment
/// are its own.
pub async fn seal(cx: &Cx) -> Result<u64, StoreError> {
    let mut all = 0;
    loop {
        let sealed = cx.db.write(|tx| Box::pin(seal_some(tx))).await?;
        all += sealed;
        if sealed == 0 {
            return Ok(all);
        }
    }
}

async fn seal_some(tx: &mut Tx) -> Result<u64, StoreError> {
    let Some(mut head) = audit::hold_head(tx).await? else { return Ok(0) };
    let from = head.frontier.size();
    for waits in audit::unsealed(tx, BATCH).await? {
        let leaf = Leaf {
            seq: head.frontier.size(),
            at: waits.at,
            kind: waits.kind,
            commitment: waits.commitment,
            prev: head.hash,
        };
        let hash = leaf.hash();
        audit::seal(tx, waits.entry, &leaf, &hash).await?;
        head.frontier.push(hash);
        head.hash = hash;
    }
    let sealed = head.frontier.size() - from;
    if sealed > 0 {
        audit::move_head(tx, from, &head).await?;
    }
    Ok(sealed)
}

/// Says in the chain which key signs it, when that is news.
pub async fn begin(cx: &Cx, key: &PublicKey) -> Result<(), StoreError> {
    let (shared, now) = (cx.clone(), cx.now());
    let payload = json!({ "key": key.to_string() });
    cx.db
        .write(move |tx| {
            let (cx, payload) = (shared.clone(), payload.clone());
            Box::pin(async move { begin_in(tx, &cx, &payload, now).await })
        })
        .await
}

async fn begin_in(tx: &mut Tx, cx: &Ctx, payload: &serde_json::Value, now: Ts) -> Result<(), StoreError> {
    // Held, so that of two processes that start at once one says it.
    if audit::hold_head(tx).await?.is_none() {
        return Ok(());
    }
    if audit::newest_epoch(tx).await?.is_none_or(|old| old != canonical::encode(payload)) {
        evidence::note(tx, cx, Kind::Epoch, payload, now).await?;
    }
    Ok(())
}

/// The checkpoint of this hour, when the chain has grown since the last one; only one process gets it.
pub async fn hourly(cx: &Cx, origin: &str) -> Result<Option<Checkpoint>, StoreError> {
    let (now, origin) = (cx.now(), origin.to_owned());
    let head = cx.db.write(move |tx| Box::pin(note_hour(tx, now))).await?;
    Ok(head.map(|head| checkpoint(&head, &origin, now)))
}

async fn note_hour(tx: &mut Tx, now: Ts) -> Result<Option<Head>, StoreError> {
    let hour = |at: Ts| at.0.div_euclid(3_600_000_000);
    let Some(mut head) = audit::hold_head(tx).await? else { return Ok(None) };
    let size = head.frontier.size();
    if size <= head.noted_size || hour(now) == hour(head.noted_at) {
        return Ok(None);
    }
    (head.noted_size, head.noted_at) = (size, now);
    audit::move_head(tx, size, &head).await?;
    Ok(Some(head))
}

/// The chain as it is now.
pub async fn now(cx: &Cx, origin: &str) -> Result<Checkpoint, StoreError> {
    let head = audit::head(&mut cx.db.read().await?).await?;
    Ok(checkpoint(&head, origin, cx.now()))
}

fn checkpoint(head: &Head, origin: &str, now: Ts) -> Checkpoint {
    Checkpoint {
        origin: origin.to_owned(),
        size: head.frontier.size(),
        root: head.frontier.root(),
        at: now.rfc3339(),
    }
}
