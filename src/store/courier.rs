//! The outbox from the courier's side: what is leased, given back, and taken back. Every write names the fence it
//! was leased under, so a late worker cannot overwrite a newer one.

use uuid::Uuid;

use super::attempts::{self, Attempt, of_leases};
use super::error::StoreError;
use super::query::{Row, as_json};
use super::tx::Tx;
use crate::clock::{Span, Ts};
use crate::domain::asking::Side;
use crate::domain::letter::{DeliveryState, Headers, LinkSpec};
use crate::domain::message::MessageKind;
use crate::ids::{DeliveryId, IntroductionId, MessageId};

/// A lease, as its holder knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Lease {
    #[serde(with = "uuid::serde::simple")]
    pub id: Uuid,
    pub fence: i64,
}

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

impl Leased {
    #[must_use]
    pub const fn lease(&self) -> Lease {
        Lease { id: self.id.0, fence: self.fence }
    }
}

/// What a courier reads of a delivery and its mail.
macro_rules! leased {
    ($fence:literal, $from:literal) => {
        concat!(
            "SELECT d.id, ",
            $fence,
            " AS fence, d.message_id, d.kind, d.introduction_id, d.side, d.recipient, d.domain, d.links,
               d.attempts, d.unknowns, COALESCE(d.revived_at, d.created_at) AS created_at, d.expires_at, m.headers,
               m.subject, m.text_part, m.html_part, m.card_part, m.dated_at ",
            $from
        )
    };
}

/// Leases up to `limit` due deliveries until `until`, oldest first, none for the `busy` domains.
pub async fn lease(
    tx: &mut Tx,
    now: Ts,
    until: Ts,
    busy: &[String],
    limit: i64,
) -> Result<Vec<Leased>, StoreError> {
    let rows = if tx.is_remote() {
        lease_at_once(tx, now, until, busy, limit).await?
    } else {
        lease_each(tx, now, until, busy, limit).await?
    };
    let mut leased = Vec::with_capacity(rows.len());
    for row in rows {
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

/// Nobody else writes between the two statements. SQLite is told the index: by itself it reads and sorts all that waits,
/// because it knows three states and not how many are in each.
async fn lease_each(
    tx: &mut Tx,
    now: Ts,
    until: Ts,
    busy: &[String],
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let due = if busy.is_empty() {
        tx.q(leased!(
            "d.fence + 1",
            "FROM delivery d INDEXED BY delivery_due CROSS JOIN message m ON m.id = d.message_id
             WHERE (d.state = 'queued' OR d.state = 'deferred' OR d.state = 'unknown') AND d.due_at <= $1
             ORDER BY d.due_at LIMIT $2"
        ))
    } else {
        tx.q(leased!(
            "d.fence + 1",
            "FROM delivery d INDEXED BY delivery_due CROSS JOIN message m ON m.id = d.message_id
             WHERE (d.state = 'queued' OR d.state = 'deferred' OR d.state = 'unknown') AND d.due_at <= $1
               AND d.domain NOT IN (SELECT value FROM json_each($3))
             ORDER BY d.due_at LIMIT $2"
        ))
    };
    let due = due.bind(now.0).bind(limit);
    let due = if busy.is_empty() { due } else { due.bind(as_json("domain", busy)?) };
    let rows = due.all().await?;
    for row in &rows {
        tx.q("UPDATE delivery SET state = 'leased', fence = fence + 1, leased_until = $2 WHERE id = $1")
            .bind(row.get::<Uuid>("id")?)
            .bind(until.0)
            .exactly_one()
            .await?;
    }
    Ok(rows)
}

/// Others lease at the same time: who comes second passes over what the first has locked.
async fn lease_at_once(
    tx: &mut Tx,
    now: Ts,
    until: Ts,
    busy: &[String],
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let rows = tx
        .q_postgres(
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
    if rows.is_empty() {
        return Ok(rows);
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?;
    let ids: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
    tx.q_postgres(leased!(
        "d.fence",
        "FROM delivery d JOIN message m ON m.id = d.message_id
         WHERE d.id = ANY (SELECT CAST(value AS UUID)
                           FROM jsonb_array_elements_text(CAST($1 AS JSONB)) AS k (value))"
    ))
    .bind(as_json("id", &ids)?)
    .all()
    .await
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

/// Gives leases back untouched: the route is paused, or the service stops. Also after the mark, when it is
/// known that nothing was handed over; the mark's count is taken back then.
pub async fn release(tx: &mut Tx, leases: &[Lease], due_at: Ts) -> Result<(), StoreError> {
    let released = of_leases!(
        tx,
        "UPDATE delivery SET state = 'queued', due_at = $2, leased_until = NULL,
           attempts = attempts - CASE WHEN state = 'transmitting' THEN 1 ELSE 0 END
         FROM held
         WHERE delivery.id = held.id AND delivery.fence = held.fence
           AND delivery.state || '' IN ('leased', 'transmitting')"
    );
    released.bind(as_json("lease", leases)?).bind(due_at.0).run().await?;
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
    // Whoever made these attempts cannot write them down any more.
    let attempt = Attempt {
        at: now,
        took: Span::ZERO,
        stage: "body",
        result: DeliveryState::Unknown.as_str(),
        code: None,
        enhanced: None,
        words: STOPPED.to_owned(),
    };
    let ids: Vec<Uuid> = unknown.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?;
    attempts::add(tx, ids.iter().map(|id| (*id, &attempt))).await?;
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
             WHERE (state = 'queued' OR state = 'deferred' OR state = 'unknown') ORDER BY due_at LIMIT 1",
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
            WHERE (state = 'queued' OR state = 'deferred' OR state = 'unknown') GROUP BY kind")
        .all()
        .await?;
    rows.iter().map(|row| Ok((row.get("kind")?, row.get("depth")?, Ts(row.get("oldest")?)))).collect()
}
