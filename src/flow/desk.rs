//! The desk: what needs the connector, what waits and for whom, what is done.

use super::error::unit_error;
use super::{Ctx, Cx, Failure};
use crate::clock::Ts;
use crate::domain::attention::{Lying, Need, Place, attention};
use crate::domain::connector::Connector;
use crate::domain::introduction::Introduction;
use crate::domain::shown;
use crate::domain::step::Refusal;
use crate::ids::{ConnectorId, IntroductionId};
use crate::store::desk::{self, DeskRow, Key};
use crate::store::{Tx, introductions};

/// Counting goes no further: a desk with more than that needs no exact number.
pub const COUNTED: i64 = 1_000;
/// Introductions of an older version that are placed in one go.
const BATCH: i64 = 200;
const FIRST: Key = (Ts(i64::MIN), IntroductionId(uuid::Uuid::nil()));
const LAST: Key = (Ts(i64::MAX), IntroductionId(uuid::Uuid::max()));

/// Why a need was not settled.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    #[error("no such introduction")]
    NotFound,
    /// There is nothing to settle.
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Failure(#[from] Failure),
}

unit_error!(SettleError);

/// One introduction on the desk, as its connector may see it.
#[derive(Clone)]
pub struct Item {
    pub introduction: Introduction,
    /// What the connector is needed for now.
    pub need: Option<Need>,
    /// The same, when they have settled it.
    pub settled: Option<Need>,
}

/// A part of the desk, or a page of it.
#[derive(Clone, Default)]
pub struct Section {
    pub items: Vec<Item>,
    /// Behind which row the next page begins.
    pub more: Option<Key>,
    /// At most [`COUNTED`].
    pub count: i64,
}

/// The whole desk: the beginning of each part.
#[derive(Clone, Default)]
pub struct Desk {
    pub needs: Section,
    pub waiting: Section,
    pub done: Section,
}

/// The beginning of each part.
pub async fn whole(cx: &Cx, who: &Connector, limit: usize) -> Result<Desk, Failure> {
    Ok(Desk {
        needs: part(cx, who, Place::Needs, None, limit).await?,
        waiting: part(cx, who, Place::Waiting, None, limit).await?,
        done: part(cx, who, Place::Done, None, limit).await?,
    })
}

/// A page of one part, behind `after`.
pub async fn part(
    cx: &Cx,
    who: &Connector,
    place: Place,
    after: Option<Key>,
    limit: usize,
) -> Result<Section, Failure> {
    let now = cx.now();
    let mut tx = cx.db.read().await?;
    let mut rows = rows(&mut tx, who.id, place, after, now, limit).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let more = rows.last().filter(|_| more).map(|row| (row.lying.at, row.introduction.id));
    let count = count(&mut tx, who.id, place, now).await?;
    Ok(Section { items: rows.iter().map(|row| item(cx, row, now)).collect(), more, count })
}

/// Where one introduction lies: what for, and whether that is settled.
pub async fn standing(cx: &Cx, who: &Connector, id: IntroductionId) -> Result<Option<Item>, Failure> {
    let now = cx.now();
    let mut tx = cx.db.read().await?;
    let found = introductions::view(&mut tx, id).await?.filter(|found| found.connector == who.id);
    let Some(introduction) = found else {
        return Ok(None);
    };
    let kept = desk::find(&mut tx, id).await?;
    let copy = shown::to_connector(&introduction, &cx.policy, now);
    let lying = kept.unwrap_or_else(|| attention(&copy, &cx.policy).lying(None, now));
    Ok(Some(item(cx, &DeskRow { introduction, lying }, now)))
}

/// The connector is done with what they were needed for. Doing it twice is doing it once.
pub async fn settle(cx: &Cx, who: &Connector, id: IntroductionId) -> Result<(), SettleError> {
    set(cx, who, id, true).await
}

/// Takes that back.
pub async fn put_back(cx: &Cx, who: &Connector, id: IntroductionId) -> Result<(), SettleError> {
    set(cx, who, id, false).await
}

/// Finds a place for introductions of an older version. Returns how many.
pub async fn place_new(cx: &Cx) -> Result<usize, Failure> {
    let found = desk::unplaced(&mut cx.db.read().await?, BATCH).await?;
    for id in &found {
        let (shared, id) = (cx.clone(), *id);
        cx.db
            .write(move |tx| {
                let cx = shared.clone();
                Box::pin(async move {
                    if let Some(of) = introductions::load(tx, id).await? {
                        keep(tx, &cx, &of).await?;
                    }
                    Ok::<_, Failure>(())
                })
            })
            .await?;
    }
    Ok(found.len())
}

/// Keeps where it lies, in the unit of work that saved it.
pub(super) async fn keep(tx: &mut Tx, cx: &Ctx, of: &Introduction) -> Result<(), Failure> {
    let now = cx.now();
    let copy = shown::to_connector(of, &cx.policy, now);
    let before = desk::find(tx, of.id).await?;
    let lying = attention(&copy, &cx.policy).lying(before.as_ref(), now);
    if before != Some(lying) {
        desk::put(tx, of.id, of.connector, &lying).await?;
    }
    Ok(())
}

async fn set(cx: &Cx, who: &Connector, id: IntroductionId, settled: bool) -> Result<(), SettleError> {
    let (now, connector, shared) = (cx.now(), who.id, cx.clone());
    cx.db
        .write(move |tx| {
            let cx = shared.clone();
            Box::pin(async move {
                let of = introductions::load(tx, id).await?;
                let of = of.filter(|of| of.connector == connector).ok_or(SettleError::NotFound)?;
                let before = desk::find(tx, id).await?.ok_or(Refusal::WrongState)?;
                if before.need.is_none_or(|(_, since)| since > now) {
                    return Err(Refusal::WrongState.into());
                }
                let settled_at = settled.then(|| before.settled_at.unwrap_or(now));
                let copy = shown::to_connector(&of, &cx.policy, now);
                let lying = attention(&copy, &cx.policy).settled(&before, settled_at, now);
                desk::put(tx, id, connector, &lying).await?;
                Ok(())
            })
        })
        .await
}

/// One row more than a page holds tells whether there is a next page. A need with a date ahead waits for
/// that date.
async fn rows(
    tx: &mut Tx,
    who: ConnectorId,
    place: Place,
    after: Option<Key>,
    now: Ts,
    limit: usize,
) -> Result<Vec<DeskRow>, Failure> {
    let rows = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    Ok(match place {
        Place::Needs => desk::rising(tx, who, place, after.unwrap_or(FIRST), now, rows).await?,
        Place::Done => desk::falling(tx, who, place, after.unwrap_or(LAST), rows).await?,
        Place::Waiting => {
            let after = after.unwrap_or(FIRST);
            let ahead = after.max((now, LAST.1));
            let mut all = desk::rising(tx, who, place, after, LAST.0, rows).await?;
            all.extend(desk::rising(tx, who, Place::Needs, ahead, LAST.0, rows).await?);
            all.sort_by_key(|row| (row.lying.at, row.introduction.id));
            all
        }
    })
}

async fn count(tx: &mut Tx, who: ConnectorId, place: Place, now: Ts) -> Result<i64, Failure> {
    let (first, last) = (FIRST.0, LAST.0);
    Ok(match place {
        Place::Needs => desk::count(tx, who, place, first, now, COUNTED).await?,
        Place::Done => desk::count(tx, who, place, first, last, COUNTED).await?,
        Place::Waiting => {
            let ahead = desk::count(tx, who, Place::Needs, now, last, COUNTED).await?;
            let waiting = desk::count(tx, who, place, first, last, COUNTED).await?;
            (ahead + waiting).min(COUNTED)
        }
    })
}

fn item(cx: &Ctx, row: &DeskRow, now: Ts) -> Item {
    let Lying { need, settled_at, .. } = row.lying;
    let due = need.filter(|(_, since)| *since <= now).map(|(need, _)| need);
    Item {
        introduction: shown::to_connector(&row.introduction, &cx.policy, now),
        need: due.filter(|_| settled_at.is_none()),
        settled: due.filter(|_| settled_at.is_some()),
    }
}
