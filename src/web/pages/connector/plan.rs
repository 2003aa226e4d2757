//! `/plans`: a seeker's plan.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::session::{SignedIn, frame, see_other};
use super::super::{Form, Id, Told, faults, show};
use crate::domain::asking::Purpose;
use crate::domain::circle::Circle;
use crate::domain::connector::Connector;
use crate::domain::contact::Contact;
use crate::domain::introduction::StateName;
use crate::domain::plan::{PER_WEEK_MAX, RawPlan};
use crate::domain::problem::Problems;
use crate::flow::plan::{self, Person, PlanError, Whole};
use crate::flow::{circles, meet, people};
use crate::ids::{ContactId, PlanId};
use crate::urls::{self, path};
use crate::view::pages::{
    self, Candidate, Fault, Here, PLAN_FIELDS, PlanFinder, PlanPart, PlanPaths, PlanPerson, PlanRow,
};
use crate::web::error::WebError;
use crate::web::{Web, respond};

/// People offered at once.
const OFFERED: i64 = 20;
/// The width of the picture.
const WIDTH: usize = 600;

/// Whom to look for.
#[derive(Debug, Default, Deserialize)]
pub struct Look {
    #[serde(default)]
    q: String,
    #[serde(default)]
    circle: String,
}

/// All plans.
pub async fn list(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Query(query): Query<Told>,
) -> Result<Response, WebError> {
    let rows = plan::all(&web.cx, &who).await?;
    let row = |(plan, seeker): (crate::domain::plan::Plan, Contact)| PlanRow {
        path: urls::of(path::PLAN, plan.id),
        name: seeker.facts.name,
        at: plan.created_at,
        landed: plan.landed_at.is_some(),
    };
    let page = pages::Plans {
        frame: frame(&web, &who).at(Here::Contacts),
        rows: rows.into_iter().map(row).collect(),
        deleted: query.told == "deleted",
        time_zone: who.time_zone.clone(),
    };
    show(&web, &who.language, StatusCode::OK, &page)
}

/// The empty form for a seeker.
pub async fn blank(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<ContactId>,
) -> Result<Response, WebError> {
    let seeker = people::get(&web.cx, &who, id).await?;
    let raw =
        RawPlan { purpose: Purpose::JobSearch.as_str().into(), per_week: "2".into(), ..RawPlan::default() };
    form(&web, &who, &seeker, None, StatusCode::OK, &raw, &Problems::default())
}

/// Writes the plan.
pub async fn create(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<ContactId>,
    typed: Form,
) -> Result<Response, WebError> {
    let seeker = people::get(&web.cx, &who, id).await?;
    let raw = read(&typed);
    let done = if typed.problems.0.is_empty() {
        plan::create(&web.cx, &who, id, &raw).await
    } else {
        Err(PlanError::Invalid(typed.problems))
    };
    match done {
        Ok(plan) => Ok(see_other(&urls::of(path::PLAN, plan))),
        Err(PlanError::Invalid(problems)) => {
            form(&web, &who, &seeker, None, StatusCode::UNPROCESSABLE_ENTITY, &raw, &problems)
        }
        Err(error) => Err(error.into()),
    }
}

/// The form of a plan that is there.
pub async fn edit(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<PlanId>,
) -> Result<Response, WebError> {
    let Whole { plan, seeker, .. } = plan::look(&web.cx, &who, id).await?;
    form(&web, &who, &seeker, Some(id), StatusCode::OK, &RawPlan::from(plan), &Problems::default())
}

/// Saves its texts and pace.
pub async fn save(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<PlanId>,
    typed: Form,
) -> Result<Response, WebError> {
    let raw = read(&typed);
    let done = if typed.problems.0.is_empty() {
        plan::change(&web.cx, &who, id, &raw).await
    } else {
        Err(PlanError::Invalid(typed.problems))
    };
    match done {
        Ok(()) => Ok(see_other(&urls::of(path::PLAN, id))),
        Err(PlanError::Invalid(problems)) => {
            let Whole { seeker, .. } = plan::look(&web.cx, &who, id).await?;
            form(&web, &who, &seeker, Some(id), StatusCode::UNPROCESSABLE_ENTITY, &raw, &problems)
        }
        Err(error) => Err(error.into()),
    }
}

/// The plan.
pub async fn open(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<PlanId>,
    Query(look): Query<Look>,
) -> Result<Response, WebError> {
    page(&web, &who, id, &look, StatusCode::OK, Vec::new()).await
}

/// Adds those ticked.
pub async fn add(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<PlanId>,
    typed: Form,
) -> Result<Response, WebError> {
    let ticked: Vec<ContactId> =
        typed.ticked_behind("person.").iter().filter_map(|one| one.parse().ok()).collect();
    let done = plan::add(&web.cx, &who, id, &ticked).await;
    back(&web, &who, id, done).await
}

/// Takes one out.
pub async fn remove(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<PlanId>,
    typed: Form,
) -> Result<Response, WebError> {
    let person = person(&typed)?;
    let done = plan::remove(&web.cx, &who, id, person).await;
    back(&web, &who, id, done).await
}

/// Makes the draft of one, and shows its preview.
pub async fn start(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<PlanId>,
    typed: Form,
) -> Result<Response, WebError> {
    let person = person(&typed)?;
    match plan::start(&web.cx, &who, id, person).await {
        Ok(introduction) => Ok(see_other(&urls::of(path::PREVIEW, introduction))),
        Err(error) => back(&web, &who, id, Err(error)).await,
    }
}

/// Deletes the plan.
pub async fn delete(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<PlanId>,
) -> Result<Response, WebError> {
    plan::delete(&web.cx, &who, id).await?;
    Ok(see_other(&format!("{}?told=deleted", path::PLANS)))
}

fn person(typed: &Form) -> Result<ContactId, WebError> {
    typed.get("person").parse().map_err(|_| WebError::not_found())
}

/// Back to the plan: by 303 when it worked, with the reason on it when it was refused.
async fn back(
    web: &Web,
    who: &Connector,
    id: PlanId,
    done: Result<(), PlanError>,
) -> Result<Response, WebError> {
    let Err(error) = done else {
        return Ok(see_other(&urls::of(path::PLAN, id)));
    };
    let error = WebError::from(error);
    if !matches!(error.status, StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY) {
        return Err(error);
    }
    let mut said = faults(web, &who.language, &error.problems);
    // The fields are those of the composer, not of this page.
    for fault in &mut said {
        fault.id.clear();
    }
    if said.is_empty() {
        let (_, sentence) = respond::words(web, &who.language, &error);
        said.push(Fault { id: String::new(), sentence });
    }
    page(web, who, id, &Look::default(), error.status, said).await
}

async fn page(
    web: &Web,
    who: &Connector,
    id: PlanId,
    look: &Look,
    status: StatusCode,
    faults: Vec<Fault>,
) -> Result<Response, WebError> {
    let whole = plan::look(&web.cx, who, id).await?;
    let finder = finder(web, who, &whole, look).await?;
    let at = |path: &str| urls::of(path, id);
    let page = pages::Plan {
        frame: frame(web, who).at(Here::Contacts),
        name: whole.seeker.facts.name.clone(),
        seeker: urls::of(path::CONTACT, whole.seeker.id),
        purpose: whole.plan.texts.purpose,
        per_week: whole.plan.per_week,
        next: whole.next,
        landed_at: whole.plan.landed_at,
        faults,
        parts: parts(&whole.people),
        people: whole.people.iter().map(row).collect(),
        finder,
        paths: PlanPaths {
            plan: at(path::PLAN),
            edit: at(path::PLAN_EDIT),
            people: at(path::PLAN_PEOPLE),
            remove: at(path::PLAN_REMOVE),
            start: at(path::PLAN_START),
            delete: at(path::PLAN_DELETE),
            landed: urls::of(path::CONTACT_LANDED, whole.seeker.id),
        },
        time_zone: who.time_zone.clone(),
    };
    show(web, &who.language, status, &page)
}

/// The parts of the picture, in the order of the story; those that nobody is in are left out.
fn parts(people: &[Person]) -> Vec<PlanPart> {
    let word = |of: &Person| match of.introduction.as_ref().map(|of| of.state.name()) {
        None => "planned",
        Some(StateName::Draft) => "draft",
        Some(StateName::Asking | StateName::Agreed) => "asking",
        Some(StateName::Introduced) => "introduced",
        Some(StateName::Closed) => "ended",
    };
    let (mut parts, mut before) = (Vec::new(), 0);
    for known in ["introduced", "asking", "draft", "planned", "ended"] {
        let count = people.iter().filter(|one| word(one) == known).count();
        if count > 0 {
            let (x, end) = (before * WIDTH / people.len(), (before + count) * WIDTH / people.len());
            parts.push(PlanPart { word: known, count, x, width: end - x });
        }
        before += count;
    }
    parts
}

fn row(of: &Person) -> PlanPerson {
    let introduction = of.introduction.as_ref();
    PlanPerson {
        id: of.contact.id.to_string(),
        name: of.contact.facts.name.clone(),
        path: urls::of(path::CONTACT, of.contact.id),
        circle: of.contact.facts.facets.circle,
        no_address: of.contact.facts.email.is_none(),
        state: introduction.map(|of| of.state.name()),
        outcome: introduction.and_then(|of| of.outcome),
        introduction: introduction.map(|of| urls::of(path::INTRODUCTION, of.id)).unwrap_or_default(),
    }
}

/// Whom one could add: by word, by circle, or by what the seeker looks for.
async fn finder(web: &Web, who: &Connector, whole: &Whole, look: &Look) -> Result<PlanFinder, WebError> {
    let (text, circle) = (look.q.trim(), Circle::parse(&look.circle));
    let suggested = text.is_empty() && circle.is_none();
    let mut found: Vec<Contact> = match circle {
        _ if suggested => {
            let most = usize::try_from(OFFERED).unwrap_or(usize::MAX);
            let all = meet::for_contact(&web.cx, who, &whole.seeker, most).await?;
            all.into_iter().map(|one| one.other).collect()
        }
        Some(circle) if text.is_empty() => {
            circles::members(&web.cx, who, Some(circle), None, OFFERED * 5).await?
        }
        circle => {
            let mut all = people::by_name(&web.cx, who, text, None, OFFERED * 5).await?;
            all.retain(|one| circle.is_none() || one.facts.facets.circle == circle);
            all
        }
    };
    let is_in = |id: ContactId| id == whole.seeker.id || whole.people.iter().any(|one| one.contact.id == id);
    found.retain(|one| !is_in(one.id) && !one.facts.facets.left_out);
    found.truncate(usize::try_from(OFFERED).unwrap_or(usize::MAX));
    let shown = |of: Contact| {
        let about = [of.facts.facets.role.as_str(), &of.facts.employer];
        let about: Vec<&str> = about.into_iter().filter(|part| !part.is_empty()).collect();
        Candidate {
            id: of.id.to_string(),
            about: about.join(", "),
            circle: of.facts.facets.circle,
            name: of.facts.name.clone(),
        }
    };
    Ok(PlanFinder {
        text: text.chars().take(100).collect(),
        circle,
        circles: Circle::ALL,
        suggested,
        found: found.into_iter().map(shown).collect(),
    })
}

fn form(
    web: &Web,
    who: &Connector,
    seeker: &Contact,
    id: Option<PlanId>,
    status: StatusCode,
    raw: &RawPlan,
    problems: &Problems,
) -> Result<Response, WebError> {
    let page = pages::PlanForm {
        frame: frame(web, who).at(Here::Contacts),
        name: seeker.facts.name.clone(),
        edits: id.is_some(),
        action: id.map_or_else(|| urls::of(path::PLAN_NEW, seeker.id), |id| urls::of(path::PLAN_EDIT, id)),
        back: id.map_or_else(|| urls::of(path::CONTACT, seeker.id), |id| urls::of(path::PLAN, id)),
        faults: faults(web, &who.language, problems),
        typed: PLAN_FIELDS.iter().map(|field| (*field, value(raw, field))).collect(),
        purposes: Purpose::ALL,
        most: PER_WEEK_MAX,
    };
    show(web, &who.language, status, &page)
}

fn read(typed: &Form) -> RawPlan {
    let text = |key: &str| typed.get(key).to_owned();
    RawPlan {
        purpose: text("purpose"),
        why_first: text("why_first"),
        why_second: text("why_second"),
        blurb: text("blurb"),
        shared: text("shared"),
        step: text("step"),
        per_week: text("per_week"),
    }
}

fn value(raw: &RawPlan, field: &str) -> String {
    let text = match field {
        "purpose" => &raw.purpose,
        "why_first" => &raw.why_first,
        "why_second" => &raw.why_second,
        "blurb" => &raw.blurb,
        "shared" => &raw.shared,
        "step" => &raw.step,
        _ => &raw.per_week,
    };
    text.clone()
}
