//! Answers that are successes, and doing something once.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde::Serialize;

use crate::domain::connector::Connector;
use crate::flow::once::{self, Keep, KeptAnswer, Known, Ticket};
use crate::web::Web;
use crate::web::error::WebError;

/// Marks an answer that was kept from the first time.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// 200 with a document.
pub fn ok<T: Serialize>(document: &T) -> Response {
    json(StatusCode::OK, text(document))
}

/// 204: done, nothing to say.
pub fn nothing() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// A document as text.
pub fn text<T: Serialize>(document: &T) -> String {
    serde_json::to_string(document).unwrap_or_default()
}

/// What a deed answers when it succeeds.
pub struct Success<T> {
    pub status: StatusCode,
    pub render: fn(&Web, &T) -> String,
    /// For 201: the collection that the new thing's id is appended to.
    pub collection: Option<&'static str>,
}

impl<T> Success<T> {
    pub const fn ok(render: fn(&Web, &T) -> String) -> Self {
        Self { status: StatusCode::OK, render, collection: None }
    }

    pub const fn created(collection: &'static str, render: fn(&Web, &T) -> String) -> Self {
        Self { status: StatusCode::CREATED, render, collection: Some(collection) }
    }
}

/// Does `work`, unless the same request was done before: then its answer is given again.
///
/// Only successes are kept. A refused request changed nothing, so trying it again is harmless, and may
/// well succeed later. Among equal requests at the same moment the losers fail inside `work` (the key is
/// taken, or the draft is asked already); the second look at the key finds what the winner answered.
pub async fn once<T, E, F>(
    web: &Web,
    who: &Connector,
    ticket: Option<Ticket>,
    success: Success<T>,
    work: impl FnOnce(Keep<T>) -> F,
) -> Result<Response, WebError>
where
    T: 'static,
    E: Into<WebError>,
    F: Future<Output = Result<T, E>>,
{
    let Success { status, render, collection } = success;
    let Some(ticket) = ticket else {
        let done = work(Keep::nothing()).await.map_err(Into::into)?;
        return Ok(answer(status, render(web, &done), collection));
    };
    if let Some(kept) = kept(web, who, &ticket).await? {
        return Ok(replay(kept, collection));
    }
    let shared = web.clone();
    let keep = Keep::answer(who, ticket.clone(), status.as_u16(), move |done: &T| render(&shared, done));
    match work(keep).await {
        Ok(done) => Ok(answer(status, render(web, &done), collection)),
        Err(error) => match kept(web, who, &ticket).await? {
            Some(kept) => Ok(replay(kept, collection)),
            None => Err(error.into()),
        },
    }
}

async fn kept(web: &Web, who: &Connector, ticket: &Ticket) -> Result<Option<KeptAnswer>, WebError> {
    match once::look_up(&web.cx, who, ticket).await? {
        Known::Unused => Ok(None),
        Known::Done(kept) => Ok(Some(kept)),
        Known::Other => Err(WebError::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_mismatch")),
    }
}

fn replay(kept: KeptAnswer, collection: Option<&'static str>) -> Response {
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    let mut response = answer(status, kept.body, collection);
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

fn answer(status: StatusCode, body: String, collection: Option<&'static str>) -> Response {
    let location = collection.and_then(|collection| {
        let document: serde_json::Value = serde_json::from_str(&body).ok()?;
        HeaderValue::from_str(&format!("{collection}/{}", document.get("id")?.as_str()?)).ok()
    });
    let mut response = json(status, body);
    if let Some(location) = location {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

/// Names and addresses of people: nobody on the way may keep them.
fn json(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
