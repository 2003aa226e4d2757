//! Full-text search over what contacts give and seek: FTS5 on SQLite, `tsvector` on PostgreSQL. Both hold roots of words
//! that [`crate::domain::meet::terms`] made, so that neither engine's own stemming matters.

use std::collections::BTreeSet;

use super::contacts;
use super::error::StoreError;
use super::tx::Tx;
use crate::domain::contact::{Contact, ContactFacts};
use crate::domain::meet::terms::searched;
use crate::ids::{ConnectorId, ContactId};

/// Which of the two texts is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Gives,
    Seeks,
}

/// Writes the texts of a contact anew.
pub(super) async fn put(
    tx: &mut Tx,
    owner: ConnectorId,
    id: ContactId,
    facts: &ContactFacts,
) -> Result<(), StoreError> {
    let of = &facts.facets;
    let gives = [
        &of.can_help,
        &of.role,
        &of.field,
        &facts.employer,
        &facts.described,
        &facts.how_known,
        &facts.notes,
    ];
    let gives = searched(&gives.map(String::as_str).join(" "));
    // The owner's word is in the vector too: GIN knows nothing of columns.
    tx.q2(
        "INSERT INTO contact_text (contact_id, owner, gives, seeks) VALUES ($1, $2, $3, $4)
         ON CONFLICT (contact_id) DO UPDATE SET gives = excluded.gives, seeks = excluded.seeks",
        "INSERT INTO contact_text (contact_id, owner, gives, seeks)
         VALUES ($1, $2, to_tsvector('simple', $2 || ' ' || $3), to_tsvector('simple', $2 || ' ' || $4))
         ON CONFLICT (contact_id) DO UPDATE SET gives = excluded.gives, seeks = excluded.seeks",
    )
    .bind(id.0)
    .bind(word_of(owner))
    .bind(gives)
    .bind(searched(&of.looking_for))
    .run()
    .await?;
    Ok(())
}

/// The contacts of a connector whose text has one of these roots, the best by the engine's own measure first. Who is
/// left out is not among them.
pub async fn find(
    tx: &mut Tx,
    owner: ConnectorId,
    side: Side,
    roots: &BTreeSet<String>,
    limit: i64,
) -> Result<Vec<Contact>, StoreError> {
    let column = match side {
        Side::Gives => "gives",
        Side::Seeks => "seeks",
    };
    let Some((sqlite, postgres)) = matching(owner, column, roots) else {
        return Ok(Vec::new());
    };
    let query = match side {
        Side::Gives => tx.q2(
            "SELECT contact.* FROM contact_find JOIN contact_text ON contact_text.n = contact_find.rowid
             JOIN contact ON contact.id = contact_text.contact_id
             WHERE contact_find MATCH $2 AND contact.connector_id = $1 AND contact.left_out = 0 AND $3 = $3
             ORDER BY contact_find.rank, contact.id LIMIT $4",
            "SELECT contact.* FROM contact_text JOIN contact ON contact.id = contact_text.contact_id
             WHERE contact_text.gives @@ to_tsquery('simple', $3) AND contact.connector_id = $1
               AND NOT contact.left_out AND $2 = $2
             ORDER BY ts_rank(contact_text.gives, to_tsquery('simple', $3)) DESC, contact.id LIMIT $4",
        ),
        Side::Seeks => tx.q2(
            "SELECT contact.* FROM contact_find JOIN contact_text ON contact_text.n = contact_find.rowid
             JOIN contact ON contact.id = contact_text.contact_id
             WHERE contact_find MATCH $2 AND contact.connector_id = $1 AND contact.left_out = 0 AND $3 = $3
             ORDER BY contact_find.rank, contact.id LIMIT $4",
            "SELECT contact.* FROM contact_text JOIN contact ON contact.id = contact_text.contact_id
             WHERE contact_text.seeks @@ to_tsquery('simple', $3) AND contact.connector_id = $1
               AND NOT contact.left_out AND $2 = $2
             ORDER BY ts_rank(contact_text.seeks, to_tsquery('simple', $3)) DESC, contact.id LIMIT $4",
        ),
    };
    let rows = query.bind(owner.0).bind(sqlite).bind(postgres).bind(limit).all().await?;
    rows.iter().map(contacts::read).collect()
}

/// Contacts of a connector who look for something, behind `after`; who is left out is not among them.
pub async fn seeking(
    tx: &mut Tx,
    owner: ConnectorId,
    after: Option<ContactId>,
    limit: i64,
) -> Result<Vec<Contact>, StoreError> {
    let rows = tx
        .q2(
            "SELECT * FROM contact WHERE connector_id = $1 AND looking_for <> '' AND left_out = 0 AND id > $2
             ORDER BY id LIMIT $3",
            "SELECT * FROM contact WHERE connector_id = $1 AND looking_for <> '' AND NOT left_out AND id > $2
             ORDER BY id LIMIT $3",
        )
        .bind(owner.0)
        .bind(after.map_or(uuid::Uuid::nil(), |id| id.0))
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(contacts::read).collect()
}

/// The search for any of these roots, in the language of FTS5 and in that of `tsquery`; none when there are none.
pub(super) fn matching(
    owner: ConnectorId,
    column: &str,
    roots: &BTreeSet<String>,
) -> Option<(String, String)> {
    // Roots are letters and digits alone: nothing in them means anything to either engine.
    let is_plain = |root: &&String| !root.is_empty() && root.chars().all(char::is_alphanumeric);
    let roots: Vec<&str> = roots.iter().filter(is_plain).map(String::as_str).collect();
    if roots.is_empty() {
        return None;
    }
    let quoted: Vec<String> = roots.iter().map(|root| format!("\"{root}\"")).collect();
    let owner = word_of(owner);
    let sqlite = format!("owner : \"{owner}\" AND {column} : ({})", quoted.join(" OR "));
    Some((sqlite, format!("{owner} & ({})", roots.join(" | "))))
}

fn word_of(owner: ConnectorId) -> String {
    format!("o{}", owner.0.simple())
}
