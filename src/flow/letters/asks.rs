//! The asks and their reminder.

use super::super::{Ctx, Failure};
use super::{answer_links, names_second, together};
use crate::clock::Ts;
use crate::domain::asking::Side;
use crate::domain::connector::Connector;
use crate::domain::introduction::Introduction;
use crate::view::RenderedMail;
use crate::view::mails::{AskFirst, AskSecond, Reminder, Who, WritesFirst};

pub(super) fn first(
    cx: &Ctx,
    connector: &Connector,
    of: &Introduction,
    now: Ts,
) -> Result<RenderedMail, Failure> {
    let (you, other) = (&of.parties.first, &of.parties.second);
    let named = names_second(of);
    let mail = AskFirst {
        purpose: of.terms.purpose,
        connector: Who::new(&connector.name),
        signature: some(&connector.signature),
        you: Who::new(&you.name),
        other_name: named.then(|| other.name.clone()),
        other_described: other.described.clone(),
        how_know_you: some(&you.how_known),
        how_know_other: other.how_known.clone(),
        why: you.why.clone(),
        shared: of.terms.shared.clone(),
        step: of.terms.step.clone(),
        about_you: you.blurb.clone(),
        about_other: some(you.reads_about(other)).filter(|_| named),
        asked_for_this: of.terms.asked_for_this,
        together: together(of),
        writes_first: writes_first(of, Side::First),
        round: of.round,
        deadline: deadline(cx, of, Side::First, now),
        reminder: reminds(of, Side::First),
        time_zone: cx.sender.time_zone.clone(),
        links: answer_links(),
    };
    Ok(cx.views.mail(&you.language, &mail)?)
}

pub(super) fn second(
    cx: &Ctx,
    connector: &Connector,
    of: &Introduction,
    now: Ts,
) -> Result<RenderedMail, Failure> {
    let (you, other) = (&of.parties.second, &of.parties.first);
    let mail = AskSecond {
        purpose: of.terms.purpose,
        connector: Who::new(&connector.name),
        signature: some(&connector.signature),
        you: Who::new(&you.name),
        other_name: other.name.clone(),
        other_described: other.described.clone(),
        how_know_you: some(&you.how_known),
        how_know_other: other.how_known.clone(),
        why: of.why_for(Side::Second),
        shared: of.terms.shared.clone(),
        step: of.terms.step.clone(),
        about_you: you.blurb.clone(),
        about_other: you.reads_about(other).to_owned(),
        asked_for_this: of.terms.asked_for_this,
        first_agreed: !together(of),
        you_named: names_second(of),
        writes_first: writes_first(of, Side::Second),
        round: of.round,
        deadline: deadline(cx, of, Side::Second, now),
        reminder: reminds(of, Side::Second),
        time_zone: cx.sender.time_zone.clone(),
        links: answer_links(),
    };
    Ok(cx.views.mail(&you.language, &mail)?)
}

pub(super) fn reminder(
    cx: &Ctx,
    connector: &Connector,
    of: &Introduction,
    side: Side,
    now: Ts,
) -> Result<RenderedMail, Failure> {
    let (you, other) = (of.parties.get(side), of.parties.get(side.other()));
    let named = match side {
        Side::First => names_second(of),
        Side::Second => true,
    };
    let mail = Reminder {
        side,
        connector: Who::new(&connector.name),
        signature: some(&connector.signature),
        you: Who::new(&you.name),
        other_name: named.then(|| other.name.clone()),
        other_described: other.described.clone(),
        why: of.why_for(side),
        step: of.terms.step.clone(),
        together: together(of),
        deadline: deadline(cx, of, side, now),
        time_zone: cx.sender.time_zone.clone(),
        links: answer_links(),
    };
    Ok(cx.views.mail(&you.language, &mail)?)
}

/// The deadline that was fixed when the ask was queued; in a preview, the one it would have.
fn deadline(cx: &Ctx, of: &Introduction, side: Side, now: Ts) -> Ts {
    of.parties.get(side).asked.map_or(now + cx.policy.window, |asked| asked.deadline)
}

/// Whether a reminder is to be announced. A preview, which was not asked yet, announces it.
fn reminds(of: &Introduction, side: Side) -> bool {
    of.parties.get(side).asked.is_none_or(|asked| asked.remind_at.is_some())
}

fn writes_first(of: &Introduction, reader: Side) -> WritesFirst {
    if of.terms.writes_first == reader { WritesFirst::You } else { WritesFirst::Other }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
