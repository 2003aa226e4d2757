//! The outbox from the courier's side: lease, mark, record. Every write names the fence it was leased
//! under, so a late worker cannot overwrite a newer one.

use uuid::Uuid;

use super::error::StoreError;
use super::query::{Row, as_json};
use super::retention;
use super::tx::Tx;
use crate::clock::{Span, Ts};
use crate::domain::asking::Side;
use crate::domain::letter::{DeliveryState, Headers, LinkSpec};
use crate::domain::message::MessageKind;
use crate::ids::{DeliveryId, IntroductionId, MessageId};

/// A due time that never comes: an `unknown` delivery that waits for a person.
pub const HELD: Ts = Ts(i64::MAX);

/// What is known of an attempt whose process is gone.
const STOPPED: &str = "the sender stopped after the mail was handed over";

/// A delivery in the courier's hands, with everything needed to write its bytes.
#[derive(Clone)]
pub struct Leased {
    pub id: DeliveryId,
    pub fence: i64,
    pub message: MessageId,
    pub kind: MessageKind,
    pub introduction: Option<IntroductionId>,
    pub side: Option<Side>,
    pub recipient: String,
    pub domain: String,
    pub links: Vec<LinkSpec>,
    pub attempts: i64,
    pub unknowns: i64,
    /// When it was queued, or given its time again by an admin.
    pub created_at: Ts,
    pub expires_at: Option<Ts>,
    pub headers: Headers,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// A vCard file that goes with it; empty for almost all.
    pub card: String,
    pub dated_at: Ts,
}

/// Leases up to `limit` due deliveries until `until`, oldest first, none for the `busy` domains. SQLite is told the index:
/// by itself it reads and sorts all that waits, because it knows three states and not how many are in each.
pub async fn lease(
    tx: &mut Tx,
    now: Ts,
    until: Ts,
    busy: &[String],
    limit: i64,
) -> Result<Vec<Leased>, StoreError> {
    let rows = tx
        .q2(
            "UPDATE delivery SET state = 'leased', fence = fence + 1, leased_until = $2
             WHERE id IN (SELECT id FROM delivery INDEXED BY delivery_due
                          WHERE state IN ('queued', 'deferred', 'unknown') AND due_at <= $1
                            AND domain NOT IN (SELECT value FROM json_each($3))
                          ORDER BY due_at LIMIT $4)
             RETURNING id",
            "UPDATE delivery SET state = 'leased', fence = fence + 1, leased_until = $2
             WHERE id IN (SELECT id FROM delivery
                          WHERE state IN ('queued', 'deferred', 'unknown') AND due_at <= $1
                            AND domain NOT IN (SELECT jsonb_array_elements_text(CAST($3 AS JSONB)))
                          ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED)
               AND state IN ('queued', 'deferred', 'unknown')
             RETURNING id",
        )
        .bind(now.0)
        .bind(until.0)
        .bind(as_json("domain", busy)?)
        .bind(limit)
        .all()
        .await?;
    let mut leased = Vec::with_capacity(rows.len());
    for row in these(tx, &rows).await? {
        match read(&row) {
            // One row that cannot be read must not hold up all others.
            Err(StoreError::Data { column, why }) => {
                fail_damaged(tx, DeliveryId(row.get("id")?), now, column, &why).await?;
            }
            read => leased.push(read?),
        }
    }
    Ok(leased)
}

async fn fail_damaged(
    tx: &mut Tx,
    id: DeliveryId,
    now: Ts,
    column: &str,
    why: &str,
) -> Result<(), StoreError> {
    tracing::error!(delivery.id = %id, column, why, "a stored delivery cannot be read");
    tx.q("UPDATE delivery SET state = 'failed', leased_until = NULL, finished_at = $2,
            last_words = 'what was stored of it cannot be read'
          WHERE id = $1")
        .bind(id.0)
        .bind(now.0)
        .run()
        .await?;
    Ok(())
}

/// The deliveries with these ids and their messages.
async fn these(tx: &mut Tx, ids: &[Row]) -> Result<Vec<Row>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = ids.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?;
    let ids: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
    tx.q2(
        "SELECT d.id, d.fence, d.message_id, d.kind, d.introduction_id, d.side, d.recipient, d.domain, d.links,
           d.attempts, d.unknowns, COALESCE(d.revived_at, d.created_at) AS created_at, d.expires_at, m.headers,
           m.subject, m.text_part, m.html_part, m.card_part, m.dated_at
         FROM json_each($1) k JOIN delivery d ON d.id = unhex(k.value) JOIN message m ON m.id = d.message_id",
        "SELECT d.id, d.fence, d.message_id, d.kind, d.introduction_id, d.side, d.recipient, d.domain, d.links,
           d.attempts, d.unknowns, COALESCE(d.revived_at, d.created_at) AS created_at, d.expires_at, m.headers,
           m.subject, m.text_part, m.html_part, m.card_part, m.dated_at
         FROM delivery d JOIN message m ON m.id = d.message_id
         WHERE d.id = ANY (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text(CAST($1 AS JSONB)) AS k (value))",
    )
    .bind(as_json("id", &ids)?)
    .all()
    .await
}

fn read(row: &Row) -> Result<Leased, StoreError> {
    let links: String = row.get("links")?;
    let headers: String = row.get("headers")?;
    Ok(Leased {
        id: DeliveryId(row.get("id")?),
        fence: row.get("fence")?,
        message: MessageId(row.get("message_id")?),
        kind: row.word("kind", MessageKind::parse)?,
        introduction: row.opt("introduction_id")?.map(IntroductionId),
        side: row.opt_word("side", Side::parse)?,
        recipient: row.get("recipient")?,
        domain: row.get("domain")?,
        links: json("links", &links)?,
        attempts: row.get("attempts")?,
        unknowns: row.get("unknowns")?,
        created_at: Ts(row.get("created_at")?),
        expires_at: row.opt("expires_at")?.map(Ts),
        headers: json("headers", &headers)?,
        subject: row.get("subject")?,
        text: row.get("text_part")?,
        html: row.get("html_part")?,
        card: row.get("card_part")?,
        dated_at: Ts(row.get("dated_at")?),
    })
}

fn json<T: serde::de::DeserializeOwned>(column: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Data { column, why: error.to_string() })
}

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

/// Marks a leased delivery `transmitting`, unless it was taken back or its recipient does not want it: they
/// said never, pause, or refused this connector or the other person. A pause and a refusal stop questions only.
pub async fn mark_transmitting(
    tx: &mut Tx,
    id: DeliveryId,
    fence: i64,
    now: Ts,
) -> Result<Leave, StoreError> {
    let marked = tx
        .q("UPDATE delivery SET state = 'transmitting', attempts = attempts + 1
            WHERE id = $1 AND fence = $2 AND state = 'leased'
              AND (person IS NULL
                   OR NOT EXISTS (SELECT 1 FROM suppression s WHERE s.person = delivery.person))
              AND (person IS NULL OR kind NOT IN ('ask_first', 'ask_second', 'reminder', 'check_in')
                   OR (NOT EXISTS (SELECT 1 FROM person p
                                   WHERE p.person = delivery.person AND p.paused_until > $3)
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
                                   WHERE p.person = delivery.person AND p.paused_until > $3)
                       AND NOT EXISTS (SELECT 1 FROM refusal r
                                       JOIN message m ON m.connector_id = r.connector_id
                                       WHERE r.person = delivery.person AND m.id = delivery.message_id)))")
        .bind(id.0)
        .bind(fence)
        .bind(now.0)
        .run()
        .await?;
    if marked == 1 {
        return Ok(Leave::Go);
    }
    let cancelled = tx
        .q("UPDATE delivery SET state = 'cancelled', finished_at = $3, last_words = 'taken back'
            WHERE id = $1 AND fence = $2 AND state = 'leased'")
        .bind(id.0)
        .bind(fence)
        .bind(now.0)
        .run()
        .await?;
    Ok(if cancelled == 1 { Leave::Suppressed } else { Leave::Lost })
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

/// Records the end of an attempt: the delivery's new state and the attempt itself. A late worker, whose
/// lease was given to another, records nothing. Returns whether it was recorded.
///
/// An attempt that ended before it was marked is counted here; the mark has counted the others.
pub async fn record(
    tx: &mut Tx,
    delivery: &Leased,
    state: DeliveryState,
    due_at: Ts,
    attempt: &Attempt,
) -> Result<bool, StoreError> {
    let finished = match state {
        DeliveryState::Sent | DeliveryState::Failed | DeliveryState::Cancelled => Some(attempt.at.0),
        DeliveryState::Queued
        | DeliveryState::Leased
        | DeliveryState::Transmitting
        | DeliveryState::Deferred
        | DeliveryState::Unknown => None,
    };
    let unknown = i64::from(state == DeliveryState::Unknown);
    // `sent` is recorded even when the lease ran out meanwhile, as long as nobody else took it over.
    let recorded = tx
        .q("UPDATE delivery SET state = $3, due_at = $4, leased_until = NULL, unknowns = unknowns + $5,
              last_words = $6, finished_at = $7,
              attempts = attempts + CASE WHEN state = 'leased' THEN 1 ELSE 0 END
            WHERE id = $1 AND fence = $2 AND state IN ('leased', 'transmitting', 'unknown')")
        .bind(delivery.id.0)
        .bind(delivery.fence)
        .bind(state.as_str())
        .bind(due_at.0)
        .bind(unknown)
        .bind(attempt.words.as_str())
        .bind(finished)
        .run()
        .await?;
    if recorded == 1 {
        add_attempt(tx, delivery.id, attempt).await?;
        if finished.is_some() && delivery.kind == MessageKind::Erased {
            retention::forget_mail(tx, delivery.message, attempt.at, attempt.at).await?;
        }
    }
    Ok(recorded == 1)
}

pub(super) async fn add_attempt(tx: &mut Tx, id: DeliveryId, attempt: &Attempt) -> Result<(), StoreError> {
    tx.q("INSERT INTO attempt (delivery_id, nth, at, took, stage, result, code, enhanced, words)
          SELECT $1, COALESCE(MAX(nth), 0) + 1, $2, $3, $4, $5, $6, $7, $8 FROM attempt WHERE delivery_id = $1")
        .bind(id.0)
        .bind(attempt.at.0)
        .bind(attempt.took.0)
        .bind(attempt.stage)
        .bind(attempt.result)
        .bind(attempt.code)
        .bind(attempt.enhanced.clone())
        .bind(attempt.words.as_str())
        .run()
        .await?;
    Ok(())
}

/// Gives a lease back untouched: the route is paused, or the service stops. Also after the mark, when it is
/// known that nothing was handed over; the mark's count is taken back then.
pub async fn release(tx: &mut Tx, id: DeliveryId, fence: i64, due_at: Ts) -> Result<(), StoreError> {
    tx.q("UPDATE delivery SET state = 'queued', due_at = $3, leased_until = NULL,
            attempts = attempts - CASE WHEN state = 'transmitting' THEN 1 ELSE 0 END
          WHERE id = $1 AND fence = $2 AND state IN ('leased', 'transmitting')")
        .bind(id.0)
        .bind(fence)
        .bind(due_at.0)
        .run()
        .await?;
    Ok(())
}

/// Takes leases back whose holder is gone: `leased` ones are queued again, `transmitting` ones become
/// `unknown` and wait `retry`; after `retries` of those they wait for a person. Returns both counts.
pub async fn reclaim(
    tx: &mut Tx,
    now: Ts,
    retry: Span,
    retries: i64,
    all: bool,
) -> Result<(u64, u64), StoreError> {
    let before = if all { i64::MAX } else { now.0 };
    let queued = tx
        .q("UPDATE delivery SET state = 'queued', due_at = $2, leased_until = NULL
            WHERE state = 'leased' AND leased_until <= $1")
        .bind(before)
        .bind(now.0)
        .run()
        .await?;
    let unknown = tx
        .q("UPDATE delivery SET state = 'unknown', leased_until = NULL, unknowns = unknowns + 1,
              due_at = CASE WHEN unknowns < $3 THEN $2 ELSE $4 END, last_words = $5
            WHERE state = 'transmitting' AND leased_until <= $1
            RETURNING id")
        .bind(before)
        .bind((now + retry).0)
        .bind(retries)
        .bind(HELD.0)
        .bind(STOPPED)
        .all()
        .await?;
    for row in &unknown {
        // Whoever made this attempt cannot write it down any more.
        let attempt = Attempt {
            at: now,
            took: Span::ZERO,
            stage: "body",
            result: DeliveryState::Unknown.as_str(),
            code: None,
            enhanced: None,
            words: STOPPED.to_owned(),
        };
        add_attempt(tx, DeliveryId(row.get("id")?), &attempt).await?;
    }
    Ok((queued, u64::try_from(unknown.len()).unwrap_or(u64::MAX)))
}

/// Cuts leases that end later than any lease that is given now: they are from before the clock was set back.
pub async fn cut_leases(tx: &mut Tx, latest: Ts) -> Result<u64, StoreError> {
    tx.q("UPDATE delivery SET leased_until = $1 WHERE state IN ('leased', 'transmitting') AND leased_until > $1")
        .bind(latest.0)
        .run()
        .await
}

/// When the next delivery becomes due, if any waits.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Ts>, StoreError> {
    let row = tx
        .q2(
            "SELECT due_at FROM delivery INDEXED BY delivery_due
             WHERE state IN ('queued', 'deferred', 'unknown') ORDER BY due_at LIMIT 1",
            "SELECT due_at FROM delivery
             WHERE state IN ('queued', 'deferred', 'unknown') ORDER BY due_at LIMIT 1",
        )
        .one()
        .await?;
    row.map(|row| row.get("due_at").map(Ts)).transpose()
}

/// Depth and oldest waiting time per kind, for the metrics.
pub async fn depth(tx: &mut Tx) -> Result<Vec<(String, i64, Ts)>, StoreError> {
    let rows = tx
        .q("SELECT kind, COUNT(*) AS depth, MIN(created_at) AS oldest FROM delivery
            WHERE state IN ('queued', 'deferred', 'unknown') GROUP BY kind")
        .all()
        .await?;
    rows.iter().map(|row| Ok((row.get("kind")?, row.get("depth")?, Ts(row.get("oldest")?)))).collect()
}
