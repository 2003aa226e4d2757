//! Everything held about a person, as a file: their own data only.

use serde::Serialize;

use super::super::Cx;
use super::{Held, Stands, YouError, find, held};
use crate::clock::Ts;
use crate::domain::link;
use crate::store::persons::{self, Entry, Whom};
use crate::store::suppressions;

/// The file. Times are RFC 3339 in UTC.
#[derive(Serialize)]
pub struct Data {
    pub name: String,
    pub address: String,
    pub language: String,
    pub asks_per_month: Option<u32>,
    pub paused_until: Option<String>,
    pub never_ask: bool,
    pub never_from: Vec<String>,
    pub never_about: Vec<String>,
    pub connectors: Vec<HolderData>,
}

/// What one connector holds.
#[derive(Serialize)]
pub struct HolderData {
    pub name: String,
    pub address_book: Vec<EntryData>,
    pub questions: Vec<AskData>,
}

#[derive(Serialize)]
pub struct EntryData {
    pub since: String,
    pub name: String,
    pub described: String,
    pub employer: String,
    pub how_known: String,
    pub what_you_do: String,
    pub your_field: String,
    pub place: String,
    pub languages: String,
    pub you_look_for: String,
    pub you_can_help_with: String,
    pub you_may_be_passed_on_since: Option<String>,
}

#[derive(Serialize)]
pub struct AskData {
    pub asked_at: String,
    pub about: String,
    pub how_they_know_you: String,
    pub how_you_are_described: String,
    pub about_you: String,
    pub why_good_for_you: String,
    pub your_answer: Option<&'static str>,
    pub not_now_until: Option<String>,
    pub your_note: String,
    pub your_words_afterwards: String,
    pub state: &'static str,
    pub introduced_at: Option<String>,
}

/// Reads it all.
pub async fn data(cx: &Cx, token: &str) -> Result<Data, YouError> {
    let now = cx.now();
    let claims = cx.ring().verify(link::Purpose::Manage, token, now)?;
    let mut tx = cx.db.read().await?;
    let you = find(&mut tx, claims.reference, claims.generation, now).await?;
    let preferences = persons::preferences(&mut tx, you.person).await?;
    let refusals = persons::refusals(&mut tx, you.person).await?;
    let never_ask = suppressions::since(&mut tx, you.person).await?.is_some();
    let (holders, _) = held(&mut tx, you.person, &cx.policy, now).await?;
    let labels = |connector: bool| {
        let fits = refusals.iter().filter(|one| matches!(one.whom, Whom::Connector(_)) == connector);
        fits.map(|one| one.label.clone()).collect()
    };
    Ok(Data {
        name: you.name,
        address: you.email.to_show().to_owned(),
        language: you.language,
        asks_per_month: preferences.per_month,
        paused_until: preferences.paused(now).map(|pause| pause.until.rfc3339()),
        never_ask,
        never_from: labels(true),
        never_about: labels(false),
        connectors: holders
            .into_iter()
            .map(|one| HolderData {
                name: one.name,
                address_book: one.entries.into_iter().map(entry).collect(),
                questions: one.asks.into_iter().map(ask).collect(),
            })
            .collect(),
    })
}

fn entry(of: Entry) -> EntryData {
    EntryData {
        since: of.since.rfc3339(),
        name: of.name,
        described: of.described,
        employer: of.employer,
        how_known: of.how_known,
        what_you_do: of.role,
        your_field: of.field,
        place: of.place,
        languages: of.speaks,
        you_look_for: of.looking_for,
        you_can_help_with: of.can_help,
        you_may_be_passed_on_since: of.passed_on.map(Ts::rfc3339),
    }
}

fn ask(of: Held) -> AskData {
    let (state, introduced_at) = match of.stands {
        Stands::OpenUntil(_) => ("open", None),
        Stands::Introduced(at) => ("introduced", Some(at.rfc3339())),
        Stands::Ended => ("ended", None),
    };
    AskData {
        asked_at: of.asked_at.rfc3339(),
        about: of.other,
        how_they_know_you: of.how_known,
        how_you_are_described: of.described,
        about_you: of.blurb,
        why_good_for_you: of.why,
        your_answer: of.answer.map(|answer| answer.choice().as_str()),
        not_now_until: of.answer.and_then(crate::domain::answer::Answer::until).map(Ts::rfc3339),
        your_note: of.note,
        your_words_afterwards: of.words,
        state,
        introduced_at,
    }
}
