//! The other mails: receipt, introduction, connector's copy, closing note, check-in.

use super::super::{Ctx, Failure};
use super::{answer_links, names_second, stop_link, writes_by};
use crate::clock::Ts;
use crate::domain::answer::Choice;
use crate::domain::asking::Side;
use crate::domain::connector::Connector;
use crate::domain::introduction::Introduction;
use crate::domain::letter::{LinkName, mark};
use crate::domain::party::Party;
use crate::view::RenderedMail;
use crate::view::mails::{self, Answered, AskLinks, CheckIn, ClosingNote, ConnectorCopy, Receipt, Who};

pub(super) fn receipt(
    cx: &Ctx,
    connector: &Connector,
    of: &Introduction,
    side: Side,
    now: Ts,
) -> Result<RenderedMail, Failure> {
    let you = of.parties.get(side);
    let given = you.given.as_ref();
    let answer = match given.map(|given| given.answer.choice()) {
        Some(Choice::Yes) => Answered::Yes,
        Some(Choice::NotNow) => Answered::NotNow,
        Some(Choice::No) => Answered::No,
        Some(Choice::Never) => Answered::Never,
        None => Answered::None,
    };
    let mail = Receipt {
        you: Who::new(&you.name),
        connector: Who::new(&connector.name),
        other_label: label(of, side),
        answer,
        not_now_until: given.and_then(|given| given.answer.until()),
        quiet: given.is_some_and(|given| given.quiet),
        decided_by: of.closes_at(&cx.policy).filter(|_| answer == Answered::Yes),
        can_change: of.is_open_for(side, now, &cx.policy),
        time_zone: cx.sender.time_zone.clone(),
        links: answer_links(),
    };
    Ok(cx.views.mail(&you.language, &mail)?)
}

pub(super) fn introduction(
    cx: &Ctx,
    connector: &Connector,
    of: &Introduction,
    now: Ts,
) -> Result<RenderedMail, Failure> {
    let language = shared_language(of);
    Ok(cx.views.mail(language, &introduction_mail(cx, connector, of, now))?)
}

pub(super) fn connector_copy(
    cx: &Ctx,
    connector: &Connector,
    of: &Introduction,
    now: Ts,
) -> Result<RenderedMail, Failure> {
    let mut sent = introduction_mail(cx, connector, of, now);
    // The copy must not carry a link of a party: whoever holds it could act for them.
    sent.links.stop = String::new();
    sent.links.manage = String::new();
    let text = introduction(cx, connector, of, now)?.text;
    let mail = ConnectorCopy {
        connector: Who::new(&connector.name),
        first: sent.first,
        second: sent.second,
        text_of_introduction: what_was_said(&text),
        link_introduction: cx.urls.introduction(of.id),
    };
    Ok(cx.views.mail(&connector.language, &mail)?)
}

pub(super) fn closing_note(
    cx: &Ctx,
    connector: &Connector,
    of: &Introduction,
    side: Side,
) -> Result<RenderedMail, Failure> {
    let you = of.parties.get(side);
    let mail = ClosingNote {
        you: Who::new(&you.name),
        connector: Who::new(&connector.name),
        other_label: label(of, side),
        links: stop_link(),
    };
    Ok(cx.views.mail(&you.language, &mail)?)
}

pub(super) fn check_in(
    cx: &Ctx,
    connector: &Connector,
    of: &Introduction,
    side: Side,
    days: u32,
) -> Result<RenderedMail, Failure> {
    let (you, other) = (of.parties.get(side), of.parties.get(side.other()));
    let mail = CheckIn {
        you: Who::new(&you.name),
        other_name: other.name.clone(),
        connector: Who::new(&connector.name),
        day: i64::from(days),
        links: AskLinks { answer: mark(LinkName::CheckIn), ..answer_links() },
    };
    Ok(cx.views.mail(&you.language, &mail)?)
}

fn introduction_mail(cx: &Ctx, connector: &Connector, of: &Introduction, now: Ts) -> mails::Introduction {
    let signature = Some(connector.signature.clone()).filter(|text| !text.is_empty());
    mails::Introduction {
        purpose: of.terms.purpose,
        connector: Who::new(&connector.name),
        signature,
        first: party(&of.parties.first),
        second: party(&of.parties.second),
        shared: of.terms.shared.clone(),
        step: of.terms.step.clone(),
        writes_first_name: of.parties.get(of.terms.writes_first).name.clone(),
        writes_by: writes_by(cx, now),
        time_zone: cx.sender.time_zone.clone(),
        links: stop_link(),
    }
}

fn party(of: &Party) -> mails::Party {
    mails::Party {
        who: Who::new(&of.name),
        address: of.email.as_str().to_owned(),
        about: of.blurb.clone(),
        how_known: of.how_known.clone(),
    }
}

/// How a mail to `reader` speaks of the other side before the introduction: by name only where the
/// ask did so too.
pub(in crate::flow) fn label(of: &Introduction, reader: Side) -> String {
    let other = of.parties.get(reader.other());
    let named = match reader {
        Side::First => names_second(of),
        Side::Second => true,
    };
    if named { other.name.clone() } else { other.described.clone() }
}

/// One mail to both: in their language when they share one, else in the service's.
fn shared_language(of: &Introduction) -> &str {
    let (first, second) = (&of.parties.first.language, &of.parties.second.language);
    if first == second { first } else { crate::view::FALLBACK }
}

/// What the mail says above its footer, without the lines that hold a link mark.
fn what_was_said(text: &str) -> String {
    let said = text.rsplit_once("\n---\n").map_or(text, |(said, _footer)| said);
    let kept: Vec<&str> = said.lines().filter(|line| !line.contains(crate::view::MARK)).collect();
    kept.join("\n").trim_end().to_owned()
}
