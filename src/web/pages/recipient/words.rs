//! `/met/{token}/words`: a party writes to their connector, who alone reads it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::{Form, Token, faults, show};
use crate::domain::problem::Problems;
use crate::domain::thanks::WORDS_MAX;
use crate::flow::follow_up::OutcomeError;
use crate::flow::thanks::{self, WordsPage};
use crate::urls::path;
use crate::view::mails::Who;
use crate::view::pages::{self, Frame, Told};
use crate::web::Web;
use crate::web::error::WebError;

/// The page. Looking at it changes nothing.
pub async fn open(State(web): State<Web>, Token(token): Token) -> Result<Response, WebError> {
    let found = thanks::open(&web.cx, &token).await?;
    page(&web, &token, StatusCode::OK, found, "", Told::Nothing, &Problems::default())
}

/// They say it. The first button, which a robot takes, says nothing.
pub async fn say(State(web): State<Web>, Token(token): Token, form: Form) -> Result<Response, WebError> {
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    if !form.problems.0.is_empty() {
        return again(&web, &token, refused, &form, Told::Nothing, &form.problems).await;
    }
    if form.get("say") != "yes" {
        return again(&web, &token, StatusCode::OK, &form, Told::Later, &Problems::default()).await;
    }
    let (told, problems) = match thanks::say(&web.cx, &token, form.get("words"), form.get("nonce")).await {
        Ok(said) => return done(&web, &token, &said, form.get("words")),
        Err(OutcomeError::Invalid(problems)) => (Told::Nothing, problems),
        Err(OutcomeError::StaleForm) => (Told::Stale, Problems::default()),
        Err(error) => return Err(error.into()),
    };
    again(&web, &token, refused, &form, told, &problems).await
}

/// The page once more, with what was typed.
async fn again(
    web: &Web,
    token: &str,
    status: StatusCode,
    form: &Form,
    told: Told,
    problems: &Problems,
) -> Result<Response, WebError> {
    let found = thanks::open(&web.cx, token).await?;
    page(web, token, status, found, form.get("words"), told, problems)
}

/// The path of this page for a token.
pub fn path_of(token: &str) -> String {
    path::CHECK_IN_WORDS.replace("{token}", token)
}

fn page(
    web: &Web,
    token: &str,
    status: StatusCode,
    found: WordsPage,
    words: &str,
    told: Told,
    problems: &Problems,
) -> Result<Response, WebError> {
    let page = pages::Words {
        frame: Frame::public(),
        told,
        faults: faults(web, &found.about.language, problems),
        connector: Who::new(&found.about.connector_name),
        other_name: found.about.other_name,
        again: found.again,
        words: words.to_owned(),
        words_max: WORDS_MAX,
        nonce: found.about.nonce,
        back: path::CHECK_IN.replace("{token}", token),
        your_page: found.about.your_page,
    };
    show(web, &found.about.language, status, &page)
}

fn done(web: &Web, token: &str, said: &WordsPage, words: &str) -> Result<Response, WebError> {
    let page = pages::WordsSaid {
        frame: Frame::public(),
        connector: Who::new(&said.about.connector_name),
        words: words.to_owned(),
        change: path_of(token),
        your_page: said.about.your_page.clone(),
    };
    show(web, &said.about.language, StatusCode::OK, &page)
}
