//! `/api/v1/circles`: how full the circles around the connector are. Contacts are filed by their own field `circle`.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer;
use super::super::bearer::{Bearer, Read};
use super::super::faults::{Always, BadQuery};
use super::super::paging::Pairs;
use super::super::words;
use crate::domain::problem::{Problem, Problems};
use crate::domain::rings::Ring;
use crate::flow::circles;
use crate::web::Web;
use crate::web::error::WebError;

/// The circles, the nearest first.
#[derive(Serialize, ToSchema)]
pub struct Circles {
    items: Vec<CircleView>,
    /// Contacts who stand in none yet.
    unfiled: i64,
}

/// One of them.
#[derive(Serialize, ToSchema)]
#[schema(as = Circle)]
pub struct CircleView {
    #[schema(schema_with = words::circle)]
    circle: &'static str,
    people: i64,
    /// Of them, those who work in the seeker's field; null when no seeker was named.
    in_field: Option<i64>,
    /// Worth filling.
    thin: bool,
}

impl From<&Ring> for CircleView {
    fn from(of: &Ring) -> Self {
        Self { circle: of.circle.as_str(), people: of.people, in_field: of.in_field, thin: of.thin }
    }
}

/// Look at the circles
///
/// How many contacts stand in each, and which is thin; for a seeker also who works in their field.
#[utoipa::path(
    get, path = "/api/v1/circles", tag = "network", operation_id = "list_circles",
    security(("token" = ["read"])),
    params(("seeker" = Option<uuid::Uuid>, Query, description = "The contact whose field counts")),
    responses((status = 200, description = "The circles", body = Circles), Always, BadQuery)
)]
pub async fn list(State(web): State<Web>, caller: Bearer<Read>, query: Pairs) -> Result<Response, WebError> {
    let mut problems = Problems::default();
    let sent = query.only(&["seeker"])?;
    let seeker = sent
        .first()
        .and_then(|(_, id)| problems.take(id.parse().map_err(|_| Problem::new("seeker", "not-an-id"))));
    problems.into_result().map_err(WebError::invalid)?;
    let found = circles::overview(&web.cx, &caller.who, seeker).await?;
    if seeker.is_some() && found.seeker.is_none() {
        return Err(WebError::invalid(Problems(vec![Problem::new("seeker", "not-found")])));
    }
    Ok(answer::ok(&Circles {
        items: found.rings.iter().map(CircleView::from).collect(),
        unfiled: found.unfiled,
    }))
}
