//! What the tests of the network share: contacts, files sent as a browser sends them, an import to its end.

use axum::body::Body;
use axum::http::Method;
use axum::http::header::{CONTENT_TYPE, COOKIE};
use twoyes::domain::contact::{Contact, RawContact};
use twoyes::domain::facets::RawFacets;
use twoyes::flow::{import, people};
use twoyes::mail::Decoded;

use crate::scanner_robot::links;
use crate::support::app::{Page, TestApp, request};

/// A file of the corpus.
pub fn corpus(name: &str) -> Vec<u8> {
    std::fs::read(format!("tests/corpus/contacts/{name}")).unwrap()
}

/// The path of the link in a mail that begins like this.
pub fn link_in(mail: &Decoded, start: &str) -> String {
    let found = links(mail).into_iter().find(|path| path.starts_with(start));
    found.unwrap_or_else(|| panic!("no {start} in:\n{}", mail.text))
}

/// Somebody in the address book.
pub async fn add(app: &TestApp, name: &str, facets: RawFacets) -> Contact {
    let email = format!("{}@people.example", name.to_lowercase().replace(' ', "."));
    let raw = RawContact { name: name.into(), email, facets, ..RawContact::default() };
    people::add(app.cx(), &app.connector, &raw).await.unwrap()
}

/// Sends a file as the form of the page does.
pub async fn send_file(app: &TestApp, name: &str, file: &[u8]) -> Page {
    let mut body = format!(
        "--B0UND\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--B0UND--\r\n");
    let request = request(Method::POST, "/contacts/import")
        .header(CONTENT_TYPE, "multipart/form-data; boundary=B0UND")
        .header("sec-fetch-site", "same-origin")
        .header(COOKIE, &app.cookie);
    app.send(request.body(Body::from(body)).unwrap()).await
}

/// Sends a file and lets it be compared; the path of its page.
pub async fn looked_into(app: &TestApp, name: &str, file: &[u8]) -> String {
    let sent = send_file(app, name, file).await.is(303);
    work(app).await;
    sent.header("location").to_owned()
}

/// What waits for the service.
pub async fn work(app: &TestApp) {
    while import::work(app.cx()).await.unwrap() {}
}

/// Everybody in the address book, by name.
pub async fn everybody(app: &TestApp) -> Vec<RawContact> {
    let mut all: Vec<Contact> = Vec::new();
    loop {
        let after = all.last().map(|one| one.id);
        let page = people::by_name(app.cx(), &app.connector, "", after, 500).await.unwrap();
        if page.is_empty() {
            return all.into_iter().map(|one| RawContact::from(one.facts)).collect();
        }
        all.extend(page);
    }
}
