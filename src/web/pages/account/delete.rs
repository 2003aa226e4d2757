//! `/settings/delete`: leaving for good.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::super::session::{SignedIn, frame, signed_out};
use super::super::{Form, faults, show};
use super::public;
use crate::domain::connector::Connector;
use crate::domain::problem::Problems;
use crate::flow::account::{self, AccountError};
use crate::urls::path;
use crate::view::pages::{self, Here};
use crate::web::Web;
use crate::web::error::WebError;

/// What happens, and the form.
pub async fn form(State(web): State<Web>, SignedIn(who): SignedIn) -> Result<Response, WebError> {
    page(&web, &who, StatusCode::OK, "", &Problems::default())
}

/// Deletes the account. The answer is a page of its own: there is nobody to lead anywhere.
pub async fn delete(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    form: Form,
) -> Result<Response, WebError> {
    let typed = form.get("email");
    match account::delete(&web.cx, &who, typed).await {
        Ok(()) => {
            let gone = pages::AccountDeleted { frame: public(&web) };
            let page = show(&web, &who.language, StatusCode::OK, &gone)?;
            Ok((signed_out(&web), page).into_response())
        }
        Err(AccountError::Invalid(problems)) => {
            page(&web, &who, StatusCode::UNPROCESSABLE_ENTITY, typed, &problems)
        }
        Err(error) => Err(error.into()),
    }
}

fn page(
    web: &Web,
    who: &Connector,
    status: StatusCode,
    typed: &str,
    problems: &Problems,
) -> Result<Response, WebError> {
    let page = pages::DeleteAccount {
        frame: frame(web, who).at(Here::Settings),
        email: who.email.as_str().to_owned(),
        typed: typed.to_owned(),
        export: path::SETTINGS_EXPORT,
        faults: faults(web, &who.language, problems),
    };
    show(web, &who.language, status, &page)
}
