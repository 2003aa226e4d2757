//! `/c/{token}`: the ask, and the answer to it. No cookie, no account, no script.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::{Form, Token, faults, show};
use crate::clock::{Span, Ts};
use crate::domain::answer::NOT_NOW_MAX;
use crate::domain::problem::Problems;
use crate::flow::answer::{self, AnswerError, AskPage, RawReply};
use crate::urls::path;
use crate::view::mails::Who;
use crate::view::pages::{self, Frame, GivenAnswer, Told};
use crate::web::Web;
use crate::web::error::WebError;

/// What "not now" suggests: a month from today.
const LATER: Span = Span::days(30);

/// The ask. Looking at it changes nothing.
pub async fn open(State(web): State<Web>, Token(token): Token) -> Result<Response, WebError> {
    let ask = answer::open(&web.cx, &token).await?;
    let told = if ask.contested { Told::Contested } else { Told::Nothing };
    let typed = as_it_stands(&web, &ask);
    show_ask(&web, &ask, StatusCode::OK, told, typed, &Problems::default())
}

/// The answer. The first button of the form sends no choice, and so changes nothing.
pub async fn give(State(web): State<Web>, Token(token): Token, form: Form) -> Result<Response, WebError> {
    let typed = typed(&form);
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    if !form.problems.0.is_empty() {
        let ask = answer::open(&web.cx, &token).await?;
        return show_ask(&web, &ask, refused, Told::Nothing, typed, &form.problems);
    }
    if form.find("choice") == Some("") {
        let ask = answer::open(&web.cx, &token).await?;
        return show_ask(&web, &ask, StatusCode::OK, Told::Later, typed, &Problems::default());
    }
    match answer::give(&web.cx, &token, &typed).await {
        Ok(ask) => show_answered(&web, &ask, &token),
        Err(AnswerError::Invalid(problems)) => {
            let ask = answer::open(&web.cx, &token).await?;
            show_ask(&web, &ask, refused, Told::Nothing, typed, &problems)
        }
        Err(AnswerError::StaleForm) => {
            let ask = answer::open(&web.cx, &token).await?;
            show_ask(&web, &ask, refused, Told::Stale, typed, &Problems::default())
        }
        Err(error @ (AnswerError::Link(_) | AnswerError::Failure(_))) => Err(error.into()),
    }
}

fn typed(form: &Form) -> RawReply {
    RawReply {
        choice: form.get("choice").to_owned(),
        nonce: form.get("nonce").to_owned(),
        until: form.get("until").to_owned(),
        note: form.get("note").to_owned(),
        quiet: form.ticked("quiet"),
        blurb: form.find("blurb").map(str::to_owned),
    }
}

/// The fields of an ask that was just opened; never the note, which whoever was handed the mail would read.
fn as_it_stands(web: &Web, ask: &AskPage) -> RawReply {
    let given = ask.given.as_ref();
    let until = given.and_then(|given| given.answer.until());
    RawReply {
        until: day(&ask.time_zone, until.unwrap_or(web.cx.now() + LATER)),
        quiet: given.is_some_and(|given| given.quiet),
        blurb: Some(ask.about_you.clone()),
        ..RawReply::default()
    }
}

fn show_ask(
    web: &Web,
    ask: &AskPage,
    status: StatusCode,
    told: Told,
    typed: RawReply,
    problems: &Problems,
) -> Result<Response, WebError> {
    let now = web.cx.now();
    let page = pages::Answer {
        told,
        faults: faults(web, &ask.language, problems),
        given: given(ask),
        noted: ask.given.as_ref().is_some_and(|given| !given.note.is_empty()),
        blurb: typed.blurb.unwrap_or_else(|| ask.about_you.clone()),
        note: typed.note,
        quiet: typed.quiet,
        until: typed.until,
        until_min: day(&ask.time_zone, now + Span::days(1)),
        until_max: day(&ask.time_zone, now + NOT_NOW_MAX),
        nonce: ask.nonce.clone(),
        ..ask.as_asked()
    };
    show(web, &ask.language, status, &page)
}

fn show_answered(web: &Web, ask: &AskPage, token: &str) -> Result<Response, WebError> {
    let page = pages::Answered {
        frame: Frame::public(),
        connector: Who::new(&ask.connector_name),
        you: Who::new(&ask.you_name),
        other_label: ask.other_label.clone(),
        given: given(ask),
        quiet: ask.given.as_ref().is_some_and(|given| given.quiet),
        decided_by: ask.decided_by,
        change: path::ANSWER.replace("{token}", token),
        your_page: ask.your_page.clone(),
        time_zone: ask.time_zone.clone(),
    };
    show(web, &ask.language, StatusCode::OK, &page)
}

fn given(ask: &AskPage) -> Option<GivenAnswer> {
    ask.given.as_ref().map(|given| GivenAnswer {
        choice: given.answer.choice(),
        until: given.answer.until(),
        at: given.at,
    })
}

/// `YYYY-MM-DD` in a zone, as date fields carry it.
pub(super) fn day(zone: &str, at: Ts) -> String {
    let at = at.to_jiff();
    let local = at.in_tz(zone).unwrap_or_else(|_| at.to_zoned(jiff::tz::TimeZone::UTC));
    local.strftime("%Y-%m-%d").to_string()
}
