//! A new address: the wish, a mail to the new one, its confirmation, and a notice to the old one with the
//! way back.

use super::super::{Ctx, Cx, Failure, letters};
use super::{YouError, find, nonce_key, read_link};
use crate::clock::{Span, Ts};
use crate::domain::address::EmailAddress;
use crate::domain::letter::{LinkName, LinkSpec, NewDelivery, mark};
use crate::domain::link::{self, LinkFault};
use crate::domain::message::MessageKind;
use crate::domain::nonce;
use crate::domain::own_card::Passed;
use crate::domain::party::PersonKey;
use crate::domain::problem::{Problem, Problems};
use crate::ids::LinkRef;
use crate::store::address_changes::{self, AddressChange};
use crate::store::{Tx, outbox, own_cards, persons, suppressions};
use crate::view::RenderedMail;
use crate::view::mails::{self, Who};

/// How long the link to the new address works.
pub const ADDRESS_LINK_LIFE: Span = Span::hours(24);
/// How long the change can be taken back from the old one.
const WAY_BACK: Span = Span::days(7);
/// Wishes of one person within a day.
const WISHES_PER_DAY: i64 = 3;

/// What the page behind the mailed link shows.
#[derive(Clone)]
pub struct ChangePage {
    pub name: String,
    pub new_masked: String,
    pub old_masked: String,
    pub language: String,
    pub nonce: String,
}

/// Asks the new address. Nothing changes before it was confirmed there.
///
/// # Errors
/// [`YouError::Invalid`] for something that is no address, the same one, or too many wishes in a day.
pub async fn wish(cx: &Cx, token: &str, email: &str, nonce: &str) -> Result<(), YouError> {
    let now = cx.now();
    let (link, generation) = read_link(cx, token, nonce, now)?;
    let new = EmailAddress::typed("email", email).map_err(problem)?;
    let (row, shared) = (cx.ids.link_ref("address-change"), cx.clone());
    cx.db
        .write(move |tx| {
            let (cx, new) = (shared.clone(), new.clone());
            Box::pin(async move {
                let you = find(tx, link, generation, now).await?;
                if you.email.is_nowhere() {
                    return Err(problem(Problem::new("email", "address-unknown")));
                }
                if cx.person(&new) == you.person && new == you.email {
                    return Err(problem(Problem::new("email", "same-address")));
                }
                if address_changes::count(tx, you.person, now - Span::days(1)).await? >= WISHES_PER_DAY {
                    return Err(problem(Problem::new("email", "too-often")));
                }
                let change = AddressChange {
                    link: row,
                    person: you.person,
                    old: you.email,
                    new,
                    name: you.name,
                    language: you.language,
                    created_at: now,
                    expires_at: now + ADDRESS_LINK_LIFE,
                    used_at: None,
                };
                address_changes::add(tx, &change).await?;
                let mail = mails::AddressChange {
                    you: Who::new(&change.name),
                    link: mark(LinkName::AddressChange),
                    hours: ADDRESS_LINK_LIFE.as_seconds() / 3_600,
                };
                let rendered = cx.views.mail(&change.language, &mail).map_err(Failure::from)?;
                // Whoever said never at the new address gets no mail there either.
                let person = Some(cx.person(&change.new));
                send(tx, &cx, MessageKind::AddressChange, &change, rendered, person, now).await
            })
        })
        .await?;
    cx.wake.ring();
    Ok(())
}

/// Opens the page behind the mailed link. Looking at it changes nothing.
pub async fn look_at_change(cx: &Cx, token: &str) -> Result<ChangePage, YouError> {
    let now = cx.now();
    let claims = cx.ring().verify(link::Purpose::AddressChange, token, now)?;
    let mut tx = cx.db.read().await?;
    let change = usable(&mut tx, claims.reference, now).await?;
    Ok(ChangePage {
        name: change.name,
        new_masked: change.new.masked(),
        old_masked: change.old.masked(),
        language: change.language,
        nonce: nonce::make(&nonce_key(cx), claims.reference, 0, now),
    })
}

/// The new address counts from now on, for everything that is open and for everything the person decided.
/// Returns the new address, masked, and the person's language.
pub async fn confirm(cx: &Cx, token: &str, nonce: &str) -> Result<(String, String), YouError> {
    let now = cx.now();
    let claims = cx.ring().verify(link::Purpose::AddressChange, token, now)?;
    if !nonce::is_good(&nonce_key(cx), claims.reference, 0, now, nonce) {
        return Err(YouError::StaleForm);
    }
    let (back, shared) = (cx.ids.link_ref("address-change"), cx.clone());
    let told = cx
        .db
        .write(move |tx| {
            let cx = shared.clone();
            Box::pin(async move { confirm_in(tx, &cx, claims.reference, back, now).await })
        })
        .await?;
    cx.wake.ring();
    Ok(told)
}

async fn confirm_in(
    tx: &mut Tx,
    cx: &Ctx,
    link: LinkRef,
    back: LinkRef,
    now: Ts,
) -> Result<(String, String), YouError> {
    let change = usable(tx, link, now).await?;
    if !address_changes::use_up(tx, link, now).await? {
        return Err(LinkFault::Closed.into());
    }
    let (from, to) = (change.person, cx.person(&change.new));
    // Where the new address has a history of its own, the way back would take that along.
    let fresh = persons::introductions(tx, to, 1).await?.is_empty();
    move_all(tx, from, to, &change, now).await?;
    let way_back = AddressChange {
        link: back,
        person: to,
        old: change.new.clone(),
        new: change.old.clone(),
        created_at: now,
        expires_at: now + WAY_BACK,
        used_at: None,
        name: change.name.clone(),
        language: change.language.clone(),
    };
    if fresh {
        address_changes::add(tx, &way_back).await?;
    }
    let mail = mails::AddressChanged {
        you: Who::new(&change.name),
        link: fresh.then(|| mark(LinkName::AddressChange)),
        days: WAY_BACK.as_seconds() / 86_400,
    };
    let rendered = cx.views.mail(&change.language, &mail).map_err(Failure::from)?;
    send(tx, cx, MessageKind::AddressChanged, &way_back, rendered, None, now).await?;
    Ok((change.new.masked(), change.language))
}

async fn move_all(
    tx: &mut Tx,
    from: PersonKey,
    to: PersonKey,
    change: &AddressChange,
    now: Ts,
) -> Result<(), YouError> {
    let mut olds = persons::addresses(tx, from).await?;
    if !olds.iter().any(|one| one == change.old.as_str()) {
        olds.push(change.old.as_str().to_owned());
    }
    for old in &olds {
        address_changes::move_contacts(tx, old, &change.new, now).await?;
    }
    address_changes::move_mails(tx, from, to, &olds, &change.new).await?;
    address_changes::move_parties(tx, from, to, &change.new).await?;
    for card in own_cards::of_person(tx, from).await? {
        let agreed =
            card.agreed.map(|(passed, _)| Passed { email: change.new.as_str().to_owned(), ..passed });
        own_cards::follow(tx, card.contact, agreed.as_ref(), to).await?;
    }
    if from != to {
        let both = persons::preferences(tx, from).await?.and(persons::preferences(tx, to).await?);
        persons::save_preferences(tx, to, &both, now).await?;
        address_changes::move_refusals(tx, from, to).await?;
        suppressions::copy(tx, from, to).await?;
    }
    Ok(())
}

async fn usable(tx: &mut Tx, link: LinkRef, now: Ts) -> Result<AddressChange, YouError> {
    let change = address_changes::find(tx, link).await?;
    let usable = change.filter(|change| change.used_at.is_none() && now < change.expires_at);
    usable.ok_or_else(|| LinkFault::Closed.into())
}

/// To the address that the change leads to, with the change's link.
async fn send(
    tx: &mut Tx,
    cx: &Ctx,
    kind: MessageKind,
    change: &AddressChange,
    rendered: RenderedMail,
    person: Option<PersonKey>,
    now: Ts,
) -> Result<(), YouError> {
    let key = format!("{}/{}", kind.as_str(), data_encoding::HEXLOWER.encode(&change.link.0));
    let kid = cx.ring().active_kid().ok_or(Failure::NoKey)?;
    let to = letters::correspondent(&change.name, change.new.as_str());
    let mut letter = letters::service_mail(cx, kind, key.clone(), to, rendered, now);
    let expires = change.expires_at.minutes_ceil();
    letter.deliveries.push(NewDelivery {
        id: letters::delivery_id(cx, &key, 0, now),
        side: None,
        recipient: change.new.clone(),
        person,
        links: vec![LinkSpec::new(LinkName::AddressChange, kid, 0, expires, change.link)],
        not_before: None,
        expires_at: Some(change.expires_at),
    });
    outbox::enqueue(tx, &letter, now).await?;
    Ok(())
}

fn problem(problem: Problem) -> YouError {
    YouError::Invalid(Problems(vec![problem]))
}
