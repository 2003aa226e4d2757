//! All contacts of a connector as a file, for the page and for the API: written while they are read.

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::Response;
use futures_util::stream;

use super::Web;
use super::error::WebError;
use crate::cards::{Format, write};
use crate::domain::connector::Connector;
use crate::flow::{Failure, people};
use crate::ids::ContactId;

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

/// The file in the format of this name. A failure on the way ends the connection: half a file must not look whole.
///
/// # Errors
/// 404 for a format that is none, or that we do not write.
pub fn file(web: &Web, who: &Connector, format: &str) -> Result<Response, WebError> {
    let format = Format::parse(format).filter(|format| Format::WRITTEN.contains(format));
    let format = format.ok_or_else(WebError::not_found)?;
    let (mime, end) = if format.is_table() {
        ("text/csv; charset=utf-8", "csv")
    } else {
        ("text/vcard; charset=utf-8", "vcf")
    };
    let day = web.cx.now().to_jiff().strftime("%Y-%m-%d").to_string();
    let name = format!("attachment; filename=\"contacts-{}-{day}.{end}\"", format.as_str());
    let begin = Place { web: web.clone(), who: who.clone(), format, after: None, begun: false, ended: false };
    let mut response = Response::new(Body::from_stream(stream::try_unfold(begin, next)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(CONTENT_DISPOSITION, name);
    }
    Ok(response)
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
