//! A party opens the ask and answers it. Opening changes nothing, ever.

use super::error::unit_error;
use super::save::{committed, facts, save};
use super::{Ctx, Cx, Failure};
use crate::clock::Ts;
use crate::domain::answer::{Answer, Choice, Reply, not_now_until};
use crate::domain::asking::{Order, Purpose, Side};
use crate::domain::decide;
use crate::domain::draft::BLURB_MAX;
use crate::domain::introduction::Introduction;
use crate::domain::link::{self, LinkFault};
use crate::domain::nonce;
use crate::domain::party::Given;
use crate::domain::problem::{Problem, Problems};
use crate::domain::step::{Effect, Refusal, Step};
use crate::domain::{answer::NOTE_MAX, text};
use crate::ids::{IntroductionId, LinkRef};
use crate::store::suppressions::Source;
use crate::store::{Tx, connectors, introductions, outbox, suppressions};

/// Why a link shows no answer page, or an answer was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// 404 or 410, always the same two pages.
    #[error(transparent)]
    Link(#[from] LinkFault),
    /// What was typed cannot be taken.
    #[error("problems in the answer: {0}")]
    Invalid(Problems),
    /// The page is not one that we made for this view, or it lay open too long.
    #[error("the form is no longer fresh")]
    StaleForm,
    #[error(transparent)]
    Failure(#[from] Failure),
}

unit_error!(AnswerError);

/// What the answer page shows: a function of this party's own ask and acts, nothing of the other's.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "plain facts for a page, each read once")]
pub struct AskPage {
    pub side: Side,
    pub purpose: Purpose,
    pub connector_name: String,
    pub you_name: String,
    pub you_email_masked: String,
    pub language: String,
    /// The other's name where the ask named them, else how they were described.
    pub other_label: String,
    pub other_named: bool,
    pub how_know_you: String,
    pub how_know_other: String,
    pub why: String,
    /// The shared introduction; empty while the other is not named.
    pub shared: String,
    pub step: String,
    /// What the other will read about you.
    pub about_you: String,
    /// What you may read about the other; empty while they are not named.
    pub about_other: String,
    pub you_write_first: bool,
    pub asked_for_this: bool,
    /// One by one, second: the first agreed.
    pub other_agreed: bool,
    pub deadline: Ts,
    /// When this party hears either way after a yes.
    pub decided_by: Ts,
    pub given: Option<Given>,
    /// The path of this person's own page.
    pub your_page: String,
    /// Two contradictory answers cancelled each other; please choose again.
    pub contested: bool,
    pub nonce: String,
    pub time_zone: String,
}

/// What the form of the answer page carries, as typed.
#[derive(Clone, Debug, Default)]
pub struct RawReply {
    pub choice: String,
    pub nonce: String,
    /// For "not now": `YYYY-MM-DD`.
    pub until: String,
    pub note: String,
    pub quiet: bool,
    /// The party's own words about themselves; `None` when the form had no such field.
    pub blurb: Option<String>,
}

/// Opens an ask.
///
/// # Errors
/// [`AnswerError::Link`]: not valid, or closed (whatever the cause).
pub async fn open(cx: &Cx, token: &str) -> Result<AskPage, AnswerError> {
    let now = cx.now();
    let (link, generation) = read_link(cx, link::Purpose::Consent, token, now)?;
    let mut tx = cx.db.read().await?;
    let (of, side) = find(&mut tx, link, generation).await?;
    if !of.is_open_for(side, now, &cx.policy) {
        return Err(LinkFault::Closed.into());
    }
    let connector = connectors::get(&mut tx, of.connector).await?.ok_or(LinkFault::Closed)?;
    Ok(page(cx, &of, side, &connector.name, now))
}

/// Records an answer. Repeating the same one is harmless.
///
/// # Errors
/// [`AnswerError::Invalid`] with all problems; the page is shown again with what was typed.
pub async fn give(cx: &Cx, token: &str, raw: &RawReply) -> Result<AskPage, AnswerError> {
    let now = cx.now();
    let (link, generation) = read_link(cx, link::Purpose::Consent, token, now)?;
    if !nonce::is_good(&cx.nonce_key(), link, generation, now, &raw.nonce) {
        return Err(AnswerError::StaleForm);
    }
    let reply = check(cx, raw, now).map_err(AnswerError::Invalid)?;
    let shared = cx.clone();
    let (step, side, connector) = cx
        .db
        .write(move |tx| {
            let (cx, reply) = (shared.clone(), reply.clone());
            Box::pin(async move { give_in(tx, &cx, link, generation, &reply, now).await })
        })
        .await?;
    committed(cx, &step);
    Ok(page(cx, &step.next, side, &connector, now))
}

/// What the page of the stop link shows.
#[derive(Clone)]
pub struct StopPage {
    pub connector_name: String,
    pub language: String,
    pub email_masked: String,
    /// It stands already.
    pub stopped: bool,
    /// The path of this person's own page.
    pub your_page: String,
}

/// Opens the stop page. Stop links never expire and are never closed by a newer mail.
pub async fn open_stop(cx: &Cx, token: &str) -> Result<StopPage, AnswerError> {
    let (link, _) = read_link(cx, link::Purpose::Stop, token, cx.now())?;
    let mut tx = cx.db.read().await?;
    let (id, side) = introductions::find_link(&mut tx, link).await?.ok_or(LinkFault::Closed)?;
    let of = introductions::view(&mut tx, id).await?.ok_or(LinkFault::Closed)?;
    let party = of.parties.get(side);
    let connector = connectors::get(&mut tx, of.connector).await?;
    Ok(StopPage {
        connector_name: connector.map(|connector| connector.name).unwrap_or_default(),
        language: party.language.clone(),
        email_masked: party.email.masked(),
        your_page: your_page_path(cx, link, party.generation),
        stopped: suppressions::since(&mut tx, party.person).await?.is_some(),
    })
}

/// Never ask this address again: by one click in the mail program (RFC 8058) or from the page. Also
/// answers the ask it came with. Repeating it is harmless.
pub async fn stop(cx: &Cx, token: &str) -> Result<(), AnswerError> {
    let now = cx.now();
    let (link, _) = read_link(cx, link::Purpose::Stop, token, now)?;
    let shared = cx.clone();
    let step = cx
        .db
        .write(move |tx| {
            let cx = shared.clone();
            Box::pin(async move { stop_in(tx, &cx, link, now).await })
        })
        .await?;
    if let Some(step) = step {
        committed(cx, &step);
    }
    Ok(())
}

async fn stop_in(tx: &mut Tx, cx: &Ctx, link: LinkRef, now: Ts) -> Result<Option<Step>, AnswerError> {
    let (id, side) = introductions::find_link(tx, link).await?.ok_or(LinkFault::Closed)?;
    let of = introductions::load(tx, id).await?.ok_or(LinkFault::Closed)?;
    let person = of.parties.get(side).person;
    suppressions::add(tx, person, Source { introduction: id, side }, now).await?;
    outbox::cancel_for_person(tx, person, now).await?;
    if !of.is_open_for(side, now, &cx.policy) {
        return Ok(None);
    }
    let connector = connectors::get(tx, of.connector).await?.ok_or(LinkFault::Closed)?;
    let facts = facts(tx, cx, &of, now).await?;
    let reply = Reply::plain(Answer::Never);
    match decide::answer(of, side, &reply, &facts, &cx.policy, now) {
        Ok(mut step) => {
            // A contradiction with a click on the page must not lift what the mail program asked for.
            step.effects.retain(|effect| *effect != Effect::LiftSuppression(side));
            save(tx, cx, &connector, &step, now).await?;
            Ok(Some(step))
        }
        Err(_) => Ok(None),
    }
}

async fn give_in(
    tx: &mut Tx,
    cx: &Ctx,
    link: LinkRef,
    generation: u8,
    reply: &Reply,
    now: Ts,
) -> Result<(Step, Side, String), AnswerError> {
    let (id, side) = introductions::find_link(tx, link).await?.ok_or(LinkFault::Closed)?;
    let of = introductions::load(tx, id).await?.ok_or(LinkFault::Closed)?;
    if of.parties.get(side).generation != generation {
        return Err(LinkFault::Closed.into());
    }
    let connector = connectors::get(tx, of.connector).await?.ok_or(LinkFault::Closed)?;
    let facts = facts(tx, cx, &of, now).await?;
    let step = decide::answer(of, side, reply, &facts, &cx.policy, now).map_err(|refusal| match refusal {
        Refusal::Closed
        | Refusal::WrongState
        | Refusal::NotBefore(..)
        | Refusal::CoworkerTick
        | Refusal::TooManyRounds => AnswerError::Link(LinkFault::Closed),
    })?;
    save(tx, cx, &connector, &step, now).await?;
    Ok((step, side, connector.name))
}

fn read_link(cx: &Ctx, purpose: link::Purpose, token: &str, now: Ts) -> Result<(LinkRef, u8), LinkFault> {
    let claims = cx.ring().verify(purpose, token, now)?;
    Ok((claims.reference, claims.generation))
}

async fn find(tx: &mut Tx, link: LinkRef, generation: u8) -> Result<(Introduction, Side), AnswerError> {
    let (id, side): (IntroductionId, Side) =
        introductions::find_link(tx, link).await?.ok_or(LinkFault::Closed)?;
    let of = introductions::view(tx, id).await?.ok_or(LinkFault::Closed)?;
    if of.parties.get(side).generation != generation {
        return Err(LinkFault::Closed.into());
    }
    Ok((of, side))
}

/// Where the person behind this link finds their own page; empty while no key can make links.
pub(super) fn your_page_path(cx: &Ctx, reference: LinkRef, generation: u8) -> String {
    let ring = cx.ring();
    let claims = link::Claims { purpose: link::Purpose::Manage, generation, expires: link::NEVER, reference };
    let token = ring.active_kid().and_then(|kid| ring.mint(kid, &claims));
    token.map(|token| crate::urls::path::YOU.replace("{token}", &token)).unwrap_or_default()
}

/// The typed answer, checked. All problems at once.
fn check(cx: &Ctx, raw: &RawReply, now: Ts) -> Result<Reply, Problems> {
    let mut problems = Problems::default();
    let choice = problems.take(crate::domain::draft::word(
        "choice",
        &raw.choice,
        Choice::parse,
        Choice::ALL,
        Choice::as_str,
    ));
    let until = match choice {
        Some(Choice::NotNow) => {
            problems.take(date(cx, &raw.until).and_then(|at| not_now_until("until", at, now)))
        }
        Some(Choice::Yes | Choice::No | Choice::Never) | None => None,
    };
    let note = problems.take(text::paragraph("note", &raw.note, NOTE_MAX));
    let blurb = raw.blurb.as_ref().and_then(|raw| problems.take(text::paragraph("blurb", raw, BLURB_MAX)));
    match (choice, note) {
        (Some(choice), Some(note)) if problems.0.is_empty() => {
            Ok(Reply { answer: Answer::from_parts(choice, until), note, quiet: raw.quiet, blurb })
        }
        _ => Err(problems),
    }
}

/// A day, as its first moment in the instance's zone.
pub(super) fn date(cx: &Ctx, raw: &str) -> Result<Ts, Problem> {
    let raw = raw.trim();
    if raw.is_empty() {
        return Err(Problem::new("until", "required"));
    }
    let day: jiff::civil::Date = raw.parse().map_err(|_| Problem::new("until", "not-a-date"))?;
    let start = day.to_zoned(cx.policy.zone.clone()).map_err(|_| Problem::new("until", "not-a-date"))?;
    Ok(Ts(start.timestamp().as_microsecond()))
}

fn page(cx: &Ctx, of: &Introduction, side: Side, connector_name: &str, now: Ts) -> AskPage {
    let (you, other) = (of.parties.get(side), of.parties.get(side.other()));
    let other_named = side == Side::Second || of.terms.names_second;
    AskPage {
        side,
        purpose: of.terms.purpose,
        connector_name: connector_name.to_owned(),
        you_name: you.name.clone(),
        you_email_masked: you.email.masked(),
        language: you.language.clone(),
        other_label: if other_named { other.name.clone() } else { other.described.clone() },
        other_named,
        how_know_you: you.how_known.clone(),
        how_know_other: other.how_known.clone(),
        why: you.why.clone(),
        // The shared text names the other: it is not for a reader they are not named to.
        shared: if other_named { of.terms.shared.clone() } else { String::new() },
        step: of.terms.step.clone(),
        about_you: you.blurb.clone(),
        about_other: if other_named { other.blurb.clone() } else { String::new() },
        you_write_first: of.terms.writes_first == side,
        asked_for_this: of.terms.asked_for_this && side == Side::First,
        other_agreed: of.terms.order == Order::OneByOne && side == Side::Second,
        deadline: you.asked.map_or(now, |asked| asked.deadline),
        decided_by: of.closes_at(&cx.policy).unwrap_or(now),
        given: you.given.clone(),
        your_page: your_page_path(cx, you.link, you.generation),
        contested: you.given.is_none() && you.contested_at.is_some(),
        nonce: nonce::make(&cx.nonce_key(), you.link, you.generation, now),
        time_zone: cx.sender.time_zone.clone(),
    }
}
