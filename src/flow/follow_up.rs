//! Afterwards: what came of it?

use super::error::unit_error;
use super::once::Keep;
use super::save::{committed, save};
use super::{Ctx, Cx, Failure};
use crate::clock::Ts;
use crate::domain::asking::Side;
use crate::domain::connector::Connector;
use crate::domain::decide::{self, Teller};
use crate::domain::event::What;
use crate::domain::introduction::{Introduction, State};
use crate::domain::link::{self, LinkFault};
use crate::domain::nonce;
use crate::domain::outcome::Outcome;
use crate::domain::problem::Problems;
use crate::domain::step::{Refusal, Step};
use crate::ids::{IntroductionId, LinkRef};
use crate::store::{Tx, connectors, events, introductions};

/// Why an outcome was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum OutcomeError {
    #[error(transparent)]
    Link(#[from] LinkFault),
    #[error("no such introduction")]
    NotFound,
    #[error("problems in the outcome: {0}")]
    Invalid(Problems),
    #[error("the form is no longer fresh")]
    StaleForm,
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Failure(#[from] Failure),
}

unit_error!(OutcomeError);

/// What the check-in page shows a party.
#[derive(Clone)]
pub struct CheckInPage {
    pub connector_name: String,
    /// Where a thank-you to the connector goes; parties know it from the ask.
    pub connector_email: String,
    pub you_name: String,
    pub other_name: String,
    pub language: String,
    /// What this party said before.
    pub outcome: Option<Outcome>,
    /// Two contradictory words just cancelled each other.
    pub contested: bool,
    pub nonce: String,
    /// The path of this person's own page.
    pub your_page: String,
}

/// Opens the check-in page.
pub async fn open(cx: &Cx, token: &str) -> Result<CheckInPage, OutcomeError> {
    let now = cx.now();
    let claims = cx.ring().verify(link::Purpose::CheckIn, token, now)?;
    let (of, side, connector) = of_link(&mut cx.db.read().await?, &claims).await?;
    Ok(page(cx, &of, side, &connector, now))
}

/// The introduction behind a link, as it is now, and whose link it is.
pub(super) async fn of_link(
    tx: &mut Tx,
    claims: &link::Claims,
) -> Result<(Introduction, Side, Connector), OutcomeError> {
    let (id, side) = introductions::find_link(tx, claims.reference).await?.ok_or(LinkFault::Closed)?;
    let of = introductions::view(tx, id).await?.ok_or(LinkFault::Closed)?;
    check_open(&of, side, claims.generation)?;
    let connector = connectors::get(tx, of.connector).await?.ok_or(LinkFault::Closed)?;
    Ok((of, side, connector))
}

/// A party says what came of it; private to the connector.
pub async fn tell(cx: &Cx, token: &str, outcome: &str, nonce: &str) -> Result<CheckInPage, OutcomeError> {
    let now = cx.now();
    let claims = cx.ring().verify(link::Purpose::CheckIn, token, now)?;
    if !nonce::is_good(&cx.nonce_key(), claims.reference, claims.generation, now, nonce) {
        return Err(OutcomeError::StaleForm);
    }
    let outcome = parse(outcome)?;
    let shared = cx.clone();
    let (step, side, connector) = cx
        .db
        .write(move |tx| {
            let cx = shared.clone();
            Box::pin(async move { tell_in(tx, &cx, claims.reference, claims.generation, outcome, now).await })
        })
        .await?;
    committed(cx, &step);
    let contested = step.events.iter().any(|event| event.what == What::OutcomeContested);
    Ok(CheckInPage { contested, ..page(cx, &step.next, side, &connector, now) })
}

/// The connector records what they heard.
pub async fn record(
    cx: &Cx,
    who: &Connector,
    id: IntroductionId,
    outcome: &str,
) -> Result<Introduction, OutcomeError> {
    record_once(cx, who, id, outcome, Keep::nothing()).await
}

/// The same, and keeps the answer to it.
pub async fn record_once(
    cx: &Cx,
    who: &Connector,
    id: IntroductionId,
    outcome: &str,
    keep: Keep<Introduction>,
) -> Result<Introduction, OutcomeError> {
    let outcome = parse(outcome)?;
    let (now, shared, who) = (cx.now(), cx.clone(), who.clone());
    let step = cx
        .db
        .write(move |tx| {
            let (cx, who, keep) = (shared.clone(), who.clone(), keep.clone());
            Box::pin(async move {
                let old = introductions::load(tx, id).await?;
                let old = old.filter(|old| old.connector == who.id).ok_or(OutcomeError::NotFound)?;
                let step = decide::record_outcome(old, Teller::Connector, outcome, now)?;
                save(tx, &cx, &who, &step, now).await?;
                keep.write(tx, &step.next, now).await?;
                Ok::<_, OutcomeError>(step)
            })
        })
        .await?;
    committed(cx, &step);
    Ok(step.next)
}

async fn tell_in(
    tx: &mut Tx,
    cx: &Ctx,
    link: LinkRef,
    generation: u8,
    outcome: Outcome,
    now: Ts,
) -> Result<(Step, Side, Connector), OutcomeError> {
    let (id, side) = introductions::find_link(tx, link).await?.ok_or(LinkFault::Closed)?;
    let of = introductions::load(tx, id).await?.ok_or(LinkFault::Closed)?;
    check_open(&of, side, generation)?;
    let connector = connectors::get(tx, of.connector).await?.ok_or(LinkFault::Closed)?;
    let so_far: Vec<_> = events::all(tx, id).await?.into_iter().map(|(_, event)| event).collect();
    let step = decide::tell_outcome(of, side, outcome, &so_far, &cx.policy, now)?;
    save(tx, cx, &connector, &step, now).await?;
    Ok((step, side, connector))
}

fn check_open(of: &Introduction, side: Side, generation: u8) -> Result<(), LinkFault> {
    let fits = of.parties.get(side).generation == generation && of.state == State::Introduced;
    if fits { Ok(()) } else { Err(LinkFault::Closed) }
}

fn parse(raw: &str) -> Result<Outcome, OutcomeError> {
    crate::domain::draft::word("outcome", raw, Outcome::parse, Outcome::ALL, Outcome::as_str)
        .map_err(|problem| OutcomeError::Invalid(Problems(vec![problem])))
}

pub(super) fn page(cx: &Ctx, of: &Introduction, side: Side, connector: &Connector, now: Ts) -> CheckInPage {
    let (you, other) = (of.parties.get(side), of.parties.get(side.other()));
    CheckInPage {
        connector_name: connector.name.clone(),
        connector_email: connector.email.as_str().to_owned(),
        you_name: you.name.clone(),
        other_name: other.name.clone(),
        language: you.language.clone(),
        outcome: you.outcome,
        contested: false,
        nonce: nonce::make(&cx.nonce_key(), you.link, you.generation, now),
        your_page: super::ask_page::your_page_path(cx, you.link, you.generation),
    }
}
