//! What retention looks for, and how it is taken out. Every statement finds its rows along an index and takes
//! a few of them; each can be repeated.

use super::courier::HELD;
use super::erasure::NO_HEADERS;
use super::error::StoreError;
use super::events;
use super::query::Row;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::address::EmailAddress;
use crate::domain::introduction::Introduction;
use crate::domain::letter::DeliveryState;
use crate::domain::party::NOBODY;
use crate::domain::retention;
use crate::ids::{IntroductionId, MessageId};

/// Mails with a delivery that ended like this at `before` or earlier and was not forgotten yet.
pub async fn mails_over(
    tx: &mut Tx,
    state: DeliveryState,
    before: Ts,
    limit: i64,
) -> Result<Vec<MessageId>, StoreError> {
    let rows = tx
        .q("SELECT message_id FROM delivery
            WHERE state = $1 AND finished_at <= $2 AND finished_at IS NOT NULL AND forgotten_at IS NULL
            ORDER BY finished_at LIMIT $3")
        .bind(state.as_str())
        .bind(before.0)
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(|row| Ok(MessageId(row.get("message_id")?))).collect()
}

/// Mails that were written for or about somebody who was erased, and have come to their end.
pub async fn hasty_mails(tx: &mut Tx, limit: i64) -> Result<Vec<MessageId>, StoreError> {
    let rows = tx
        .q("SELECT id FROM message WHERE hasty = 1
              AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.message_id = message.id AND d.finished_at IS NULL)
            ORDER BY id LIMIT $1")
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(|row| Ok(MessageId(row.get("id")?))).collect()
}

/// Forgets the deliveries of a mail that ended at `before` or earlier, and its text once all have. The hash
/// in an ask stays, for the limits.
pub async fn forget_mail(tx: &mut Tx, id: MessageId, before: Ts, now: Ts) -> Result<u64, StoreError> {
    let nowhere = EmailAddress::nowhere();
    tx.q("UPDATE attempt SET words = '' WHERE words <> '' AND delivery_id IN
            (SELECT id FROM delivery WHERE message_id = $1 AND finished_at <= $2)")
        .bind(id.0)
        .bind(before.0)
        .run()
        .await?;
    let forgotten = tx
        .q("UPDATE delivery SET recipient = $4, domain = $5, last_words = '', forgotten_at = $3,
              person = CASE WHEN kind IN ('ask_first', 'ask_second') THEN person ELSE NULL END
            WHERE message_id = $1 AND finished_at <= $2 AND forgotten_at IS NULL")
        .bind(id.0)
        .bind(before.0)
        .bind(now.0)
        .bind(nowhere.as_str())
        .bind(nowhere.domain())
        .run()
        .await?;
    tx.q("UPDATE message SET subject = '', text_part = '', html_part = '', card_part = '', headers = $2, hasty = 0
          WHERE id = $1
            AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.message_id = message.id AND d.forgotten_at IS NULL)")
        .bind(id.0)
        .bind(NO_HEADERS)
        .run()
        .await?;
    Ok(forgotten)
}

/// Deliveries of unknown fate that no admin decided about since `before` count as failed.
pub async fn give_up_undecided(tx: &mut Tx, before: Ts, now: Ts) -> Result<u64, StoreError> {
    tx.q("UPDATE delivery SET state = 'failed', finished_at = $2, fence = fence + 1
          WHERE state = 'unknown' AND due_at = $3 AND created_at <= $1")
        .bind(before.0)
        .bind(now.0)
        .bind(HELD.0)
        .run()
        .await
}

/// Takes the hash out of asks that no limit looks at any more.
pub async fn forget_asks(tx: &mut Tx, before: Ts, limit: i64) -> Result<u64, StoreError> {
    tx.q("UPDATE delivery SET person = NULL
          WHERE id IN (SELECT id FROM delivery WHERE created_at <= $1 AND person IS NOT NULL
                         AND forgotten_at IS NOT NULL ORDER BY created_at LIMIT $2)")
        .bind(before.0)
        .bind(limit)
        .run()
        .await
}

/// The moments up to which introductions are looked at.
#[derive(Clone, Copy)]
pub struct Cuts {
    /// Closed by then,
    pub closed: Ts,
    /// left by then: their words,
    pub words: Ts,
    /// and their names.
    pub names: Ts,
    /// Erased by then, with the name still there.
    pub erased: Ts,
    pub now: Ts,
}

/// Introductions of which something is to be forgotten.
pub async fn introductions(tx: &mut Tx, cuts: Cuts, limit: i64) -> Result<Vec<IntroductionId>, StoreError> {
    let mut found = Vec::new();
    for (sql, at) in [
        (
            "SELECT id FROM introduction WHERE state = 'closed' AND kept <> 'nothing' AND keep_until IS NULL
               AND closed_at <= $1 ORDER BY closed_at LIMIT $2",
            cuts.closed,
        ),
        (
            "SELECT id FROM introduction WHERE keep_until IS NOT NULL AND keep_until <= $1 AND state = 'closed'
             ORDER BY keep_until LIMIT $2",
            cuts.now,
        ),
        (
            "SELECT id FROM introduction WHERE state = 'introduced' AND kept = 'all' AND introduced_at <= $1
             ORDER BY introduced_at LIMIT $2",
            cuts.words,
        ),
        (
            "SELECT id FROM introduction WHERE state = 'introduced' AND kept = 'names' AND introduced_at <= $1
             ORDER BY introduced_at LIMIT $2",
            cuts.names,
        ),
        (
            "SELECT introduction_id AS id FROM party JOIN introduction ON introduction.id = introduction_id
             WHERE erased_at IS NOT NULL AND name <> 'N. N.' AND erased_at <= $1 AND state = 'closed'
             ORDER BY erased_at LIMIT $2",
            cuts.erased,
        ),
    ] {
        for row in tx.q(sql).bind(at.0).bind(limit).all().await? {
            let id = IntroductionId(row.get("id")?);
            if !found.contains(&id) {
                found.push(id);
            }
        }
    }
    Ok(found)
}

/// Takes what parties did out of the events and numbers the rest anew. Gives how many are left.
pub async fn thin_events(tx: &mut Tx, of: &Introduction) -> Result<i64, StoreError> {
    let all = events::all(tx, of.id).await?;
    let lasting: Vec<_> = all.into_iter().map(|(_, event)| event).collect();
    let lasting: Vec<_> = lasting.into_iter().filter(|event| retention::lasts(&event.what)).collect();
    tx.q("DELETE FROM event WHERE introduction_id = $1").bind(of.id.0).run().await?;
    let emptied = Introduction { events: 0, ..of.clone() };
    events::append(tx, &emptied, &lasting).await?;
    Ok(i64::try_from(lasting.len()).unwrap_or(i64::MAX))
}

/// Takes out the mails of a closed introduction that tell who answered, all but the asks that left; and what
/// links a "never" to it.
pub async fn unlink_answers(tx: &mut Tx, of: &Introduction, now: Ts) -> Result<(), StoreError> {
    tx.q("DELETE FROM message WHERE introduction_id = $1
            AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.message_id = message.id AND d.finished_at IS NULL)
            AND (kind NOT IN ('ask_first', 'ask_second')
                 OR NOT EXISTS (SELECT 1 FROM delivery d WHERE d.message_id = message.id AND d.state = 'sent'))")
        .bind(of.id.0)
        .run()
        .await?;
    let left =
        tx.q("SELECT id FROM message WHERE introduction_id = $1 ORDER BY id").bind(of.id.0).all().await?;
    for row in &left {
        forget_mail(tx, MessageId(row.get("id")?), now, now).await?;
    }
    for (_, party) in of.parties.iter() {
        tx.q("UPDATE suppression SET introduction_id = NULL, side = NULL
              WHERE person = $1 AND introduction_id = $2")
            .bind(party.person.0.to_vec())
            .bind(of.id.0)
            .run()
            .await?;
    }
    Ok(())
}

/// Drafts that were not touched since `before`.
pub async fn old_drafts(tx: &mut Tx, before: Ts, limit: i64) -> Result<Vec<IntroductionId>, StoreError> {
    let rows = tx
        .q("SELECT id FROM introduction WHERE state = 'draft' AND updated_at <= $1 ORDER BY updated_at LIMIT $2")
        .bind(before.0)
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(|row: &Row| Ok(IntroductionId(row.get("id")?))).collect()
}

/// Deletes forms that were begun and not touched since `before`.
pub async fn old_forms(tx: &mut Tx, before: Ts) -> Result<u64, StoreError> {
    tx.q("DELETE FROM unfinished WHERE updated_at <= $1").bind(before.0).run().await
}

/// Deletes wishes for another address that can neither be confirmed nor taken back.
pub async fn old_wishes(tx: &mut Tx, now: Ts) -> Result<u64, StoreError> {
    tx.q("DELETE FROM address_change WHERE expires_at <= $1").bind(now.0).run().await
}

/// Deletes deeds of admins.
pub async fn old_acts(tx: &mut Tx, before: Ts) -> Result<u64, StoreError> {
    tx.q("DELETE FROM admin_act WHERE at <= $1").bind(before.0).run().await
}

/// Takes the names of people who were erased by `before` out of others' refusals of them.
pub async fn forget_labels(tx: &mut Tx, before: Ts) -> Result<u64, StoreError> {
    tx.q("UPDATE refusal SET label = $2
          WHERE label <> $2 AND other IN (SELECT person FROM erasure WHERE at <= $1)")
        .bind(before.0)
        .bind(NOBODY)
        .run()
        .await
}
