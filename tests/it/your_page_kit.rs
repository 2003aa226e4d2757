//! Short ways to use "your page".

use twoyes::domain::asking::Side;
use twoyes::domain::draft::RawDraft;
use twoyes::domain::introduction::Introduction;
use twoyes::domain::letter::LinkName::Manage;
use twoyes::flow::ask::{self, AskError};
use twoyes::flow::draft;
use twoyes::ids::IntroductionId;

use crate::support::app::{Page, TestApp, raw_draft};

/// The path of a party's own page.
pub async fn yours(app: &TestApp, id: IntroductionId, side: Side) -> String {
    app.link(id, side, Manage).await
}

/// Sends one form of a page behind a link, with the nonce of a fresh view.
pub async fn send(app: &TestApp, path: &str, form: &[(&str, &str)]) -> Page {
    let nonce = app.get(path).await.is(200).value("nonce");
    let mut all = vec![("nonce", nonce.as_str())];
    all.extend_from_slice(form);
    app.post(path, &all).await
}

/// The same, and follows to the page that tells what happened.
pub async fn done(app: &TestApp, path: &str, form: &[(&str, &str)]) -> Page {
    let page = send(app, path, form).await.is(303);
    let to = page.header("location").to_owned();
    app.get(&to).await.is(200)
}

/// The draft of everybody's tests with another second person.
pub fn draft_with(name: &str, email: &str) -> RawDraft {
    let mut raw = raw_draft();
    raw.second.name = name.into();
    raw.second.email = email.into();
    raw
}

pub async fn ask(app: &TestApp, raw: &RawDraft) -> Result<Introduction, AskError> {
    let new = draft::create(app.cx(), &app.connector, raw).await.unwrap();
    ask::ask(app.cx(), &app.connector, new.id).await
}

/// The sentence's date, when asking is refused.
pub fn not_before(asked: Result<Introduction, AskError>) -> Option<(Side, String)> {
    match asked {
        Ok(_) => None,
        Err(AskError::NotBefore { side, until, .. }) => {
            Some((side, until.to_jiff().strftime("%Y-%m-%d").to_string()))
        }
        Err(other) => panic!("{other}"),
    }
}
