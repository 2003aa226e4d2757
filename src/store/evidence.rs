//! Consents and the texts that people were shown.

use super::audit::{self, EntryId};
use super::error::StoreError;
use super::query::Row;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::asking::Side;
use crate::domain::audit::{Entry, Hash, Kind, canonical, hex};
use crate::domain::consent::{Ended, Shown, ShownKind};
use crate::ids::IntroductionId;

/// A consent without what may be destroyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    pub entry: EntryId,
    pub introduction: IntroductionId,
    pub side: Side,
    pub generation: u8,
    pub given_at: Ts,
    pub ended: Option<(Ended, Ts)>,
    /// The entry of the withdrawal.
    pub ended_entry: Option<EntryId>,
    /// When its payload was destroyed.
    pub forgotten_at: Option<Ts>,
}

/// Writes a consent down whose entry is queued.
pub async fn give(tx: &mut Tx, new: &Consent) -> Result<(), StoreError> {
    tx.q("INSERT INTO consent (entry, introduction_id, side, generation, given_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(new.entry)
        .bind(new.introduction.0)
        .bind(new.side.as_str())
        .bind(i64::from(new.generation))
        .bind(new.given_at.0)
        .run()
        .await?;
    Ok(())
}

/// Ends what stands of a party's consents; their entries and commitments, none when nothing stood.
pub async fn end(
    tx: &mut Tx,
    id: IntroductionId,
    side: Side,
    ended: Ended,
    now: Ts,
) -> Result<Vec<(EntryId, Hash)>, StoreError> {
    let rows = tx
        .q("SELECT c.entry, l.commitment FROM consent c JOIN audit_leaf l ON l.entry = c.entry
            WHERE c.introduction_id = $1 AND c.side = $2 AND c.ended IS NULL")
        .bind(id.0)
        .bind(side.as_str())
        .all()
        .await?;
    if !rows.is_empty() {
        tx.q("UPDATE consent SET ended = $3, ended_at = $4
              WHERE introduction_id = $1 AND side = $2 AND ended IS NULL")
            .bind(id.0)
            .bind(side.as_str())
            .bind(ended.as_str())
            .bind(now.0)
            .run()
            .await?;
    }
    rows.iter().map(|row| Ok((row.get("entry")?, row.bytes("commitment")?))).collect()
}

/// Notes which entry tells of the end.
pub async fn tell_end(tx: &mut Tx, consent: EntryId, withdrawal: EntryId) -> Result<(), StoreError> {
    tx.q("UPDATE consent SET ended_entry = $2 WHERE entry = $1")
        .bind(consent)
        .bind(withdrawal)
        .exactly_one()
        .await
}

/// The commitments of the consents of both sides that stand.
pub async fn standing(tx: &mut Tx, id: IntroductionId) -> Result<Vec<Hash>, StoreError> {
    let rows = tx
        .q("SELECT l.commitment FROM consent c JOIN audit_leaf l ON l.entry = c.entry
            WHERE c.introduction_id = $1 AND c.ended IS NULL ORDER BY c.side")
        .bind(id.0)
        .all()
        .await?;
    rows.iter().map(|row| row.bytes("commitment")).collect()
}

/// All consents of an introduction, oldest first.
pub async fn consents(tx: &mut Tx, id: IntroductionId) -> Result<Vec<Consent>, StoreError> {
    let rows =
        tx.q("SELECT * FROM consent WHERE introduction_id = $1 ORDER BY entry").bind(id.0).all().await?;
    rows.iter().map(read).collect()
}

/// Keeps texts that a party is shown. One that is there already stays as it is.
pub async fn keep_texts(
    tx: &mut Tx,
    id: IntroductionId,
    side: Side,
    generation: u8,
    texts: &[Shown],
) -> Result<(), StoreError> {
    for text in texts {
        tx.q("INSERT INTO shown_text (introduction_id, commitment, side, generation, kind, at, salt, body)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING")
            .bind(id.0)
            .bind(text.commitment().to_vec())
            .bind(side.as_str())
            .bind(i64::from(generation))
            .bind(text.kind.as_str())
            .bind(text.at.0)
            .bind(text.salt.to_vec())
            .bind(text.body.as_str())
            .run()
            .await?;
    }
    Ok(())
}

/// What of the mails a party was sent in a round, oldest first: kind, time and commitment.
pub async fn mails(
    tx: &mut Tx,
    id: IntroductionId,
    side: Side,
    generation: u8,
) -> Result<Vec<(ShownKind, Ts, Hash)>, StoreError> {
    let rows = tx
        .q("SELECT kind, at, commitment FROM shown_text
            WHERE introduction_id = $1 AND side = $2 AND generation = $3 AND kind IN ('ask', 'reminder')
            ORDER BY at, kind")
        .bind(id.0)
        .bind(side.as_str())
        .bind(i64::from(generation))
        .all()
        .await?;
    let read =
        |row: &Row| Ok((row.word("kind", ShownKind::parse)?, Ts(row.get("at")?), row.bytes("commitment")?));
    rows.iter().map(read).collect()
}

/// The texts of an introduction, oldest first, each with the side that read it.
pub async fn texts(tx: &mut Tx, id: IntroductionId) -> Result<Vec<(Side, Shown)>, StoreError> {
    let rows = tx
        .q("SELECT * FROM shown_text WHERE introduction_id = $1 ORDER BY at, side, kind")
        .bind(id.0)
        .all()
        .await?;
    let read = |row: &Row| {
        let text = Shown {
            kind: row.word("kind", ShownKind::parse)?,
            at: Ts(row.get("at")?),
            salt: row.bytes("salt")?,
            body: row.get("body")?,
        };
        Ok((row.word("side", Side::parse)?, text))
    };
    rows.iter().map(read).collect()
}

/// Destroys what is recorded about one party of one introduction: the payloads of their consents and
/// withdrawals with the salts, and every text of the introduction, since each speaks of both. The other's
/// consent stays, without the texts. Of consents that ended nothing stays at all, so that afterwards a
/// withdrawal cannot be told from silence.
///
/// The chain stays whole: an entry `erased` names the commitments whose payloads are gone. `salt` is its own,
/// fresh. Returns how many payloads were destroyed; 0 when there was nothing, and then nothing is queued.
pub async fn forget(
    tx: &mut Tx,
    id: IntroductionId,
    side: Side,
    salt: Hash,
    now: Ts,
) -> Result<u64, StoreError> {
    tx.q("DELETE FROM shown_text WHERE introduction_id = $1").bind(id.0).run().await?;
    let rows = tx
        .q("SELECT p.entry, l.commitment FROM audit_payload p JOIN audit_leaf l ON l.entry = p.entry
            WHERE p.introduction_id = $1 AND p.side = $2 ORDER BY p.entry")
        .bind(id.0)
        .bind(side.as_str())
        .all()
        .await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let commitments: Vec<Hash> = rows.iter().map(|row| row.bytes("commitment")).collect::<Result<_, _>>()?;
    tx.q("DELETE FROM audit_payload WHERE introduction_id = $1 AND side = $2")
        .bind(id.0)
        .bind(side.as_str())
        .run()
        .await?;
    tx.q("DELETE FROM consent WHERE introduction_id = $1 AND side = $2 AND ended IS NOT NULL")
        .bind(id.0)
        .bind(side.as_str())
        .run()
        .await?;
    tx.q("UPDATE consent SET forgotten_at = $3 WHERE introduction_id = $1 AND side = $2")
        .bind(id.0)
        .bind(side.as_str())
        .bind(now.0)
        .run()
        .await?;
    let mut named: Vec<String> = commitments.iter().map(hex::text).collect();
    // Not in the order in which they were made.
    named.sort();
    let payload = canonical::encode(&serde_json::json!({ "commitments": named }));
    let entry = Entry { at: now, kind: Kind::Erased, introduction: None, side: None, salt, payload };
    audit::append(tx, &entry).await?;
    Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
}

fn read(row: &Row) -> Result<Consent, StoreError> {
    let ended = match row.opt_word("ended", Ended::parse)? {
        Some(ended) => Some((ended, Ts(row.get("ended_at")?))),
        None => None,
    };
    let generation: i64 = row.get("generation")?;
    Ok(Consent {
        entry: row.get("entry")?,
        introduction: IntroductionId(row.get("introduction_id")?),
        side: row.word("side", Side::parse)?,
        generation: u8::try_from(generation)
            .map_err(|_| StoreError::Data { column: "generation", why: "too large".into() })?,
        given_at: Ts(row.get("given_at")?),
        ended,
        ended_entry: row.opt("ended_entry")?,
        forgotten_at: row.opt("forgotten_at")?.map(Ts),
    })
}
