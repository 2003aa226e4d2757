//! A seeker's plan: pick several people, write once, start one introduction after the other.
//!
//! A plan asks nobody. Each introduction of it is a draft that the connector looks at and starts, at most so many a
//! week.

use super::draft::{self, DraftError};
use super::error::unit_error;
use super::once::Keep;
use super::{Cx, Failure, disk};
use crate::clock::Ts;
use crate::domain::connector::Connector;
use crate::domain::contact::Contact;
use crate::domain::draft::RawParty;
use crate::domain::introduction::Introduction;
use crate::domain::plan::{ITEMS_MAX, Item, Plan, RawPlan, next_start};
use crate::domain::problem::{Problem, Problems};
use crate::domain::shown::to_connector;
use crate::ids::{ContactId, IntroductionId, PlanId};
use crate::store::{Tx, contacts, introductions, plans};

/// Plans that are listed.
const LISTED: i64 = 100;

/// Why a plan was not changed.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    #[error("no such plan")]
    NotFound,
    #[error("problems in the plan: {0}")]
    Invalid(Problems),
    /// As many were started this week as may be.
    #[error("the next one may be started later")]
    NotBefore(Ts),
    /// It was started, or the seeker has landed.
    #[error("the plan is not there any more")]
    WrongState,
    #[error(transparent)]
    Failure(#[from] Failure),
}

unit_error!(PlanError);

/// A plan with everybody in it.
#[derive(Clone)]
pub struct Whole {
    pub plan: Plan,
    pub seeker: Contact,
    pub people: Vec<Person>,
    /// When the next one may be started, when that is not now.
    pub next: Option<Ts>,
}

/// One person of a plan.
#[derive(Clone)]
pub struct Person {
    pub contact: Contact,
    /// As far as its connector may see.
    pub introduction: Option<Introduction>,
}

/// Writes a plan for a seeker.
///
/// # Errors
/// [`PlanError::Invalid`] with every problem; [`PlanError::NotFound`] when the seeker is no contact.
pub async fn create(cx: &Cx, who: &Connector, seeker: ContactId, raw: &RawPlan) -> Result<PlanId, PlanError> {
    create_once(cx, who, seeker, raw, Keep::nothing()).await.map(|plan| plan.id)
}

/// The same, and keeps the answer to it.
pub async fn create_once(
    cx: &Cx,
    who: &Connector,
    seeker: ContactId,
    raw: &RawPlan,
    keep: Keep<Plan>,
) -> Result<Plan, PlanError> {
    let (texts, per_week) = raw.check().map_err(PlanError::Invalid)?;
    disk::has_room(cx)?;
    let now = cx.now();
    let id = PlanId(cx.ids.uuid(now, "plan"));
    let new = Plan { id, connector: who.id, seeker, texts, per_week, landed_at: None, created_at: now };
    let saved = new.clone();
    cx.db
        .write(move |tx| {
            let (new, keep) = (new.clone(), keep.clone());
            Box::pin(async move {
                contacts::get(tx, new.connector, seeker).await?.ok_or(PlanError::NotFound)?;
                plans::insert(tx, &new).await?;
                keep.write(tx, &new, now).await?;
                Ok::<_, PlanError>(())
            })
        })
        .await?;
    Ok(saved)
}

/// Changes its texts and pace. What was started keeps its own.
pub async fn change(cx: &Cx, who: &Connector, id: PlanId, raw: &RawPlan) -> Result<(), PlanError> {
    let (texts, per_week) = raw.check().map_err(PlanError::Invalid)?;
    let (now, owner) = (cx.now(), who.id);
    cx.db
        .write(move |tx| {
            let texts = texts.clone();
            Box::pin(async move {
                let old = plans::get(tx, owner, id).await?.ok_or(PlanError::NotFound)?;
                Ok(plans::save(tx, &Plan { texts, per_week, ..old }, now).await?)
            })
        })
        .await
}

/// Adds people, each once; who is the seeker, left out or gone is passed over.
pub async fn add(cx: &Cx, who: &Connector, id: PlanId, people: &[ContactId]) -> Result<(), PlanError> {
    let (owner, people) = (who.id, people.to_vec());
    cx.db
        .write(move |tx| {
            let people = people.clone();
            Box::pin(async move {
                let plan = plans::get(tx, owner, id).await?.ok_or(PlanError::NotFound)?;
                let mut count = plans::items(tx, id).await?.len();
                for one in people {
                    let Some(contact) = contacts::get(tx, owner, one).await? else { continue };
                    if one == plan.seeker || contact.facts.facets.left_out {
                        continue;
                    }
                    if count >= ITEMS_MAX {
                        let problem = Problem::new("people", "too-many-people").number("max", ITEMS_MAX);
                        return Err(PlanError::Invalid(Problems(vec![problem])));
                    }
                    count += usize::from(plans::add_item(tx, id, one).await?);
                }
                Ok(())
            })
        })
        .await
}

/// Takes a person out who was not started yet.
pub async fn remove(cx: &Cx, who: &Connector, id: PlanId, person: ContactId) -> Result<(), PlanError> {
    let owner = who.id;
    cx.db
        .write(move |tx| {
            Box::pin(async move {
                plans::get(tx, owner, id).await?.ok_or(PlanError::NotFound)?;
                if plans::remove_item(tx, id, person).await? { Ok(()) } else { Err(PlanError::WrongState) }
            })
        })
        .await
}

/// Deletes the plan. Introductions that were started go on.
pub async fn delete(cx: &Cx, who: &Connector, id: PlanId) -> Result<(), PlanError> {
    let owner = who.id;
    cx.db
        .write(move |tx| {
            Box::pin(async move {
                if plans::delete(tx, owner, id).await? == 1 { Ok(()) } else { Err(PlanError::NotFound) }
            })
        })
        .await
}

/// Makes the draft of one introduction, to be looked at and started.
///
/// # Errors
/// [`PlanError::NotBefore`] when this week has had its share; [`PlanError::Invalid`] when it cannot be a draft, such as
/// without an address.
pub async fn start(
    cx: &Cx,
    who: &Connector,
    id: PlanId,
    person: ContactId,
) -> Result<IntroductionId, PlanError> {
    let (now, owner) = (cx.now(), who.id);
    let (plan, seeker, helper) =
        cx.db.write(move |tx| Box::pin(async move { claim(tx, owner, id, person, now).await })).await?;
    let raw = plan.texts.draft(party(&seeker), party(&helper));
    let made = draft::create(cx, who, &raw).await;
    let introduction = made.as_ref().ok().map(|of| of.id);
    cx.db
        .write(move |tx| {
            Box::pin(
                async move { Ok::<_, Failure>(plans::started(tx, id, person, introduction, now).await?) },
            )
        })
        .await?;
    match made {
        Ok(of) => Ok(of.id),
        Err(DraftError::Invalid(problems)) => Err(PlanError::Invalid(problems)),
        Err(DraftError::NotFound) => Err(PlanError::NotFound),
        Err(DraftError::WrongState) => Err(PlanError::WrongState),
        Err(DraftError::Failure(failure)) => Err(failure.into()),
    }
}

async fn claim(
    tx: &mut Tx,
    owner: crate::ids::ConnectorId,
    id: PlanId,
    person: ContactId,
    now: Ts,
) -> Result<(Plan, Contact, Contact), PlanError> {
    let plan = plans::get(tx, owner, id).await?.ok_or(PlanError::NotFound)?;
    if plan.landed_at.is_some() {
        return Err(PlanError::WrongState);
    }
    let items = plans::items(tx, id).await?;
    if let Some(at) = next_start(&items, plan.per_week, now) {
        return Err(PlanError::NotBefore(at));
    }
    let seeker = contacts::get(tx, owner, plan.seeker).await?.ok_or(PlanError::NotFound)?;
    let helper = contacts::get(tx, owner, person).await?.ok_or(PlanError::NotFound)?;
    if !plans::claim(tx, id, person, now).await? {
        return Err(PlanError::WrongState);
    }
    Ok((plan, seeker, helper))
}

/// A plan with everybody in it.
pub async fn look(cx: &Cx, who: &Connector, id: PlanId) -> Result<Whole, PlanError> {
    let now = cx.now();
    let mut tx = cx.db.read().await?;
    let plan = plans::get(&mut tx, who.id, id).await?.ok_or(PlanError::NotFound)?;
    let seeker = contacts::get(&mut tx, who.id, plan.seeker).await?.ok_or(PlanError::NotFound)?;
    let items = plans::items(&mut tx, id).await?;
    let next = next_start(&items, plan.per_week, now);
    let mut people = Vec::with_capacity(items.len());
    for Item { contact, introduction, .. } in items {
        let Some(contact) = contacts::get(&mut tx, who.id, contact).await? else { continue };
        let introduction = match introduction {
            Some(id) => introductions::view(&mut tx, id).await?.map(|of| to_connector(&of, &cx.policy, now)),
            None => None,
        };
        people.push(Person { contact, introduction });
    }
    Ok(Whole { plan, seeker, people, next })
}

/// The plans of a connector with their seekers, the newest first.
pub async fn all(cx: &Cx, who: &Connector) -> Result<Vec<(Plan, Contact)>, Failure> {
    let mut tx = cx.db.read().await?;
    let mut found = Vec::new();
    for plan in plans::all(&mut tx, who.id, LISTED).await? {
        if let Some(seeker) = contacts::get(&mut tx, who.id, plan.seeker).await? {
            found.push((plan, seeker));
        }
    }
    Ok(found)
}

/// The newest plan for a seeker.
pub async fn for_seeker(cx: &Cx, who: &Connector, seeker: ContactId) -> Result<Option<Plan>, Failure> {
    let mut tx = cx.db.read().await?;
    Ok(plans::for_seeker(&mut tx, who.id, seeker).await?.into_iter().next())
}

fn party(of: &Contact) -> RawParty {
    RawParty {
        contact: Some(of.id),
        name: of.facts.name.clone(),
        email: of.facts.address().to_owned(),
        described: described(of),
        how_known: of.facts.how_known.clone(),
        language: of.facts.language.clone(),
        ..RawParty::default()
    }
}

/// Who is asked first must not learn who the other is; what they do says enough.
fn described(of: &Contact) -> String {
    if of.facts.described.is_empty() { of.facts.facets.role.clone() } else { of.facts.described.clone() }
}
