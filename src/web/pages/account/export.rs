//! `/settings/export`: everything of one's own as one JSON document, written piece by piece.
//!
//! Contacts, introductions and events stand in it as the API shows them: what a connector may not see
//! there (quiet answers, reminders) is not here either, because it is the same code.

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::{Value, json};

use super::super::session::SignedIn;
use crate::clock::Ts;
use crate::domain::connector::Connector;
use crate::flow::Failure;
use crate::flow::account::{self, Account, Cursor, Network, Piece, Session, Token};
use crate::web::Web;
use crate::web::api::{
    shown_contact, shown_event, shown_introduction, shown_plan, shown_request, shown_words,
};

/// Where the document is.
struct Place {
    web: Web,
    who: Connector,
    at: Option<Cursor>,
    /// Whether the list that is open has an entry already.
    begun: bool,
}

/// The document, streamed: memory holds one piece of it at a time.
pub async fn export(State(web): State<Web>, SignedIn(who): SignedIn) -> Response {
    let name = format!("attachment; filename=\"twoyes-{}.json\"", day(web.cx.now()));
    let start = Place { web, who, at: Some(Cursor::Account), begun: false };
    let pieces = stream::try_unfold(start, next);
    let headers = [(CONTENT_TYPE, "application/json".to_owned()), (CONTENT_DISPOSITION, name)];
    (headers, Body::from_stream(pieces)).into_response()
}

/// A failure on the way ends the connection: half a document must not look whole.
async fn next(mut place: Place) -> Result<Option<(String, Place)>, Failure> {
    let Some(at) = place.at else {
        return Ok(None);
    };
    let (piece, next) = account::next_piece(&place.web.cx, &place.who, at).await?;
    let mut text = match &piece {
        Piece::Account { account, sessions, tokens } => head(account.as_deref(), sessions, tokens),
        Piece::Contacts(page) => place.items(page.iter().map(|one| value(&shown_contact(one)))),
        Piece::Introductions(page) => {
            let told: Vec<Value> = page
                .iter()
                .map(|(of, events)| {
                    let mut all = value(&shown_introduction(&place.web, of));
                    let events = events.iter().map(|event| value(&shown_event(&place.web, of, event)));
                    all["events"] = events.collect();
                    all
                })
                .collect();
            place.items(told.into_iter())
        }
        Piece::Network(of) => network(&place.web, of),
    };
    text.push_str(place.opens(at, next));
    place.at = next;
    Ok(Some((text, place)))
}

impl Place {
    /// The entries of the open list, with what parts them from those before.
    fn items(&mut self, values: impl Iterator<Item = Value>) -> String {
        let mut text = String::new();
        for value in values {
            text.push_str(if self.begun { ",\n" } else { "\n" });
            text.push_str(&value.to_string());
            self.begun = true;
        }
        text
    }

    /// What stands between a piece and the next.
    fn opens(&mut self, at: Cursor, next: Option<Cursor>) -> &'static str {
        match (at, next) {
            (Cursor::Account, _) => ",\n\"contacts\": [",
            (Cursor::Contacts(_), Some(Cursor::Introductions(_))) => {
                self.begun = false;
                "\n],\n\"introductions\": ["
            }
            (Cursor::Introductions(_), Some(Cursor::Network)) => "\n],\n",
            (Cursor::Network, _) => "\n}\n",
            (Cursor::Contacts(_) | Cursor::Introductions(_), _) => "",
        }
    }
}

/// What stands around the introductions, as members of the document.
fn network(web: &Web, of: &Network) -> String {
    let plans: Vec<Value> = of.plans.iter().map(|one| value(&shown_plan(web, one))).collect();
    let rhythms: Value = of
        .rhythms
        .iter()
        .map(|(circle, rhythm)| (circle.as_str().to_owned(), Value::from(rhythm.word())))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let recruiters: Vec<String> = of.recruiters.iter().map(ToString::to_string).collect();
    let ask_me = json!({ "slug": of.ask_me.slug, "welcome": of.ask_me.welcome, "open": of.ask_me.is_open });
    let requests: Vec<Value> = of.requests.iter().map(|one| value(&shown_request(one))).collect();
    let words: Vec<Value> = of.words.iter().map(|(words, of)| value(&shown_words(words, of))).collect();
    format!(
        "\"plans\": {},\n\"rhythms\": {rhythms},\n\"recruiters\": {},\n\"ask_me\": {ask_me},\n\"requests\": {},\n\
         \"words\": {}",
        json!(plans),
        json!(recruiters),
        json!(requests),
        json!(words)
    )
}

fn head(account: Option<&Account>, sessions: &[Session], tokens: &[Token]) -> String {
    let account = account.map(|of| {
        let who = &of.connector;
        json!({
            "name": who.name,
            "email": who.email.as_str(),
            "role": who.role.as_str(),
            "signature": who.signature,
            "time_zone": who.time_zone,
            "language": who.language,
            "created_at": who.created_at.rfc3339(),
            "seen_at": of.seen_at.map(Ts::rfc3339),
        })
    });
    let session = |of: &Session| {
        json!({
            "browser": of.device.browser.as_str(),
            "system": of.device.system.as_str(),
            "created_at": of.created_at.rfc3339(),
            "seen_at": of.seen_at.rfc3339(),
        })
    };
    let token = |of: &Token| {
        json!({
            "name": of.name,
            "scopes": of.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>(),
            "created_at": of.created_at.rfc3339(),
            "used_at": of.used_at.map(Ts::rfc3339),
            "revoked_at": of.revoked_at.map(Ts::rfc3339),
        })
    };
    let sessions: Vec<Value> = sessions.iter().map(session).collect();
    let tokens: Vec<Value> = tokens.iter().map(token).collect();
    format!(
        "{{\n\"account\": {},\n\"sessions\": {},\n\"tokens\": {}",
        json!(account),
        json!(sessions),
        json!(tokens)
    )
}

fn value<T: serde::Serialize>(of: &T) -> Value {
    serde_json::to_value(of).unwrap_or(Value::Null)
}

fn day(at: Ts) -> String {
    at.to_jiff().strftime("%Y-%m-%d").to_string()
}
