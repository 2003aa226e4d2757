//! The page of a contact's own card: they look, confirm, correct, and let themselves be passed on or not.

use super::super::{Ctx, Cx};
use super::OwnCardError;
use crate::clock::Ts;
use crate::domain::connector::Connector;
use crate::domain::contact::Contact;
use crate::domain::link::{self, LinkFault};
use crate::domain::nonce;
use crate::domain::own_card::{self, Correction, GENERATION, OwnCard, Passed};
use crate::domain::problem::{Problem, Problems};
use crate::ids::LinkRef;
use crate::store::{Tx, connectors, contacts, own_cards};

/// What the page shows.
#[derive(Clone)]
pub struct CardPage {
    pub connector: Connector,
    pub contact: Contact,
    pub card: OwnCard,
    /// They were asked whether they may be passed on, or have agreed.
    pub recruiter: bool,
    /// To how many people they were passed on, and when last.
    pub passed: (i64, Option<Ts>),
    pub nonce: String,
}

/// What they say.
#[derive(Clone)]
pub enum Reply {
    Right,
    Correct(Correction),
    /// They may be passed on; how they like to be reached.
    PassOn {
        sure: bool,
        reach: String,
    },
    KeepBack,
}

/// What was done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    Confirmed,
    /// It says what is written already.
    Corrected,
    Agreed,
    KeptBack,
    /// A no came just before: which of the two counts is not clear, so the no does.
    Contested,
}

/// Opens it. Looking at it changes nothing.
pub async fn open(cx: &Cx, token: &str) -> Result<CardPage, OwnCardError> {
    let now = cx.now();
    let claims = cx.ring().verify(link::Purpose::Card, token, now)?;
    page(&mut cx.db.read().await?, cx, claims.reference, now).await
}

/// Does what they say.
///
/// # Errors
/// [`OwnCardError::Invalid`] with every problem of what was typed; [`OwnCardError::StaleForm`] when the page lay open
/// too long.
pub async fn reply(
    cx: &Cx,
    token: &str,
    nonce: &str,
    reply: &Reply,
) -> Result<(Said, CardPage), OwnCardError> {
    let now = cx.now();
    let claims = cx.ring().verify(link::Purpose::Card, token, now)?;
    if !nonce::is_good(&cx.nonce_key(), claims.reference, GENERATION, now, nonce) {
        return Err(OwnCardError::StaleForm);
    }
    let (shared, reply) = (cx.clone(), reply.clone());
    cx.db
        .write(move |tx| {
            let (cx, reply) = (shared.clone(), reply.clone());
            Box::pin(async move {
                let shown = page(tx, &cx, claims.reference, now).await?;
                let said = carry_out(tx, &cx, &shown, &reply, now).await?;
                Ok((said, page(tx, &cx, claims.reference, now).await?))
            })
        })
        .await
}

async fn carry_out(
    tx: &mut Tx,
    cx: &Ctx,
    shown: &CardPage,
    reply: &Reply,
    now: Ts,
) -> Result<Said, OwnCardError> {
    let id = shown.contact.id;
    match reply {
        // The fields show what they wrote, and that waits for the connector.
        Reply::Right if shown.card.correction.is_some() => Ok(Said::Corrected),
        Reply::Right => {
            own_cards::confirm(tx, id, now).await?;
            Ok(Said::Confirmed)
        }
        Reply::Correct(raw) => {
            let correction = raw.check().map_err(OwnCardError::Invalid)?;
            if correction == Correction::of(&shown.contact.facts) {
                own_cards::confirm(tx, id, now).await?;
                return Ok(Said::Confirmed);
            }
            own_cards::correct(tx, id, &correction, now).await?;
            Ok(Said::Corrected)
        }
        Reply::PassOn { sure, reach } => {
            let mut problems = Problems::default();
            let reach = problems.take(own_card::reach(reach));
            if !sure {
                problems.0.push(Problem::new("sure", "tick-to-agree"));
            }
            let Some(reach) = reach.filter(|_| problems.0.is_empty()) else {
                return Err(OwnCardError::Invalid(problems));
            };
            // A robot that presses every button presses both.
            if shown.card.refused_at.is_some_and(|at| at + cx.policy.contest > now) {
                return Ok(Said::Contested);
            }
            let passed = Passed::of(&shown.contact.facts, reach);
            own_cards::agree(tx, id, Some(&passed), now).await?;
            Ok(Said::Agreed)
        }
        Reply::KeepBack => {
            own_cards::agree(tx, id, None, now).await?;
            Ok(Said::KeptBack)
        }
    }
}

async fn page(tx: &mut Tx, cx: &Ctx, link: LinkRef, now: Ts) -> Result<CardPage, OwnCardError> {
    let card = own_cards::find(tx, link).await?.ok_or(LinkFault::Closed)?;
    let contact = contacts::get(tx, card.connector, card.contact).await?.ok_or(LinkFault::Closed)?;
    // With another address it is another person's card.
    if contact.facts.email.as_ref().map(|email| cx.person(email)) != Some(card.person) {
        return Err(LinkFault::Closed.into());
    }
    let connector = connectors::get(tx, card.connector).await?.ok_or(LinkFault::Closed)?;
    Ok(CardPage {
        recruiter: card.pass_asked_at.is_some() || card.agreed.is_some(),
        passed: own_cards::passed(tx, card.contact).await?,
        nonce: nonce::make(&cx.nonce_key(), link, GENERATION, now),
        connector,
        contact,
        card,
    })
}
