//! `/settings`: what one can set about oneself, with the forms that lead back to it.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::session::{Session, frame, see_other};
use super::super::{Form, faults, show};
use crate::domain::connector::{Connector, Scope};
use crate::domain::device::Device;
use crate::domain::problem::Problems;
use crate::domain::zone;
use crate::flow::account::{self, AccountError, RawProfile};
use crate::flow::weekly as weekly_mail;
use crate::urls::{self, path};
use crate::view::pages::{self, Fault, Here, ScopeBox, SessionLine, SettingsPaths, SettingsSaid, TokenLine};
use crate::web::Web;
use crate::web::error::WebError;

/// What became of the form before.
#[derive(Debug, Default, Deserialize)]
pub struct Said {
    #[serde(default)]
    said: String,
}

/// What a form that was refused had in it.
#[derive(Default)]
pub(super) struct Typed {
    pub faults: Vec<Fault>,
    pub profile: Option<RawProfile>,
    pub new_email: String,
    pub token: Option<(String, Vec<Scope>)>,
}

/// The page.
pub async fn page(
    State(web): State<Web>,
    Session(session, who): Session,
    Query(query): Query<Said>,
) -> Result<Response, WebError> {
    let said = SettingsSaid::ALL.into_iter().find(|said| said.as_str() == query.said);
    render(&web, &session, &who, said, Typed::default()).await
}

/// Saves name, signature, time zone and language.
pub async fn save(
    State(web): State<Web>,
    Session(session, who): Session,
    form: Form,
) -> Result<Response, WebError> {
    let raw = RawProfile {
        name: form.get("name").to_owned(),
        signature: form.get("signature").to_owned(),
        time_zone: form.get("time_zone").to_owned(),
        language: form.get("language").to_owned(),
    };
    let saved = if form.problems.0.is_empty() {
        account::save_profile(&web.cx, &who, &raw).await.map(drop)
    } else {
        Err(AccountError::Invalid(form.problems))
    };
    match saved {
        Ok(()) => Ok(back(SettingsSaid::Saved)),
        Err(AccountError::Invalid(problems)) => {
            let faults = faults(&web, &who.language, &problems);
            refuse(&web, &session, &who, Typed { faults, profile: Some(raw), ..Typed::default() }).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Asks for the week's suggestions by mail, or not any more.
pub async fn weekly(
    State(web): State<Web>,
    Session(_, who): Session,
    form: Form,
) -> Result<Response, WebError> {
    weekly_mail::switch(&web.cx, &who, form.get("on") == "yes").await?;
    Ok(back(SettingsSaid::Saved))
}

/// 303 to the page, which tells what happened.
pub(super) fn back(said: SettingsSaid) -> Response {
    see_other(&format!("{}?said={}", path::SETTINGS, said.as_str()))
}

/// 422 with what was typed.
pub(super) async fn refuse(
    web: &Web,
    session: &account::Session,
    who: &Connector,
    typed: Typed,
) -> Result<Response, WebError> {
    render(web, session, who, None, typed).await
}

/// The sentences for a form whose fields have other ids than names.
pub(super) fn prefixed(web: &Web, who: &Connector, problems: &Problems, prefix: &str) -> Vec<Fault> {
    let mut faults = faults(web, &who.language, problems);
    for fault in &mut faults {
        fault.id = format!("{prefix}{}", fault.id);
    }
    faults
}

async fn render(
    web: &Web,
    session: &account::Session,
    who: &Connector,
    said: Option<SettingsSaid>,
    typed: Typed,
) -> Result<Response, WebError> {
    let status = if typed.faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let profile = typed.profile.unwrap_or_else(|| RawProfile {
        name: who.name.clone(),
        signature: who.signature.clone(),
        time_zone: who.time_zone.clone(),
        language: who.language.clone(),
    });
    let sessions = account::sessions_of(&web.cx, who).await?;
    let tokens = account::tokens_of(&web.cx, who).await?;
    let (token_name, scopes) = typed.token.unwrap_or_else(|| (String::new(), vec![Scope::Read]));
    let page = pages::Settings {
        frame: frame(web, who).at(Here::Settings),
        paths: paths(),
        said,
        faults: typed.faults,
        name: profile.name,
        signature: profile.signature,
        zone: profile.time_zone,
        language: profile.language,
        zones: zone::all(),
        languages: web.cx.languages(),
        email: who.email.as_str().to_owned(),
        new_email: typed.new_email,
        waiting: account::waiting_address(&web.cx, who).await?,
        weekly: weekly_mail::due(&web.cx, who).await?,
        sessions: sessions.iter().map(|one| session_line(one, session)).collect(),
        tokens: tokens.iter().filter(|one| one.revoked_at.is_none()).map(token_line).collect(),
        token_name,
        scopes: scope_boxes(who, &scopes),
        time_zone: who.time_zone.clone(),
    };
    show(web, &who.language, status, &page)
}

fn paths() -> SettingsPaths {
    SettingsPaths {
        address: path::SETTINGS_ADDRESS,
        address_code: path::SETTINGS_ADDRESS_CODE,
        sessions_end: path::SETTINGS_SESSIONS_END,
        tokens: path::SETTINGS_TOKENS,
        weekly: path::SETTINGS_WEEKLY,
        export: path::SETTINGS_EXPORT,
        delete: path::SETTINGS_DELETE,
    }
}

fn session_line(of: &account::Session, this: &account::Session) -> SessionLine {
    SessionLine {
        browser: of.device.browser.as_str(),
        system: of.device.system.as_str(),
        unknown: of.device == Device::default(),
        since: of.created_at,
        seen: of.seen_at,
        this: of.id == this.id,
        end: urls::of(path::SETTINGS_SESSION_END, of.id),
    }
}

fn token_line(of: &account::Token) -> TokenLine {
    TokenLine {
        name: of.name.clone(),
        scopes: of.scopes.iter().map(|scope| scope.as_str()).collect(),
        created_at: of.created_at,
        used_at: of.used_at,
        revoke: urls::of(path::SETTINGS_TOKEN_REVOKE, of.id),
    }
}

fn scope_boxes(who: &Connector, ticked: &[Scope]) -> Vec<ScopeBox> {
    let offered = Scope::ALL.iter().filter(|scope| scope.is_for(who.role));
    offered.map(|scope| ScopeBox { scope: scope.as_str(), ticked: ticked.contains(scope) }).collect()
}
