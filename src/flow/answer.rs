//! A party opens the ask and answers it. Opening changes nothing, ever.

use super::ahead::{ahead, write_mails};
pub use super::ask_page::AskPage;
use super::ask_page::{page, unsealed};
use super::error::unit_error;
use super::save::{committed, facts, save};
use super::{Ctx, Cx, Failure, limits};
use crate::clock::Ts;
use crate::domain::answer::{Answer, Choice, Reply, not_now_until};
use crate::domain::asking::Side;
use crate::domain::connector::Connector;
use crate::domain::consent::Witness;
use crate::domain::decide::{self, Facts};
use crate::domain::draft::BLURB_MAX;
use crate::domain::introduction::Introduction;
use crate::domain::link::{self, LinkFault};
use crate::domain::nonce;
use crate::domain::problem::{Problem, Problems};
use crate::domain::step::{Refusal, Step};
use crate::domain::{answer::NOTE_MAX, text};
use crate::ids::{IntroductionId, LinkRef};
use crate::store::{Tx, connectors, introductions};
use crate::view::pages;

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
    let (of, side) = find(&mut tx, link, generation, now).await?;
    if !of.is_open_for(side, now, &cx.policy) {
        return Err(LinkFault::Closed.into());
    }
    let connector = connectors::get(&mut tx, of.connector).await?.ok_or(LinkFault::Closed)?;
    Ok(page(cx, &of, side, &connector.name, now)?)
}

/// Records an answer. Repeating the same one is harmless.
///
/// # Errors
/// [`AnswerError::Invalid`] with all problems; the page is shown again with what was typed.
pub async fn give(cx: &Cx, token: &str, raw: &RawReply) -> Result<AskPage, AnswerError> {
    let now = cx.now();
    let (link, generation) = read_link(cx, link::Purpose::Consent, token, now)?;
    let (view, seal) = nonce::split(&raw.nonce);
    let made_at = nonce::made_at(&cx.nonce_key(), link, generation, now, view);
    let opened = Opened { at: made_at.ok_or(AnswerError::StaleForm)?, nonce: view.into(), seal: seal.into() };
    let reply = check(cx, raw, now).map_err(AnswerError::Invalid)?;
    let (shared, seen) = ahead(cx, async |cx| foresee(cx, link, generation, &reply, now).await.ok()).await;
    let given = cx
        .db
        .write(move |tx| {
            let (cx, reply, opened, seen) = (shared.clone(), reply.clone(), opened.clone(), seen.clone());
            Box::pin(async move {
                let found = find_answered(tx, link, generation, seen.as_deref()).await?;
                give_in(tx, &cx, found, seen.as_deref(), &reply, &opened, now).await
            })
        })
        .await?;
    committed(cx, &given.step);
    Ok(given.page(cx, now)?)
}

/// An answer that is recorded.
struct Recorded {
    step: Step,
    side: Side,
    connector_name: String,
    /// The page on which it was given.
    before: pages::Answer,
}

impl Recorded {
    /// The page as it stands now. Its words are those of before, as good as ever, and then they are at hand.
    fn page(&self, cx: &Ctx, now: Ts) -> Result<AskPage, Failure> {
        let page = unsealed(cx, &self.step.next, self.side, &self.connector_name, now);
        match &self.step.witness {
            Some(witness) if page.as_asked() == self.before => Ok(page.sealed(cx, &witness.page)),
            Some(_) | None => {
                let words = page.words(cx)?;
                Ok(page.sealed(cx, &words))
            }
        }
    }
}

/// The page that an answer came from.
#[derive(Clone)]
struct Opened {
    at: Ts,
    nonce: String,
    /// Of the words that stood on it.
    seal: String,
}

/// What was found and made before the unit's turn.
struct Foreseen {
    of: Introduction,
    side: Side,
    /// A page of which the words are written down, and these.
    page: Option<(AskPage, String)>,
}

/// Makes the words of the page and of the mails that follow. What is the matter with the answer is for the unit of work
/// to say.
async fn foresee(
    cx: &Cx,
    link: LinkRef,
    generation: u8,
    reply: &Reply,
    now: Ts,
) -> Result<Foreseen, AnswerError> {
    let mut tx = cx.db.read().await?;
    let Found { of, side, connector } = find_answered(&mut tx, link, generation, None).await?;
    drop(tx);
    let page = if witnessed(cx, &of, side, reply, now) {
        let page = unsealed(cx, &of, side, &connector.name, now);
        let words = page.words(cx)?;
        Some((page, words))
    } else {
        None
    };
    // Facts decide whether somebody is written to, not what they read.
    let step = decide::answer(of.clone(), side, reply, &Facts::default(), &cx.policy, now).map_err(closed)?;
    write_mails(cx, &connector, &step, now);
    Ok(Foreseen { of, side, page })
}

async fn give_in(
    tx: &mut Tx,
    cx: &Ctx,
    found: Found,
    seen: Option<&Foreseen>,
    reply: &Reply,
    opened: &Opened,
    now: Ts,
) -> Result<Recorded, AnswerError> {
    let Found { of, side, connector } = found;
    if reply.answer == Answer::Yes {
        // Their yes may ask the other one.
        limits::hold_people(tx, &of).await?;
    }
    let facts = facts(tx, cx, &of, now).await?;
    let shown = unsealed(cx, &of, side, &connector.name, now);
    let witnessed = witnessed(cx, &of, side, reply, now);
    let witness = if witnessed { Some(witness(cx, &shown, seen, opened)?) } else { None };
    let mut step = decide::answer(of, side, reply, &facts, &cx.policy, now).map_err(closed)?;
    step.witness = witness;
    save(tx, cx, &connector, &step, now).await?;
    Ok(Recorded { step, side, connector_name: connector.name, before: shown.as_asked() })
}

/// The introduction that a link answers, whose answer it is, and who asked.
struct Found {
    of: Introduction,
    side: Side,
    connector: Connector,
}

async fn find_answered(
    tx: &mut Tx,
    link: LinkRef,
    generation: u8,
    seen: Option<&Foreseen>,
) -> Result<Found, AnswerError> {
    let (of, side) = if let Some(seen) = seen {
        // A link leads to the same party for ever.
        (introductions::load_seen(tx, &seen.of).await?, seen.side)
    } else {
        let (id, side) = introductions::find_link(tx, link).await?.ok_or(LinkFault::Closed)?;
        (introductions::load(tx, id).await?, side)
    };
    let of = of.ok_or(LinkFault::Closed)?;
    if of.parties.get(side).generation != generation {
        return Err(LinkFault::Closed.into());
    }
    let connector = connectors::get(tx, of.connector).await?.ok_or(LinkFault::Closed)?;
    Ok(Found { of, side, connector })
}

/// Whether the words on which the answer is given are written down: those of a yes.
fn witnessed(cx: &Ctx, of: &Introduction, side: Side, reply: &Reply, now: Ts) -> bool {
    reply.answer == Answer::Yes && of.is_open_for(side, now, &cx.policy)
}

/// Whatever stands against an answer, its link is closed.
const fn closed(refusal: Refusal) -> AnswerError {
    match refusal {
        Refusal::Closed
        | Refusal::WrongState
        | Refusal::NotBefore(..)
        | Refusal::StillOpen
        | Refusal::Rest(_)
        | Refusal::Held(_)
        | Refusal::CoworkerTick
        | Refusal::TooManyRounds => AnswerError::Link(LinkFault::Closed),
    }
}

/// What a yes is given on: the words of the page, which must be those of the page that was opened.
fn witness(
    cx: &Ctx,
    shown: &AskPage,
    seen: Option<&Foreseen>,
    opened: &Opened,
) -> Result<Witness, AnswerError> {
    let words = match seen.and_then(|seen| seen.page.as_ref()) {
        Some((page, words)) if page == shown => words.clone(),
        Some(_) | None => shown.words(cx)?,
    };
    if !nonce::is_sealed(&cx.nonce_key(), &opened.nonce, &words, &opened.seal) {
        return Err(AnswerError::StaleForm);
    }
    Ok(Witness { side: shown.side, link: link::Purpose::Consent, page: words, opened_at: opened.at })
}

pub(super) fn read_link(
    cx: &Ctx,
    purpose: link::Purpose,
    token: &str,
    now: Ts,
) -> Result<(LinkRef, u8), LinkFault> {
    let claims = cx.ring().verify(purpose, token, now)?;
    Ok((claims.reference, claims.generation))
}

async fn find(
    tx: &mut Tx,
    link: LinkRef,
    generation: u8,
    now: Ts,
) -> Result<(Introduction, Side), AnswerError> {
    let (id, side): (IntroductionId, Side) =
        introductions::find_link(tx, link).await?.ok_or(LinkFault::Closed)?;
    let of = introductions::seen_by(tx, id, side, now).await?.ok_or(LinkFault::Closed)?;
    if of.parties.get(side).generation != generation {
        return Err(LinkFault::Closed.into());
    }
    Ok((of, side))
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
