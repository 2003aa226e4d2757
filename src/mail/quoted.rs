//! Quoted-printable (RFC 2045, 6.7), in one pass over the text.

use super::octets;

/// The longest line (rule 5). A line that is broken needs the last column for its `=`.
const WIDTH: usize = 76;
const BROKEN: usize = WIDTH - 1;

const HEX: [u8; 16] = *b"0123456789ABCDEF";

/// Appends a text whose lines end with LF; those of the mail end with CRLF. The last line is left open.
pub(super) fn quoted_printable(mail: &mut Vec<u8>, text: &str) {
    for (nth, line) in text.split('\n').enumerate() {
        if nth > 0 {
            mail.extend_from_slice(b"\r\n");
        }
        if line.len() <= WIDTH && is_plain(line.as_bytes()) && !line.ends_with([' ', '\t']) {
            mail.extend_from_slice(line.as_bytes());
        } else if let Some((last, before)) = line.as_bytes().split_last() {
            long_or_foreign(mail, before, *last);
        }
    }
}

fn long_or_foreign(mail: &mut Vec<u8>, before: &[u8], last: u8) {
    let (mut column, mut rest) = (0, before);
    while let Some((first, behind)) = rest.split_first() {
        let room = rest.len().min(BROKEN - column);
        let run = rest.iter().take(room).take_while(|octet| stands_for_itself(**octet)).count();
        if run == 0 {
            column = put(mail, column, *first, !stands_for_itself(*first), BROKEN);
            rest = behind;
        } else {
            let (plain, behind) = rest.split_at(run);
            mail.extend_from_slice(plain);
            (column, rest) = (column + run, behind);
        }
    }
    // A blank at the end of a line would be lost on the way (rule 3).
    put(mail, column, last, !stands_for_itself(last) || matches!(last, b' ' | b'\t'), WIDTH);
}

/// Puts one octet, behind a soft line break when it has no room any more. Returns the column after it.
fn put(mail: &mut Vec<u8>, column: usize, octet: u8, coded: bool, room: usize) -> usize {
    let width = if coded { 3 } else { 1 };
    let fits = column + width <= room;
    if !fits {
        mail.extend_from_slice(b"=\r\n");
    }
    if coded {
        mail.extend_from_slice(&[b'=', HEX[usize::from(octet >> 4)], HEX[usize::from(octet & 15)]]);
    } else {
        mail.push(octet);
    }
    width + if fits { column } else { 0 }
}

fn is_plain(line: &[u8]) -> bool {
    octets::all(line.iter().map(|octet| stands_for_itself(*octet)))
}

/// Rule 2; blanks are looked at where a line ends.
const fn stands_for_itself(octet: u8) -> bool {
    (octet >= b' ' && octet <= b'~' && octet != b'=') || octet == b'\t'
}

#[cfg(test)]
mod tests {
    use super::quoted_printable;

    fn encoded(text: &str) -> String {
        let mut mail = Vec::new();
        quoted_printable(&mut mail, text);
        String::from_utf8(mail).unwrap()
    }

    #[test]
    fn lines_are_broken_before_their_last_column() {
        let x = |count: usize| "x".repeat(count);
        for (text, mail) in [
            (String::new(), String::new()),
            ("a\n\nb\n".to_owned(), "a\r\n\r\nb\r\n".to_owned()),
            ("1 = 1".to_owned(), "1 =3D 1".to_owned()),
            ("blank \ntab\t\n in between".to_owned(), "blank=20\r\ntab=09\r\n in between".to_owned()),
            ("gr\u{fc}n".to_owned(), "gr=C3=BCn".to_owned()),
            (x(76), x(76)),
            (x(77), format!("{}=\r\nxx", x(75))),
            (format!("{}=", x(73)), format!("{}=3D", x(73))),
            (format!("{}=", x(74)), format!("{}=\r\n=3D", x(74))),
            (format!("{}=y", x(73)), format!("{}=\r\n=3Dy", x(73))),
            (format!("{} ", x(75)), format!("{}=\r\n=20", x(75))),
            (format!("{} \n", x(73)), format!("{}=20\r\n", x(73))),
        ] {
            assert_eq!(encoded(&text), mail, "{text:?}");
        }
    }

    proptest::proptest! {
        /// Octet for octet what the crate makes of it that lettre uses.
        #[test]
        fn another_encoder_writes_the_same(lines in proptest::collection::vec("[ -~\t\u{e9}=]{0,170}", 0..6)) {
            let text = lines.join("\n");
            let other = quoted_printable::encode_to_str(text.replace('\n', "\r\n"));
            proptest::prop_assert_eq!(encoded(&text), other);
        }
    }
}
