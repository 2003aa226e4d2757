//! Signing in: a mailed link that works in the browser that asked, or the code of that mail typed there.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::super::session::{Browser, Session, asked_here, see_other, signed_in, signed_out};
use super::super::{Form, Token, faults, show};
use crate::domain::problem::Problems;
use crate::flow::account::{self, AccountError};
use crate::urls::path;
use crate::view::FALLBACK;
use crate::view::pages::{self, Frame};
use crate::web::Web;
use crate::web::error::WebError;

/// The form for the address.
pub async fn form(State(web): State<Web>) -> Result<Response, WebError> {
    show_form(&web, StatusCode::OK, "", &Problems::default())
}

/// The same answer for every address, known or not.
pub async fn ask(State(web): State<Web>, form: Form) -> Result<Response, WebError> {
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let email = form.get("email");
    if !form.problems.0.is_empty() {
        return show_form(&web, refused, email, &form.problems);
    }
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
pub async fn open(State(web): State<Web>, Token(token): Token) -> Result<Response, WebError> {
    account::look_at_sign_in(&web.cx, &token).await?;
    show(&web, FALLBACK, StatusCode::OK, &pages::SignInLink { frame: public(&web), elsewhere: false })
}

/// Uses the link up, in the browser that asked.
pub async fn enter(
    State(web): State<Web>,
    Token(token): Token,
    Browser(browser): Browser,
) -> Result<Response, WebError> {
    match account::sign_in_by_link(&web.cx, &token, &browser).await {
        Ok(session) => Ok((signed_in(&web, &session), see_other(path::DESK)).into_response()),
        Err(AccountError::Elsewhere) => {
            let page = pages::SignInLink { frame: public(&web), elsewhere: true };
            show(&web, FALLBACK, StatusCode::FORBIDDEN, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// Signs in by the code of the mail.
pub async fn code(
    State(web): State<Web>,
    Browser(browser): Browser,
    form: Form,
) -> Result<Response, WebError> {
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    if !form.problems.0.is_empty() {
        return show_code(&web, refused, &form.problems);
    }
    match account::sign_in_by_code(&web.cx, &browser, form.get("code")).await {
        Ok(session) => Ok((signed_in(&web, &session), see_other(path::DESK)).into_response()),
        Err(AccountError::Invalid(problems)) => show_code(&web, refused, &problems),
        Err(error) => Err(error.into()),
    }
}

/// Ends the session.
pub async fn out(State(web): State<Web>, Session(session, _): Session) -> Result<Response, WebError> {
    account::sign_out(&web.cx, session).await?;
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

fn public(web: &Web) -> Frame {
    Frame { mailbox: web.mailbox.is_some(), ..Frame::public() }
}
