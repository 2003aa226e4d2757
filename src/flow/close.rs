//! Endings that somebody causes: the connector withdraws, a relay refuses an address for good.

use super::error::unit_error;
use super::once::Keep;
use super::save::{committed, facts, save};
use super::{Ctx, Cx, Failure};
use crate::domain::asking::Side;
use crate::domain::connector::Connector;
use crate::domain::decide;
use crate::domain::introduction::Introduction;
use crate::domain::step::{Refusal, Step};
use crate::ids::IntroductionId;
use crate::store::{Tx, connectors, introductions};

/// Why it was not withdrawn.
#[derive(Debug, thiserror::Error)]
pub enum WithdrawError {
    #[error("no such introduction")]
    NotFound,
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Failure(#[from] Failure),
}

unit_error!(WithdrawError);

/// The connector takes it back. The parties notice nothing before the deadline.
pub async fn withdraw(cx: &Cx, who: &Connector, id: IntroductionId) -> Result<Introduction, WithdrawError> {
    withdraw_once(cx, who, id, Keep::nothing()).await
}

/// The same, and keeps the answer to it.
pub async fn withdraw_once(
    cx: &Cx,
    who: &Connector,
    id: IntroductionId,
    keep: Keep<Introduction>,
) -> Result<Introduction, WithdrawError> {
    let (now, shared, who) = (cx.now(), cx.clone(), who.clone());
    let step = cx
        .db
        .write(move |tx| {
            let (cx, who, keep) = (shared.clone(), who.clone(), keep.clone());
            Box::pin(async move {
                let old = introductions::load(tx, id).await?;
                let old = old.filter(|old| old.connector == who.id).ok_or(WithdrawError::NotFound)?;
                let facts = facts(tx, &cx, &old, now).await?;
                let step = decide::withdraw(old, &facts, &cx.policy, now)?;
                save(tx, &cx, &who, &step, now).await?;
                keep.write(tx, &step.next, now).await?;
                Ok::<_, WithdrawError>(step)
            })
        })
        .await?;
    committed(cx, &step);
    Ok(step.next)
}

/// A relay refused a party's address for good. The connector sees it; the other party sees silence.
///
/// Part of the unit of work that records the refusal, so that no crash comes between the two. Follow it
/// with [`told`] once the unit was committed.
pub async fn undeliverable(
    tx: &mut Tx,
    cx: &Ctx,
    id: IntroductionId,
    side: Side,
) -> Result<Option<Step>, Failure> {
    let now = cx.now();
    let Some(old) = introductions::load(tx, id).await? else {
        return Ok(None);
    };
    let Some(connector) = connectors::get(tx, old.connector).await? else {
        return Ok(None);
    };
    let step = decide::undeliverable(old, side, now);
    save(tx, cx, &connector, &step, now).await?;
    Ok(Some(step))
}

/// Counts and wakes, after the unit was committed.
pub fn told(cx: &Ctx, step: Option<&Step>) {
    if let Some(step) = step {
        committed(cx, step);
    }
}
