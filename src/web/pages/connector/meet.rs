//! `/contacts/{id}/meet`: whom a contact should meet; and the look ahead on the desk.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::session::{SignedIn, frame};
use super::super::{Id, show};
use crate::domain::connector::Connector;
use crate::domain::contact::Contact;
use crate::domain::meet::{Reason, Suggestion};
use crate::flow::{meet, people};
use crate::ids::ContactId;
use crate::urls::{self, path};
use crate::view::pages::{self, AheadRow, Here, MeetRow, ReasonRow};
use crate::web::Web;
use crate::web::error::WebError;

/// Suggestions on the page.
const MOST: usize = 20;

/// The suggestions for one contact.
pub async fn open(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<ContactId>,
) -> Result<Response, WebError> {
    let contact = people::get(&web.cx, &who, id).await?;
    let found = meet::for_contact(&web.cx, &who, &contact, MOST).await?;
    let facets = &contact.facts.facets;
    let known = [&facets.looking_for, &facets.can_help, &facets.role, &facets.field];
    let page = pages::Meet {
        frame: frame(&web, &who).at(Here::Contacts),
        contact: urls::of(path::CONTACT, id),
        edit: urls::of(path::CONTACT_EDIT, id),
        known: known.iter().any(|text| !text.is_empty()),
        left_out: facets.left_out,
        rows: found.iter().map(|one| row(&contact, one)).collect(),
        name: contact.facts.name.clone(),
    };
    show(&web, &who.language, StatusCode::OK, &page)
}

/// Who should meet this week.
pub async fn ahead(web: &Web, who: &Connector) -> Result<Vec<AheadRow>, WebError> {
    let found = meet::ahead(&web.cx, who, web.cx.now()).await?;
    let row = |(contact, best): &(Contact, Suggestion)| AheadRow {
        name: contact.facts.name.clone(),
        path: urls::of(path::CONTACT, contact.id),
        meet: urls::of(path::MEET, contact.id),
        other: row(contact, best),
    };
    Ok(found.iter().map(row).collect())
}

/// One suggestion for a contact.
pub fn row(contact: &Contact, of: &Suggestion) -> MeetRow {
    // Who looks for something gains most, and is asked first.
    let first_is_contact = !contact.facts.facets.looking_for.is_empty();
    let (first, second) =
        if first_is_contact { (contact.id, of.other.id) } else { (of.other.id, contact.id) };
    MeetRow {
        name: of.other.facts.name.clone(),
        path: urls::of(path::CONTACT, of.other.id),
        reasons: of.reasons.iter().map(reason).collect(),
        introduce: format!("{}?first={first}&second={second}", path::NEW),
        no_address: contact.facts.email.is_none() || of.other.facts.email.is_none(),
    }
}

fn reason(of: &Reason) -> ReasonRow {
    let employer = if let Reason::DoesIt { employer, .. } = of { employer.clone() } else { String::new() };
    ReasonRow { word: of.word(), what: of.what().to_owned(), employer }
}
