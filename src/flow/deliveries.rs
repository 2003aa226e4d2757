//! Deliveries, for the admin: look, decide, send again. Addresses are masked until somebody opens one, which
//! is written down; who answered what is never told.

use super::admin_acts::{self, Deed};
use super::once::Keep;
use super::{Cx, Failure};
use crate::clock::Ts;
use crate::domain::address::EmailAddress;
use crate::domain::admin_act::Act;
use crate::domain::connector::Connector;
use crate::domain::letter::DeliveryState;
use crate::domain::message::{Family, MessageKind};
use crate::ids::DeliveryId;
use crate::store::courier::HELD;
use crate::store::deliveries::{self, Filter};
use crate::store::routes::{self, Route};

pub use crate::store::deliveries::{Delivery, PastAttempt};

/// Counts go no further: what matters is whether it is none, some or many.
pub const MANY: i64 = 1_001;
/// Decisions that are shown at once.
const DECISIONS: i64 = 20;

/// A page of deliveries, newest first.
pub async fn page(
    cx: &Cx,
    state: Option<DeliveryState>,
    before: Option<DeliveryId>,
    limit: i64,
) -> Result<Vec<Delivery>, Failure> {
    let filter = Filter { state, family: None, from: None, until: None, before };
    let mut tx = cx.db.read().await?;
    Ok(deliveries::list(&mut tx, &filter, limit).await?)
}

/// One delivery with its attempts.
pub async fn get(cx: &Cx, id: DeliveryId) -> Result<Option<(Delivery, Vec<PastAttempt>)>, Failure> {
    let mut tx = cx.db.read().await?;
    let Some(found) = deliveries::get(&mut tx, id).await?.filter(is_shown) else {
        return Ok(None);
    };
    let attempts = deliveries::attempts(&mut tx, id).await?;
    Ok(Some((found, attempts)))
}

/// What the list is asked for, as typed. What cannot be read is not asked for.
#[derive(Clone, Debug, Default)]
pub struct RawFilter {
    pub state: String,
    pub family: String,
    /// `YYYY-MM-DD`, the first and the last day.
    pub from: String,
    pub to: String,
    pub before: Option<DeliveryId>,
}

/// The list with everything around it.
pub struct Overview {
    pub list: Vec<Delivery>,
    pub to_decide: Vec<Delivery>,
    /// How many are in each state, no further than [`MANY`].
    pub counts: Vec<(DeliveryState, i64)>,
    pub routes: Vec<RouteState>,
}

/// How a route of mails fares.
#[derive(Clone, Debug)]
pub struct RouteState {
    pub name: String,
    /// `None`: its pause is over, and the next mail shows whether it works again.
    pub paused_until: Option<Ts>,
    /// What the server said, without addresses.
    pub words: String,
}

/// The list, and how mails fare on the whole.
pub async fn overview(cx: &Cx, who: &Connector, raw: &RawFilter, limit: i64) -> Result<Overview, Failure> {
    let now = cx.now();
    let filter = Filter {
        state: DeliveryState::parse(&raw.state),
        family: Family::parse(&raw.family),
        from: day(who, &raw.from, 0),
        until: day(who, &raw.to, 1),
        before: raw.before,
    };
    let mut tx = cx.db.read().await?;
    let list = deliveries::list(&mut tx, &filter, limit).await?;
    let to_decide = deliveries::to_decide(&mut tx, DECISIONS).await?;
    let mut counts = Vec::new();
    for state in DeliveryState::ALL {
        counts.push((*state, deliveries::count(&mut tx, *state, MANY).await?));
    }
    let routes = sick(&routes::all(&mut tx).await?, now);
    Ok(Overview { list, to_decide, counts, routes })
}

/// The routes that do not work. One that is not configured any more was last heard of long ago.
pub(super) fn sick(all: &[Route], now: Ts) -> Vec<RouteState> {
    let sick =
        all.iter().filter(|route| route.failures > 0 && now - route.changed_at < crate::clock::Span::days(1));
    sick.map(|route| RouteState {
        name: route.name.clone(),
        paused_until: route.paused_until.filter(|until| *until > now),
        words: route.words.clone(),
    })
    .collect()
}

/// The first moment of a day, or of the day `later` days after it, where this person lives.
fn day(who: &Connector, raw: &str, later: i64) -> Option<Ts> {
    let day: jiff::civil::Date = raw.trim().parse().ok()?;
    let day = day.checked_add(jiff::Span::new().try_days(later).ok()?).ok()?;
    let start = day.in_tz(&who.time_zone).ok()?;
    Some(Ts(start.timestamp().as_microsecond()))
}

/// One delivery with everything an admin may know of it.
pub struct Whole {
    pub delivery: Delivery,
    pub message_id: String,
    pub attempts: Vec<PastAttempt>,
    pub deeds: Vec<Deed>,
}

/// One delivery. Mails after an answer that fare well are nobody's business and not found.
pub async fn whole(cx: &Cx, id: DeliveryId) -> Result<Option<Whole>, Failure> {
    let mut tx = cx.db.read().await?;
    let Some(delivery) = deliveries::get(&mut tx, id).await?.filter(is_shown) else {
        return Ok(None);
    };
    Ok(Some(Whole {
        message_id: deliveries::message_id(&mut tx, id).await?.unwrap_or_default(),
        attempts: deliveries::attempts(&mut tx, id).await?,
        deeds: admin_acts::about(&mut tx, &id.to_string()).await?,
        delivery,
    }))
}

/// The address of a delivery. Who opened it is written down first.
pub async fn open_address(cx: &Cx, who: &Connector, id: DeliveryId) -> Result<Option<String>, Failure> {
    let (now, shared, who) = (cx.now(), cx.clone(), who.clone());
    cx.db
        .write(move |tx| {
            let (cx, who) = (shared.clone(), who.clone());
            Box::pin(async move {
                let Some(found) = deliveries::get(tx, id).await?.filter(is_shown) else {
                    return Ok::<_, Failure>(None);
                };
                admin_acts::note(tx, &cx, &who, Act::AddressOpened, &id.to_string(), "", now).await?;
                Ok(Some(found.recipient))
            })
        })
        .await
}

/// What an admin decides about a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// To the front of the queue, the same bytes.
    Again,
    /// It was perhaps delivered: take it for sent.
    CountAsSent,
    /// It belongs to no introduction: take it back.
    Cancel,
}

impl Decision {
    const fn act(self) -> Act {
        match self {
            Self::Again => Act::DeliveryRetried,
            Self::CountAsSent => Act::DeliveryCounted,
            Self::Cancel => Act::DeliveryCancelled,
        }
    }
}

/// Decides about a delivery. `None` when there is no such delivery, `false` when it is not in a state for
/// that: it is on its way, or somebody else was quicker.
pub async fn decide(
    cx: &Cx,
    who: &Connector,
    id: DeliveryId,
    decision: Decision,
) -> Result<Option<bool>, Failure> {
    let decided = decide_once(cx, who, id, decision, Keep::nothing()).await?;
    Ok(decided.map(|decided| decided.is_some()))
}

/// The same, and keeps the answer to it. Gives the delivery as it is then, or `Some(None)` when nothing was
/// changed.
pub async fn decide_once(
    cx: &Cx,
    who: &Connector,
    id: DeliveryId,
    decision: Decision,
    keep: Keep<Delivery>,
) -> Result<Option<Option<Delivery>>, Failure> {
    let (now, shared, who) = (cx.now(), cx.clone(), who.clone());
    let decided = cx
        .db
        .write(move |tx| {
            let (cx, who, keep) = (shared.clone(), who.clone(), keep.clone());
            Box::pin(async move {
                let Some(found) = deliveries::get(tx, id).await? else {
                    return Ok::<_, Failure>(None);
                };
                let changed = match decision {
                    Decision::Again => can_leave_again(&found) && deliveries::retry(tx, id, now).await?,
                    Decision::CountAsSent => deliveries::count_as_sent(tx, id, now).await?,
                    Decision::Cancel => deliveries::cancel(tx, id, now).await?,
                };
                if !changed {
                    return Ok(Some(None));
                }
                admin_acts::note(tx, &cx, &who, decision.act(), &id.to_string(), "", now).await?;
                let after = deliveries::get(tx, id).await?;
                if let Some(after) = &after {
                    keep.write(tx, after, now).await?;
                }
                Ok(Some(after))
            })
        })
        .await?;
    cx.wake.ring();
    Ok(decided)
}

/// Ends the pause of a route. Whether there was one.
pub async fn try_route(cx: &Cx, who: &Connector, name: &str) -> Result<bool, Failure> {
    let (now, shared, who, name) = (cx.now(), cx.clone(), who.clone(), name.to_owned());
    let ended = cx
        .db
        .write(move |tx| {
            let (cx, who, name) = (shared.clone(), who.clone(), name.clone());
            Box::pin(async move {
                let ended = routes::end_pause(tx, &name, now).await?;
                if ended {
                    admin_acts::note(tx, &cx, &who, Act::RouteTried, &name, "", now).await?;
                }
                Ok::<_, Failure>(ended)
            })
        })
        .await?;
    cx.wake.ring();
    Ok(ended)
}

/// What is possible with a delivery now, for its buttons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Possible {
    pub again: bool,
    pub count: bool,
    pub cancel: bool,
}

#[must_use]
pub fn possible(of: &Delivery) -> Possible {
    let (waits, perhaps) = match of.state {
        DeliveryState::Queued | DeliveryState::Deferred => (true, of.unknowns > 0),
        DeliveryState::Unknown => (true, true),
        DeliveryState::Leased
        | DeliveryState::Transmitting
        | DeliveryState::Sent
        | DeliveryState::Failed
        | DeliveryState::Cancelled => (false, false),
    };
    Possible {
        again: (waits || of.state == DeliveryState::Failed) && can_leave_again(of),
        count: perhaps,
        cancel: waits && of.introduction.is_none(),
    }
}

/// Whether it waits for a person and nothing else.
#[must_use]
pub fn is_undecided(of: &Delivery) -> bool {
    of.state == DeliveryState::Unknown && of.due_at == HELD
}

/// When it is tried next, if that is certain.
#[must_use]
pub fn next_try(of: &Delivery) -> Option<Ts> {
    match of.state {
        DeliveryState::Queued | DeliveryState::Deferred | DeliveryState::Unknown => {
            Some(of.due_at).filter(|due| *due != HELD)
        }
        DeliveryState::Leased
        | DeliveryState::Transmitting
        | DeliveryState::Sent
        | DeliveryState::Failed
        | DeliveryState::Cancelled => None,
    }
}

/// The server's last words about it. Why one was cancelled is not told: "never ask again" would be an answer.
#[must_use]
pub fn last_words(of: &Delivery) -> String {
    if of.state == DeliveryState::Cancelled { String::new() } else { without_address(of, &of.last_words) }
}

/// The attempts of it that met a server, their words without the recipient.
#[must_use]
pub fn shown_attempts(of: &Delivery, attempts: Vec<PastAttempt>) -> Vec<PastAttempt> {
    let met = attempts.into_iter().filter(|one| one.result != DeliveryState::Cancelled.as_str());
    met.map(|one| PastAttempt { words: without_address(of, &one.words), ..one }).collect()
}

/// The recipient as an admin sees it.
#[must_use]
pub fn masked(of: &Delivery) -> String {
    let masked = EmailAddress::parse("recipient", &of.recipient).map(|email| email.masked());
    masked.unwrap_or_else(|_| "…".to_owned())
}

/// Servers repeat the address, or only what stands before the @, in any case.
fn without_address(of: &Delivery, words: &str) -> String {
    let local = of.recipient.split('@').next().unwrap_or_default();
    let out = replace(words, &of.recipient);
    // Shorter ones are words of every sentence.
    if local.len() < 3 { out } else { replace(&out, local) }
}

fn replace(words: &str, what: &str) -> String {
    let (lower, what) = (words.to_ascii_lowercase(), what.to_ascii_lowercase());
    let mut out = String::with_capacity(words.len());
    let mut at = 0;
    while let Some(found) = lower[at..].find(&what).filter(|_| !what.is_empty()) {
        out.push_str(&words[at..at + found]);
        out.push('…');
        at += found + what.len();
    }
    out.push_str(&words[at..]);
    out
}

/// A sign-in mail that was perhaps delivered is not repeated: people ask for another one.
fn can_leave_again(of: &Delivery) -> bool {
    of.kind != MessageKind::SignIn || of.unknowns == 0
}

fn is_shown(of: &Delivery) -> bool {
    let in_trouble = match of.state {
        DeliveryState::Deferred | DeliveryState::Failed | DeliveryState::Unknown => true,
        DeliveryState::Queued
        | DeliveryState::Leased
        | DeliveryState::Transmitting
        | DeliveryState::Sent
        | DeliveryState::Cancelled => false,
    };
    of.kind.family() != Family::Answer || in_trouble
}
