//! Asking, and asking again.

use super::ahead::{ahead, write_mails};
use super::error::unit_error;
use super::once::Keep;
use super::save::{committed, facts, save};
use super::{Ctx, Cx, Failure, limits};
use crate::clock::Ts;
use crate::domain::answer::{Answer, Reply};
use crate::domain::asking::Side;
use crate::domain::connector::Connector;
use crate::domain::consent::Witness;
use crate::domain::decide::{self, Facts};
use crate::domain::introduction::Introduction;
use crate::domain::link::Purpose;
use crate::domain::step::{Refusal, Step};
use crate::ids::IntroductionId;
use crate::store::{Tx, ask_me, introductions};

/// Why nobody was asked.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    #[error("no such introduction")]
    NotFound,
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The neutral sentence: which of the two, by name, and the date.
    #[error("cannot be asked through this service before a date")]
    NotBefore { side: Side, name: String, until: Ts },
    #[error(transparent)]
    Failure(#[from] Failure),
}

unit_error!(AskError);

/// Sends the first ask, or both when they are asked together.
///
/// # Errors
/// See [`AskError`]; nothing is queued then.
pub async fn ask(cx: &Cx, who: &Connector, id: IntroductionId) -> Result<Introduction, AskError> {
    ask_once(cx, who, id, Keep::nothing()).await
}

/// The same, and keeps the answer to it.
pub async fn ask_once(
    cx: &Cx,
    who: &Connector,
    id: IntroductionId,
    keep: Keep<Introduction>,
) -> Result<Introduction, AskError> {
    start(cx, who, id, decide::ask, keep).await
}

/// A new round with the same two people; both yeses must be fresh.
pub async fn ask_again(cx: &Cx, who: &Connector, id: IntroductionId) -> Result<Introduction, AskError> {
    ask_again_once(cx, who, id, Keep::nothing()).await
}

/// The same, and keeps the answer to it.
pub async fn ask_again_once(
    cx: &Cx,
    who: &Connector,
    id: IntroductionId,
    keep: Keep<Introduction>,
) -> Result<Introduction, AskError> {
    start(cx, who, id, decide::ask_again, keep).await
}

/// The same when the first asked for it through the connector's page: their confirmed request is their yes, and the
/// second is asked. They get a receipt, with the way back.
///
/// # Errors
/// [`AskError::NotFound`] when there is no such request; see [`AskError`].
pub async fn on_request(cx: &Cx, who: &Connector, id: IntroductionId) -> Result<Introduction, AskError> {
    let (now, shared, who) = (cx.now(), cx.clone(), who.clone());
    let steps = cx
        .db
        .write(move |tx| {
            let (cx, who) = (shared.clone(), who.clone());
            Box::pin(async move { on_request_in(tx, &cx, &who, id, now).await })
        })
        .await?;
    for step in &steps {
        committed(cx, step);
    }
    let [_, answered] = steps;
    Ok(answered.next)
}

async fn on_request_in(
    tx: &mut Tx,
    cx: &Ctx,
    who: &Connector,
    id: IntroductionId,
    now: Ts,
) -> Result<[Step; 2], AskError> {
    let draft = find_own(tx, who, id).await?;
    // Before the request is read: two drafts at once must not both take it.
    limits::hold(tx, who, &draft).await?;
    let person = draft.parties.first.person;
    let request = ask_me::of_person(tx, who.id, person).await?.filter(|request| request.counts(now));
    let request = request.ok_or(AskError::NotFound)?;
    let yes = request.confirmed.clone().ok_or(AskError::NotFound)?;
    let asked = start_in(tx, cx, who, draft, decide::ask_as_wished, now).await?;
    let of = introductions::load(tx, id).await?.ok_or(AskError::NotFound)?;
    let facts = facts(tx, cx, &of, now).await?;
    let reply = Reply::plain(Answer::Yes);
    let mut answered = decide::answer(of, Side::First, &reply, &facts, &cx.policy, now)?;
    answered.witness = Some(Witness {
        side: Side::First,
        link: Purpose::Request,
        page: yes.shown,
        opened_at: yes.opened_at,
    });
    save(tx, cx, who, &answered, now).await?;
    if !ask_me::use_up(tx, request.id, id).await? {
        return Err(AskError::NotFound);
    }
    Ok([asked, answered])
}

type Decision = fn(Introduction, &Facts, &crate::domain::asking::Policy, Ts) -> Result<Step, Refusal>;

async fn start(
    cx: &Cx,
    who: &Connector,
    id: IntroductionId,
    decision: Decision,
    keep: Keep<Introduction>,
) -> Result<Introduction, AskError> {
    let (now, who) = (cx.now(), who.clone());
    let (shared, seen) = ahead(cx, async |cx| foresee(cx, &who, id, decision, now).await.ok()).await;
    let step = cx
        .db
        .write(move |tx| {
            let (cx, who, keep, seen) = (shared.clone(), who.clone(), keep.clone(), seen.clone());
            Box::pin(async move {
                let old = match seen.as_deref() {
                    Some(seen) => own(introductions::load_seen(tx, seen).await?, &who)?,
                    None => find_own(tx, &who, id).await?,
                };
                let step = start_in(tx, &cx, &who, old, decision, now).await?;
                keep.write(tx, &step.next, now).await?;
                Ok::<_, AskError>(step)
            })
        })
        .await?;
    committed(cx, &step);
    Ok(step.next)
}

/// Writes the asks of an introduction, and returns it. What stands against them is for the unit of work to say.
async fn foresee(
    cx: &Cx,
    who: &Connector,
    id: IntroductionId,
    decision: Decision,
    now: Ts,
) -> Result<Introduction, AskError> {
    let old = own(introductions::view(&mut cx.db.read().await?, id).await?, who)?;
    // Facts decide whether somebody is asked, not what they read.
    write_mails(cx, who, &decision(old.clone(), &Facts::default(), &cx.policy, now)?, now);
    Ok(old)
}

async fn start_in(
    tx: &mut Tx,
    cx: &Ctx,
    who: &Connector,
    old: Introduction,
    decision: Decision,
    now: Ts,
) -> Result<Step, AskError> {
    limits::hold(tx, who, &old).await?;
    let facts = facts(tx, cx, &old, now).await?;
    let facts = limits::facts(tx, cx, who, &old, now, facts).await?;
    let names = [old.parties.first.name.clone(), old.parties.second.name.clone()];
    let step = decision(old, &facts, &cx.policy, now).map_err(|refusal| match refusal {
        Refusal::NotBefore(side, until) => {
            let [first, second] = names;
            let name = if side == Side::First { first } else { second };
            AskError::NotBefore { side, name, until }
        }
        other => AskError::Refused(other),
    })?;
    save(tx, cx, who, &step, now).await?;
    Ok(step)
}

async fn find_own(tx: &mut Tx, who: &Connector, id: IntroductionId) -> Result<Introduction, AskError> {
    own(introductions::load(tx, id).await?, who)
}

/// Somebody else's is like one that is not there.
fn own(of: Option<Introduction>, who: &Connector) -> Result<Introduction, AskError> {
    of.filter(|of| of.connector == who.id).ok_or(AskError::NotFound)
}
