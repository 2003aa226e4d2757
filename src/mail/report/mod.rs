//! Mail that comes in: bounces (RFC 3464), complaints (RFC 5965), automatic answers (RFC 3834).
//!
//! [`read`] takes any bytes and never fails: what it does not understand is [`Content::Other`]. It believes
//! nothing; whether a report is about a mail of ours is decided by the MAC in the addresses that it hands on.

mod fields;
mod plain;

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders};
use sha2::{Digest, Sha256};

use super::fault::mask_addresses;
use crate::domain::enhanced::Status;
use crate::domain::report::{Action, Complaint, Content, Fate, Incoming};
use fields::Fields;

/// Headers that say where a mail went, the envelope first.
const SENT_TO: [&str; 7] = [
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-rcpt-to",
    "original-recipient",
    "to",
];
/// More of anything than this is nobody's report.
const MANY: usize = 64;
/// The words that are kept of a server's reply.
const WORDS_MAX: usize = 300;

/// Reads one mail, whatever it is. The work is bounded by its length: callers bound that.
#[must_use]
pub fn read(raw: &[u8]) -> Incoming {
    let (head, body) = Fields::parse(raw);
    Incoming {
        sent_to: SENT_TO.iter().flat_map(|name| head.all(name)).flat_map(addresses).take(MANY).collect(),
        content: understood(&head, raw),
        digest: Sha256::digest(body).into(),
    }
}

/// The parser panics on some damaged mails (mail-parser 0.11.9: "could not find multipart"). Such a mail is no report,
/// and must not come again for days because of it.
fn understood(head: &Fields, raw: &[u8]) -> Content {
    let parse = || MessageParser::default().parse(raw).map_or(Content::Other, |mail| content(head, &mail));
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(parse)).unwrap_or(Content::Other)
}

fn content(head: &Fields, mail: &Message<'_>) -> Content {
    let part = |kind: &str, names: &[&str]| {
        mail.parts.iter().find(|part| names.iter().any(|name| part.is_content_type(kind, name)))
    };
    if let Some(report) = part("message", &["feedback-report"]) {
        return Content::Complaint(complaint(report, &original(mail)));
    }
    if let Some(status) = part("message", &["delivery-status", "global-delivery-status"]) {
        return Content::Status(fates(status.contents()));
    }
    if part("message", &["disposition-notification", "global-disposition-notification"]).is_some() {
        return Content::AutoReply;
    }
    if let Some(fates) = mail.body_text(0).and_then(|text| plain::fates(head, &text)) {
        return Content::Status(fates);
    }
    if is_automatic(head) { Content::AutoReply } else { Content::Other }
}

/// The headers of the mail that a report is about, whole or alone.
fn original(mail: &Message<'_>) -> Fields {
    let kinds = [
        ("message", "rfc822"),
        ("message", "global"),
        ("text", "rfc822-headers"),
        ("text", "rfc822"),
        ("message", "rfc822-headers"),
        ("message", "global-headers"),
    ];
    let is_original =
        |part: &&MessagePart<'_>| kinds.iter().any(|(kind, sub)| part.is_content_type(kind, sub));
    mail.parts.iter().find(is_original).map(|part| Fields::parse(part.contents()).0).unwrap_or_default()
}

/// RFC 5965, 3.1 and 3.2.
fn complaint(report: &MessagePart<'_>, original: &Fields) -> Complaint {
    let (told, _) = Fields::parse(report.contents());
    let kind = told.first("feedback-type").unwrap_or_default().trim().to_ascii_lowercase();
    let senders = told.all("original-mail-from").chain(original.all("return-path"));
    let links = original.all("list-unsubscribe").flat_map(|list| list.split(['<', '>', ',', ' ']));
    Complaint {
        unwanted: matches!(kind.as_str(), "abuse" | "fraud" | "opt-out" | "opt-out-list"),
        senders: senders.flat_map(addresses).take(MANY).collect(),
        links: links.filter(|link| link.starts_with("http")).take(MANY).map(str::to_owned).collect(),
    }
}

/// RFC 3464, 2.3: one group of fields for each recipient, behind that of the message.
fn fates(report: &[u8]) -> Vec<Fate> {
    let is_recipient =
        |group: &Fields| group.first("action").is_some() || group.first("final-recipient").is_some();
    fields::groups(report).iter().filter(|group| is_recipient(group)).take(MANY).map(fate).collect()
}

fn fate(group: &Fields) -> Fate {
    let action = match group.first("action").unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "failed" => Action::Failed,
        "delayed" => Action::Delayed,
        "delivered" | "relayed" | "expanded" => Action::Arrived,
        _ => Action::Unclear,
    };
    let said = group.first("diagnostic-code").unwrap_or_default();
    let said = said.split_once(';').map_or(said, |(_, said)| said).trim();
    let status = group.first("status").and_then(Status::parse);
    Fate { action, status: telling(status, said), code: leading_code(said), words: words(said) }
}

/// The server's own code, where the report's says nothing (5.0.0).
fn telling(status: Option<Status>, said: &str) -> Option<Status> {
    let own = || Status::find(said);
    match status {
        Some(status) if status.subject == 0 => own().filter(|own| own.class == status.class).or(Some(status)),
        Some(status) => Some(status),
        None => own(),
    }
}

/// `550 5.1.1 ..`, `550-5.1.1 ..`
fn leading_code(said: &str) -> Option<u16> {
    let end = said.find(|c: char| !c.is_ascii_digit()).unwrap_or(said.len());
    said.get(..3).filter(|_| end == 3).and_then(|code| code.parse().ok())
}

/// One line without addresses.
fn words(said: &str) -> String {
    let line = said.split_whitespace().collect::<Vec<_>>().join(" ");
    mask_addresses(&line).chars().filter(|c| !c.is_control()).take(WORDS_MAX).collect()
}

/// RFC 3834, 5, and what came before it.
fn is_automatic(head: &Fields) -> bool {
    let says = |name: &str, words: &[&str]| {
        head.all(name).any(|value| words.contains(&value.trim().to_ascii_lowercase().as_str()))
    };
    let auto = head.first("auto-submitted").is_some_and(|value| !value.trim().eq_ignore_ascii_case("no"));
    let named = ["x-autoreply", "x-autorespond", "x-autoresponder", "x-autogenerated"];
    auto || named.iter().any(|name| head.first(name).is_some())
        || says("precedence", &["auto_reply", "bulk", "junk", "list"])
        || says("return-path", &["<>"])
}

/// What looks like an address in a header, without looking closely.
fn addresses(value: &str) -> impl Iterator<Item = String> {
    let pieces = value.split(|c: char| c.is_whitespace() || "<>(),;\"".contains(c));
    pieces.filter(|piece| piece.contains('@') && piece.len() <= 320).map(str::to_owned)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
