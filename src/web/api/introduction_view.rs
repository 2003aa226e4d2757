//! What an introduction shows its connector.
//!
//! Only what they may know: answers as far as they were shown, never what was given quietly, and nothing
//! that moves when somebody answers quietly (versions, times of change, counts).

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::words;
use crate::clock::Ts;
use crate::domain::introduction::{Introduction, State};
use crate::domain::lint::Lint;
use crate::domain::outcome::Outcome;
use crate::domain::party::{Party, Shown};
use crate::flow::draft;
use crate::view::{Arg, FALLBACK};
use crate::web::Web;

/// An introduction, as its connector sees it.
#[expect(clippy::struct_excessive_bools, reason = "each is a tick of its own on the form")]
#[derive(Serialize, ToSchema)]
#[schema(as = Introduction)]
pub struct IntroductionView {
    pub id: Uuid,
    #[schema(schema_with = words::state)]
    pub state: &'static str,
    #[schema(schema_with = words::purpose)]
    pub purpose: &'static str,
    #[schema(schema_with = words::order)]
    pub order: &'static str,
    /// They asked for this: the first ask is worded as a confirmation.
    pub asked_for_this: bool,
    /// The first ask names the second.
    pub names_second: bool,
    #[schema(schema_with = words::side)]
    pub writes_first: &'static str,
    pub same_employer: bool,
    /// "This person would be an appropriate co-worker."
    pub coworker_confirmed: bool,
    /// The shared introduction; both read it.
    pub shared: String,
    /// The one small concrete step.
    pub step: String,
    /// Only for `colleague`: why the first would fit there; the second alone reads it.
    pub fit: String,
    pub first: PartyView,
    pub second: PartyView,
    /// Counts asks to the same two people; 0 for a draft.
    pub round: i64,
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When this round ends for good, unless both say yes before.
    #[schema(format = DateTime)]
    pub deadline: Option<String>,
    /// While both yeses stand: when the introduction leaves.
    #[schema(format = DateTime)]
    pub introduce_at: Option<String>,
    #[schema(format = DateTime)]
    pub introduced_at: Option<String>,
    #[schema(format = DateTime)]
    pub closed_at: Option<String>,
    #[schema(format = DateTime)]
    pub withdrawn_at: Option<String>,
    /// The latest word on what came of it.
    #[schema(schema_with = words::outcome_or_null)]
    pub outcome: Option<&'static str>,
    /// Advice on a draft; nothing in it forbids asking.
    pub remarks: Vec<Remark>,
}

/// One of the two people.
#[derive(Serialize, ToSchema)]
#[schema(as = Party)]
pub struct PartyView {
    pub contact_id: Option<Uuid>,
    pub name: String,
    pub email: String,
    /// Who they are without their name, for the other's first ask.
    pub described: String,
    /// How you know them; they read it.
    pub how_known: String,
    /// Why it is good for them; only they read it.
    pub why: String,
    /// What the other reads about them.
    pub blurb: String,
    pub language: String,
    /// When they were asked in this round.
    #[schema(format = DateTime)]
    pub asked_at: Option<String>,
    /// Until when they may answer, as their mail says.
    #[schema(format = DateTime)]
    pub deadline: Option<String>,
    /// Null also when they answered quietly.
    pub answer: Option<AnswerView>,
    /// Their address does not work.
    pub undeliverable: bool,
    /// What they said came of it.
    #[schema(schema_with = words::outcome_or_null)]
    pub outcome: Option<&'static str>,
}

/// An answer that its giver lets the connector see.
#[derive(Serialize, ToSchema)]
#[schema(as = Answer)]
pub struct AnswerView {
    #[schema(schema_with = words::choice)]
    pub choice: &'static str,
    /// The day of a "not now".
    #[schema(format = Date)]
    pub until: Option<String>,
    #[schema(format = DateTime)]
    pub at: String,
    /// Their private note to you.
    pub note: String,
}

/// One piece of advice on a draft.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "code": "no-step", "field": "step",
    "sentence": "Name one small, concrete step, such as a call of twenty minutes next week." }))]
pub struct Remark {
    pub code: &'static str,
    pub field: &'static str,
    pub sentence: String,
}

/// The document of an introduction.
pub fn introduction(web: &Web, of: &Introduction) -> IntroductionView {
    let (terms, introduce_at) = (&of.terms, introduce_at(of.state));
    IntroductionView {
        id: of.id.0,
        state: of.state.name().as_str(),
        purpose: terms.purpose.as_str(),
        order: terms.order.as_str(),
        asked_for_this: terms.asked_for_this,
        names_second: terms.names_second,
        writes_first: terms.writes_first.as_str(),
        same_employer: terms.same_employer,
        coworker_confirmed: terms.coworker_confirmed,
        shared: terms.shared.clone(),
        step: terms.step.clone(),
        fit: terms.fit.clone(),
        first: party(web, &of.parties.first),
        second: party(web, &of.parties.second),
        round: of.round,
        created_at: of.created_at.rfc3339(),
        deadline: of.deadline.map(Ts::rfc3339),
        introduce_at: introduce_at.map(Ts::rfc3339),
        introduced_at: of.introduced_at.map(Ts::rfc3339),
        closed_at: of.closed_at.map(Ts::rfc3339),
        withdrawn_at: of.withdrawn_at.map(Ts::rfc3339),
        outcome: of.outcome.map(Outcome::as_str),
        remarks: remarks(web, of),
    }
}

/// A day in the zone of the instance.
pub fn day(web: &Web, at: Ts) -> String {
    at.to_jiff().to_zoned(web.cx.policy.zone.clone()).strftime("%Y-%m-%d").to_string()
}

fn party(web: &Web, of: &Party) -> PartyView {
    PartyView {
        contact_id: of.contact.map(|id| id.0),
        name: of.name.clone(),
        email: of.email.to_show().to_owned(),
        described: of.described.clone(),
        how_known: of.how_known.clone(),
        why: of.why.clone(),
        blurb: of.blurb.clone(),
        language: of.language.clone(),
        asked_at: of.asked.map(|asked| asked.at.rfc3339()),
        deadline: of.asked.map(|asked| asked.deadline.rfc3339()),
        answer: of.shown.as_ref().map(|shown| answer(web, shown)),
        undeliverable: of.undeliverable_at.is_some(),
        outcome: of.outcome.map(Outcome::as_str),
    }
}

fn answer(web: &Web, shown: &Shown) -> AnswerView {
    AnswerView {
        choice: shown.choice.as_str(),
        until: shown.until.map(|until| day(web, until)),
        at: shown.at.rfc3339(),
        note: shown.note.clone(),
    }
}

const fn introduce_at(state: State) -> Option<Ts> {
    match state {
        State::Agreed { introduce_at } => Some(introduce_at),
        State::Draft | State::Asking | State::Introduced | State::Closed => None,
    }
}

fn remarks(web: &Web, of: &Introduction) -> Vec<Remark> {
    if of.state != State::Draft {
        return Vec::new();
    }
    let found = draft::remarks(&draft::as_typed(of));
    found.into_iter().map(|lint| remark(web, &lint)).collect()
}

fn remark(web: &Web, lint: &Lint) -> Remark {
    let field = web.cx.views.words(FALLBACK, &format!("field-{}", lint.field), &[]);
    let mut args: Vec<(&str, Arg<'_>)> = lint.args.iter().map(|(name, arg)| (*name, arg.into())).collect();
    args.push(("field", field.as_str().into()));
    let sentence = web.cx.views.words(FALLBACK, &format!("lint-{}", lint.code), &args);
    Remark { code: lint.code, field: lint.field, sentence }
}
