//! `/address/{token}`: behind the link in the mail to a new address.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::{Form, Token, faults, show};
use super::once_more::{Showing, sure};
use crate::flow::your_page::{self, YouError};
use crate::view::pages::{self, Frame};
use crate::web::Web;
use crate::web::error::WebError;

/// The question. Looking at it changes nothing.
pub async fn open(State(web): State<Web>, Token(token): Token) -> Result<Response, WebError> {
    ask(&web, &token, &Showing::first()).await
}

/// Yes, when the box is ticked too. The link is used up by it.
pub async fn confirm(State(web): State<Web>, Token(token): Token, form: Form) -> Result<Response, WebError> {
    if let Err(showing) = sure(&form, form.ticked("mine"), ("mine", "tick-needed")) {
        return ask(&web, &token, &showing).await;
    }
    match your_page::confirm(&web.cx, &token, form.get("nonce")).await {
        Ok((new_masked, language)) => {
            let page = pages::NewAddressDone { frame: Frame::public(), new_masked };
            show(&web, &language, StatusCode::OK, &page)
        }
        Err(YouError::StaleForm) => ask(&web, &token, &Showing::stale()).await,
        Err(error) => Err(error.into()),
    }
}

async fn ask(web: &Web, token: &str, showing: &Showing) -> Result<Response, WebError> {
    let change = your_page::look_at_change(&web.cx, token).await?;
    let page = pages::NewAddress {
        frame: Frame::public(),
        told: showing.told,
        faults: faults(web, &change.language, &showing.problems),
        name: change.name,
        new_masked: change.new_masked,
        old_masked: change.old_masked,
        nonce: change.nonce,
    };
    show(web, &change.language, showing.status, &page)
}
