//! Requests as a browser sends them.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, Request};

pub fn request(method: Method, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path)
}

/// A form from our own page.
pub fn form_request(path: &str) -> axum::http::request::Builder {
    request(Method::POST, path)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
}

/// A form as a body.
pub fn encode(form: &[(&str, &str)]) -> Body {
    let pairs = form.iter().map(|(key, value)| format!("{}={}", percent(key), percent(value)));
    Body::from(pairs.collect::<Vec<_>>().join("&"))
}

fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let one = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}
