//! What people decided on their own page, and what is held about them. A person is the keyed hash of an
//! address.

use uuid::Uuid;

use super::error::StoreError;
use super::query::Row;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::asking::{Pair, Side};
use crate::domain::party::PersonKey;
use crate::domain::preferences::{Pause, Preferences};
use crate::ids::{ConnectorId, IntroductionId, LinkRef};

/// Never from this connector, or never about this person.
#[derive(Clone)]
pub struct Refusal {
    pub id: Uuid,
    pub person: PersonKey,
    pub whom: Whom,
    /// The name that the person knew them by.
    pub label: String,
    pub created_at: Ts,
}

/// Who is refused.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    Connector(ConnectorId),
    Person(PersonKey),
}

/// An entry in somebody's address book, as far as the person in it may read it.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    pub connector: ConnectorId,
    pub name: String,
    pub described: String,
    pub employer: String,
    pub how_known: String,
    pub role: String,
    pub field: String,
    pub place: String,
    pub speaks: String,
    pub looking_for: String,
    pub can_help: String,
    pub since: Ts,
    /// The link of their own card, when they were asked about it.
    pub card: Option<LinkRef>,
    /// Since when they may be passed on as a recruiter.
    pub passed_on: Option<Ts>,
}

/// A person's settings; none when they never made any.
pub async fn preferences(tx: &mut Tx, person: PersonKey) -> Result<Preferences, StoreError> {
    let row = tx.q("SELECT * FROM person WHERE person = $1").bind(person.0.to_vec()).one().await?;
    row.as_ref().map_or_else(|| Ok(Preferences::default()), read_preferences)
}

fn read_preferences(row: &Row) -> Result<Preferences, StoreError> {
    let pause = match (row.opt("paused_at")?, row.opt("paused_until")?) {
        (Some(since), Some(until)) => Some(Pause { since: Ts(since), until: Ts(until) }),
        _ => None,
    };
    let per_month: Option<i64> = row.opt("per_month")?;
    let per_month = per_month.map(|number| u32::try_from(number).unwrap_or(u32::MAX));
    Ok(Preferences { per_month, limited_at: row.opt("limited_at")?.map(Ts), pause })
}

pub async fn save_preferences(
    tx: &mut Tx,
    person: PersonKey,
    of: &Preferences,
    now: Ts,
) -> Result<(), StoreError> {
    tx.q("INSERT INTO person (person, per_month, limited_at, paused_at, paused_until, changed_at)
          VALUES ($1, $2, $3, $4, $5, $6)
          ON CONFLICT (person) DO UPDATE SET per_month = excluded.per_month,
            limited_at = excluded.limited_at, paused_at = excluded.paused_at,
            paused_until = excluded.paused_until, changed_at = excluded.changed_at")
        .bind(person.0.to_vec())
        .bind(of.per_month.map(i64::from))
        .bind(of.limited_at.map(|at| at.0))
        .bind(of.pause.map(|pause| pause.since.0))
        .bind(of.pause.map(|pause| pause.until.0))
        .bind(now.0)
        .run()
        .await?;
    Ok(())
}

/// What a person decided about being asked, by this connector and about this other one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// "Never ask this address again".
    pub suppressed_since: Option<Ts>,
    /// They refuse the connector or the other.
    pub refused_since: Option<Ts>,
    pub preferences: Preferences,
}

/// The same of two people about each other.
pub async fn between(
    tx: &mut Tx,
    connector: ConnectorId,
    two: Pair<PersonKey>,
) -> Result<Pair<Standing>, StoreError> {
    let rows = tx
        .q("SELECT who.side, p.per_month, p.limited_at, p.paused_at, p.paused_until,
              (SELECT created_at FROM suppression WHERE person = who.person) AS suppressed_at,
              (SELECT MIN(created_at) FROM refusal
               WHERE person = who.person AND (connector_id = $3 OR other = who.other)) AS refused_at
            FROM (SELECT 'first' AS side, $1 AS person, $2 AS other UNION ALL SELECT 'second', $2, $1) AS who
            LEFT JOIN person AS p ON p.person = who.person")
        .bind(two.first.0.to_vec())
        .bind(two.second.0.to_vec())
        .bind(connector.0)
        .all()
        .await?;
    let mut found = Pair::default();
    for row in rows {
        *found.get_mut(row.word("side", Side::parse)?) = Standing {
            suppressed_since: row.opt("suppressed_at")?.map(Ts),
            refused_since: row.opt("refused_at")?.map(Ts),
            preferences: read_preferences(&row)?,
        };
    }
    Ok(found)
}

/// Adds a refusal. One that stands stays as it is.
pub async fn refuse(tx: &mut Tx, new: &Refusal) -> Result<(), StoreError> {
    let (connector, other) = match new.whom {
        Whom::Connector(id) => (Some(id.0), None),
        Whom::Person(key) => (None, Some(key.0.to_vec())),
    };
    tx.q("INSERT INTO refusal (id, person, connector_id, other, label, created_at)
          VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING")
        .bind(new.id)
        .bind(new.person.0.to_vec())
        .bind(connector)
        .bind(other)
        .bind(new.label.as_str())
        .bind(new.created_at.0)
        .run()
        .await?;
    Ok(())
}

/// Takes a refusal of this person back. `false` when there is none such.
pub async fn take_back(tx: &mut Tx, person: PersonKey, id: Uuid) -> Result<bool, StoreError> {
    let gone = tx
        .q("DELETE FROM refusal WHERE person = $1 AND id = $2")
        .bind(person.0.to_vec())
        .bind(id)
        .run()
        .await?;
    Ok(gone == 1)
}

/// All refusals of a person, oldest first.
pub async fn refusals(tx: &mut Tx, person: PersonKey) -> Result<Vec<Refusal>, StoreError> {
    let rows = tx
        .q("SELECT * FROM refusal WHERE person = $1 ORDER BY created_at, id")
        .bind(person.0.to_vec())
        .all()
        .await?;
    rows.iter().map(read_refusal).collect()
}

/// Since when the person refuses this connector or this other person, if they do.
pub async fn refused_since(
    tx: &mut Tx,
    person: PersonKey,
    connector: ConnectorId,
    other: PersonKey,
) -> Result<Option<Ts>, StoreError> {
    let row = tx
        .q("SELECT created_at FROM refusal WHERE person = $1 AND (connector_id = $2 OR other = $3)
            ORDER BY created_at LIMIT 1")
        .bind(person.0.to_vec())
        .bind(connector.0)
        .bind(other.0.to_vec())
        .one()
        .await?;
    row.map(|row| row.get("created_at").map(Ts)).transpose()
}

/// When this person was asked since `since`, by whomever, newest first. Asks that never left do not count.
pub async fn asks(tx: &mut Tx, person: PersonKey, since: Ts, limit: i64) -> Result<Vec<Ts>, StoreError> {
    let rows = tx
        .q("SELECT created_at FROM delivery
            WHERE person = $1 AND created_at > $2 AND kind IN ('ask_first', 'ask_second')
              AND state NOT IN ('cancelled', 'failed')
            ORDER BY created_at DESC LIMIT $3")
        .bind(person.0.to_vec())
        .bind(since.0)
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(|row| row.get("created_at").map(Ts)).collect()
}

/// The same of two people.
pub async fn asks_of(
    tx: &mut Tx,
    two: Pair<PersonKey>,
    since: Ts,
    limit: i64,
) -> Result<Pair<Vec<Ts>>, StoreError> {
    let rows = tx
        .q("SELECT 'first' AS side, created_at FROM
              (SELECT created_at FROM delivery
               WHERE person = $1 AND created_at > $3 AND kind IN ('ask_first', 'ask_second')
                 AND state NOT IN ('cancelled', 'failed')
               ORDER BY created_at DESC LIMIT $4) AS one
            UNION ALL
            SELECT 'second', created_at FROM
              (SELECT created_at FROM delivery
               WHERE person = $2 AND created_at > $3 AND kind IN ('ask_first', 'ask_second')
                 AND state NOT IN ('cancelled', 'failed')
               ORDER BY created_at DESC LIMIT $4) AS other")
        .bind(two.first.0.to_vec())
        .bind(two.second.0.to_vec())
        .bind(since.0)
        .bind(limit)
        .all()
        .await?;
    let mut found = Pair::<Vec<Ts>>::default();
    for row in rows {
        found.get_mut(row.word("side", Side::parse)?).push(Ts(row.get("created_at")?));
    }
    // Two lists in one have no order that can be relied on.
    found.first.sort_unstable_by_key(|at| std::cmp::Reverse(*at));
    found.second.sort_unstable_by_key(|at| std::cmp::Reverse(*at));
    Ok(found)
}

/// Where this person is a party, newest first; drafts included.
pub async fn introductions(
    tx: &mut Tx,
    person: PersonKey,
    limit: i64,
) -> Result<Vec<(IntroductionId, Side)>, StoreError> {
    let rows = tx
        .q("SELECT introduction_id, side FROM party WHERE person = $1 ORDER BY introduction_id DESC LIMIT $2")
        .bind(person.0.to_vec())
        .bind(limit)
        .all()
        .await?;
    rows.iter()
        .map(|row| Ok((IntroductionId(row.get("introduction_id")?), row.word("side", Side::parse)?)))
        .collect()
}

/// The spellings of this person's address that parties have.
pub async fn addresses(tx: &mut Tx, person: PersonKey) -> Result<Vec<String>, StoreError> {
    let rows = tx
        .q("SELECT DISTINCT email FROM party WHERE person = $1 ORDER BY email")
        .bind(person.0.to_vec())
        .all()
        .await?;
    rows.iter().map(|row| row.get("email")).collect()
}

/// The entries with this address in all address books.
pub async fn entries(tx: &mut Tx, email: &str) -> Result<Vec<Entry>, StoreError> {
    let rows = tx
        .q("SELECT contact.connector_id, name, described, employer, how_known, role, field, place, speaks,
              looking_for, can_help, created_at, link, agreed_at
            FROM contact LEFT JOIN own_card ON own_card.contact_id = contact.id
            WHERE email_key = $1 ORDER BY created_at, id LIMIT 1000")
        .bind(email.to_lowercase())
        .all()
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Entry {
                connector: ConnectorId(row.get("connector_id")?),
                name: row.get("name")?,
                described: row.get("described")?,
                employer: row.get("employer")?,
                how_known: row.get("how_known")?,
                role: row.get("role")?,
                field: row.get("field")?,
                place: row.get("place")?,
                speaks: row.get("speaks")?,
                looking_for: row.get("looking_for")?,
                can_help: row.get("can_help")?,
                since: Ts(row.get("created_at")?),
                card: row.opt::<Vec<u8>>("link")?.and_then(|link| link.try_into().ok()).map(LinkRef),
                passed_on: row.opt("agreed_at")?.map(Ts),
            })
        })
        .collect()
}

fn read_refusal(row: &Row) -> Result<Refusal, StoreError> {
    let connector: Option<Uuid> = row.opt("connector_id")?;
    let whom = match connector {
        Some(id) => Whom::Connector(ConnectorId(id)),
        None => Whom::Person(PersonKey(row.bytes("other")?)),
    };
    Ok(Refusal {
        id: row.get("id")?,
        person: PersonKey(row.bytes("person")?),
        whom,
        label: row.get("label")?,
        created_at: Ts(row.get("created_at")?),
    })
}
