//! What is written down as proof, in the very transaction of what it proves.

use serde_json::json;

use super::{Ctx, Failure};
use crate::clock::{Span, Ts};
use crate::domain::asking::Side;
use crate::domain::audit::{Entry, Hash, Kind, canonical, hex};
use crate::domain::connector::Connector;
use crate::domain::consent::{self, Ended, Shown, ShownKind, Witness};
use crate::domain::event::What;
use crate::domain::introduction::Introduction;
use crate::domain::letter::NewMessage;
use crate::domain::message::Mail;
use crate::domain::party::PersonKey;
use crate::domain::step::Step;
use crate::ids::IntroductionId;
use crate::store::audit::EntryId;
use crate::store::evidence::{self, Consent};
use crate::store::suppressions::Source;
use crate::store::{StoreError, Tx, audit, suppressions};

/// Destroys what is recorded about one party of one introduction; the chain stays whole. Part of the unit of
/// work that erases them. Returns how many payloads went.
pub async fn forget(
    tx: &mut Tx,
    cx: &Ctx,
    id: IntroductionId,
    side: Side,
    now: Ts,
) -> Result<u64, StoreError> {
    let salt = salt(cx, &format!("erased/{id}"));
    evidence::forget(tx, id, side, salt, now).await
}

/// Puts something into the chain that is about nobody: no payload may name or lead to a person.
pub async fn note(
    tx: &mut Tx,
    cx: &Ctx,
    kind: Kind,
    payload: &serde_json::Value,
    now: Ts,
) -> Result<EntryId, StoreError> {
    let salt = salt(cx, kind.as_str());
    let payload = canonical::encode(payload);
    audit::append(tx, &Entry { at: now, kind, introduction: None, side: None, salt, payload }).await
}

/// Never ask this person again, by their own wish.
pub(super) async fn suppress(
    tx: &mut Tx,
    cx: &Ctx,
    person: PersonKey,
    source: Source,
    now: Ts,
) -> Result<(), StoreError> {
    if suppressions::add(tx, person, source, now).await? {
        suppression(tx, cx, Kind::SuppressionAdded, "party", now).await?;
    }
    Ok(())
}

/// The same from a mail outside any introduction.
pub(super) async fn suppress_outside(
    tx: &mut Tx,
    cx: &Ctx,
    person: PersonKey,
    now: Ts,
) -> Result<(), StoreError> {
    if suppressions::add_outside(tx, person, now).await? {
        suppression(tx, cx, Kind::SuppressionAdded, "party", now).await?;
    }
    Ok(())
}

/// A suppression came or went: no identity, and of the time the day alone, so that it leads to no click.
pub(super) async fn suppression(
    tx: &mut Tx,
    cx: &Ctx,
    kind: Kind,
    by: &str,
    now: Ts,
) -> Result<(), StoreError> {
    let day = Ts(now.0 - now.0.rem_euclid(Span::days(1).0));
    note(tx, cx, kind, &json!({ "by": by }), day).await?;
    Ok(())
}

/// Follows a saved step: consents given and taken back, the introduction, the closing.
pub(super) async fn follow(
    tx: &mut Tx,
    cx: &Ctx,
    connector: &Connector,
    step: &Step,
    now: Ts,
) -> Result<(), Failure> {
    let of = &step.next;
    for side in Side::ALL {
        if has_moved(step, *side) {
            if of.parties.get(*side).says_yes() {
                give(tx, cx, connector, step, *side, now).await?;
            } else {
                take_back(tx, cx, of, *side, now).await?;
            }
        }
    }
    for event in &step.events {
        match event.what {
            What::Introduced => {
                let consents: Vec<String> =
                    evidence::standing(tx, of.id).await?.iter().map(hex::text).collect();
                let payload = json!({ "introduction": of.id.to_string(), "consents": consents });
                about(tx, cx, Kind::Introduced, of.id, &payload, now).await?;
            }
            What::Closed => {
                let payload = json!({ "introduction": of.id.to_string() });
                about(tx, cx, Kind::Closed, of.id, &payload, now).await?;
            }
            What::Drafted
            | What::Edited
            | What::Asked { .. }
            | What::Unasked
            | What::Answered(_)
            | What::Contested
            | What::Agreed { .. }
            | What::Reopened
            | What::Reminded
            | What::Withdrawn
            | What::CheckedIn { .. }
            | What::OutcomeRecorded(_)
            | What::OutcomeContested
            | What::Undeliverable
            | What::BlurbEdited => {}
        }
    }
    Ok(())
}

/// Keeps a copy of a mail that asks, beside the one that leaves.
pub(super) async fn keep_mail(
    tx: &mut Tx,
    cx: &Ctx,
    of: &Introduction,
    mail: Mail,
    letter: &NewMessage,
) -> Result<(), Failure> {
    let (kind, side) = match mail {
        Mail::Ask(side) => (ShownKind::Ask, side),
        Mail::Reminder(side) => (ShownKind::Reminder, side),
        Mail::Receipt(_)
        | Mail::Introduction
        | Mail::ConnectorCopy
        | Mail::ClosingNote(_)
        | Mail::CheckIn(..) => return Ok(()),
    };
    if is_moot(of) {
        return Ok(());
    }
    let body = consent::mail_text(&letter.subject, &letter.text);
    let shown =
        Shown { kind, at: letter.dated_at, salt: salt(cx, &format!("{}/{}", kind.as_str(), of.id)), body };
    evidence::keep_texts(tx, of.id, side, of.parties.get(side).generation, &[shown]).await?;
    Ok(())
}

/// A consent that was taken back by an act after the introduction: its mail's stop link, for one.
pub(super) async fn take_back(
    tx: &mut Tx,
    cx: &Ctx,
    of: &Introduction,
    side: Side,
    now: Ts,
) -> Result<(), Failure> {
    let ended = evidence::end(tx, of.id, side, Ended::Withdrawn, now).await?;
    if ended.is_empty() {
        return Ok(());
    }
    let commitments: Vec<Hash> = ended.iter().map(|(_, commitment)| *commitment).collect();
    let entry = Entry {
        at: now,
        kind: Kind::ConsentWithdrawn,
        introduction: Some(of.id),
        side: Some(side),
        salt: salt(cx, &format!("withdrawn/{}", of.id)),
        payload: consent::withdrawal(of, side, &commitments, now),
    };
    let withdrawal = audit::append(tx, &entry).await?;
    for (consent, _) in ended {
        evidence::tell_end(tx, consent, withdrawal).await?;
    }
    Ok(())
}

/// Whether this party's consent may be another one now.
fn has_moved(step: &Step, side: Side) -> bool {
    let erased = step.next.parties.get(side).erased_at.is_some();
    let moved = |what: What| match what {
        What::Answered(_) | What::Contested | What::BlurbEdited => true,
        What::Drafted
        | What::Edited
        | What::Asked { .. }
        | What::Unasked
        | What::Agreed { .. }
        | What::Reopened
        | What::Reminded
        | What::Introduced
        | What::Withdrawn
        | What::Closed
        | What::CheckedIn { .. }
        | What::OutcomeRecorded(_)
        | What::OutcomeContested
        | What::Undeliverable => false,
    };
    erased || step.events.iter().any(|event| event.side == Some(side) && moved(event.what))
}

/// Somebody had themselves erased: it cannot come about, and what the other reads must not be kept again.
fn is_moot(of: &Introduction) -> bool {
    of.parties.iter().any(|(_, party)| party.erased_at.is_some())
}

async fn give(
    tx: &mut Tx,
    cx: &Ctx,
    connector: &Connector,
    step: &Step,
    side: Side,
    now: Ts,
) -> Result<(), Failure> {
    let of = &step.next;
    if is_moot(of) {
        return Ok(());
    }
    let witness: &Witness =
        step.witness.as_ref().filter(|witness| witness.side == side).ok_or(Failure::NoWitness)?;
    let generation = of.parties.get(side).generation;
    let page = Shown {
        kind: ShownKind::Page,
        at: now,
        salt: salt(cx, &format!("page/{}", of.id)),
        body: witness.page.clone(),
    };
    let mut shown = evidence::mails(tx, of.id, side, generation).await?;
    shown.push((page.kind, page.at, page.commitment()));
    evidence::keep_texts(tx, of.id, side, generation, &[page]).await?;
    evidence::end(tx, of.id, side, Ended::Renewed, now).await?;
    let entry = Entry {
        at: now,
        kind: Kind::ConsentGiven,
        introduction: Some(of.id),
        side: Some(side),
        salt: salt(cx, &format!("given/{}", of.id)),
        payload: consent::record(of, connector, witness, &shown, now),
    };
    let entry = audit::append(tx, &entry).await?;
    let (introduction, given_at) = (of.id, now);
    let new = Consent {
        entry,
        introduction,
        side,
        generation,
        given_at,
        ended: None,
        ended_entry: None,
        forgotten_at: None,
    };
    Ok(evidence::give(tx, &new).await?)
}

async fn about(
    tx: &mut Tx,
    cx: &Ctx,
    kind: Kind,
    id: IntroductionId,
    payload: &serde_json::Value,
    now: Ts,
) -> Result<(), StoreError> {
    let salt = salt(cx, &format!("{}/{id}", kind.as_str()));
    let payload = canonical::encode(payload);
    audit::append(tx, &Entry { at: now, kind, introduction: Some(id), side: None, salt, payload }).await?;
    Ok(())
}

fn salt(cx: &Ctx, label: &str) -> Hash {
    cx.ids.bytes::<32>(&format!("audit-salt/{label}"))
}
