//! The audit chain: entries queued in the transaction that made them happen, sealed behind it in one order.

use super::error::StoreError;
use super::query::Row;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::asking::Side;
use crate::domain::audit::chain::Payload;
use crate::domain::audit::merkle::Frontier;
use crate::domain::audit::{Entry, Hash, Leaf};
use crate::ids::IntroductionId;

/// The number of a row of the chain, sealed or not. It is not in the chain itself.
pub type EntryId = i64;

/// Queues an entry for the sealer, with its payload.
pub async fn append(tx: &mut Tx, new: &Entry) -> Result<EntryId, StoreError> {
    let entry = tx
        .q2(
            "INSERT INTO audit_leaf (at, kind, commitment) VALUES ($1, $2, $3)",
            "INSERT INTO audit_leaf (at, kind, commitment) VALUES ($1, $2, $3) RETURNING entry",
        )
        .bind(new.at.0)
        .bind(new.kind.as_str())
        .bind(new.commitment().to_vec())
        .number("entry")
        .await?;
    tx.q(
        "INSERT INTO audit_payload (entry, introduction_id, side, salt, payload) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(entry)
    .bind(new.introduction.map(|id| id.0))
    .bind(new.side.map(Side::as_str))
    .bind(new.salt.to_vec())
    .bind(new.payload.as_str())
    .run()
    .await?;
    Ok(entry)
}

/// Where the chain ends, and what the last checkpoint saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The hash of the last leaf.
    pub hash: Hash,
    pub frontier: Frontier,
    pub noted_size: u64,
    pub noted_at: Ts,
}

/// The head, for looking at.
pub async fn head(tx: &mut Tx) -> Result<Head, StoreError> {
    let row = tx.q("SELECT * FROM audit_head WHERE id = 1").one().await?;
    row.as_ref().map_or_else(no_head, read_head)
}

/// The head, held until the unit ends; `None` while another process seals.
pub async fn hold_head(tx: &mut Tx) -> Result<Option<Head>, StoreError> {
    let row = tx
        .q2(
            "SELECT * FROM audit_head WHERE id = 1",
            "SELECT * FROM audit_head WHERE id = 1 FOR UPDATE SKIP LOCKED",
        )
        .one()
        .await?;
    row.as_ref().map(read_head).transpose()
}

/// Moves the head on.
///
/// # Errors
/// [`StoreError::Stale`] when it was not at `from` any more.
pub async fn move_head(tx: &mut Tx, from: u64, to: &Head) -> Result<(), StoreError> {
    tx.q("UPDATE audit_head SET size = $2, hash = $3, frontier = $4, noted_size = $5, noted_at = $6
          WHERE id = 1 AND size = $1")
        .bind(number(from))
        .bind(number(to.frontier.size()))
        .bind(to.hash.to_vec())
        .bind(to.frontier.to_bytes())
        .bind(number(to.noted_size))
        .bind(to.noted_at.0)
        .exactly_one()
        .await
}

/// An entry that waits for its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsealed {
    pub entry: EntryId,
    pub at: Ts,
    pub kind: String,
    pub commitment: Hash,
}

/// The oldest entries that wait. What a transaction still holds back is not among them, and comes behind
/// them: the order of the chain is the order in which they became visible.
pub async fn unsealed(tx: &mut Tx, limit: i64) -> Result<Vec<Unsealed>, StoreError> {
    let rows = tx
        .q("SELECT entry, at, kind, commitment FROM audit_leaf WHERE seq IS NULL ORDER BY entry LIMIT $1")
        .bind(limit)
        .all()
        .await?;
    let read = |row: &Row| {
        Ok(Unsealed {
            entry: row.get("entry")?,
            at: Ts(row.get("at")?),
            kind: row.get("kind")?,
            commitment: row.bytes("commitment")?,
        })
    };
    rows.iter().map(read).collect()
}

/// How many wait, and since when the oldest does.
pub async fn waiting(tx: &mut Tx) -> Result<(i64, Option<Ts>), StoreError> {
    let row =
        tx.q("SELECT COUNT(*) AS many, MIN(at) AS since FROM audit_leaf WHERE seq IS NULL").one().await?;
    row.map_or(Ok((0, None)), |row| Ok((row.get("many")?, row.opt("since")?.map(Ts))))
}

/// Gives an entry its place.
///
/// # Errors
/// [`StoreError::Stale`] when it has one.
pub async fn seal(tx: &mut Tx, entry: EntryId, leaf: &Leaf, hash: &Hash) -> Result<(), StoreError> {
    tx.q("UPDATE audit_leaf SET seq = $2, prev = $3, hash = $4 WHERE entry = $1 AND seq IS NULL")
        .bind(entry)
        .bind(number(leaf.seq))
        .bind(leaf.prev.to_vec())
        .bind(hash.to_vec())
        .exactly_one()
        .await
}

/// A sealed leaf as it stands, with the payload if it is there.
#[derive(Clone, Debug)]
pub struct Sealed {
    pub entry: EntryId,
    pub leaf: Leaf,
    pub hash: Hash,
    pub payload: Option<Payload>,
}

/// Leaves from place `from` on, in order.
pub async fn sealed(tx: &mut Tx, from: u64, limit: i64) -> Result<Vec<Sealed>, StoreError> {
    let rows = tx
        .q("SELECT l.entry, l.seq, l.at, l.kind, l.commitment, l.prev, l.hash, p.salt, p.payload
            FROM audit_leaf l LEFT JOIN audit_payload p ON p.entry = l.entry
            WHERE l.seq >= $1 ORDER BY l.seq LIMIT $2")
        .bind(number(from))
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(read_sealed).collect()
}

/// One leaf by the number of its row; `None` while it is not sealed.
pub async fn by_entry(tx: &mut Tx, entry: EntryId) -> Result<Option<Sealed>, StoreError> {
    let row = tx
        .q("SELECT l.entry, l.seq, l.at, l.kind, l.commitment, l.prev, l.hash, p.salt, p.payload
            FROM audit_leaf l LEFT JOIN audit_payload p ON p.entry = l.entry
            WHERE l.entry = $1 AND l.seq IS NOT NULL")
        .bind(entry)
        .one()
        .await?;
    row.as_ref().map(read_sealed).transpose()
}

/// The hashes of the leaves in order, without anything else of them.
pub async fn hashes(tx: &mut Tx, from: u64, limit: i64) -> Result<Vec<Hash>, StoreError> {
    let rows = tx
        .q("SELECT hash FROM audit_leaf WHERE seq >= $1 ORDER BY seq LIMIT $2")
        .bind(number(from))
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(|row| row.bytes("hash")).collect()
}

/// The entries with one kind of payload about an introduction as a whole, oldest first.
pub async fn about(tx: &mut Tx, id: IntroductionId, kind: &str) -> Result<Vec<EntryId>, StoreError> {
    let rows = tx
        .q("SELECT l.entry FROM audit_payload p JOIN audit_leaf l ON l.entry = p.entry
            WHERE p.introduction_id = $1 AND p.side IS NULL AND l.kind = $2 ORDER BY l.entry")
        .bind(id.0)
        .bind(kind)
        .all()
        .await?;
    rows.iter().map(|row| row.get("entry")).collect()
}

/// What the newest epoch says, sealed or not.
pub async fn newest_epoch(tx: &mut Tx) -> Result<Option<String>, StoreError> {
    let row = tx
        .q("SELECT p.payload FROM audit_leaf l JOIN audit_payload p ON p.entry = l.entry
            WHERE l.kind = 'epoch' ORDER BY l.entry DESC LIMIT 1")
        .one()
        .await?;
    row.map(|row| row.get("payload")).transpose()
}

fn read_sealed(row: &Row) -> Result<Sealed, StoreError> {
    let payload = match row.opt::<String>("payload")? {
        Some(text) => Some(Payload { salt: row.bytes("salt")?, text }),
        None => None,
    };
    let leaf = Leaf {
        seq: size(row, "seq")?,
        at: Ts(row.get("at")?),
        kind: row.get("kind")?,
        commitment: row.bytes("commitment")?,
        prev: row.bytes("prev")?,
    };
    Ok(Sealed { entry: row.get("entry")?, leaf, hash: row.bytes("hash")?, payload })
}

fn read_head(row: &Row) -> Result<Head, StoreError> {
    let bytes: Vec<u8> = row.get("frontier")?;
    let frontier = Frontier::from_bytes(size(row, "size")?, &bytes)
        .ok_or_else(|| StoreError::Data { column: "frontier", why: "it does not fit the size".into() })?;
    Ok(Head {
        hash: row.bytes("hash")?,
        frontier,
        noted_size: size(row, "noted_size")?,
        noted_at: Ts(row.get("noted_at")?),
    })
}

fn no_head() -> Result<Head, StoreError> {
    Err(StoreError::Data { column: "audit_head", why: "the one row is missing".into() })
}

fn size(row: &Row, column: &'static str) -> Result<u64, StoreError> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| StoreError::Data { column, why: "below zero".into() })
}

fn number(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
