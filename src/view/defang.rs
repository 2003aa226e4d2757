//! Links in people's own words are shown, but not made clickable.
//!
//! A stranger reads the mail in a connector's name; the only links in it are the service's own.

use serde_json::Value;

use super::MARK;

/// Keys whose strings are the service's own and pass unchanged, at any depth.
pub(super) const RAW_KEYS: &[&str] =
    &["links", "link", "link_introduction", "link_settings", "base_url", "address", "time_zone"];

/// Schemes that mail programs, or what they hand a link to, open without `//` behind them.
const BARE_SCHEMES: &[&str] = &[
    "bitcoin",
    "callto",
    "data",
    "facetime",
    "file",
    "geo",
    "http",
    "https",
    "intent",
    "javascript",
    "magnet",
    "mailto",
    "market",
    "sip",
    "sips",
    "skype",
    "sms",
    "smsto",
    "tel",
    "tg",
    "vbscript",
    "view-source",
    "webcal",
    "whatsapp",
    "xmpp",
];
/// Those of programs of one maker (`ms-word:`).
const MAKERS: &[&str] = &["ms-"];

/// `https://example.org` becomes `https[:]//example[.]org`. Doing it twice changes nothing more.
pub fn defang(text: &str) -> String {
    if text.contains(MARK) {
        return text.split_inclusive(char::is_whitespace).map(defang_unmarked).collect();
    }
    defang_plain(text)
}

fn defang_unmarked(word: &str) -> String {
    if word.contains(MARK) { word.to_owned() } else { defang_plain(word) }
}

fn defang_plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for (at, character) in text.char_indices() {
        let (before, after) = (&text[..at], &text[at + character.len_utf8()..]);
        match character {
            ':' if opens_link(before, after) => out.push_str("[:]"),
            '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}' if joins_labels(before, after) => out.push_str("[.]"),
            '.' if joins_numbers(before, after) => out.push_str("[.]"),
            _ => out.push(character),
        }
    }
    out
}

/// `scheme://` or one of the bare schemes followed by something.
fn opens_link(before: &str, after: &str) -> bool {
    if after.starts_with("//") {
        return true;
    }
    // RFC 3986, 3.1, less the signs that no scheme in use has.
    let in_scheme = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let scheme = before.rsplit(|c: char| !in_scheme(c)).next().unwrap_or_default().to_ascii_lowercase();
    let followed = after.starts_with(|c: char| !c.is_whitespace());
    let known = BARE_SCHEMES.iter().any(|bare| scheme == *bare || scheme.ends_with(&format!("-{bare}")));
    followed && (known || MAKERS.iter().any(|maker| scheme.starts_with(maker)))
}

/// A dot inside something like a host name: a letter or digit before it and at least two letters or
/// digits behind it, the first a letter. Rather `Node[.]js` than one clickable link.
fn joins_labels(before: &str, after: &str) -> bool {
    let mut behind = after.chars();
    let first = behind.next().is_some_and(char::is_alphabetic);
    let second = behind.next().is_some_and(|c| c.is_alphanumeric() || c == '-');
    before.ends_with(|c: char| c.is_alphanumeric() || c == '-') && first && second
}

/// A dot of four numbers that are an address (RFC 791, 3.2).
fn joins_numbers(before: &str, after: &str) -> bool {
    let in_number = |c: char| c.is_ascii_digit() || c == '.';
    let left = before.rsplit(|c: char| !in_number(c)).next().unwrap_or_default();
    let right = after.split(|c: char| !in_number(c)).next().unwrap_or_default();
    // A full stop may stand behind it.
    format!("{left}.{}", right.trim_end_matches('.')).parse::<std::net::Ipv4Addr>().is_ok()
}

/// Defangs every string of a template's values, except those under a raw key.
pub(super) fn values(value: &mut Value) {
    match value {
        Value::String(text) => *text = defang(text),
        Value::Array(items) => items.iter_mut().for_each(values),
        Value::Object(fields) => {
            for (key, field) in fields {
                if !RAW_KEYS.contains(&key.as_str()) {
                    values(field);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_every_kind_are_shown_but_dead() {
        for (raw, shown) in [
            ("see https://example.org/a?b=c.", "see https[:]//example[.]org/a?b=c."),
            ("HTTP://EXAMPLE.ORG", "HTTP[:]//EXAMPLE[.]ORG"),
            ("www.example.co.uk", "www[.]example[.]co[.]uk"),
            ("ada@example.org", "ada@example[.]org"),
            ("http://1.2.3.4/x", "http[:]//1[.]2[.]3[.]4/x"),
            ("ada@192.0.2.7.", "ada@192[.]0[.]2[.]7."),
            ("mailto:ada", "mailto[:]ada"),
            ("javascript:alert(1)", "javascript[:]alert(1)"),
            ("пример.рф", "пример[.]рф"),
            ("example。org", "example[.]org"),
            ("xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd[.]xn--p1ai"),
        ] {
            assert_eq!(defang(raw), shown);
            assert_eq!(defang(shown), shown, "twice is once");
        }
    }

    #[test]
    fn ordinary_prose_is_left_alone() {
        for text in [
            "We met in 1843. It was fine.",
            "e.g. at 3.5 percent",
            "Dr. A.B. Lovelace: hello",
            "10:30",
            "on 2.3.2026, version 1.2.3",
            "note: yes",
        ] {
            assert_eq!(defang(text), text);
        }
    }

    #[test]
    fn marked_links_pass_and_raw_keys_too() {
        let marked = format!("{MARK}answer.org{MARK} evil.org");
        assert_eq!(defang(&marked), format!("{MARK}answer.org{MARK} evil[.]org"));
        let mut value = serde_json::json!({"links": {"answer": "https://a.org"}, "first": {"about": "b.org", "address": "a@b.org"}});
        values(&mut value);
        assert_eq!(
            value,
            serde_json::json!({"links": {"answer": "https://a.org"}, "first": {"about": "b[.]org", "address": "a@b.org"}})
        );
    }
}
