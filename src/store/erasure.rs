//! Erasing a person: what is beside the rows of the introductions.

use super::error::StoreError;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::address::EmailAddress;
use crate::domain::asking::Side;
use crate::domain::party::PersonKey;
use crate::ids::IntroductionId;

/// What stands in the place of the headers of a mail whose text is gone.
const NO_HEADERS: &str = r#"{"message_id":"","from":{"name":"","address":""},"to":[],"reply_to":[]}"#;

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
    tx.q("UPDATE message SET subject = '', text_part = '', html_part = '', headers = $3
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
    tx.q("UPDATE message SET subject = '', text_part = '', html_part = '', headers = $2
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
        "DELETE FROM address_change WHERE person = $1",
        "UPDATE suppression SET introduction_id = NULL, side = NULL WHERE person = $1",
    ] {
        tx.q(sql).bind(person.0.to_vec()).run().await?;
    }
    Ok(())
}
