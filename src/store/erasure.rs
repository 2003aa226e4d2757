//! Erasing a person: what is beside the rows of the introductions.

use super::error::StoreError;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::address::EmailAddress;
use crate::domain::asking::Side;
use crate::domain::party::PersonKey;
use crate::ids::{ContactId, DeliveryId, IntroductionId, MessageId};

/// What stands in the place of the headers of a mail whose text is gone.
pub(super) const NO_HEADERS: &str =
    r#"{"message_id":"","from":{"name":"","address":""},"to":[],"reply_to":[]}"#;

/// Takes back what waits for this party, and forgets the text and the address of what they got.
pub async fn mails_to(tx: &mut Tx, id: IntroductionId, side: Side, now: Ts) -> Result<(), StoreError> {
    tx.q("UPDATE delivery SET state = 'cancelled', leased_until = NULL, finished_at = $3,
            last_words = 'taken back'
          WHERE introduction_id = $1 AND side = $2
            AND state IN ('queued', 'leased', 'deferred', 'unknown', 'failed')")
        .bind(id.0)
        .bind(side.as_str())
        .bind(now.0)
        .run()
        .await?;
    tx.q("UPDATE message SET subject = '', text_part = '', html_part = '', card_part = '', headers = $3
          WHERE introduction_id = $1
            AND NOT EXISTS (SELECT 1 FROM delivery d
                            WHERE d.message_id = message.id
                              AND (d.state NOT IN ('sent', 'cancelled') OR d.side IS NULL OR d.side <> $2))")
        .bind(id.0)
        .bind(side.as_str())
        .bind(NO_HEADERS)
        .run()
        .await?;
    let nowhere = EmailAddress::nowhere();
    tx.q("UPDATE delivery SET recipient = $3, domain = $4, person = NULL, last_words = ''
          WHERE introduction_id = $1 AND side = $2 AND state IN ('sent', 'cancelled')")
        .bind(id.0)
        .bind(side.as_str())
        .bind(nowhere.as_str())
        .bind(nowhere.domain())
        .run()
        .await?;
    Ok(())
}

/// Forgets the texts of all mails of an introduction that have left, once nothing more happens in it.
pub async fn mails_of(tx: &mut Tx, id: IntroductionId) -> Result<(), StoreError> {
    tx.q("UPDATE message SET subject = '', text_part = '', html_part = '', card_part = '', headers = $2
          WHERE introduction_id = $1
            AND NOT EXISTS (SELECT 1 FROM delivery d
                            WHERE d.message_id = message.id AND d.state NOT IN ('sent', 'cancelled'))")
        .bind(id.0)
        .bind(NO_HEADERS)
        .run()
        .await?;
    Ok(())
}

/// Deletes the entries with this address from all address books.
pub async fn contacts(tx: &mut Tx, email: &str) -> Result<u64, StoreError> {
    tx.q("DELETE FROM contact WHERE email_key = $1").bind(email.to_lowercase()).run().await
}

/// Deletes settings, refusals and wishes for another address. Others' refusals of this person stay: they are
/// theirs, and hold the hash alone beside the name they knew.
pub async fn settings(tx: &mut Tx, person: PersonKey) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM person WHERE person = $1",
        "DELETE FROM refusal WHERE person = $1",
        "DELETE FROM landed WHERE person = $1",
        "DELETE FROM ask_me_request WHERE person = $1",
        "DELETE FROM outside_link WHERE person = $1",
        "DELETE FROM address_change WHERE person = $1",
        "UPDATE suppression SET introduction_id = NULL, side = NULL WHERE person = $1",
    ] {
        tx.q(sql).bind(person.0.to_vec()).run().await?;
    }
    Ok(())
}

/// All mails of an introduction are forgotten as soon as they have come to their end.
pub async fn hurry(tx: &mut Tx, id: IntroductionId) -> Result<(), StoreError> {
    tx.q("UPDATE message SET hasty = 1 WHERE introduction_id = $1 AND text_part <> ''")
        .bind(id.0)
        .run()
        .await?;
    Ok(())
}

/// One mail is forgotten as soon as it has come to its end.
pub async fn hurry_mail(tx: &mut Tx, key: &str) -> Result<(), StoreError> {
    tx.q("UPDATE message SET hasty = 1 WHERE key = $1").bind(key).run().await?;
    Ok(())
}

/// A page of the addresses in all address books, behind `after`.
pub async fn contact_addresses(
    tx: &mut Tx,
    after: Option<ContactId>,
    limit: i64,
) -> Result<Vec<(ContactId, String)>, StoreError> {
    let rows = tx
        .q("SELECT id, email FROM contact WHERE id > $1 ORDER BY id LIMIT $2")
        .bind(after.map_or(uuid::Uuid::nil(), |id| id.0))
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(|row| Ok((ContactId(row.get("id")?), row.get("email")?))).collect()
}

/// A page of the mails whose recipient was not forgotten yet, behind `after`: recipient and mail.
pub async fn recipients(
    tx: &mut Tx,
    after: Option<DeliveryId>,
    limit: i64,
) -> Result<Vec<(DeliveryId, MessageId, String)>, StoreError> {
    let rows = tx
        .q("SELECT id, message_id, recipient FROM delivery WHERE id > $1 AND forgotten_at IS NULL
            ORDER BY id LIMIT $2")
        .bind(after.map_or(uuid::Uuid::nil(), |id| id.0))
        .bind(limit)
        .all()
        .await?;
    rows.iter()
        .map(|row| Ok((DeliveryId(row.get("id")?), MessageId(row.get("message_id")?), row.get("recipient")?)))
        .collect()
}

/// Both addresses of all wishes for another one. There are never many.
pub async fn wishes(tx: &mut Tx) -> Result<Vec<(String, String)>, StoreError> {
    let rows = tx.q("SELECT old_email, new_email FROM address_change").all().await?;
    rows.iter().map(|row| Ok((row.get("old_email")?, row.get("new_email")?))).collect()
}

/// Takes back a mail outside any introduction, if it waits, and has it forgotten.
pub async fn service_mail(tx: &mut Tx, id: MessageId, now: Ts) -> Result<(), StoreError> {
    tx.q("UPDATE delivery SET state = 'cancelled', leased_until = NULL, finished_at = $2, last_words = ''
          WHERE message_id = $1 AND introduction_id IS NULL
            AND state IN ('queued', 'leased', 'deferred', 'unknown')")
        .bind(id.0)
        .bind(now.0)
        .run()
        .await?;
    tx.q("UPDATE message SET hasty = 1 WHERE id = $1 AND introduction_id IS NULL").bind(id.0).run().await?;
    Ok(())
}

/// Deletes what holds this address in passing: begun forms, files of contacts, kept answers of the API, wishes for another
/// address, a move of an account that was not confirmed, a relay's words.
pub async fn traces(tx: &mut Tx, email: &str) -> Result<(), StoreError> {
    let email = email.to_lowercase();
    let escaped = email.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let within = format!("%{escaped}%");
    for sql in [
        "DELETE FROM unfinished WHERE LOWER(typed) LIKE $1 ESCAPE '\\'",
        "DELETE FROM import_row WHERE LOWER(cells) LIKE $1 ESCAPE '\\' OR LOWER(before) LIKE $1 ESCAPE '\\'",
        "UPDATE own_card SET correction = NULL, corrected_at = NULL WHERE LOWER(correction) LIKE $1 ESCAPE '\\'",
        "UPDATE own_card SET agreed = NULL, agreed_at = NULL WHERE LOWER(agreed) LIKE $1 ESCAPE '\\'",
        "DELETE FROM ask_me_request WHERE LOWER(wish) LIKE $1 ESCAPE '\\' OR LOWER(about) LIKE $1 ESCAPE '\\'",
        "DELETE FROM idempotency WHERE LOWER(body) LIKE $1 ESCAPE '\\'",
        "UPDATE route SET words = '' WHERE LOWER(words) LIKE $1 ESCAPE '\\'",
    ] {
        tx.q(sql).bind(within.as_str()).run().await?;
    }
    for sql in [
        "DELETE FROM address_change WHERE LOWER(old_email) = $1 OR LOWER(new_email) = $1",
        "DELETE FROM account_move WHERE LOWER(email) = $1",
    ] {
        tx.q(sql).bind(email.as_str()).run().await?;
    }
    Ok(())
}

/// Says never for a person without saying where; one that stands stays.
pub async fn never(tx: &mut Tx, person: PersonKey, now: Ts) -> Result<(), StoreError> {
    tx.q("INSERT INTO suppression (person, source, introduction_id, side, created_at)
          VALUES ($1, 'party', NULL, NULL, $2) ON CONFLICT (person) DO NOTHING")
        .bind(person.0.to_vec())
        .bind(now.0)
        .run()
        .await?;
    Ok(())
}
