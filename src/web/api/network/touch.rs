//! `/api/v1/keep-in-touch`: who has not been heard of, who was only ever asked, and how often one thinks of whom.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::answer;
use super::super::bearer::{Bearer, Read, Write};
use super::super::call::Call;
use super::super::contacts::{ContactView, view};
use super::super::faults::{Always, BadBody, BadQuery, Missing};
use super::super::introduction_input::given;
use super::super::paging::Pairs;
use super::parse;
use crate::clock::Ts;
use crate::domain::circle::Circle;
use crate::domain::connector::Connector;
use crate::domain::rhythm::Rhythm;
use crate::flow::{people, touch};
use crate::ids::ContactId;
use crate::web::Web;
use crate::web::error::WebError;

/// Whom to think of.
#[derive(Serialize, ToSchema)]
pub struct KeepInTouch {
    /// Whose time has come, at most fifty.
    due: Vec<DueView>,
    rhythms: RhythmsView,
    /// Who was asked for others and never gained themselves.
    only_asked: Vec<AskedView>,
}

/// Somebody whose time has come.
#[derive(Serialize, ToSchema)]
#[schema(as = DueContact)]
pub struct DueView {
    contact: ContactView,
    /// When it was last.
    #[schema(format = DateTime)]
    last: String,
}

/// How often one thinks of each circle: a number of months, a season, or null.
#[derive(Serialize, ToSchema)]
#[schema(as = Rhythms)]
pub struct RhythmsView {
    family: Option<String>,
    coworkers: Option<String>,
    seekers: Option<String>,
    associations: Option<String>,
    acquaintances: Option<String>,
}

/// Somebody who was only ever asked.
#[derive(Serialize, ToSchema)]
#[schema(as = OnlyAsked)]
pub struct AskedView {
    name: String,
    times: i64,
    /// The last introduction of it.
    introduction: Uuid,
}

/// Look whom to think of
#[utoipa::path(
    get, path = "/api/v1/keep-in-touch", tag = "network", operation_id = "keep_in_touch",
    security(("token" = ["read"])),
    responses((status = 200, description = "Whom to think of", body = KeepInTouch), Always, BadQuery)
)]
pub async fn overview(
    State(web): State<Web>,
    caller: Bearer<Read>,
    query: Pairs,
) -> Result<Response, WebError> {
    query.only(&[])?;
    shown(&web, &caller.who).await
}

async fn shown(web: &Web, who: &Connector) -> Result<Response, WebError> {
    let found = touch::overview(&web.cx, who).await?;
    let rhythm = |circle: Circle| {
        found.circles.iter().find(|(one, _)| *one == circle).map(|(_, rhythm)| rhythm.word())
    };
    let asked = |(name, times, id): &(String, i64, crate::ids::IntroductionId)| AskedView {
        name: name.clone(),
        times: *times,
        introduction: id.0,
    };
    Ok(answer::ok(&KeepInTouch {
        due: found.due.iter().map(|(of, last)| DueView { contact: view(of), last: last.rfc3339() }).collect(),
        rhythms: RhythmsView {
            family: rhythm(Circle::Family),
            coworkers: rhythm(Circle::Coworkers),
            seekers: rhythm(Circle::Seekers),
            associations: rhythm(Circle::Associations),
            acquaintances: rhythm(Circle::Acquaintances),
        },
        only_asked: found.only_asked.iter().map(asked).collect(),
    }))
}

/// How often to think of circles: months (1 to 24), `spring`, `summer`, `autumn`, `winter`, or null for not at all.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "coworkers": "6", "family": null }))]
pub struct RhythmsInput {
    #[serde(default, deserialize_with = "given")]
    family: Option<String>,
    #[serde(default, deserialize_with = "given")]
    coworkers: Option<String>,
    #[serde(default, deserialize_with = "given")]
    seekers: Option<String>,
    #[serde(default, deserialize_with = "given")]
    associations: Option<String>,
    #[serde(default, deserialize_with = "given")]
    acquaintances: Option<String>,
}

/// Change how often
///
/// What is left out stays as it is.
#[utoipa::path(
    patch, path = "/api/v1/keep-in-touch", tag = "network", operation_id = "change_rhythms",
    security(("token" = ["write"])),
    request_body = RhythmsInput,
    responses((status = 200, description = "Whom to think of now", body = KeepInTouch), Always, BadBody)
)]
pub async fn change_circles(
    State(web): State<Web>,
    caller: Bearer<Write>,
    call: Call<RhythmsInput>,
) -> Result<Response, WebError> {
    let RhythmsInput { family, coworkers, seekers, associations, acquaintances } = call.input;
    let all = [
        (Circle::Family, family),
        (Circle::Coworkers, coworkers),
        (Circle::Seekers, seekers),
        (Circle::Associations, associations),
        (Circle::Acquaintances, acquaintances),
    ];
    let sent: Vec<(Circle, String)> =
        all.into_iter().filter_map(|(circle, word)| Some((circle, word?))).collect();
    touch::set_circles(&web.cx, &caller.who, &sent).await?;
    shown(&web, &caller.who).await
}

/// How it stands with one contact.
#[derive(Serialize, ToSchema)]
#[schema(as = Touch)]
pub struct TouchView {
    /// Null follows the circle.
    rhythm: Option<String>,
    /// When you were in touch last.
    #[schema(format = DateTime)]
    touched_at: Option<String>,
    /// Introductions in which they gained.
    gained: i64,
    /// Introductions in which they were asked to help.
    asked: i64,
}

/// Look how it stands with a contact
#[utoipa::path(
    get, path = "/api/v1/contacts/{id}/touch", tag = "network", operation_id = "get_touch",
    security(("token" = ["read"])), params(("id" = Uuid, Path)),
    responses((status = 200, description = "How it stands", body = TouchView), Always, Missing)
)]
pub async fn get(
    State(web): State<Web>,
    caller: Bearer<Read>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    one(&web, &caller.who, parse(&id)?).await
}

async fn one(web: &Web, who: &Connector, id: ContactId) -> Result<Response, WebError> {
    let contact = people::get(&web.cx, who, id).await?;
    let found = touch::standing(&web.cx, who, &contact).await?;
    Ok(answer::ok(&TouchView {
        rhythm: found.rhythm.map(Rhythm::word),
        touched_at: found.touched_at.map(Ts::rfc3339),
        gained: found.gained,
        asked: found.asked,
    }))
}

/// What changed with one contact.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "rhythm": "3", "touched": true }))]
pub struct TouchInput {
    /// Months (1 to 24), a season, or null to follow the circle.
    #[serde(default, deserialize_with = "given")]
    rhythm: Option<String>,
    /// True: you were in touch just now. False: you were not, after all.
    #[serde(default)]
    touched: Option<bool>,
}

/// Say that you were in touch, or how often to be
#[utoipa::path(
    patch, path = "/api/v1/contacts/{id}/touch", tag = "network", operation_id = "change_touch",
    security(("token" = ["write"])), params(("id" = Uuid, Path)),
    request_body = TouchInput,
    responses((status = 200, description = "How it stands now", body = TouchView), Always, Missing, BadBody)
)]
pub async fn change(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
    call: Call<TouchInput>,
) -> Result<Response, WebError> {
    let (cx, who, id) = (&web.cx, &caller.who, parse(&id)?);
    people::get(cx, who, id).await?;
    if let Some(rhythm) = &call.input.rhythm {
        touch::set(cx, who, id, rhythm).await?;
    }
    if let Some(really) = call.input.touched {
        touch::touched(cx, who, id, really).await?;
    }
    one(&web, who, id).await
}
