//! `/met/{token}`: a party says what came of it, in one tap.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::{Form, Token, faults, show};
use super::words;
use crate::domain::asking::Side;
use crate::domain::outcome::Outcome;
use crate::domain::party::given_name;
use crate::domain::problem::Problems;
use crate::domain::thanks::WORDS_MAX;
use crate::flow::follow_up::{self, CheckInPage, OutcomeError};
use crate::urls::path;
use crate::view::Arg;
use crate::view::mails::Who;
use crate::view::pages::{self, Frame, OwnLetter, Told};
use crate::web::Web;
use crate::web::error::WebError;

/// The question. Looking at it changes nothing.
pub async fn open(State(web): State<Web>, Token(token): Token) -> Result<Response, WebError> {
    again(&web, &token, StatusCode::OK, Told::Nothing, &Problems::default()).await
}

/// The answer. The first button of the form says nothing, and so changes nothing.
pub async fn tell(State(web): State<Web>, Token(token): Token, form: Form) -> Result<Response, WebError> {
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    if !form.problems.0.is_empty() {
        return again(&web, &token, refused, Told::Nothing, &form.problems).await;
    }
    if form.find("outcome") == Some("") {
        return again(&web, &token, StatusCode::OK, Told::Later, &Problems::default()).await;
    }
    match follow_up::tell(&web.cx, &token, form.get("outcome"), form.get("nonce")).await {
        Ok(told) if told.contested => {
            again(&web, &token, StatusCode::OK, Told::Contested, &Problems::default()).await
        }
        Ok(told) => done(&web, &told, &token),
        Err(OutcomeError::Invalid(problems)) => again(&web, &token, refused, Told::Nothing, &problems).await,
        Err(OutcomeError::StaleForm) => again(&web, &token, refused, Told::Stale, &Problems::default()).await,
        Err(error) => Err(error.into()),
    }
}

async fn again(
    web: &Web,
    token: &str,
    status: StatusCode,
    told: Told,
    problems: &Problems,
) -> Result<Response, WebError> {
    let open = follow_up::open(&web.cx, token).await?;
    let page = pages::CheckIn {
        frame: Frame::public(),
        told,
        faults: faults(web, &open.language, problems),
        connector: Who::new(&open.connector_name),
        you: Who::new(&open.you_name),
        other_name: open.other_name,
        outcome: open.outcome,
        nonce: open.nonce,
        your_page: open.your_page,
    };
    show(web, &open.language, status, &page)
}

fn done(web: &Web, told: &CheckInPage, token: &str) -> Result<Response, WebError> {
    let Some(outcome) = told.outcome else {
        return Err(WebError::new(StatusCode::INTERNAL_SERVER_ERROR, "internal"));
    };
    let page = pages::CheckInDone {
        frame: Frame::public(),
        connector: Who::new(&told.connector_name),
        other_name: told.other_name.clone(),
        outcome,
        letters: letters(web, told, outcome),
        say: words::path_of(token),
        words_max: WORDS_MAX,
        nonce: told.nonce.clone(),
        change: path::CHECK_IN.replace("{token}", token),
        your_page: told.your_page.clone(),
    };
    show(web, &told.language, StatusCode::OK, &page)
}

/// A thank-you to the connector and one to the other, in the reader's words to be. The other's address is not told by a
/// page: it stands in the introduction, and that is the thread to answer in.
fn letters(web: &Web, told: &CheckInPage, outcome: Outcome) -> Vec<OwnLetter> {
    let word = match outcome {
        Outcome::Met => "met",
        Outcome::Landed => "landed",
        Outcome::Scheduled | Outcome::NoReply | Outcome::NotAFit => return Vec::new(),
    };
    let to_connector = (told.connector_name.as_str(), told.connector_email.as_str(), "connector");
    let to_other = (told.other_name.as_str(), "", "other");
    let letter = |(to, email, whom): (&str, &str, &str)| {
        let args: [(&str, Arg<'_>); 4] = [
            ("to", given_name(to).into()),
            ("other", given_name(&told.other_name).into()),
            ("connector", given_name(&told.connector_name).into()),
            ("me", given_name(&told.you_name).into()),
        ];
        let say = |key: &str| {
            web.cx.views.words(&told.language, &format!("letter-party-{word}-{whom}{key}"), &args)
        };
        OwnLetter::new(Side::First, to, email, &say("-subject"), say(""))
    };
    [to_connector, to_other].map(letter).to_vec()
}
