//! Looking: a connector's introductions and their events. Changes nothing.

use super::{Cx, Failure};
use crate::domain::connector::Connector;
use crate::domain::event::{Event, What};
use crate::domain::introduction::{Introduction, StateName};
use crate::domain::shown;
use crate::ids::IntroductionId;
use crate::store::{events, introductions};

/// One introduction of this connector, as they may see it. Another's is `None`, like one that does not exist.
pub async fn get(cx: &Cx, who: &Connector, id: IntroductionId) -> Result<Option<Introduction>, Failure> {
    let mut tx = cx.db.read().await?;
    let found = introductions::view(&mut tx, id).await?;
    let found = found.filter(|found| found.connector == who.id);
    Ok(found.map(|found| shown::to_connector(&found, &cx.policy, cx.now())))
}

/// A page of this connector's introductions, newest first, older than `before`.
pub async fn page(
    cx: &Cx,
    who: &Connector,
    state: Option<StateName>,
    before: Option<IntroductionId>,
    limit: i64,
) -> Result<Vec<Introduction>, Failure> {
    let mut tx = cx.db.read().await?;
    let now = cx.now();
    let page = introductions::page(&mut tx, who.id, state, before, now, limit).await?;
    Ok(page.iter().map(|of| shown::to_connector(of, &cx.policy, now)).collect())
}

/// What the connector may see of its events, oldest first. Quiet answers are not among them, nor are
/// reminders: who is reminded has been silent, so a missing reminder would give a quiet answer away.
pub async fn events_of(cx: &Cx, who: &Connector, id: IntroductionId) -> Result<Option<Vec<Event>>, Failure> {
    let mut tx = cx.db.read().await?;
    let found = introductions::view(&mut tx, id).await?;
    if found.is_none_or(|found| found.connector != who.id) {
        return Ok(None);
    }
    let shown = events::shown(&mut tx, id, 0, 10_000).await?;
    let events = shown.into_iter().map(|(_, event)| event);
    Ok(Some(events.filter(|event| event.what != What::Reminded).collect()))
}
