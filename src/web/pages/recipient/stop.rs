//! `/stop/{token}`: never ask me again, from the page or by the mail program's own button (RFC 8058).

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::super::form::{body, content_type};
use super::super::{Form, Token, show};
use crate::flow::stop;
use crate::view::mails::Who;
use crate::view::pages::{self, Frame};
use crate::web::Web;
use crate::web::error::WebError;

/// The page with the button. Looking at it changes nothing.
pub async fn open(State(web): State<Web>, Token(token): Token) -> Result<Response, WebError> {
    page(&web, &token, StatusCode::OK, Pressed::Nothing).await
}

/// Stops; repeating it is harmless. Anything but the one-click body or this page's form changes nothing.
pub async fn stop(
    State(web): State<Web>,
    Token(token): Token,
    request: Request,
) -> Result<Response, WebError> {
    let kind = content_type(request.headers());
    match read(&kind, &body(request).await?) {
        Posted::Stop => {
            stop::stop(&web.cx, &token).await?;
            page(&web, &token, StatusCode::OK, Pressed::Nothing).await
        }
        Posted::Keep => page(&web, &token, StatusCode::OK, Pressed::Keep).await,
        Posted::Unclear => page(&web, &token, StatusCode::UNPROCESSABLE_ENTITY, Pressed::Unclear).await,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pressed {
    Nothing,
    Keep,
    Unclear,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Posted {
    Stop,
    Keep,
    Unclear,
}

/// RFC 8058, 3.1: the body is `List-Unsubscribe=One-Click`, urlencoded or as form data.
fn read(kind: &str, body: &[u8]) -> Posted {
    const KEY: &str = "List-Unsubscribe";
    const VALUE: &str = "One-Click";
    if kind.starts_with("multipart/form-data") {
        let one_click = part(kind, body, KEY).is_some_and(|value| value == VALUE);
        return if one_click { Posted::Stop } else { Posted::Unclear };
    }
    let form = Form::parse(body);
    let fits = kind.starts_with("application/x-www-form-urlencoded") && form.problems.0.is_empty();
    match (form.find(KEY), form.find("stop")) {
        (Some(VALUE), None) if fits => Posted::Stop,
        // A robot that presses every button ticks nothing.
        (None, Some("yes")) if fits && form.ticked("never") => Posted::Stop,
        (None, Some("")) if fits => Posted::Keep,
        _ => Posted::Unclear,
    }
}

/// The value of one part of form data (RFC 7578). `kind` is in lower case, so is the boundary in it;
/// boundaries are found by their letters whatever their case.
fn part(kind: &str, body: &[u8], name: &str) -> Option<String> {
    let boundary = kind.split(';').find_map(|one| one.trim().strip_prefix("boundary="))?.trim_matches('"');
    let text = String::from_utf8_lossy(body);
    let lower = text.to_ascii_lowercase();
    let fence = format!("--{boundary}");
    let wanted = format!("name=\"{}\"", name.to_ascii_lowercase());
    let mut starts = lower.match_indices(&fence).map(|(at, _)| at + fence.len());
    starts.find_map(|start| {
        let end = lower[start..].find(&fence).map(|length| start + length)?;
        let (head, value) = text[start..end].split_once("\r\n\r\n")?;
        head.to_ascii_lowercase().contains(&wanted).then(|| value.trim_end().to_owned())
    })
}

async fn page(web: &Web, token: &str, status: StatusCode, pressed: Pressed) -> Result<Response, WebError> {
    let stop = stop::open(&web.cx, token).await?;
    let page = pages::Stop {
        frame: Frame::public(),
        connector: Who::new(&stop.connector_name),
        email_masked: stop.email_masked,
        stopped: stop.stopped,
        kept: pressed == Pressed::Keep,
        unclear: pressed == Pressed::Unclear,
        your_page: stop.your_page,
    };
    show(web, &stop.language, status, &page)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "application/x-www-form-urlencoded";

    #[test]
    fn only_the_exact_body_or_the_pages_own_form_stops() {
        assert_eq!(read(FORM, b"List-Unsubscribe=One-Click"), Posted::Stop);
        assert_eq!(read(FORM, b"never=yes&stop=yes"), Posted::Stop);
        assert_eq!(read(FORM, b"stop="), Posted::Keep);
        for body in [
            "",
            "stop=no",
            "List-Unsubscribe=one",
            "stop=yes",
            "never=yes&stop=yes&website=x",
            "stop=yes&stop=yes&never=yes",
            "x=1",
            "stop=yes&List-Unsubscribe=One-Click",
        ] {
            assert_eq!(read(FORM, body.as_bytes()), Posted::Unclear, "{body}");
        }
        assert_eq!(read("text/plain", b"List-Unsubscribe=One-Click"), Posted::Unclear);
    }

    #[test]
    fn form_data_is_read_too() {
        let kind = "multipart/form-data; boundary=--bxq";
        let body = "----BxQ\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n----BxQ--\r\n";
        assert_eq!(read(kind, body.as_bytes()), Posted::Stop);
        assert_eq!(read(kind, body.replace("One-Click", "No").as_bytes()), Posted::Unclear);
        assert_eq!(read("multipart/form-data", body.as_bytes()), Posted::Unclear);
    }
}
