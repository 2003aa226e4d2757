//! `/api/v1/recruiters`: who they are, who agreed to be passed on, and the one mail to a seeker with them.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::answer::{self, Success};
use super::super::bearer::{Bearer, Read, Write};
use super::super::call::Call;
use super::super::contacts::{ContactView, view};
use super::super::faults::{Always, BadBody, BadQuery, Missing};
use super::super::paging::Pairs;
use super::super::strict::List;
use super::cards::PassedView;
use super::parse;
use crate::clock::Ts;
use crate::flow::own_card::{self, Letter, Passable, Recruiter};
use crate::flow::people;
use crate::ids::ContactId;
use crate::web::Web;
use crate::web::error::WebError;

/// A recruiter in the address book.
#[derive(Serialize, ToSchema)]
#[schema(as = Recruiter)]
pub struct RecruiterView {
    contact: ContactView,
    /// When they were asked whether they may be passed on.
    #[schema(format = DateTime)]
    asked_at: Option<String>,
    /// When they agreed to it.
    #[schema(format = DateTime)]
    agreed_at: Option<String>,
}

/// The recruiters, by name.
#[derive(Serialize, ToSchema)]
pub struct Recruiters {
    items: Vec<RecruiterView>,
}

/// List recruiters
///
/// Contacts that you marked, by name, at most 500.
#[utoipa::path(
    get, path = "/api/v1/recruiters", tag = "network", operation_id = "list_recruiters",
    security(("token" = ["read"])),
    responses((status = 200, description = "The recruiters", body = Recruiters), Always, BadQuery)
)]
pub async fn list(State(web): State<Web>, caller: Bearer<Read>, query: Pairs) -> Result<Response, WebError> {
    query.only(&[])?;
    let row = |of: &Recruiter| {
        let card = of.card.as_ref();
        RecruiterView {
            contact: view(&of.contact),
            asked_at: card.and_then(|card| card.pass_asked_at).map(Ts::rfc3339),
            agreed_at: card.and_then(|card| card.agreed.as_ref()).map(|(_, at)| at.rfc3339()),
        }
    };
    let all = own_card::list(&web.cx, &caller.who).await?;
    Ok(answer::ok(&Recruiters { items: all.iter().map(row).collect() }))
}

/// A recruiter who may be passed on to a seeker.
#[derive(Serialize, ToSchema)]
#[schema(as = Passable)]
pub struct PassableView {
    /// The contact.
    id: Uuid,
    passed: PassedView,
    /// Words of field and place that they share with what the seeker looks for.
    fits: Vec<String>,
    /// When this seeker got them last.
    #[schema(format = DateTime)]
    sent_at: Option<String>,
}

/// The recruiters for a seeker, those who fit first.
#[derive(Serialize, ToSchema)]
#[schema(as = PassableRecruiters)]
pub struct PassableList {
    items: Vec<PassableView>,
}

/// Who may be passed on to a seeker?
#[utoipa::path(
    get, path = "/api/v1/contacts/{id}/recruiters", tag = "network", operation_id = "list_passable",
    security(("token" = ["read"])), params(("id" = Uuid, Path)),
    responses((status = 200, description = "Those who agreed", body = PassableList), Always, Missing)
)]
pub async fn passable(
    State(web): State<Web>,
    caller: Bearer<Read>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let seeker = people::get(&web.cx, &caller.who, parse(&id)?).await?;
    let found = own_card::passable(&web.cx, &caller.who, &seeker).await?;
    let row = |of: &Passable| PassableView {
        id: of.contact.0,
        passed: PassedView::from(&of.passed),
        fits: of.fits.clone(),
        sent_at: of.sent_at.map(Ts::rfc3339),
    };
    Ok(answer::ok(&PassableList { items: found.iter().map(row).collect() }))
}

/// The mail to a seeker.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LetterInput {
    /// Contacts who agreed, at most 20. Others are passed over.
    #[serde(default)]
    #[schema(value_type = Vec<Uuid>)]
    recruiters: List<Uuid>,
    /// Your own words above the list, up to 1000 characters.
    #[serde(default)]
    words: String,
}

impl From<LetterInput> for Letter {
    fn from(of: LetterInput) -> Self {
        Self { recruiters: Vec::from(of.recruiters).into_iter().map(ContactId).collect(), words: of.words }
    }
}

/// The mail as it would leave.
#[derive(Serialize, ToSchema)]
#[schema(as = RecruiterMail)]
pub struct LetterView {
    subject: String,
    text: String,
    html: String,
}

/// Preview the mail with recruiters
///
/// Nothing is sent.
#[utoipa::path(
    post, path = "/api/v1/contacts/{id}/recruiters/preview", tag = "network", operation_id = "preview_recruiters",
    security(("token" = ["write"])), params(("id" = Uuid, Path)),
    request_body = LetterInput,
    responses((status = 200, description = "The mail", body = LetterView), Always, Missing, BadBody)
)]
pub async fn preview(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
    call: Call<LetterInput>,
) -> Result<Response, WebError> {
    let seeker = parse::<ContactId>(&id)?;
    let mail = own_card::preview(&web.cx, &caller.who, seeker, &call.input.into()).await?;
    Ok(answer::ok(&LetterView { subject: mail.subject, text: mail.text, html: mail.html }))
}

/// What was sent.
#[derive(Serialize, ToSchema)]
pub struct Sent {
    /// How many recruiters were in it.
    recruiters: usize,
}

/// Send recruiters to a seeker
///
/// One mail, with a vCard file. Who took their yes back meanwhile is not in it.
#[utoipa::path(
    post, path = "/api/v1/contacts/{id}/recruiters", tag = "network", operation_id = "send_recruiters",
    security(("token" = ["write"])),
    params(("id" = Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes it happen once")),
    request_body = LetterInput,
    responses((status = 200, description = "It is on its way", body = Sent), Always, Missing, BadBody)
)]
pub async fn send(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
    call: Call<LetterInput>,
) -> Result<Response, WebError> {
    let (cx, who, seeker) = (&web.cx, &caller.who, parse::<ContactId>(&id)?);
    let letter = Letter::from(call.input);
    let success = Success::ok(|_, sent: &usize| answer::text(&Sent { recruiters: *sent }));
    let work = async |keep| own_card::send_once(cx, who, seeker, &letter, keep).await;
    answer::once(&web, who, call.ticket, success, work).await
}
