//! "I found a job": one switch that ends a search.
//!
//! Every open ask for this seeker is withdrawn, which to everybody else looks like any withdrawal: silence until the
//! deadline and then the neutral closing note. What was planned is cancelled, and each connector of theirs is told, so
//! that whoever helped can be thanked.

use uuid::Uuid;

use super::error::unit_error;
use super::save::{committed, facts, save};
use super::{Ctx, Cx, Failure};
use crate::clock::Ts;
use crate::domain::asking::{Purpose, Side};
use crate::domain::connector::Connector;
use crate::domain::contact::Contact;
use crate::domain::decide;
use crate::domain::introduction::{Introduction, State};
use crate::domain::party::PersonKey;
use crate::domain::step::Step;
use crate::ids::{ConnectorId, derive, uuid_v7};
use crate::store::landed::{self, Landed};
use crate::store::{StoreError, Tx, connectors, contacts, introductions, persons, plans};

/// More than anybody is introduced in a lifetime.
const ALL: i64 = 10_000;
/// Plans of one connector that are looked through.
const PLANS: i64 = 1_000;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum LandedError {
    #[error("no such contact or notice")]
    NotFound,
    #[error(transparent)]
    Failure(#[from] Failure),
}

unit_error!(LandedError);

/// The connector heard it: their own introductions of this person end.
pub async fn by_connector(cx: &Cx, who: &Connector, contact: &Contact) -> Result<Uuid, LandedError> {
    let email = contact.facts.email.as_ref().ok_or(LandedError::NotFound)?;
    let (now, shared, who, person) = (cx.now(), cx.clone(), who.clone(), cx.person(email));
    let name = contact.facts.name.clone();
    let new = notice_id(cx, who.id, person, now);
    let (steps, id) = cx
        .db
        .write(move |tx| {
            let (cx, who, name) = (shared.clone(), who.clone(), name.clone());
            Box::pin(async move {
                let steps = end_search(tx, &cx, person, Some(who.id), now).await?;
                let notice = Landed { id: new, connector: who.id, person, name, at: now, settled_at: None };
                landed::note(tx, &notice).await?;
                cancel_plans(tx, &cx, who.id, person, now).await?;
                let open = landed::open(tx, who.id).await?;
                let id = open.iter().find(|one| one.person == person).map_or(new, |one| one.id);
                Ok::<_, LandedError>((steps, id))
            })
        })
        .await?;
    for step in &steps {
        committed(cx, step);
    }
    Ok(id)
}

/// They said so themselves: it ends everywhere. Part of a unit; [`committed`] follows.
pub(super) async fn by_party(
    tx: &mut Tx,
    cx: &Ctx,
    person: PersonKey,
    name: &str,
    now: Ts,
) -> Result<Vec<Step>, Failure> {
    let mut told: Vec<ConnectorId> = Vec::new();
    for of in searches(tx, person).await? {
        // Whoever asked them for somebody knows that they look; a draft was never seen by anybody.
        if of.parties.first.asked.is_some() && !told.contains(&of.connector) {
            told.push(of.connector);
        }
    }
    let steps = end_search(tx, cx, person, None, now).await?;
    for connector in told {
        let name = name.to_owned();
        let id = notice_id(cx, connector, person, now);
        landed::note(tx, &Landed { id, connector, person, name, at: now, settled_at: None }).await?;
        cancel_plans(tx, cx, connector, person, now).await?;
    }
    Ok(steps)
}

/// Whether this person was asked as somebody who looks for work, and has not said that they found it.
pub(super) async fn seeks(tx: &mut Tx, person: PersonKey) -> Result<bool, StoreError> {
    let looks = searches(tx, person).await?.iter().any(|of| of.parties.first.asked.is_some());
    Ok(looks && !landed::is_known(tx, person).await?)
}

/// The same however often the unit is repeated.
fn notice_id(cx: &Ctx, connector: ConnectorId, person: PersonKey, now: Ts) -> Uuid {
    let label = format!("landed/{connector}/{}", data_encoding::HEXLOWER.encode(&person.0));
    uuid_v7(now, derive(&cx.secrets.internal, &label))
}

/// What waits for this connector's thanks.
pub async fn open(cx: &Cx, who: &Connector) -> Result<Vec<Landed>, Failure> {
    Ok(landed::open(&mut cx.db.read().await?, who.id).await?)
}

/// One notice, with the introductions that were made for the seeker: their second parties helped.
pub async fn look(cx: &Cx, who: &Connector, id: Uuid) -> Result<(Landed, Vec<Introduction>), LandedError> {
    let mut tx = cx.db.read().await?;
    let notice = landed::get(&mut tx, who.id, id).await?.ok_or(LandedError::NotFound)?;
    let mut helped = searches(&mut tx, notice.person).await?;
    helped.retain(|of| of.connector == who.id && of.state == State::Introduced);
    Ok((notice, helped))
}

/// The thanks are said.
pub async fn settle(cx: &Cx, who: &Connector, id: Uuid) -> Result<(), LandedError> {
    let (now, owner) = (cx.now(), who.id);
    cx.db
        .write(move |tx| {
            Box::pin(async move {
                if landed::settle(tx, owner, id, now).await? { Ok(()) } else { Err(LandedError::NotFound) }
            })
        })
        .await
}

/// The introductions in which this person looks for work, in the order of their ids, so that two such units do not
/// wait for each other.
async fn searches(tx: &mut Tx, person: PersonKey) -> Result<Vec<Introduction>, StoreError> {
    let mut all = persons::introductions(tx, person, ALL).await?;
    all.retain(|(_, side)| *side == Side::First);
    all.sort_by_key(|(id, _)| *id);
    let mut found = Vec::new();
    for (id, _) in all {
        found.extend(introductions::view(tx, id).await?.filter(is_search));
    }
    Ok(found)
}

fn is_search(of: &Introduction) -> bool {
    match of.terms.purpose {
        Purpose::JobSearch | Purpose::Recruiter | Purpose::Colleague | Purpose::Conversation => true,
        Purpose::Expertise | Purpose::Peers => false,
    }
}

async fn end_search(
    tx: &mut Tx,
    cx: &Ctx,
    person: PersonKey,
    owner: Option<ConnectorId>,
    now: Ts,
) -> Result<Vec<Step>, Failure> {
    let mut steps = Vec::new();
    for seen in searches(tx, person).await? {
        if owner.is_some_and(|owner| owner != seen.connector) {
            continue;
        }
        let Some(of) = introductions::load(tx, seen.id).await? else { continue };
        let Some(connector) = connectors::get(tx, of.connector).await? else { continue };
        let facts = facts(tx, cx, &of, now).await?;
        // What is a draft, over, or withdrawn already stays as it is.
        let Ok(step) = decide::withdraw(of, &facts, &cx.policy, now) else { continue };
        save(tx, cx, &connector, &step, now).await?;
        steps.push(step);
    }
    Ok(steps)
}

async fn cancel_plans(
    tx: &mut Tx,
    cx: &Ctx,
    owner: ConnectorId,
    person: PersonKey,
    now: Ts,
) -> Result<(), StoreError> {
    for mut plan in plans::all(tx, owner, PLANS).await? {
        let seeker = contacts::get(tx, owner, plan.seeker).await?;
        let theirs = seeker.and_then(|of| of.facts.email).is_some_and(|email| cx.person(&email) == person);
        if theirs && plan.landed_at.is_none() {
            plan.landed_at = Some(now);
            plans::save(tx, &plan, now).await?;
        }
    }
    Ok(())
}
