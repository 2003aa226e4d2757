//! Drafting: write it down, change it, throw it away.

use super::error::unit_error;
use super::once::Keep;
use super::save::mirror;
use super::{Cx, Failure, disk, tally};
use crate::clock::Ts;
use crate::domain::asking::{Pair, Purpose, Side};
use crate::domain::connector::Connector;
use crate::domain::draft::{Draft, DraftParty, RawDraft};
use crate::domain::event::{Event, What};
use crate::domain::introduction::{Introduction, State};
use crate::domain::lint::{self, Lint};
use crate::domain::party::Party;
use crate::domain::problem::Problems;
use crate::domain::retention::Retained;
use crate::ids::{IntroductionId, LinkRef};
use crate::store::introductions;

/// Why a draft was not saved.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    #[error("problems in the draft: {0}")]
    Invalid(Problems),
    /// There is none, or it is somebody else's.
    #[error("no such introduction")]
    NotFound,
    /// It was asked already.
    #[error("only a draft can be changed")]
    WrongState,
    #[error(transparent)]
    Failure(#[from] Failure),
}

unit_error!(DraftError);

/// Checks and saves a new draft.
///
/// # Errors
/// [`DraftError::Invalid`] with every problem of every field.
pub async fn create(cx: &Cx, who: &Connector, raw: &RawDraft) -> Result<Introduction, DraftError> {
    create_once(cx, who, raw, Keep::nothing()).await
}

/// The same, and keeps the answer to it.
pub async fn create_once(
    cx: &Cx,
    who: &Connector,
    raw: &RawDraft,
    keep: Keep<Introduction>,
) -> Result<Introduction, DraftError> {
    let draft = raw.check(&who.email, &cx.languages()).map_err(DraftError::Invalid)?;
    let now = cx.now();
    let new = fresh(cx, who, draft, now);
    let (saved, shared) = (new.clone(), cx.clone());
    disk::has_room(cx)?;
    cx.db
        .write(move |tx| {
            let (cx, new, keep) = (shared.clone(), new.clone(), keep.clone());
            Box::pin(async move {
                let events = [event(What::Drafted, now)];
                introductions::insert(tx, &new, &events).await?;
                mirror(tx, &cx, None, &new).await?;
                keep.write(tx, &new, now).await?;
                Ok::<_, DraftError>(())
            })
        })
        .await?;
    Ok(saved)
}

/// Checks and saves a changed draft.
///
/// # Errors
/// As for [`create`], and [`DraftError::WrongState`] once it was asked.
pub async fn edit(
    cx: &Cx,
    who: &Connector,
    id: IntroductionId,
    raw: &RawDraft,
) -> Result<Introduction, DraftError> {
    let draft = raw.check(&who.email, &cx.languages()).map_err(DraftError::Invalid)?;
    let (now, connector, policy) = (cx.now(), who.id, cx.clone());
    let saved = cx
        .db
        .write(move |tx| {
            let (draft, cx) = (draft.clone(), policy.clone());
            Box::pin(async move {
                let old = introductions::load(tx, id).await?;
                let old = old.filter(|old| old.connector == connector).ok_or(DraftError::NotFound)?;
                if old.state != State::Draft {
                    return Err(DraftError::WrongState);
                }
                let mut next = old.clone();
                next.terms = draft.terms;
                next.parties.first = rewrite(&cx, next.parties.first, draft.parties.first);
                next.parties.second = rewrite(&cx, next.parties.second, draft.parties.second);
                introductions::save(tx, &old, &next, None, &[event(What::Edited, now)], now).await?;
                mirror(tx, &cx, Some(&old), &next).await?;
                Ok(next)
            })
        })
        .await?;
    Ok(saved)
}

/// The same people and texts once more, as a new draft: for another try, with a corrected address perhaps.
///
/// # Errors
/// As for [`create`], should a field not be good enough any more.
pub async fn copy(cx: &Cx, who: &Connector, id: IntroductionId) -> Result<Introduction, DraftError> {
    let old = introductions::view(&mut cx.db.read().await?, id).await?;
    let old = old.filter(|old| old.connector == who.id).ok_or(DraftError::NotFound)?;
    create(cx, who, &as_typed(&old)).await
}

/// Deletes a draft.
///
/// # Errors
/// [`DraftError::WrongState`] for anything that was asked: that is withdrawn instead.
pub async fn delete(cx: &Cx, who: &Connector, id: IntroductionId) -> Result<(), DraftError> {
    let connector = who.id;
    cx.db
        .write(move |tx| {
            Box::pin(async move {
                let old = introductions::load(tx, id).await?;
                let old = old.filter(|old| old.connector == connector).ok_or(DraftError::NotFound)?;
                if old.state != State::Draft {
                    return Err(DraftError::WrongState);
                }
                tally::forget(tx, id).await?;
                introductions::delete(tx, id).await?;
                Ok(())
            })
        })
        .await
}

/// The gentle remarks on what was typed, also on what is not complete yet.
#[must_use]
pub fn remarks(raw: &RawDraft) -> Vec<Lint> {
    lint::lint(&lint::Texts {
        shared: &raw.shared,
        why_first: &raw.first.why,
        why_second: &raw.second.why,
        step: &raw.step,
        blurb_first: &raw.first.blurb,
        blurb_second: &raw.second.blurb,
        first_known: &raw.first.how_known,
        second_known: &raw.second.how_known,
        second_described: &raw.second.described,
        second_name: &raw.second.name,
        second_named: raw.names_second,
        same_employer: raw.same_employer,
        coworker_confirmed: raw.coworker_confirmed,
        fit: (raw.purpose == Purpose::Colleague.as_str()).then_some(raw.fit.as_str()),
    })
}

/// An introduction back as the form it was typed into.
#[must_use]
pub fn as_typed(of: &Introduction) -> RawDraft {
    let party = |party: &Party| crate::domain::draft::RawParty {
        contact: party.contact,
        name: party.name.clone(),
        email: party.email.as_str().to_owned(),
        described: party.described.clone(),
        how_known: party.how_known.clone(),
        why: party.why.clone(),
        blurb: party.blurb.clone(),
        language: party.language.clone(),
    };
    RawDraft {
        purpose: of.terms.purpose.as_str().to_owned(),
        order: of.terms.order.as_str().to_owned(),
        first: party(&of.parties.first),
        second: party(&of.parties.second),
        shared: of.terms.shared.clone(),
        step: of.terms.step.clone(),
        fit: of.terms.fit.clone(),
        writes_first: of.terms.writes_first.as_str().to_owned(),
        asked_for_this: of.terms.asked_for_this,
        names_second: of.terms.names_second,
        same_employer: of.terms.same_employer,
        coworker_confirmed: of.terms.coworker_confirmed,
    }
}

/// A draft as an introduction that was not saved: for the preview of what is being typed.
pub(super) fn fresh(cx: &Cx, who: &Connector, draft: Draft, now: Ts) -> Introduction {
    let nonce = data_encoding::HEXLOWER.encode(&cx.ids.bytes::<8>("draft"));
    let id = IntroductionId(cx.ids.uuid(now, &format!("introduction/{nonce}")));
    let parties = Pair {
        first: new_party(cx, id, Side::First, draft.parties.first),
        second: new_party(cx, id, Side::Second, draft.parties.second),
    };
    Introduction {
        id,
        connector: who.id,
        version: 1,
        state: State::Draft,
        terms: draft.terms,
        parties,
        round: 0,
        deadline: None,
        shown_leaves_at: None,
        withdrawn_at: None,
        introduced_at: None,
        closed_at: None,
        outcome: None,
        events: 0,
        retained: Retained::default(),
        created_at: now,
        updated_at: now,
    }
}

fn new_party(cx: &Cx, id: IntroductionId, side: Side, draft: DraftParty) -> Party {
    let link = cx.ids.link_ref(&format!("party/{id}/{}", side.as_str()));
    let blank = blank(cx, side, link, &draft);
    rewrite(cx, blank, draft)
}

fn blank(cx: &Cx, side: Side, link: LinkRef, draft: &DraftParty) -> Party {
    Party {
        side,
        contact: None,
        name: String::new(),
        email: draft.email.clone(),
        person: cx.person(&draft.email),
        described: String::new(),
        how_known: String::new(),
        why: String::new(),
        blurb: String::new(),
        language: String::new(),
        link,
        generation: 0,
        asked: None,
        given: None,
        shown: None,
        answers: 0,
        contested_at: None,
        never_lifted_at: None,
        other_blurb: None,
        undeliverable_at: None,
        check_ins: 0,
        outcome: None,
        erased_at: None,
    }
}

fn rewrite(cx: &Cx, old: Party, draft: DraftParty) -> Party {
    let same = old.email == draft.email;
    Party {
        // Somebody else now.
        erased_at: old.erased_at.filter(|_| same),
        contact: draft.contact,
        name: draft.name,
        person: cx.person(&draft.email),
        email: draft.email,
        described: draft.described,
        how_known: draft.how_known,
        why: draft.why,
        blurb: draft.blurb,
        language: draft.language,
        ..old
    }
}

fn event(what: What, at: Ts) -> Event {
    Event { at, what, side: None, quiet: false }
}
