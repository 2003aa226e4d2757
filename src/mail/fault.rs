//! Why an attempt failed, and whose fault it is.

use lettre::transport::smtp::Error as SmtpError;

use crate::clock::Span;

/// How far an attempt got. Ordered: what comes later in an attempt is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Looking up the relay's name.
    Dns,
    Connect,
    /// The TLS handshake, at once or after STARTTLS.
    Tls,
    Greeting,
    Ehlo,
    /// The STARTTLS command and its reply.
    StartTls,
    Auth,
    Mail,
    Rcpt,
    /// The DATA command and its reply.
    Data,
    /// From the first byte of the mail to the reply after the final dot.
    Body,
}

impl Stage {
    /// The name kept in the database and in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Greeting => "greeting",
            Self::Ehlo => "ehlo",
            Self::StartTls => "starttls",
            Self::Auth => "auth",
            Self::Mail => "mail",
            Self::Rcpt => "rcpt",
            Self::Data => "data",
            Self::Body => "body",
        }
    }
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What follows from a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Not now for this recipient: surely not accepted, worth another attempt.
    Transient,
    /// Never for this recipient: surely not accepted.
    Permanent,
    /// The way is sick, not the mail: surely not accepted, and the delivery does not pay for it.
    Route,
    /// The mail is out and the answer is missing: perhaps accepted.
    Unknown,
}

impl Class {
    /// The name kept in the database and in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Transient => "transient",
            Self::Permanent => "permanent",
            Self::Route => "route",
            Self::Unknown => "unknown",
        }
    }
}

/// One failed attempt. Holds no address: its text goes to logs and to the admin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{stage}: {text}")]
pub struct Fault {
    pub stage: Stage,
    pub class: Class,
    /// The reply code, when there was a reply (RFC 5321, 4.2).
    pub code: Option<u16>,
    /// The enhanced status code `x.y.z`, when the text begins with one (RFC 3463).
    pub enhanced: Option<String>,
    /// The server's words, or ours when there were none: one line, at most 500 characters, addresses masked.
    pub text: String,
    /// The pause that the server asked for.
    pub retry_after: Option<Span>,
    /// The connection is gone; open another one.
    pub disconnected: bool,
}

impl Fault {
    /// A negative reply.
    #[must_use]
    pub fn reply(stage: Stage, code: u16, text: &str) -> Self {
        Self {
            stage,
            class: classify(stage, code, text),
            code: Some(code),
            enhanced: enhanced(text),
            text: tidy(text),
            retry_after: retry_after(code, text),
            disconnected: code == 421 || stage < Stage::Mail,
        }
    }

    /// No reply, or none that can be read: the connection is given up.
    #[must_use]
    pub fn broken(stage: Stage, text: &str) -> Self {
        Self {
            stage,
            class: if stage == Stage::Body { Class::Unknown } else { Class::Route },
            code: None,
            enhanced: None,
            text: tidy(text),
            retry_after: None,
            disconnected: true,
        }
    }

    pub(super) fn timeout(stage: Stage) -> Self {
        Self::broken(stage, "no answer in time")
    }

    pub(super) fn from_smtp(stage: Stage, error: &SmtpError) -> Self {
        let source = std::error::Error::source(error).map(ToString::to_string);
        match error.status() {
            Some(code) => Self::reply(stage, u16::from(code), &source.unwrap_or_default()),
            None => Self::broken(stage, &source.unwrap_or_else(|| error.to_string())),
        }
    }
}

/// Whose fault a negative reply is.
///
/// - Everything before MAIL, and 421 anywhere, is the route: no recipient had a part in it.
/// - So is a 5xx to MAIL: the recipient has not been named yet, every mail would get the same answer.
/// - So are replies about us as the sender at any stage: 454, 530, 534, 535 and 538 (authentication and TLS,
///   RFC 4954; a large relay answers 454 to senders who are too fast), 500, 502 and 503 to a command (the
///   conversation went wrong), "relaying denied", and the enhanced codes X.7.8 to X.7.14, X.7.20 to X.7.32
///   and 5.7.5xx (credentials, DKIM, SPF, DMARC, PTR). Failing those for good would burn the whole outbox
///   over one wrong setting.
/// - 5.7.0 and 5.7.1 are *not* among them: servers use them for refusing a recipient or a text.
/// - Any other 4xx or 5xx is for this recipient, also after the final dot: a mail refused there was not
///   accepted (RFC 5321, 4.2.5).
#[must_use]
pub fn classify(stage: Stage, code: u16, text: &str) -> Class {
    let command_refused = matches!(code, 500 | 502 | 503) && stage != Stage::Body;
    if stage < Stage::Mail || code == 421 || command_refused || concerns_sender(code, text) {
        return Class::Route;
    }
    match code {
        400..=499 => Class::Transient,
        500..=599 if stage == Stage::Mail => Class::Route,
        500..=599 => Class::Permanent,
        _ if stage == Stage::Body => Class::Unknown,
        _ => Class::Route,
    }
}

fn concerns_sender(code: u16, text: &str) -> bool {
    if matches!(code, 454 | 530 | 534 | 535 | 538) {
        return true;
    }
    let lower = text.to_ascii_lowercase();
    let refused = ["denied", "not permitted", "not allowed", "prohibited"].iter().any(|w| lower.contains(w));
    if code >= 500 && lower.contains("relay") && refused {
        return true;
    }
    let Some(status) = enhanced(text) else { return false };
    let Some(detail) = status.get(1..).and_then(|rest| rest.strip_prefix(".7.")) else { return false };
    match detail.parse::<u16>() {
        // A flood is over after a while when the server says so with a 4.
        Ok(28) => code >= 500,
        Ok(8..=14 | 20..=32 | 500..=599) => true,
        _ => false,
    }
}

/// The status code at the beginning of a reply's text (RFC 2034, 3).
fn enhanced(text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?;
    let fields: Vec<&str> = word.split('.').collect();
    let number = |field: &str| (1..=3).contains(&field.len()) && field.bytes().all(|b| b.is_ascii_digit());
    match fields.as_slice() {
        [class @ ("2" | "4" | "5"), subject, detail] if number(subject) && number(detail) => {
            Some(format!("{class}.{subject}.{detail}"))
        }
        _ => None,
    }
}

/// "Try again in 5 minutes", "for 300 seconds": a number before a unit, in a temporary refusal, at most a day.
fn retry_after(code: u16, text: &str) -> Option<Span> {
    if !(400..500).contains(&code) {
        return None;
    }
    let words: Vec<String> = text.split_whitespace().map(str::to_ascii_lowercase).collect();
    let span = words.windows(2).find_map(|pair| {
        let [number, unit] = pair else { return None };
        let n: i64 = number.trim_start_matches('(').parse().ok().filter(|n| (1..=86_400).contains(n))?;
        match unit.as_str() {
            unit if unit.starts_with("sec") => Some(Span::seconds(n)),
            unit if unit.starts_with("min") => Some(Span::minutes(n)),
            unit if unit.starts_with("hour") => Some(Span::hours(n)),
            _ => None,
        }
    })?;
    Some(span.min(Span::days(1)))
}

/// One line of at most 500 characters without addresses.
pub(super) fn tidy(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    mask_addresses(&line).chars().take(500).collect()
}

/// The text with the local part of every mail address in it replaced: `***@example.org`.
#[must_use]
pub fn mask_addresses(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (nth, piece) in text.split('@').enumerate() {
        if nth > 0 {
            mask_tail(&mut out, piece);
            out.push('@');
        }
        out.push_str(piece);
    }
    out
}

/// Replaces the local part at the end of `out`, when what follows the `@` can be a domain.
fn mask_tail(out: &mut String, after: &str) {
    if !after.starts_with(|c: char| c.is_alphanumeric() || c == '[') {
        return;
    }
    let local = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.@".contains(c);
    let start = if let Some(inner) = out.strip_suffix('"') {
        inner.rfind('"').unwrap_or(inner.len())
    } else {
        out.trim_end_matches(local).len()
    };
    if start < out.len() {
        out.truncate(start);
        out.push_str("***");
    }
}

#[cfg(test)]
mod tests;
