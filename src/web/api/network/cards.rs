//! `/api/v1/contacts/{id}/card`: what contacts say of their own card.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::answer;
use super::super::bearer::{Bearer, Read, Write};
use super::super::call::Call;
use super::super::faults::{Always, BadBody, Missing, Refused};
use super::super::introduction_input::given;
use super::super::words;
use super::parse;
use crate::clock::Ts;
use crate::domain::connector::Connector;
use crate::domain::draft::word;
use crate::domain::own_card::{Correction, Passed, Question};
use crate::domain::problem::Problems;
use crate::flow::{own_card, people};
use crate::ids::ContactId;
use crate::web::Web;
use crate::web::error::WebError;

/// How a contact's own card stands.
#[derive(Serialize, ToSchema)]
#[schema(as = Card)]
pub struct CardView {
    /// You marked them as a recruiter.
    recruiter: bool,
    /// When they were asked whether it is right.
    #[schema(format = DateTime)]
    asked_at: Option<String>,
    #[schema(format = DateTime)]
    confirmed_at: Option<String>,
    /// What they want written instead, until you decide.
    correction: Option<CorrectionView>,
    /// When they were asked whether they may be passed on.
    #[schema(format = DateTime)]
    pass_asked_at: Option<String>,
    /// What may be passed on of them; null when they did not agree.
    agreed: Option<PassedView>,
}

/// What they want written.
#[derive(Serialize, ToSchema)]
#[schema(as = Correction)]
pub struct CorrectionView {
    name: String,
    email: String,
    role: String,
    employer: String,
    #[schema(format = DateTime)]
    at: String,
}

impl CorrectionView {
    fn of(of: &Correction, at: Ts) -> Self {
        let Correction { name, email, role, employer } = of.clone();
        Self { name, email, role, employer, at: at.rfc3339() }
    }
}

/// What may be passed on of somebody: what they saw when they agreed.
#[derive(Serialize, ToSchema)]
#[schema(as = Passed)]
pub struct PassedView {
    name: String,
    email: String,
    role: String,
    employer: String,
    field: String,
    place: String,
    /// How they like to be reached, in their words.
    reach: String,
}

impl From<&Passed> for PassedView {
    fn from(of: &Passed) -> Self {
        let Passed { name, email, role, employer, field, place, reach } = of.clone();
        Self { name, email, role, employer, field, place, reach }
    }
}

async fn shown(web: &Web, who: &Connector, id: ContactId) -> Result<Response, WebError> {
    let contact = people::get(&web.cx, who, id).await?;
    let card = own_card::of(&web.cx, who, &contact).await?;
    let card = card.as_ref();
    let when = |at: fn(&crate::domain::own_card::OwnCard) -> Option<Ts>| card.and_then(at).map(Ts::rfc3339);
    Ok(answer::ok(&CardView {
        recruiter: own_card::is_recruiter(&web.cx, who, id).await?,
        asked_at: when(|card| card.asked_at),
        confirmed_at: when(|card| card.confirmed_at),
        correction: card
            .and_then(|card| card.correction.as_ref())
            .map(|(new, at)| CorrectionView::of(new, *at)),
        pass_asked_at: when(|card| card.pass_asked_at),
        agreed: card.and_then(|card| card.agreed.as_ref()).map(|(passed, _)| PassedView::from(passed)),
    }))
}

/// Look at a contact's own card
#[utoipa::path(
    get, path = "/api/v1/contacts/{id}/card", tag = "network", operation_id = "get_card",
    security(("token" = ["read"])), params(("id" = Uuid, Path)),
    responses((status = 200, description = "How it stands", body = CardView), Always, Missing)
)]
pub async fn get(
    State(web): State<Web>,
    caller: Bearer<Read>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    shown(&web, &caller.who, parse(&id)?).await
}

/// What you decide.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardInput {
    /// Mark them as a recruiter, or not.
    #[serde(default)]
    recruiter: Option<bool>,
    /// True takes their correction over, false leaves what is written.
    #[serde(default)]
    take: Option<bool>,
}

/// Decide about a card
///
/// Takes a correction over, or marks a recruiter. Without a correction that waits, `take` does nothing.
#[utoipa::path(
    patch, path = "/api/v1/contacts/{id}/card", tag = "network", operation_id = "decide_card",
    security(("token" = ["write"])), params(("id" = Uuid, Path)),
    request_body = CardInput,
    responses((status = 200, description = "How it stands now", body = CardView), Always, Missing, BadBody, Refused)
)]
pub async fn change(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
    call: Call<CardInput>,
) -> Result<Response, WebError> {
    let (cx, who, id) = (&web.cx, &caller.who, parse::<ContactId>(&id)?);
    let contact = people::get(cx, who, id).await?;
    // First what can be refused.
    if let Some(take) = call.input.take
        && contact.facts.email.is_some()
    {
        own_card::decide(cx, who, id, take).await?;
    }
    if let Some(is) = call.input.recruiter {
        own_card::mark(cx, who, id, is).await?;
    }
    shown(&web, who, id).await
}

/// What to ask.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "question": "card" }))]
pub struct QuestionInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(schema_with = words::question, required)]
    question: Option<String>,
}

/// Ask a contact about their card
///
/// `card`: is it right? `pass_on`: may they be passed on to people who look for work? They get one mail with a signed
/// link. `asked_before` and `asked_once` when they were asked, `asked_enough` when you asked many today,
/// `asking_paused` until an admin looked at what came back.
#[utoipa::path(
    post, path = "/api/v1/contacts/{id}/card/ask", tag = "network", operation_id = "ask_card",
    security(("token" = ["write"])), params(("id" = Uuid, Path)),
    request_body = QuestionInput,
    responses((status = 200, description = "Asked", body = CardView), Always, Missing, BadBody, Refused)
)]
pub async fn ask(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
    call: Call<QuestionInput>,
) -> Result<Response, WebError> {
    let (who, id) = (&caller.who, parse::<ContactId>(&id)?);
    people::get(&web.cx, who, id).await?;
    let typed = call.input.question.unwrap_or_default();
    let question = word("question", &typed, Question::parse, Question::ALL, Question::as_str);
    let question = question.map_err(|one| WebError::invalid(Problems(vec![one])))?;
    own_card::ask(&web.cx, who, id, question).await?;
    shown(&web, who, id).await
}
