//! Reading back what [`compose`](super::compose()) wrote, for the page that shows captured mail.
//!
//! Not a general mail parser: it knows the encodings that this service uses, shows other input as it is, and
//! never fails.

use data_encoding::BASE64;

use super::letter::Mailbox;

/// A captured mail in words.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Decoded {
    pub message_id: String,
    /// The `Date` header as it stands.
    pub date: String,
    pub from: Vec<Mailbox>,
    pub to: Vec<Mailbox>,
    pub reply_to: Vec<Mailbox>,
    pub subject: String,
    /// The one-click unsubscribe URL.
    pub list_unsubscribe: Option<String>,
    /// The text part, with LF line ends.
    pub text: String,
    /// The HTML part, with LF line ends.
    pub html: Option<String>,
    /// The contacts that go with it as a vCard file, as they stand in it.
    pub card: Option<String>,
}

/// The id only: the rest holds addresses, words between people and links.
impl std::fmt::Debug for Decoded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoded").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}

/// Decodes a mail; what is missing stays empty.
#[must_use]
pub fn decode(raw: &[u8]) -> Decoded {
    let bare = |name: &str| header(raw, name).map(|value| value.trim_matches(['<', '>']).to_owned());
    let list = |name: &str| header(raw, name).map(|value| mailboxes(&value)).unwrap_or_default();
    let mut decoded = Decoded {
        message_id: bare("Message-ID").unwrap_or_default(),
        date: header(raw, "Date").unwrap_or_default(),
        from: list("From"),
        to: list("To"),
        reply_to: list("Reply-To"),
        subject: encoded_words(&header(raw, "Subject").unwrap_or_default()),
        list_unsubscribe: bare("List-Unsubscribe"),
        ..Decoded::default()
    };
    for part in leaves(raw) {
        let text = content(part);
        let kind = header(part, "Content-Type").unwrap_or_default().to_ascii_lowercase();
        if kind.starts_with("text/html") {
            decoded.html = Some(text.replace("\r\n", "\n"));
        } else if kind.starts_with("text/vcard") {
            decoded.card = Some(text);
        } else {
            decoded.text = text.replace("\r\n", "\n");
        }
    }
    decoded
}

/// The parts that hold something; those of a multipart within one, too.
fn leaves(raw: &[u8]) -> Vec<&[u8]> {
    let within = |part| match header(part, "Content-Type") {
        Some(kind) if kind.to_ascii_lowercase().starts_with("multipart/") => parts(part),
        _ => vec![part],
    };
    parts(raw).into_iter().flat_map(within).collect()
}

/// The unfolded value of the first header of this name.
pub(super) fn header(raw: &[u8], name: &str) -> Option<String> {
    let (head, _) = halves(raw);
    let mut value: Option<String> = None;
    for line in String::from_utf8_lossy(head).lines() {
        if line.starts_with([' ', '\t']) {
            if let Some(value) = &mut value {
                value.push_str(line);
            }
        } else if value.is_some() {
            break;
        } else if let Some((field, rest)) = line.split_once(':')
            && field.eq_ignore_ascii_case(name)
        {
            value = Some(rest.to_owned());
        }
    }
    value.map(|value| value.trim().to_owned())
}

fn halves(raw: &[u8]) -> (&[u8], &[u8]) {
    match raw.windows(4).position(|four| four == b"\r\n\r\n") {
        Some(end) => (&raw[..end + 2], &raw[end + 4..]),
        None => (raw, &[]),
    }
}

/// The parts of a multipart mail, each with its headers; the mail itself when it is not one.
fn parts(raw: &[u8]) -> Vec<&[u8]> {
    let boundary = header(raw, "Content-Type")
        .and_then(|kind| kind.split_once("boundary=").map(|(_, rest)| rest.to_owned()))
        .and_then(|rest| rest.trim_start_matches('"').split(['"', ';']).next().map(str::to_owned));
    let Some(boundary) = boundary.filter(|boundary| !boundary.is_empty()) else { return vec![raw] };
    let delimiter = format!("--{boundary}").into_bytes();
    let (_, body) = halves(raw);
    let at: Vec<usize> = (0..body.len())
        .filter(|at| body[*at..].starts_with(&delimiter) && (*at == 0 || body[*at - 1] == b'\n'))
        .collect();
    let ends = at.iter().skip(1);
    at.iter()
        .zip(ends)
        .filter_map(|(start, end)| body.get(start + delimiter.len() + 2..end.checked_sub(2)?))
        .collect()
}

fn content(part: &[u8]) -> String {
    let (_, body) = halves(part);
    let encoding = header(part, "Content-Transfer-Encoding").unwrap_or_default().to_ascii_lowercase();
    let bytes = match encoding.as_str() {
        "base64" => {
            let letters: Vec<u8> = body.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
            BASE64.decode(&letters).unwrap_or_else(|_| body.to_vec())
        }
        "quoted-printable" => quoted_printable(body),
        _ => body.to_vec(),
    };
    String::from_utf8_lossy(&bytes).into_owned()
}

/// RFC 2045, 6.7; what is not an escape stays.
fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, tail)) = rest.split_first() {
        rest = match (first, tail) {
            (b'=', [b'\r', b'\n', tail @ ..]) => tail,
            (b'=', [high, low, tail @ ..]) if hex(*high).is_some() && hex(*low).is_some() => {
                out.push(hex(*high).unwrap_or(0) * 16 + hex(*low).unwrap_or(0));
                tail
            }
            _ => {
                out.push(*first);
                tail
            }
        };
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// A list of mailboxes: `"Ada, Countess" <a@b>, c@d`.
fn mailboxes(value: &str) -> Vec<Mailbox> {
    split_list(value)
        .into_iter()
        .map(|item| match item.rsplit_once('<') {
            Some((name, address)) => Mailbox {
                name: Some(encoded_words(&unquoted(name.trim()))).filter(|name| !name.is_empty()),
                address: address.trim().trim_end_matches('>').to_owned(),
            },
            None => Mailbox::bare(item.trim()),
        })
        .filter(|mailbox| !mailbox.address.is_empty())
        .collect()
}

/// Splits at commas outside quotes.
fn split_list(value: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for c in value.chars() {
        if c == ',' && !quoted {
            items.push(String::new());
            continue;
        }
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = c == '\\' && !escaped;
        if let Some(item) = items.last_mut() {
            item.push(c);
        }
    }
    items
}

fn unquoted(name: &str) -> String {
    let Some(inner) = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) else {
        return name.to_owned();
    };
    let mut out = String::new();
    let mut escaped = false;
    for c in inner.chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            out.push(c);
            escaped = false;
        }
    }
    out
}

/// RFC 2047: blanks between two encoded words are not part of the text.
fn encoded_words(value: &str) -> String {
    let mut out: Vec<u8> = Vec::new();
    let mut after_encoded = false;
    for word in value.split(' ').filter(|word| !word.is_empty()) {
        let decoded = encoded_word(word);
        let joined = out.is_empty() || (after_encoded && decoded.is_some());
        if !joined {
            out.push(b' ');
        }
        after_encoded = decoded.is_some();
        out.extend(decoded.unwrap_or_else(|| word.as_bytes().to_vec()));
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn encoded_word(word: &str) -> Option<Vec<u8>> {
    let inner = word.strip_prefix("=?")?.strip_suffix("?=")?;
    let mut fields = inner.splitn(3, '?');
    let (charset, kind, text) = (fields.next()?, fields.next()?, fields.next()?);
    if !charset.eq_ignore_ascii_case("utf-8") {
        return None;
    }
    match kind {
        "b" | "B" => BASE64.decode(text.as_bytes()).ok(),
        "q" | "Q" => Some(quoted_printable(text.replace('_', " ").as_bytes())),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
