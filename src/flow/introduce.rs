//! What time alone makes happen: the introduction when the hold is over, reminders, the closing,
//! check-ins. The sweeper calls these.

use super::ahead::{ahead, write_mails};
use super::save::{committed, facts, save};
use super::{Ctx, Cx, Failure};
use crate::clock::Ts;
use crate::domain::decide::{self, Facts};
use crate::domain::introduction::{Introduction, State};
use crate::domain::step::Step;
use crate::ids::IntroductionId;
use crate::store::{Tx, connectors, due, introductions};

/// The introductions for which something is due by then, longest overdue first.
pub async fn due(cx: &Cx, now: Ts, limit: i64) -> Result<Vec<IntroductionId>, Failure> {
    let mut tx = cx.db.read().await?;
    Ok(due::by(&mut tx, now, limit).await?)
}

/// When something becomes due next.
pub async fn next_due(cx: &Cx) -> Result<Option<Ts>, Failure> {
    let mut tx = cx.db.read().await?;
    Ok(due::next(&mut tx).await?)
}

/// Does what is due by then for one introduction. Harmless when nothing is, or when somebody else did it.
pub async fn tick(cx: &Cx, id: IntroductionId, now: Ts) -> Result<(), Failure> {
    let (shared, seen) = ahead(cx, async |cx| foresee(cx, id, now).await.ok().flatten()).await;
    let step = cx
        .db
        .write(move |tx| {
            let (cx, seen) = (shared.clone(), seen.clone());
            Box::pin(async move { tick_in(tx, &cx, id, seen.as_deref(), now).await })
        })
        .await?;
    if let Some(step) = step {
        committed(cx, &step);
    }
    Ok(())
}

/// Writes the mails that are due; the introduction for which they are.
async fn foresee(cx: &Cx, id: IntroductionId, now: Ts) -> Result<Option<Introduction>, Failure> {
    let mut tx = cx.db.read().await?;
    let Some(old) = introductions::view(&mut tx, id).await? else { return Ok(None) };
    let Some(connector) = connectors::get(&mut tx, old.connector).await? else { return Ok(None) };
    drop(tx);
    // Facts decide whether somebody is written to, not what they read.
    write_mails(cx, &connector, &decide::tick(old.clone(), &Facts::default(), &cx.policy, now), now);
    Ok(Some(old))
}

async fn tick_in(
    tx: &mut Tx,
    cx: &Ctx,
    id: IntroductionId,
    seen: Option<&Introduction>,
    now: Ts,
) -> Result<Option<Step>, Failure> {
    let old = match seen {
        Some(seen) => introductions::load_seen(tx, seen).await?,
        None => introductions::load(tx, id).await?,
    };
    let Some(old) = old else {
        return Ok(None);
    };
    let Some(connector) = connectors::get(tx, old.connector).await? else {
        return Ok(None);
    };
    // Nobody is there to read what came of it: no check-in in the name of an account that is closed.
    if old.state == State::Introduced && !connector.is_active() {
        due::rest(tx, connector.id).await?;
        return Ok(None);
    }
    let facts = facts(tx, cx, &old, now).await?;
    let step = decide::tick(old, &facts, &cx.policy, now);
    save(tx, cx, &connector, &step, now).await?;
    Ok(Some(step))
}
