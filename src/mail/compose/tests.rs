use mail_parser::{MessageParser, PartType};

use super::*;

fn letter() -> Letter {
    Letter {
        message_id: "0192-ask@intro.example.org".into(),
        date: Ts(1_772_357_400_123_456),
        from: Mailbox::named("Ada Lovelace via twoyes", "hello@intro.example.org"),
        to: vec![Mailbox::named("Grace Hopper", "grace@example.net")],
        reply_to: vec![Mailbox::bare("ada@example.org")],
        subject: "Ada <> Grace".into(),
        text: "Hello\n\nhttps://intro.example.org/l/0\n".into(),
        html: Some("<p>Hello</p>\n".into()),
        card: None,
        auto_submitted: true,
        list_unsubscribe: Some("https://intro.example.org/stop/abc".into()),
        list_id: Some("introductions.intro.example.org".into()),
    }
}

fn composed(letter: &Letter) -> String {
    String::from_utf8(compose(letter).unwrap()).unwrap()
}

/// The text and HTML parts as another implementation reads them, with LF line ends.
fn read_back(letter: &Letter) -> (String, Option<String>) {
    let mail = compose(letter).unwrap();
    assert_transportable(&mail);
    let parsed = MessageParser::default().parse(&mail).unwrap();
    let html = parsed.parts.iter().find_map(|part| match &part.body {
        PartType::Html(html) => Some(html.replace("\r\n", "\n")),
        _ => None,
    });
    (parsed.body_text(0).unwrap().replace("\r\n", "\n"), html)
}

fn assert_transportable(mail: &[u8]) {
    assert!(mail.is_ascii());
    assert!(!mail.contains(&0));
    let text = std::str::from_utf8(mail).unwrap();
    let without_line_ends = text.replace("\r\n", "");
    assert!(!without_line_ends.contains(['\r', '\n']), "a lone CR or LF");
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    for line in body.split("\r\n") {
        assert!(line.len() <= 78, "{} octets: {line}", line.len());
    }
    // A header is folded at blanks; lettre leaves an address on the line of its encoded name.
    for line in head.split("\r\n") {
        assert!(line.len() <= 150, "{} octets: {line}", line.len());
    }
}

#[test]
fn the_headers_stand_once_and_in_order() {
    let mail = composed(&letter());
    let (head, _) = mail.split_once("\r\n\r\n").unwrap();
    insta::assert_snapshot!(head.replace("\r\n", "\n"), @r#"
    Date: Sun, 01 Mar 2026 09:30:00 +0000
    From: "Ada Lovelace via twoyes" <hello@intro.example.org>
    To: "Grace Hopper" <grace@example.net>
    Reply-To: ada@example.org
    Subject: Ada <> Grace
    Message-ID: <0192-ask@intro.example.org>
    MIME-Version: 1.0
    Auto-Submitted: auto-generated
    X-Auto-Response-Suppress: All
    List-Unsubscribe: <https://intro.example.org/stop/abc>
    List-Unsubscribe-Post: List-Unsubscribe=One-Click
    List-Id: <introductions.intro.example.org>
    Content-Type: multipart/alternative;
     boundary="=_b1f1432f49b27e6751b6f156cbbca3e5"
    "#);
}

#[test]
fn the_same_letter_gives_the_same_bytes() {
    assert_eq!(compose(&letter()).unwrap(), compose(&letter()).unwrap());
    let other = Letter { message_id: "other@intro.example.org".into(), ..letter() };
    assert_ne!(compose(&letter()).unwrap(), compose(&other).unwrap());
}

#[test]
fn names_of_every_script_come_back_as_they_went() {
    for name in [
        "Ada",
        "Ada, Countess of Lovelace",
        "O'Neil \"Shaq\" \\ Back",
        "عمر الخيام",
        "שרה לוי",
        "山田 太郎",
        "Zoë 🚀 of the long long name that goes on and on and on until it has to be folded somewhere 🚀🚀🚀",
        "Søren Aabye Kierkegaard",
        "(comment)",
        "a@b.example",
    ] {
        let letter = Letter { from: Mailbox::named(name, "hello@intro.example.org"), ..letter() };
        let mail = compose(&letter).unwrap();
        assert_transportable(&mail);
        let parsed = MessageParser::default().parse(&mail).unwrap();
        assert_eq!(parsed.from().unwrap().first().unwrap().name(), Some(name));
        assert_eq!(parsed.from().unwrap().first().unwrap().address(), Some("hello@intro.example.org"));
    }
}

#[test]
fn several_people_to_answer_to_are_all_named() {
    let people =
        vec![Mailbox::named("Ada, Countess", "ada@example.org"), Mailbox::named("格", "g@example.net")];
    let letter = Letter { to: people.clone(), reply_to: people, ..letter() };
    let mail = compose(&letter).unwrap();
    let parsed = MessageParser::default().parse(&mail).unwrap();
    for list in [parsed.to().unwrap(), parsed.reply_to().unwrap()] {
        let list = list.as_list().unwrap();
        assert_eq!(list[0].name(), Some("Ada, Countess"));
        assert_eq!(list[1].name(), Some("格"));
        assert_eq!(list[1].address(), Some("g@example.net"));
    }
}

#[test]
fn subjects_come_back_as_they_went() {
    let long = "A long subject of plain words that has to be folded at least twice ".repeat(4);
    let mixed = "Grüße an 山田さん und עולם 🚀 ".repeat(8);
    for subject in ["Ada <> Grace", "🚀", "x", "50% = half, a_b", long.trim(), mixed.trim()] {
        let letter = Letter { subject: subject.into(), ..letter() };
        let mail = compose(&letter).unwrap();
        assert_transportable(&mail);
        assert_eq!(MessageParser::default().parse(&mail).unwrap().subject(), Some(subject));
    }
}

#[test]
fn control_characters_in_names_and_subjects_do_no_harm() {
    for nasty in ["\r\nBcc: x@y.example", "\n", "\r", "\0", "a\u{7f}b", "\u{85}", "a\tb", "\u{1b}[31m"] {
        let letter = Letter {
            from: Mailbox::named(format!("Ada{nasty}"), "hello@intro.example.org"),
            to: vec![Mailbox::named(nasty, "grace@example.net")],
            reply_to: vec![Mailbox::named(format!("{nasty}ü"), "ada@example.org")],
            subject: format!("Hi{nasty}there"),
            ..letter()
        };
        let mail = compose(&letter).unwrap();
        assert_transportable(&mail);
        let parsed = MessageParser::default().parse(&mail).unwrap();
        assert!(parsed.bcc().is_none());
        assert_eq!(parsed.headers().len(), 13);
        assert!(!parsed.subject().unwrap().chars().any(char::is_control));
    }
}

#[test]
fn an_encoded_word_in_a_name_stays_text() {
    let sneaky = "=?utf-8?q?=E2=80=AE?= Ada";
    let letter = Letter { subject: sneaky.into(), from: Mailbox::named(sneaky, "a@b.example"), ..letter() };
    let mail = compose(&letter).unwrap();
    let parsed = MessageParser::default().parse(&mail).unwrap();
    assert!(!parsed.subject().unwrap().contains('\u{202e}'));
    assert!(!parsed.from().unwrap().first().unwrap().name().unwrap().contains('\u{202e}'));
}

#[test]
fn bodies_come_back_as_they_went() {
    let long_line = "word ".repeat(400) + "\n";
    let unbroken = "x".repeat(3000) + "\n";
    let link = format!("https://intro.example.org/a/{}\n", "0123456789abcdef".repeat(4));
    for text in [
        "Hello\n",
        "two lines\nand trailing blanks  \t\nend = 100%\n",
        ".\n..\n.\n\nMAIL FROM:<x@y.example>\n",
        "From the beginning\n",
        "--=_\n",
        "Grüße 🚀, שלום, 你好\n",
        "你好你好你好你好\n",
        long_line.as_str(),
        unbroken.as_str(),
        link.as_str(),
    ] {
        let both = Letter { text: text.into(), html: Some(format!("<p>{text}</p>\n")), ..letter() };
        assert_eq!(read_back(&both), (text.to_owned(), Some(format!("<p>{text}</p>\n"))));
        let text_only = Letter { text: text.into(), html: None, ..letter() };
        assert_eq!(read_back(&text_only).0.trim_end_matches('\n'), text.trim_end_matches('\n'));
    }
}

#[test]
fn lone_returns_and_dot_lines_cannot_end_the_mail_early() {
    let text = "\n.\nMAIL FROM:<x>\r.\r\n\r.\r.\n\n.\r\n";
    let letter = Letter { text: text.into(), ..letter() };
    let mail = compose(&letter).unwrap();
    assert_transportable(&mail);
    assert_eq!(read_back(&letter).0, "\n.\nMAIL FROM:<x>\n.\n\n.\n.\n\n.\n");
}

#[test]
fn control_characters_leave_the_body() {
    let letter = Letter { text: "a\u{0}b\u{8}c\td\u{1b}e\n".into(), ..letter() };
    assert_eq!(read_back(&letter).0, "abc\tde\n");
}

#[test]
fn the_encoding_follows_the_text() {
    let mail = composed(&Letter { text: "Grüße\n".repeat(3), html: None, ..letter() });
    assert!(mail.contains("Content-Transfer-Encoding: base64"), "2 of 7 bytes are foreign");
    let mail = composed(&Letter { text: "Many words and one Gruß\n".into(), html: None, ..letter() });
    assert!(mail.contains("Content-Transfer-Encoding: quoted-printable"));
    let mail = composed(&Letter { text: String::new(), html: None, ..letter() });
    assert!(mail.contains("Content-Transfer-Encoding: quoted-printable"), "never 7bit");
}

#[test]
fn what_cannot_stand_in_a_mail_is_refused_without_repeating_it() {
    for address in
        ["", "ada", "ada@", "ädä@example.org", "a b@example.org", "a@b\r\nBcc: c@d", "<a@b.example>"]
    {
        let letter = Letter { to: vec![Mailbox::bare(address)], ..letter() };
        assert_eq!(compose(&letter), Err(ComposeError::Address("To")), "{address}");
    }
    let refused = |letter: Letter| compose(&letter).unwrap_err();
    assert_eq!(refused(Letter { to: vec![], ..letter() }), ComposeError::NoRecipient);
    for id in ["", "a", "a@", "@b", "a b@c", "a@b>\r\nX: y", "a@b@c"] {
        assert_eq!(refused(Letter { message_id: id.into(), ..letter() }), ComposeError::MessageId, "{id}");
    }
    for url in ["http://a.example/", "https://a.example/\r\nX: y", "https://a.example/ b", "https://a>"] {
        let letter = Letter { list_unsubscribe: Some(url.into()), ..letter() };
        assert_eq!(refused(letter), ComposeError::ListUnsubscribe, "{url}");
    }
    for id in ["", "a", "a..b", "a b.c", "a.b\r\nX: y"] {
        assert_eq!(refused(Letter { list_id: Some(id.into()), ..letter() }), ComposeError::ListId, "{id}");
    }
    assert_eq!(refused(Letter { subject: "x".repeat(2000), ..letter() }), ComposeError::Line);
}

#[test]
fn dates_outside_the_calendar_do_no_harm() {
    for date in [Ts(i64::MIN), Ts(-1), Ts(i64::MAX)] {
        assert!(compose(&Letter { date, ..letter() }).is_ok());
    }
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_the_form_of_a_mail(name in ".*", subject in "\\PC{0,200}", text in "(?s).{0,400}") {
        let letter = Letter {
            from: Mailbox::named(name, "a@b.example"),
            subject,
            text: text.clone(),
            html: Some(text),
            ..letter()
        };
        let mail = compose(&letter).unwrap();
        proptest::prop_assert!(well_formed(&mail));
        let parsed = MessageParser::default().parse(&mail).unwrap();
        proptest::prop_assert_eq!(parsed.headers().len(), 13);
    }
}
