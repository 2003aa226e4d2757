//! `/you/{token}`: your page, and the two steps behind it that need a second look.

use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{StatusCode, header::HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::super::session::see_other;
use super::super::{Form, Token, faults, show};
use super::answer::day;
use super::once_more::{Showing, sure};
use crate::clock::Span;
use crate::domain::preferences::{PAUSE_MAX, PER_MONTH_MAX};
use crate::domain::problem::Problems;
use crate::flow::your_page::{self, Change, Held, Holder, RawChange, Stands, YouError, YourPage};
use crate::urls::path;
use crate::view::pages::{self, AskView, ChoiceView, EntryView, Frame, GivenAnswer, HolderView, Told};
use crate::web::Web;
use crate::web::error::WebError;

/// What was done just before.
#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// The page. Looking at it changes nothing.
pub async fn open(
    State(web): State<Web>,
    Token(token): Token,
    Query(done): Query<Done>,
) -> Result<Response, WebError> {
    let done = Change::parse(&done.done).map_or("", Change::as_str);
    let shown = Shown { done, told: Told::Nothing, typed: &Form::default(), problems: &Problems::default() };
    look(&web, &token, StatusCode::OK, &shown).await
}

/// One of its forms. A form in which nothing was chosen, typed or ticked changes nothing.
pub async fn change(State(web): State<Web>, Token(token): Token, form: Form) -> Result<Response, WebError> {
    if !form.problems.0.is_empty() {
        return again(&web, &token, Told::Nothing, &form, &form.problems).await;
    }
    let done = if form.get("what") == Change::Address.as_str() {
        let wished = your_page::wish(&web.cx, &token, form.get("email"), form.get("nonce")).await;
        wished.map(|()| Change::Address)
    } else {
        your_page::change(&web.cx, &token, &typed(&form)).await
    };
    match done {
        Ok(done) => Ok(see_other(&format!("{}?done={}", at(path::YOU, &token), done.as_str()))),
        Err(YouError::Invalid(problems)) => again(&web, &token, Told::Nothing, &form, &problems).await,
        Err(YouError::StaleForm) => again(&web, &token, Told::Stale, &form, &Problems::default()).await,
        Err(YouError::Erased { language }) => erased(&web, &language),
        Err(error) => Err(error.into()),
    }
}

/// "Never at all": one more look.
pub async fn ask_never(State(web): State<Web>, Token(token): Token) -> Result<Response, WebError> {
    show_never(&web, &token, &Showing::first()).await
}

pub async fn never(State(web): State<Web>, Token(token): Token, form: Form) -> Result<Response, WebError> {
    if let Err(showing) = sure(&form, form.ticked("never"), ("never", "tick-needed")) {
        return show_never(&web, &token, &showing).await;
    }
    match your_page::never(&web.cx, &token, form.get("nonce")).await {
        Ok(done) => Ok(see_other(&format!("{}?done={}", at(path::YOU, &token), done.as_str()))),
        Err(YouError::StaleForm) => show_never(&web, &token, &Showing::stale()).await,
        Err(YouError::Erased { language }) => erased(&web, &language),
        Err(error) => Err(error.into()),
    }
}

/// "I found a job": one more look.
pub async fn ask_landed(State(web): State<Web>, Token(token): Token) -> Result<Response, WebError> {
    show_landed(&web, &token, &Showing::first()).await
}

pub async fn landed(State(web): State<Web>, Token(token): Token, form: Form) -> Result<Response, WebError> {
    if let Err(showing) = sure(&form, form.ticked("landed"), ("landed", "tick-needed")) {
        return show_landed(&web, &token, &showing).await;
    }
    match your_page::landed(&web.cx, &token, form.get("nonce")).await {
        Ok(done) => Ok(see_other(&format!("{}?done={}", at(path::YOU, &token), done.as_str()))),
        Err(YouError::StaleForm) => show_landed(&web, &token, &Showing::stale()).await,
        Err(YouError::Erased { language }) => erased(&web, &language),
        Err(error) => Err(error.into()),
    }
}

/// "Erase me": one more look.
pub async fn ask_erase(State(web): State<Web>, Token(token): Token) -> Result<Response, WebError> {
    show_erase(&web, &token, "", &Showing::first()).await
}

pub async fn erase(State(web): State<Web>, Token(token): Token, form: Form) -> Result<Response, WebError> {
    let typed = form.get("email");
    if let Err(showing) = sure(&form, true, ("email", "required")) {
        return show_erase(&web, &token, typed, &showing).await;
    }
    match your_page::erase(&web.cx, &token, typed, form.get("nonce")).await {
        Ok(()) => Ok(see_other(&at(path::YOU, &token))),
        Err(YouError::Invalid(problems)) => {
            show_erase(&web, &token, typed, &Showing::refused(problems)).await
        }
        Err(YouError::StaleForm) => show_erase(&web, &token, typed, &Showing::stale()).await,
        Err(YouError::Erased { language }) => erased(&web, &language),
        Err(error) => Err(error.into()),
    }
}

/// Everything held, as a file.
pub async fn data(State(web): State<Web>, Token(token): Token) -> Result<Response, WebError> {
    let data = match your_page::data(&web.cx, &token).await {
        Ok(data) => data,
        Err(YouError::Erased { language }) => return erased(&web, &language),
        Err(error) => return Err(error.into()),
    };
    let text = serde_json::to_string_pretty(&data).map_err(|error| WebError {
        cause: Some(error.to_string()),
        ..WebError::new(StatusCode::INTERNAL_SERVER_ERROR, "internal")
    })?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"about-you.json\"")),
    ];
    Ok((headers, text).into_response())
}

/// The page of somebody who was erased.
pub(super) fn erased(web: &Web, language: &str) -> Result<Response, WebError> {
    show(web, language, StatusCode::OK, &pages::YouErased { frame: Frame::public() })
}

/// How the page is shown: what was done, and what was typed.
struct Shown<'a> {
    done: &'static str,
    told: Told,
    typed: &'a Form,
    problems: &'a Problems,
}

async fn again(
    web: &Web,
    token: &str,
    told: Told,
    typed: &Form,
    problems: &Problems,
) -> Result<Response, WebError> {
    look(web, token, StatusCode::UNPROCESSABLE_ENTITY, &Shown { done: "", told, typed, problems }).await
}

async fn look(web: &Web, token: &str, status: StatusCode, shown: &Shown<'_>) -> Result<Response, WebError> {
    match your_page::open(&web.cx, token).await {
        Ok(you) => show(web, &you.language.clone(), status, &view(web, you, token, shown)),
        Err(YouError::Erased { language }) => erased(web, &language),
        Err(error) => Err(error.into()),
    }
}

fn view(web: &Web, you: YourPage, token: &str, shown: &Shown<'_>) -> pages::YourPage {
    let (now, typed) = (web.cx.now(), shown.typed);
    let stands = || you.preferences.per_month.map(|limit| limit.to_string()).unwrap_or_default();
    let choice = |field: &str, value: String, label: String| ChoiceView {
        chosen: typed.get(field) == value,
        value,
        label,
    };
    pages::YourPage {
        frame: Frame::public(),
        told: shown.told,
        done: shown.done,
        faults: faults(web, &you.language, shown.problems),
        limit: typed.find("limit").map_or_else(stands, str::to_owned),
        limits: (0..=PER_MONTH_MAX).map(|limit| limit.to_string()).collect(),
        name: you.name,
        email_masked: you.email_masked,
        holders: you.holders.into_iter().map(|one| holder(web, one)).collect(),
        usual: you.usual,
        usual_year: you.usual_year,
        asked: you.asked,
        paused_until: you.paused_until,
        until: typed.get("until").to_owned(),
        until_min: day(&you.time_zone, now + Span::days(1)),
        until_max: day(&you.time_zone, now + PAUSE_MAX),
        people: you.people.into_iter().map(|(id, name)| choice("person", id.to_string(), name)).collect(),
        connectors: you
            .connectors
            .into_iter()
            .map(|(id, name)| choice("connector", id.to_string(), name))
            .collect(),
        refused: you
            .refused
            .into_iter()
            .map(|one| pages::RefusedView {
                id: one.id.to_string(),
                label: one.label,
                is_connector: one.is_connector,
            })
            .collect(),
        seeks: you.seeks,
        never: you.never,
        may_lift: you.may_lift,
        email: typed.get("email").to_owned(),
        nonce: you.nonce,
        paths: pages::YourPaths {
            you: at(path::YOU, token),
            never: at(path::YOU_NEVER, token),
            landed: at(path::YOU_LANDED, token),
            erase: at(path::YOU_ERASE, token),
            data: at(path::YOU_DATA, token),
        },
        time_zone: you.time_zone,
    }
}

fn holder(web: &Web, of: Holder) -> HolderView {
    let entry = |one: crate::flow::your_page::Entry| EntryView {
        name: one.name,
        described: one.described,
        employer: one.employer,
        how_known: one.how_known,
        role: one.role,
        field: one.field,
        place: one.place,
        speaks: one.speaks,
        looking_for: one.looking_for,
        can_help: one.can_help,
        card: one.card.map(|link| your_page::card_path(&web.cx, link)).unwrap_or_default(),
        passed_on: one.passed_on,
        since: one.since,
    };
    HolderView {
        name: of.name,
        entries: of.entries.into_iter().map(entry).collect(),
        asks: of.asks.into_iter().map(ask).collect(),
    }
}

/// Never the note: whoever was handed the mail would read it too.
fn ask(of: Held) -> AskView {
    let (open_until, introduced_at) = match of.stands {
        Stands::OpenUntil(at) => (Some(at), None),
        Stands::Introduced(at) => (None, Some(at)),
        Stands::Ended => (None, None),
    };
    let answer = |answer: crate::domain::answer::Answer| GivenAnswer {
        choice: answer.choice(),
        until: answer.until(),
        at: of.asked_at,
    };
    AskView {
        asked_at: of.asked_at,
        other: of.other,
        how_known: of.how_known,
        described: of.described,
        blurb: of.blurb,
        answer: of.answer.map(answer),
        open_until,
        introduced_at,
    }
}

async fn show_never(web: &Web, token: &str, showing: &Showing) -> Result<Response, WebError> {
    let you = match your_page::open(&web.cx, token).await {
        Ok(you) => you,
        Err(YouError::Erased { language }) => return erased(web, &language),
        Err(error) => return Err(error.into()),
    };
    let page = pages::YouNever {
        frame: Frame::public(),
        told: showing.told,
        faults: faults(web, &you.language, &showing.problems),
        email_masked: you.email_masked,
        nonce: you.nonce,
        back: at(path::YOU, token),
    };
    show(web, &you.language, showing.status, &page)
}

async fn show_landed(web: &Web, token: &str, showing: &Showing) -> Result<Response, WebError> {
    let you = match your_page::open(&web.cx, token).await {
        Ok(you) => you,
        Err(YouError::Erased { language }) => return erased(web, &language),
        Err(error) => return Err(error.into()),
    };
    let page = pages::YouLanded {
        frame: Frame::public(),
        told: showing.told,
        faults: faults(web, &you.language, &showing.problems),
        nonce: you.nonce,
        back: at(path::YOU, token),
    };
    show(web, &you.language, showing.status, &page)
}

async fn show_erase(web: &Web, token: &str, typed: &str, showing: &Showing) -> Result<Response, WebError> {
    let you = match your_page::open(&web.cx, token).await {
        Ok(you) => you,
        Err(YouError::Erased { language }) => return erased(web, &language),
        Err(error) => return Err(error.into()),
    };
    let mut asks = you.holders.iter().flat_map(|one| &one.asks);
    let page = pages::YouErase {
        frame: Frame::public(),
        told: showing.told,
        faults: faults(web, &you.language, &showing.problems),
        email_masked: you.email_masked,
        email: typed.to_owned(),
        introduced: asks.any(|one| matches!(one.stands, Stands::Introduced(_))),
        nonce: you.nonce,
        back: at(path::YOU, token),
    };
    show(web, &you.language, showing.status, &page)
}

fn typed(form: &Form) -> RawChange {
    RawChange {
        what: form.get("what").to_owned(),
        nonce: form.get("nonce").to_owned(),
        limit: form.get("limit").to_owned(),
        until: form.get("until").to_owned(),
        person: form.get("person").to_owned(),
        connector: form.get("connector").to_owned(),
        back: form.ticked_behind("back-"),
        resume: form.ticked("resume"),
        allow: form.ticked("allow"),
    }
}

fn at(path: &str, token: &str) -> String {
    path.replace("{token}", token)
}
