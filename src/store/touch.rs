//! Keeping in touch: how often with whom, and who is due.

use super::contacts;
use super::error::StoreError;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::asking::Side;
use crate::domain::circle::Circle;
use crate::domain::contact::Contact;
use crate::domain::party::PersonKey;
use crate::domain::rhythm::{MONTH, Rhythm, season_starts};
use crate::ids::{ConnectorId, ContactId, IntroductionId};

/// A contact's own rhythm, and when the connector was last in touch, as far as they said so.
pub async fn of(
    tx: &mut Tx,
    owner: ConnectorId,
    id: ContactId,
) -> Result<(Option<Rhythm>, Option<Ts>), StoreError> {
    let row = tx
        .q("SELECT rhythm, touched_at FROM contact WHERE id = $1 AND connector_id = $2")
        .bind(id.0)
        .bind(owner.0)
        .one()
        .await?;
    let Some(row) = row else { return Ok((None, None)) };
    Ok((row.opt("rhythm")?.and_then(Rhythm::from_code), row.opt("touched_at")?.map(Ts)))
}

/// Sets a contact's own rhythm; none follows the circle's. `false` when there is no such contact.
pub async fn set(
    tx: &mut Tx,
    owner: ConnectorId,
    id: ContactId,
    rhythm: Option<Rhythm>,
) -> Result<bool, StoreError> {
    let set = tx
        .q("UPDATE contact SET rhythm = $3 WHERE id = $1 AND connector_id = $2")
        .bind(id.0)
        .bind(owner.0)
        .bind(rhythm.map(Rhythm::code))
        .run()
        .await?;
    Ok(set == 1)
}

/// The connector was in touch. `false` when there is no such contact.
pub async fn touched(
    tx: &mut Tx,
    owner: ConnectorId,
    id: ContactId,
    at: Option<Ts>,
) -> Result<bool, StoreError> {
    let set = tx
        .q("UPDATE contact SET touched_at = $3 WHERE id = $1 AND connector_id = $2")
        .bind(id.0)
        .bind(owner.0)
        .bind(at.map(|at| at.0))
        .run()
        .await?;
    Ok(set == 1)
}

/// The rhythms of the circles.
pub async fn circles(tx: &mut Tx, owner: ConnectorId) -> Result<Vec<(Circle, Rhythm)>, StoreError> {
    let rows = tx
        .q("SELECT circle, rhythm FROM circle_rhythm WHERE connector_id = $1 ORDER BY circle")
        .bind(owner.0)
        .all()
        .await?;
    let mut found = Vec::new();
    for row in &rows {
        let circle = row.word("circle", Circle::parse)?;
        found.extend(Rhythm::from_code(row.get("rhythm")?).map(|rhythm| (circle, rhythm)));
    }
    Ok(found)
}

/// Sets the rhythm of a circle, or takes it away.
pub async fn set_circle(
    tx: &mut Tx,
    owner: ConnectorId,
    circle: Circle,
    rhythm: Option<Rhythm>,
) -> Result<(), StoreError> {
    let query = match rhythm {
        Some(rhythm) => tx
            .q("INSERT INTO circle_rhythm (connector_id, circle, rhythm) VALUES ($1, $2, $3)
                ON CONFLICT (connector_id, circle) DO UPDATE SET rhythm = excluded.rhythm")
            .bind(owner.0)
            .bind(circle.as_str())
            .bind(rhythm.code()),
        None => tx
            .q("DELETE FROM circle_rhythm WHERE connector_id = $1 AND circle = $2")
            .bind(owner.0)
            .bind(circle.as_str()),
    };
    query.run().await?;
    Ok(())
}

/// Contacts whose time has come again, the longest silent first, each with when it was last. Somebody whom the
/// connector never spoke of counts from when they were written down.
pub async fn due(
    tx: &mut Tx,
    owner: ConnectorId,
    now: Ts,
    limit: i64,
) -> Result<Vec<(Contact, Ts)>, StoreError> {
    let [spring, summer, autumn, winter] = season_starts(now);
    let rows = tx
        .q2(
            "SELECT contact.*, COALESCE(contact.touched_at, contact.created_at) AS last
             FROM contact LEFT JOIN circle_rhythm AS c
               ON c.connector_id = contact.connector_id AND c.circle = contact.circle
             WHERE contact.connector_id = $1 AND contact.left_out = 0
               AND COALESCE(contact.rhythm, c.rhythm) IS NOT NULL
               AND COALESCE(contact.touched_at, contact.created_at)
                 <= CASE COALESCE(contact.rhythm, c.rhythm) WHEN -1 THEN $2 WHEN -2 THEN $3 WHEN -3 THEN $4
                      WHEN -4 THEN $5 ELSE $6 - COALESCE(contact.rhythm, c.rhythm) * $7 END
             ORDER BY last, contact.id LIMIT $8",
            "SELECT contact.*, COALESCE(contact.touched_at, contact.created_at) AS last
             FROM contact LEFT JOIN circle_rhythm AS c
               ON c.connector_id = contact.connector_id AND c.circle = contact.circle
             WHERE contact.connector_id = $1 AND NOT contact.left_out
               AND COALESCE(contact.rhythm, c.rhythm) IS NOT NULL
               AND COALESCE(contact.touched_at, contact.created_at)
                 <= CASE COALESCE(contact.rhythm, c.rhythm) WHEN -1 THEN $2 WHEN -2 THEN $3 WHEN -3 THEN $4
                      WHEN -4 THEN $5 ELSE $6 - COALESCE(contact.rhythm, c.rhythm) * $7 END
             ORDER BY last, contact.id LIMIT $8",
        )
        .bind(owner.0)
        .bind(spring.0)
        .bind(summer.0)
        .bind(autumn.0)
        .bind(winter.0)
        .bind(now.0)
        .bind(MONTH.0)
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(|row| Ok((contacts::read(row)?, Ts(row.get("last")?)))).collect()
}

/// How often a person gained by a connector's introductions, and how often they were asked to help.
pub async fn balance(tx: &mut Tx, owner: ConnectorId, person: PersonKey) -> Result<(i64, i64), StoreError> {
    let rows = tx
        .q("SELECT party.side AS side, COUNT(*) AS n FROM party
            JOIN introduction ON introduction.id = party.introduction_id
            WHERE party.person = $1 AND introduction.connector_id = $2 AND introduction.state <> 'draft'
            GROUP BY party.side")
        .bind(person.0.to_vec())
        .bind(owner.0)
        .all()
        .await?;
    let (mut gained, mut asked) = (0, 0);
    for row in &rows {
        match row.word("side", Side::parse)? {
            Side::First => gained = row.get("n")?,
            Side::Second => asked = row.get("n")?,
        }
    }
    Ok((gained, asked))
}

/// People whom a connector asked to help and never gave anything to, the most often asked first: name, how often, and
/// the last introduction.
pub async fn only_asked(
    tx: &mut Tx,
    owner: ConnectorId,
    limit: i64,
) -> Result<Vec<(String, i64, IntroductionId)>, StoreError> {
    let rows = tx
        .q2(
            "SELECT MAX(party.name) AS name, COUNT(*) AS n, MAX(introduction.id) AS id
             FROM introduction JOIN party ON party.introduction_id = introduction.id
             WHERE introduction.connector_id = $1 AND introduction.state <> 'draft' AND party.erased_at IS NULL
             GROUP BY party.person HAVING SUM(party.side = 'first') = 0
             ORDER BY n DESC, id DESC LIMIT $2",
            "SELECT MAX(party.name) AS name, COUNT(*) AS n,
               CAST(MAX(CAST(introduction.id AS TEXT)) AS UUID) AS id
             FROM introduction JOIN party ON party.introduction_id = introduction.id
             WHERE introduction.connector_id = $1 AND introduction.state <> 'draft' AND party.erased_at IS NULL
             GROUP BY party.person HAVING COUNT(*) FILTER (WHERE party.side = 'first') = 0
             ORDER BY n DESC, id DESC LIMIT $2",
        )
        .bind(owner.0)
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(|row| Ok((row.get("name")?, row.get("n")?, IntroductionId(row.get("id")?)))).collect()
}
