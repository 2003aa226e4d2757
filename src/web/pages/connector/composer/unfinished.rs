//! `/unfinished/{id}`: a form that cannot be a draft yet, kept as it was typed.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::super::super::session::{SignedIn, see_other};
use super::super::super::{Form, Id, Told};
use super::form::{keep as kept, typed_before};
use super::{Sheet, show_form};
use crate::domain::connector::Connector;
use crate::domain::problem::Problems;
use crate::flow::unfinished::{self, UnfinishedError};
use crate::ids::UnfinishedId;
use crate::urls::{self, path};
use crate::view::pages::UnfinishedRow;
use crate::web::Web;
use crate::web::error::WebError;

/// The form as it was kept.
pub async fn open(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<UnfinishedId>,
    Query(query): Query<Told>,
) -> Result<Response, WebError> {
    let found = unfinished::get(&web.cx, &who, id).await?.ok_or_else(WebError::not_found)?;
    let raw = typed_before(&found.typed);
    let told = (query.told == "kept").then_some("kept");
    show_form(&web, &who, Sheet { unfinished: Some(id), told, ..Sheet::new(&raw, &Problems::default()) })
        .await
}

/// Throws it away.
pub async fn discard(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<UnfinishedId>,
) -> Result<Response, WebError> {
    unfinished::get(&web.cx, &who, id).await?.ok_or_else(WebError::not_found)?;
    unfinished::discard(&web.cx, &who, id).await?;
    Ok(see_other(path::NEW))
}

/// Keeps what was typed.
pub(super) async fn keep(
    web: &Web,
    who: &Connector,
    form: &Form,
    sheet: Sheet<'_>,
) -> Result<Response, WebError> {
    match unfinished::keep(&web.cx, who, sheet.unfinished, &kept(form)).await {
        Ok(id) => Ok(see_other(&format!("{}?told=kept", urls::of(path::UNFINISHED, id)))),
        Err(UnfinishedError::Invalid(problems)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            show_form(web, who, Sheet { status, problems: &problems, ..sheet }).await
        }
        Err(UnfinishedError::Failure(failure)) => Err(failure.into()),
    }
}

/// The unfinished forms beside this one.
pub(super) async fn rows(
    web: &Web,
    who: &Connector,
    this: Option<UnfinishedId>,
) -> Result<Vec<UnfinishedRow>, WebError> {
    let all = unfinished::all(&web.cx, who).await?;
    let name = |typed: &unfinished::Typed, side: &str| typed.get(&format!("{side}.name")).cloned();
    let rows = all.into_iter().filter(|one| Some(one.id) != this).map(|one| UnfinishedRow {
        path: urls::of(path::UNFINISHED, one.id),
        discard: urls::of(path::UNFINISHED_DISCARD, one.id),
        first: name(&one.typed, "first").unwrap_or_default(),
        second: name(&one.typed, "second").unwrap_or_default(),
        at: one.updated_at,
    });
    Ok(rows.collect())
}
