//! "Ask me": a connector's page, the requests that come, and their confirmation.
//!
//! Nobody sees a request before its address was confirmed through a mailed link; confirmed there, it is the first yes
//! of one introduction ([`super::ask::on_request`]).

use super::error::unit_error;
use super::{Ctx, Cx, Failure, disk, letters};
use crate::clock::{Span, Ts};
use crate::domain::ask_me::{
    AskMePage, CONFIRM_WITHIN, Confirmed, GENERATION, PER_ADDRESS, RawPage, RawRequest, Request, WAITING_MAX,
    suggested_slug,
};
use crate::domain::connector::Connector;
use crate::domain::introduction::{Introduction, State};
use crate::domain::letter::{LinkName, LinkSpec, NewDelivery, mark};
use crate::domain::link::{self, LinkFault, NEVER};
use crate::domain::message::MessageKind;
use crate::domain::nonce;
use crate::domain::problem::{Problem, Problems};
use crate::ids::{AskMeId, LinkRef};
use crate::store::{StoreError, Tx, ask_me, connectors, limits, outbox, outside_links};
use crate::view::mails::{self, CardLinks, Who};

/// Requests on the connector's page.
const LISTED: i64 = 50;

/// Why nothing was kept or sent.
#[derive(Debug, thiserror::Error)]
pub enum AskMeError {
    #[error(transparent)]
    Link(#[from] LinkFault),
    #[error("no such page or request")]
    NotFound,
    #[error("problems in the form: {0}")]
    Invalid(Problems),
    #[error("the form is no longer fresh")]
    StaleForm,
    #[error(transparent)]
    Failure(#[from] Failure),
}

unit_error!(AskMeError);

/// The connector's own page as it is, or as it could be.
pub async fn page_of(cx: &Cx, who: &Connector) -> Result<AskMePage, Failure> {
    let known = ask_me::page_of(&mut cx.db.read().await?, who.id).await?;
    let slug = suggested_slug(&who.name);
    Ok(known.unwrap_or(AskMePage { connector: who.id, slug, welcome: String::new(), is_open: false }))
}

/// Opens, closes or changes it.
///
/// # Errors
/// [`AskMeError::Invalid`] with every problem; its address may be another connector's.
pub async fn save_page(cx: &Cx, who: &Connector, raw: &RawPage) -> Result<(), AskMeError> {
    let new = raw.check(who.id).map_err(AskMeError::Invalid)?;
    let saved = cx.db.write(move |tx| {
        let new = new.clone();
        Box::pin(async move { ask_me::save_page(tx, &new).await })
    });
    match saved.await {
        Ok(()) => Ok(()),
        Err(StoreError::Rule(_)) => {
            Err(AskMeError::Invalid(Problems(vec![Problem::new("slug", "slug-taken")])))
        }
        Err(error) => Err(Failure::from(error).into()),
    }
}

/// An open page, for everybody.
pub async fn look(cx: &Cx, slug: &str) -> Result<(AskMePage, Connector), AskMeError> {
    open_page(&mut cx.db.read().await?, slug).await
}

async fn open_page(tx: &mut Tx, slug: &str) -> Result<(AskMePage, Connector), AskMeError> {
    let page = ask_me::find_page(tx, slug).await?.filter(|page| page.is_open).ok_or(AskMeError::NotFound)?;
    let who = connectors::get(tx, page.connector).await?.filter(Connector::is_active);
    Ok((page, who.ok_or(AskMeError::NotFound)?))
}

/// Somebody asks. Their address gets a mail, and nobody sees the request before they followed its link. Whether the
/// address may be written to at all is told to nobody.
///
/// # Errors
/// [`AskMeError::Invalid`] with every problem; also when many wait already, or came from this address.
pub async fn request(cx: &Cx, slug: &str, raw: &RawRequest) -> Result<(), AskMeError> {
    let (name, email, wish, about) = raw.check().map_err(AskMeError::Invalid)?;
    disk::has_room(cx)?;
    let (now, link, shared, slug) = (cx.now(), cx.ids.link_ref("ask-me"), cx.clone(), slug.to_owned());
    let person = cx.person(&email);
    let id = AskMeId(cx.ids.uuid(now, "ask-me"));
    cx.db
        .write(move |tx| {
            let (cx, slug) = (shared.clone(), slug.clone());
            let (name, email, wish, about) = (name.clone(), email.clone(), wish.clone(), about.clone());
            Box::pin(async move {
                let (page, who) = open_page(tx, &slug).await?;
                limits::hold_connector(tx, page.connector).await?;
                limits::hold(tx, [person, person]).await?;
                let many = Problem::new("wish", "ask-me-full");
                if ask_me::count_waiting(tx, page.connector).await? >= WAITING_MAX {
                    return Err(AskMeError::Invalid(Problems(vec![many])));
                }
                if ask_me::count_of(tx, person, now - Span::days(1)).await? >= PER_ADDRESS {
                    return Err(AskMeError::Invalid(Problems(vec![Problem::new(
                        "email",
                        "ask-me-too-often",
                    )])));
                }
                let new = Request {
                    id,
                    connector: who.id,
                    link,
                    person,
                    name,
                    email,
                    language: who.language.clone(),
                    wish,
                    about,
                    created_at: now,
                    confirmed: None,
                    settled_at: None,
                    used_by: None,
                };
                ask_me::add(tx, &new).await?;
                send(tx, &cx, &who, &new, now).await?;
                Ok(())
            })
        })
        .await?;
    cx.wake.ring();
    Ok(())
}

async fn send(tx: &mut Tx, cx: &Ctx, who: &Connector, new: &Request, now: Ts) -> Result<(), Failure> {
    let mail = mails::RequestConfirm {
        you: Who::new(&new.name),
        connector: Who::new(&who.name),
        wish: new.wish.clone(),
        days: CONFIRM_WITHIN.as_seconds() / 86_400,
        links: CardLinks { card: mark(LinkName::Request), stop: mark(LinkName::Stop) },
    };
    let rendered = cx.views.mail(&new.language, &mail)?;
    let key = format!("ask-me/{}", new.id);
    let to = letters::correspondent(&new.name, new.email.as_str());
    let mut mail = letters::service_mail(cx, MessageKind::RequestConfirm, key.clone(), to, rendered, now);
    let kid = cx.ring().active_kid().ok_or(Failure::NoKey)?;
    let spec = |name| LinkSpec::new(name, kid, GENERATION, NEVER, new.link);
    mail.deliveries.push(NewDelivery {
        id: letters::delivery_id(cx, &key, 0, now),
        side: None,
        recipient: new.email.clone(),
        // Anybody can type anybody's address: whoever said never gets nothing.
        person: Some(new.person),
        links: vec![spec(LinkName::Request), spec(LinkName::Stop)],
        not_before: None,
        expires_at: Some(now + CONFIRM_WITHIN),
    });
    outside_links::add(tx, new.link, new.person, now).await?;
    outbox::enqueue(tx, &mail, now).await?;
    Ok(())
}

/// What the page behind the mailed link shows.
#[derive(Clone)]
pub struct RequestPage {
    pub request: Request,
    pub connector: Connector,
    pub nonce: String,
    /// What they say yes to, as it stands on the page.
    pub consent: String,
}

/// Opens it. Looking at it changes nothing.
pub async fn open(cx: &Cx, token: &str) -> Result<RequestPage, AskMeError> {
    let now = cx.now();
    let claims = cx.ring().verify(link::Purpose::Request, token, now)?;
    request_page(&mut cx.db.read().await?, cx, claims.reference, now).await
}

async fn request_page(tx: &mut Tx, cx: &Ctx, link: LinkRef, now: Ts) -> Result<RequestPage, AskMeError> {
    let request = ask_me::find(tx, link).await?.ok_or(LinkFault::Closed)?;
    let connector = connectors::get(tx, request.connector).await?.ok_or(LinkFault::Closed)?;
    let args = [("connector", connector.name.as_str().into())];
    let consent = cx.views.words(&request.language, "ask-me-consent", &args);
    let nonce = nonce::make(&cx.nonce_key(), link, GENERATION, now);
    Ok(RequestPage { request, connector, nonce, consent })
}

/// They say yes to it.
///
/// # Errors
/// [`AskMeError::Invalid`] without the tick; [`AskMeError::StaleForm`] when the page lay open too long.
pub async fn confirm(cx: &Cx, token: &str, nonce: &str, sure: bool) -> Result<RequestPage, AskMeError> {
    let now = cx.now();
    let claims = cx.ring().verify(link::Purpose::Request, token, now)?;
    let opened = nonce::made_at(&cx.nonce_key(), claims.reference, GENERATION, now, nonce);
    let opened_at = opened.ok_or(AskMeError::StaleForm)?;
    if !sure {
        return Err(AskMeError::Invalid(Problems(vec![Problem::new("sure", "tick-to-ask")])));
    }
    let shared = cx.clone();
    cx.db
        .write(move |tx| {
            let cx = shared.clone();
            Box::pin(async move {
                let page = request_page(tx, &cx, claims.reference, now).await?;
                let Request { name, wish, about, .. } = &page.request;
                let shown = format!("{}\n\n{name}\n\n{wish}\n\n{about}", page.consent);
                ask_me::confirm(tx, page.request.id, &Confirmed { at: now, opened_at, shown }).await?;
                request_page(tx, &cx, claims.reference, now).await
            })
        })
        .await
}

/// They take it back, and it is forgotten. What became an introduction goes on by the link in its own mails.
///
/// # Errors
/// As [`confirm`].
pub async fn forget(cx: &Cx, token: &str, nonce: &str, sure: bool) -> Result<RequestPage, AskMeError> {
    let now = cx.now();
    let claims = cx.ring().verify(link::Purpose::Request, token, now)?;
    if !nonce::is_good(&cx.nonce_key(), claims.reference, GENERATION, now, nonce) {
        return Err(AskMeError::StaleForm);
    }
    if !sure {
        return Err(AskMeError::Invalid(Problems(vec![Problem::new("sure", "tick-to-forget")])));
    }
    let shared = cx.clone();
    cx.db
        .write(move |tx| {
            let cx = shared.clone();
            Box::pin(async move {
                let page = request_page(tx, &cx, claims.reference, now).await?;
                ask_me::delete(tx, page.request.id).await?;
                Ok(page)
            })
        })
        .await
}

/// Requests that wait for the connector, the newest first.
pub async fn waiting(cx: &Cx, who: &Connector) -> Result<Vec<Request>, Failure> {
    Ok(ask_me::waiting(&mut cx.db.read().await?, who.id, LISTED).await?)
}

/// One of them.
pub async fn get(cx: &Cx, who: &Connector, id: AskMeId) -> Result<Request, AskMeError> {
    let found = ask_me::get(&mut cx.db.read().await?, who.id, id).await?;
    found.filter(|one| one.confirmed.is_some()).ok_or(AskMeError::NotFound)
}

/// The connector puts one aside, or takes that back. Whoever asked hears nothing of it.
pub async fn settle(cx: &Cx, who: &Connector, id: AskMeId, aside: bool) -> Result<(), AskMeError> {
    let (owner, at) = (who.id, aside.then(|| cx.now()));
    let known = cx.db.write(move |tx| Box::pin(ask_me::settle(tx, owner, id, at)));
    if known.await.map_err(Failure::from)? { Ok(()) } else { Err(AskMeError::NotFound) }
}

/// Whether the first of a draft asked for an introduction themselves, so that they need not be asked.
pub async fn covers(cx: &Cx, who: &Connector, of: &Introduction) -> Result<bool, Failure> {
    if of.state != State::Draft {
        return Ok(false);
    }
    let found = ask_me::of_person(&mut cx.db.read().await?, who.id, of.parties.first.person).await?;
    Ok(found.is_some_and(|request| request.counts(cx.now())))
}
