//! `/thanks`: what parties said to the connector, and the connector's thanks to whoever helped.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::session::{SignedIn, frame, see_other};
use super::super::{Form, show};
use crate::clock::Ts;
use crate::domain::connector::Connector;
use crate::domain::introduction::Introduction;
use crate::domain::thanks::{Thanks, Words};
use crate::flow::thanks::{self, Page};
use crate::ids::IntroductionId;
use crate::urls::{self, path};
use crate::view::pages::{self, Here, ThanksList, ThanksRow, WordsRow};
use crate::web::Web;
use crate::web::error::WebError;

/// Behind which row.
type Key = (Ts, IntroductionId);

/// Which list, behind which row.
#[derive(Debug, Default, Deserialize)]
pub struct Look {
    #[serde(default)]
    list: String,
    #[serde(default)]
    at: String,
    #[serde(default)]
    id: String,
}

/// The page, or more of one of its lists.
pub async fn open(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Query(look): Query<Look>,
) -> Result<Response, WebError> {
    let only = ThanksList::parse(&look.list);
    let from = |list: ThanksList| if only == Some(list) { key(&look) } else { None };
    let shown = |list: ThanksList| only.is_none_or(|one| one == list);
    let (mut received, mut owed, mut given) = (Page::default(), Page::default(), Page::default());
    if shown(ThanksList::Received) {
        received = thanks::received(&web.cx, &who, from(ThanksList::Received)).await?;
    }
    if shown(ThanksList::Owed) {
        owed = thanks::owed(&web.cx, &who, false, from(ThanksList::Owed)).await?;
    }
    if shown(ThanksList::Given) {
        given = thanks::owed(&web.cx, &who, true, from(ThanksList::Given)).await?;
    }
    let page = pages::Thanks {
        frame: frame(&web, &who).at(Here::Desk),
        only,
        unread: thanks::unread(&web.cx, &who).await?,
        read: path::THANKS_READ,
        until: received.rows.first().map_or(0, |(words, _)| words.said_at.0),
        received: received.rows.iter().map(|(words, of)| said(words, of)).collect(),
        more_received: more(ThanksList::Received, received.more),
        owed: owed.rows.iter().map(row).collect(),
        more_owed: more(ThanksList::Owed, owed.more),
        given: given.rows.iter().map(row).collect(),
        more_given: more(ThanksList::Given, given.more),
        all: path::THANKS,
        time_zone: who.time_zone.clone(),
    };
    show(&web, &who.language, StatusCode::OK, &page)
}

/// Everything that stood on the page is read.
pub async fn read(State(web): State<Web>, SignedIn(who): SignedIn, form: Form) -> Result<Response, WebError> {
    thanks::read(&web.cx, &who, Ts(form.get("until").parse().unwrap_or(0))).await?;
    Ok(see_other(path::THANKS))
}

/// How many messages wait on the desk to be read.
pub async fn unread(web: &Web, who: &Connector) -> Result<i64, WebError> {
    Ok(thanks::unread(&web.cx, who).await?)
}

fn key(look: &Look) -> Option<Key> {
    Some((Ts(look.at.parse().ok()?), look.id.parse::<IntroductionId>().ok()?))
}

fn more(list: ThanksList, key: Option<Key>) -> Option<String> {
    let (at, id) = key?;
    Some(format!("{}?list={}&at={}&id={id}", path::THANKS, list.as_str(), at.0))
}

/// Words of a party, with the introduction after which they came.
pub fn said(words: &Words, of: &Introduction) -> WordsRow {
    WordsRow {
        who: of.parties.get(words.side).name.clone(),
        other: of.parties.get(words.side.other()).name.clone(),
        path: urls::of(path::INTRODUCTION, of.id),
        text: words.text.clone(),
        at: words.said_at,
        new: words.read_at.is_none(),
    }
}

fn row(of: &Thanks) -> ThanksRow {
    let parties = &of.introduction.parties;
    ThanksRow {
        first: parties.first.name.clone(),
        second: parties.second.name.clone(),
        outcome: of.introduction.outcome,
        since: of.since,
        given_at: of.given_at,
        path: urls::of(path::INTRODUCTION, of.introduction.id),
        settled: urls::of(path::SETTLED, of.introduction.id),
        put_back: urls::of(path::PUT_BACK, of.introduction.id),
    }
}
