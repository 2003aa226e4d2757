//! `/introductions/{id}`: where it stands, what happened, and what the connector can do.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::session::{SignedIn, frame, see_other};
use super::super::{Form, Id, show};
use super::letters;
use super::next::next_step;
use crate::clock::Ts;
use crate::domain::asking::Policy;
use crate::domain::attention;
use crate::domain::connector::Connector;
use crate::domain::event::{Event, What};
use crate::domain::introduction::{Introduction, State as Stage};
use crate::domain::outcome::Outcome;
use crate::domain::party::Party;
use crate::domain::retention::Kept;
use crate::domain::shown;
use crate::domain::thanks::Words;
use crate::flow::{ask, close, desk, draft, follow_up, log, thanks};
use crate::ids::IntroductionId;
use crate::urls::{self, path};
use crate::view::mails::Who;
use crate::view::pages::{self, Can, EventRow, Fault, IntroductionPaths, PartyRow, ShownAnswer};
use crate::web::error::WebError;
use crate::web::{Web, respond};

/// The page.
pub async fn open(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<IntroductionId>,
) -> Result<Response, WebError> {
    show_introduction(&web, &who, id, StatusCode::OK, Vec::new()).await
}

/// Sends the first ask, or both.
pub async fn ask(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<IntroductionId>,
    form: Form,
) -> Result<Response, WebError> {
    // The first asked for it: their request is their yes.
    let done = if form.get("on_request") == "yes" {
        ask::on_request(&web.cx, &who, id).await.map(|_| ())
    } else {
        ask::ask(&web.cx, &who, id).await.map(|_| ())
    };
    back(&web, &who, id, done).await
}

/// A new round.
pub async fn ask_again(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<IntroductionId>,
) -> Result<Response, WebError> {
    let done = ask::ask_again(&web.cx, &who, id).await.map(|_| ());
    back(&web, &who, id, done).await
}

/// Takes it back.
pub async fn withdraw(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<IntroductionId>,
) -> Result<Response, WebError> {
    let done = close::withdraw(&web.cx, &who, id).await.map(|_| ());
    back(&web, &who, id, done).await
}

/// Records what came of it.
pub async fn outcome(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<IntroductionId>,
    form: Form,
) -> Result<Response, WebError> {
    let done = follow_up::record(&web.cx, &who, id, form.get("outcome")).await.map(|_| ());
    back(&web, &who, id, done).await
}

/// Deletes a draft.
pub async fn delete(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<IntroductionId>,
) -> Result<Response, WebError> {
    match draft::delete(&web.cx, &who, id).await {
        Ok(()) => Ok(see_other(path::DESK)),
        Err(error) => back(&web, &who, id, Err(error)).await,
    }
}

/// Puts aside what the connector was needed for.
pub async fn settled(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<IntroductionId>,
    form: Form,
) -> Result<Response, WebError> {
    match desk::settle(&web.cx, &who, id).await {
        Ok(()) if form.get("from") == "desk" => Ok(see_other(&format!("{}?settled={id}", path::DESK))),
        Ok(()) if form.get("from") == "thanks" => Ok(see_other(path::THANKS)),
        done => back(&web, &who, id, done).await,
    }
}

/// Takes that back.
pub async fn put_back(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<IntroductionId>,
    form: Form,
) -> Result<Response, WebError> {
    match desk::put_back(&web.cx, &who, id).await {
        Ok(()) if form.get("from") == "desk" => Ok(see_other(path::DESK)),
        Ok(()) if form.get("from") == "thanks" => Ok(see_other(path::THANKS)),
        done => back(&web, &who, id, done).await,
    }
}

/// The same people and texts as a new draft, in the composer.
pub async fn copy(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<IntroductionId>,
) -> Result<Response, WebError> {
    match draft::copy(&web.cx, &who, id).await {
        Ok(new) => Ok(see_other(&urls::of(path::EDIT, new.id))),
        Err(error) => back(&web, &who, id, Err(error)).await,
    }
}

/// Back to the page: by 303 when it worked, with the reason on it when it was refused.
async fn back<E: Into<WebError>>(
    web: &Web,
    who: &Connector,
    id: IntroductionId,
    done: Result<(), E>,
) -> Result<Response, WebError> {
    let Err(error) = done else {
        return Ok(see_other(&urls::of(path::INTRODUCTION, id)));
    };
    let error = error.into();
    if !matches!(error.status, StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY) {
        return Err(error);
    }
    let mut faults = super::super::faults(web, &who.language, &error.problems);
    if faults.is_empty() {
        let (_, sentence) = respond::words(web, &who.language, &error);
        faults.push(Fault { id: String::new(), sentence });
    }
    show_introduction(web, who, id, error.status, faults).await
}

async fn show_introduction(
    web: &Web,
    who: &Connector,
    id: IntroductionId,
    status: StatusCode,
    faults: Vec<Fault>,
) -> Result<Response, WebError> {
    let item = desk::standing(&web.cx, who, id).await?.ok_or_else(WebError::not_found)?;
    let events = log::events_of(&web.cx, who, id).await?.unwrap_or_default();
    let said = thanks::about(&web.cx, who, id).await?;
    let now = web.cx.now();
    let next = next_step(&item, &web.cx.policy, now);
    let of = &item.introduction;
    let page = pages::Introduction {
        frame: frame(web, who),
        purpose: of.terms.purpose,
        order: of.terms.order,
        state: of.state.name(),
        next,
        need: item.need,
        settled: item.settled,
        not_left: shown::did_not_leave(of, now),
        withdrawn: of.withdrawn_at.is_some() && of.state == Stage::Asking,
        forgotten: of.retained.kept.as_str(),
        letters: if of.retained.kept == Kept::All { letters::letters(web, who, of) } else { Vec::new() },
        parties: of.parties.iter().map(|(_, party)| party_row(party, &said)).collect(),
        shared: of.terms.shared.clone(),
        step: of.terms.step.clone(),
        writes_first: of.parties.get(of.terms.writes_first).name.clone(),
        outcome: of.outcome,
        outcomes: Outcome::ALL,
        events: events.iter().map(|event| event_row(web, who, of, event)).collect(),
        faults,
        can: can(of, &web.cx.policy, now),
        paths: paths(id),
        time_zone: who.time_zone.clone(),
    };
    show(web, &who.language, status, &page)
}

fn party_row(party: &Party, said: &[Words]) -> PartyRow {
    let words = said.iter().find(|one| one.side == party.side);
    PartyRow {
        side: party.side,
        who: Who::new(&party.name),
        email: party.email.to_show().to_owned(),
        asked_at: party.asked.map(|asked| asked.at),
        deadline: party.asked.map(|asked| asked.deadline),
        answer: party.shown.as_ref().map(|shown| ShownAnswer {
            choice: shown.choice,
            until: shown.until,
            note: shown.note.clone(),
        }),
        undeliverable: party.undeliverable_at.is_some(),
        outcome: party.outcome,
        words: words.map(|one| one.text.clone()).unwrap_or_default(),
    }
}

fn event_row(web: &Web, who: &Connector, of: &Introduction, event: &Event) -> EventRow {
    let name = event.side.map(|side| of.parties.get(side).name.clone());
    let you = || web.cx.views.words(&who.language, "who-you", &[]);
    let (word, when, number, outcome): (String, Option<Ts>, Option<i64>, Option<Outcome>) = match event.what {
        What::Asked { round } if round > 1 => ("asked-again".to_owned(), None, Some(round), None),
        What::Answered(answer) => {
            (format!("answered-{}", answer.choice().as_str()), answer.until(), None, None)
        }
        What::Agreed { introduce_at } => ("agreed".to_owned(), Some(introduce_at), None, None),
        What::CheckedIn { days } => ("checked_in".to_owned(), None, Some(i64::from(days)), None),
        What::OutcomeRecorded(outcome) => ("outcome_recorded".to_owned(), None, None, Some(outcome)),
        other => (other.as_str().to_owned(), None, None, None),
    };
    EventRow { at: event.at, word, who: name.unwrap_or_else(you), when, number, outcome }
}

/// What may be tried. Whether it works is decided by the domain.
fn can(of: &Introduction, policy: &Policy, now: Ts) -> Can {
    let withdrawn = of.withdrawn_at.is_some();
    let open = match of.state {
        Stage::Asking | Stage::Agreed { .. } => !withdrawn,
        Stage::Draft | Stage::Introduced | Stage::Closed => false,
    };
    let restart = open && attention::ask_again(of, policy).is_some_and(|(_, until)| until <= now);
    let gone = of.retained.kept == Kept::Nothing;
    let rests = of.closed_at.is_some_and(|at| at + policy.cool_down > now)
        && attention::ask_again(of, policy).is_none_or(|(_, until)| until > now);
    Can {
        edit: of.state == Stage::Draft,
        ask_again: (of.state == Stage::Closed && !gone && !rests) || restart,
        withdraw: open,
        tell: of.state == Stage::Introduced,
        copy: of.state != Stage::Draft && !gone,
    }
}

fn paths(id: IntroductionId) -> IntroductionPaths {
    IntroductionPaths {
        edit: urls::of(path::EDIT, id),
        preview: urls::of(path::PREVIEW, id),
        ask: urls::of(path::ASK, id),
        ask_again: urls::of(path::ASK_AGAIN, id),
        withdraw: urls::of(path::WITHDRAW, id),
        outcome: urls::of(path::OUTCOME, id),
        delete: urls::of(path::DELETE, id),
        settled: urls::of(path::SETTLED, id),
        put_back: urls::of(path::PUT_BACK, id),
        copy: urls::of(path::NEW_DRAFT, id),
    }
}
