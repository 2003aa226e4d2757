//! `/ask-me`: the connector's own page on which they can be asked, and the requests that came.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::super::session::{SignedIn, frame, see_other};
use super::super::{Form, Id, Told, faults, show};
use crate::domain::ask_me::{RawPage, Request, WELCOME_MAX};
use crate::domain::connector::Connector;
use crate::domain::problem::Problems;
use crate::flow::ask_me::{self, AskMeError};
use crate::ids::AskMeId;
use crate::urls::{self, path};
use crate::view::pages::{self, Here, RequestRow};
use crate::web::Web;
use crate::web::error::WebError;

/// The page.
pub async fn open(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Query(query): Query<Told>,
) -> Result<Response, WebError> {
    let page = ask_me::page_of(&web.cx, &who).await?;
    let raw = RawPage { slug: page.slug, welcome: page.welcome, is_open: page.is_open };
    page_with(&web, &who, StatusCode::OK, &raw, &query.told, &Problems::default()).await
}

/// Opens, closes or changes it.
pub async fn save(State(web): State<Web>, SignedIn(who): SignedIn, form: Form) -> Result<Response, WebError> {
    let raw = RawPage {
        slug: form.get("slug").to_owned(),
        welcome: form.get("welcome").to_owned(),
        is_open: form.ticked("is_open"),
    };
    let saved = if form.problems.0.is_empty() {
        ask_me::save_page(&web.cx, &who, &raw).await
    } else {
        Err(AskMeError::Invalid(form.problems.clone()))
    };
    match saved {
        Ok(()) => Ok(see_other(&format!("{}?told=saved", path::ASK_ME))),
        Err(AskMeError::Invalid(problems)) => {
            page_with(&web, &who, StatusCode::UNPROCESSABLE_ENTITY, &raw, "", &problems).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Puts a request aside, or takes that back.
pub async fn settle(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<AskMeId>,
    form: Form,
) -> Result<Response, WebError> {
    let undo = form.ticked("undo");
    ask_me::settle(&web.cx, &who, id, !undo).await?;
    Ok(see_other(&if undo { path::ASK_ME.to_owned() } else { format!("{}?told={id}", path::ASK_ME) }))
}

async fn page_with(
    web: &Web,
    who: &Connector,
    status: StatusCode,
    raw: &RawPage,
    told: &str,
    problems: &Problems,
) -> Result<Response, WebError> {
    let aside = match told.parse::<AskMeId>() {
        Ok(id) => ask_me::get(&web.cx, who, id).await.ok().filter(|one| one.settled_at.is_some()),
        Err(_) => None,
    };
    let public = ask_me::page_of(&web.cx, who).await?;
    let path = path::ASK_ME_PAGE.replace("{slug}", &public.slug);
    let page = pages::AskMeSettings {
        frame: frame(web, who).at(Here::Desk),
        faults: faults(web, &who.language, problems),
        slug: raw.slug.clone(),
        welcome: raw.welcome.clone(),
        welcome_max: WELCOME_MAX,
        is_open: raw.is_open,
        address: format!("{}{path}", web.cx.urls.base()),
        path,
        is_public: public.is_open,
        saved: told == "saved",
        aside: aside.map(|one| row(&one)),
        rows: ask_me::waiting(&web.cx, who).await?.iter().map(row).collect(),
        action: path::ASK_ME,
        time_zone: who.time_zone.clone(),
    };
    show(web, &who.language, status, &page)
}

fn row(of: &Request) -> RequestRow {
    RequestRow {
        name: of.name.clone(),
        email: of.email.to_show().to_owned(),
        wish: of.wish.clone(),
        about: of.about.clone(),
        at: of.confirmed.as_ref().map_or(of.created_at, |yes| yes.at),
        write: format!("{}?request={}", path::NEW, of.id),
        settle: urls::of(path::ASK_ME_SETTLE, of.id),
    }
}
