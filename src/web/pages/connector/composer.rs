//! `/introductions/new` and `.../edit`: one page to write an introduction, with gentle remarks.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::session::{SignedIn, frame, see_other};
use super::super::{Form, Id, faults, show};
use crate::domain::asking::{Order, Purpose, Side};
use crate::domain::connector::Connector;
use crate::domain::draft::{RawDraft, RawParty};
use crate::domain::introduction::State as Stage;
use crate::domain::lint::Lint;
use crate::domain::problem::Problems;
use crate::flow::draft::{self, DraftError};
use crate::flow::log;
use crate::ids::IntroductionId;
use crate::urls::{self, path};
use crate::view::Arg;
use crate::view::pages::{self, FIELDS, Fault};
use crate::web::Web;
use crate::web::error::WebError;

/// The empty form.
pub async fn blank(State(web): State<Web>, SignedIn(who): SignedIn) -> Result<Response, WebError> {
    show_form(&web, &who, None, StatusCode::OK, &RawDraft::default(), &Problems::default(), &[])
}

/// Saves a new draft and shows its preview.
pub async fn create(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    form: Form,
) -> Result<Response, WebError> {
    let raw = typed(&form);
    let saved = if form.problems.0.is_empty() {
        draft::create(&web.cx, &who, &raw).await
    } else {
        Err(DraftError::Invalid(form.problems))
    };
    match saved {
        Ok(saved) => Ok(see_other(&urls::of(path::PREVIEW, saved.id))),
        Err(DraftError::Invalid(problems)) => again(&web, &who, None, &raw, &problems),
        Err(error) => Err(error.into()),
    }
}

/// A draft, in the form it was typed into.
pub async fn edit(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<IntroductionId>,
) -> Result<Response, WebError> {
    let of = log::get(&web.cx, &who, id).await?.ok_or_else(WebError::not_found)?;
    if of.state != Stage::Draft {
        return Err(DraftError::WrongState.into());
    }
    let raw = draft::as_typed(&of);
    show_form(&web, &who, Some(id), StatusCode::OK, &raw, &Problems::default(), &draft::remarks(&raw))
}

/// Saves a changed draft and shows its preview.
pub async fn save(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<IntroductionId>,
    form: Form,
) -> Result<Response, WebError> {
    let raw = typed(&form);
    let saved = if form.problems.0.is_empty() {
        draft::edit(&web.cx, &who, id, &raw).await
    } else {
        Err(DraftError::Invalid(form.problems))
    };
    match saved {
        Ok(saved) => Ok(see_other(&urls::of(path::PREVIEW, saved.id))),
        Err(DraftError::Invalid(problems)) => again(&web, &who, Some(id), &raw, &problems),
        Err(error) => Err(error.into()),
    }
}

/// The remarks as sentences, with the ids of their fields.
pub(super) fn remarks(web: &Web, lang: &str, found: &[Lint]) -> Vec<Fault> {
    let views = &web.cx.views;
    let sentence = |lint: &Lint| {
        let field = views.words(lang, &format!("field-{}", lint.field), &[]);
        let mut args: Vec<(&str, Arg<'_>)> =
            lint.args.iter().map(|(name, arg)| (*name, arg.into())).collect();
        args.push(("field", field.as_str().into()));
        views.words(lang, &format!("lint-{}", lint.code), &args)
    };
    found.iter().map(|lint| Fault { id: of_lint(lint.field), sentence: sentence(lint) }).collect()
}

/// The element a remark is about.
fn of_lint(field: &str) -> String {
    let id = match field {
        "why_first" => "first-why",
        "why_second" => "second-why",
        "first-known" => "first-how_known",
        "second-known" => "second-how_known",
        "coworker" => "coworker_confirmed",
        other => other,
    };
    id.to_owned()
}

fn again(
    web: &Web,
    who: &Connector,
    id: Option<IntroductionId>,
    raw: &RawDraft,
    problems: &Problems,
) -> Result<Response, WebError> {
    show_form(web, who, id, StatusCode::UNPROCESSABLE_ENTITY, raw, problems, &draft::remarks(raw))
}

fn show_form(
    web: &Web,
    who: &Connector,
    id: Option<IntroductionId>,
    status: StatusCode,
    raw: &RawDraft,
    problems: &Problems,
    found: &[Lint],
) -> Result<Response, WebError> {
    let or = |text: &str, default: &str| if text.is_empty() { default.to_owned() } else { text.to_owned() };
    let page = pages::Composer {
        frame: frame(web, who),
        edits: id.is_some(),
        action: id.map_or_else(|| path::NEW.to_owned(), |id| urls::of(path::EDIT, id)),
        faults: faults(web, &who.language, problems),
        remarks: remarks(web, &who.language, found),
        purposes: Purpose::ALL,
        orders: Order::ALL,
        languages: web.cx.languages(),
        typed: FIELDS.iter().map(|field| (*field, value(raw, field))).collect::<BTreeMap<_, _>>(),
        purpose: raw.purpose.clone(),
        order: or(&raw.order, Order::OneByOne.as_str()),
        writes_first: or(&raw.writes_first, Side::First.as_str()),
        sides: Side::ALL,
    };
    show(web, &who.language, status, &page)
}

fn typed(form: &Form) -> RawDraft {
    let text = |key: &str| form.get(key).to_owned();
    RawDraft {
        purpose: text("purpose"),
        order: text("order"),
        first: typed_party(form, Side::First),
        second: typed_party(form, Side::Second),
        shared: text("shared"),
        step: text("step"),
        writes_first: text("writes_first"),
        asked_for_this: form.ticked("asked_for_this"),
        names_second: form.ticked("names_second"),
        same_employer: form.ticked("same_employer"),
        coworker_confirmed: form.ticked("coworker_confirmed"),
    }
}

fn typed_party(form: &Form, side: Side) -> RawParty {
    let text = |field: &str| form.get(&format!("{}.{field}", side.as_str())).to_owned();
    RawParty {
        contact: None,
        name: text("name"),
        email: text("email"),
        described: text("described"),
        how_known: text("how_known"),
        why: text("why"),
        blurb: text("blurb"),
        language: text("language"),
    }
}

/// What stands in the element of this id.
fn value(raw: &RawDraft, id: &str) -> String {
    let tick = |on: bool| if on { "yes".to_owned() } else { String::new() };
    let party = |party: &RawParty, field: &str| {
        let text = match field {
            "name" => &party.name,
            "email" => &party.email,
            "described" => &party.described,
            "how_known" => &party.how_known,
            "why" => &party.why,
            "blurb" => &party.blurb,
            _ => &party.language,
        };
        text.clone()
    };
    match (id, id.split_once('-')) {
        (_, Some(("first", field))) => party(&raw.first, field),
        (_, Some(("second", field))) => party(&raw.second, field),
        ("shared", _) => raw.shared.clone(),
        ("step", _) => raw.step.clone(),
        ("asked_for_this", _) => tick(raw.asked_for_this),
        ("names_second", _) => tick(raw.names_second),
        ("same_employer", _) => tick(raw.same_employer),
        _ => tick(raw.coworker_confirmed),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::element;
    use super::*;

    #[test]
    fn every_remark_and_every_problem_points_to_a_field_of_the_form() {
        let raw = RawDraft { same_employer: true, shared: "word ".repeat(200), ..RawDraft::default() };
        let remarks = draft::remarks(&raw);
        assert!(remarks.len() > 3);
        for lint in remarks {
            assert!(FIELDS.contains(&of_lint(lint.field).as_str()), "{}", lint.field);
        }
        for field in ["first.name", "second.how_known"] {
            assert!(FIELDS.contains(&element(field).as_str()));
        }
    }

    #[test]
    fn what_was_typed_stands_in_its_field_again() {
        let form = Form::parse(b"first.name=Grace&second.why=w&step=s&same_employer=yes&first.email=g%40x");
        let raw = typed(&form);
        let stands = |id: &str| value(&raw, id);
        assert_eq!(
            (stands("first-name"), stands("second-why"), stands("step")),
            ("Grace".into(), "w".into(), "s".into())
        );
        assert_eq!((stands("same_employer"), stands("names_second")), ("yes".into(), String::new()));
        assert_eq!(stands("first-email"), "g@x");
    }
}
