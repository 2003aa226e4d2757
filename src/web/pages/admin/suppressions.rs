//! `/admin/suppressions`: how many, and one address at a time.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::session::{Admin, frame, see_other};
use super::super::{Form, faults, show};
use crate::domain::connector::Connector;
use crate::domain::problem::Problems;
use crate::flow::suppressions::{self, SuppressionError};
use crate::urls::path;
use crate::view::pages::{self, Fault, Found, Here, Month, Suppressions, Typed};
use crate::web::Web;
use crate::web::error::WebError;

/// What became of a form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    done: String,
}

/// The counts and the forms.
pub async fn suppressions(
    State(web): State<Web>,
    Admin(who): Admin,
    Query(query): Query<Done>,
) -> Result<Response, WebError> {
    const KNOWN: [&str; 3] = ["added", "lifted", "none"];
    let done = KNOWN.into_iter().find(|known| *known == query.done).unwrap_or_default();
    let page = Suppressions { done, ..blank(&web, &who).await? };
    show(&web, &who.language, StatusCode::OK, &page)
}

/// Shows what stands about an address, on the answer to this form: it stands in no URL.
pub async fn look_up(State(web): State<Web>, Admin(who): Admin, form: Form) -> Result<Response, WebError> {
    let refused = match refused(&form) {
        Some(problems) => problems,
        None => match suppressions::look_up(&web.cx, &who, form.get("email")).await {
            Ok(found) => {
                let found = Found {
                    email: found.email.as_str().to_owned(),
                    since: found.suppression.as_ref().map(|one| one.since),
                    by_admin: found.suppression.as_ref().is_some_and(|one| one.by_admin),
                    reason: found.suppression.map(|one| one.reason).unwrap_or_default(),
                };
                let lift = Typed { email: found.email.clone(), ..Typed::default() };
                let page = Suppressions { found: Some(found), lift, ..blank(&web, &who).await? };
                return show(&web, &who.language, StatusCode::OK, &page);
            }
            Err(error) => problems(error)?,
        },
    };
    let look_up = typed(&web, &who, &form, "look", &refused);
    let page = Suppressions { look_up, ..blank(&web, &who).await? };
    show(&web, &who.language, StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Adds an address for somebody who told the operator.
pub async fn add(State(web): State<Web>, Admin(who): Admin, form: Form) -> Result<Response, WebError> {
    let refused = match refused(&form) {
        Some(problems) => problems,
        None => match suppressions::add(&web.cx, &who, form.get("email"), form.get("reason")).await {
            Ok(()) => return Ok(done("added")),
            Err(error) => problems(error)?,
        },
    };
    let add = typed(&web, &who, &form, "add", &refused);
    let page = Suppressions { add, ..blank(&web, &who).await? };
    show(&web, &who.language, StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Lifts a suppression, for a reason.
pub async fn lift(State(web): State<Web>, Admin(who): Admin, form: Form) -> Result<Response, WebError> {
    let refused = match refused(&form) {
        Some(problems) => problems,
        None => match suppressions::lift(&web.cx, &who, form.get("email"), form.get("reason")).await {
            Ok(lifted) => return Ok(done(if lifted { "lifted" } else { "none" })),
            Err(error) => problems(error)?,
        },
    };
    let lift = typed(&web, &who, &form, "lift", &refused);
    let page = Suppressions { lift, ..blank(&web, &who).await? };
    show(&web, &who.language, StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn refused(form: &Form) -> Option<Problems> {
    (!form.problems.0.is_empty()).then(|| form.problems.clone())
}

fn problems(error: SuppressionError) -> Result<Problems, WebError> {
    match error {
        SuppressionError::Invalid(problems) => Ok(problems),
        SuppressionError::Failure(_) => Err(error.into()),
    }
}

fn done(word: &str) -> Response {
    see_other(&format!("{}?done={word}", path::ADMIN_SUPPRESSIONS))
}

/// What was typed, with the faults at the fields of this form: `email` of `add` is `add-email`.
fn typed(web: &Web, who: &Connector, form: &Form, name: &str, problems: &Problems) -> Typed {
    let faults = faults(web, &who.language, problems).into_iter();
    let faults = faults.map(|fault| Fault { id: format!("{name}-{}", fault.id), ..fault }).collect();
    Typed { email: form.get("email").to_owned(), reason: form.get("reason").to_owned(), faults }
}

async fn blank(web: &Web, who: &Connector) -> Result<Suppressions, WebError> {
    let counts = suppressions::counts(&web.cx).await?;
    let months = counts.months.into_iter().map(|(first_day, many)| Month { first_day, many });
    Ok(pages::Suppressions {
        frame: frame(web, who).at(Here::Suppressions),
        by_themselves: counts.by_themselves,
        by_admins: counts.by_admins,
        months: months.filter(|month| month.many > 0).collect(),
        look_up_path: path::SUPPRESSION_LOOK_UP,
        add_path: path::SUPPRESSION_ADD,
        lift_path: path::SUPPRESSION_LIFT,
        acts_path: path::ADMIN_ACTS,
        erase_path: path::ADMIN_ERASE,
        look_up: Typed::default(),
        add: Typed::default(),
        lift: Typed::default(),
        found: None,
        done: "",
        // The months are the instance's.
        time_zone: web.cx.sender.time_zone.clone(),
    })
}
