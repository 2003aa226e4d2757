//! Forms of pages, read strictly: urlencoded, each key once, UTF-8.
//!
//! What is wrong with a form is told beside its fields, and everything typed is kept; so reading one
//! fails only when there is no form at all.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;

use crate::domain::problem::{Problem, Problems};
use crate::web::error::WebError;
use crate::web::{Web, guard};

/// A field that people neither see nor hear: who fills it in is a robot that fills in everything.
pub const TRAP: &str = "website";

/// A form as it was sent.
#[derive(Default)]
pub struct Form {
    values: Vec<(String, String)>,
    /// Keys sent twice, values that are not UTF-8, and a trap that was walked into.
    pub problems: Problems,
}

impl Form {
    /// Reads `application/x-www-form-urlencoded` (WHATWG URL, 5.1).
    #[must_use]
    pub fn parse(body: &[u8]) -> Self {
        let mut form = Self::default();
        for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let (key, value) = match pair.iter().position(|byte| *byte == b'=') {
                Some(at) => (&pair[..at], &pair[at + 1..]),
                None => (pair, &b""[..]),
            };
            form.take(&decode(key), &decode(value));
        }
        if form.ticked(TRAP) {
            form.problems.push(Problem::new("", "left-empty"));
        }
        form
    }

    /// The value of a key as typed; empty when it was not sent.
    #[must_use]
    pub fn get(&self, key: &str) -> &str {
        self.find(key).unwrap_or_default()
    }

    /// The value of a key, if it was sent.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// Whether a box was ticked.
    #[must_use]
    pub fn ticked(&self, key: &str) -> bool {
        self.find(key).is_some_and(|value| !value.is_empty())
    }

    /// The rest of the names of all ticked boxes that begin with `prefix`.
    #[must_use]
    pub fn ticked_behind(&self, prefix: &str) -> Vec<String> {
        let ticked = self.values.iter().filter(|(_, value)| !value.is_empty());
        ticked.filter_map(|(key, _)| key.strip_prefix(prefix)).map(str::to_owned).collect()
    }

    fn take(&mut self, key: &[u8], value: &[u8]) {
        let Ok(key) = std::str::from_utf8(key) else {
            self.problems.push(Problem::new("body", "invalid-utf8"));
            return;
        };
        if self.find(key).is_some() {
            self.problems.push(Problem::new(key, "duplicate-key"));
            return;
        }
        if std::str::from_utf8(value).is_err() {
            self.problems.push(Problem::new(key, "invalid-utf8"));
        }
        self.values.push((key.to_owned(), String::from_utf8_lossy(value).into_owned()));
    }
}

impl FromRequest<Web> for Form {
    type Rejection = WebError;

    async fn from_request(request: Request, _: &Web) -> Result<Self, WebError> {
        if !content_type(request.headers()).starts_with("application/x-www-form-urlencoded") {
            return Err(WebError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"));
        }
        Ok(Self::parse(&body(request).await?))
    }
}

/// The `Content-Type` in lower case.
pub(super) fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.to_ascii_lowercase()
}

/// The whole body; the guard limits its length.
pub(in crate::web) async fn body(request: Request) -> Result<Bytes, WebError> {
    let read = request.into_body().collect().await;
    Ok(read.map_err(|_| guard::too_large())?.to_bytes())
}

fn decode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        match (first, behind) {
            (b'+', _) => out.push(b' '),
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high * 16 + low);
                    rest = after;
                }
                _ => out.push(b'%'),
            },
            (byte, _) => out.push(*byte),
        }
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded_and_unknown_keys_are_nobodys_business() {
        let form = Form::parse(b"a=1+2%2B3&b=%C3%A4&c&x=%zz%4&=&d=");
        assert_eq!((form.get("a"), form.get("b"), form.get("x")), ("1 2+3", "\u{e4}", "%zz%4"));
        assert_eq!((form.find("c"), form.find("d"), form.find("e")), (Some(""), Some(""), None));
        assert!(form.problems.0.is_empty());
    }

    #[test]
    fn keys_sent_twice_and_broken_text_are_problems_and_the_input_is_kept() {
        let form = Form::parse(b"a=1&a=2&b=%ff");
        let codes: Vec<_> = form.problems.0.iter().map(|one| (one.field.as_str(), one.code)).collect();
        assert_eq!(codes, [("a", "duplicate-key"), ("b", "invalid-utf8")]);
        assert_eq!((form.get("a"), form.get("b")), ("1", "\u{fffd}"));
    }
}
