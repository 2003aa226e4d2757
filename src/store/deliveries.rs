//! Deliveries as the admin sees them: with each attempt and the server's words.

use super::courier::HELD;
use super::error::StoreError;
use super::query::Row;
use super::tx::Tx;
use crate::clock::{Span, Ts};
use crate::domain::letter::{DeliveryState, Headers};
use crate::domain::message::{Family, MessageKind};
use crate::ids::{DeliveryId, IntroductionId, uuid_v7};

/// One delivery, its recipient in clear: mask it before it is shown.
#[derive(Clone)]
pub struct Delivery {
    pub id: DeliveryId,
    pub kind: MessageKind,
    pub introduction: Option<IntroductionId>,
    pub recipient: String,
    pub state: DeliveryState,
    pub due_at: Ts,
    pub attempts: i64,
    pub unknowns: i64,
    pub last_words: String,
    pub created_at: Ts,
    pub finished_at: Option<Ts>,
}

/// A page of deliveries, newest first.
pub async fn page(
    tx: &mut Tx,
    state: Option<DeliveryState>,
    before: Option<DeliveryId>,
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    let before = before.map_or(uuid::Uuid::max(), |id| id.0);
    let rows = match state {
        None => {
            tx.q("SELECT * FROM delivery WHERE id < $1 ORDER BY id DESC LIMIT $2")
                .bind(before)
                .bind(limit)
                .all()
                .await?
        }
        Some(state) => {
            tx.q("SELECT * FROM delivery WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3")
                .bind(state.as_str())
                .bind(before)
                .bind(limit)
                .all()
                .await?
        }
    };
    rows.iter().map(read).collect()
}

pub async fn get(tx: &mut Tx, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
    let row = tx.q("SELECT * FROM delivery WHERE id = $1").bind(id.0).one().await?;
    row.as_ref().map(read).transpose()
}

/// The attempts of a delivery, oldest first: stage, result, code and words.
pub async fn attempts(tx: &mut Tx, id: DeliveryId) -> Result<Vec<PastAttempt>, StoreError> {
    let rows = tx.q("SELECT * FROM attempt WHERE delivery_id = $1 ORDER BY nth").bind(id.0).all().await?;
    rows.iter().map(read_attempt).collect()
}

/// An attempt, read back.
#[derive(Clone, Debug)]
pub struct PastAttempt {
    pub at: Ts,
    pub took: Span,
    pub stage: String,
    pub result: String,
    pub code: Option<i64>,
    pub enhanced: Option<String>,
    pub words: String,
}

/// Puts a delivery that waits, failed or is `unknown` at the front of the queue; it has its full time again
/// before it is given up. `false` when it is not
/// in such a state.
pub async fn retry(tx: &mut Tx, id: DeliveryId, now: Ts) -> Result<bool, StoreError> {
    let again = tx
        .q("UPDATE delivery SET state = 'queued', due_at = $2, finished_at = NULL, revived_at = $2
            WHERE id = $1 AND state IN ('queued', 'deferred', 'failed', 'unknown') AND forgotten_at IS NULL")
        .bind(id.0)
        .bind(now.0)
        .run()
        .await?;
    Ok(again == 1)
}

/// Takes a delivery that was perhaps delivered for sent. Only while nobody sends it: a lease, or somebody
/// else's decision, was quicker then. The fence is raised, so that a late worker records nothing over it.
pub async fn count_as_sent(tx: &mut Tx, id: DeliveryId, now: Ts) -> Result<bool, StoreError> {
    let counted = tx
        .q("UPDATE delivery SET state = 'sent', due_at = $2, finished_at = $2, leased_until = NULL,
              fence = fence + 1
            WHERE id = $1 AND (state = 'unknown' OR (state IN ('queued', 'deferred') AND unknowns > 0))")
        .bind(id.0)
        .bind(now.0)
        .run()
        .await?;
    Ok(counted == 1)
}

/// Takes back a mail that waits and belongs to no introduction. Those of an introduction are their
/// connector's.
pub async fn cancel(tx: &mut Tx, id: DeliveryId, now: Ts) -> Result<bool, StoreError> {
    let cancelled = tx
        .q("UPDATE delivery SET state = 'cancelled', finished_at = $2, last_words = 'taken back'
            WHERE id = $1 AND introduction_id IS NULL AND state IN ('queued', 'deferred', 'unknown')")
        .bind(id.0)
        .bind(now.0)
        .run()
        .await?;
    Ok(cancelled == 1)
}

/// The Message-ID of a delivery's mail.
pub async fn message_id(tx: &mut Tx, id: DeliveryId) -> Result<Option<String>, StoreError> {
    let row = tx
        .q("SELECT m.headers FROM delivery d JOIN message m ON m.id = d.message_id WHERE d.id = $1")
        .bind(id.0)
        .one()
        .await?;
    let Some(row) = row else { return Ok(None) };
    let headers: String = row.get("headers")?;
    let headers: Headers = serde_json::from_str(&headers)
        .map_err(|error| StoreError::Data { column: "headers", why: error.to_string() })?;
    Ok(Some(headers.message_id))
}

/// Which deliveries an admin asks for. Mails after an answer are among them only when they need help: the
/// others would tell who answered.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    pub state: Option<DeliveryState>,
    pub family: Option<Family>,
    /// Queued at this moment or later.
    pub from: Option<Ts>,
    /// Queued before this moment.
    pub until: Option<Ts>,
    pub before: Option<DeliveryId>,
}

/// A page of those, newest first.
pub async fn list(tx: &mut Tx, filter: &Filter, limit: i64) -> Result<Vec<Delivery>, StoreError> {
    let until = filter.until.map_or(uuid::Uuid::max(), |at| uuid_v7(at, [0; 16]));
    let below = filter.before.map_or(until, |before| before.0.min(until));
    let from = filter.from.map_or(uuid::Uuid::nil(), |at| uuid_v7(at, [0; 16]));
    let query = match (filter.state, filter.family) {
        (None, None) => tx.q("SELECT * FROM delivery WHERE id < $1 AND id >= $2
              AND (kind NOT IN ('receipt', 'closing_note') OR state IN ('deferred', 'failed', 'unknown'))
            ORDER BY id DESC LIMIT $3"),
        (None, Some(Family::Ask)) => tx.q("SELECT * FROM delivery WHERE id < $1 AND id >= $2
              AND (kind = 'ask_first' OR kind = 'ask_second' OR kind = 'reminder')
            ORDER BY id DESC LIMIT $3"),
        (None, Some(Family::Answer)) => tx.q("SELECT * FROM delivery WHERE id < $1 AND id >= $2
              AND kind IN ('receipt', 'closing_note') AND (state = 'deferred' OR state = 'failed' OR state = 'unknown')
            ORDER BY id DESC LIMIT $3"),
        (None, Some(Family::Introduction)) => tx.q("SELECT * FROM delivery WHERE id < $1 AND id >= $2
              AND (kind = 'introduction' OR kind = 'connector_copy' OR kind = 'check_in')
            ORDER BY id DESC LIMIT $3"),
        (None, Some(Family::Service)) => tx.q("SELECT * FROM delivery WHERE id < $1 AND id >= $2
              AND kind <> 'ask_first' AND kind <> 'ask_second' AND kind <> 'reminder' AND kind <> 'introduction'
              AND kind <> 'connector_copy' AND kind <> 'check_in' AND kind <> 'receipt' AND kind <> 'closing_note'
            ORDER BY id DESC LIMIT $3"),
        (Some(_), _) => tx.q("SELECT * FROM delivery WHERE id < $1 AND id >= $2 AND state = $4
              AND (kind NOT IN ('receipt', 'closing_note') OR state IN ('deferred', 'failed', 'unknown'))
              AND $5 IN ('', CASE WHEN kind IN ('ask_first', 'ask_second', 'reminder') THEN 'ask'
                WHEN kind IN ('introduction', 'connector_copy', 'check_in') THEN 'introduction'
                WHEN kind IN ('receipt', 'closing_note') THEN 'answer' ELSE 'service' END)
            ORDER BY id DESC LIMIT $3"),
    };
    let query = query.bind(below).bind(from).bind(limit);
    let query = match filter.state {
        Some(state) => query.bind(state.as_str()).bind(filter.family.map_or("", Family::as_str)),
        None => query,
    };
    query.all().await?.iter().map(read).collect()
}

/// Those whose fate only a person can decide, oldest first.
pub async fn to_decide(tx: &mut Tx, limit: i64) -> Result<Vec<Delivery>, StoreError> {
    let rows = tx
        .q("SELECT * FROM delivery WHERE state = 'unknown' AND due_at = $1 ORDER BY id LIMIT $2")
        .bind(HELD.0)
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(read).collect()
}

/// How many are in a state, counted no further than `most`.
pub async fn count(tx: &mut Tx, state: DeliveryState, most: i64) -> Result<i64, StoreError> {
    let row = tx
        .q("SELECT COUNT(*) AS many FROM (SELECT id FROM delivery WHERE state = $1 LIMIT $2) AS few")
        .bind(state.as_str())
        .bind(most)
        .one()
        .await?;
    row.map_or(Ok(0), |row| row.get("many"))
}

/// How many failed since then, counted no further than `most`.
pub async fn failed_since(tx: &mut Tx, since: Ts, most: i64) -> Result<i64, StoreError> {
    let row = tx
        .q("SELECT COUNT(*) AS many FROM (SELECT id FROM delivery
              WHERE state = 'failed' AND finished_at >= $1 LIMIT $2) AS few")
        .bind(since.0)
        .bind(most)
        .one()
        .await?;
    row.map_or(Ok(0), |row| row.get("many"))
}

/// When the newest was queued: a time to come means that the clock was put back.
pub async fn newest(tx: &mut Tx) -> Result<Option<Ts>, StoreError> {
    let row = tx
        .q("SELECT created_at FROM delivery WHERE id < $1 ORDER BY id DESC LIMIT 1")
        .bind(uuid::Uuid::max())
        .one()
        .await?;
    row.map(|row| row.get("created_at").map(Ts)).transpose()
}

fn read(row: &Row) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        id: DeliveryId(row.get("id")?),
        kind: row.word("kind", MessageKind::parse)?,
        introduction: row.opt("introduction_id")?.map(IntroductionId),
        recipient: row.get("recipient")?,
        state: row.word("state", DeliveryState::parse)?,
        due_at: Ts(row.get("due_at")?),
        attempts: row.get("attempts")?,
        unknowns: row.get("unknowns")?,
        last_words: row.get("last_words")?,
        created_at: Ts(row.get("created_at")?),
        finished_at: row.opt("finished_at")?.map(Ts),
    })
}

fn read_attempt(row: &Row) -> Result<PastAttempt, StoreError> {
    Ok(PastAttempt {
        at: Ts(row.get("at")?),
        took: Span(row.get("took")?),
        stage: row.get("stage")?,
        result: row.get("result")?,
        code: row.opt("code")?,
        enhanced: row.opt("enhanced")?,
        words: row.get("words")?,
    })
}
