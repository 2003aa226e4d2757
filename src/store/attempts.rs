//! What becomes of leased deliveries: marked before their first byte leaves, recorded after the last. For several at
//! once, because several end at the same time, and each statement is a message to PostgreSQL and one back.

use serde::Serialize;
use uuid::Uuid;

use super::courier::Lease;
use super::error::StoreError;
use super::query::as_json;
use super::retention;
use super::tx::Tx;
use crate::clock::{Span, Ts};
use crate::domain::letter::DeliveryState;
use crate::domain::message::MessageKind;
use crate::ids::MessageId;

/// The answer to "may I send this now?".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// Marked `transmitting`: go.
    Go,
    /// Suppressed meanwhile: it is cancelled now.
    Suppressed,
    /// Taken back, or in another worker's hands.
    Lost,
}

/// SQLite is kept from its index of states, by which it would go through all that are leased.
macro_rules! of_leases {
    ($tx:ident, $update:literal) => {
        $tx.q2(
            concat!(
                "WITH held AS (SELECT unhex(value ->> 'id') AS id, value ->> 'fence' AS fence FROM json_each($1)) ",
                $update
            ),
            concat!(
                "WITH held AS (SELECT id, fence
                    FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS r (id UUID, fence BIGINT)) ",
                $update
            ),
        )
    };
}
pub(super) use of_leases;

/// Marks leased deliveries `transmitting`, unless one was taken back or its recipient does not want it: they
/// said never, pause, or refused this connector or the other person. A pause and a refusal stop questions only.
/// One answer for each, in their order.
pub async fn mark_transmitting(tx: &mut Tx, leases: &[Lease], now: Ts) -> Result<Vec<Leave>, StoreError> {
    if leases.is_empty() {
        return Ok(Vec::new());
    }
    let marked = of_leases!(
        tx,
        "UPDATE delivery SET state = 'transmitting', attempts = attempts + 1
         FROM held
         WHERE delivery.id = held.id AND delivery.fence = held.fence AND delivery.state || '' = 'leased'
           AND (person IS NULL
                OR NOT EXISTS (SELECT 1 FROM suppression s WHERE s.person = delivery.person))
           AND (person IS NULL OR kind NOT IN ('ask_first', 'ask_second', 'reminder', 'check_in')
                OR (NOT EXISTS (SELECT 1 FROM person p
                                WHERE p.person = delivery.person AND p.paused_until > $2)
                    AND NOT EXISTS (SELECT 1 FROM refusal r
                                    JOIN introduction i ON i.connector_id = r.connector_id
                                    WHERE r.person = delivery.person
                                      AND i.id = delivery.introduction_id)
                    AND NOT EXISTS (SELECT 1 FROM refusal r JOIN party o ON o.person = r.other
                                    WHERE r.person = delivery.person
                                      AND o.introduction_id = delivery.introduction_id
                                      AND o.side <> delivery.side)))
           AND (kind NOT IN ('card_ask', 'pass_ask')
                OR (NOT EXISTS (SELECT 1 FROM person p
                                WHERE p.person = delivery.person AND p.paused_until > $2)
                    AND NOT EXISTS (SELECT 1 FROM refusal r
                                    JOIN message m ON m.connector_id = r.connector_id
                                    WHERE r.person = delivery.person AND m.id = delivery.message_id)))
         RETURNING delivery.id AS id"
    );
    let marked = ids(&marked.bind(as_json("lease", leases)?).bind(now.0).all().await?)?;
    let left: Vec<Lease> = leases.iter().filter(|lease| !marked.contains(&lease.id)).copied().collect();
    let cancelled = if left.is_empty() { Vec::new() } else { cancel(tx, &left, now).await? };
    let leave = |lease: &Lease| match lease.id {
        id if marked.contains(&id) => Leave::Go,
        id if cancelled.contains(&id) => Leave::Suppressed,
        _ => Leave::Lost,
    };
    Ok(leases.iter().map(leave).collect())
}

/// Those that are still leased under this fence.
async fn cancel(tx: &mut Tx, leases: &[Lease], now: Ts) -> Result<Vec<Uuid>, StoreError> {
    let cancelled = of_leases!(
        tx,
        "UPDATE delivery SET state = 'cancelled', finished_at = $2, last_words = 'taken back'
         FROM held
         WHERE delivery.id = held.id AND delivery.fence = held.fence AND delivery.state || '' = 'leased'
         RETURNING delivery.id AS id"
    );
    ids(&cancelled.bind(as_json("lease", leases)?).bind(now.0).all().await?)
}

fn ids(rows: &[super::Row]) -> Result<Vec<Uuid>, StoreError> {
    rows.iter().map(|row| row.get("id")).collect()
}

/// How an attempt ended, as it is kept with the delivery.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub at: Ts,
    pub took: Span,
    pub stage: &'static str,
    pub result: &'static str,
    pub code: Option<i64>,
    pub enhanced: Option<String>,
    /// The server's words, without addresses.
    pub words: String,
}

/// The end of an attempt, and what it makes of its delivery.
#[derive(Clone, Debug)]
pub struct Ending {
    pub lease: Lease,
    pub kind: MessageKind,
    pub message: MessageId,
    pub state: DeliveryState,
    pub due_at: Ts,
    pub attempt: Attempt,
}

impl Ending {
    fn finished_at(&self) -> Option<Ts> {
        match self.state {
            DeliveryState::Sent | DeliveryState::Failed | DeliveryState::Cancelled => Some(self.attempt.at),
            DeliveryState::Queued
            | DeliveryState::Leased
            | DeliveryState::Transmitting
            | DeliveryState::Deferred
            | DeliveryState::Unknown => None,
        }
    }
}

/// What an ending changes in the table of deliveries.
#[derive(Serialize)]
struct Change<'e> {
    #[serde(flatten)]
    lease: Lease,
    state: &'static str,
    due_at: i64,
    unknown: i64,
    words: &'e str,
    finished_at: Option<i64>,
}

/// Records the ends of attempts: the deliveries' new states and the attempts themselves. A late worker, whose
/// lease was given to another, records nothing. Returns for each whether it was recorded.
///
/// An attempt that ended before it was marked is counted here; the mark has counted the others.
pub async fn record(tx: &mut Tx, endings: &[Ending]) -> Result<Vec<bool>, StoreError> {
    if endings.is_empty() {
        return Ok(Vec::new());
    }
    let changes: Vec<Change<'_>> = endings.iter().map(change).collect();
    let recorded = tx
        .q2(
            record_endings!(
                "SELECT unhex(value ->> 'id') AS id, value ->> 'fence' AS fence, value ->> 'state' AS state,
                   value ->> 'due_at' AS due_at, value ->> 'unknown' AS unknown, value ->> 'words' AS words,
                   value ->> 'finished_at' AS finished_at
                 FROM json_each($1)"
            ),
            record_endings!(
                "SELECT * FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS r (id UUID, fence BIGINT, state TEXT,
                   due_at BIGINT, unknown BIGINT, words TEXT, finished_at BIGINT)"
            ),
        )
        .bind(as_json("ending", &changes)?)
        .all()
        .await?;
    let recorded = ids(&recorded)?;
    let kept = || endings.iter().filter(|ending| recorded.contains(&ending.lease.id));
    add(tx, kept().map(|ending| (ending.lease.id, &ending.attempt))).await?;
    for ending in kept().filter(|ending| ending.kind == MessageKind::Erased) {
        if let Some(at) = ending.finished_at() {
            retention::forget_mail(tx, ending.message, at, at).await?;
        }
    }
    Ok(endings.iter().map(|ending| recorded.contains(&ending.lease.id)).collect())
}

/// `sent` is recorded even when the lease ran out meanwhile, as long as nobody else took it over.
macro_rules! record_endings {
    ($endings:literal) => {
        concat!(
            "WITH e AS (",
            $endings,
            ") UPDATE delivery SET state = e.state, due_at = e.due_at, leased_until = NULL,
                 unknowns = unknowns + e.unknown, last_words = e.words, finished_at = e.finished_at,
                 attempts = attempts + CASE WHEN delivery.state = 'leased' THEN 1 ELSE 0 END
               FROM e
               WHERE delivery.id = e.id AND delivery.fence = e.fence
                 AND delivery.state || '' IN ('leased', 'transmitting', 'unknown')
               RETURNING delivery.id AS id"
        )
    };
}
use record_endings;

fn change(ending: &Ending) -> Change<'_> {
    Change {
        lease: ending.lease,
        state: ending.state.as_str(),
        due_at: ending.due_at.0,
        unknown: i64::from(ending.state == DeliveryState::Unknown),
        words: &ending.attempt.words,
        finished_at: ending.finished_at().map(|at| at.0),
    }
}

/// A row of the table of attempts, but for its number.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(with = "uuid::serde::simple")]
    id: Uuid,
    at: i64,
    took: i64,
    stage: &'static str,
    result: &'static str,
    code: Option<i64>,
    enhanced: Option<&'a str>,
    words: &'a str,
}

/// Each delivery is there once.
pub(super) async fn add<'a>(
    tx: &mut Tx,
    attempts: impl Iterator<Item = (Uuid, &'a Attempt)>,
) -> Result<(), StoreError> {
    let line = |(id, attempt): (Uuid, &'a Attempt)| Line {
        id,
        at: attempt.at.0,
        took: attempt.took.0,
        stage: attempt.stage,
        result: attempt.result,
        code: attempt.code,
        enhanced: attempt.enhanced.as_deref(),
        words: &attempt.words,
    };
    let lines: Vec<Line<'a>> = attempts.map(line).collect();
    if lines.is_empty() {
        return Ok(());
    }
    tx.q2(
        "INSERT INTO attempt (delivery_id, nth, at, took, stage, result, code, enhanced, words)
         SELECT a.id, (SELECT COALESCE(MAX(nth), 0) + 1 FROM attempt WHERE delivery_id = a.id), a.at, a.took, a.stage,
           a.result, a.code, a.enhanced, a.words
         FROM (SELECT unhex(value ->> 'id') AS id, value ->> 'at' AS at, value ->> 'took' AS took,
                 value ->> 'stage' AS stage, value ->> 'result' AS result, value ->> 'code' AS code,
                 value ->> 'enhanced' AS enhanced, value ->> 'words' AS words
               FROM json_each($1)) AS a",
        "INSERT INTO attempt (delivery_id, nth, at, took, stage, result, code, enhanced, words)
         SELECT a.id, (SELECT COALESCE(MAX(nth), 0) + 1 FROM attempt WHERE delivery_id = a.id), a.at, a.took, a.stage,
           a.result, a.code, a.enhanced, a.words
         FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS a (id UUID, at BIGINT, took BIGINT, stage TEXT, result TEXT,
           code BIGINT, enhanced TEXT, words TEXT)",
    )
    .bind(as_json("attempt", &lines)?)
    .run()
    .await?;
    Ok(())
}
