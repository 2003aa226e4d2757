//! `/admin/erase`: somebody told the operator that everything about them shall go.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::session::{Admin, frame, see_other};
use super::super::{Form, faults, show};
use crate::domain::connector::Connector;
use crate::domain::problem::Problems;
use crate::flow::erasure::{self, EraseError, RawErase};
use crate::urls::path;
use crate::view::pages::{ErasePerson, Here};
use crate::web::Web;
use crate::web::error::WebError;

/// What became of the form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    done: String,
}

/// The form.
pub async fn form(
    State(web): State<Web>,
    Admin(who): Admin,
    Query(query): Query<Done>,
) -> Result<Response, WebError> {
    let page = ErasePerson { done: query.done == "yes", ..blank(&web, &who) };
    show(&web, &who.language, StatusCode::OK, &page)
}

/// Erases them.
pub async fn erase(State(web): State<Web>, Admin(who): Admin, form: Form) -> Result<Response, WebError> {
    let raw = RawErase {
        email: form.get("email").to_owned(),
        reason: form.get("reason").to_owned(),
        sure: form.ticked("sure"),
    };
    let problems = if form.problems.0.is_empty() {
        match erasure::by_admin(&web.cx, &who, &raw).await {
            Ok(()) => return Ok(see_other(&format!("{}?done=yes", path::ADMIN_ERASE))),
            Err(EraseError::Invalid(problems)) => problems,
            Err(EraseError::Failure(failure)) => return Err(failure.into()),
        }
    } else {
        form.problems.clone()
    };
    refused(&web, &who, raw, &problems)
}

fn refused(web: &Web, who: &Connector, raw: RawErase, problems: &Problems) -> Result<Response, WebError> {
    let page = ErasePerson {
        email: raw.email,
        reason: raw.reason,
        sure: raw.sure,
        faults: faults(web, &who.language, problems),
        ..blank(web, who)
    };
    show(web, &who.language, StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn blank(web: &Web, who: &Connector) -> ErasePerson {
    ErasePerson {
        frame: frame(web, who).at(Here::Suppressions),
        action: path::ADMIN_ERASE,
        back: path::ADMIN_SUPPRESSIONS,
        acts_path: path::ADMIN_ACTS,
        email: String::new(),
        reason: String::new(),
        sure: false,
        faults: Vec::new(),
        done: false,
    }
}
