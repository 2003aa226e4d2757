//! A letter becomes the bytes that travel (RFC 5322, RFC 2045 to 2047).
//!
//! The bytes are 7-bit, every line ends with CRLF, and nothing in them comes from the clock or from chance.
//! Bodies are always quoted-printable or base64: text that travels as it is can carry a lone CR or a dot
//! line, which receivers have read as the end of the mail (SMTP smuggling).

use std::time::{Duration, SystemTime};

use data_encoding::HEXLOWER;
use lettre::Address;
use lettre::message::header::{
    ContentDisposition, ContentTransferEncoding, ContentType, Date, From, HeaderName, HeaderValue, Headers,
    MIME_VERSION_1_0, MessageId, ReplyTo, Subject, To,
};
use lettre::message::{Body, Mailboxes, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

use super::letter::{Letter, Mailbox};
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
    let text = part(ContentType::TEXT_PLAIN, &letter.text);
    let body = match &letter.html {
        None => Part::Single(text),
        Some(html) => {
            let both = MultiPart::alternative().boundary(boundary(&letter.message_id, ""));
            Part::Multi(both.singlepart(text).singlepart(part(ContentType::TEXT_HTML, html)))
        }
    };
    let body = match (body, &letter.card) {
        (body, None) => body,
        (body, Some(card)) => {
            let outer = MultiPart::mixed().boundary(boundary(&letter.message_id, "mixed"));
            let outer = match body {
                Part::Multi(both) => outer.multipart(both),
                Part::Single(text) => outer.singlepart(text),
            };
            Part::Multi(outer.singlepart(attached(card)))
        }
    };
    mail.extend(match body {
        Part::Multi(parts) => parts.formatted(),
        Part::Single(part) => part.formatted(),
    });
    if well_formed(&mail) { Ok(mail) } else { Err(ComposeError::Line) }
}

/// What stands below the headers.
enum Part {
    Single(SinglePart),
    Multi(MultiPart),
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

fn part(kind: ContentType, text: &str) -> SinglePart {
    let text = body_text(text);
    let encoding = if mostly_ascii(&text) {
        ContentTransferEncoding::QuotedPrintable
    } else {
        ContentTransferEncoding::Base64
    };
    // Both encodings take any text, so the error branch is never taken; it would still be 7-bit.
    let body = Body::new_with_encoding(text, encoding)
        .unwrap_or_else(|bytes| Body::new(String::from_utf8_lossy(&bytes).into_owned()));
    SinglePart::builder().header(kind).body(body)
}

/// A vCard file (RFC 6350, 10.1), whose lines end with CRLF. Always base64: nothing on the way may fold its lines.
fn attached(card: &str) -> SinglePart {
    let body = Body::new_with_encoding(card.as_bytes().to_vec(), ContentTransferEncoding::Base64)
        .unwrap_or_else(Body::new);
    SinglePart::builder()
        .header(constant_type("text/vcard; charset=utf-8"))
        .header(ContentDisposition::attachment("contacts.vcf"))
        .body(body)
}

fn constant_type(text: &str) -> ContentType {
    ContentType::parse(text).unwrap_or(ContentType::TEXT_PLAIN)
}

/// CRLF as the only line end, no control characters but the tabulator.
fn body_text(text: &str) -> String {
    let mut body = String::with_capacity(text.len() + text.len() / 16);
    let mut rest = text;
    while let Some(at) = control(rest) {
        let (before, behind) = rest.split_at(at);
        body.push_str(before);
        let mut signs = behind.chars();
        if matches!(signs.next(), Some('\r' | '\n')) {
            body.push_str("\r\n");
        }
        rest = behind.strip_prefix("\r\n").unwrap_or(signs.as_str());
    }
    body.push_str(rest);
    body
}

/// Where the first control character is, but for a tabulator. Those above ASCII (U+0080 to U+009F) begin with C2.
fn control(text: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let found = text
            .as_bytes()
            .get(from..)?
            .iter()
            .position(|b| (*b < b' ' && *b != b'\t') || *b == 0x7f || *b == 0xc2);
        let at = from + found?;
        match text.get(at..)?.chars().next() {
            Some(c) if c.is_control() => return Some(at),
            Some(c) => from = at + c.len_utf8(),
            None => return None,
        }
    }
}

/// Quoted-printable triples what is not ASCII, base64 adds a third to everything.
fn mostly_ascii(text: &str) -> bool {
    let foreign = text.bytes().filter(|b| !b.is_ascii()).count();
    foreign * 6 <= text.len()
}

/// A boundary that no body can hold: `=_` never stands in quoted-printable or base64 (RFC 2045, 6.7).
fn boundary(message_id: &str, level: &str) -> String {
    let digest = Sha256::digest(format!("twoyes mime boundary{level}\n{message_id}").as_bytes());
    format!("=_{}", HEXLOWER.encode(digest.get(..16).unwrap_or_default()))
}

fn system_time(at: Ts) -> SystemTime {
    // The header's calendar ends with the year 9999.
    let seconds = at.0.div_euclid(1_000_000).clamp(0, 253_402_300_799);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs())
}

fn well_formed(mail: &[u8]) -> bool {
    let lines = mail.strip_suffix(b"\n").map(|all| all.split(|b| *b == b'\n'));
    mail.is_ascii()
        && lines.is_some_and(|mut lines| {
            lines.all(|line| match line.strip_suffix(b"\r") {
                Some(line) => line.len() <= LONGEST_LINE && !line.contains(&b'\r') && !line.contains(&0),
                None => false,
            })
        })
}

#[cfg(test)]
mod tests;
