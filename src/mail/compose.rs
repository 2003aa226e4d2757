//! A letter becomes the bytes that travel (RFC 5322, RFC 2045 to 2047).
//!
//! The bytes are 7-bit, every line ends with CRLF, and nothing in them comes from the clock or from chance. The headers
//! are written here, what stands below them in `entity`.

use std::time::{Duration, SystemTime};

use lettre::Address;
use lettre::message::Mailboxes;
use lettre::message::header::{
    Date, From, HeaderName, HeaderValue, Headers, MIME_VERSION_1_0, MessageId, ReplyTo, Subject, To,
};

use super::entity::entity;
use super::letter::{Letter, Mailbox};
use super::octets;
use crate::clock::Ts;

/// RFC 5322, 2.1.1: no line may be longer, without its CRLF.
const LONGEST_LINE: usize = 998;

/// Why a letter cannot become a mail. The texts name the field, never its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// Not `local@domain` in ASCII.
    #[error("the {0} header holds an address that cannot be written to")]
    Address(&'static str),
    #[error("the mail has no recipient")]
    NoRecipient,
    /// Not `local@domain` of letters, digits and a few signs, or too long.
    #[error("the Message-ID is malformed")]
    MessageId,
    /// Not a printable https URL.
    #[error("the unsubscribe link is not an https URL")]
    ListUnsubscribe,
    /// Not dotted words.
    #[error("the List-Id is malformed")]
    ListId,
    /// The finished mail breaks a rule of RFC 5322, for instance by a word of 1,000 letters in the subject.
    #[error("the mail would hold a line that mail servers refuse")]
    Line,
}

/// The finished mail, unsigned. The same letter gives the same bytes.
///
/// # Errors
/// [`ComposeError`] when a field cannot stand in a mail.
pub fn compose(letter: &Letter) -> Result<Vec<u8>, ComposeError> {
    let mut mail = headers(letter)?.to_string().into_bytes();
    let html = letter.html.as_ref().map_or(0, String::len);
    mail.reserve(letter.text.len() + html + letter.text.len().max(html) / 8 + 1_024);
    entity(&mut mail, letter);
    if well_formed(&mail) { Ok(mail) } else { Err(ComposeError::Line) }
}

fn headers(letter: &Letter) -> Result<Headers, ComposeError> {
    if letter.to.is_empty() {
        return Err(ComposeError::NoRecipient);
    }
    let mut headers = Headers::new();
    headers.set(Date::new(system_time(letter.date)));
    headers.set(From::from(mailboxes("From", std::slice::from_ref(&letter.from))?));
    headers.set(To::from(mailboxes("To", &letter.to)?));
    if !letter.reply_to.is_empty() {
        headers.set(ReplyTo::from(mailboxes("Reply-To", &letter.reply_to)?));
    }
    headers.set(Subject::from(one_line(&letter.subject)));
    headers.set(MessageId::from(message_id(&letter.message_id)?));
    headers.set(MIME_VERSION_1_0);
    if letter.auto_submitted {
        headers.insert_raw(constant("Auto-Submitted", "auto-generated"));
        headers.insert_raw(constant("X-Auto-Response-Suppress", "All"));
    }
    if let Some(url) = &letter.list_unsubscribe {
        headers.insert_raw(list_unsubscribe(url)?);
        headers.insert_raw(constant("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
    }
    if let Some(id) = &letter.list_id {
        headers.insert_raw(list_id(id)?);
    }
    Ok(headers)
}

fn mailboxes(header: &'static str, list: &[Mailbox]) -> Result<Mailboxes, ComposeError> {
    let mut mailboxes = Mailboxes::new();
    for mailbox in list {
        let address = Some(&mailbox.address)
            .filter(|address| address.bytes().all(|b| b.is_ascii_graphic() && !b"<>,;:\"()".contains(&b)))
            .and_then(|address| address.parse::<Address>().ok())
            .ok_or(ComposeError::Address(header))?;
        let name = mailbox.name.as_deref().map(one_line).filter(|name| !name.is_empty());
        mailboxes.push(lettre::message::Mailbox::new(name, address));
    }
    Ok(mailboxes)
}

/// Text for one header. lettre 0.11.23 panics at CR, LF and NUL in names (RUSTSEC-2026-0564), so no control
/// character gets that far; and what looks like an encoded word is taken apart, or readers would decode it
/// and show what was cleaned out at the door.
fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = spaced.split(' ').filter(|word| !word.is_empty()).collect();
    words.join(" ").replace("=?", "= ?")
}

fn message_id(id: &str) -> Result<String, ComposeError> {
    let word = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_+=".contains(&b))
    };
    match id.split_once('@') {
        Some((local, domain)) if id.len() <= 250 && word(local) && word(domain) => Ok(format!("<{id}>")),
        _ => Err(ComposeError::MessageId),
    }
}

/// Written as it stands: lettre folds at blanks only, and a URL has none.
fn list_unsubscribe(url: &str) -> Result<HeaderValue, ComposeError> {
    let name = HeaderName::new_from_ascii_str("List-Unsubscribe");
    let printable = url.bytes().all(|b| b.is_ascii_graphic() && !b"<>,\"".contains(&b));
    if !url.starts_with("https://") || !printable || url.len() > 900 {
        return Err(ComposeError::ListUnsubscribe);
    }
    let value = format!("<{url}>");
    Ok(HeaderValue::dangerous_new_pre_encoded(name, value.clone(), value))
}

fn list_id(id: &str) -> Result<HeaderValue, ComposeError> {
    let dotted = id.split('.').all(|word| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    });
    if !dotted || !id.contains('.') || id.len() > 250 {
        return Err(ComposeError::ListId);
    }
    Ok(constant("List-Id", &format!("<{id}>")))
}

fn constant(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn system_time(at: Ts) -> SystemTime {
    // The header's calendar ends with the year 9999.
    let seconds = at.0.div_euclid(1_000_000).clamp(0, 253_402_300_799);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs())
}

/// ASCII without NUL, in lines that end with CRLF and are not too long.
fn well_formed(mail: &[u8]) -> bool {
    mail.first().is_some_and(|first| *first != b'\n')
        && mail.ends_with(b"\r\n")
        && octets::all(mail.iter().map(|octet| (1..=0x7f).contains(octet)))
        // CR and LF stand together or not at all.
        && octets::all(octets::pairs(mail).map(|(one, next)| (one == b'\r') == (next == b'\n')))
        && short_lines(mail)
}

/// From each beginning of a line on there is an end within reach. The last one there is taken: lines before it are
/// shorter still.
fn short_lines(mail: &[u8]) -> bool {
    let mut rest = mail;
    while !rest.is_empty() {
        let reach = rest.get(..LONGEST_LINE + 2).unwrap_or(rest);
        let Some(end) = reach.iter().rposition(|octet| *octet == b'\n') else { return false };
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    true
}

#[cfg(test)]
mod tests;
