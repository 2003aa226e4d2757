//! Looking: a connector's introductions and their events, the admin's outcome log. Changes nothing.

use super::{Cx, Failure, account};
use crate::domain::connector::Connector;
use crate::domain::event::{Event, What};
use crate::domain::introduction::{Introduction, StateName};
use crate::ids::{ConnectorId, IntroductionId};
use crate::store::{connectors, events, introductions};

/// One introduction of this connector. Another's is `None`, like one that does not exist.
pub async fn get(cx: &Cx, who: &Connector, id: IntroductionId) -> Result<Option<Introduction>, Failure> {
    let mut tx = cx.db.read().await?;
    let found = introductions::view(&mut tx, id).await?;
    Ok(found.filter(|found| found.connector == who.id))
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
    Ok(introductions::page(&mut tx, who.id, state, before, limit).await?)
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

/// One line of the outcome log: nothing about who answered what.
#[derive(Clone)]
pub struct LogLine {
    pub introduction: Introduction,
    pub connector_name: String,
}

/// A page of the outcome log, newest first.
pub async fn outcomes(cx: &Cx, before: Option<IntroductionId>, limit: i64) -> Result<Vec<LogLine>, Failure> {
    let mut tx = cx.db.read().await?;
    let page = introductions::log_page(&mut tx, before, limit).await?;
    let names = connectors::all(&mut tx).await?;
    let former = account::former(cx);
    let there = |id: ConnectorId| names.iter().find(|one| one.id == id && one.deleted_at.is_none());
    let name = |id: ConnectorId| there(id).map(|one| one.name.clone());
    Ok(page
        .into_iter()
        .map(|introduction| {
            let connector_name = name(introduction.connector).unwrap_or_else(|| former.clone());
            LogLine { introduction, connector_name }
        })
        .collect())
}
