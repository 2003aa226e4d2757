//! `/contacts/circles`: the rings, and filing people in them.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::session::{SignedIn, frame, see_other};
use super::super::{Form, show};
use crate::domain::circle::Circle;
use crate::domain::connector::Connector;
use crate::domain::contact::Contact;
use crate::flow::{circles, people};
use crate::ids::ContactId;
use crate::urls::{self, path};
use crate::view::pages::{self, Filed, FilingCard, FilingChoice, Here, RingRow, Seeker, SeekerOption};
use crate::web::Web;
use crate::web::error::WebError;

/// For whom the rings are looked through, behind whom the next unfiled person is, who was filed just before.
#[derive(Debug, Default, Deserialize)]
pub struct Look {
    #[serde(default)]
    seeker: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    filed: String,
}

/// The rings.
pub async fn open(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Query(look): Query<Look>,
) -> Result<Response, WebError> {
    let found = circles::overview(&web.cx, &who, look.seeker.parse().ok()).await?;
    let after: Option<ContactId> = look.after.parse().ok();
    let next = circles::unfiled(&web.cx, &who, after, 1).await?.pop();
    let page = pages::Circles {
        frame: frame(&web, &who).at(Here::Contacts),
        any: found.rings.iter().any(|ring| ring.people > 0),
        rings: found.rings.iter().enumerate().map(|(nth, ring)| RingRow::of(nth, ring)).collect(),
        seeking: found.seeking.iter().map(option).collect(),
        seeker: found.seeker.map(|seeker| Seeker {
            id: seeker.id.to_string(),
            path: urls::of(path::CONTACT, seeker.id),
            meet: urls::of(path::MEET, seeker.id),
            name: seeker.facts.name,
        }),
        unfiled: found.unfiled,
        card: next.map(card),
        file: path::CIRCLES_FILE,
        filed: filed(&web, &who, &look.filed).await,
    };
    show(&web, &who.language, StatusCode::OK, &page)
}

/// Files one person, and goes on to the next.
pub async fn file(State(web): State<Web>, SignedIn(who): SignedIn, form: Form) -> Result<Response, WebError> {
    let id: ContactId = form.get("id").parse().map_err(|_| WebError::not_found())?;
    let (circle, left_out) = (form.get("circle"), form.ticked("left_out"));
    circles::file(&web.cx, &who, id, circle, left_out).await?;
    // Taken back: the same person is asked about once more.
    if circle.is_empty() && !left_out {
        return Ok(see_other(&format!("{}#file", path::CIRCLES)));
    }
    Ok(see_other(&format!("{}?filed={id}#file", path::CIRCLES)))
}

fn option(of: &Contact) -> SeekerOption {
    SeekerOption { id: of.id.to_string(), name: of.facts.name.clone() }
}

fn card(of: Contact) -> FilingCard {
    let about = [of.facts.facets.role.as_str(), &of.facts.employer, &of.facts.described, of.facts.address()];
    let about: Vec<&str> = about.into_iter().filter(|part| !part.is_empty()).take(2).collect();
    FilingCard {
        id: of.id.to_string(),
        about: about.join(", "),
        path: urls::of(path::CONTACT, of.id),
        skip: format!("{}?after={}#file", path::CIRCLES, of.id),
        circles: Circle::ALL
            .iter()
            .zip(1..)
            .map(|(circle, key)| FilingChoice { circle: *circle, key })
            .collect(),
        name: of.facts.name,
    }
}

async fn filed(web: &Web, who: &Connector, id: &str) -> Option<Filed> {
    let contact = people::get(&web.cx, who, id.parse().ok()?).await.ok()?;
    let circle = contact.facts.facets.circle;
    let known = circle.is_some() || contact.facts.facets.left_out;
    known.then(|| Filed { id: contact.id.to_string(), name: contact.facts.name, circle })
}
