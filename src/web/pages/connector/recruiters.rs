//! `/recruiters` and what belongs to contacts' own cards: asking, deciding about a correction, one mail to a seeker.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::session::{SignedIn, frame, see_other};
use super::super::{Form, Id, faults, show};
use crate::domain::connector::Connector;
use crate::domain::contact::{Contact, ContactFacts};
use crate::domain::own_card::{Correction, OwnCard, Question};
use crate::domain::problem::Problems;
use crate::flow::own_card::{self, Letter, OwnCardError, Passable, Recruiter, WORDS_MAX};
use crate::flow::people;
use crate::ids::ContactId;
use crate::urls::{self, path};
use crate::view::RenderedMail;
use crate::view::pages::{
    self, ChangeRow, Fault, Here, OwnCardView, PassState, PerhapsRow, PickRow, RecruiterRow,
};
use crate::web::error::WebError;
use crate::web::{Web, respond};

/// Contacts who call themselves recruiters, at once.
const PERHAPS: usize = 10;

/// The list.
pub async fn list(State(web): State<Web>, SignedIn(who): SignedIn) -> Result<Response, WebError> {
    show_list(&web, &who, StatusCode::OK, Vec::new()).await
}

async fn show_list(
    web: &Web,
    who: &Connector,
    status: StatusCode,
    faults: Vec<Fault>,
) -> Result<Response, WebError> {
    let perhaps = own_card::perhaps(&web.cx, who, PERHAPS).await?;
    let page = pages::Recruiters {
        frame: frame(web, who).at(Here::Contacts),
        rows: own_card::list(&web.cx, who).await?.iter().map(row).collect(),
        perhaps: perhaps
            .into_iter()
            .map(|one| PerhapsRow {
                path: urls::of(path::CONTACT, one.id),
                mark: urls::of(path::CONTACT_RECRUITER, one.id),
                about: about(&[&one.facts.facets.role, &one.facts.employer]),
                name: one.facts.name,
            })
            .collect(),
        faults,
        time_zone: who.time_zone.clone(),
    };
    show(web, &who.language, status, &page)
}

fn row(of: &Recruiter) -> RecruiterRow {
    let facts = &of.contact.facts;
    let (state, at) = pass_state(of.card.as_ref());
    RecruiterRow {
        name: facts.name.clone(),
        path: urls::of(path::CONTACT, of.contact.id),
        about: about(&[&facts.employer, &facts.facets.field, &facts.facets.place]),
        state,
        at,
        has_address: facts.email.is_some(),
        ask: urls::of(path::CONTACT_CARD, of.contact.id),
    }
}

fn about(parts: &[&String]) -> String {
    let parts: Vec<&str> = parts.iter().map(|part| part.as_str()).filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

fn pass_state(card: Option<&OwnCard>) -> (PassState, Option<crate::clock::Ts>) {
    let agreed = card.and_then(|card| card.agreed.as_ref()).map(|(_, at)| *at);
    match (agreed, card.and_then(|card| card.pass_asked_at)) {
        (Some(at), _) => (PassState::Agreed, Some(at)),
        (None, Some(at)) => (PassState::Asked, Some(at)),
        (None, None) => (PassState::NotAsked, None),
    }
}

/// Marks a contact as a recruiter, or not.
pub async fn mark(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<ContactId>,
    form: Form,
) -> Result<Response, WebError> {
    own_card::mark(&web.cx, &who, id, form.get("is") == "yes").await?;
    Ok(see_other(&back(&form, id)))
}

/// Asks a contact about their card, or whether they may be passed on.
pub async fn ask(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<ContactId>,
    form: Form,
) -> Result<Response, WebError> {
    let question = Question::parse(form.get("question")).unwrap_or(Question::Card);
    match own_card::ask(&web.cx, &who, id, question).await {
        Ok(()) => Ok(see_other(&back(&form, id))),
        Err(error) if form.get("from") == "recruiters" => {
            let error = WebError::from(error);
            if error.status != StatusCode::CONFLICT && error.status != StatusCode::UNPROCESSABLE_ENTITY {
                return Err(error);
            }
            let (_, sentence) = respond::words(&web, &who.language, &error);
            let status = error.status;
            show_list(&web, &who, status, vec![Fault { id: String::new(), sentence }]).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The connector takes a correction over, or leaves what is written.
pub async fn decide(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<ContactId>,
    form: Form,
) -> Result<Response, WebError> {
    own_card::decide(&web.cx, &who, id, form.get("take") == "yes").await?;
    Ok(see_other(&format!("{}?told=saved", urls::of(path::CONTACT, id))))
}

fn back(form: &Form, id: ContactId) -> String {
    match form.get("from") {
        "recruiters" => path::RECRUITERS.to_owned(),
        _ => urls::of(path::CONTACT, id),
    }
}

/// How the card of a contact stands, for the contact's page; `None` without an address.
pub async fn view(web: &Web, who: &Connector, contact: &Contact) -> Result<Option<OwnCardView>, WebError> {
    if contact.facts.email.is_none() {
        return Ok(None);
    }
    let (now, card) = (web.cx.now(), own_card::of(&web.cx, who, contact).await?);
    let from = card.as_ref().and_then(|card| card.may_be_asked(Question::Card, now)).unwrap_or(now);
    let (pass, pass_at) = pass_state(card.as_ref());
    let correction = card.as_ref().and_then(|card| card.correction.as_ref());
    let agreed = card.as_ref().and_then(|card| card.agreed.as_ref());
    Ok(Some(OwnCardView {
        can_ask: from <= now,
        ask_from: Some(from).filter(|from| *from > now),
        asked_at: card.as_ref().and_then(|card| card.asked_at),
        confirmed_at: card.as_ref().and_then(|card| card.confirmed_at),
        changes: correction.map(|(new, _)| changes(&contact.facts, new)).unwrap_or_default(),
        recruiter: own_card::is_recruiter(&web.cx, who, contact.id).await?,
        pass,
        pass_at,
        reach: agreed.map(|(passed, _)| passed.reach.clone()).unwrap_or_default(),
        ask: urls::of(path::CONTACT_CARD, contact.id),
        decide: urls::of(path::CONTACT_CARD_DECIDE, contact.id),
        mark: urls::of(path::CONTACT_RECRUITER, contact.id),
        send: urls::of(path::RECRUITERS_FOR, contact.id),
    }))
}

fn changes(facts: &ContactFacts, new: &Correction) -> Vec<ChangeRow> {
    let old = Correction::of(facts);
    let all = [
        ("name", old.name, &new.name),
        ("email", old.email, &new.email),
        ("role", old.role, &new.role),
        ("employer", old.employer, &new.employer),
    ];
    let changed = all.into_iter().filter(|(_, old, new)| old != *new);
    changed.map(|(field, old, new)| ChangeRow { field, old, new: new.clone() }).collect()
}

/// Whom a seeker could be given.
pub async fn pick(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<ContactId>,
    axum::extract::Query(told): axum::extract::Query<Sent>,
) -> Result<Response, WebError> {
    let seeker = people::get(&web.cx, &who, id).await?;
    let usual = web.cx.views.words(&who.language, "recruiters-usual", &[]);
    let letter = Letter { recruiters: Vec::new(), words: usual };
    let sent = told.sent.parse().unwrap_or(0);
    show_pick(&web, &who, &seeker, StatusCode::OK, &letter, Showing { sent, ..Showing::default() }).await
}

/// How many went out just before.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Sent {
    #[serde(default)]
    sent: String,
}

/// Shows the mail, or sends it.
pub async fn send(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<ContactId>,
    form: Form,
) -> Result<Response, WebError> {
    let seeker = people::get(&web.cx, &who, id).await?;
    let letter = Letter {
        recruiters: form.ticked_behind("pick.").iter().filter_map(|id| id.parse().ok()).collect(),
        words: form.get("words").to_owned(),
    };
    let done = if form.problems.0.is_empty() {
        if form.get("do") == "send" {
            match own_card::send(&web.cx, &who, id, &letter).await {
                Ok(sent) => {
                    return Ok(see_other(&format!("{}?sent={sent}", urls::of(path::RECRUITERS_FOR, id))));
                }
                Err(error) => Err(error),
            }
        } else {
            own_card::preview(&web.cx, &who, id, &letter).await
        }
    } else {
        Err(OwnCardError::Invalid(form.problems.clone()))
    };
    match done {
        Ok(mail) => {
            let how = Showing { preview: Some(mail), ..Showing::default() };
            show_pick(&web, &who, &seeker, StatusCode::OK, &letter, how).await
        }
        Err(OwnCardError::Invalid(problems)) => {
            let how = Showing { problems, ..Showing::default() };
            show_pick(&web, &who, &seeker, StatusCode::UNPROCESSABLE_ENTITY, &letter, how).await
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Default)]
struct Showing {
    problems: Problems,
    preview: Option<RenderedMail>,
    sent: usize,
}

async fn show_pick(
    web: &Web,
    who: &Connector,
    seeker: &Contact,
    status: StatusCode,
    letter: &Letter,
    how: Showing,
) -> Result<Response, WebError> {
    let found = own_card::passable(&web.cx, who, seeker).await?;
    let Showing { problems, preview, sent } = how;
    let (subject, preview) = preview.map(|mail| (mail.subject, mail.text)).unwrap_or_default();
    let page = pages::RecruitersFor {
        frame: frame(web, who).at(Here::Contacts),
        name: seeker.facts.name.clone(),
        contact: urls::of(path::CONTACT, seeker.id),
        has_address: seeker.facts.email.is_some(),
        faults: faults(web, &who.language, &problems),
        rows: found.iter().map(|one| pick_row(one, letter, status)).collect(),
        words: letter.words.clone(),
        words_max: WORDS_MAX,
        preview,
        subject,
        sent,
        recruiters: path::RECRUITERS,
        time_zone: who.time_zone.clone(),
    };
    show(web, &who.language, status, &page)
}

fn pick_row(of: &Passable, letter: &Letter, status: StatusCode) -> PickRow {
    let passed = &of.passed;
    // At the first look those who fit are picked, unless this seeker has them already.
    let fresh = letter.recruiters.is_empty() && status == StatusCode::OK;
    let picked = if fresh {
        !of.fits.is_empty() && of.sent_at.is_none()
    } else {
        letter.recruiters.contains(&of.contact)
    };
    PickRow {
        id: of.contact.to_string(),
        name: passed.name.clone(),
        about: about(&[&passed.employer, &passed.field, &passed.place]),
        reach: passed.reach.clone(),
        fits: of.fits.join(", "),
        sent_at: of.sent_at,
        picked,
    }
}
