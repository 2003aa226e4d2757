//! `/`: what needs the connector, what waits and for whom, what is done.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::session::{SignedIn, frame};
use super::super::show;
use super::meet;
use super::next::next_step;
use super::thanks;
use crate::clock::Ts;
use crate::domain::attention::Place;
use crate::domain::connector::Connector;
use crate::flow::desk::{self, COUNTED, Item, Section};
use crate::flow::{ask_me, landed, own_card, touch, unfinished};
use crate::ids::IntroductionId;
use crate::urls::{self, path};
use crate::view::pages::{self, Here, LandedRow, Part, Row, Settle, Settled};
use crate::web::Web;
use crate::web::error::WebError;

/// Rows of each part on the whole desk, and on a page of one part.
const SHORT: usize = 20;
const LONG: usize = 50;

/// Which part of the desk, behind which row; or what was settled just now.
#[derive(Debug, Default, Deserialize)]
pub struct Look {
    #[serde(default)]
    list: String,
    #[serde(default)]
    at: String,
    #[serde(default)]
    id: String,
    #[serde(default)]
    settled: String,
}

/// The desk.
pub async fn desk(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Query(look): Query<Look>,
) -> Result<Response, WebError> {
    let mut page = pages::Desk {
        frame: frame(&web, &who).at(Here::Desk),
        only: Place::parse(&look.list),
        needs: Part::default(),
        waiting: Part::default(),
        done: Part::default(),
        settled: settled(&web, &who, &look.settled).await?,
        unfinished: unfinished::all(&web.cx, &who).await?.len(),
        ahead: Vec::new(),
        corrected: corrected(&web, &who).await?,
        requests: ask_me::waiting(&web.cx, &who).await?.len(),
        words: thanks::unread(&web, &who).await?,
        silent: touch::waiting(&web.cx, &who).await?,
        landed: landed(&web, &who).await?,
        time_zone: who.time_zone.clone(),
    };
    match page.only {
        None => {
            let found = desk::whole(&web.cx, &who, SHORT).await?;
            page.needs = part(&web, Place::Needs, &found.needs);
            page.waiting = part(&web, Place::Waiting, &found.waiting);
            page.done = part(&web, Place::Done, &found.done);
            page.ahead = meet::ahead(&web, &who).await?;
        }
        Some(place) => {
            let found = desk::part(&web.cx, &who, place, key(&look), LONG).await?;
            let part = part(&web, place, &found);
            match place {
                Place::Needs => page.needs = part,
                Place::Waiting => page.waiting = part,
                Place::Done => page.done = part,
            }
        }
    }
    show(&web, &who.language, StatusCode::OK, &page)
}

/// Who found a job and whose helpers were not thanked yet.
async fn landed(web: &Web, who: &Connector) -> Result<Vec<LandedRow>, WebError> {
    let open = landed::open(&web.cx, who).await?;
    Ok(open
        .into_iter()
        .map(|one| LandedRow { path: urls::of(path::LANDED, one.id), name: one.name })
        .collect())
}

/// Who corrected their card.
async fn corrected(web: &Web, who: &Connector) -> Result<Vec<LandedRow>, WebError> {
    let waiting = own_card::waiting(&web.cx, who).await?;
    Ok(waiting.into_iter().map(|(id, name)| LandedRow { path: urls::of(path::CONTACT, id), name }).collect())
}

fn key(look: &Look) -> Option<(Ts, IntroductionId)> {
    Some((Ts(look.at.parse().ok()?), look.id.parse().ok()?))
}

/// What was put aside a moment ago, with the way back.
async fn settled(web: &Web, who: &Connector, id: &str) -> Result<Option<Settled>, WebError> {
    let Ok(id) = id.parse::<IntroductionId>() else {
        return Ok(None);
    };
    let found = desk::standing(&web.cx, who, id).await?;
    Ok(found.filter(|item| item.settled.is_some()).map(|item| Settled {
        first: item.introduction.parties.first.name.clone(),
        second: item.introduction.parties.second.name.clone(),
        path: urls::of(path::INTRODUCTION, id),
        put_back: urls::of(path::PUT_BACK, id),
    }))
}

fn part(web: &Web, place: Place, found: &Section) -> Part {
    let more =
        found.more.map(|(at, id)| format!("{}?list={}&at={}&id={id}", path::DESK, place.as_str(), at.0));
    Part {
        rows: found.items.iter().map(|item| row(web, item)).collect(),
        count: found.count,
        many: found.count >= COUNTED,
        more,
    }
}

fn row(web: &Web, item: &Item) -> Row {
    let of = &item.introduction;
    Row {
        path: urls::of(path::INTRODUCTION, of.id),
        first: of.parties.first.name.clone(),
        second: of.parties.second.name.clone(),
        purpose: of.terms.purpose,
        state: of.state.name(),
        next: next_step(item, &web.cx.policy, web.cx.now()),
        settle: item.need.map(|need| Settle { need, path: urls::of(path::SETTLED, of.id) }),
    }
}
