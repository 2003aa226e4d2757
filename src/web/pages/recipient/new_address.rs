//! `/address/{token}`: behind the link in the mail to a new address.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::{Form, Token, faults, show};
use super::your_page::tick;
use crate::domain::problem::Problems;
use crate::flow::your_page::{self, YouError};
use crate::view::pages::{self, Frame, Told};
use crate::web::Web;
use crate::web::error::WebError;

/// The question. Looking at it changes nothing.
pub async fn open(State(web): State<Web>, Token(token): Token) -> Result<Response, WebError> {
    again(&web, &token, StatusCode::OK, Told::Nothing, &Problems::default()).await
}

/// Yes, when the box is ticked too. The link is used up by it.
pub async fn confirm(State(web): State<Web>, Token(token): Token, form: Form) -> Result<Response, WebError> {
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    if !form.problems.0.is_empty() {
        return again(&web, &token, refused, Told::Nothing, &form.problems).await;
    }
    if form.find("sure") == Some("") {
        return again(&web, &token, StatusCode::OK, Told::Later, &Problems::default()).await;
    }
    if form.get("sure") != "yes" || !form.ticked("mine") {
        return again(&web, &token, refused, Told::Nothing, &tick("mine")).await;
    }
    match your_page::confirm(&web.cx, &token, form.get("nonce")).await {
        Ok((new_masked, language)) => {
            let page = pages::NewAddressDone { frame: Frame::public(), new_masked };
            show(&web, &language, StatusCode::OK, &page)
        }
        Err(YouError::StaleForm) => again(&web, &token, refused, Told::Stale, &Problems::default()).await,
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
    let change = your_page::look_at_change(&web.cx, token).await?;
    let page = pages::NewAddress {
        frame: Frame::public(),
        told,
        faults: faults(web, &change.language, problems),
        name: change.name,
        new_masked: change.new_masked,
        old_masked: change.old_masked,
        nonce: change.nonce,
    };
    show(web, &change.language, status, &page)
}
