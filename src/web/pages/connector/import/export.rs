//! All contacts as a file, written while they are read.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::super::super::session::SignedIn;
use crate::cards::{Format, write};
use crate::domain::connector::Connector;
use crate::flow::{Failure, people};
use crate::ids::ContactId;
use crate::web::Web;
use crate::web::error::WebError;

const PIECE: i64 = 500;

/// Where the file is.
struct Place {
    web: Web,
    who: Connector,
    format: Format,
    after: Option<ContactId>,
    begun: bool,
    ended: bool,
}

/// The file, by name. A failure on the way ends the connection: half a file must not look whole.
pub async fn export(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Path(format): Path<String>,
) -> Result<Response, WebError> {
    let format = Format::parse(&format).filter(|format| Format::WRITTEN.contains(format));
    let format = format.ok_or_else(WebError::not_found)?;
    let (mime, end) = if format.is_table() {
        ("text/csv; charset=utf-8", "csv")
    } else {
        ("text/vcard; charset=utf-8", "vcf")
    };
    let day = web.cx.now().to_jiff().strftime("%Y-%m-%d").to_string();
    let name = format!("attachment; filename=\"contacts-{}-{day}.{end}\"", format.as_str());
    let begin = Place { web, who, format, after: None, begun: false, ended: false };
    let headers = [(CONTENT_TYPE, mime.to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(stream::try_unfold(begin, next))).into_response())
}

async fn next(mut place: Place) -> Result<Option<(String, Place)>, Failure> {
    if place.ended {
        return Ok(None);
    }
    let page = people::by_name(&place.web.cx, &place.who, "", place.after, PIECE).await?;
    let mut text = if place.begun { String::new() } else { write::head(place.format) };
    for contact in &page {
        text.push_str(&write::one(place.format, &contact.facts));
    }
    place.begun = true;
    place.ended = page.is_empty();
    place.after = page.last().map(|last| last.id);
    Ok(Some((text, place)))
}
