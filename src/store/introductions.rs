//! Introductions with their two parties: load, save once, list, what is due.

use super::error::StoreError;
use super::query::Row;
use super::tx::Tx;
use super::{events, parties};
use crate::clock::Ts;
use crate::domain::asking::{Order, Pair, Purpose, Side};
use crate::domain::event::Event;
use crate::domain::introduction::{Introduction, State, StateName, Terms};
use crate::domain::outcome::Outcome;
use crate::domain::party::Party;
use crate::domain::retention::{self, Kept, Retained};
use crate::ids::{ConnectorId, IntroductionId, LinkRef};

/// One introduction, locked against other writers until the unit ends.
pub async fn load(tx: &mut Tx, id: IntroductionId) -> Result<Option<Introduction>, StoreError> {
    let row = tx
        .q2("SELECT * FROM introduction WHERE id = $1", "SELECT * FROM introduction WHERE id = $1 FOR UPDATE")
        .bind(id.0)
        .one()
        .await?;
    with_parties(tx, row).await
}

/// The same of one that was looked at before: read anew only when it was changed since. Whoever changes an introduction
/// or a party of it counts its version up.
pub async fn load_seen(tx: &mut Tx, seen: &Introduction) -> Result<Option<Introduction>, StoreError> {
    let row = tx
        .q2(
            "SELECT version FROM introduction WHERE id = $1",
            "SELECT version FROM introduction WHERE id = $1 FOR UPDATE",
        )
        .bind(seen.id.0)
        .one()
        .await?;
    match row.map(|row| row.get::<i64>("version")).transpose()? {
        Some(version) if version == seen.version => Ok(Some(seen.clone())),
        Some(_) => load(tx, seen.id).await,
        None => Ok(None),
    }
}

/// One introduction, for looking at.
pub async fn view(tx: &mut Tx, id: IntroductionId) -> Result<Option<Introduction>, StoreError> {
    let row = tx.q("SELECT * FROM introduction WHERE id = $1").bind(id.0).one().await?;
    with_parties(tx, row).await
}

/// As this party may see it now: see [`retention::seen_by`].
pub async fn seen_by(
    tx: &mut Tx,
    id: IntroductionId,
    side: Side,
    now: Ts,
) -> Result<Option<Introduction>, StoreError> {
    Ok(view(tx, id).await?.map(|of| retention::seen_by(of, side, now)))
}

/// Which introduction and side a link's reference belongs to.
pub async fn find_link(tx: &mut Tx, link: LinkRef) -> Result<Option<(IntroductionId, Side)>, StoreError> {
    let row =
        tx.q("SELECT introduction_id, side FROM party WHERE link = $1").bind(link.0.to_vec()).one().await?;
    row.map(|row| Ok((IntroductionId(row.get("introduction_id")?), row.word("side", Side::parse)?)))
        .transpose()
}

/// Saves a new draft with its events.
pub async fn insert(tx: &mut Tx, new: &Introduction, happened: &[Event]) -> Result<(), StoreError> {
    let (terms, introduce_at) = (&new.terms, introduce_at(new));
    tx.q("INSERT INTO introduction (id, connector_id, version, state, introduce_at, purpose, ask_order,
            asked_for_this, names_second, writes_first, same_employer, coworker_confirmed, shared, step,
            round, deadline, withdrawn_at, introduced_at, closed_at, outcome, events, due_at,
            created_at, updated_at, fit)
          VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19, $20, NULL, $21, $22, $23)")
        .bind(new.id.0)
        .bind(new.connector.0)
        .bind(new.state.name().as_str())
        .bind(introduce_at)
        .bind(terms.purpose.as_str())
        .bind(terms.order.as_str())
        .bind(terms.asked_for_this)
        .bind(terms.names_second)
        .bind(terms.writes_first.as_str())
        .bind(terms.same_employer)
        .bind(terms.coworker_confirmed)
        .bind(terms.shared.as_str())
        .bind(terms.step.as_str())
        .bind(new.round)
        .bind(new.deadline.map(|at| at.0))
        .bind(new.withdrawn_at.map(|at| at.0))
        .bind(new.introduced_at.map(|at| at.0))
        .bind(new.closed_at.map(|at| at.0))
        .bind(new.outcome.map(Outcome::as_str))
        .bind(new.events + count(happened))
        .bind(new.created_at.0)
        .bind(new.updated_at.0)
        .bind(terms.fit.as_str())
        .run()
        .await?;
    for (_, party) in new.parties.iter() {
        parties::insert(tx, new.id, party).await?;
    }
    events::append(tx, new, happened).await
}

/// SQLite writes to an index whenever one of its columns is named, whether the value is another one or not
/// (docs/adr/0029). What stands in no index, or changes with almost every step, is named always; the rest is appended
/// when it differs.
macro_rules! update {
    ($rest:literal) => {
        concat!(
            "UPDATE introduction SET version = version + 1, purpose = $3, ask_order = $4, asked_for_this = $5,
               names_second = $6, writes_first = $7, same_employer = $8, coworker_confirmed = $9, shared = $10,
               step = $11, fit = $12, round = $13, deadline = $14, withdrawn_at = $15, outcome = $16,
               events = $17, due_at = $18, updated_at = $19",
            $rest,
            " WHERE id = $1 AND version = $2"
        )
    };
}

/// Saves a decision: what differs from the introduction as it was loaded, and what happened. Compare-and-set on the
/// version that was loaded.
///
/// # Errors
/// [`StoreError::Stale`] when someone else saved first.
pub async fn save(
    tx: &mut Tx,
    before: &Introduction,
    next: &Introduction,
    due_at: Option<Ts>,
    happened: &[Event],
    now: Ts,
) -> Result<(), StoreError> {
    let (stands, begun) = (standing(next), begun_at(next));
    let moved = stands != standing(before);
    let begins = begun != begun_at(before);
    let terms = &next.terms;
    let saved = match (moved, begins) {
        (false, false) => tx.q(update!("")),
        (true, false) => tx.q(update!(
            ", state = $20, introduce_at = $21, introduced_at = $22, closed_at = $23, kept = $24, keep_until = $25"
        )),
        (_, true) => tx.q(update!(
            ", state = $20, introduce_at = $21, introduced_at = $22, closed_at = $23, kept = $24, keep_until = $25,
               asked_at = $26"
        )),
    };
    let mut query = saved
        .bind(next.id.0)
        .bind(next.version)
        .bind(terms.purpose.as_str())
        .bind(terms.order.as_str())
        .bind(terms.asked_for_this)
        .bind(terms.names_second)
        .bind(terms.writes_first.as_str())
        .bind(terms.same_employer)
        .bind(terms.coworker_confirmed)
        .bind(terms.shared.as_str())
        .bind(terms.step.as_str())
        .bind(terms.fit.as_str())
        .bind(next.round)
        .bind(next.deadline.map(|at| at.0))
        .bind(next.withdrawn_at.map(|at| at.0))
        .bind(next.outcome.map(Outcome::as_str))
        .bind(next.events + count(happened))
        .bind(due_at.map(|at| at.0))
        .bind(now.0);
    if moved || begins {
        query = query
            .bind(stands.state.as_str())
            .bind(stands.introduce_at)
            .bind(stands.introduced_at.map(|at| at.0))
            .bind(stands.closed_at.map(|at| at.0))
            .bind(stands.retained.kept.as_str())
            .bind(stands.retained.until.map(|at| at.0));
    }
    if begins {
        query = query.bind(begun.map(|at| at.0));
    }
    query.exactly_one().await?;
    for (side, party) in next.parties.iter() {
        parties::update(tx, next.id, before.parties.get(side), party).await?;
    }
    events::append(tx, next, happened).await
}

/// What lists and searches by index are made of.
#[derive(PartialEq, Eq)]
struct Standing {
    state: StateName,
    introduce_at: Option<i64>,
    introduced_at: Option<Ts>,
    closed_at: Option<Ts>,
    retained: Retained,
}

fn standing(of: &Introduction) -> Standing {
    Standing {
        state: of.state.name(),
        introduce_at: introduce_at(of),
        introduced_at: of.introduced_at,
        closed_at: of.closed_at,
        retained: of.retained,
    }
}

/// When the running (or last) round began to ask.
fn begun_at(of: &Introduction) -> Option<Ts> {
    of.parties.first.asked.map(|asked| asked.at)
}

/// Deletes a draft.
pub async fn delete(tx: &mut Tx, id: IntroductionId) -> Result<(), StoreError> {
    tx.q("DELETE FROM event WHERE introduction_id = $1").bind(id.0).run().await?;
    tx.q("DELETE FROM introduction WHERE id = $1 AND state = 'draft'").bind(id.0).exactly_one().await
}

/// A page of a connector's introductions, newest first, older than `before`. The state is the one they are
/// shown at `now`: a hold that ended quietly stands until the told moment.
pub async fn page(
    tx: &mut Tx,
    connector: ConnectorId,
    state: Option<StateName>,
    before: Option<IntroductionId>,
    now: Ts,
    limit: i64,
) -> Result<Vec<Introduction>, StoreError> {
    let before = before.map_or(uuid::Uuid::max(), |id| id.0);
    let rows = match state {
        None => {
            tx.q("SELECT * FROM introduction WHERE connector_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3")
                .bind(connector.0)
                .bind(before)
                .bind(limit)
                .all()
                .await?
        }
        Some(StateName::Agreed) => {
            tx.q("SELECT * FROM introduction WHERE connector_id = $1 AND introduce_at IS NOT NULL
                    AND (state = 'agreed' OR (state = 'asking' AND introduce_at > $2)) AND id < $3
                  ORDER BY id DESC LIMIT $4")
                .bind(connector.0)
                .bind(now.0)
                .bind(before)
                .bind(limit)
                .all()
                .await?
        }
        Some(StateName::Asking) => {
            tx.q("SELECT * FROM introduction WHERE connector_id = $1 AND state = 'asking' AND id < $2
                    AND (introduce_at IS NULL OR introduce_at <= $3)
                  ORDER BY id DESC LIMIT $4")
                .bind(connector.0)
                .bind(before)
                .bind(now.0)
                .bind(limit)
                .all()
                .await?
        }
        Some(state @ (StateName::Draft | StateName::Introduced | StateName::Closed)) => {
            tx.q("SELECT * FROM introduction WHERE connector_id = $1 AND state = $2 AND id < $3
                  ORDER BY id DESC LIMIT $4")
                .bind(connector.0)
                .bind(state.as_str())
                .bind(before)
                .bind(limit)
                .all()
                .await?
        }
    };
    all_with_parties(tx, rows).await
}

/// Those of a connector that are not over and were not taken back.
pub async fn running(tx: &mut Tx, connector: ConnectorId) -> Result<Vec<IntroductionId>, StoreError> {
    let rows = tx
        .q("SELECT id FROM introduction
            WHERE connector_id = $1 AND state IN ('asking', 'agreed') AND withdrawn_at IS NULL ORDER BY id")
        .bind(connector.0)
        .all()
        .await?;
    rows.iter().map(|row| Ok(IntroductionId(row.get("id")?))).collect()
}

/// Whether any of a connector's is not over, taken back or not.
pub async fn is_any_open(tx: &mut Tx, connector: ConnectorId) -> Result<bool, StoreError> {
    let sql =
        "SELECT 1 AS n FROM introduction WHERE connector_id = $1 AND state IN ('asking', 'agreed') LIMIT 1";
    Ok(tx.q(sql).bind(connector.0).one().await?.is_some())
}

/// Deletes the drafts of a connector, with their events.
pub async fn delete_drafts(tx: &mut Tx, connector: ConnectorId) -> Result<u64, StoreError> {
    tx.q("DELETE FROM event WHERE introduction_id IN
            (SELECT id FROM introduction WHERE connector_id = $1 AND state = 'draft')")
        .bind(connector.0)
        .run()
        .await?;
    tx.q("DELETE FROM introduction WHERE connector_id = $1 AND state = 'draft'").bind(connector.0).run().await
}

pub(super) async fn all_with_parties(tx: &mut Tx, rows: Vec<Row>) -> Result<Vec<Introduction>, StoreError> {
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        out.extend(with_parties(tx, Some(row)).await?);
    }
    Ok(out)
}

async fn with_parties(tx: &mut Tx, row: Option<Row>) -> Result<Option<Introduction>, StoreError> {
    let Some(row) = row else {
        return Ok(None);
    };
    let id = IntroductionId(row.get("id")?);
    let [first, second] = parties::both(tx, id).await?;
    read(&row, Pair { first, second }).map(Some)
}

fn read(row: &Row, parties: Pair<Party>) -> Result<Introduction, StoreError> {
    let state = match row.word("state", StateName::parse)? {
        StateName::Draft => State::Draft,
        StateName::Asking => State::Asking,
        StateName::Agreed => State::Agreed { introduce_at: Ts(row.get("introduce_at")?) },
        StateName::Introduced => State::Introduced,
        StateName::Closed => State::Closed,
    };
    Ok(Introduction {
        id: IntroductionId(row.get("id")?),
        connector: ConnectorId(row.get("connector_id")?),
        version: row.get("version")?,
        state,
        terms: Terms {
            purpose: row.word("purpose", Purpose::parse)?,
            order: row.word("ask_order", Order::parse)?,
            asked_for_this: row.get("asked_for_this")?,
            names_second: row.get("names_second")?,
            writes_first: row.word("writes_first", Side::parse)?,
            same_employer: row.get("same_employer")?,
            coworker_confirmed: row.get("coworker_confirmed")?,
            shared: row.get("shared")?,
            step: row.get("step")?,
            fit: row.get("fit")?,
        },
        parties,
        round: row.get("round")?,
        deadline: row.opt("deadline")?.map(Ts),
        shown_leaves_at: row.opt("introduce_at")?.map(Ts),
        withdrawn_at: row.opt("withdrawn_at")?.map(Ts),
        introduced_at: row.opt("introduced_at")?.map(Ts),
        closed_at: row.opt("closed_at")?.map(Ts),
        outcome: row.opt_word("outcome", Outcome::parse)?,
        events: row.get("events")?,
        retained: Retained { kept: row.word("kept", Kept::parse)?, until: row.opt("keep_until")?.map(Ts) },
        created_at: Ts(row.get("created_at")?),
        updated_at: Ts(row.get("updated_at")?),
    })
}

/// One column for both: while agreed they are the same, afterwards only the connector's view is left.
fn introduce_at(of: &Introduction) -> Option<i64> {
    match of.state {
        State::Agreed { introduce_at } => Some(introduce_at.0),
        State::Asking => of.shown_leaves_at.map(|at| at.0),
        State::Draft | State::Introduced | State::Closed => None,
    }
}

fn count(happened: &[Event]) -> i64 {
    i64::try_from(happened.len()).unwrap_or(i64::MAX)
}
