//! Deliveries as the admin sees them: with each attempt and the server's words.

use super::error::StoreError;
use super::query::Row;
use super::tx::Tx;
use crate::clock::{Span, Ts};
use crate::domain::letter::DeliveryState;
use crate::domain::message::MessageKind;
use crate::ids::{DeliveryId, IntroductionId};

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

/// Puts a delivery that waits, failed or is `unknown` at the front of the queue. `false` when it is not
/// in such a state.
pub async fn retry(tx: &mut Tx, id: DeliveryId, now: Ts) -> Result<bool, StoreError> {
    let again = tx
        .q("UPDATE delivery SET state = 'queued', due_at = $2, finished_at = NULL
            WHERE id = $1 AND state IN ('queued', 'deferred', 'failed', 'unknown')")
        .bind(id.0)
        .bind(now.0)
        .run()
        .await?;
    Ok(again == 1)
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
