//! `/introductions/new` and `.../edit`: one page to write an introduction, with gentle remarks.

mod form;
mod picking;
pub mod unfinished;

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::super::session::{SignedIn, Visitor, frame, see_other};
use super::super::{Form, Id, faults, show};
use crate::domain::asking::{Order, Purpose, Side};
use crate::domain::connector::Connector;
use crate::domain::draft::RawDraft;
use crate::domain::introduction::State as Stage;
use crate::domain::lint::Lint;
use crate::domain::problem::Problems;
use crate::flow::draft::{self, DraftError};
use crate::flow::{ask_me, log, people};
use crate::ids::{ContactId, IntroductionId, UnfinishedId};
use crate::urls::{self, path};
use crate::view::pages::{self, FIELDS, Fault, Finder, Frame};
use crate::view::{Arg, FALLBACK};
use crate::web::Web;
use crate::web::error::WebError;

use form::{typed, value};

/// Which button was pressed.
enum Do {
    Save,
    /// Look it over, save nothing.
    Check,
    /// Keep it as it is, though it cannot be a draft yet.
    Keep,
    Find(Side),
    Take(Side, ContactId),
}

/// Everything that the page shows beside the draft itself.
struct Sheet<'a> {
    id: Option<IntroductionId>,
    unfinished: Option<UnfinishedId>,
    status: StatusCode,
    raw: &'a RawDraft,
    problems: &'a Problems,
    remarks: Vec<Lint>,
    finder: Option<(Side, Finder)>,
    told: Option<&'static str>,
    keep_contacts: bool,
}

impl<'a> Sheet<'a> {
    fn new(raw: &'a RawDraft, problems: &'a Problems) -> Self {
        Self {
            id: None,
            unfinished: None,
            status: StatusCode::OK,
            raw,
            problems,
            remarks: Vec::new(),
            finder: None,
            told: None,
            keep_contacts: true,
        }
    }
}

/// Whom the composer begins with.
#[derive(Debug, Default, Deserialize)]
pub struct Beginning {
    #[serde(default)]
    first: String,
    #[serde(default)]
    second: String,
    /// Somebody who asked for an introduction.
    #[serde(default)]
    request: String,
}

/// The empty form, or with a contact in it.
pub async fn blank(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Query(beginning): Query<Beginning>,
) -> Result<Response, WebError> {
    let mut raw = RawDraft::default();
    for (side, id) in [(Side::First, &beginning.first), (Side::Second, &beginning.second)] {
        if let Ok(id) = id.parse() {
            raw = picking::take(&web, &who, raw, side, id).await?;
        }
    }
    if let Ok(id) = beginning.request.parse() {
        let request = ask_me::get(&web.cx, &who, id).await?;
        raw.first.name = request.name;
        raw.first.email = request.email.as_str().to_owned();
        raw.first.language = request.language;
        raw.first.blurb = request.about;
        raw.first.why = request.wish;
    }
    show_form(&web, &who, Sheet::new(&raw, &Problems::default())).await
}

/// Saves a new draft and shows its preview; or does what another button says.
pub async fn create(
    State(web): State<Web>,
    Visitor(who): Visitor,
    form: Result<Form, WebError>,
) -> Result<Response, WebError> {
    match (who, form) {
        (Some(who), form) => pressed(&web, &who, None, form?).await,
        (None, Ok(form)) => signed_out(&web, path::NEW.to_owned(), false, &form),
        (None, Err(_)) => Err(WebError::unauthorized()),
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
    let problems = Problems::default();
    let remarks = draft::remarks(&raw);
    show_form(&web, &who, Sheet { id: Some(id), remarks, ..Sheet::new(&raw, &problems) }).await
}

/// Saves a changed draft and shows its preview; or does what another button says.
pub async fn save(
    State(web): State<Web>,
    Visitor(who): Visitor,
    Id(id): Id<IntroductionId>,
    form: Result<Form, WebError>,
) -> Result<Response, WebError> {
    match (who, form) {
        (Some(who), form) => pressed(&web, &who, Some(id), form?).await,
        (None, Ok(form)) => signed_out(&web, urls::of(path::EDIT, id), true, &form),
        (None, Err(_)) => Err(WebError::unauthorized()),
    }
}

async fn pressed(
    web: &Web,
    who: &Connector,
    id: Option<IntroductionId>,
    form: Form,
) -> Result<Response, WebError> {
    let raw = typed(&form);
    let none = Problems::default();
    let unfinished: Option<UnfinishedId> = form.get("unfinished").parse().ok();
    let sheet =
        Sheet { id, unfinished, keep_contacts: form.ticked("keep_contacts"), ..Sheet::new(&raw, &none) };
    match button(&form) {
        Do::Save => save_draft(web, who, form.problems, sheet).await,
        Do::Check => {
            let remarks = draft::remarks(&raw);
            show_form(web, who, Sheet { remarks, told: Some("checked"), ..sheet }).await
        }
        Do::Keep => unfinished::keep(web, who, &form, sheet).await,
        Do::Find(side) => {
            let finder = picking::find(web, who, form.get(&format!("{}.find", side.as_str()))).await?;
            show_form(web, who, Sheet { finder: Some((side, finder)), ..sheet }).await
        }
        Do::Take(side, contact) => {
            let raw = picking::take(web, who, raw.clone(), side, contact).await?;
            show_form(web, who, Sheet { raw: &raw, ..sheet }).await
        }
    }
}

/// Enter in the search field presses the first button of the form, which has no word: look, do not save.
fn button(form: &Form) -> Do {
    let word = form.get("do");
    let found = |side: Side| !form.get(&format!("{}.find", side.as_str())).trim().is_empty();
    match word.split_once(':') {
        Some(("take_first", id)) => id.parse().map_or(Do::Check, |id| Do::Take(Side::First, id)),
        Some(("take_second", id)) => id.parse().map_or(Do::Check, |id| Do::Take(Side::Second, id)),
        Some(_) => Do::Check,
        None => match word {
            "find_first" => Do::Find(Side::First),
            "find_second" => Do::Find(Side::Second),
            "check" => Do::Check,
            "keep" => Do::Keep,
            "" if found(Side::First) => Do::Find(Side::First),
            "" if found(Side::Second) => Do::Find(Side::Second),
            _ => Do::Save,
        },
    }
}

async fn save_draft(
    web: &Web,
    who: &Connector,
    problems: Problems,
    sheet: Sheet<'_>,
) -> Result<Response, WebError> {
    let saved = match sheet.id {
        _ if !problems.0.is_empty() => Err(DraftError::Invalid(problems)),
        Some(id) => draft::edit(&web.cx, who, id, sheet.raw).await,
        None => draft::create(&web.cx, who, sheet.raw).await,
    };
    match saved {
        Ok(saved) => {
            if sheet.keep_contacts {
                people::keep_parties(&web.cx, who, &saved).await?;
            }
            if let Some(unfinished) = sheet.unfinished {
                crate::flow::unfinished::discard(&web.cx, who, unfinished).await?;
            }
            Ok(see_other(&urls::of(path::PREVIEW, saved.id)))
        }
        Err(DraftError::Invalid(problems)) => {
            let remarks = draft::remarks(sheet.raw);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            show_form(web, who, Sheet { status, problems: &problems, remarks, ..sheet }).await
        }
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

async fn show_form(web: &Web, who: &Connector, sheet: Sheet<'_>) -> Result<Response, WebError> {
    let notes = picking::notes(web, who, sheet.raw, sheet.id).await?;
    let others =
        if sheet.id.is_none() { unfinished::rows(web, who, sheet.unfinished).await? } else { Vec::new() };
    let lang = who.language.as_str();
    let mut page = page(web, frame(web, who), sheet.raw);
    page.edits = sheet.id.is_some();
    page.action = sheet.id.map_or_else(|| path::NEW.to_owned(), |id| urls::of(path::EDIT, id));
    page.faults = faults(web, lang, sheet.problems);
    page.remarks = remarks(web, lang, &sheet.remarks);
    match sheet.finder {
        Some((Side::First, finder)) => {
            page.first_finder = Finder { contact: page.first_finder.contact, ..finder }
        }
        Some((Side::Second, finder)) => {
            page.second_finder = Finder { contact: page.second_finder.contact, ..finder }
        }
        None => {}
    }
    page.notes = notes;
    page.others = others;
    page.told = sheet.told;
    if let Some(id) = sheet.unfinished {
        page.unfinished = id.to_string();
        page.discard = urls::of(path::UNFINISHED_DISCARD, id);
    }
    page.keep_contacts = sheet.keep_contacts;
    page.time_zone.clone_from(&who.time_zone);
    show(web, lang, sheet.status, &page)
}

/// Nobody is signed in any more. Everything typed stands in the form again, which can be sent once more
/// from this very page after signing in beside it.
fn signed_out(web: &Web, action: String, edits: bool, form: &Form) -> Result<Response, WebError> {
    let frame = Frame { mailbox: web.mailbox.is_some(), ..Frame::public() };
    let mut page = page(web, frame, &typed(form));
    page.action = action;
    page.edits = edits;
    page.signed_out = true;
    form.get("unfinished").clone_into(&mut page.unfinished);
    page.keep_contacts = form.ticked("keep_contacts");
    show(web, FALLBACK, StatusCode::UNAUTHORIZED, &page)
}

/// The page with this draft in it, and nothing else.
fn page(web: &Web, frame: Frame, raw: &RawDraft) -> pages::Composer {
    let or = |text: &str, default: &str| if text.is_empty() { default.to_owned() } else { text.to_owned() };
    let finder = |contact: Option<ContactId>| Finder {
        contact: contact.map(|id| id.to_string()).unwrap_or_default(),
        ..Finder::default()
    };
    pages::Composer {
        frame,
        edits: false,
        action: String::new(),
        faults: Vec::new(),
        remarks: Vec::new(),
        purposes: Purpose::ALL,
        orders: Order::ALL,
        languages: web.cx.languages(),
        typed: FIELDS.iter().map(|field| (*field, value(raw, field))).collect::<BTreeMap<_, _>>(),
        purpose: raw.purpose.clone(),
        order: or(&raw.order, Order::OneByOne.as_str()),
        writes_first: or(&raw.writes_first, Side::First.as_str()),
        sides: Side::ALL,
        first_finder: finder(raw.first.contact),
        second_finder: finder(raw.second.contact),
        notes: Vec::new(),
        signed_out: false,
        told: None,
        unfinished: String::new(),
        discard: String::new(),
        others: Vec::new(),
        keep_contacts: true,
        time_zone: web.cx.sender.time_zone.clone(),
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
}
