//! `/introductions/{id}/preview`: every mail as its reader will see it, the HTML in a frame of its own.

use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, X_FRAME_OPTIONS};
use axum::http::{HeaderName, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::super::session::{SignedIn, frame, see_other};
use super::super::{Id, show};
use super::composer::remarks;
use crate::domain::connector::Connector;
use crate::domain::introduction::{Introduction, State as Stage};
use crate::flow::preview::{CopyError, PreviewMail};
use crate::flow::{ask_me, draft, limits, log, preview};
use crate::ids::IntroductionId;
use crate::urls::{self, path};
use crate::view::pages::{self, PreviewRow};
use crate::web::error::WebError;
use crate::web::{Web, respond};

/// A page that holds frames of this site.
pub const FRAMING: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; \
                                  form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// The HTML of a mail: its own styles, nothing else, no scripts, no forms, an origin of its own.
const FRAMED: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; \
                      frame-ancestors 'self'; sandbox";

/// The preview of all mails.
pub async fn all(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<IntroductionId>,
    Query(query): Query<PreviewQuery>,
) -> Result<Response, WebError> {
    let of = find(&web, &who, id).await?;
    let frames = urls::of(path::PREVIEW_MAIL, id);
    let page = pages::Preview {
        frame: frame(&web, &who),
        first: of.parties.first.name.clone(),
        second: of.parties.second.name.clone(),
        draft: of.state == Stage::Draft,
        mails: preview::preview(&web.cx, &who, &of)?.into_iter().map(|mail| row(mail, &frames)).collect(),
        held: held(&web, &who, &of).await?,
        remarks: remarks(&web, &who.language, &draft::remarks(&draft::as_typed(&of))),
        path: urls::of(path::INTRODUCTION, id),
        edit: urls::of(path::EDIT, id),
        on_request: ask_me::covers(&web.cx, &who, &of).await?,
        ask: urls::of(path::ASK, id),
        copy: urls::of(path::COPY_FIRST, id),
        copied: match query.copied.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
    };
    let page = show(&web, &who.language, StatusCode::OK, &page)?;
    Ok(([(CONTENT_SECURITY_POLICY, FRAMING)], page).into_response())
}

/// What became of the button that was pressed.
#[derive(Debug, Default, Deserialize)]
pub struct PreviewQuery {
    #[serde(default)]
    copied: String,
}

/// Mails the preview to the connector first.
pub async fn copy(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<IntroductionId>,
) -> Result<Response, WebError> {
    let of = find(&web, &who, id).await?;
    let word = match preview::send_copy(&web.cx, &who, &of).await {
        Ok(()) => "yes",
        Err(CopyError::TooMany) => "no",
        Err(CopyError::Failure(failure)) => return Err(failure.into()),
    };
    Ok(see_other(&format!("{}?copied={word}", urls::of(path::PREVIEW, id))))
}

/// The HTML of one mail.
pub async fn one(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Path((id, kind)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let id = id.parse().map_err(|_| WebError::not_found())?;
    let of = find(&web, &who, id).await?;
    let mails = preview::preview(&web.cx, &who, &of)?;
    let mail = mails.into_iter().find(|mail| mail.kind == kind).ok_or_else(WebError::not_found)?;
    Ok(framed(mail.html))
}

/// Somebody's HTML, to be shown in a frame of this site.
pub fn framed(html: String) -> Response {
    let headers: [(HeaderName, &str); 2] =
        [(CONTENT_SECURITY_POLICY, FRAMED), (X_FRAME_OPTIONS, "SAMEORIGIN")];
    (headers, Html(html)).into_response()
}

/// Why a draft could not be asked with now, as far as that is known before trying.
async fn held(web: &Web, who: &Connector, of: &Introduction) -> Result<Option<String>, WebError> {
    if of.state != Stage::Draft {
        return Ok(None);
    }
    let refusal = limits::foresee(&web.cx, who, of).await?;
    Ok(refusal.map(|refusal| respond::words(web, &who.language, &refusal.into()).1))
}

async fn find(web: &Web, who: &Connector, id: IntroductionId) -> Result<Introduction, WebError> {
    log::get(&web.cx, who, id).await?.ok_or_else(WebError::not_found)
}

fn row(mail: PreviewMail, frames: &str) -> PreviewRow {
    PreviewRow {
        kind: mail.kind.to_owned(),
        to: mail.to.join(", "),
        subject: mail.subject,
        text: mail.text,
        html: frames.replace("{kind}", mail.kind),
    }
}
