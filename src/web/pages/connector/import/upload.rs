//! Taking a file from the form of the page.

use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::super::super::session::{SignedIn, see_other};
use crate::domain::problem::{Problem, Problems};
use crate::urls::{self, path};
use crate::web::error::WebError;
use crate::web::{Web, contacts_in};

/// Takes a file and looks into it.
pub async fn upload(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, WebError> {
    let unsupported = |_| WebError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type");
    let mut form = form.map_err(unsupported)?;
    let missing = |code| WebError::invalid(Problems(vec![Problem::new("file", code)]));
    let error = loop {
        let field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break missing("file-missing"),
            Err(_) => break missing("file-broken"),
        };
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        if name.is_empty() {
            break missing("file-missing");
        }
        match contacts_in::receive(&web, &who, &name, field).await {
            Ok(done) => return Ok(see_other(&urls::of(path::IMPORT_ONE, done.id))),
            Err(error) => break error,
        }
    };
    if error.problems.0.is_empty() {
        return Err(error);
    }
    super::page(&web, &who, error.status, &error.problems, false).await
}
