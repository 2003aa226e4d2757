//! `/api/v1/contacts`: the connector's address book.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{self, Success};
use super::bearer::{Bearer, Read, Write};
use super::call::Call;
use super::faults::{Always, BadBody, BadQuery, Missing, Refused};
use super::introduction_input::{given, lay};
use super::paging::{Page, Pairs};
use crate::domain::circle::Circle;
use crate::domain::contact::{Contact, RawContact};
use crate::domain::meet::Reason;
use crate::flow::{meet, people};
use crate::ids::ContactId;
use crate::web::Web;
use crate::web::error::WebError;

/// A contact as it is sent. Left out is unchanged (or empty in a new one); null is empty.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Grace Hopper", "email": "grace@example.net",
    "described": "a hiring manager I worked with", "employer": "Navy", "how_known": "we built a compiler" }))]
pub struct ContactInput {
    /// Up to 80 characters.
    #[serde(default, deserialize_with = "given")]
    name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    email: Option<String>,
    /// Who they are without their name, up to 120 characters.
    #[serde(default, deserialize_with = "given")]
    described: Option<String>,
    /// Up to 120 characters.
    #[serde(default, deserialize_with = "given")]
    employer: Option<String>,
    /// Up to 120 characters.
    #[serde(default, deserialize_with = "given")]
    how_known: Option<String>,
    /// Private to you, up to 2000 characters.
    #[serde(default, deserialize_with = "given")]
    notes: Option<String>,
    /// One of the instance's languages.
    #[serde(default, deserialize_with = "given")]
    language: Option<String>,
    /// `family`, `coworkers`, `seekers`, `associations` or `acquaintances`.
    #[serde(default, deserialize_with = "given")]
    circle: Option<String>,
    /// Not to be introduced to anybody.
    #[serde(default)]
    left_out: Option<bool>,
    /// What they do, up to 120 characters.
    #[serde(default, deserialize_with = "given")]
    role: Option<String>,
    /// In which field, up to 120 characters.
    #[serde(default, deserialize_with = "given")]
    field: Option<String>,
    /// Up to 120 characters.
    #[serde(default, deserialize_with = "given")]
    place: Option<String>,
    /// Languages, separated by commas.
    #[serde(default, deserialize_with = "given")]
    speaks: Option<String>,
    /// Up to 400 characters; empty when they look for nothing.
    #[serde(default, deserialize_with = "given")]
    looking_for: Option<String>,
    /// Up to 400 characters.
    #[serde(default, deserialize_with = "given")]
    can_help: Option<String>,
}

impl ContactInput {
    fn over(self, mut base: RawContact) -> RawContact {
        lay(self.name, &mut base.name);
        lay(self.email, &mut base.email);
        lay(self.described, &mut base.described);
        lay(self.employer, &mut base.employer);
        lay(self.how_known, &mut base.how_known);
        lay(self.notes, &mut base.notes);
        lay(self.language, &mut base.language);
        let facets = &mut base.facets;
        lay(self.circle, &mut facets.circle);
        facets.left_out = self.left_out.unwrap_or(facets.left_out);
        lay(self.role, &mut facets.role);
        lay(self.field, &mut facets.field);
        lay(self.place, &mut facets.place);
        lay(self.speaks, &mut facets.speaks);
        lay(self.looking_for, &mut facets.looking_for);
        lay(self.can_help, &mut facets.can_help);
        base
    }
}

/// A contact.
#[derive(Serialize, ToSchema)]
#[schema(as = Contact)]
pub struct ContactView {
    id: Uuid,
    name: String,
    /// Null when it is unknown.
    email: Option<String>,
    described: String,
    employer: String,
    how_known: String,
    notes: String,
    language: String,
    circle: Option<&'static str>,
    left_out: bool,
    role: String,
    field: String,
    place: String,
    speaks: String,
    looking_for: String,
    can_help: String,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// Add a contact
#[utoipa::path(
    post, path = "/api/v1/contacts", tag = "contacts", operation_id = "add_contact",
    security(("token" = ["write"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes it happen once")),
    request_body = ContactInput,
    responses((status = 201, description = "The contact", body = ContactView,
        headers(("Location", description = "Its address"))), Always, BadBody)
)]
pub async fn create(
    State(web): State<Web>,
    caller: Bearer<Write>,
    call: Call<ContactInput>,
) -> Result<Response, WebError> {
    let (cx, who) = (&web.cx, &caller.who);
    let raw = call.input.over(RawContact::default());
    let success = Success::created("/api/v1/contacts", |_, contact| answer::text(&view(contact)));
    answer::once(&web, who, call.ticket, success, async |keep| people::add_once(cx, who, &raw, keep).await)
        .await
}

/// List contacts
///
/// Your own, newest first.
#[utoipa::path(
    get, path = "/api/v1/contacts", tag = "contacts", operation_id = "list_contacts",
    security(("token" = ["read"])),
    params(
        ("limit" = Option<u8>, Query, description = "1 to 100, else 50", example = 20),
        ("before" = Option<Uuid>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, description = "A page", body = Page<ContactView>), Always, BadQuery)
)]
pub async fn list(State(web): State<Web>, caller: Bearer<Read>, query: Pairs) -> Result<Response, WebError> {
    let asked = query.page()?;
    let rows = people::page(&web.cx, &caller.who, asked.before.map(ContactId), asked.rows()).await?;
    Ok(answer::ok(&asked.page(rows, |row| row.id.0, view)))
}

/// Look at one
#[utoipa::path(
    get, path = "/api/v1/contacts/{id}", tag = "contacts", operation_id = "get_contact",
    security(("token" = ["read"])), params(("id" = Uuid, Path)),
    responses((status = 200, description = "The contact", body = ContactView), Always, Missing)
)]
pub async fn get(
    State(web): State<Web>,
    caller: Bearer<Read>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    Ok(answer::ok(&view(&people::get(&web.cx, &caller.who, parse(&id)?).await?)))
}

/// Change a contact
///
/// Fields that are left out stay as they are (RFC 7396). Introductions keep their own copy of the person.
#[utoipa::path(
    patch, path = "/api/v1/contacts/{id}", tag = "contacts", operation_id = "change_contact",
    security(("token" = ["write"])), params(("id" = Uuid, Path)),
    request_body = ContactInput,
    responses((status = 200, description = "The contact as it is now", body = ContactView),
        Always, Missing, BadBody, Refused)
)]
pub async fn change(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
    call: Call<ContactInput>,
) -> Result<Response, WebError> {
    let id = parse(&id)?;
    let old = people::get(&web.cx, &caller.who, id).await?;
    let raw = call.input.over(RawContact::from(old.facts));
    Ok(answer::ok(&view(&people::change(&web.cx, &caller.who, id, &raw).await?)))
}

/// Delete a contact
///
/// Introductions keep their own copy of the person.
#[utoipa::path(
    delete, path = "/api/v1/contacts/{id}", tag = "contacts", operation_id = "delete_contact",
    security(("token" = ["write"])), params(("id" = Uuid, Path)),
    responses((status = 204, description = "It is gone"), Always, Missing)
)]
pub async fn delete(
    State(web): State<Web>,
    caller: Bearer<Write>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    people::remove(&web.cx, &caller.who, parse(&id)?).await?;
    Ok(answer::nothing())
}

/// Somebody whom a contact should meet.
#[derive(Serialize, ToSchema)]
#[schema(as = Suggestion)]
pub struct SuggestionView {
    contact: ContactView,
    reasons: Vec<ReasonView>,
}

/// One reason for it.
#[derive(Serialize, ToSchema)]
#[schema(as = Reason)]
pub struct ReasonView {
    /// `can-help`, `is-helped`, `does-it`, `done-by`, `mentioned`, `same-field`, `same-place` or `same-language`.
    kind: &'static str,
    /// Your own words, or what they do.
    what: String,
}

/// The suggestions for one contact, the best first.
#[derive(Serialize, ToSchema)]
pub struct Suggestions {
    items: Vec<SuggestionView>,
}

/// Who should meet this contact?
///
/// Up to twenty of your own contacts, the best first, each with its reasons. Who is left out and whom you brought together
/// or asked about each other before are not among them. Nobody is asked by it.
#[utoipa::path(
    get, path = "/api/v1/contacts/{id}/suggestions", tag = "contacts", operation_id = "suggest_contacts",
    security(("token" = ["read"])), params(("id" = Uuid, Path)),
    responses((status = 200, description = "The suggestions", body = Suggestions), Always, Missing)
)]
pub async fn suggestions(
    State(web): State<Web>,
    caller: Bearer<Read>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let contact = people::get(&web.cx, &caller.who, parse(&id)?).await?;
    let found = meet::for_contact(&web.cx, &caller.who, &contact, SUGGESTED).await?;
    let reason = |of: &Reason| ReasonView { kind: of.word(), what: of.what().to_owned() };
    let items = found.iter().map(|one| SuggestionView {
        contact: view(&one.other),
        reasons: one.reasons.iter().map(reason).collect(),
    });
    Ok(answer::ok(&Suggestions { items: items.collect() }))
}

/// How many are suggested.
const SUGGESTED: usize = 20;

fn parse(id: &str) -> Result<ContactId, WebError> {
    id.parse().map_err(|_| WebError::not_found())
}

/// As its owner sees it.
pub fn view(of: &Contact) -> ContactView {
    let facts = of.facts.clone();
    ContactView {
        id: of.id.0,
        name: facts.name,
        email: facts.email.map(|email| email.as_str().to_owned()),
        described: facts.described,
        employer: facts.employer,
        how_known: facts.how_known,
        notes: facts.notes,
        language: facts.language,
        circle: facts.facets.circle.map(Circle::as_str),
        left_out: facts.facets.left_out,
        role: facts.facets.role,
        field: facts.facets.field,
        place: facts.facets.place,
        speaks: facts.facets.speaks,
        looking_for: facts.facets.looking_for,
        can_help: facts.facets.can_help,
        created_at: of.created_at.rfc3339(),
        updated_at: of.updated_at.rfc3339(),
    }
}
