//! What stands below the headers of a mail: texts, an attachment, and how they are held together (RFC 2045, RFC 2046).
//!
//! Texts are always quoted-printable or base64: text that travels as it is can carry a lone CR or a dot line, which
//! receivers have read as the end of the mail (SMTP smuggling).

use std::borrow::Cow;

use data_encoding::{BASE64_MIME, HEXLOWER};
use sha2::{Digest, Sha256};

use super::letter::Letter;
use super::octets;
use super::quoted::quoted_printable;

/// Writes one part.
type Part<'p> = &'p dyn Fn(&mut Vec<u8>);

/// Appends everything of the letter from its Content-Type to its end.
pub(super) fn entity(mail: &mut Vec<u8>, letter: &Letter) {
    let Some(card) = &letter.card else { return words(mail, letter) };
    let parts: [Part<'_>; 2] = [&|mail| words(mail, letter), &|mail| attached(mail, card)];
    multipart(mail, "mixed", &boundary(&letter.message_id, "mixed"), &parts);
}

fn words(mail: &mut Vec<u8>, letter: &Letter) {
    let Some(html) = &letter.html else { return text(mail, "plain", &letter.text) };
    let parts: [Part<'_>; 2] = [&|mail| text(mail, "plain", &letter.text), &|mail| text(mail, "html", html)];
    multipart(mail, "alternative", &boundary(&letter.message_id, ""), &parts);
}

fn multipart(mail: &mut Vec<u8>, kind: &str, boundary: &str, parts: &[Part<'_>]) {
    say(mail, &["Content-Type: multipart/", kind, ";\r\n boundary=\"", boundary, "\"\r\n\r\n"]);
    for part in parts {
        say(mail, &["--", boundary, "\r\n"]);
        part(mail);
    }
    say(mail, &["--", boundary, "--\r\n"]);
}

fn text(mail: &mut Vec<u8>, kind: &str, text: &str) {
    let text = clean(text);
    let encoding = if mostly_ascii(&text) { "quoted-printable" } else { "base64" };
    say(
        mail,
        &[
            "Content-Type: text/",
            kind,
            "; charset=utf-8\r\nContent-Transfer-Encoding: ",
            encoding,
            "\r\n\r\n",
        ],
    );
    if encoding == "base64" {
        base64(mail, text.replace('\n', "\r\n").as_bytes());
    } else {
        quoted_printable(mail, &text);
        say(mail, &["\r\n"]);
    }
}

/// A vCard file (RFC 6350, 10.1), whose lines end with CRLF. Always base64: nothing on the way may fold its lines.
fn attached(mail: &mut Vec<u8>, card: &str) {
    say(
        mail,
        &[
            "Content-Type: text/vcard; charset=utf-8\r\nContent-Disposition: attachment; filename=\"contacts.vcf\"\r\n",
            "Content-Transfer-Encoding: base64\r\n\r\n",
        ],
    );
    base64(mail, card.as_bytes());
}

/// In lines of 76 (RFC 2045, 6.8), the last one ended too.
fn base64(mail: &mut Vec<u8>, octets: &[u8]) {
    say(mail, &[&BASE64_MIME.encode(octets)]);
}

fn say(mail: &mut Vec<u8>, words: &[&str]) {
    for word in words {
        mail.extend_from_slice(word.as_bytes());
    }
}

/// LF as the only line end, no control characters but the tabulator.
fn clean(text: &str) -> Cow<'_, str> {
    // Those of two octets, U+0080 to U+009F, begin with C2.
    let harmless = |octet| matches!(octet, b'\t' | b'\n' | b' '..=0x7e | 0x80..=0xc1 | 0xc3..);
    if octets::all(text.bytes().map(harmless)) {
        return Cow::Borrowed(text);
    }
    let mut body = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '\r' => {
                signs.next_if_eq(&'\n');
                body.push('\n');
            }
            '\n' | '\t' => body.push(sign),
            sign if sign.is_control() => {}
            sign => body.push(sign),
        }
    }
    Cow::Owned(body)
}

/// Quoted-printable triples what is not ASCII, base64 adds a third to everything.
fn mostly_ascii(text: &str) -> bool {
    let foreign = || text.bytes().filter(|b| !b.is_ascii()).count();
    text.is_ascii() || foreign() * 6 <= text.len()
}

/// A boundary that no body can hold: `=_` never stands in quoted-printable or base64 (RFC 2045, 6.7).
fn boundary(message_id: &str, level: &str) -> String {
    let digest = Sha256::digest(format!("twoyes mime boundary{level}\n{message_id}").as_bytes());
    format!("=_{}", HEXLOWER.encode(digest.get(..16).unwrap_or_default()))
}
