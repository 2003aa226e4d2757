//! What keeps a connector from beginning to ask: how much they may, and what was between the same two before.

use super::account::AccountError;
use super::admin_acts::note;
use super::{Ctx, Cx, Failure};
use crate::clock::Ts;
use crate::domain::admin_act::Act;
use crate::domain::connector::Connector;
use crate::domain::decide::{self, Facts};
use crate::domain::introduction::Introduction;
use crate::domain::limits::Record;
use crate::domain::same_two;
use crate::domain::step::Refusal;
use crate::ids::ConnectorId;
use crate::store::{Tx, accounts, connectors, limits};

/// Makes sure that nobody else decides about these people, and for this connector, until the unit ends.
pub(super) async fn hold(tx: &mut Tx, who: &Connector, of: &Introduction) -> Result<(), Failure> {
    limits::hold_connector(tx, who.id).await?;
    hold_people(tx, of).await
}

/// The same for the two people alone.
pub(super) async fn hold_people(tx: &mut Tx, of: &Introduction) -> Result<(), Failure> {
    Ok(limits::hold(tx, [of.parties.first.person, of.parties.second.person]).await?)
}

/// Adds what holds to the facts. Only for beginning to ask.
pub(super) async fn facts(
    tx: &mut Tx,
    cx: &Ctx,
    who: &Connector,
    of: &Introduction,
    now: Ts,
    facts: Facts,
) -> Result<Facts, Failure> {
    let record = limits::record(tx, who.id, Some(of.id), &cx.policy.limits, now).await?;
    let two = [of.parties.first.person, of.parties.second.person];
    let since = now - same_two::horizon(&cx.policy);
    let before = limits::same_two(tx, who.id, of.id, two, since).await?;
    Ok(Facts {
        held: cx.policy.limits.hold(&record),
        same_two: same_two::bar(&before, &cx.policy, now),
        ..facts
    })
}

/// Why this introduction could not begin to ask now, as far as its connector may know before they try.
pub async fn foresee(cx: &Cx, who: &Connector, of: &Introduction) -> Result<Option<Refusal>, Failure> {
    let mut tx = cx.db.read().await?;
    let facts = facts(&mut tx, cx, who, of, cx.now(), Facts::default()).await?;
    Ok(decide::foresee(&facts))
}

/// What a connector did so far, as the limits see it.
pub async fn record(cx: &Cx, who: ConnectorId) -> Result<Record, Failure> {
    let mut tx = cx.db.read().await?;
    Ok(limits::record(&mut tx, who, None, &cx.policy.limits, cx.now()).await?)
}

/// How many connectors are looked at for [`paused`], and how many of the newest complaints and dead addresses lead to them.
const SUSPECTS: i64 = 50;
const CAME_BACK: i64 = 2_000;

/// The connectors whose asking is paused, for the admin who can let them go on.
pub(super) async fn paused(tx: &mut Tx, cx: &Ctx) -> Result<Vec<Connector>, Failure> {
    let mut found = Vec::new();
    for id in limits::suspects(tx, SUSPECTS, CAME_BACK).await? {
        let paused = cx.policy.limits.pauses(&limits::lately(tx, id).await?);
        let who = connectors::get(tx, id).await?;
        found.extend(who.filter(|who| paused && who.is_active()));
    }
    Ok(found)
}

/// An admin looked at what came back, and lets a paused connector go on.
pub async fn clear(cx: &Cx, admin: &Connector, id: ConnectorId) -> Result<(), AccountError> {
    let (now, shared, admin) = (cx.now(), cx.clone(), admin.clone());
    cx.db
        .write(move |tx| {
            let (cx, admin) = (shared.clone(), admin.clone());
            Box::pin(async move {
                accounts::one(tx, id).await?.ok_or(AccountError::NotFound)?;
                let lately = limits::lately(tx, id).await?;
                // Somebody was quicker.
                if !cx.policy.limits.pauses(&lately) {
                    return Ok(());
                }
                limits::clear(tx, id, now).await?;
                Ok(note(tx, &cx, &admin, Act::ConnectorCleared, &id.to_string(), "", now).await?)
            })
        })
        .await
}
