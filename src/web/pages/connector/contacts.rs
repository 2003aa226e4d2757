//! `/contacts`: the address book.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::paging::{behind, limit};
use super::super::session::{SignedIn, frame, see_other};
use super::super::{Form, Id, Told, faults, show};
use super::meet::row as meet_row;
use super::recruiters;
use crate::domain::circle::Circle;
use crate::domain::connector::Connector;
use crate::domain::contact::{Contact, RawContact};
use crate::domain::facets::{Facets, RawFacets};
use crate::domain::introduction::Introduction;
use crate::domain::problem::Problems;
use crate::domain::rhythm::Rhythm;
use crate::flow::people::{self, ContactError};
use crate::flow::{circles, meet, plan, touch};
use crate::ids::ContactId;
use crate::urls::{self, path};
use crate::view::pages::{self, CONTACT_FIELDS, ContactRow, FacetsShown, Here, HistoryRow};
use crate::web::Web;
use crate::web::error::WebError;

/// Introductions told on the page of one contact.
const HISTORY: i64 = 50;
/// Suggestions on the page of one contact.
const SUGGESTED: usize = 3;

/// What the list is asked for.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    circle: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    told: String,
}

/// The list.
pub async fn list(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Query(query): Query<ListQuery>,
) -> Result<Response, WebError> {
    let after: Option<ContactId> = query.after.parse().ok();
    // Nobody has a name longer than this; the rest would only be shown back.
    let text: String = query.q.trim().chars().take(100).collect();
    let circle = Circle::parse(&query.circle);
    let mut found = match circle {
        Some(circle) => circles::members(&web.cx, &who, Some(circle), after, limit()).await?,
        None => people::by_name(&web.cx, &who, &text, after, limit()).await?,
    };
    let more = behind(&mut found, |contact| contact.id);
    let list = match circle {
        Some(circle) => format!("{}?circle={}", path::CONTACTS, circle.as_str()),
        None => format!("{}?q={}", path::CONTACTS, encoded(&text)),
    };
    let page = pages::Contacts {
        frame: frame(&web, &who).at(Here::Contacts),
        any: people::any(&web.cx, &who).await?,
        rows: found.into_iter().map(row).collect(),
        later: after.is_some(),
        more: more.map(|id| format!("{list}&after={id}")),
        beginning: list,
        circle,
        text,
        new: path::CONTACT_NEW,
        deleted: query.told == "deleted",
    };
    show(&web, &who.language, StatusCode::OK, &page)
}

/// One contact.
pub async fn open(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<ContactId>,
    Query(query): Query<Told>,
) -> Result<Response, WebError> {
    let contact = people::get(&web.cx, &who, id).await?;
    let history = match &contact.facts.email {
        Some(email) => people::history(&web.cx, &who, email, HISTORY).await?,
        None => Vec::new(),
    };
    let person = contact.facts.email.as_ref().map(|email| web.cx.person(email));
    let told = history.iter().map(|of| {
        let (_, other) = of.parties.iter().find(|(_, party)| Some(party.person) != person).unzip();
        history_row(of, other.map(|party| party.name.clone()).unwrap_or_default())
    });
    let suggested = meet::for_contact(&web.cx, &who, &contact, SUGGESTED).await?;
    let standing = touch::standing(&web.cx, &who, &contact).await?;
    let plan = plan::for_seeker(&web.cx, &who, id).await?;
    let page = pages::Contact {
        suggested: suggested.iter().map(|one| meet_row(&contact, one)).collect(),
        meet: urls::of(path::MEET, id),
        gained: standing.gained,
        asked: standing.asked,
        rhythm: standing.rhythm.map(Rhythm::word).unwrap_or_default(),
        rhythms: Rhythm::WORDS,
        touched_at: standing.touched_at,
        set_rhythm: urls::of(path::CONTACT_RHYTHM, id),
        touched: urls::of(path::CONTACT_TOUCHED, id),
        has_plan: plan.is_some(),
        plan: plan.map_or_else(|| urls::of(path::PLAN_NEW, id), |plan| urls::of(path::PLAN, plan.id)),
        landed: urls::of(path::CONTACT_LANDED, id),
        card: recruiters::view(&web, &who, &contact).await?,
        frame: frame(&web, &who).at(Here::Contacts),
        history: told.collect(),
        saved: query.told == "saved",
        edit: urls::of(path::CONTACT_EDIT, id),
        delete: urls::of(path::CONTACT_DELETE, id),
        as_first: format!("{}?first={id}", path::NEW),
        as_second: format!("{}?second={id}", path::NEW),
        time_zone: who.time_zone.clone(),
        facets: shown_facets(&contact.facts.facets),
        email: contact.facts.address().to_owned(),
        name: contact.facts.name,
        employer: contact.facts.employer,
        described: contact.facts.described,
        how_known: contact.facts.how_known,
        notes: contact.facts.notes,
    };
    show(&web, &who.language, StatusCode::OK, &page)
}

/// The empty form.
pub async fn blank(State(web): State<Web>, SignedIn(who): SignedIn) -> Result<Response, WebError> {
    show_form(&web, &who, None, StatusCode::OK, &RawContact::default(), &Problems::default())
}

/// Adds a contact.
pub async fn add(State(web): State<Web>, SignedIn(who): SignedIn, form: Form) -> Result<Response, WebError> {
    let raw = typed(&form);
    let saved = if form.problems.0.is_empty() {
        people::add(&web.cx, &who, &raw).await
    } else {
        Err(ContactError::Invalid(form.problems))
    };
    match saved {
        Ok(saved) => Ok(see_other(&format!("{}?told=saved", urls::of(path::CONTACT, saved.id)))),
        Err(ContactError::Invalid(problems)) => {
            show_form(&web, &who, None, StatusCode::UNPROCESSABLE_ENTITY, &raw, &problems)
        }
        Err(error) => Err(error.into()),
    }
}

/// The form of a contact.
pub async fn edit(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<ContactId>,
) -> Result<Response, WebError> {
    let contact = people::get(&web.cx, &who, id).await?;
    let raw = RawContact::from(contact.facts);
    let at = Some((id, contact.version, false));
    show_form(&web, &who, at, StatusCode::OK, &raw, &Problems::default())
}

/// Saves a changed contact, unless it was changed elsewhere since the form was opened.
pub async fn save(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<ContactId>,
    form: Form,
) -> Result<Response, WebError> {
    let raw = typed(&form);
    let seen: Option<i64> = form.get("version").parse().ok();
    let saved = if form.problems.0.is_empty() {
        people::change_version(&web.cx, &who, id, seen, &raw).await
    } else {
        Err(ContactError::Invalid(form.problems))
    };
    match saved {
        Ok(saved) => Ok(see_other(&format!("{}?told=saved", urls::of(path::CONTACT, saved.id)))),
        Err(ContactError::Invalid(problems)) => {
            let at = Some((id, seen.unwrap_or_default(), false));
            show_form(&web, &who, at, StatusCode::UNPROCESSABLE_ENTITY, &raw, &problems)
        }
        Err(ContactError::Conflict) => {
            let now = people::get(&web.cx, &who, id).await?;
            let at = Some((id, now.version, true));
            show_form(&web, &who, at, StatusCode::CONFLICT, &raw, &Problems::default())
        }
        Err(error) => Err(error.into()),
    }
}

/// Deletes a contact.
pub async fn delete(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<ContactId>,
) -> Result<Response, WebError> {
    people::remove(&web.cx, &who, id).await?;
    Ok(see_other(&format!("{}?told=deleted", path::CONTACTS)))
}

fn row(contact: Contact) -> ContactRow {
    let Contact { id, facts, .. } = contact;
    ContactRow {
        path: urls::of(path::CONTACT, id),
        email: facts.address().to_owned(),
        name: facts.name,
        employer: facts.employer,
        described: facts.described,
    }
}

fn shown_facets(of: &Facets) -> FacetsShown {
    FacetsShown {
        circle: of.circle,
        left_out: of.left_out,
        role: of.role.clone(),
        field: of.field.clone(),
        place: of.place.clone(),
        speaks: of.speaks.clone(),
        looking_for: of.looking_for.clone(),
        can_help: of.can_help.clone(),
    }
}

fn history_row(of: &Introduction, other: String) -> HistoryRow {
    HistoryRow {
        path: urls::of(path::INTRODUCTION, of.id),
        other,
        state: of.state.name(),
        at: of.introduced_at.or(of.closed_at).unwrap_or(of.created_at),
        outcome: of.outcome,
    }
}

/// `at`: which contact in which version, and whether it was changed meanwhile.
fn show_form(
    web: &Web,
    who: &Connector,
    at: Option<(ContactId, i64, bool)>,
    status: StatusCode,
    raw: &RawContact,
    problems: &Problems,
) -> Result<Response, WebError> {
    let (action, back) = match at {
        Some((id, ..)) => (urls::of(path::CONTACT_EDIT, id), urls::of(path::CONTACT, id)),
        None => (path::CONTACT_NEW.to_owned(), path::CONTACTS.to_owned()),
    };
    let page = pages::ContactForm {
        frame: frame(web, who).at(Here::Contacts),
        edits: at.is_some(),
        action,
        version: at.map(|(_, version, _)| version).unwrap_or_default(),
        faults: faults(web, &who.language, problems),
        typed: CONTACT_FIELDS.iter().map(|field| (*field, value(raw, field))).collect(),
        meanwhile: at.is_some_and(|(.., meanwhile)| meanwhile),
        languages: web.cx.languages(),
        circles: Circle::ALL,
        back,
    };
    show(web, &who.language, status, &page)
}

fn typed(form: &Form) -> RawContact {
    let text = |key: &str| form.get(key).to_owned();
    RawContact {
        name: text("name"),
        email: text("email"),
        described: text("described"),
        employer: text("employer"),
        how_known: text("how_known"),
        notes: text("notes"),
        language: text("language"),
        facets: RawFacets {
            circle: text("circle"),
            left_out: form.ticked("left_out"),
            role: text("role"),
            field: text("field"),
            place: text("place"),
            speaks: text("speaks"),
            looking_for: text("looking_for"),
            can_help: text("can_help"),
        },
    }
}

fn value(raw: &RawContact, field: &str) -> String {
    let text = match field {
        "name" => &raw.name,
        "email" => &raw.email,
        "described" => &raw.described,
        "employer" => &raw.employer,
        "how_known" => &raw.how_known,
        "notes" => &raw.notes,
        "circle" => &raw.facets.circle,
        "left_out" if raw.facets.left_out => "yes",
        "left_out" => "",
        "role" => &raw.facets.role,
        "field" => &raw.facets.field,
        "place" => &raw.facets.place,
        "speaks" => &raw.facets.speaks,
        "looking_for" => &raw.facets.looking_for,
        "can_help" => &raw.facets.can_help,
        _ => &raw.language,
    };
    text.to_owned()
}

/// For a query in a path: everything but letters and digits as percent and hexadecimal (RFC 3986, 2.1).
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let one = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}
