//! `/ask/{slug}`: somebody asks a connector for an introduction; `/asked/{token}`: they confirm it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::super::{Form, Token, faults, show};
use crate::domain::ask_me::{RawRequest, WISH_MAX};
use crate::domain::draft::BLURB_MAX;
use crate::domain::problem::Problems;
use crate::flow::ask_me::{self, AskMeError, RequestPage};
use crate::view::mails::Who;
use crate::view::pages::{self, Frame, RequestTold};
use crate::web::Web;
use crate::web::client::Client;
use crate::web::error::WebError;

/// The form, for everybody.
pub async fn open(State(web): State<Web>, Path(slug): Path<String>) -> Result<Response, WebError> {
    show_form(&web, &slug, StatusCode::OK, &RawRequest::default(), &Problems::default()).await
}

/// Asks. The same answer for every address.
pub async fn ask(
    State(web): State<Web>,
    Path(slug): Path<String>,
    client: Client,
    form: Form,
) -> Result<Response, WebError> {
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let text = |key: &str| form.get(key).to_owned();
    let raw =
        RawRequest { name: text("name"), email: text("email"), wish: text("wish"), about: text("about") };
    if !form.problems.0.is_empty() {
        return show_form(&web, &slug, refused, &raw, &form.problems).await;
    }
    // What cannot be taken costs nothing of the allowance.
    if let Err(problems) = raw.check() {
        return show_form(&web, &slug, refused, &raw, &problems).await;
    }
    web.clients.take(client, web.cx.now()).map_err(WebError::too_many)?;
    match ask_me::request(&web.cx, &slug, &raw).await {
        Ok(()) => {
            let (_, who) = ask_me::look(&web.cx, &slug).await?;
            let page =
                pages::AskMeSent { frame: Frame::public(), connector: Who::new(&who.name), email: raw.email };
            show(&web, &who.language, StatusCode::OK, &page)
        }
        Err(AskMeError::Invalid(problems)) => show_form(&web, &slug, refused, &raw, &problems).await,
        Err(error) => Err(error.into()),
    }
}

async fn show_form(
    web: &Web,
    slug: &str,
    status: StatusCode,
    raw: &RawRequest,
    problems: &Problems,
) -> Result<Response, WebError> {
    let (found, who) = ask_me::look(&web.cx, slug).await?;
    let page = pages::AskMe {
        frame: Frame::public(),
        faults: faults(web, &who.language, problems),
        connector: Who::new(&who.name),
        welcome: found.welcome,
        name: raw.name.clone(),
        email: raw.email.clone(),
        wish: raw.wish.clone(),
        wish_max: WISH_MAX,
        about: raw.about.clone(),
        about_max: BLURB_MAX,
    };
    show(web, &who.language, status, &page)
}

/// The request. Looking at it changes nothing.
pub async fn look(State(web): State<Web>, Token(token): Token) -> Result<Response, WebError> {
    let found = ask_me::open(&web.cx, &token).await?;
    show_request(&web, StatusCode::OK, found, RequestTold::Nothing, &Problems::default())
}

/// Confirms it, or takes it back. The first button, which a robot takes, changes nothing.
pub async fn decide(State(web): State<Web>, Token(token): Token, form: Form) -> Result<Response, WebError> {
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let nonce = form.get("nonce");
    let done = match form.get("do") {
        _ if !form.problems.0.is_empty() => Err(AskMeError::Invalid(form.problems.clone())),
        "yes" => {
            let said = ask_me::confirm(&web.cx, &token, nonce, form.ticked("sure")).await;
            said.map(|found| (found, RequestTold::Confirmed))
        }
        "forget" => {
            let gone = ask_me::forget(&web.cx, &token, nonce, form.ticked("sure")).await;
            gone.map(|found| (found, RequestTold::Forgotten))
        }
        _ => ask_me::open(&web.cx, &token).await.map(|found| (found, RequestTold::Later)),
    };
    match done {
        Ok((found, told)) => show_request(&web, StatusCode::OK, found, told, &Problems::default()),
        Err(AskMeError::Invalid(problems)) => {
            let found = ask_me::open(&web.cx, &token).await?;
            show_request(&web, refused, found, RequestTold::Nothing, &problems)
        }
        Err(AskMeError::StaleForm) => {
            let found = ask_me::open(&web.cx, &token).await?;
            show_request(&web, refused, found, RequestTold::Stale, &Problems::default())
        }
        Err(error) => Err(error.into()),
    }
}

fn show_request(
    web: &Web,
    status: StatusCode,
    found: RequestPage,
    told: RequestTold,
    problems: &Problems,
) -> Result<Response, WebError> {
    let RequestPage { request, connector, nonce, consent } = found;
    let page = pages::AskMeRequest {
        frame: Frame::public(),
        told,
        faults: faults(web, &request.language, problems),
        connector: Who::new(&connector.name),
        you: Who::new(&request.name),
        confirmed: request.confirmed.is_some(),
        used: request.used_by.is_some(),
        name: request.name,
        wish: request.wish,
        about: request.about,
        consent,
        nonce,
    };
    show(web, &request.language, status, &page)
}
