//! `/card/{token}`: a contact looks at their own card, corrects it, and lets themselves be passed on or not.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::{Form, Token, faults, show};
use crate::domain::contact::ContactFacts;
use crate::domain::own_card::{Correction, Passed, REACH_MAX};
use crate::domain::problem::Problems;
use crate::flow::own_card::{self, CardPage, OwnCardError, Reply, Said};
use crate::view::mails::{CardText, Who};
use crate::view::pages::{self, CardFact, CardTold, Frame};
use crate::web::Web;
use crate::web::error::WebError;

/// How the page is shown.
struct Showing<'a> {
    status: StatusCode,
    told: CardTold,
    problems: &'a Problems,
    /// What was typed and is to stand in the fields once more.
    typed: Option<&'a Form>,
}

/// The page. Looking at it changes nothing.
pub async fn open(State(web): State<Web>, Token(token): Token) -> Result<Response, WebError> {
    let found = own_card::open(&web.cx, &token).await?;
    let none = Problems::default();
    let how = Showing { status: StatusCode::OK, told: CardTold::Nothing, problems: &none, typed: None };
    page(&web, &found, &how)
}

/// Does what the button says. The first button of each form, which a robot takes, changes nothing.
pub async fn say(State(web): State<Web>, Token(token): Token, form: Form) -> Result<Response, WebError> {
    let none = Problems::default();
    let refused = |told, problems| Showing {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        told,
        problems,
        typed: Some(&form),
    };
    let how = if form.problems.0.is_empty() {
        let Some(reply) = reply(&form) else {
            let found = own_card::open(&web.cx, &token).await?;
            let told = CardTold::Later;
            let how = Showing { status: StatusCode::OK, told, problems: &none, typed: Some(&form) };
            return page(&web, &found, &how);
        };
        match own_card::reply(&web.cx, &token, form.get("nonce"), &reply).await {
            Ok((said, found)) => {
                let told = told(said);
                let how = Showing { status: StatusCode::OK, told, problems: &none, typed: None };
                return page(&web, &found, &how);
            }
            Err(OwnCardError::Invalid(problems)) => {
                let found = own_card::open(&web.cx, &token).await?;
                return page(&web, &found, &refused(CardTold::Nothing, &problems));
            }
            Err(OwnCardError::StaleForm) => refused(CardTold::Stale, &none),
            Err(error) => return Err(error.into()),
        }
    } else {
        refused(CardTold::Nothing, &form.problems)
    };
    page(&web, &own_card::open(&web.cx, &token).await?, &how)
}

fn reply(form: &Form) -> Option<Reply> {
    let text = |key: &str| form.get(key).to_owned();
    match form.get("do") {
        "right" => Some(Reply::Right),
        "correct" => Some(Reply::Correct(Correction {
            name: text("name"),
            email: text("email"),
            role: text("role"),
            employer: text("employer"),
        })),
        "pass" => Some(Reply::PassOn { sure: form.ticked("sure"), reach: text("reach") }),
        "keep" => Some(Reply::KeepBack),
        _ => None,
    }
}

const fn told(said: Said) -> CardTold {
    match said {
        Said::Confirmed => CardTold::Confirmed,
        Said::Corrected => CardTold::Corrected,
        Said::Agreed => CardTold::Agreed,
        Said::KeptBack => CardTold::KeptBack,
        Said::Contested => CardTold::Contested,
    }
}

fn page(web: &Web, found: &CardPage, how: &Showing<'_>) -> Result<Response, WebError> {
    let facts = &found.contact.facts;
    let language = &facts.language;
    let waiting = found.card.correction.as_ref().map(|(correction, _)| correction);
    let mut typed = CardText::from(waiting.unwrap_or(&Correction::of(facts)));
    let agreed = found.card.agreed.as_ref();
    let mut passed = match agreed {
        Some((passed, _)) => CardText::from(passed),
        None => CardText::from(&Passed::of(facts, String::new())),
    };
    // Each of the two forms has its own fields.
    if let Some(form) = how.typed {
        if form.find("name").is_some() {
            form.get("name").clone_into(&mut typed.name);
            form.get("email").clone_into(&mut typed.address);
            form.get("role").clone_into(&mut typed.role);
            form.get("employer").clone_into(&mut typed.employer);
        }
        if form.find("reach").is_some() {
            form.get("reach").clone_into(&mut passed.reach);
        }
    }
    let page = pages::Card {
        frame: Frame::public(),
        told: how.told,
        faults: faults(web, language, how.problems),
        connector: Who::new(&found.connector.name),
        you: Who::new(&facts.name),
        typed,
        others: others(facts),
        confirmed_at: found.card.confirmed_at,
        waiting: waiting.is_some(),
        recruiter: found.recruiter,
        passed,
        agreed_at: agreed.map(|(_, at)| *at),
        times: found.passed.0,
        last: found.passed.1,
        reach_max: REACH_MAX,
        nonce: found.nonce.clone(),
        time_zone: found.connector.time_zone.clone(),
    };
    show(web, language, how.status, &page)
}

/// What else the person may read of their card; the connector's notes are the connector's.
fn others(of: &ContactFacts) -> Vec<CardFact> {
    let facets = &of.facets;
    let all = [
        ("described", &of.described),
        ("how_known", &of.how_known),
        ("field", &facets.field),
        ("place", &facets.place),
        ("speaks", &facets.speaks),
        ("looking_for", &facets.looking_for),
        ("can_help", &facets.can_help),
    ];
    let told = all.into_iter().filter(|(_, text)| !text.is_empty());
    told.map(|(word, text)| CardFact { word, text: text.clone() }).collect()
}
