//! `/api/v1/plans`: a seeker's plan. It asks nobody: each introduction of it is a draft that you look at and ask.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::answer::{self, Success};
use super::super::bearer::{Bearer, Read, Write};
use super::super::call::Call;
use super::super::faults::{Always, BadBody, BadQuery, Missing};
use super::super::introduction_input::{given, lay};
use super::super::introduction_view::{IntroductionView, introduction};
use super::super::paging::Pairs;
use super::super::steps::Nothing;
use super::super::words;
use super::parse;
use crate::domain::introduction::Introduction;
use crate::domain::plan::{Plan, RawPlan};
use crate::flow::plan::{self, Person, Whole};
use crate::flow::{landed, people};
use crate::ids::{ContactId, PlanId};
use crate::web::Web;
use crate::web::error::WebError;

/// A plan as it is sent. `{name}` in a text stands for the given name of whoever is asked.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "purpose": "job_search", "why_first": "{name} knows how such teams hire.",
    "why_second": "{name}, Sam asks the questions that save a month.", "blurb": "Sam has designed three products.",
    "shared": "Sam, {name} has built teams. {name}, Sam looks for a patient one.", "step": "A call of twenty minutes.",
    "per_week": 2 }))]
pub struct PlanInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(schema_with = words::purpose)]
    purpose: Option<String>,
    /// Why it is good for the seeker.
    #[serde(default, deserialize_with = "given")]
    why_first: Option<String>,
    /// Why it is good for whoever is asked.
    #[serde(default, deserialize_with = "given")]
    why_second: Option<String>,
    /// The text about the seeker.
    #[serde(default, deserialize_with = "given")]
    blurb: Option<String>,
    #[serde(default, deserialize_with = "given")]
    shared: Option<String>,
    #[serde(default, deserialize_with = "given")]
    step: Option<String>,
    /// Introductions that may be started in seven days, 1 to 10.
    #[serde(default)]
    per_week: Option<u32>,
}

impl PlanInput {
    fn over(self, mut base: RawPlan) -> RawPlan {
        lay(self.purpose, &mut base.purpose);
        lay(self.why_first, &mut base.why_first);
        lay(self.why_second, &mut base.why_second);
        lay(self.blurb, &mut base.blurb);
        lay(self.shared, &mut base.shared);
        lay(self.step, &mut base.step);
        lay(self.per_week.map(|number| number.to_string()), &mut base.per_week);
        base
    }
}

/// A plan.
#[derive(Serialize, ToSchema)]
#[schema(as = Plan)]
pub struct PlanView {
    id: Uuid,
    /// The contact who looks for work.
    seeker: Uuid,
    #[schema(schema_with = words::purpose)]
    purpose: &'static str,
    why_first: String,
    why_second: String,
    blurb: String,
    shared: String,
    step: String,
    per_week: i64,
    /// When they found work; nothing of the plan can be started any more.
    #[schema(format = DateTime)]
    landed_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
}

/// A plan with everybody in it.
#[derive(Serialize, ToSchema)]
#[schema(as = WholePlan)]
pub struct WholeView {
    plan: PlanView,
    people: Vec<PersonView>,
    /// When the next one may be started; null when that is now.
    #[schema(format = DateTime)]
    next_start: Option<String>,
}

/// Somebody of a plan.
#[derive(Serialize, ToSchema)]
#[schema(as = PlanPerson)]
pub struct PersonView {
    /// The contact.
    id: Uuid,
    name: String,
    /// Null until it was started.
    introduction: Option<IntroductionView>,
}

fn view(of: &Plan) -> PlanView {
    let texts = of.texts.clone();
    PlanView {
        id: of.id.0,
        seeker: of.seeker.0,
        purpose: texts.purpose.as_str(),
        why_first: texts.why_first,
        why_second: texts.why_second,
        blurb: texts.blurb,
        shared: texts.shared,
        step: texts.step,
        per_week: of.per_week,
        landed_at: of.landed_at.map(crate::clock::Ts::rfc3339),
        created_at: of.created_at.rfc3339(),
    }
}

/// As its connector sees it.
pub fn whole(web: &Web, of: &Whole) -> WholeView {
    let shown = |of: &Introduction| introduction(web, of);
    let person = |of: &Person| PersonView {
        id: of.contact.id.0,
        name: of.contact.facts.name.clone(),
        introduction: of.introduction.as_ref().map(shown),
    };
    WholeView {
        plan: view(&of.plan),
        people: of.people.iter().map(person).collect(),
        next_start: of.next.map(crate::clock::Ts::rfc3339),
    }
}

/// The newest plans.
#[derive(Serialize, ToSchema)]
pub struct Plans {
    items: Vec<PlanView>,
}

/// List plans
///
/// The newest hundred.
#[utoipa::path(
    get, path = "/api/v1/plans", tag = "network", operation_id = "list_plans",
    security(("token" = ["read"])),
    responses((status = 200, description = "The plans", body = Plans), Always, BadQuery)
)]
pub async fn list(State(web): State<Web>, caller: Bearer<Read>, query: Pairs) -> Result<Response, WebError> {
    query.only(&[])?;
    let all = plan::all(&web.cx, &caller.who).await?;
    Ok(answer::ok(&Plans { items: all.iter().map(|(plan, _)| view(plan)).collect() }))
}

/// Write a plan
///
/// For a contact who looks for work; people are added to it then.
#[utoipa::path(
    post, path = "/api/v1/contacts/{id}/plans", tag = "network", operation_id = "write_plan",
    security(("token" = ["write"])),
    params(("id" = Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it happen once")),
    request_body = PlanInput,
    responses((status = 201, description = "The plan", body = PlanView,
        headers(("Location", description = "Its address"))), Always, Missing, BadBody)
)]
pub async fn create(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
    call: Call<PlanInput>,
) -> Result<Response, WebError> {
    let (cx, who, seeker) = (&web.cx, &caller.who, parse::<ContactId>(&id)?);
    people::get(cx, who, seeker).await?;
    let raw = call.input.over(RawPlan { per_week: "2".into(), ..RawPlan::default() });
    let success = Success::created("/api/v1/plans", |_, plan| answer::text(&view(plan)));
    let work = async |keep| plan::create_once(cx, who, seeker, &raw, keep).await;
    answer::once(&web, who, call.ticket, success, work).await
}

/// Look at a plan
#[utoipa::path(
    get, path = "/api/v1/plans/{id}", tag = "network", operation_id = "get_plan",
    security(("token" = ["read"])), params(("id" = Uuid, Path)),
    responses((status = 200, description = "The plan", body = WholeView), Always, Missing)
)]
pub async fn get(
    State(web): State<Web>,
    caller: Bearer<Read>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    shown(&web, &caller.who, parse(&id)?).await
}

/// The plan as it is now.
pub(super) async fn shown(
    web: &Web,
    who: &crate::domain::connector::Connector,
    id: PlanId,
) -> Result<Response, WebError> {
    Ok(answer::ok(&whole(web, &plan::look(&web.cx, who, id).await?)))
}

/// Change a plan
///
/// Its texts and its pace (RFC 7396). What was started keeps its own.
#[utoipa::path(
    patch, path = "/api/v1/plans/{id}", tag = "network", operation_id = "change_plan",
    security(("token" = ["write"])), params(("id" = Uuid, Path)),
    request_body = PlanInput,
    responses((status = 200, description = "The plan as it is now", body = WholeView), Always, Missing, BadBody)
)]
pub async fn change(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
    call: Call<PlanInput>,
) -> Result<Response, WebError> {
    let id = parse(&id)?;
    let Whole { plan: old, .. } = plan::look(&web.cx, &caller.who, id).await?;
    let raw = call.input.over(RawPlan::from(old));
    plan::change(&web.cx, &caller.who, id, &raw).await?;
    shown(&web, &caller.who, id).await
}

/// Delete a plan
///
/// Introductions that were started go on.
#[utoipa::path(
    delete, path = "/api/v1/plans/{id}", tag = "network", operation_id = "delete_plan",
    security(("token" = ["write"])), params(("id" = Uuid, Path)),
    responses((status = 204, description = "It is gone"), Always, Missing)
)]
pub async fn delete(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    plan::delete(&web.cx, &caller.who, parse(&id)?).await?;
    Ok(answer::nothing())
}

/// They found work
///
/// Every open ask for this contact of yours is withdrawn, in the neutral words of any withdrawal, and their plans end.
#[utoipa::path(
    post, path = "/api/v1/contacts/{id}/landed", tag = "network", operation_id = "contact_landed",
    security(("token" = ["write"])), params(("id" = Uuid, Path)),
    responses((status = 204, description = "Their search has ended"), Always, Missing, BadBody)
)]
pub async fn landed(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
    _call: Call<Nothing>,
) -> Result<Response, WebError> {
    let contact = people::get(&web.cx, &caller.who, parse(&id)?).await?;
    landed::by_connector(&web.cx, &caller.who, &contact).await?;
    Ok(answer::nothing())
}
