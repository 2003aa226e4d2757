//! What came back: which reports were carried out, what is known of the mails they are about, and complaints.

use super::attempts::{self, Attempt};
use super::error::StoreError;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::asking::Side;
use crate::domain::letter::DeliveryState;
use crate::domain::message::MessageKind;
use crate::domain::party::PersonKey;
use crate::domain::report::Carried;
use crate::ids::{ConnectorId, DeliveryId, IntroductionId};

/// Notes that a report is carried out. `false` when it was before: then nothing of it may be done again.
pub async fn note(tx: &mut Tx, digest: [u8; 32], now: Ts) -> Result<bool, StoreError> {
    let new = tx
        .q("INSERT INTO report (digest, at) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING")
        .bind(digest.to_vec())
        .bind(now.0)
        .run()
        .await?;
    Ok(new == 1)
}

/// Forgets reports that were carried out before then, and complaints. Returns how many.
pub async fn prune(tx: &mut Tx, before: Ts) -> Result<u64, StoreError> {
    let reports = tx.q("DELETE FROM report WHERE at < $1").bind(before.0).run().await?;
    let complaints = tx.q("DELETE FROM complaint WHERE at < $1").bind(before.0).run().await?;
    let outside = tx.q("DELETE FROM outside_complaint WHERE at < $1").bind(before.0).run().await?;
    Ok(reports + complaints + outside)
}

/// A mail that left, and whom it was for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Left {
    pub mail: Carried,
    /// `None`: it was not for a party.
    pub party: Option<(IntroductionId, Side)>,
    /// Whom it asked, when that is not a party.
    pub person: Option<PersonKey>,
    /// Who wrote it; `None` for a mail of the service itself.
    pub connector: Option<ConnectorId>,
}

/// The mail of a delivery; `None` once it was forgotten.
pub async fn left(tx: &mut Tx, id: DeliveryId) -> Result<Option<Left>, StoreError> {
    let row = tx
        .q("SELECT d.kind, d.state, d.attempts, d.introduction_id, d.side, d.person, m.connector_id,
              COALESCE(d.revived_at, d.created_at) AS created_at
            FROM delivery AS d JOIN message AS m ON m.id = d.message_id WHERE d.id = $1")
        .bind(id.0)
        .one()
        .await?;
    let Some(row) = row else { return Ok(None) };
    let introduction: Option<uuid::Uuid> = row.opt("introduction_id")?;
    let side = row.opt_word("side", Side::parse)?;
    let person: Option<Vec<u8>> = row.opt("person")?;
    Ok(Some(Left {
        mail: Carried {
            kind: row.word("kind", MessageKind::parse)?,
            state: row.word("state", DeliveryState::parse)?,
            attempts: row.get("attempts")?,
            created_at: Ts(row.get("created_at")?),
        },
        party: introduction.map(IntroductionId).zip(side),
        person: person.and_then(|bytes| bytes.try_into().ok()).map(PersonKey),
        connector: row.opt("connector_id")?.map(ConnectorId),
    }))
}

/// A delivery that came back: it failed, with the words of the report. It is not sent again, whatever it was
/// doing; the worker that has it in hand records nothing over it. One that was cancelled stays so.
pub async fn came_back(tx: &mut Tx, id: DeliveryId, said: &Attempt) -> Result<(), StoreError> {
    tx.q("UPDATE delivery SET state = 'failed', due_at = $2, leased_until = NULL, finished_at = $2,
            last_words = $3, fence = fence + 1
          WHERE id = $1 AND state <> 'cancelled'")
        .bind(id.0)
        .bind(said.at.0)
        .bind(said.words.as_str())
        .run()
        .await?;
    attempts::add(tx, std::iter::once((id.0, said))).await
}

/// Notes that a party complained about an introduction of this connector. `false` when they did before.
pub async fn complained(
    tx: &mut Tx,
    connector: ConnectorId,
    about: IntroductionId,
    side: Side,
    now: Ts,
) -> Result<bool, StoreError> {
    let new = tx
        .q("INSERT INTO complaint (introduction_id, side, connector_id, at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (introduction_id, side) DO NOTHING")
        .bind(about.0)
        .bind(side.as_str())
        .bind(connector.0)
        .bind(now.0)
        .run()
        .await?;
    Ok(new == 1)
}

/// Notes that somebody complained about a mail that this connector had sent to them outside any introduction. `false`
/// when they did before.
pub async fn complained_outside(
    tx: &mut Tx,
    connector: ConnectorId,
    person: PersonKey,
    now: Ts,
) -> Result<bool, StoreError> {
    let new = tx
        .q("INSERT INTO outside_complaint (connector_id, person, at) VALUES ($1, $2, $3)
            ON CONFLICT (connector_id, person) DO NOTHING")
        .bind(connector.0)
        .bind(person.0.to_vec())
        .bind(now.0)
        .run()
        .await?;
    Ok(new == 1)
}

/// How many complained about this connector since then: parties, and others they wrote to.
pub async fn complaints(tx: &mut Tx, connector: ConnectorId, since: Ts) -> Result<i64, StoreError> {
    let row = tx
        .q("SELECT (SELECT COUNT(*) FROM complaint WHERE connector_id = $1 AND at >= $2)
              + (SELECT COUNT(*) FROM outside_complaint WHERE connector_id = $1 AND at >= $2) AS many")
        .bind(connector.0)
        .bind(since.0)
        .one()
        .await?;
    row.map_or(Ok(0), |row| row.get("many"))
}
