//! The circles of a connector: who stands in which.

use std::collections::BTreeSet;

use super::contact_text::matching;
use super::contacts::{place, read};
use super::error::StoreError;
use super::query::Row;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::circle::Circle;
use crate::domain::contact::Contact;
use crate::ids::{ConnectorId, ContactId};

/// How many stand in each circle, and how many in none yet. Who is left out is not counted.
pub async fn count(tx: &mut Tx, owner: ConnectorId) -> Result<Vec<(Option<Circle>, i64)>, StoreError> {
    let rows = tx
        .q2(
            "SELECT circle, COUNT(*) AS n FROM contact WHERE connector_id = $1 AND left_out = 0 GROUP BY circle",
            "SELECT circle, COUNT(*) AS n FROM contact WHERE connector_id = $1 AND NOT left_out GROUP BY circle",
        )
        .bind(owner.0)
        .all()
        .await?;
    rows.iter().map(counted).collect()
}

/// The same of those whose work has one of these roots in it.
pub async fn count_in_field(
    tx: &mut Tx,
    owner: ConnectorId,
    roots: &BTreeSet<String>,
) -> Result<Vec<(Option<Circle>, i64)>, StoreError> {
    let Some((sqlite, postgres)) = matching(owner, "gives", roots) else {
        return Ok(Vec::new());
    };
    let rows = tx
        .q2(
            "SELECT contact.circle AS circle, COUNT(*) AS n FROM contact_find
             JOIN contact_text ON contact_text.n = contact_find.rowid
             JOIN contact ON contact.id = contact_text.contact_id
             WHERE contact_find MATCH $2 AND contact.connector_id = $1 AND contact.left_out = 0 AND $3 = $3
             GROUP BY contact.circle",
            "SELECT contact.circle AS circle, COUNT(*) AS n FROM contact_text
             JOIN contact ON contact.id = contact_text.contact_id
             WHERE contact_text.gives @@ to_tsquery('simple', $3) AND contact.connector_id = $1
               AND NOT contact.left_out AND $2 = $2
             GROUP BY contact.circle",
        )
        .bind(owner.0)
        .bind(sqlite)
        .bind(postgres)
        .all()
        .await?;
    rows.iter().map(counted).collect()
}

/// A page of those in one circle, or in none yet, by name from behind `after`.
pub async fn members(
    tx: &mut Tx,
    owner: ConnectorId,
    circle: Option<Circle>,
    after: Option<ContactId>,
    limit: i64,
) -> Result<Vec<Contact>, StoreError> {
    let (key, id) = place(tx, owner, after).await?;
    let query = match circle {
        Some(circle) => tx
            .q("SELECT * FROM contact WHERE connector_id = $1 AND circle = $2 AND (name_key, id) > ($3, $4)
                ORDER BY name_key, id LIMIT $5")
            .bind(owner.0)
            .bind(circle.as_str()),
        None => tx
            .q2(
                "SELECT * FROM contact WHERE connector_id = $1 AND circle IS NULL AND left_out = 0 AND $2 = $2
                   AND (name_key, id) > ($3, $4) ORDER BY name_key, id LIMIT $5",
                "SELECT * FROM contact WHERE connector_id = $1 AND circle IS NULL AND NOT left_out AND $2 = $2
                   AND (name_key, id) > ($3, $4) ORDER BY name_key, id LIMIT $5",
            )
            .bind(owner.0)
            .bind(""),
    };
    let rows = query.bind(key).bind(id).bind(limit).all().await?;
    rows.iter().map(read).collect()
}

/// Puts a contact into a circle, or into none; and whether they are left out. `false` when there is no such contact.
pub async fn file(
    tx: &mut Tx,
    owner: ConnectorId,
    id: ContactId,
    circle: Option<Circle>,
    left_out: bool,
    now: Ts,
) -> Result<bool, StoreError> {
    let filed = tx
        .q("UPDATE contact SET circle = $3, left_out = $4, version = version + 1, updated_at = $5
            WHERE id = $1 AND connector_id = $2")
        .bind(id.0)
        .bind(owner.0)
        .bind(circle.map(Circle::as_str))
        .bind(left_out)
        .bind(now.0)
        .run()
        .await?;
    Ok(filed == 1)
}

fn counted(row: &Row) -> Result<(Option<Circle>, i64), StoreError> {
    Ok((row.opt_word("circle", Circle::parse)?, row.get("n")?))
}
