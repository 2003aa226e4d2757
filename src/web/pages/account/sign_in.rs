//! Signing in: a mailed link that works in the browser that asked, or the code of that mail typed there.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::super::session::{Browser, Session, asked_here, see_other, signed_in, signed_out};
use super::super::{Form, Token, faults, show};
use super::public;
use crate::domain::problem::Problems;
use crate::flow::account::{self, AccountError, Opened};
use crate::urls::path;
use crate::view::FALLBACK;
use crate::view::pages;
use crate::web::Web;
use crate::web::client::Client;
use crate::web::error::WebError;

/// What the sign-in page may be opened with.
#[derive(Debug, Default, Deserialize)]
pub struct Prefill {
    #[serde(default)]
    email: String,
}

/// The form for the address; an invitation fills it in.
pub async fn form(State(web): State<Web>, Query(prefill): Query<Prefill>) -> Result<Response, WebError> {
    show_form(&web, StatusCode::OK, &prefill.email, &Problems::default())
}

/// The same answer for every address, known or not.
pub async fn ask(State(web): State<Web>, client: Client, form: Form) -> Result<Response, WebError> {
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let email = form.get("email");
    if !form.problems.0.is_empty() {
        return show_form(&web, refused, email, &form.problems);
    }
    web.clients.take(client, web.cx.now()).map_err(WebError::too_many)?;
    match account::ask_to_sign_in(&web.cx, email).await {
        Ok(browser) => {
            let page = show_code(&web, StatusCode::OK, &Problems::default())?;
            Ok((asked_here(&web, &browser), page).into_response())
        }
        Err(AccountError::Invalid(problems)) => show_form(&web, refused, email, &problems),
        Err(error) => Err(error.into()),
    }
}

/// The page behind the mailed link. Looking at it uses nothing up.
pub async fn open(
    State(web): State<Web>,
    Token(token): Token,
    browser: Browser,
) -> Result<Response, WebError> {
    let elsewhere = match account::look_at_sign_in(&web.cx, &token, &browser.secret).await? {
        Opened::Here => false,
        Opened::Elsewhere => true,
    };
    show(&web, FALLBACK, StatusCode::OK, &pages::SignInLink { frame: public(&web), elsewhere })
}

/// Uses the link up, in the browser that asked.
pub async fn enter(
    State(web): State<Web>,
    Token(token): Token,
    browser: Browser,
) -> Result<Response, WebError> {
    let (secret, old) = (browser.secret.as_str(), browser.session.as_deref());
    match account::sign_in_by_link(&web.cx, &token, secret, browser.device, old).await {
        Ok(session) => Ok((signed_in(&web, &session), see_other(path::DESK)).into_response()),
        Err(AccountError::Elsewhere) => {
            let page = pages::SignInLink { frame: public(&web), elsewhere: true };
            show(&web, FALLBACK, StatusCode::FORBIDDEN, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// Signs in by the code of the mail.
pub async fn code(State(web): State<Web>, browser: Browser, form: Form) -> Result<Response, WebError> {
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    if !form.problems.0.is_empty() {
        return show_code(&web, refused, &form.problems);
    }
    let (secret, old) = (browser.secret.as_str(), browser.session.as_deref());
    match account::sign_in_by_code(&web.cx, secret, form.get("code"), browser.device, old).await {
        Ok(session) => Ok((signed_in(&web, &session), see_other(path::DESK)).into_response()),
        Err(AccountError::Invalid(problems)) => show_code(&web, refused, &problems),
        Err(error) => Err(error.into()),
    }
}

/// Ends the session.
pub async fn out(State(web): State<Web>, Session(session, _): Session) -> Result<Response, WebError> {
    account::sign_out(&web.cx, &session).await?;
    Ok((signed_out(&web), see_other(path::SIGN_IN)).into_response())
}

fn show_form(web: &Web, status: StatusCode, email: &str, problems: &Problems) -> Result<Response, WebError> {
    let page = pages::SignIn {
        frame: public(web),
        email: email.to_owned(),
        faults: faults(web, FALLBACK, problems),
    };
    show(web, FALLBACK, status, &page)
}

fn show_code(web: &Web, status: StatusCode, problems: &Problems) -> Result<Response, WebError> {
    let page = pages::SignInCode {
        frame: public(web),
        minutes: account::SIGN_IN_LIFE.as_seconds() / 60,
        faults: faults(web, FALLBACK, problems),
    };
    show(web, FALLBACK, status, &page)
}
