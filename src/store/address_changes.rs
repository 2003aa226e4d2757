//! A person's new address: the wish, its confirmation, and everything that follows them there.

use super::error::StoreError;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::address::EmailAddress;
use crate::domain::letter::Headers;
use crate::domain::party::PersonKey;
use crate::ids::LinkRef;

/// A new address that waits to be confirmed.
#[derive(Clone)]
pub struct AddressChange {
    pub link: LinkRef,
    /// The hash of the old address.
    pub person: PersonKey,
    pub old: EmailAddress,
    pub new: EmailAddress,
    pub name: String,
    pub language: String,
    pub created_at: Ts,
    pub expires_at: Ts,
    pub used_at: Option<Ts>,
}

pub async fn add(tx: &mut Tx, new: &AddressChange) -> Result<(), StoreError> {
    tx.q("INSERT INTO address_change (link, person, old_email, new_email, name, language, created_at, expires_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(new.link.0.to_vec())
        .bind(new.person.0.to_vec())
        .bind(new.old.as_str())
        .bind(new.new.as_str())
        .bind(new.name.as_str())
        .bind(new.language.as_str())
        .bind(new.created_at.0)
        .bind(new.expires_at.0)
        .run()
        .await?;
    Ok(())
}

pub async fn find(tx: &mut Tx, link: LinkRef) -> Result<Option<AddressChange>, StoreError> {
    let row = tx.q("SELECT * FROM address_change WHERE link = $1").bind(link.0.to_vec()).one().await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let email = |column: &'static str| {
        let text: String = row.get(column)?;
        EmailAddress::parse(column, &text)
            .map_err(|problem| StoreError::Data { column, why: problem.code.to_owned() })
    };
    Ok(Some(AddressChange {
        link,
        person: PersonKey(row.bytes("person")?),
        old: email("old_email")?,
        new: email("new_email")?,
        name: row.get("name")?,
        language: row.get("language")?,
        created_at: Ts(row.get("created_at")?),
        expires_at: Ts(row.get("expires_at")?),
        used_at: row.opt("used_at")?.map(Ts),
    }))
}

/// How many changes this person wished for since `since`.
pub async fn count(tx: &mut Tx, person: PersonKey, since: Ts) -> Result<i64, StoreError> {
    let row = tx
        .q("SELECT COUNT(*) AS n FROM address_change WHERE person = $1 AND created_at >= $2")
        .bind(person.0.to_vec())
        .bind(since.0)
        .one()
        .await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// Uses it up. `false` when it was used before or its time is over.
pub async fn use_up(tx: &mut Tx, link: LinkRef, now: Ts) -> Result<bool, StoreError> {
    let used = tx
        .q("UPDATE address_change SET used_at = $2 WHERE link = $1 AND used_at IS NULL AND expires_at > $2")
        .bind(link.0.to_vec())
        .bind(now.0)
        .run()
        .await?;
    Ok(used == 1)
}

/// Every introduction of the person has the new address, unless the other party has it.
pub async fn move_parties(
    tx: &mut Tx,
    from: PersonKey,
    to: PersonKey,
    email: &EmailAddress,
) -> Result<(), StoreError> {
    // Whoever has loaded one of them must load it again.
    tx.q("UPDATE introduction SET version = version + 1
          WHERE id IN (SELECT introduction_id FROM party WHERE person = $1)")
        .bind(from.0.to_vec())
        .run()
        .await?;
    // What retention has forgotten stays so.
    tx.q("UPDATE party SET person = $2, email = CASE WHEN email = $4 THEN email ELSE $3 END
          WHERE person = $1
            AND NOT EXISTS (SELECT 1 FROM party o WHERE o.introduction_id = party.introduction_id
                              AND o.side <> party.side AND o.person = $2)")
        .bind(from.0.to_vec())
        .bind(to.0.to_vec())
        .bind(email.as_str())
        .bind(EmailAddress::nowhere().as_str())
        .run()
        .await?;
    Ok(())
}

/// Mails that wait go to the new address; what has left stays as it was, but counts for the same person.
pub async fn move_mails(
    tx: &mut Tx,
    from: PersonKey,
    to: PersonKey,
    olds: &[String],
    new: &EmailAddress,
) -> Result<(), StoreError> {
    let waiting = tx
        .q("SELECT m.id, m.headers FROM delivery d JOIN message m ON m.id = d.message_id
            WHERE d.person = $1 AND d.state IN ('queued', 'deferred', 'leased') AND d.unknowns = 0
              AND NOT EXISTS (SELECT 1 FROM delivery o WHERE o.message_id = m.id AND o.id <> d.id)")
        .bind(from.0.to_vec())
        .all()
        .await?;
    for row in waiting {
        let id: uuid::Uuid = row.get("id")?;
        let headers: String = row.get("headers")?;
        let headers = readdressed(&headers, olds, new)?;
        tx.q("UPDATE message SET headers = $2 WHERE id = $1").bind(id).bind(headers).run().await?;
    }
    // One that is leased is queued again: its bytes are written anew, with the new address.
    tx.q("UPDATE delivery SET state = 'queued', leased_until = NULL, recipient = $2, domain = $3
          WHERE person = $1 AND state IN ('queued', 'deferred', 'leased') AND unknowns = 0")
        .bind(from.0.to_vec())
        .bind(new.as_str())
        .bind(new.domain())
        .run()
        .await?;
    for sql in [
        "UPDATE delivery SET person = $2
         WHERE person = $1 AND (state = 'queued' OR state = 'deferred' OR state = 'unknown')",
        "UPDATE delivery SET person = $2 WHERE person = $1 AND kind IN ('ask_first', 'ask_second')",
    ] {
        tx.q(sql).bind(from.0.to_vec()).bind(to.0.to_vec()).run().await?;
    }
    Ok(())
}

fn readdressed(headers: &str, olds: &[String], new: &EmailAddress) -> Result<String, StoreError> {
    let fault = |error: serde_json::Error| StoreError::Data { column: "headers", why: error.to_string() };
    let mut headers: Headers = serde_json::from_str(headers).map_err(fault)?;
    for to in &mut headers.to {
        if olds.contains(&to.address) {
            new.as_str().clone_into(&mut to.address);
        }
    }
    serde_json::to_string(&headers).map_err(fault)
}

/// The entries in all address books, except where there is one with the new address already.
pub async fn move_contacts(tx: &mut Tx, old: &str, new: &EmailAddress, now: Ts) -> Result<(), StoreError> {
    tx.q("UPDATE contact SET email = $2, email_key = $3, version = version + 1, updated_at = $4
          WHERE email_key = $1
            AND NOT EXISTS (SELECT 1 FROM contact c
                            WHERE c.connector_id = contact.connector_id AND c.email_key = $3)")
        .bind(old.to_lowercase())
        .bind(new.as_str())
        .bind(new.as_str().to_lowercase())
        .bind(now.0)
        .run()
        .await?;
    Ok(())
}

/// Refusals by the person, and of the person, hold for the new address too.
pub async fn move_refusals(tx: &mut Tx, from: PersonKey, to: PersonKey) -> Result<(), StoreError> {
    for sql in [
        "UPDATE refusal SET person = $2 WHERE person = $1
           AND NOT EXISTS (SELECT 1 FROM refusal r WHERE r.person = $2
                             AND (r.connector_id = refusal.connector_id OR r.other = refusal.other))",
        "DELETE FROM refusal WHERE person = $1 AND person <> $2",
        "UPDATE refusal SET other = $2 WHERE other = $1
           AND NOT EXISTS (SELECT 1 FROM refusal r WHERE r.person = refusal.person AND r.other = $2)",
        "DELETE FROM person WHERE person = $1 AND person <> $2",
    ] {
        tx.q(sql).bind(from.0.to_vec()).bind(to.0.to_vec()).run().await?;
    }
    Ok(())
}
