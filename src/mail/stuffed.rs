//! A mail as it travels after DATA.

use std::borrow::Cow;

use super::octets;

/// With a second dot before each line that begins with one, and the final dot behind the last line (RFC 5321, 4.5.2). `mail`
/// is ASCII with CRLF line ends, as [`compose`](super::compose()) makes it.
pub(super) fn stuffed(mail: &[u8]) -> String {
    let mail = std::str::from_utf8(mail).map_or_else(|_| String::from_utf8_lossy(mail), Cow::Borrowed);
    let mut travels = String::with_capacity(mail.len() + 64);
    if has_dot_line(mail.as_bytes()) {
        for line in mail.split_inclusive('\n') {
            if line.starts_with('.') {
                travels.push('.');
            }
            travels.push_str(line);
        }
    } else {
        travels.push_str(&mail);
    }
    if !travels.ends_with("\r\n") {
        travels.push_str("\r\n");
    }
    travels.push_str(".\r\n");
    travels
}

/// Hardly any mail has one.
fn has_dot_line(mail: &[u8]) -> bool {
    mail.starts_with(b".")
        || !octets::all(octets::pairs(mail).map(|(one, next)| one != b'\n' || next != b'.'))
}

#[cfg(test)]
mod tests {
    use super::stuffed;

    #[test]
    fn no_line_of_a_mail_is_taken_for_its_end() {
        for (mail, travels) in [
            ("Hello\r\n", "Hello\r\n.\r\n"),
            ("Hello", "Hello\r\n.\r\n"),
            ("", "\r\n.\r\n"),
            (".\r\n", "..\r\n.\r\n"),
            (".first\r\n.\r\n..two\r\na.b\r\n", "..first\r\n..\r\n...two\r\na.b\r\n.\r\n"),
            ("ends with a dot.\r\n.", "ends with a dot.\r\n..\r\n.\r\n"),
            // A lone line end does not make one either.
            ("a\n.\r\nb\r\n", "a\n..\r\nb\r\n.\r\n"),
        ] {
            assert_eq!(stuffed(mail.as_bytes()), travels, "{mail:?}");
        }
    }
}
