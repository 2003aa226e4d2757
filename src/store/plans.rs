//! Seekers' plans. Every query carries the owner.

use super::error::StoreError;
use super::query::Row;
use super::tx::Tx;
use crate::clock::{Span, Ts};
use crate::domain::asking::Purpose;
use crate::domain::plan::{Item, Plan, Texts};
use crate::ids::{ConnectorId, ContactId, IntroductionId, PlanId};

/// A start whose draft did not come about within this time is none.
const CLAIM: Span = Span::minutes(1);

pub async fn insert(tx: &mut Tx, new: &Plan) -> Result<(), StoreError> {
    let of = &new.texts;
    tx.q(
        "INSERT INTO plan (id, connector_id, contact_id, purpose, why_first, why_second, blurb, shared, step,
            per_week, landed_at, created_at, updated_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL, $11, $11)",
    )
    .bind(new.id.0)
    .bind(new.connector.0)
    .bind(new.seeker.0)
    .bind(of.purpose.as_str())
    .bind(of.why_first.as_str())
    .bind(of.why_second.as_str())
    .bind(of.blurb.as_str())
    .bind(of.shared.as_str())
    .bind(of.step.as_str())
    .bind(new.per_week)
    .bind(new.created_at.0)
    .run()
    .await?;
    Ok(())
}

/// Saves texts, pace, and whether the seeker has landed.
pub async fn save(tx: &mut Tx, of: &Plan, now: Ts) -> Result<(), StoreError> {
    let texts = &of.texts;
    tx.q("UPDATE plan SET purpose = $3, why_first = $4, why_second = $5, blurb = $6, shared = $7, step = $8,
            per_week = $9, landed_at = $10, updated_at = $11
          WHERE id = $1 AND connector_id = $2")
        .bind(of.id.0)
        .bind(of.connector.0)
        .bind(texts.purpose.as_str())
        .bind(texts.why_first.as_str())
        .bind(texts.why_second.as_str())
        .bind(texts.blurb.as_str())
        .bind(texts.shared.as_str())
        .bind(texts.step.as_str())
        .bind(of.per_week)
        .bind(of.landed_at.map(|at| at.0))
        .bind(now.0)
        .exactly_one()
        .await
}

pub async fn get(tx: &mut Tx, owner: ConnectorId, id: PlanId) -> Result<Option<Plan>, StoreError> {
    let row =
        tx.q("SELECT * FROM plan WHERE id = $1 AND connector_id = $2").bind(id.0).bind(owner.0).one().await?;
    row.as_ref().map(read).transpose()
}

/// All plans of a connector, the newest first.
pub async fn all(tx: &mut Tx, owner: ConnectorId, limit: i64) -> Result<Vec<Plan>, StoreError> {
    let rows = tx
        .q("SELECT * FROM plan WHERE connector_id = $1 ORDER BY id DESC LIMIT $2")
        .bind(owner.0)
        .bind(limit)
        .all()
        .await?;
    rows.iter().map(read).collect()
}

/// The plans for one seeker, the newest first.
pub async fn for_seeker(tx: &mut Tx, owner: ConnectorId, seeker: ContactId) -> Result<Vec<Plan>, StoreError> {
    let rows = tx
        .q("SELECT * FROM plan WHERE contact_id = $1 AND connector_id = $2 ORDER BY id DESC")
        .bind(seeker.0)
        .bind(owner.0)
        .all()
        .await?;
    rows.iter().map(read).collect()
}

/// Deletes it. Introductions that were started stay.
pub async fn delete(tx: &mut Tx, owner: ConnectorId, id: PlanId) -> Result<u64, StoreError> {
    tx.q("DELETE FROM plan WHERE id = $1 AND connector_id = $2").bind(id.0).bind(owner.0).run().await
}

/// Adds a person at the end. `false` when they are in it.
pub async fn add_item(tx: &mut Tx, id: PlanId, contact: ContactId) -> Result<bool, StoreError> {
    let added = tx
        .q("INSERT INTO plan_item (plan_id, contact_id, nth)
            SELECT $1, $2, COALESCE(MAX(nth), 0) + 1 FROM plan_item WHERE plan_id = $1
            ON CONFLICT (plan_id, contact_id) DO NOTHING")
        .bind(id.0)
        .bind(contact.0)
        .run()
        .await?;
    Ok(added == 1)
}

/// Takes a person out who was not started yet. `false` when there is none such.
pub async fn remove_item(tx: &mut Tx, id: PlanId, contact: ContactId) -> Result<bool, StoreError> {
    let gone = tx
        .q("DELETE FROM plan_item WHERE plan_id = $1 AND contact_id = $2 AND introduction_id IS NULL")
        .bind(id.0)
        .bind(contact.0)
        .run()
        .await?;
    Ok(gone == 1)
}

/// The people of a plan in their order. An introduction that does not exist any more is none.
pub async fn items(tx: &mut Tx, id: PlanId) -> Result<Vec<Item>, StoreError> {
    let rows = tx
        .q("SELECT plan_item.contact_id, plan_item.nth, plan_item.started_at, introduction.id AS introduction_id
            FROM plan_item LEFT JOIN introduction ON introduction.id = plan_item.introduction_id
            WHERE plan_item.plan_id = $1 ORDER BY plan_item.nth, plan_item.contact_id")
        .bind(id.0)
        .all()
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Item {
                contact: ContactId(row.get("contact_id")?),
                nth: row.get("nth")?,
                introduction: row.opt("introduction_id")?.map(IntroductionId),
                started_at: row.opt("started_at")?.map(Ts),
            })
        })
        .collect()
}

/// Begins to start one: `false` when somebody is at it or it was started.
pub async fn claim(tx: &mut Tx, id: PlanId, contact: ContactId, now: Ts) -> Result<bool, StoreError> {
    let claimed = tx
        .q("UPDATE plan_item SET started_at = $3, introduction_id = NULL
            WHERE plan_id = $1 AND contact_id = $2
              AND NOT EXISTS (SELECT 1 FROM introduction WHERE introduction.id = plan_item.introduction_id)
              AND (introduction_id IS NOT NULL OR started_at IS NULL OR started_at <= $4)")
        .bind(id.0)
        .bind(contact.0)
        .bind(now.0)
        .bind((now - CLAIM).0)
        .run()
        .await?;
    Ok(claimed == 1)
}

/// Ends it: with the introduction, or with none when it did not come about.
pub async fn started(
    tx: &mut Tx,
    id: PlanId,
    contact: ContactId,
    introduction: Option<IntroductionId>,
    now: Ts,
) -> Result<(), StoreError> {
    tx.q("UPDATE plan_item SET introduction_id = $3, started_at = $4 WHERE plan_id = $1 AND contact_id = $2")
        .bind(id.0)
        .bind(contact.0)
        .bind(introduction.map(|id| id.0))
        .bind(introduction.map(|_| now.0))
        .exactly_one()
        .await
}

fn read(row: &Row) -> Result<Plan, StoreError> {
    Ok(Plan {
        id: PlanId(row.get("id")?),
        connector: ConnectorId(row.get("connector_id")?),
        seeker: ContactId(row.get("contact_id")?),
        texts: Texts {
            purpose: row.word("purpose", Purpose::parse)?,
            why_first: row.get("why_first")?,
            why_second: row.get("why_second")?,
            blurb: row.get("blurb")?,
            shared: row.get("shared")?,
            step: row.get("step")?,
        },
        per_week: row.get("per_week")?,
        landed_at: row.opt("landed_at")?.map(Ts),
        created_at: Ts(row.get("created_at")?),
    })
}
