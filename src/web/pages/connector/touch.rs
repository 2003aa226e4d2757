//! `/keep-in-touch`: who has not been heard of, who was only asked, and how often one thinks of whom.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::session::{SignedIn, frame, see_other};
use super::super::{Form, Id, faults, show};
use crate::domain::circle::Circle;
use crate::domain::connector::Connector;
use crate::domain::problem::Problems;
use crate::domain::rhythm::Rhythm;
use crate::flow::people::ContactError;
use crate::flow::{people, touch};
use crate::ids::ContactId;
use crate::urls::{self, path};
use crate::view::pages::{self, AskedRow, CircleRhythm, Here, TouchRow, TouchedRow};
use crate::web::Web;
use crate::web::error::WebError;

/// What was done just before: something saved, or somebody written to.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    told: String,
    #[serde(default)]
    touched: String,
}

/// The page.
pub async fn open(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Query(done): Query<Done>,
) -> Result<Response, WebError> {
    page(&web, &who, StatusCode::OK, &done, &Problems::default()).await
}

/// Saves the rhythms of the circles.
pub async fn save(State(web): State<Web>, SignedIn(who): SignedIn, form: Form) -> Result<Response, WebError> {
    let raw: Vec<(Circle, String)> =
        Circle::ALL.iter().map(|circle| (*circle, form.get(circle.as_str()).to_owned())).collect();
    match touch::set_circles(&web.cx, &who, &raw).await {
        Ok(()) => Ok(see_other(&format!("{}?told=saved", path::TOUCH))),
        Err(ContactError::Invalid(problems)) => {
            page(&web, &who, StatusCode::UNPROCESSABLE_ENTITY, &Done::default(), &problems).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The rhythm of one contact.
pub async fn set(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<ContactId>,
    form: Form,
) -> Result<Response, WebError> {
    touch::set(&web.cx, &who, id, form.get("rhythm")).await?;
    Ok(see_other(&format!("{}?told=saved", urls::of(path::CONTACT, id))))
}

/// They were in touch; or not, after all.
pub async fn touched(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<ContactId>,
    form: Form,
) -> Result<Response, WebError> {
    let undo = form.ticked("undo");
    touch::touched(&web.cx, &who, id, !undo).await?;
    if undo {
        return Ok(see_other(path::TOUCH));
    }
    Ok(see_other(&format!("{}?touched={id}", path::TOUCH)))
}

async fn page(
    web: &Web,
    who: &Connector,
    status: StatusCode,
    done: &Done,
    problems: &Problems,
) -> Result<Response, WebError> {
    let found = touch::overview(&web.cx, who).await?;
    let rhythm = |circle: Circle| {
        let known = found.circles.iter().find(|(one, _)| *one == circle);
        known.map(|(_, rhythm)| rhythm.word()).unwrap_or_default()
    };
    let row = |(contact, last): &(crate::domain::contact::Contact, crate::clock::Ts)| {
        let facts = &contact.facts;
        let about = [facts.facets.role.as_str(), &facts.employer];
        let about: Vec<&str> = about.into_iter().filter(|part| !part.is_empty()).collect();
        TouchRow {
            name: facts.name.clone(),
            path: urls::of(path::CONTACT, contact.id),
            about: about.join(", "),
            last: *last,
            write: facts.email.as_ref().map(|email| format!("mailto:{}", email.as_str())).unwrap_or_default(),
            touched: urls::of(path::CONTACT_TOUCHED, contact.id),
        }
    };
    let page = pages::Touch {
        frame: frame(web, who).at(Here::Contacts),
        faults: faults(web, &who.language, problems),
        rows: found.due.iter().map(row).collect(),
        circles: Circle::ALL
            .iter()
            .map(|circle| CircleRhythm { circle: *circle, rhythm: rhythm(*circle) })
            .collect(),
        rhythms: Rhythm::WORDS,
        action: path::TOUCH,
        only_asked: found
            .only_asked
            .into_iter()
            .map(|(name, times, id)| AskedRow { name, times, path: urls::of(path::INTRODUCTION, id) })
            .collect(),
        saved: done.told == "saved",
        touched: just_touched(web, who, &done.touched).await,
        time_zone: who.time_zone.clone(),
    };
    show(web, &who.language, status, &page)
}

async fn just_touched(web: &Web, who: &Connector, id: &str) -> Option<TouchedRow> {
    let contact = people::get(&web.cx, who, id.parse().ok()?).await.ok()?;
    Some(TouchedRow { undo: urls::of(path::CONTACT_TOUCHED, contact.id), name: contact.facts.name })
}
