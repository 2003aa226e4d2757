//! Finding contacts by the beginnings of their words, by index reads alone.

use super::contact_text;
use super::contact_words::put;
use super::contacts::{place, read};
use super::error::StoreError;
use super::tx::Tx;
use crate::domain::contact::Contact;
use crate::ids::{ConnectorId, ContactId};

/// Up to so many hits the words are the shorter way; with more of them the list by name is.
const FEW: i64 = 1_000;
/// Behind every letter: the end of the words that begin with a prefix.
const END: char = '\u{10ffff}';

/// A page of the contacts that have a word beginning with each of `sought`, by name, from behind `after`.
/// `sought` must not be empty; more than three are not looked at.
pub async fn search(
    tx: &mut Tx,
    owner: ConnectorId,
    sought: &[String],
    after: Option<ContactId>,
    limit: i64,
) -> Result<Vec<Contact>, StoreError> {
    // The longest is likely the rarest.
    let mut sought: Vec<&String> = sought.iter().take(3).collect();
    sought.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    let [one, two, three] =
        [0, 1, 2].map(|nth| sought.get(nth).or(sought.first()).map_or("", |w| w.as_str()));
    let few = hits(tx, owner, one).await? <= FEW;
    let (key, id) = place(tx, owner, after).await?;
    let query = if few {
        tx.q("SELECT DISTINCT contact.* FROM contact_word AS found JOIN contact ON contact.id = found.contact_id
              WHERE found.connector_id = $1 AND found.word >= $2 AND found.word < $3
                AND EXISTS (SELECT 1 FROM contact_word w
                            WHERE w.contact_id = contact.id AND w.word >= $4 AND w.word < $5)
                AND EXISTS (SELECT 1 FROM contact_word w
                            WHERE w.contact_id = contact.id AND w.word >= $6 AND w.word < $7)
                AND (contact.name_key, contact.id) > ($8, $9)
              ORDER BY contact.name_key, contact.id LIMIT $10")
    } else {
        tx.q("SELECT * FROM contact
              WHERE connector_id = $1
                AND EXISTS (SELECT 1 FROM contact_word w
                            WHERE w.contact_id = contact.id AND w.word >= $2 AND w.word < $3)
                AND EXISTS (SELECT 1 FROM contact_word w
                            WHERE w.contact_id = contact.id AND w.word >= $4 AND w.word < $5)
                AND EXISTS (SELECT 1 FROM contact_word w
                            WHERE w.contact_id = contact.id AND w.word >= $6 AND w.word < $7)
                AND (name_key, id) > ($8, $9)
              ORDER BY name_key, id LIMIT $10")
    };
    let mut query = query.bind(owner.0);
    for word in [one, two, three] {
        query = query.bind(word.to_owned()).bind(format!("{word}{END}"));
    }
    let rows = query.bind(key).bind(id).bind(limit).all().await?;
    rows.iter().map(read).collect()
}

/// How many words begin so, counted no further than it matters.
async fn hits(tx: &mut Tx, owner: ConnectorId, prefix: &str) -> Result<i64, StoreError> {
    let row = tx
        .q("SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM contact_word
            WHERE connector_id = $1 AND word >= $2 AND word < $3 LIMIT $4) AS hits")
        .bind(owner.0)
        .bind(prefix.to_owned())
        .bind(format!("{prefix}{END}"))
        .bind(FEW + 1)
        .one()
        .await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// Reads up to `limit` contacts anew whose words an older version did not keep; how many there were.
pub async fn fill(tx: &mut Tx, limit: i64) -> Result<usize, StoreError> {
    let rows = tx.q("SELECT * FROM contact WHERE name_key = '' LIMIT $1").bind(limit).all().await?;
    for row in &rows {
        let contact = read(row)?;
        tx.q("UPDATE contact SET name_key = $2 WHERE id = $1")
            .bind(contact.id.0)
            .bind(contact.facts.sort_key())
            .run()
            .await?;
        put(tx, contact.connector, contact.id, &contact.facts).await?;
        contact_text::put(tx, contact.connector, contact.id, &contact.facts).await?;
    }
    Ok(rows.len())
}
