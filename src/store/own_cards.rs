//! Contacts' own cards, recruiters, and who was passed on to whom.

use super::contacts;
use super::error::StoreError;
use super::query::{Row, as_json};
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::contact::Contact;
use crate::domain::own_card::{Correction, OwnCard, Passed};
use crate::domain::party::PersonKey;
use crate::ids::{ConnectorId, ContactId, LinkRef, MessageId};

/// Adds a card that nobody was asked about yet; one for another address of the contact goes.
pub async fn add(tx: &mut Tx, new: &OwnCard) -> Result<(), StoreError> {
    tx.q("DELETE FROM own_card WHERE contact_id = $1 AND person <> $2")
        .bind(new.contact.0)
        .bind(new.person.0.to_vec())
        .run()
        .await?;
    tx.q("INSERT INTO own_card (contact_id, connector_id, person, link) VALUES ($1, $2, $3, $4)
          ON CONFLICT (contact_id) DO NOTHING")
        .bind(new.contact.0)
        .bind(new.connector.0)
        .bind(new.person.0.to_vec())
        .bind(new.link.0.to_vec())
        .run()
        .await?;
    Ok(())
}

/// The card of a contact, if the mails about it went to this person.
pub async fn get(
    tx: &mut Tx,
    owner: ConnectorId,
    id: ContactId,
    person: PersonKey,
) -> Result<Option<OwnCard>, StoreError> {
    let row = tx
        .q("SELECT * FROM own_card WHERE contact_id = $1 AND connector_id = $2 AND person = $3")
        .bind(id.0)
        .bind(owner.0)
        .bind(person.0.to_vec())
        .one()
        .await?;
    row.as_ref().map(read).transpose()
}

/// The card behind a link.
pub async fn find(tx: &mut Tx, link: LinkRef) -> Result<Option<OwnCard>, StoreError> {
    let row = tx.q("SELECT * FROM own_card WHERE link = $1").bind(link.0.to_vec()).one().await?;
    row.as_ref().map(read).transpose()
}

/// All cards of a person, whoever has them.
pub async fn of_person(tx: &mut Tx, person: PersonKey) -> Result<Vec<OwnCard>, StoreError> {
    let rows = tx
        .q("SELECT * FROM own_card WHERE person = $1 ORDER BY contact_id")
        .bind(person.0.to_vec())
        .all()
        .await?;
    rows.iter().map(read).collect()
}

/// The contact was asked whether the card is right.
pub async fn asked(tx: &mut Tx, id: ContactId, now: Ts) -> Result<(), StoreError> {
    tx.q("UPDATE own_card SET asked_at = $2 WHERE contact_id = $1").bind(id.0).bind(now.0).run().await?;
    Ok(())
}

/// The contact was asked whether they may be passed on.
pub async fn pass_asked(tx: &mut Tx, id: ContactId, now: Ts) -> Result<(), StoreError> {
    tx.q("UPDATE own_card SET pass_asked_at = $2 WHERE contact_id = $1").bind(id.0).bind(now.0).run().await?;
    Ok(())
}

/// They say that the card is right.
pub async fn confirm(tx: &mut Tx, id: ContactId, now: Ts) -> Result<(), StoreError> {
    tx.q(
        "UPDATE own_card SET confirmed_at = $2, correction = NULL, corrected_at = NULL WHERE contact_id = $1",
    )
    .bind(id.0)
    .bind(now.0)
    .run()
    .await?;
    Ok(())
}

/// They want something else written.
pub async fn correct(tx: &mut Tx, id: ContactId, new: &Correction, now: Ts) -> Result<(), StoreError> {
    tx.q("UPDATE own_card SET correction = $2, corrected_at = $3 WHERE contact_id = $1")
        .bind(id.0)
        .bind(as_json("correction", new)?)
        .bind(now.0)
        .run()
        .await?;
    Ok(())
}

/// The connector decided about a correction; `confirmed` when it was taken over.
pub async fn settle(tx: &mut Tx, id: ContactId, confirmed: Option<Ts>) -> Result<(), StoreError> {
    tx.q("UPDATE own_card SET correction = NULL, corrected_at = NULL,
            confirmed_at = COALESCE($2, confirmed_at) WHERE contact_id = $1")
        .bind(id.0)
        .bind(confirmed.map(|at| at.0))
        .run()
        .await?;
    Ok(())
}

/// They may be passed on, with this, or no longer.
pub async fn agree(tx: &mut Tx, id: ContactId, agreed: Option<&Passed>, now: Ts) -> Result<(), StoreError> {
    let json = agreed.map(|agreed| as_json("agreed", agreed)).transpose()?;
    let at = agreed.map(|_| now.0);
    tx.q("UPDATE own_card SET agreed = $2, agreed_at = $3,
            refused_at = CASE WHEN $3 IS NULL THEN $4 ELSE refused_at END WHERE contact_id = $1")
        .bind(id.0)
        .bind(json)
        .bind(at)
        .bind(now.0)
        .run()
        .await?;
    Ok(())
}

/// What is passed on changes with a correction of theirs, and the card belongs to their new address.
pub async fn follow(
    tx: &mut Tx,
    id: ContactId,
    agreed: Option<&Passed>,
    person: PersonKey,
) -> Result<(), StoreError> {
    tx.q("UPDATE own_card SET agreed = $2, person = $3 WHERE contact_id = $1")
        .bind(id.0)
        .bind(agreed.map(|agreed| as_json("agreed", agreed)).transpose()?)
        .bind(person.0.to_vec())
        .run()
        .await?;
    Ok(())
}

/// How many questions about cards a connector asked since then.
pub async fn count_asked(tx: &mut Tx, owner: ConnectorId, since: Ts) -> Result<i64, StoreError> {
    let row = tx
        .q("SELECT (SELECT COUNT(*) FROM own_card WHERE connector_id = $1 AND asked_at > $2)
                 + (SELECT COUNT(*) FROM own_card WHERE connector_id = $1 AND pass_asked_at > $2) AS n")
        .bind(owner.0)
        .bind(since.0)
        .one()
        .await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// Corrections that wait for a connector, the oldest first.
pub async fn waiting(
    tx: &mut Tx,
    owner: ConnectorId,
    limit: i64,
) -> Result<Vec<(ContactId, String)>, StoreError> {
    let rows = tx
        .q("SELECT contact.id, contact.name FROM own_card JOIN contact ON contact.id = own_card.contact_id
            WHERE own_card.connector_id = $1 AND own_card.correction IS NOT NULL
            ORDER BY own_card.corrected_at, contact.id LIMIT $2")
        .bind(owner.0)
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(|row| Ok((ContactId(row.get("id")?), row.get("name")?))).collect()
}

/// Marks a contact as a recruiter, or not. `false` when there is no such contact.
pub async fn mark_recruiter(
    tx: &mut Tx,
    owner: ConnectorId,
    id: ContactId,
    is: bool,
) -> Result<bool, StoreError> {
    let set = tx
        .q("UPDATE contact SET recruiter = $3 WHERE id = $1 AND connector_id = $2")
        .bind(id.0)
        .bind(owner.0)
        .bind(is)
        .run()
        .await?;
    Ok(set == 1)
}

/// Whether a contact is marked as a recruiter.
pub async fn is_recruiter(tx: &mut Tx, owner: ConnectorId, id: ContactId) -> Result<bool, StoreError> {
    let row = tx
        .q("SELECT recruiter FROM contact WHERE id = $1 AND connector_id = $2")
        .bind(id.0)
        .bind(owner.0)
        .one()
        .await?;
    row.map_or(Ok(false), |row| row.get("recruiter"))
}

/// The recruiters of a connector by name, with their cards where they were asked.
pub async fn recruiters(
    tx: &mut Tx,
    owner: ConnectorId,
    limit: i64,
) -> Result<Vec<(Contact, Option<OwnCard>)>, StoreError> {
    let rows = tx
        .q2(
            "SELECT * FROM contact WHERE connector_id = $1 AND recruiter = 1 ORDER BY name_key, id LIMIT $2",
            "SELECT * FROM contact WHERE connector_id = $1 AND recruiter ORDER BY name_key, id LIMIT $2",
        )
        .bind(owner.0)
        .bind(limit)
        .all()
        .await?;
    let people = rows.iter().map(contacts::read).collect::<Result<Vec<_>, _>>()?;
    let rows = tx
        .q2(
            "SELECT own_card.* FROM own_card JOIN contact ON contact.id = own_card.contact_id
             WHERE own_card.connector_id = $1 AND contact.recruiter = 1",
            "SELECT own_card.* FROM own_card JOIN contact ON contact.id = own_card.contact_id
             WHERE own_card.connector_id = $1 AND contact.recruiter",
        )
        .bind(owner.0)
        .all()
        .await?;
    let mut cards = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let mut found = Vec::new();
    for one in people {
        let at = cards.iter().position(|card| card.contact == one.id);
        found.push((one, at.map(|at| cards.swap_remove(at))));
    }
    Ok(found)
}

/// Notes that a recruiter was passed on.
pub async fn pass(
    tx: &mut Tx,
    recruiter: ContactId,
    seeker: ContactId,
    message: MessageId,
    now: Ts,
) -> Result<(), StoreError> {
    tx.q("INSERT INTO passed_on (contact_id, seeker_id, at, message_id) VALUES ($1, $2, $3, $4)
          ON CONFLICT DO NOTHING")
        .bind(recruiter.0)
        .bind(seeker.0)
        .bind(now.0)
        .bind(message.0)
        .run()
        .await?;
    Ok(())
}

/// To how many people a recruiter was passed on, and when last.
pub async fn passed(tx: &mut Tx, recruiter: ContactId) -> Result<(i64, Option<Ts>), StoreError> {
    let row = tx
        .q("SELECT COUNT(DISTINCT seeker_id) AS n, MAX(at) AS last FROM passed_on WHERE contact_id = $1")
        .bind(recruiter.0)
        .one()
        .await?;
    let Some(row) = row else { return Ok((0, None)) };
    Ok((row.get("n")?, row.opt("last")?.map(Ts)))
}

/// Whom a seeker got already, and when last.
pub async fn passed_to(tx: &mut Tx, seeker: ContactId) -> Result<Vec<(ContactId, Ts)>, StoreError> {
    let rows = tx
        .q("SELECT contact_id, MAX(at) AS last FROM passed_on WHERE seeker_id = $1 GROUP BY contact_id
            ORDER BY contact_id")
        .bind(seeker.0)
        .all()
        .await?;
    rows.iter().map(|row| Ok((ContactId(row.get("contact_id")?), Ts(row.get("last")?)))).collect()
}

/// The mails that hold what was passed on of a person.
pub async fn mails_about(tx: &mut Tx, person: PersonKey) -> Result<Vec<MessageId>, StoreError> {
    let rows = tx
        .q("SELECT DISTINCT passed_on.message_id FROM passed_on
            JOIN own_card ON own_card.contact_id = passed_on.contact_id WHERE own_card.person = $1")
        .bind(person.0.to_vec())
        .all()
        .await?;
    rows.iter().map(|row| Ok(MessageId(row.get("message_id")?))).collect()
}

fn read(row: &Row) -> Result<OwnCard, StoreError> {
    let correction = json::<Correction>(row, "correction")?.zip(row.opt("corrected_at")?.map(Ts));
    let agreed = json::<Passed>(row, "agreed")?.zip(row.opt("agreed_at")?.map(Ts));
    Ok(OwnCard {
        contact: ContactId(row.get("contact_id")?),
        connector: ConnectorId(row.get("connector_id")?),
        person: PersonKey(row.bytes("person")?),
        link: LinkRef(row.bytes("link")?),
        asked_at: row.opt("asked_at")?.map(Ts),
        confirmed_at: row.opt("confirmed_at")?.map(Ts),
        correction,
        pass_asked_at: row.opt("pass_asked_at")?.map(Ts),
        agreed,
        refused_at: row.opt("refused_at")?.map(Ts),
    })
}

fn json<T: serde::de::DeserializeOwned>(row: &Row, column: &'static str) -> Result<Option<T>, StoreError> {
    let text: Option<String> = row.opt(column)?;
    let fault = |error: serde_json::Error| StoreError::Data { column, why: error.to_string() };
    text.map(|text| serde_json::from_str(&text).map_err(fault)).transpose()
}
