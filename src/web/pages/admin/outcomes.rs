//! `/admin/outcomes`: what came of introductions.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::super::paging::{Before, behind, limit};
use super::super::session::{Admin, frame};
use super::super::show;
use crate::domain::introduction::State as Stage;
use crate::flow::log::{self, LogLine};
use crate::ids::IntroductionId;
use crate::urls::path;
use crate::view::pages::{self, Ending, Here, OutcomeLine};
use crate::web::Web;
use crate::web::error::WebError;

/// The outcome log.
pub async fn outcomes(
    State(web): State<Web>,
    Admin(who): Admin,
    Query(query): Query<Before>,
) -> Result<Response, WebError> {
    let before = query.id::<IntroductionId>();
    let mut found = log::outcomes(&web.cx, before, limit()).await?;
    let more = behind(&mut found, |line| line.introduction.id);
    let page = pages::Outcomes {
        frame: frame(&web, &who).at(Here::Outcomes),
        lines: found.into_iter().map(outcome_line).collect(),
        older: before.is_some(),
        more: more.map(|id| format!("{}?before={id}", path::ADMIN_OUTCOMES)),
        time_zone: who.time_zone.clone(),
    };
    show(&web, &who.language, StatusCode::OK, &page)
}

fn outcome_line(line: LogLine) -> OutcomeLine {
    let of = line.introduction;
    OutcomeLine {
        connector: line.connector_name,
        purpose: of.terms.purpose,
        drafted_at: of.created_at,
        ended_at: of.introduced_at.or(of.closed_at),
        ending: match of.state {
            Stage::Draft | Stage::Asking | Stage::Agreed { .. } => Ending::Waiting,
            Stage::Introduced => Ending::Introduced,
            Stage::Closed => Ending::Closed,
        },
        outcome: of.outcome,
    }
}
