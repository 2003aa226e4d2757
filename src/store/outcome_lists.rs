//! The lists of the outcome log: which introductions stand in each, and which names lead to them.
//! Everything here is read along an index, and never further than a limit.

use super::error::StoreError;
use super::query::{Query, Row, as_json};
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::asking::{Order, Purpose};
use crate::domain::introduction::StateName;
use crate::domain::outcome::Outcome;
use crate::domain::tally::Came;
use crate::ids::{ConnectorId, IntroductionId};

/// One line of the outcome log: nothing about who answered what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRow {
    pub id: IntroductionId,
    pub connector: ConnectorId,
    pub state: StateName,
    pub purpose: Purpose,
    pub order: Order,
    pub created_at: Ts,
    pub introduced_at: Option<Ts>,
    pub closed_at: Option<Ts>,
    pub outcome: Option<Outcome>,
    /// The names of the two, only when they know each other.
    pub names: Option<(String, String)>,
}

impl LogRow {
    /// What came of it. A row of the log was asked for.
    #[must_use]
    pub fn came(&self) -> Came {
        Came::from_row(self.state, self.outcome)
    }
}

/// From the first id on, below the second.
pub type Ids = (IntroductionId, IntroductionId);

/// Words that lead to an introduction; up to six are looked at.
pub type Words<'a> = &'a [String];

const WORDS: usize = 6;

/// Puts an introduction into lists.
pub async fn put(tx: &mut Tx, lists: &[String], id: IntroductionId) -> Result<(), StoreError> {
    let query = tx.q2(
        "INSERT INTO outcome_list (list, introduction_id) SELECT value, $2 FROM json_each($1) WHERE true
         ON CONFLICT (list, introduction_id) DO NOTHING",
        "INSERT INTO outcome_list (list, introduction_id)
         SELECT value, $2 FROM jsonb_array_elements_text(CAST($1 AS JSONB)) AS t (value)
         ON CONFLICT (list, introduction_id) DO NOTHING",
    );
    each(query, "list", lists, id).await
}

/// Takes it out of them.
pub async fn take(tx: &mut Tx, lists: &[String], id: IntroductionId) -> Result<(), StoreError> {
    let query = tx.q2(
        "DELETE FROM outcome_list WHERE introduction_id = $2 AND list IN (SELECT value FROM json_each($1))",
        "DELETE FROM outcome_list WHERE introduction_id = $2
           AND list IN (SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))",
    );
    each(query, "list", lists, id).await
}

/// Lets these beginnings of words lead to an introduction.
pub async fn put_words(tx: &mut Tx, words: &[String], id: IntroductionId) -> Result<(), StoreError> {
    let query = tx.q2(
        "INSERT INTO outcome_word (word, introduction_id) SELECT value, $2 FROM json_each($1) WHERE true
         ON CONFLICT (word, introduction_id) DO NOTHING",
        "INSERT INTO outcome_word (word, introduction_id)
         SELECT value, $2 FROM jsonb_array_elements_text(CAST($1 AS JSONB)) AS t (value)
         ON CONFLICT (word, introduction_id) DO NOTHING",
    );
    each(query, "word", words, id).await
}

/// They lead there no more.
pub async fn take_words(tx: &mut Tx, words: &[String], id: IntroductionId) -> Result<(), StoreError> {
    let query = tx.q2(
        "DELETE FROM outcome_word WHERE introduction_id = $2 AND word IN (SELECT value FROM json_each($1))",
        "DELETE FROM outcome_word WHERE introduction_id = $2
           AND word IN (SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))",
    );
    each(query, "word", words, id).await
}

async fn each(
    query: Query<'_>,
    column: &'static str,
    values: &[String],
    id: IntroductionId,
) -> Result<(), StoreError> {
    if values.is_empty() {
        return Ok(());
    }
    query.bind(as_json(column, values)?).bind(id.0).run().await.map(drop)
}

/// The newest of a list.
pub async fn lines(tx: &mut Tx, list: &str, ids: Ids, limit: i64) -> Result<Vec<LogRow>, StoreError> {
    let rows = tx
        .q("SELECT i.id, i.connector_id, i.state, i.purpose, i.ask_order, i.created_at, i.introduced_at,
              i.closed_at, i.outcome, a.name AS first_name, b.name AS second_name
            FROM (SELECT introduction_id FROM outcome_list
                  WHERE list = $1 AND introduction_id >= $2 AND introduction_id < $3
                  ORDER BY introduction_id DESC LIMIT $4) k
            JOIN introduction i ON i.id = k.introduction_id
            LEFT JOIN party a ON a.introduction_id = i.id AND a.side = 'first' AND i.state = 'introduced'
            LEFT JOIN party b ON b.introduction_id = i.id AND b.side = 'second' AND i.state = 'introduced'
            ORDER BY i.id DESC")
        .bind(list)
        .bind(ids.0.0)
        .bind(ids.1.0)
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(read).collect()
}

/// One of a list, if it stands in it.
pub async fn line(tx: &mut Tx, list: &str, id: IntroductionId) -> Result<Option<LogRow>, StoreError> {
    let row = tx
        .q("SELECT i.id, i.connector_id, i.state, i.purpose, i.ask_order, i.created_at, i.introduced_at,
              i.closed_at, i.outcome, a.name AS first_name, b.name AS second_name
            FROM outcome_list k
            JOIN introduction i ON i.id = k.introduction_id
            LEFT JOIN party a ON a.introduction_id = i.id AND a.side = 'first' AND i.state = 'introduced'
            LEFT JOIN party b ON b.introduction_id = i.id AND b.side = 'second' AND i.state = 'introduced'
            WHERE k.list = $1 AND k.introduction_id = $2")
        .bind(list)
        .bind(id.0)
        .one()
        .await?;
    row.as_ref().map(read).transpose()
}

/// How many stand in a list; counts no further than to `most`.
pub async fn count(tx: &mut Tx, list: &str, ids: Ids, most: i64) -> Result<i64, StoreError> {
    let row = tx
        .q("SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM outcome_list
              WHERE list = $1 AND introduction_id >= $2 AND introduction_id < $3 LIMIT $4) k")
        .bind(list)
        .bind(ids.0.0)
        .bind(ids.1.0)
        .bind(most)
        .one()
        .await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// To how many a word leads; counts no further than to `most`.
pub async fn count_word(tx: &mut Tx, word: &str, ids: Ids, most: i64) -> Result<i64, StoreError> {
    let row = tx
        .q("SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM outcome_word
              WHERE word = $1 AND introduction_id >= $2 AND introduction_id < $3 LIMIT $4) k")
        .bind(word)
        .bind(ids.0.0)
        .bind(ids.1.0)
        .bind(most)
        .one()
        .await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// Those of the newest `most` of a list to which every word leads.
pub async fn in_list(
    tx: &mut Tx,
    list: &str,
    words: Words<'_>,
    ids: Ids,
    most: i64,
) -> Result<Vec<IntroductionId>, StoreError> {
    let query = tx.q("SELECT introduction_id FROM
           (SELECT k.introduction_id, (SELECT COUNT(*) FROM outcome_word w
              WHERE w.introduction_id = k.introduction_id AND w.word IN ($5, $6, $7, $8, $9, $10)) AS n
            FROM (SELECT introduction_id FROM outcome_list
                  WHERE list = $1 AND introduction_id >= $2 AND introduction_id < $3
                  ORDER BY introduction_id DESC LIMIT $4) k) x
         WHERE n = $11 ORDER BY introduction_id DESC");
    crossed(query, list, words, ids, most, words.len()).await
}

/// The same from the other end: those of the newest `most` to which the first word leads to which the
/// others do too, and that stand in the list.
pub async fn by_word(
    tx: &mut Tx,
    list: &str,
    words: Words<'_>,
    ids: Ids,
    most: i64,
) -> Result<Vec<IntroductionId>, StoreError> {
    let query = tx.q("SELECT introduction_id FROM
           (SELECT k.introduction_id, (SELECT COUNT(*) FROM outcome_word w
              WHERE w.introduction_id = k.introduction_id AND w.word IN ($5, $6, $7, $8, $9, $10))
              + (SELECT COUNT(*) FROM outcome_list l
              WHERE l.list = $1 AND l.introduction_id = k.introduction_id) AS n
            FROM (SELECT introduction_id FROM outcome_word
                  WHERE word = $5 AND introduction_id >= $2 AND introduction_id < $3
                  ORDER BY introduction_id DESC LIMIT $4) k) x
         WHERE n = $11 ORDER BY introduction_id DESC");
    crossed(query, list, words, ids, most, words.len() + 1).await
}

/// The `nth` newest of a list, if it is that long.
pub async fn nth(tx: &mut Tx, list: &str, ids: Ids, nth: i64) -> Result<Option<IntroductionId>, StoreError> {
    let row = tx
        .q("SELECT introduction_id FROM outcome_list
            WHERE list = $1 AND introduction_id >= $2 AND introduction_id < $3
            ORDER BY introduction_id DESC LIMIT 1 OFFSET $4")
        .bind(list)
        .bind(ids.0.0)
        .bind(ids.1.0)
        .bind(nth - 1)
        .one()
        .await?;
    row.map(|row| row.get("introduction_id").map(IntroductionId)).transpose()
}

/// The `nth` newest to which a word leads.
pub async fn nth_word(
    tx: &mut Tx,
    word: &str,
    ids: Ids,
    nth: i64,
) -> Result<Option<IntroductionId>, StoreError> {
    let row = tx
        .q("SELECT introduction_id FROM outcome_word
            WHERE word = $1 AND introduction_id >= $2 AND introduction_id < $3
            ORDER BY introduction_id DESC LIMIT 1 OFFSET $4")
        .bind(word)
        .bind(ids.0.0)
        .bind(ids.1.0)
        .bind(nth - 1)
        .one()
        .await?;
    row.map(|row| row.get("introduction_id").map(IntroductionId)).transpose()
}

/// How many of each of these lists there are between the ids: only for a part of a day.
pub async fn counts(tx: &mut Tx, lists: &[String; 8], ids: Ids) -> Result<Vec<(String, i64)>, StoreError> {
    let mut query = tx
        .q("SELECT list, COUNT(*) AS n FROM outcome_list
            WHERE list IN ($3, $4, $5, $6, $7, $8, $9, $10) AND introduction_id >= $1
              AND introduction_id < $2
            GROUP BY list")
        .bind(ids.0.0)
        .bind(ids.1.0);
    for list in lists {
        query = query.bind(list.as_str());
    }
    let rows = query.all().await?;
    rows.iter().map(|row| Ok((row.get("list")?, row.get("n")?))).collect()
}

/// Six of them, the last one again and again: a word counts once however often it is named.
fn six(words: Words<'_>) -> [String; WORDS] {
    let last = words.last().cloned().unwrap_or_default();
    std::array::from_fn(|n| words.get(n).unwrap_or(&last).clone())
}

async fn crossed(
    query: Query<'_>,
    list: &str,
    words: Words<'_>,
    ids: Ids,
    most: i64,
    all: usize,
) -> Result<Vec<IntroductionId>, StoreError> {
    let mut query = query.bind(list).bind(ids.0.0).bind(ids.1.0).bind(most);
    for word in six(words) {
        query = query.bind(word);
    }
    let rows = query.bind(i64::try_from(all).unwrap_or(i64::MAX)).all().await?;
    rows.iter().map(|row| row.get("introduction_id").map(IntroductionId)).collect()
}

fn read(row: &Row) -> Result<LogRow, StoreError> {
    let names: (Option<String>, Option<String>) = (row.opt("first_name")?, row.opt("second_name")?);
    Ok(LogRow {
        id: IntroductionId(row.get("id")?),
        connector: ConnectorId(row.get("connector_id")?),
        state: row.word("state", StateName::parse)?,
        purpose: row.word("purpose", Purpose::parse)?,
        order: row.word("ask_order", Order::parse)?,
        created_at: Ts(row.get("created_at")?),
        introduced_at: row.opt("introduced_at")?.map(Ts),
        closed_at: row.opt("closed_at")?.map(Ts),
        outcome: row.opt_word("outcome", Outcome::parse)?,
        names: names.0.zip(names.1),
    })
}
