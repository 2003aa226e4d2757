//! Mails on their way in: queued in the transaction that decided them, taken back while unsent.

use super::error::StoreError;
use super::query::as_json;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::asking::{Pair, Side};
use crate::domain::letter::{DeliveryState, NewDelivery, NewMessage};
use crate::domain::message::MessageKind;
use crate::domain::party::PersonKey;
use crate::ids::{ConnectorId, IntroductionId};

/// Queues a mail with its deliveries. A key that is there already means: it was queued before, and
/// nothing is written. Returns whether it was new.
pub async fn enqueue(tx: &mut Tx, new: &NewMessage, now: Ts) -> Result<bool, StoreError> {
    let headers = as_json("headers", &new.headers)?;
    let added = tx
        .q("INSERT INTO message (id, key, kind, introduction_id, connector_id, headers, subject, text_part,
              html_part, dated_at, card_part)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            ON CONFLICT (key) DO NOTHING")
        .bind(new.id.0)
        .bind(new.key.as_str())
        .bind(new.kind.as_str())
        .bind(new.introduction.map(|id| id.0))
        .bind(new.connector.map(|id| id.0))
        .bind(headers)
        .bind(new.subject.as_str())
        .bind(new.text.as_str())
        .bind(new.html.as_str())
        .bind(new.dated_at.0)
        .bind(new.card.as_str())
        .run()
        .await?;
    if added == 0 {
        return Ok(false);
    }
    for delivery in &new.deliveries {
        add_delivery(tx, new, delivery, now).await?;
    }
    Ok(true)
}

async fn add_delivery(tx: &mut Tx, of: &NewMessage, new: &NewDelivery, now: Ts) -> Result<(), StoreError> {
    let links = as_json("links", &new.links)?;
    tx.q(
        "INSERT INTO delivery (id, message_id, kind, introduction_id, side, recipient, domain, person, links,
            state, due_at, expires_at, fence, attempts, unknowns, last_words, created_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', $10, $11, 0, 0, 0, '', $12)",
    )
    .bind(new.id.0)
    .bind(of.id.0)
    .bind(of.kind.as_str())
    .bind(of.introduction.map(|id| id.0))
    .bind(new.side.map(Side::as_str))
    .bind(new.recipient.as_str())
    .bind(new.recipient.domain())
    .bind(new.person.map(|person| person.0.to_vec()))
    .bind(links)
    .bind(new.not_before.unwrap_or(now).0)
    .bind(new.expires_at.map(|at| at.0))
    .bind(now.0)
    .run()
    .await?;
    Ok(())
}

/// Removes a mail and its deliveries without a trace. `false` when there is none with this key.
pub async fn discard(tx: &mut Tx, key: &str) -> Result<bool, StoreError> {
    Ok(tx.q("DELETE FROM message WHERE key = $1").bind(key).run().await? == 1)
}

/// Takes back the mails of one kind that have not begun to leave. Returns how many.
pub async fn cancel_unsent(
    tx: &mut Tx,
    id: IntroductionId,
    kind: MessageKind,
    now: Ts,
) -> Result<u64, StoreError> {
    tx.q("UPDATE delivery SET state = 'cancelled', finished_at = $3, last_words = 'taken back'
          WHERE introduction_id = $1 AND kind = $2 AND state IN ('queued', 'leased', 'deferred')")
        .bind(id.0)
        .bind(kind.as_str())
        .bind(now.0)
        .run()
        .await
}

/// Takes back the receipts to this address that have not begun to leave: a newer one says it all. Returns how
/// many.
pub async fn supersede_receipts(
    tx: &mut Tx,
    id: IntroductionId,
    recipient: &str,
    now: Ts,
) -> Result<u64, StoreError> {
    tx.q("UPDATE delivery SET state = 'cancelled', finished_at = $3, last_words = 'taken back'
          WHERE introduction_id = $1 AND kind = 'receipt' AND recipient = $2
            AND state IN ('queued', 'leased', 'deferred')")
        .bind(id.0)
        .bind(recipient)
        .bind(now.0)
        .run()
        .await
}

/// How many copies of previews a connector had since then.
pub async fn count_copies(tx: &mut Tx, connector: ConnectorId, since: Ts) -> Result<i64, StoreError> {
    let row = tx
        .q("SELECT COUNT(*) AS n FROM message
            WHERE connector_id = $1 AND kind = 'copy_first' AND dated_at > $2")
        .bind(connector.0)
        .bind(since.0)
        .one()
        .await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// Cancels everything that waits for a person who never wants to be asked again.
pub async fn cancel_for_person(tx: &mut Tx, person: PersonKey, now: Ts) -> Result<u64, StoreError> {
    tx.q("UPDATE delivery SET state = 'cancelled', finished_at = $2, last_words = 'taken back'
          WHERE person = $1 AND (state = 'queued' OR state = 'deferred' OR state = 'unknown')")
        .bind(person.0.to_vec())
        .bind(now.0)
        .run()
        .await
}

/// For each side, whether its latest ask is still here and has not begun to leave. One that was perhaps
/// delivered before, and waits for another attempt, has begun to.
pub async fn unsent_asks(tx: &mut Tx, id: IntroductionId) -> Result<Pair<bool>, StoreError> {
    let rows = tx
        .q("SELECT kind, state FROM delivery
            WHERE introduction_id = $1 AND kind IN ('ask_first', 'ask_second') AND unknowns = 0")
        .bind(id.0)
        .all()
        .await?;
    let mut unsent = Pair::default();
    for row in rows {
        match row.word("state", DeliveryState::parse)? {
            DeliveryState::Queued | DeliveryState::Leased | DeliveryState::Deferred => {}
            DeliveryState::Transmitting
            | DeliveryState::Unknown
            | DeliveryState::Sent
            | DeliveryState::Failed
            | DeliveryState::Cancelled => continue,
        }
        match row.word("kind", MessageKind::parse)? {
            MessageKind::AskFirst => unsent.first = true,
            MessageKind::AskSecond => unsent.second = true,
            _ => {}
        }
    }
    Ok(unsent)
}
