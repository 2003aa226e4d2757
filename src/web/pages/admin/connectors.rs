//! `/admin/connectors`: who introduces people here, by whose invitation.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::paging::{behind, limit};
use super::super::session::{Admin, frame, see_other};
use super::super::{Form, Id, faults, show};
use crate::domain::connector::{Connector, Role};
use crate::domain::problem::{Problem, Problems};
use crate::flow::account::{self, Account, AccountError};
use crate::flow::limits;
use crate::ids::ConnectorId;
use crate::urls::{self, path};
use crate::view::pages::{self, AccountLine, AccountPaths, AskingLine, ConnectorSaid, Here};
use crate::web::Web;
use crate::web::error::WebError;

/// Where the list begins, and what became of the form before.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    before: String,
    #[serde(default)]
    said: String,
}

/// The list.
pub async fn list(
    State(web): State<Web>,
    Admin(who): Admin,
    Query(query): Query<ListQuery>,
) -> Result<Response, WebError> {
    let before: Option<ConnectorId> = query.before.parse().ok();
    let mut found = account::list(&web.cx, before, limit()).await?;
    let more = behind(&mut found, |one| one.connector.id);
    let page = pages::Connectors {
        frame: frame(&web, &who).at(Here::Connectors),
        invite: path::CONNECTOR_INVITE,
        invited: query.said == ConnectorSaid::Invited.as_str(),
        lines: found.iter().map(line).collect(),
        older: before.is_some(),
        more: more.map(|id| format!("{}?before={id}", path::ADMIN_CONNECTORS)),
        time_zone: who.time_zone.clone(),
    };
    show(&web, &who.language, StatusCode::OK, &page)
}

/// One account.
pub async fn one(
    State(web): State<Web>,
    Admin(who): Admin,
    Id(id): Id<ConnectorId>,
    Query(query): Query<ListQuery>,
) -> Result<Response, WebError> {
    let said = ConnectorSaid::ALL.into_iter().find(|said| said.as_str() == query.said);
    show_one(&web, &who, id, said, &Problems::default()).await
}

/// The form of an invitation.
pub async fn invite_form(State(web): State<Web>, Admin(who): Admin) -> Result<Response, WebError> {
    show_invite(&web, &who, &Form::default(), &Problems::default())
}

/// Makes an account and mails its owner.
pub async fn invite(State(web): State<Web>, Admin(who): Admin, form: Form) -> Result<Response, WebError> {
    let mut problems = form.problems.clone();
    let role = problems.take(role(&form));
    let (Some(role), true) = (role, problems.0.is_empty()) else {
        return show_invite(&web, &who, &form, &problems);
    };
    match account::invite(&web.cx, &who, form.get("email"), form.get("name"), role).await {
        Ok(_) => {
            let said = ConnectorSaid::Invited.as_str();
            Ok(see_other(&format!("{}?said={said}", path::ADMIN_CONNECTORS)))
        }
        Err(AccountError::Invalid(problems)) => show_invite(&web, &who, &form, &problems),
        Err(error) => Err(error.into()),
    }
}

/// Mails the invitation once more.
pub async fn invite_again(
    State(web): State<Web>,
    Admin(who): Admin,
    Id(id): Id<ConnectorId>,
) -> Result<Response, WebError> {
    let done = account::invite_again(&web.cx, &who, id).await;
    told(&web, &who, id, done, ConnectorSaid::Invited).await
}

/// Changes the role.
pub async fn set_role(
    State(web): State<Web>,
    Admin(who): Admin,
    Id(id): Id<ConnectorId>,
    form: Form,
) -> Result<Response, WebError> {
    let done = match role(&form) {
        Ok(role) => account::set_role(&web.cx, &who, id, role).await,
        Err(problem) => Err(AccountError::Invalid(Problems(vec![problem]))),
    };
    told(&web, &who, id, done, ConnectorSaid::Role).await
}

/// "Are you sure?"
pub async fn suspend_form(
    State(web): State<Web>,
    Admin(who): Admin,
    Id(id): Id<ConnectorId>,
) -> Result<Response, WebError> {
    show_suspend(&web, &who, id, &Problems::default()).await
}

/// Suspends an account.
pub async fn suspend(
    State(web): State<Web>,
    Admin(who): Admin,
    Id(id): Id<ConnectorId>,
) -> Result<Response, WebError> {
    match account::suspend(&web.cx, &who, id).await {
        Err(AccountError::Invalid(problems)) => show_suspend(&web, &who, id, &problems).await,
        done => told(&web, &who, id, done, ConnectorSaid::Suspended).await,
    }
}

/// Lets them in again.
pub async fn resume(
    State(web): State<Web>,
    Admin(who): Admin,
    Id(id): Id<ConnectorId>,
) -> Result<Response, WebError> {
    let done = account::resume(&web.cx, &who, id).await;
    told(&web, &who, id, done, ConnectorSaid::Resumed).await
}

/// Lets them ask again after a pause.
pub async fn clear(
    State(web): State<Web>,
    Admin(who): Admin,
    Id(id): Id<ConnectorId>,
) -> Result<Response, WebError> {
    let done = limits::clear(&web.cx, &who, id).await;
    told(&web, &who, id, done, ConnectorSaid::Cleared).await
}

async fn told(
    web: &Web,
    who: &Connector,
    id: ConnectorId,
    done: Result<(), AccountError>,
    said: ConnectorSaid,
) -> Result<Response, WebError> {
    match done {
        Ok(()) => Ok(see_other(&format!("{}?said={}", urls::of(path::CONNECTOR, id), said.as_str()))),
        Err(AccountError::Invalid(problems)) => show_one(web, who, id, None, &problems).await,
        Err(error) => Err(error.into()),
    }
}

async fn show_one(
    web: &Web,
    who: &Connector,
    id: ConnectorId,
    said: Option<ConnectorSaid>,
    problems: &Problems,
) -> Result<Response, WebError> {
    let found = account::look_up(&web.cx, id).await?;
    let record = limits::record(&web.cx, id).await?;
    let policy = &web.cx.policy.limits;
    let page = pages::OneConnector {
        frame: frame(web, who).at(Here::Connectors),
        line: line(&found),
        asking: AskingLine {
            most: policy.open(&record),
            introduced: record.introduced,
            paused: policy.pauses(&record.lately),
        },
        roles: Role::ALL,
        paths: AccountPaths {
            role: urls::of(path::CONNECTOR_ROLE, id),
            suspend: urls::of(path::CONNECTOR_SUSPEND, id),
            resume: urls::of(path::CONNECTOR_RESUME, id),
            clear: urls::of(path::CONNECTOR_CLEAR, id),
            invite_again: urls::of(path::CONNECTOR_INVITE_AGAIN, id),
        },
        said,
        faults: faults(web, &who.language, problems),
        time_zone: who.time_zone.clone(),
    };
    show(web, &who.language, status(problems), &page)
}

async fn show_suspend(
    web: &Web,
    who: &Connector,
    id: ConnectorId,
    problems: &Problems,
) -> Result<Response, WebError> {
    let found = account::look_up(&web.cx, id).await?;
    let page = pages::Suspend {
        frame: frame(web, who).at(Here::Connectors),
        name: found.connector.name,
        open: found.open,
        path: urls::of(path::CONNECTOR, id),
        action: urls::of(path::CONNECTOR_SUSPEND, id),
        faults: faults(web, &who.language, problems),
    };
    show(web, &who.language, status(problems), &page)
}

fn show_invite(web: &Web, who: &Connector, form: &Form, problems: &Problems) -> Result<Response, WebError> {
    let page = pages::Invite {
        frame: frame(web, who).at(Here::Connectors),
        action: path::CONNECTOR_INVITE,
        email: form.get("email").to_owned(),
        name: form.get("name").to_owned(),
        role: form.find("role").unwrap_or(Role::Connector.as_str()).to_owned(),
        roles: Role::ALL,
        faults: faults(web, &who.language, problems),
    };
    show(web, &who.language, status(problems), &page)
}

fn status(problems: &Problems) -> StatusCode {
    if problems.0.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

fn role(form: &Form) -> Result<Role, Problem> {
    let allowed = Role::ALL.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
    Role::parse(form.get("role"))
        .ok_or_else(|| Problem::new("role", "unknown-value").text("allowed", allowed))
}

fn line(of: &Account) -> AccountLine {
    let who = &of.connector;
    AccountLine {
        name: who.name.clone(),
        email: who.email.as_str().to_owned(),
        role: who.role,
        since: who.created_at,
        seen: of.seen_at,
        open: of.open,
        suspended_at: who.suspended_at,
        path: urls::of(path::CONNECTOR, who.id),
    }
}
