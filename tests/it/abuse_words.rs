//! No word of a connector becomes a link in anybody's mail program: thousands of addresses of sites and mails, in every
//! dress that people try, before a finder of links that is not ours.

use linkify::{LinkFinder, LinkKind};
use twoyes::view::defang;

use crate::support::dice::Dice;

const SCHEMES: &[&str] = &[
    "",
    "http://",
    "https://",
    "HTTPS://",
    "hTTp://",
    "ftp://",
    "//",
    "http:/\\",
    "mailto:",
    "tel:",
    "sms:",
    "data:",
    "javascript:",
    "skype:",
    "whatsapp://",
    "ms-msdt:",
    "ms-word:",
    "magnet:",
    "bitcoin:",
    "facetime:",
    "intent:",
    "file:///",
    "webcal:",
    "vbscript:",
    "callto:",
    "sip:",
    "geo:",
    "tg:",
    "market:",
    "view-source:",
];
const USERS: &[&str] = &["", "", "", "ada@", "paypal.com@", "user:pass@", "support%40bank.example@"];
const HOSTS: &[&str] = &[
    "evil.example",
    "www.evil.example",
    "login.bank.com",
    "t.me",
    "1and1.com",
    "evil.co.uk",
    "пример.рф",
    "例え.jp",
    "xn--e1afmkfd.xn--p1ai",
    "evil。com",
    "evil．com",
    "evil｡com",
    "EVIL.COM",
    "bit.ly",
    "a-b.io",
    "127.0.0.1",
    "192.0.2.7",
    "münchen.de",
    "evil.zip",
    "evil.mov",
    "sub.sub.sub.evil.info",
    "e.vil.app",
];
const PATHS: &[&str] = &[
    "",
    "/",
    "/login",
    "/a?b=c&d=e#f",
    ":8080",
    ":8080/x",
    "?q=1",
    "/%2e%2e/",
    "/a.pdf",
    "/ünïcode",
    "/(x)",
];
const AROUND: &[(&str, &str)] = &[
    ("", ""),
    ("<", ">"),
    ("(", ")"),
    ("[click](", ")"),
    ("\"", "\""),
    ("„", "“"),
    ("see ", "."),
    ("see:", ","),
    ("<a href=\"", "\">x</a>"),
    ("\u{201c}", "\u{201d}"),
    ("…", "…"),
    ("*", "*"),
    ("_", "_"),
    ("`", "`"),
    ("—", "—"),
    ("\n> ", "\n"),
    ("URL=", ";"),
    ("{", "}"),
    ("'", "'!"),
    ("1. ", " 2."),
];

fn finder() -> LinkFinder {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url, LinkKind::Email]).url_must_have_scheme(false);
    finder
}

fn pick<'a, T>(from: &'a [T], dice: &mut Dice) -> &'a T {
    &from[dice.below(from.len())]
}

#[test]
fn whatever_address_a_connector_writes_no_mail_program_finds_a_link() {
    let (finder, mut dice) = (finder(), Dice::new(7));
    let (mut before, mut tried) = (0, 0);
    for _ in 0..20_000 {
        let (left, right) = pick(AROUND, &mut dice);
        let (scheme, user) = (pick(SCHEMES, &mut dice), pick(USERS, &mut dice));
        let (host, path) = (pick(HOSTS, &mut dice), pick(PATHS, &mut dice));
        let text = format!("Please look {left}{scheme}{user}{host}{path}{right} at this");
        let shown = defang(&text);
        before += usize::from(finder.links(&text).next().is_some());
        tried += 1;
        let found: Vec<_> = finder.links(&shown).map(|link| link.as_str().to_owned()).collect();
        assert!(found.is_empty(), "{text:?} is shown as {shown:?}, and {found:?} is a link");
        assert_eq!(defang(&shown), shown, "twice is once");
    }
    assert!(before > tried / 2, "the finder of links finds only {before}");
    println!("figure: abuse: {tried} texts with addresses, {before} with a link before, 0 after");
}

#[test]
fn schemes_that_start_programs_are_dead_without_a_host() {
    for scheme in SCHEMES.iter().filter(|scheme| scheme.ends_with(':')) {
        let shown = defang(&format!("{scheme}whatever"));
        assert!(shown.contains("[:]"), "{shown}");
    }
    for prose in ["note: yes", "Dr. Who: a film", "at 10:30", "ratio 3:4", "Ada:you know her"] {
        assert_eq!(defang(prose), prose);
    }
}
