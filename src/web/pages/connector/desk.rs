//! `/`: what needs the connector, what waits, what is done.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::super::paging::{Before, behind, limit};
use super::super::session::{SignedIn, frame};
use super::super::show;
use super::next::{Place, next_step};
use crate::domain::introduction::Introduction;
use crate::flow::log;
use crate::ids::IntroductionId;
use crate::urls::{self, path};
use crate::view::pages::{self, Here, Row};
use crate::web::Web;
use crate::web::error::WebError;

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
        frame: frame(&web, &who).at(Here::Desk),
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
