//! The people of a plan, and starting with one of them.

use axum::extract::{Path, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::answer;
use super::super::bearer::{Bearer, Write};
use super::super::call::Call;
use super::super::faults::{Always, BadBody, Missing, Refused};
use super::super::introduction_view::{IntroductionView, introduction};
use super::super::steps::Nothing;
use super::super::strict::List;
use super::parse;
use super::plans::{WholeView, shown};
use crate::flow::{log, plan};
use crate::ids::{ContactId, PlanId};
use crate::web::Web;
use crate::web::error::WebError;

/// Whom to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeopleInput {
    /// Contacts. Who is in it, left out or the seeker is passed over.
    #[serde(default)]
    #[schema(value_type = Vec<Uuid>)]
    people: List<Uuid>,
}

/// Add people to a plan
#[utoipa::path(
    post, path = "/api/v1/plans/{id}/people", tag = "network", operation_id = "add_people",
    security(("token" = ["write"])), params(("id" = Uuid, Path)),
    request_body = PeopleInput,
    responses((status = 200, description = "The plan as it is now", body = WholeView), Always, Missing, BadBody)
)]
pub async fn add(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
    call: Call<PeopleInput>,
) -> Result<Response, WebError> {
    let id = parse(&id)?;
    let people: Vec<ContactId> = Vec::from(call.input.people).into_iter().map(ContactId).collect();
    plan::add(&web.cx, &caller.who, id, &people).await?;
    shown(&web, &caller.who, id).await
}

/// Take somebody out of a plan
///
/// Who was started stays.
#[utoipa::path(
    delete, path = "/api/v1/plans/{id}/people/{person}", tag = "network", operation_id = "remove_person",
    security(("token" = ["write"])), params(("id" = Uuid, Path), ("person" = Uuid, Path)),
    responses((status = 204, description = "They are out"), Always, Missing, Refused)
)]
pub async fn remove(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path((id, person)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let (id, person) = (parse::<PlanId>(&id)?, parse::<ContactId>(&person)?);
    plan::remove(&web.cx, &caller.who, id, person).await?;
    Ok(answer::nothing())
}

/// Start with somebody
///
/// Makes the draft of their introduction; you look at it and ask. `plan_not_before` when this week has had its share.
#[utoipa::path(
    post, path = "/api/v1/plans/{id}/people/{person}/start", tag = "network", operation_id = "start_person",
    security(("token" = ["write"])), params(("id" = Uuid, Path), ("person" = Uuid, Path)),
    responses((status = 201, description = "The draft", body = IntroductionView,
        headers(("Location", description = "Its address"))), Always, Missing, BadBody, Refused)
)]
pub async fn start(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path((id, person)): Path<(String, String)>,
    _call: Call<Nothing>,
) -> Result<Response, WebError> {
    let (id, person) = (parse::<PlanId>(&id)?, parse::<ContactId>(&person)?);
    let draft = plan::start(&web.cx, &caller.who, id, person).await?;
    let of = log::get(&web.cx, &caller.who, draft).await?.ok_or_else(WebError::not_found)?;
    let mut response = answer::ok(&introduction(&web, &of));
    *response.status_mut() = StatusCode::CREATED;
    if let Ok(location) = HeaderValue::from_str(&format!("/api/v1/introductions/{draft}")) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}
