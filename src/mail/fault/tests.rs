use super::Class::{Permanent, Route, Transient, Unknown};
use super::Stage::{Auth, Body, Data, Greeting, Mail, Rcpt};
use super::*;

#[test]
fn every_reply_has_its_class_at_every_stage() {
    // code, text, then the class at Greeting, Auth, Mail, Rcpt, Data and Body
    let table = [
        (421, "4.3.2 closing", [Route, Route, Route, Route, Route, Route]),
        (450, "4.2.1 busy", [Route, Route, Transient, Transient, Transient, Transient]),
        (451, "4.7.1 greylisted", [Route, Route, Transient, Transient, Transient, Transient]),
        (452, "4.3.1 disk full", [Route, Route, Transient, Transient, Transient, Transient]),
        (454, "throttled", [Route, Route, Route, Route, Route, Route]),
        (501, "5.1.3 bad address", [Route, Route, Route, Permanent, Permanent, Permanent]),
        (503, "bad sequence", [Route, Route, Route, Route, Route, Permanent]),
        (530, "5.7.0 log in first", [Route, Route, Route, Route, Route, Route]),
        (535, "5.7.8 bad password", [Route, Route, Route, Route, Route, Route]),
        (550, "5.1.1 no such user", [Route, Route, Route, Permanent, Permanent, Permanent]),
        (550, "5.7.1 refused by policy", [Route, Route, Route, Permanent, Permanent, Permanent]),
        (550, "5.7.26 unauthenticated", [Route, Route, Route, Route, Route, Route]),
        (550, "5.7.515 access denied", [Route, Route, Route, Route, Route, Route]),
        (552, "5.2.2 mailbox full", [Route, Route, Route, Permanent, Permanent, Permanent]),
        (553, "not here", [Route, Route, Route, Permanent, Permanent, Permanent]),
        (554, "no", [Route, Route, Route, Permanent, Permanent, Permanent]),
        (554, "5.7.1 Relay access denied", [Route, Route, Route, Route, Route, Route]),
        (571, "not delivered", [Route, Route, Route, Permanent, Permanent, Permanent]),
        (450, "4.7.28 too many mails", [Route, Route, Transient, Transient, Transient, Transient]),
        (450, "4.7.23 no SPF", [Route, Route, Route, Route, Route, Route]),
        (299, "what", [Route, Route, Route, Route, Route, Unknown]),
    ];
    for (code, text, classes) in table {
        let got = [Greeting, Auth, Mail, Rcpt, Data, Body].map(|stage| classify(stage, code, text));
        assert_eq!(got, classes, "{code} {text}");
    }
}

#[test]
fn an_unknown_user_in_a_relay_table_is_the_recipients_fault() {
    let text = "5.1.1 User unknown in relay recipient table";
    assert_eq!(classify(Rcpt, 550, text), Permanent);
}

#[test]
fn a_lost_reply_is_unknown_after_the_first_body_byte_only() {
    assert_eq!(Fault::broken(Body, "gone").class, Unknown);
    for stage in [Stage::Dns, Greeting, Mail, Rcpt, Data] {
        assert_eq!(Fault::broken(stage, "gone").class, Route);
    }
}

#[test]
fn stages_are_ordered_as_they_happen() {
    assert!(Stage::Dns < Stage::Connect && Stage::Connect < Stage::Tls && Stage::Tls < Greeting);
    assert!(Stage::Auth < Mail && Mail < Rcpt && Rcpt < Data && Data < Body);
}

#[test]
fn the_enhanced_code_is_taken_from_the_front_of_the_text() {
    assert_eq!(Fault::reply(Rcpt, 550, "5.1.10 no").enhanced.as_deref(), Some("5.1.10"));
    assert_eq!(Fault::reply(Rcpt, 550, "see 5.1.10").enhanced, None);
    assert_eq!(Fault::reply(Rcpt, 550, "10.0.0.1 is listed").enhanced, None);
    assert_eq!(Fault::reply(Rcpt, 550, "").enhanced, None);
}

#[test]
fn a_requested_pause_is_read() {
    let pause = |code, text| Fault::reply(Rcpt, code, text).retry_after;
    assert_eq!(pause(450, "try again in 5 minutes"), Some(Span::minutes(5)));
    assert_eq!(pause(451, "4.7.1 Greylisted for 300 seconds, see"), Some(Span::seconds(300)));
    assert_eq!(pause(421, "wait 2 hours"), Some(Span::hours(2)));
    assert_eq!(pause(450, "99 hours"), Some(Span::days(1)), "a day at most");
    assert_eq!(pause(450, "0 seconds"), None);
    assert_eq!(pause(450, "later"), None);
    assert_eq!(pause(550, "try again in 5 minutes"), None, "a final refusal has no later");
}

#[test]
fn addresses_are_masked_in_the_servers_words() {
    for (text, masked) in [
        ("<ada@example.org>: no such user", "<***@example.org>: no such user"),
        ("to=ada.l+x@a.example, b@c.example", "***@a.example, ***@c.example"),
        ("\"ada l\"@example.org", "***@example.org"),
        ("jürgen@example.org", "***@example.org"),
        ("at noon @ home, a @b", "at noon @ home, a @b"),
        ("no address", "no address"),
        ("ada@[192.0.2.1]", "***@[192.0.2.1]"),
        ("a@b@example.org", "***@example.org"),
    ] {
        assert_eq!(mask_addresses(text), masked);
    }
}

#[test]
fn the_text_is_one_short_line() {
    let fault = Fault::reply(Rcpt, 550, &format!("5.1.1 a\r\n\u{0}b\u{1b}[31m {}", "x".repeat(1000)));
    assert!(fault.text.starts_with("5.1.1 a b [31m xxx"), "{}", fault.text);
    assert_eq!(fault.text.chars().count(), 500);
    assert!(!fault.text.chars().any(char::is_control));
}
