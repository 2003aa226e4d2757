//! Recruiters in an address book: who they are, who agreed to be passed on, and the one mail to a seeker with them.

use super::super::once::Keep;
use super::super::{Ctx, Cx, Failure, disk, letters};
use super::{OwnCardError, card_links, link_specs, needed, not_paused};
use crate::cards::passed_as_vcard;
use crate::clock::{Span, Ts};
use crate::domain::connector::Connector;
use crate::domain::contact::Contact;
use crate::domain::letter::NewDelivery;
use crate::domain::message::MessageKind;
use crate::domain::own_card::{OwnCard, Passed};
use crate::domain::problem::{Problem, Problems};
use crate::domain::text;
use crate::ids::{ContactId, LinkRef};
use crate::store::{Tx, contacts, outbox, outside_links, own_cards, persons, suppressions};
use crate::view::RenderedMail;
use crate::view::mails::{self, CardText, Who};

/// Recruiters in one mail.
pub const RECRUITERS_MAX: usize = 20;
/// Longest words of the connector in it.
pub const WORDS_MAX: usize = 1_000;
/// Recruiters that are listed.
const LISTED: i64 = 500;
/// One that could not leave for so long does not leave any more.
const LIFE: Span = Span::days(7);
/// The beginnings of words that recruiters call themselves by.
const CALLED: [&str; 3] = ["recruit", "headhunt", "talent acquisition"];

/// A recruiter in the address book.
#[derive(Clone)]
pub struct Recruiter {
    pub contact: Contact,
    /// How their card stands; `None` when they were never asked.
    pub card: Option<OwnCard>,
}

/// A recruiter who may be passed on to a seeker.
#[derive(Clone)]
pub struct Passable {
    pub contact: ContactId,
    pub passed: Passed,
    /// Words of field and place that they share with what the seeker looks for.
    pub fits: Vec<String>,
    /// When this seeker got them last.
    pub sent_at: Option<Ts>,
}

/// What the connector wants to send to a seeker.
#[derive(Clone, Debug, Default)]
pub struct Letter {
    pub recruiters: Vec<ContactId>,
    /// Their own words above the list.
    pub words: String,
}

/// All recruiters, by name.
pub async fn list(cx: &Cx, who: &Connector) -> Result<Vec<Recruiter>, Failure> {
    let found = own_cards::recruiters(&mut cx.db.read().await?, who.id, LISTED).await?;
    Ok(found
        .into_iter()
        .map(|(contact, card)| Recruiter { card: valid(cx, &contact, card), contact })
        .collect())
}

/// A card for another address than the contact's is not theirs.
fn valid(cx: &Ctx, contact: &Contact, card: Option<OwnCard>) -> Option<OwnCard> {
    let person = contact.facts.email.as_ref().map(|email| cx.person(email));
    card.filter(|card| Some(card.person) == person)
}

/// Contacts who call themselves recruiters, and are not marked yet.
pub async fn perhaps(cx: &Cx, who: &Connector, limit: usize) -> Result<Vec<Contact>, Failure> {
    let mut found: Vec<Contact> = Vec::new();
    for word in CALLED {
        for one in super::super::people::by_name(cx, who, word, None, 20).await? {
            let known = found.iter().any(|other| other.id == one.id);
            if !known && !own_cards::is_recruiter(&mut cx.db.read().await?, who.id, one.id).await? {
                found.push(one);
            }
        }
    }
    found.truncate(limit);
    Ok(found)
}

/// Marks a contact as a recruiter, or not. What they agreed to stays theirs.
pub async fn mark(cx: &Cx, who: &Connector, id: ContactId, is: bool) -> Result<(), OwnCardError> {
    let owner = who.id;
    let known = cx.db.write(move |tx| Box::pin(own_cards::mark_recruiter(tx, owner, id, is)));
    if known.await.map_err(Failure::from)? { Ok(()) } else { Err(OwnCardError::NotFound) }
}

/// The recruiters who agreed to be passed on, those who fit the seeker first.
pub async fn passable(cx: &Cx, who: &Connector, seeker: &Contact) -> Result<Vec<Passable>, Failure> {
    passable_in(&mut cx.db.read().await?, cx, who, seeker).await
}

async fn passable_in(
    tx: &mut Tx,
    cx: &Ctx,
    who: &Connector,
    seeker: &Contact,
) -> Result<Vec<Passable>, Failure> {
    let sent = own_cards::passed_to(tx, seeker.id).await?;
    let mut found = Vec::new();
    for (contact, card) in own_cards::recruiters(tx, who.id, LISTED).await? {
        let Some((passed, _)) = valid(cx, &contact, card).and_then(|card| card.agreed) else { continue };
        // Whoever said never is not asked, and not passed on either.
        let Some(email) = &contact.facts.email else { continue };
        if contact.id == seeker.id || suppressions::since(tx, cx.person(email)).await?.is_some() {
            continue;
        }
        let sent_at = sent.iter().find(|(id, _)| *id == contact.id).map(|(_, at)| *at);
        let fits = passed.fits(&seeker.facts);
        found.push(Passable { contact: contact.id, passed, fits, sent_at });
    }
    found.sort_by_key(|one| std::cmp::Reverse(one.fits.len()));
    Ok(found)
}

/// The mail as it would leave.
///
/// # Errors
/// [`OwnCardError::Invalid`] when nobody is picked, too many are, or the words are too long.
pub async fn preview(
    cx: &Cx,
    who: &Connector,
    seeker: ContactId,
    letter: &Letter,
) -> Result<RenderedMail, OwnCardError> {
    let mut tx = cx.db.read().await?;
    let seeker = contacts::get(&mut tx, who.id, seeker).await?.ok_or(OwnCardError::NotFound)?;
    let (picked, words) = check(&mut tx, cx, who, &seeker, letter).await?;
    Ok(render(cx, who, &seeker, &picked, &words)?)
}

/// Sends it. Those who took their yes back since the connector looked are not in it.
pub async fn send(
    cx: &Cx,
    who: &Connector,
    seeker: ContactId,
    letter: &Letter,
) -> Result<usize, OwnCardError> {
    send_once(cx, who, seeker, letter, Keep::nothing()).await
}

/// The same, and keeps the answer to it: how many were passed on.
pub async fn send_once(
    cx: &Cx,
    who: &Connector,
    seeker: ContactId,
    letter: &Letter,
    keep: Keep<usize>,
) -> Result<usize, OwnCardError> {
    disk::has_room(cx)?;
    let (now, link) = (cx.now(), cx.ids.link_ref("card"));
    let (shared, who, letter) = (cx.clone(), who.clone(), letter.clone());
    let sent = cx
        .db
        .write(move |tx| {
            let (cx, who, letter, keep) = (shared.clone(), who.clone(), letter.clone(), keep.clone());
            Box::pin(async move {
                let sent = send_in(tx, &cx, &who, seeker, &letter, link, now).await?;
                keep.write(tx, &sent, now).await?;
                Ok::<_, OwnCardError>(sent)
            })
        })
        .await?;
    cx.wake.ring();
    Ok(sent)
}

async fn send_in(
    tx: &mut Tx,
    cx: &Ctx,
    who: &Connector,
    seeker: ContactId,
    letter: &Letter,
    link: LinkRef,
    now: Ts,
) -> Result<usize, OwnCardError> {
    not_paused(tx, cx, who).await?;
    let seeker = contacts::get(tx, who.id, seeker).await?.ok_or(OwnCardError::NotFound)?;
    let (picked, words) = check(tx, cx, who, &seeker, letter).await?;
    let email = seeker.facts.email.clone().ok_or_else(|| needed("email"))?;
    let person = cx.person(&email);
    // Their card has the link by which they can stop such mails.
    own_cards::add(tx, &OwnCard::new(seeker.id, who.id, person, link)).await?;
    let card = own_cards::get(tx, who.id, seeker.id, person).await?.ok_or(OwnCardError::NotFound)?;
    let rendered = render(cx, who, &seeker, &picked, &words)?;
    let key = format!("recruiters/{}/{}", seeker.id, now.0);
    let to = letters::correspondent(&seeker.facts.name, email.as_str());
    let kind = MessageKind::RecruiterList;
    let mut mail = letters::connector_mail(cx, who, kind, key.clone(), to, rendered, now);
    mail.card = picked.iter().map(|one| passed_as_vcard(&one.passed)).collect();
    mail.deliveries.push(NewDelivery {
        id: letters::delivery_id(cx, &key, 0, now),
        side: None,
        recipient: email,
        person: Some(person),
        links: link_specs(cx, &card)?,
        not_before: None,
        expires_at: Some(now + LIFE),
    });
    // A seeker who wants nothing from this connector looks to them like one who has it.
    let refused = persons::refused_since(tx, person, who.id, person).await?;
    if refused.is_none() && outbox::enqueue(tx, &mail, now).await? {
        outside_links::add(tx, card.link, person, now).await?;
        for one in &picked {
            own_cards::pass(tx, one.contact, seeker.id, mail.id, now).await?;
        }
    }
    Ok(picked.len())
}

async fn check(
    tx: &mut Tx,
    cx: &Ctx,
    who: &Connector,
    seeker: &Contact,
    letter: &Letter,
) -> Result<(Vec<Passable>, String), OwnCardError> {
    let mut problems = Problems::default();
    let words = problems.take(text::required_paragraph("words", &letter.words, WORDS_MAX));
    let mut picked = passable_in(tx, cx, who, seeker).await?;
    picked.retain(|one| letter.recruiters.contains(&one.contact));
    if picked.is_empty() {
        problems.0.push(Problem::new("recruiters", "nobody-picked"));
    } else if picked.len() > RECRUITERS_MAX {
        problems.0.push(Problem::new("recruiters", "too-many-picked").number("max", RECRUITERS_MAX));
    }
    match words.filter(|_| problems.0.is_empty()) {
        Some(words) => Ok((picked, words)),
        None => Err(OwnCardError::Invalid(problems)),
    }
}

fn render(
    cx: &Ctx,
    who: &Connector,
    seeker: &Contact,
    picked: &[Passable],
    words: &str,
) -> Result<RenderedMail, Failure> {
    let mail = mails::RecruiterList {
        you: Who::new(&seeker.facts.name),
        connector: Who::new(&who.name),
        signature: who.signature.clone(),
        words: words.to_owned(),
        recruiters: picked.iter().map(|one| CardText::from(&one.passed)).collect(),
        links: card_links(),
    };
    Ok(cx.views.mail(&seeker.facts.language, &mail)?)
}
