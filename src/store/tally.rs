//! The figures of the outcome log, kept in the transaction of each change.

use super::error::StoreError;
use super::query::{Row, as_json};
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::asking::Purpose;
use crate::domain::tally::{BATCH, Batch, Batches, Came, Counts, Share};
use crate::ids::{ConnectorId, IntroductionId};

/// Where something is counted: a day of one connector or of all, of one purpose or of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    pub connector: Option<ConnectorId>,
    pub purpose: Option<Purpose>,
    pub day: i64,
}

impl Cell {
    /// The four cells in which a share is counted, always in the same order: who locks them in it cannot
    /// wait for somebody who waits for them.
    #[must_use]
    pub fn of(share: &Share) -> [Self; 4] {
        let (connector, purpose, day) = (Some(share.connector), Some(share.purpose), share.day);
        [
            Self { connector, purpose, day },
            Self { connector, purpose: None, day },
            Self { connector: None, purpose, day },
            Self { connector: None, purpose: None, day },
        ]
    }
}

/// What this introduction added last, and the round whose closing was counted last.
pub async fn share(tx: &mut Tx, id: IntroductionId) -> Result<Option<(Share, i64)>, StoreError> {
    let row = tx.q("SELECT * FROM tallied WHERE introduction_id = $1").bind(id.0).one().await?;
    row.map(|row| Ok((read(&row)?, row.get("closed_round")?))).transpose()
}

/// Keeps what it adds now.
pub async fn keep_share(
    tx: &mut Tx,
    id: IntroductionId,
    share: &Share,
    closed_round: i64,
) -> Result<(), StoreError> {
    let days = share.days.iter().map(i64::to_string).collect::<Vec<_>>().join(" ");
    tx.q("INSERT INTO tallied (introduction_id, day, connector_id, purpose, came, days, words, closed_round)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
          ON CONFLICT (introduction_id) DO UPDATE SET day = excluded.day,
            connector_id = excluded.connector_id, purpose = excluded.purpose, came = excluded.came,
            days = excluded.days, words = excluded.words, closed_round = excluded.closed_round")
        .bind(id.0)
        .bind(share.day)
        .bind(share.connector.0)
        .bind(share.purpose.as_str())
        .bind(share.came.as_str())
        .bind(days)
        .bind(share.words.join(" "))
        .bind(closed_round)
        .run()
        .await?;
    Ok(())
}

/// Forgets what it added.
pub async fn drop_share(tx: &mut Tx, id: IntroductionId) -> Result<(), StoreError> {
    tx.q("DELETE FROM tallied WHERE introduction_id = $1").bind(id.0).run().await?;
    Ok(())
}

/// Adds to cells; takes out what is negative. They are locked in their order.
pub async fn add(tx: &mut Tx, cells: &[Cell], counts: &Counts) -> Result<(), StoreError> {
    tx.q2(
        "INSERT INTO tally (connector_id, purpose, day, waiting, closed, unheard, met, scheduled, no_reply, not_a_fit,
           landed)
         SELECT unhex(value ->> 0), value ->> 1, value ->> 2, $2, $3, $4, $5, $6, $7, $8, $9 FROM json_each($1) WHERE true
         ON CONFLICT (connector_id, purpose, day) DO UPDATE SET
           waiting = tally.waiting + excluded.waiting, closed = tally.closed + excluded.closed,
           unheard = tally.unheard + excluded.unheard, met = tally.met + excluded.met,
           scheduled = tally.scheduled + excluded.scheduled, no_reply = tally.no_reply + excluded.no_reply,
           not_a_fit = tally.not_a_fit + excluded.not_a_fit, landed = tally.landed + excluded.landed",
        "INSERT INTO tally (connector_id, purpose, day, waiting, closed, unheard, met, scheduled, no_reply, not_a_fit,
           landed)
         SELECT CAST(value ->> 0 AS UUID), value ->> 1, CAST(value ->> 2 AS BIGINT), $2, $3, $4, $5, $6, $7, $8, $9
         FROM jsonb_array_elements(CAST($1 AS JSONB)) AS t (value)
         ON CONFLICT (connector_id, purpose, day) DO UPDATE SET
           waiting = tally.waiting + excluded.waiting, closed = tally.closed + excluded.closed,
           unheard = tally.unheard + excluded.unheard, met = tally.met + excluded.met,
           scheduled = tally.scheduled + excluded.scheduled, no_reply = tally.no_reply + excluded.no_reply,
           not_a_fit = tally.not_a_fit + excluded.not_a_fit, landed = tally.landed + excluded.landed",
    )
    .bind(keys(cells)?)
    .bind(counts.of(Came::Waiting))
    .bind(counts.of(Came::Closed))
    .bind(counts.of(Came::Unheard))
    .bind(counts.of(Came::Met))
    .bind(counts.of(Came::Scheduled))
    .bind(counts.of(Came::NoReply))
    .bind(counts.of(Came::NotAFit))
    .bind(counts.of(Came::Landed))
    .run()
    .await
    .map(drop)
}

/// Adds to each cell how many yeses took how many days, every number of days once; takes out what is negative.
pub async fn add_days(tx: &mut Tx, cells: &[Cell], answers: &[(i64, i64)]) -> Result<(), StoreError> {
    tx.q2(
        "INSERT INTO tally_days (connector_id, purpose, day, days, answers)
         SELECT unhex(c.value ->> 0), c.value ->> 1, c.value ->> 2, t.value ->> 0, t.value ->> 1
         FROM json_each($1) c CROSS JOIN json_each($2) t WHERE true
         ON CONFLICT (connector_id, purpose, day, days) DO UPDATE SET answers = tally_days.answers + excluded.answers",
        "INSERT INTO tally_days (connector_id, purpose, day, days, answers)
         SELECT CAST(c.value ->> 0 AS UUID), c.value ->> 1, CAST(c.value ->> 2 AS BIGINT), CAST(a.value ->> 0 AS BIGINT),
           CAST(a.value ->> 1 AS BIGINT)
         FROM jsonb_array_elements(CAST($1 AS JSONB)) AS c (value)
         CROSS JOIN jsonb_array_elements(CAST($2 AS JSONB)) AS a (value)
         ON CONFLICT (connector_id, purpose, day, days) DO UPDATE SET answers = tally_days.answers + excluded.answers",
    )
    .bind(keys(cells)?)
    .bind(as_json("days", answers)?)
    .run()
    .await
    .map(drop)
}

fn keys(cells: &[Cell]) -> Result<String, StoreError> {
    let key = |cell: &Cell| {
        (connector_key(cell.connector).simple().to_string(), purpose_key(cell.purpose), cell.day)
    };
    as_json("day", &cells.iter().map(key).collect::<Vec<_>>())
}

/// The newest batch of a purpose, locked.
pub async fn last_batch(tx: &mut Tx, purpose: Purpose) -> Result<Option<Batch>, StoreError> {
    let row = tx
        .q2(
            "SELECT * FROM tally_batch WHERE purpose = $1 ORDER BY seq DESC LIMIT 1",
            "SELECT * FROM tally_batch WHERE purpose = $1 ORDER BY seq DESC LIMIT 1 FOR UPDATE",
        )
        .bind(purpose.as_str())
        .one()
        .await?;
    row.map(|row| {
        Ok(Batch {
            seq: row.get("seq")?,
            first_at: Ts(row.get("first_at")?),
            last_at: Ts(row.get("last_at")?),
            closed: row.get("closed")?,
            answered: row.get("answered")?,
        })
    })
    .transpose()
}

/// Saves a batch with one more closing in it.
///
/// # Errors
/// [`StoreError::Stale`] when somebody else added that one.
pub async fn save_batch(tx: &mut Tx, purpose: Purpose, batch: &Batch) -> Result<(), StoreError> {
    tx.q("INSERT INTO tally_batch (purpose, seq, first_at, last_at, closed, answered)
          VALUES ($1, $2, $3, $4, $5, $6)
          ON CONFLICT (purpose, seq) DO UPDATE SET first_at = excluded.first_at, last_at = excluded.last_at,
            closed = excluded.closed, answered = excluded.answered
          WHERE tally_batch.closed = excluded.closed - 1")
        .bind(purpose.as_str())
        .bind(batch.seq)
        .bind(batch.first_at.0)
        .bind(batch.last_at.0)
        .bind(batch.closed)
        .bind(batch.answered)
        .exactly_one()
        .await
}

/// The full batches of a purpose whose introductions were all drafted in this time.
pub async fn full_batches(
    tx: &mut Tx,
    purpose: Purpose,
    from: Option<Ts>,
    to: Option<Ts>,
) -> Result<Batches, StoreError> {
    let row = tx
        .q("SELECT CAST(COALESCE(SUM(closed), 0) AS BIGINT) AS closed,
              CAST(COALESCE(SUM(answered), 0) AS BIGINT) AS answered
            FROM tally_batch
            WHERE purpose = $1 AND first_at >= $2 AND first_at < $3 AND last_at < $3 AND closed = $4")
        .bind(purpose.as_str())
        .bind(from.map_or(i64::MIN, |at| at.0))
        .bind(to.map_or(i64::MAX, |at| at.0))
        .bind(BATCH)
        .one()
        .await?;
    row.map_or(Ok(Batches::default()), |row| {
        Ok(Batches { closed: row.get("closed")?, answered: row.get("answered")? })
    })
}

/// The first day on which anything was counted there; the day of the cell is not looked at.
pub async fn first_day(tx: &mut Tx, cell: Cell) -> Result<Option<i64>, StoreError> {
    let row = tx
        .q("SELECT day FROM tally WHERE connector_id = $1 AND purpose = $2 ORDER BY day LIMIT 1")
        .bind(connector_key(cell.connector))
        .bind(purpose_key(cell.purpose))
        .one()
        .await?;
    row.map(|row| row.get("day")).transpose()
}

/// Sums from the day of the cell up to before `end`, in pieces of `step` days that are counted from
/// `base`, which is not later than that day.
pub async fn sums(
    tx: &mut Tx,
    cell: Cell,
    end: i64,
    base: i64,
    step: i64,
) -> Result<Vec<(i64, Counts)>, StoreError> {
    let rows = tx
        .q("SELECT (day - $5) / $6 AS piece, CAST(SUM(waiting) AS BIGINT) AS waiting,
              CAST(SUM(closed) AS BIGINT) AS closed, CAST(SUM(unheard) AS BIGINT) AS unheard,
              CAST(SUM(met) AS BIGINT) AS met, CAST(SUM(scheduled) AS BIGINT) AS scheduled,
              CAST(SUM(no_reply) AS BIGINT) AS no_reply, CAST(SUM(not_a_fit) AS BIGINT) AS not_a_fit,
              CAST(SUM(landed) AS BIGINT) AS landed
            FROM tally WHERE connector_id = $1 AND purpose = $2 AND day >= $3 AND day < $4
            GROUP BY piece ORDER BY piece")
        .bind(connector_key(cell.connector))
        .bind(purpose_key(cell.purpose))
        .bind(cell.day)
        .bind(end)
        .bind(base)
        .bind(step)
        .all()
        .await?;
    rows.iter().map(|row| Ok((row.get("piece")?, counts(row)?))).collect()
}

/// How many yeses took how many days, from the day of the cell up to before `end`.
pub async fn histogram(tx: &mut Tx, cell: Cell, end: i64) -> Result<Vec<(i64, i64)>, StoreError> {
    let rows = tx
        .q("SELECT days, CAST(SUM(answers) AS BIGINT) AS answers FROM tally_days
            WHERE connector_id = $1 AND purpose = $2 AND day >= $3 AND day < $4
            GROUP BY days ORDER BY days")
        .bind(connector_key(cell.connector))
        .bind(purpose_key(cell.purpose))
        .bind(cell.day)
        .bind(end)
        .all()
        .await?;
    rows.iter().map(|row| Ok((row.get("days")?, row.get("answers")?))).collect()
}

/// Up to which introduction of an older version the figures have caught up; `None` when with all of them.
pub async fn backlog(tx: &mut Tx) -> Result<Option<IntroductionId>, StoreError> {
    let row = tx.q("SELECT introduction_id FROM outcome_backlog WHERE name = 'introductions'").one().await?;
    row.map(|row| row.get("introduction_id").map(IntroductionId)).transpose()
}

/// Notes how far it has come; `None` is the end of it.
pub async fn move_backlog(tx: &mut Tx, to: Option<IntroductionId>) -> Result<(), StoreError> {
    match to {
        Some(id) => {
            tx.q("UPDATE outcome_backlog SET introduction_id = $1 WHERE name = 'introductions'")
                .bind(id.0)
                .run()
                .await?
        }
        None => tx.q("DELETE FROM outcome_backlog WHERE name = 'introductions'").run().await?,
    };
    Ok(())
}

/// The introductions behind this one, oldest first.
pub async fn behind(
    tx: &mut Tx,
    after: IntroductionId,
    limit: i64,
) -> Result<Vec<IntroductionId>, StoreError> {
    let rows = tx
        .q("SELECT id FROM introduction WHERE id > $1 ORDER BY id LIMIT $2")
        .bind(after.0)
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(|row| Ok(IntroductionId(row.get("id")?))).collect()
}

fn connector_key(connector: Option<ConnectorId>) -> uuid::Uuid {
    connector.map_or(uuid::Uuid::nil(), |id| id.0)
}

fn purpose_key(purpose: Option<Purpose>) -> &'static str {
    purpose.map_or("", Purpose::as_str)
}

fn counts(row: &Row) -> Result<Counts, StoreError> {
    let mut counts = Counts::default();
    for came in Came::ALL {
        counts.add(*came, row.get(came.as_str())?);
    }
    Ok(counts)
}

fn read(row: &Row) -> Result<Share, StoreError> {
    let (days, words): (String, String) = (row.get("days")?, row.get("words")?);
    let days = days.split_whitespace().map(str::parse).collect::<Result<_, _>>();
    Ok(Share {
        day: row.get("day")?,
        connector: ConnectorId(row.get("connector_id")?),
        purpose: row.word("purpose", Purpose::parse)?,
        came: row.word("came", Came::parse)?,
        days: days.map_err(|_| StoreError::Data { column: "days", why: "not numbers".into() })?,
        words: words.split_whitespace().map(str::to_owned).collect(),
    })
}
