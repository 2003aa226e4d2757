//! Free text and names, cleaned once, when they enter.
//!
//! Everything behind this door may rely on it: no control characters (so the link marks of a stored
//! mail, U+0001, cannot be typed), no bidirectional overrides, one normal form (NFC), LF only.

use unicode_normalization::UnicodeNormalization;

use super::look_alike::mixes_scripts;
use super::problem::Problem;

/// Longest name of a person, in characters.
pub const NAME_MAX: usize = 80;

/// A person's display name: one line, 1 to 80 characters.
///
/// # Errors
/// A problem for an empty or long name, control or bidi characters, a word of two scripts, or a name that carries a
/// link.
pub fn person_name(field: &str, raw: &str) -> Result<String, Problem> {
    let name = line(field, raw, NAME_MAX)?;
    if name.is_empty() {
        return Err(Problem::new(field, "required"));
    }
    let lower = name.to_lowercase();
    if lower.contains("://") || lower.contains("www.") || name.contains(['@', '<', '>', '"', '\\']) {
        return Err(Problem::new(field, "name-characters"));
    }
    // A name must not decode into something else in a reader's mail program (RFC 2047).
    if name.contains("=?") {
        return Err(Problem::new(field, "name-characters"));
    }
    if mixes_scripts(&name) {
        return Err(Problem::new(field, "mixed-scripts"));
    }
    Ok(name)
}

/// A single line of at most `max` characters; white space is folded. May be empty.
pub fn line(field: &str, raw: &str, max: usize) -> Result<String, Problem> {
    let folded = raw.split([' ', '\t', '\u{a0}']).filter(|word| !word.is_empty()).collect::<Vec<_>>();
    let clean: String = folded.join(" ").nfc().collect();
    if clean.contains(['\n', '\r']) {
        return Err(Problem::new(field, "line-break"));
    }
    check_characters(field, &clean)?;
    check_length(field, &clean, max)?;
    Ok(clean)
}

/// Several lines of at most `max` characters in all; line ends become LF. May be empty.
pub fn paragraph(field: &str, raw: &str, max: usize) -> Result<String, Problem> {
    let unix = raw.replace("\r\n", "\n").replace('\r', "\n");
    let trimmed = unix.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    let clean: String = trimmed.trim().nfc().collect();
    check_characters(field, &clean.replace(['\n', '\t'], " "))?;
    check_length(field, &clean, max)?;
    Ok(clean.replace('\t', "    "))
}

/// The same as [`paragraph`], but something must be said.
pub fn required_paragraph(field: &str, raw: &str, max: usize) -> Result<String, Problem> {
    let clean = paragraph(field, raw, max)?;
    if clean.is_empty() { Err(Problem::new(field, "required")) } else { Ok(clean) }
}

fn check_length(field: &str, clean: &str, max: usize) -> Result<(), Problem> {
    let length = clean.chars().count();
    if length > max {
        return Err(Problem::new(field, "too-long").number("max", max).number("len", length));
    }
    Ok(())
}

fn check_characters(field: &str, clean: &str) -> Result<(), Problem> {
    for character in clean.chars() {
        if character.is_control() {
            return Err(Problem::new(field, "control"));
        }
        if is_bidi_control(character) || is_invisible(character) {
            return Err(Problem::new(field, "bidi"));
        }
    }
    Ok(())
}

/// Characters that turn the reading direction of what follows (UAX 9, 2.1 to 2.3). The plain marks
/// U+200E and U+200F stay allowed: honest right-to-left names use them.
fn is_bidi_control(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Line separators and characters of no width that hide text. ZWJ and ZWNJ stay: Persian and emoji need them.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2065}' | '\u{feff}')
        || matches!(character, '\u{e0000}'..='\u{e007f}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_letters_and_lose_their_doubled_spaces() {
        assert_eq!(person_name("n", "  Ada   Lovelace ").unwrap(), "Ada Lovelace");
        assert_eq!(person_name("n", "محمد علي").unwrap(), "محمد علي");
        assert_eq!(person_name("n", "e\u{301}").unwrap(), "é");
    }

    #[test]
    fn names_that_could_break_a_header_are_refused() {
        for (raw, code) in [
            ("", "required"),
            ("Ada\r\nBcc: x", "line-break"),
            ("Ada\u{0}", "control"),
            ("Ada\u{1b}[2J", "control"),
            ("Ada\u{202e}ecalevoL", "bidi"),
            ("=?utf-8?Q?=0D=0A?=", "name-characters"),
            ("Win at https://x", "name-characters"),
            ("ada@example.org", "name-characters"),
            ("Аda Lovelace", "mixed-scripts"),
        ] {
            assert_eq!(person_name("n", raw).unwrap_err().code, code, "{raw:?}");
        }
        assert_eq!(person_name("n", &"a".repeat(81)).unwrap_err().code, "too-long");
    }

    #[test]
    fn paragraphs_get_plain_line_ends_and_no_hidden_characters() {
        assert_eq!(paragraph("t", "a \r\nb\rc\n\n", 10).unwrap(), "a\nb\nc");
        assert_eq!(paragraph("t", "a\u{1}b", 10).unwrap_err().code, "control");
        assert_eq!(paragraph("t", "a\u{200b}b", 10).unwrap_err().code, "bidi");
        assert_eq!(required_paragraph("t", " \n ", 10).unwrap_err().code, "required");
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_accepted_has_no_control_character(raw in ".{0,120}") {
            if let Ok(name) = person_name("n", &raw) {
                assert!(!name.chars().any(char::is_control));
            }
            if let Ok(text) = paragraph("t", &raw, 200) {
                assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
            }
        }
    }
}
