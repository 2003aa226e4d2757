//! Contacts' own cards: what a connector asks a contact about their card, and what they decide about a correction.
//!
//! Each question is one person's own act, asked of one contact. A contact who cannot be asked now, because they said
//! never, pause, or refused this connector, looks to the connector like one who does not answer.

mod page;
mod recruiters;

pub use page::{CardPage, Reply, Said, open, reply};
pub use recruiters::{
    Letter, Passable, RECRUITERS_MAX, Recruiter, WORDS_MAX, list, mark, passable, perhaps, preview, send,
    send_once,
};

use super::error::unit_error;
use super::{Ctx, Cx, Failure, disk, letters};
use crate::clock::{Span, Ts};
use crate::domain::address::EmailAddress;
use crate::domain::connector::Connector;
use crate::domain::contact::Contact;
use crate::domain::letter::{LinkName, LinkSpec, NewDelivery, mark as link_mark};
use crate::domain::link::{LinkFault, NEVER};
use crate::domain::message::MessageKind;
use crate::domain::own_card::{ASKS_PER_DAY, Correction, GENERATION, OwnCard, Passed, Question};
use crate::domain::party::PersonKey;
use crate::domain::preferences::Bars;
use crate::domain::problem::{Problem, Problems};
use crate::ids::{ContactId, LinkRef};
use crate::store::{
    StoreError, Tx, contacts, limits, outbox, outside_links, own_cards, persons, suppressions,
};
use crate::view::mails::{self, CardLinks, CardText, Who};
use crate::view::{Mail, RenderedMail};

/// A question that could not leave for so long does not leave any more.
const ASK_LIFE: Span = Span::days(14);
/// Corrections that the desk tells of.
const WAITING: i64 = 5;

/// Why nothing was asked, changed or sent.
#[derive(Debug, thiserror::Error)]
pub enum OwnCardError {
    #[error(transparent)]
    Link(#[from] LinkFault),
    #[error("no such contact")]
    NotFound,
    #[error("problems in the form: {0}")]
    Invalid(Problems),
    #[error("the form is no longer fresh")]
    StaleForm,
    /// They were asked before, and may be asked again then; `None` for never.
    #[error("they were asked before")]
    NotBefore(Option<Ts>),
    /// Too much of what the connector asked lately came back, or was complained about.
    #[error("asking is paused")]
    Paused,
    /// The connector has asked as many as may be asked in a day.
    #[error("enough for a day")]
    Enough,
    #[error(transparent)]
    Failure(#[from] Failure),
}

unit_error!(OwnCardError);

/// How the card of a contact stands; `None` when they were never asked about it.
pub async fn of(cx: &Cx, who: &Connector, contact: &Contact) -> Result<Option<OwnCard>, Failure> {
    let Some(email) = &contact.facts.email else { return Ok(None) };
    Ok(own_cards::get(&mut cx.db.read().await?, who.id, contact.id, cx.person(email)).await?)
}

/// Whether a contact is marked as a recruiter.
pub async fn is_recruiter(cx: &Cx, who: &Connector, id: ContactId) -> Result<bool, Failure> {
    Ok(own_cards::is_recruiter(&mut cx.db.read().await?, who.id, id).await?)
}

/// Corrections that wait for the connector: the first few, with the names as they are written now.
pub async fn waiting(cx: &Cx, who: &Connector) -> Result<Vec<(ContactId, String)>, Failure> {
    Ok(own_cards::waiting(&mut cx.db.read().await?, who.id, WAITING).await?)
}

/// Asks a contact about their card.
///
/// # Errors
/// [`OwnCardError::Invalid`] without an address, [`OwnCardError::NotBefore`] when they were asked before,
/// [`OwnCardError::Enough`] when the connector asked many today, [`OwnCardError::Paused`] until an admin looked.
pub async fn ask(cx: &Cx, who: &Connector, id: ContactId, question: Question) -> Result<(), OwnCardError> {
    disk::has_room(cx)?;
    let (now, link, shared, who) = (cx.now(), cx.ids.link_ref("card"), cx.clone(), who.clone());
    cx.db
        .write(move |tx| {
            let (cx, who) = (shared.clone(), who.clone());
            Box::pin(async move { ask_in(tx, &cx, &who, id, question, link, now).await })
        })
        .await?;
    cx.wake.ring();
    Ok(())
}

async fn ask_in(
    tx: &mut Tx,
    cx: &Ctx,
    who: &Connector,
    id: ContactId,
    question: Question,
    link: LinkRef,
    now: Ts,
) -> Result<(), OwnCardError> {
    // Twice at once is asked once, and the last of a day is the last.
    limits::hold_connector(tx, who.id).await?;
    not_paused(tx, cx, who).await?;
    let contact = contacts::get(tx, who.id, id).await?.ok_or(OwnCardError::NotFound)?;
    let email = contact.facts.email.clone().ok_or_else(|| needed("email"))?;
    let person = cx.person(&email);
    own_cards::add(tx, &OwnCard::new(id, who.id, person, link)).await?;
    let card = own_cards::get(tx, who.id, id, person).await?.ok_or(OwnCardError::NotFound)?;
    let from = card.may_be_asked(question, now);
    if from.is_none_or(|from| from > now) {
        return Err(OwnCardError::NotBefore(from));
    }
    if own_cards::count_asked(tx, who.id, now - Span::days(1)).await? >= ASKS_PER_DAY {
        return Err(OwnCardError::Enough);
    }
    match question {
        Question::Card => own_cards::asked(tx, id, now).await?,
        Question::PassOn => own_cards::pass_asked(tx, id, now).await?,
    }
    if may_hear(tx, cx, who, person, now).await? {
        send_question(tx, cx, who, &contact, &email, &card, question, now).await?;
    }
    Ok(())
}

/// A pause of asking holds for every mail that a connector sends to others.
async fn not_paused(tx: &mut Tx, cx: &Ctx, who: &Connector) -> Result<(), OwnCardError> {
    let paused = cx.policy.limits.pauses(&limits::lately(tx, who.id).await?);
    if paused { Err(OwnCardError::Paused) } else { Ok(()) }
}

/// Whether a question of this connector may reach them now. What keeps it back is nobody's business.
async fn may_hear(
    tx: &mut Tx,
    cx: &Ctx,
    who: &Connector,
    person: PersonKey,
    now: Ts,
) -> Result<bool, StoreError> {
    let bars = Bars {
        suppressed_since: suppressions::since(tx, person).await?,
        refused_since: persons::refused_since(tx, person, who.id, person).await?,
        preferences: persons::preferences(tx, person).await?,
        ..Bars::default()
    };
    Ok(bars.until(&cx.policy.zone, now).is_none())
}

#[expect(clippy::too_many_arguments, reason = "one mail, with everybody in it")]
async fn send_question(
    tx: &mut Tx,
    cx: &Ctx,
    who: &Connector,
    contact: &Contact,
    email: &EmailAddress,
    card: &OwnCard,
    question: Question,
    now: Ts,
) -> Result<(), Failure> {
    let links = card_links();
    let (you, connector) = (Who::new(&contact.facts.name), Who::new(&who.name));
    let (kind, name, rendered) = match question {
        Question::Card => {
            let card = CardText::from(&Correction::of(&contact.facts));
            let mail = mails::CardAsk { you, connector, card, links };
            (MessageKind::CardAsk, "card", render(cx, &contact.facts.language, &mail)?)
        }
        Question::PassOn => {
            let card = CardText::from(&Passed::of(&contact.facts, String::new()));
            let mail = mails::PassAsk { you, connector, card, links };
            (MessageKind::PassAsk, "pass", render(cx, &contact.facts.language, &mail)?)
        }
    };
    let key = format!("{name}/{}/{}", data_encoding::HEXLOWER.encode(&card.link.0), now.0);
    let to = letters::correspondent(&contact.facts.name, email.as_str());
    let mut mail = letters::connector_mail(cx, who, kind, key.clone(), to, rendered, now);
    mail.deliveries.push(NewDelivery {
        id: letters::delivery_id(cx, &key, 0, now),
        side: None,
        recipient: email.clone(),
        person: Some(card.person),
        links: link_specs(cx, card)?,
        not_before: None,
        expires_at: Some(now + ASK_LIFE),
    });
    outside_links::add(tx, card.link, card.person, now).await?;
    outbox::enqueue(tx, &mail, now).await?;
    Ok(())
}

/// The links of mails about a card, as marks.
fn card_links() -> CardLinks {
    CardLinks { card: link_mark(LinkName::Card), stop: link_mark(LinkName::Stop) }
}

/// What they are minted from.
fn link_specs(cx: &Ctx, card: &OwnCard) -> Result<Vec<LinkSpec>, Failure> {
    let kid = cx.ring().active_kid().ok_or(Failure::NoKey)?;
    let spec = |name| LinkSpec::new(name, kid, GENERATION, NEVER, card.link);
    Ok(vec![spec(LinkName::Card), spec(LinkName::Stop)])
}

fn render<M: Mail>(cx: &Ctx, language: &str, mail: &M) -> Result<RenderedMail, Failure> {
    Ok(cx.views.mail(language, mail)?)
}

/// The connector takes a correction over into their address book, or leaves what is written. With none waiting,
/// nothing happens.
///
/// # Errors
/// [`OwnCardError::Invalid`] when another contact has the new address.
pub async fn decide(cx: &Cx, who: &Connector, id: ContactId, take: bool) -> Result<(), OwnCardError> {
    let (now, shared, owner) = (cx.now(), cx.clone(), who.id);
    cx.db
        .write(move |tx| {
            let cx = shared.clone();
            Box::pin(async move {
                let contact = contacts::get(tx, owner, id).await?.ok_or(OwnCardError::NotFound)?;
                let email = contact.facts.email.clone().ok_or(OwnCardError::NotFound)?;
                let card = own_cards::get(tx, owner, id, cx.person(&email)).await?;
                let Some(card) = card else { return Ok(()) };
                let Some((correction, _)) = &card.correction else { return Ok(()) };
                if take {
                    take_over(tx, &cx, &contact, &card, correction, now).await?;
                }
                own_cards::settle(tx, id, take.then_some(now)).await?;
                Ok(())
            })
        })
        .await
}

async fn take_over(
    tx: &mut Tx,
    cx: &Ctx,
    contact: &Contact,
    card: &OwnCard,
    correction: &Correction,
    now: Ts,
) -> Result<(), OwnCardError> {
    let facts = correction.applied(&contact.facts).check(&cx.languages()).map_err(OwnCardError::Invalid)?;
    match contacts::update(tx, contact, &facts, now).await {
        Ok(()) => {}
        Err(StoreError::Rule(_)) => {
            return Err(OwnCardError::Invalid(Problems(vec![Problem::new("email", "contact-exists")])));
        }
        Err(error) => return Err(error.into()),
    }
    let person = facts.email.as_ref().map_or(card.person, |email| cx.person(email));
    let agreed = card.agreed.clone().map(|(passed, _)| passed.corrected(correction));
    own_cards::follow(tx, contact.id, agreed.as_ref(), person).await?;
    Ok(())
}

fn needed(field: &str) -> OwnCardError {
    OwnCardError::Invalid(Problems(vec![Problem::new(field, "required")]))
}
