//! What becomes of leased deliveries: marked before their first byte leaves, recorded after the last. For several at
//! once, because several end at the same time, and each statement is a message to PostgreSQL and one back. SQLite is
//! told of one after the other.

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

/// Whether the recipient wants it: they did not say never, pause, or refuse this connector or the other person. A pause
/// and a refusal stop questions only.
macro_rules! wanted {
    ($now:literal) => {
        concat!(
            "(person IS NULL OR NOT EXISTS (SELECT 1 FROM suppression s WHERE s.person = delivery.person))
             AND (person IS NULL
                  OR (kind <> 'ask_first' AND kind <> 'ask_second' AND kind <> 'reminder' AND kind <> 'check_in')
                  OR (NOT EXISTS (SELECT 1 FROM person p
                                  WHERE p.person = delivery.person AND p.paused_until > ",
            $now,
            ")
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
                                  WHERE p.person = delivery.person AND p.paused_until > ",
            $now,
            ")
                      AND NOT EXISTS (SELECT 1 FROM refusal r
                                      JOIN message m ON m.connector_id = r.connector_id
                                      WHERE r.person = delivery.person AND m.id = delivery.message_id)))"
        )
    };
}

/// Marks leased deliveries `transmitting`, unless one was taken back or its recipient does not want it.
/// One answer for each, in their order.
pub async fn mark_transmitting(tx: &mut Tx, leases: &[Lease], now: Ts) -> Result<Vec<Leave>, StoreError> {
    if leases.is_empty() {
        return Ok(Vec::new());
    }
    let marked = if tx.is_remote() {
        mark_at_once(tx, leases, now).await?
    } else {
        mark_each(tx, leases, now).await?
    };
    let left: Vec<Lease> = leases.iter().filter(|lease| !marked.contains(&lease.id)).copied().collect();
    let cancelled = if left.is_empty() { Vec::new() } else { cancel(tx, &left, now).await? };
    let leave = |lease: &Lease| match lease.id {
        id if marked.contains(&id) => Leave::Go,
        id if cancelled.contains(&id) => Leave::Suppressed,
        _ => Leave::Lost,
    };
    Ok(leases.iter().map(leave).collect())
}

/// The ids of those that are marked now.
async fn mark_at_once(tx: &mut Tx, leases: &[Lease], now: Ts) -> Result<Vec<Uuid>, StoreError> {
    let marked = tx.q_postgres(concat!(
        "WITH held AS (SELECT id, fence FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS r (id UUID, fence BIGINT))
         UPDATE delivery SET state = 'transmitting', attempts = attempts + 1
         FROM held
         WHERE delivery.id = held.id AND delivery.fence = held.fence AND delivery.state = 'leased' AND ",
        wanted!("$2"),
        " RETURNING delivery.id AS id"
    ));
    ids(&marked.bind(as_json("lease", leases)?).bind(now.0).all().await?)
}

async fn mark_each(tx: &mut Tx, leases: &[Lease], now: Ts) -> Result<Vec<Uuid>, StoreError> {
    let mut marked = Vec::with_capacity(leases.len());
    for lease in leases {
        let mark = tx.q(concat!(
            "UPDATE delivery SET state = 'transmitting', attempts = attempts + 1
             WHERE id = $1 AND fence = $2 AND state = 'leased' AND ",
            wanted!("$3")
        ));
        if mark.bind(lease.id).bind(lease.fence).bind(now.0).run().await? == 1 {
            marked.push(lease.id);
        }
    }
    Ok(marked)
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
    let recorded =
        if tx.is_remote() { end_at_once(tx, endings).await? } else { end_each(tx, endings).await? };
    let kept = || endings.iter().filter(|ending| recorded.contains(&ending.lease.id));
    add(tx, kept().map(|ending| (ending.lease.id, &ending.attempt))).await?;
    for ending in kept().filter(|ending| ending.kind == MessageKind::Erased) {
        if let Some(at) = ending.finished_at() {
            retention::forget_mail(tx, ending.message, at, at).await?;
        }
    }
    Ok(endings.iter().map(|ending| recorded.contains(&ending.lease.id)).collect())
}

/// `sent` is recorded even when the lease ran out meanwhile, as long as nobody else took it over. The ids of those that
/// are recorded.
async fn end_at_once(tx: &mut Tx, endings: &[Ending]) -> Result<Vec<Uuid>, StoreError> {
    let changes: Vec<Change<'_>> = endings.iter().map(change).collect();
    let ended = tx
        .q_postgres("WITH e AS (SELECT * FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS r (id UUID, fence BIGINT, state TEXT,
              due_at BIGINT, unknown BIGINT, words TEXT, finished_at BIGINT))
            UPDATE delivery SET state = e.state, due_at = e.due_at, leased_until = NULL,
              unknowns = unknowns + e.unknown, last_words = e.words, finished_at = e.finished_at,
              attempts = attempts + CASE WHEN delivery.state = 'leased' THEN 1 ELSE 0 END
            FROM e
            WHERE delivery.id = e.id AND delivery.fence = e.fence
              AND delivery.state IN ('leased', 'transmitting', 'unknown')
            RETURNING delivery.id AS id")
        .bind(as_json("ending", &changes)?)
        .all()
        .await?;
    ids(&ended)
}

async fn end_each(tx: &mut Tx, endings: &[Ending]) -> Result<Vec<Uuid>, StoreError> {
    let mut ended = Vec::with_capacity(endings.len());
    for ending in endings {
        let Change { lease, state, due_at, unknown, words, finished_at } = change(ending);
        let end = tx
            .q("UPDATE delivery SET state = $3, due_at = $4, leased_until = NULL, unknowns = unknowns + $5,
                  last_words = $6, finished_at = $7,
                  attempts = attempts + CASE WHEN state = 'leased' THEN 1 ELSE 0 END
                WHERE id = $1 AND fence = $2
                  AND (state = 'leased' OR state = 'transmitting' OR state = 'unknown')")
            .bind(lease.id)
            .bind(lease.fence)
            .bind(state)
            .bind(due_at)
            .bind(unknown)
            .bind(words)
            .bind(finished_at);
        if end.run().await? == 1 {
            ended.push(lease.id);
        }
    }
    Ok(ended)
}

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
    if tx.is_remote() {
        return add_at_once(tx, attempts).await;
    }
    for (id, attempt) in attempts {
        tx.q("INSERT INTO attempt (delivery_id, nth, at, took, stage, result, code, enhanced, words)
              VALUES ($1, (SELECT COALESCE(MAX(nth), 0) + 1 FROM attempt WHERE delivery_id = $1),
                $2, $3, $4, $5, $6, $7, $8)")
            .bind(id)
            .bind(attempt.at.0)
            .bind(attempt.took.0)
            .bind(attempt.stage)
            .bind(attempt.result)
            .bind(attempt.code)
            .bind(attempt.enhanced.clone())
            .bind(attempt.words.as_str())
            .run()
            .await?;
    }
    Ok(())
}

async fn add_at_once<'a>(
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
    tx.q_postgres("INSERT INTO attempt (delivery_id, nth, at, took, stage, result, code, enhanced, words)
          SELECT a.id, (SELECT COALESCE(MAX(nth), 0) + 1 FROM attempt WHERE delivery_id = a.id), a.at, a.took, a.stage,
            a.result, a.code, a.enhanced, a.words
          FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS a (id UUID, at BIGINT, took BIGINT, stage TEXT, result TEXT,
            code BIGINT, enhanced TEXT, words TEXT)")
        .bind(as_json("attempt", &lines)?)
        .run()
        .await?;
    Ok(())
}
