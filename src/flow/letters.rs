//! From a decided mail to a rendered one: who it is from, what it says, which links it carries.

use super::{Ctx, Failure};
use crate::clock::{Span, Ts};
use crate::domain::asking::{Order, Side};
use crate::domain::calendar;
use crate::domain::connector::Connector;
use crate::domain::introduction::Introduction;
use crate::domain::letter::{Correspondent, Headers, LinkName, LinkSpec, NewDelivery, NewMessage, mark};
use crate::domain::link::NEVER;
use crate::domain::message::{Mail, MessageKind};
use crate::domain::party::Party;
use crate::ids::{DeliveryId, MessageId, derive, uuid_v7};
use crate::view::RenderedMail;

mod asks;
mod others;

/// How long an answer link opens a page after its deadline; what the page then says is the row's business.
const ANSWER_LINK_LIFE: Span = Span::days(90);
/// How long a check-in can be answered.
const CHECK_IN_LINK_LIFE: Span = Span::days(180);

/// Renders `mail` as it will leave.
///
/// # Errors
/// A template that fails, or a key ring that cannot mint.
pub(super) fn write(
    cx: &Ctx,
    connector: &Connector,
    of: &Introduction,
    mail: Mail,
    now: Ts,
) -> Result<NewMessage, Failure> {
    let rendered = render(cx, connector, of, mail, now)?;
    let key = mail.key(of);
    let id = message_id(cx, &key, now);
    let deliveries = recipients(mail)
        .into_iter()
        .map(|side| delivery(cx, connector, of, mail, side, id, now))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(NewMessage {
        id,
        key,
        kind: mail.kind(),
        introduction: Some(of.id),
        connector: Some(connector.id),
        headers: headers(cx, connector, of, mail, id),
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
        card: String::new(),
        dated_at: now,
        deliveries,
    })
}

/// The texts alone, for the preview too.
pub(super) fn render(
    cx: &Ctx,
    connector: &Connector,
    of: &Introduction,
    mail: Mail,
    now: Ts,
) -> Result<RenderedMail, Failure> {
    match mail {
        Mail::Ask(Side::First) => asks::first(cx, connector, of, now),
        Mail::Ask(Side::Second) => asks::second(cx, connector, of, now),
        Mail::Reminder(side) => asks::reminder(cx, connector, of, side, now),
        Mail::Receipt(side) => others::receipt(cx, connector, of, side, now),
        Mail::Introduction => others::introduction(cx, connector, of, now),
        Mail::ConnectorCopy => others::connector_copy(cx, connector, of, now),
        Mail::ClosingNote(side) => others::closing_note(cx, connector, of, side),
        Mail::CheckIn(side, days) => others::check_in(cx, connector, of, side, days),
    }
}

/// A mail of the service itself, outside any introduction: sign-in, test.
pub(super) fn service_mail(
    cx: &Ctx,
    kind: MessageKind,
    key: String,
    to: Correspondent,
    rendered: RenderedMail,
    now: Ts,
) -> NewMessage {
    let id = message_id(cx, &key, now);
    let from = Correspondent { name: cx.sender.name.clone(), address: cx.sender.address.clone() };
    NewMessage {
        id,
        key,
        kind,
        introduction: None,
        connector: None,
        headers: Headers { message_id: message_id_header(cx, id), from, to: vec![to], reply_to: Vec::new() },
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
        card: String::new(),
        dated_at: now,
        deliveries: Vec::new(),
    }
}

/// The same on behalf of a connector, who gets the replies.
pub(super) fn connector_mail(
    cx: &Ctx,
    who: &Connector,
    kind: MessageKind,
    key: String,
    to: Correspondent,
    rendered: RenderedMail,
    now: Ts,
) -> NewMessage {
    let mut mail = service_mail(cx, kind, key, to, rendered, now);
    mail.connector = Some(who.id);
    mail.headers.from = correspondent(&format!("{} {}", who.name, cx.sender.suffix), &cx.sender.address);
    mail.headers.reply_to = vec![correspondent(&who.name, who.email.as_str())];
    mail
}

/// Id of a delivery: derived, so that one person's mails never shift another's ids.
pub(super) fn delivery_id(cx: &Ctx, key: &str, nth: usize, now: Ts) -> DeliveryId {
    DeliveryId(uuid_v7(now, derive(&cx.secrets.internal, &format!("delivery/{nth}/{key}"))))
}

fn message_id(cx: &Ctx, key: &str, now: Ts) -> MessageId {
    MessageId(uuid_v7(now, derive(&cx.secrets.internal, &format!("message/{key}"))))
}

fn message_id_header(cx: &Ctx, id: MessageId) -> String {
    format!("{}@{}", id.0.simple(), cx.sender.message_id_domain)
}

/// `None` stands for the connector.
fn recipients(mail: Mail) -> Vec<Option<Side>> {
    match mail {
        Mail::Introduction => vec![Some(Side::First), Some(Side::Second)],
        Mail::ConnectorCopy => vec![None],
        Mail::Ask(side)
        | Mail::Reminder(side)
        | Mail::Receipt(side)
        | Mail::ClosingNote(side)
        | Mail::CheckIn(side, _) => vec![Some(side)],
    }
}

fn delivery(
    cx: &Ctx,
    connector: &Connector,
    of: &Introduction,
    mail: Mail,
    side: Option<Side>,
    id: MessageId,
    now: Ts,
) -> Result<NewDelivery, Failure> {
    let nth = usize::from(side == Some(Side::Second));
    let delivery = delivery_id(cx, &id.0.simple().to_string(), nth, now);
    let Some(side) = side else {
        let recipient = connector.email.clone();
        return Ok(NewDelivery {
            id: delivery,
            side: None,
            recipient,
            person: None,
            links: vec![],
            not_before: None,
            expires_at: None,
        });
    };
    let party = of.parties.get(side);
    Ok(NewDelivery {
        id: delivery,
        side: Some(side),
        recipient: party.email.clone(),
        // A receipt answers the recipient's own act, also when that act was "never".
        person: (!matches!(mail, Mail::Receipt(_))).then_some(party.person),
        links: links(cx, party, of, mail, now)?,
        not_before: not_before(cx, of, mail, now),
        expires_at: expires_at(of, mail),
    })
}

fn links(cx: &Ctx, party: &Party, of: &Introduction, mail: Mail, now: Ts) -> Result<Vec<LinkSpec>, Failure> {
    let kid = cx.ring().active_kid().ok_or(Failure::NoKey)?;
    let spec = |name, expires| LinkSpec::new(name, kid, party.generation, expires, party.link);
    let answer_end = (of.deadline.unwrap_or(now) + ANSWER_LINK_LIFE).minutes_ceil();
    let check_in_end = (now + CHECK_IN_LINK_LIFE).minutes_ceil();
    let mut links = vec![spec(LinkName::Stop, NEVER), spec(LinkName::Manage, NEVER)];
    match mail {
        Mail::Ask(_) | Mail::Reminder(_) | Mail::Receipt(_) => links.push(spec(LinkName::Answer, answer_end)),
        Mail::CheckIn(..) => links.push(spec(LinkName::CheckIn, check_in_end)),
        Mail::Introduction | Mail::ConnectorCopy | Mail::ClosingNote(_) => {}
    }
    Ok(links)
}

/// The second ask names the first. It waits as long as a contradictory answer could still show that the
/// first's yes was a robot's, and can be taken back until then.
fn not_before(cx: &Ctx, of: &Introduction, mail: Mail, now: Ts) -> Option<Ts> {
    if let Mail::Receipt(side) = mail {
        return receipt_wait(of.parties.get(side).answers, cx.policy.contest).map(|wait| now + wait);
    }
    let follows_a_yes = mail == Mail::Ask(Side::Second) && !together(of);
    follows_a_yes.then(|| now + cx.policy.contest)
}

/// The first three receipts leave at once, each later one waits twice as long, a day at most: a gateway that
/// presses the buttons behind every mail would else get mails for its presses, and press again.
fn receipt_wait(answers: i64, contest: Span) -> Option<Span> {
    let late = u32::try_from(answers - 3).ok().filter(|late| *late > 0)?;
    let factor = 1_i64.checked_shl(late).filter(|factor| *factor > 0);
    let wait = factor.and_then(|factor| contest.0.checked_mul(factor));
    Some(Span(wait.unwrap_or(i64::MAX).min(Span::days(1).0)))
}

/// An ask or a reminder that could not leave before the deadline must not arrive after it.
fn expires_at(of: &Introduction, mail: Mail) -> Option<Ts> {
    match mail {
        Mail::Ask(_) | Mail::Reminder(_) => of.deadline,
        Mail::Receipt(_)
        | Mail::Introduction
        | Mail::ConnectorCopy
        | Mail::ClosingNote(_)
        | Mail::CheckIn(..) => None,
    }
}

fn headers(cx: &Ctx, connector: &Connector, of: &Introduction, mail: Mail, id: MessageId) -> Headers {
    let party = |side: Side| correspondent(&of.parties.get(side).name, of.parties.get(side).email.as_str());
    let me = correspondent(&connector.name, connector.email.as_str());
    let from = correspondent(&format!("{} {}", connector.name, cx.sender.suffix), &cx.sender.address);
    let service = correspondent(&cx.sender.name, &cx.sender.address);
    let (from, to, reply_to) = match mail {
        Mail::Ask(side) | Mail::Reminder(side) | Mail::ClosingNote(side) | Mail::CheckIn(side, _) => {
            (from, vec![party(side)], vec![me])
        }
        Mail::Receipt(side) => (from, vec![party(side)], vec![me]),
        Mail::Introduction => {
            let both = vec![party(Side::First), party(Side::Second)];
            (from, both.clone(), both)
        }
        Mail::ConnectorCopy => (service, vec![me], vec![party(Side::First), party(Side::Second)]),
    };
    Headers { message_id: message_id_header(cx, id), from, to, reply_to }
}

pub(super) fn correspondent(name: &str, address: &str) -> Correspondent {
    Correspondent { name: name.to_owned(), address: address.to_owned() }
}

fn answer_links() -> crate::view::mails::AskLinks {
    crate::view::mails::AskLinks {
        answer: mark(LinkName::Answer),
        stop: mark(LinkName::Stop),
        manage: mark(LinkName::Manage),
    }
}

fn stop_link() -> crate::view::mails::StopLink {
    crate::view::mails::StopLink { stop: mark(LinkName::Stop), manage: mark(LinkName::Manage) }
}

/// Whether the first ask names the second.
fn names_second(of: &Introduction) -> bool {
    of.terms.names_second
}

fn together(of: &Introduction) -> bool {
    of.terms.order == Order::Together
}

/// "By when": two working days for the first mail between the two.
fn writes_by(cx: &Ctx, now: Ts) -> Ts {
    calendar::add_working_days(now, 2, &cx.policy.zone)
}
