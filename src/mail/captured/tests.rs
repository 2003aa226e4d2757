use super::super::compose::compose;
use super::super::letter::Letter;
use super::*;
use crate::clock::Ts;

fn letter() -> Letter {
    Letter {
        message_id: "0192-ask@intro.example.org".into(),
        date: Ts(1_772_357_400_000_000),
        from: Mailbox::named("Ada \"the\" Lovelace, via twoyes", "hello@intro.example.org"),
        to: vec![Mailbox::named("عمر الخيام", "omar@example.net"), Mailbox::bare("grace@example.net")],
        reply_to: vec![Mailbox::named("Zoë 🚀", "zoe@example.org")],
        subject: "Grüße von einem sehr langen Betreff, der umbrochen wird, und 山田さん 🚀".into(),
        text:
            "Grüße\n.\n\n= 100 %\nhttps://intro.example.org/a/0123456789abcdef0123456789abcdef0123456789ab\n"
                .into(),
        html: Some("<p>你好你好你好</p>\n".into()),
        card: None,
        auto_submitted: true,
        list_unsubscribe: Some("https://intro.example.org/stop/abc".into()),
        list_id: None,
    }
}

#[test]
fn a_composed_letter_reads_back_as_it_was_written() {
    let letter = letter();
    let decoded = decode(&compose(&letter).unwrap());
    assert_eq!(decoded.message_id, letter.message_id);
    assert_eq!(decoded.date, "Sun, 01 Mar 2026 09:30:00 +0000");
    assert!(decoded.from == vec![letter.from.clone()], "{:?}", decoded.from[0].name);
    assert!(decoded.to == letter.to);
    assert!(decoded.reply_to == letter.reply_to);
    assert_eq!(decoded.subject, letter.subject);
    assert_eq!(decoded.list_unsubscribe, letter.list_unsubscribe);
    assert_eq!(decoded.text, letter.text);
    assert_eq!(decoded.html, letter.html);
}

#[test]
fn a_text_only_letter_reads_back() {
    let letter = Letter { html: None, text: "Hello\n\nyou\n".into(), ..letter() };
    let decoded = decode(&compose(&letter).unwrap());
    assert_eq!(decoded.text.trim_end(), letter.text.trim_end());
    assert_eq!(decoded.html, None);
}

#[test]
fn a_log_line_about_a_mail_shows_no_one_and_no_link() {
    let letter = letter();
    let shown = format!("{letter:?} {:?} {:?}", decode(&compose(&letter).unwrap()), letter.from);
    assert_eq!(
        shown,
        "Letter { message_id: \"0192-ask@intro.example.org\", .. } \
         Decoded { message_id: \"0192-ask@intro.example.org\", .. } Mailbox(..)"
    );
}

#[test]
fn nothing_at_all_decodes_to_nothing() {
    assert_eq!(decode(b""), Decoded::default());
}

proptest::proptest! {
    #[test]
    fn no_bytes_upset_the_decoder(raw in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        let _ = decode(&raw);
        let mut multipart = b"Content-Type: multipart/alternative; boundary=\"x\"\r\n\r\n--x\r\n--x--".to_vec();
        multipart.extend(raw);
        let _ = decode(&multipart);
    }

    #[test]
    fn every_letter_reads_back(subject in "[\\PC&&[^ ]]{1,40}( [\\PC&&[^ ]]{1,40}){0,5}", text in "[\\PC\n]{0,300}\n") {
        let letter = Letter { subject, text, ..letter() };
        let decoded = decode(&compose(&letter).unwrap());
        proptest::prop_assert_eq!(decoded.text, letter.text);
        proptest::prop_assert_eq!(decoded.subject, letter.subject.replace("=?", "= ?"));
    }
}
