//! The stop link: never ask this address again, by one click in the mail program or on a page.

use super::answer::{AnswerError, read_link};
use super::ask_page::your_page_path;
use super::save::{committed, facts, save};
use super::{Ctx, Cx, Failure, evidence, outside};
use crate::clock::Ts;
use crate::domain::answer::{Answer, Reply};
use crate::domain::asking::Side;
use crate::domain::decide;
use crate::domain::introduction::Introduction;
use crate::domain::link::{self, LinkFault};
use crate::domain::message::Mail;
use crate::domain::step::{Effect, Step};
use crate::ids::LinkRef;
use crate::store::suppressions::Source;
use crate::store::{Tx, connectors, introductions, outbox, suppressions};

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
pub async fn open(cx: &Cx, token: &str) -> Result<StopPage, AnswerError> {
    let now = cx.now();
    let (link, _) = read_link(cx, link::Purpose::Stop, token, now)?;
    let mut tx = cx.db.read().await?;
    let Some((id, side)) = introductions::find_link(&mut tx, link).await? else {
        return open_outside(&mut tx, cx, link).await;
    };
    let of = introductions::seen_by(&mut tx, id, side, now).await?.ok_or(LinkFault::Closed)?;
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

/// The same from a mail outside any introduction.
async fn open_outside(tx: &mut Tx, cx: &Ctx, link: LinkRef) -> Result<StopPage, AnswerError> {
    let found = outside::find(tx, cx, link).await?.ok_or(LinkFault::Closed)?;
    Ok(StopPage {
        stopped: suppressions::since(tx, found.person).await?.is_some(),
        connector_name: found.connector_name,
        language: found.language,
        email_masked: found.email_masked,
        your_page: String::new(),
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
    let Some((id, side)) = introductions::find_link(tx, link).await? else {
        let found = outside::find(tx, cx, link).await?.ok_or(LinkFault::Closed)?;
        outside::stop(tx, cx, found.person, now).await?;
        return Ok(None);
    };
    let of = introductions::load(tx, id).await?.ok_or(LinkFault::Closed)?;
    Ok(stop_party(tx, cx, of, side, Word::Receipt, now).await?)
}

/// What whoever stopped hears of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Receipt,
    /// Whoever complains about a mail is not sent another one.
    None,
}

/// Never asks this party again and, while they can still answer, answers so. Follow it with [`committed`].
pub(super) async fn stop_party(
    tx: &mut Tx,
    cx: &Ctx,
    of: Introduction,
    side: Side,
    word: Word,
    now: Ts,
) -> Result<Option<Step>, Failure> {
    let id = of.id;
    let person = of.parties.get(side).person;
    evidence::suppress(tx, cx, person, Source { introduction: id, side }, now).await?;
    outbox::cancel_for_person(tx, person, now).await?;
    if !of.is_open_for(side, now, &cx.policy) {
        // What has left cannot be called back, but the consent to it is taken back from here on.
        evidence::take_back(tx, cx, &of, side, now).await?;
        return Ok(None);
    }
    let Some(connector) = connectors::get(tx, of.connector).await? else { return Ok(None) };
    let facts = facts(tx, cx, &of, now).await?;
    let reply = Reply::plain(Answer::Never);
    match decide::answer(of, side, &reply, &facts, &cx.policy, now) {
        Ok(mut step) => {
            // A contradiction with a click on the page must not lift what the mail program asked for.
            step.effects.retain(|effect| *effect != Effect::LiftSuppression(side));
            if word == Word::None {
                step.mails.retain(|mail| !matches!(mail, Mail::Receipt(_)));
            }
            save(tx, cx, &connector, &step, now).await?;
            Ok(Some(step))
        }
        Err(_) => Ok(None),
    }
}
