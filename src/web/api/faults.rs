//! The problems a route can answer with, for the OpenAPI document.

use std::collections::BTreeMap;

use serde_json::json;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

/// Every route with a token.
pub struct Always;
/// Routes with an id.
pub struct Missing;
/// Routes that take a query.
pub struct BadQuery;
/// Routes that take a body.
pub struct BadBody;
/// Steps that the state may forbid.
pub struct Refused;

impl utoipa::IntoResponses for Always {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        set(&[
            ("401", "unauthorized", "No token, or not a good one."),
            ("403", "forbidden", "The token lacks the scope."),
            ("500", "internal", "A defect of this service."),
            (
                "503",
                "unavailable",
                "Try again after `Retry-After` seconds. `disk_low`: no room for drafts and contacts now.",
            ),
        ])
    }
}

impl utoipa::IntoResponses for Missing {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        set(&[("404", "not_found", "There is none with this id, or it is somebody else's.")])
    }
}

impl utoipa::IntoResponses for BadQuery {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        set(&[("422", "invalid", "Unknown, doubled or unfitting parameters; all at once.")])
    }
}

impl utoipa::IntoResponses for BadBody {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        set(&[
            ("413", "too_large", "The body is larger than this service accepts."),
            ("415", "unsupported_media_type", "The body is not JSON."),
            (
                "422",
                "invalid",
                "Every field that cannot be taken, all at once; or `idempotency_mismatch`: the key belongs \
                 to another request.",
            ),
        ])
    }
}

impl utoipa::IntoResponses for Refused {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        set(&[(
            "409",
            "wrong_state",
            "Not possible in this state (`wrong_state`, `cannot_retry`, `cannot_count`), not before a date \
             (`cannot_be_asked`, `they_rest`), not while the same two are asked (`still_open`), not for this \
             connector now (`too_many_open`, `too_many_today`, `asking_paused`), or someone was quicker (`conflict`).",
        )])
    }
}

fn set(all: &[(&str, &str, &str)]) -> BTreeMap<String, RefOr<Response>> {
    all.iter()
        .map(|(status, code, when)| ((*status).to_owned(), response(status, code, when).into()))
        .collect()
}

fn response(status: &str, code: &str, when: &str) -> Response {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("ProblemDocument")))
        .example(Some(example(status, code)))
        .build();
    ResponseBuilder::new().description(when).content("application/problem+json", content).build()
}

fn example(status: &str, code: &str) -> serde_json::Value {
    let number: u16 = status.parse().unwrap_or(500);
    let mut document = json!({
        "type": "about:blank", "title": title(code), "status": number, "detail": title(code), "code": code,
    });
    if code == "invalid" {
        document["problems"] = json!([
            { "field": "second.email", "code": "same-person", "sentence": "Both sides are the same person." }
        ]);
    }
    document
}

/// Only for the example: the service takes its words from the catalogue.
fn title(code: &str) -> String {
    code.replace('_', " ")
}
