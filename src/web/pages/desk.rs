//! `/`: what needs the connector, what waits, what is done.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::next::{Place, next_step};
use super::session::{SignedIn, frame};
use super::show;
use crate::domain::introduction::Introduction;
use crate::flow::log;
use crate::ids::IntroductionId;
use crate::urls::{self, path};
use crate::view::pages::{self, Row};
use crate::web::Web;
use crate::web::error::WebError;

/// Rows on one page.
const PAGE: usize = 50;

/// Where a page begins: right behind this one.
#[derive(Debug, Default, Deserialize)]
pub struct Before {
    #[serde(default)]
    before: String,
}

impl Before {
    /// The id, if it is one.
    pub fn id<T: std::str::FromStr>(&self) -> Option<T> {
        self.before.parse().ok()
    }
}

/// The desk.
pub async fn desk(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Query(query): Query<Before>,
) -> Result<Response, WebError> {
    let before = query.id::<IntroductionId>();
    let mut found = log::page(&web.cx, &who, None, before, limit()).await?;
    let more = behind(&mut found, |of| of.id).map(|id| format!("{}?before={id}", path::DESK));
    let mut page = pages::Desk {
        frame: frame(&web, &who),
        needs_you: Vec::new(),
        waiting: Vec::new(),
        done: Vec::new(),
        older: before.is_some(),
        more,
        time_zone: who.time_zone.clone(),
    };
    for of in &found {
        let (place, row) = row(&web, of);
        match place {
            Place::NeedsYou => page.needs_you.push(row),
            Place::Waiting => page.waiting.push(row),
            Place::Done => page.done.push(row),
        }
    }
    show(&web, &who.language, StatusCode::OK, &page)
}

/// One row more than a page holds tells whether there is a next page.
pub(super) fn limit() -> i64 {
    i64::try_from(PAGE + 1).unwrap_or(i64::MAX)
}

/// Cuts the extra row off; where the next page begins, if there is one.
pub(super) fn behind<T, I>(rows: &mut Vec<T>, id: impl Fn(&T) -> I) -> Option<I> {
    if rows.len() <= PAGE {
        return None;
    }
    rows.truncate(PAGE);
    rows.last().map(id)
}

fn row(web: &Web, of: &Introduction) -> (Place, Row) {
    let (place, next) = next_step(of, &web.cx.policy, web.cx.now());
    let row = Row {
        path: urls::of(path::INTRODUCTION, of.id),
        first: of.parties.first.name.clone(),
        second: of.parties.second.name.clone(),
        purpose: of.terms.purpose,
        state: of.state.name(),
        next,
    };
    (place, row)
}
