//! The SMTP driver against a server that fails at every stage in every way.

use std::time::{Duration, Instant};

use twoyes::mail::{Class, Session, SmtpRoute, Stage, Timeouts, Tls};

use crate::support::smtp_sink::{Act, At, SmtpSink};

const MAIL: &[u8] = b"Message-ID: <1@intro.example.org>\r\nSubject: x\r\n\r\nHello\r\n.\r\n..dots\r\n";
const FROM: &str = "bounce@intro.example.org";
const TO: &str = "grace@example.net";

fn route(sink: &SmtpSink) -> SmtpRoute {
    SmtpRoute {
        timeouts: Timeouts::short_for_tests(Duration::from_millis(300)),
        ..SmtpRoute::plain("127.0.0.1", sink.port(), "intro.example.org")
    }
}

/// One whole attempt.
async fn attempt(session: &mut Session) -> Result<(), twoyes::mail::Fault> {
    session.offer(FROM, TO).await?;
    session.transmit(MAIL).await.map(|_| ())
}

/// A relay that takes one command after the other, and one that takes several at once.
async fn relays() -> [SmtpSink; 2] {
    let relays = [SmtpSink::start().await, SmtpSink::start().await];
    relays[1].offer("PIPELINING");
    relays
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_given() {
    for sink in relays().await {
        let mut session = Session::open(&route(&sink)).await.unwrap();
        session.offer(FROM, TO).await.unwrap();
        assert!(sink.taken().is_empty(), "an offer sends nothing of the mail");
        let accepted = session.transmit(MAIL).await.unwrap();
        assert_eq!((accepted.code, accepted.text.as_str()), (250, "2.0.0 queued as 1"));
        session.quit().await;
        let taken = sink.taken();
        assert_eq!(taken.len(), 1);
        assert_eq!((taken[0].from.as_str(), taken[0].rcpt.as_str()), (FROM, TO));
        assert_eq!(taken[0].data, MAIL, "byte for byte");
        assert_eq!(sink.commands().last().unwrap(), "QUIT");
    }
}

#[tokio::test]
async fn every_failure_at_every_stage_has_its_stage_and_class() {
    use Class::{Permanent, Route, Transient, Unknown};
    // stage; then the class for 451, 550, 421, a closed connection and silence
    let table = [
        (At::Greeting, Stage::Greeting, [Route, Route, Route, Route, Route]),
        (At::Ehlo, Stage::Ehlo, [Route, Route, Route, Route, Route]),
        (At::Auth, Stage::Auth, [Route, Route, Route, Route, Route]),
        (At::Mail, Stage::Mail, [Transient, Route, Route, Route, Route]),
        (At::Rcpt, Stage::Rcpt, [Transient, Permanent, Route, Route, Route]),
        (At::Data, Stage::Data, [Transient, Permanent, Route, Route, Route]),
        (At::Dot, Stage::Body, [Transient, Permanent, Route, Unknown, Unknown]),
    ];
    let acts = [
        Act::reply("451 4.3.0 later"),
        Act::reply("550 5.5.0 never"),
        Act::ReplyAndClose("421 4.3.2 closing".into()),
        Act::Close,
        Act::Mute,
    ];
    for (at_once, (at, stage, classes)) in
        [false, true].into_iter().flat_map(|at_once| table.map(|row| (at_once, row)))
    {
        for (act, class) in acts.iter().zip(classes) {
            let sink = SmtpSink::start().await;
            if at_once {
                sink.offer("PIPELINING");
            }
            sink.offer("AUTH PLAIN LOGIN");
            sink.always(at, act.clone());
            let route = SmtpRoute { username: Some("u".into()), password: Some("p".into()), ..route(&sink) };
            let fault = match Session::open(&route).await {
                Ok(mut session) => attempt(&mut session).await.unwrap_err(),
                Err(fault) => fault,
            };
            assert_eq!(
                (fault.stage, fault.class),
                (stage, class),
                "{at:?} {act:?}: {fault}; at once: {at_once}"
            );
            let goes_on = matches!(act, Act::Reply(_)) && stage >= Stage::Mail;
            assert_eq!(fault.disconnected, !goes_on, "{at:?} {act:?}; at once: {at_once}");
        }
    }
}

#[tokio::test]
async fn a_refusal_keeps_the_connection_and_hurts_no_other_mail() {
    for sink in relays().await {
        let mut session = Session::open(&route(&sink)).await.unwrap();
        for (at, reply) in [
            (At::Mail, "451 4.3.0 later"),
            (At::Rcpt, "550 5.1.1 no such user"),
            (At::Data, "452 4.3.1 full"),
            (At::Dot, "554 5.6.0 not this"),
        ] {
            sink.once(at, Act::reply(reply));
            let fault = attempt(&mut session).await.unwrap_err();
            assert_eq!(fault.code.unwrap().to_string(), reply[..3]);
            assert!(!fault.disconnected);
            attempt(&mut session).await.unwrap();
        }
        assert_eq!(sink.connections(), 1);
        assert_eq!(sink.taken().len(), 4);
        assert_eq!(session.accepted(), 4);
    }
}

#[tokio::test]
async fn the_servers_words_come_without_addresses() {
    for sink in relays().await {
        sink.for_recipient(
            TO,
            Act::reply("550-5.1.1 <grace@example.net>: unknown\r\n550 5.1.1 in local table"),
        );
        let mut session = Session::open(&route(&sink)).await.unwrap();
        let fault = attempt(&mut session).await.unwrap_err();
        assert_eq!(fault.enhanced.as_deref(), Some("5.1.1"));
        assert_eq!(fault.text, "5.1.1 <***@example.net>: unknown in local table");
    }
}

#[tokio::test]
async fn a_late_reply_is_never_taken_for_the_answer_to_the_next_mail() {
    for sink in relays().await {
        let mut session = Session::open(&route(&sink)).await.unwrap();
        // The deadline strikes while DATA waits; the 354 comes afterwards.
        sink.once(At::Data, Act::Slow(Duration::from_millis(600), "354 go".into()));
        let fault = attempt(&mut session).await.unwrap_err();
        assert_eq!((fault.stage, fault.class, fault.disconnected), (Stage::Data, Class::Route, true));
        assert!(!session.usable(tokio::time::Instant::now()));
        assert!(attempt(&mut session).await.is_err(), "the session is over");
        tokio::time::sleep(Duration::from_millis(400)).await;

        sink.always(At::Dot, Act::reply("550 5.7.1 refused"));
        let mut session = Session::open(&route(&sink)).await.unwrap();
        let fault = attempt(&mut session).await.unwrap_err();
        assert_eq!((fault.stage, fault.class, fault.code), (Stage::Body, Class::Permanent, Some(550)));
        assert!(sink.taken().is_empty());
    }
}

#[tokio::test]
async fn a_dropped_future_loses_the_connection_and_not_the_order_of_replies() {
    for sink in relays().await {
        let mut session = Session::open(&route(&sink)).await.unwrap();
        sink.once(At::Rcpt, Act::Slow(Duration::from_secs(1), "250 late".into()));
        let offer = tokio::time::timeout(Duration::from_millis(20), session.offer(FROM, TO)).await;
        assert!(offer.is_err());
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        assert!(!session.usable(tokio::time::Instant::now()));
        assert!(session.offer(FROM, TO).await.unwrap_err().disconnected);
    }
}

#[tokio::test]
async fn a_slow_yes_after_the_dot_is_waited_for() {
    for sink in relays().await {
        sink.once(At::Dot, Act::Slow(Duration::from_millis(200), "250 at last".into()));
        let mut session = Session::open(&route(&sink)).await.unwrap();
        attempt(&mut session).await.unwrap();
        assert_eq!(sink.taken().len(), 1);
    }
}

#[test]
fn the_wait_after_the_dot_cannot_be_configured_away() {
    let second = Duration::from_secs(1);
    assert_eq!(Timeouts::new(second, second, second, second, second).after_dot(), Duration::from_mins(10));
    let long = Duration::from_mins(20);
    assert_eq!(Timeouts::new(second, second, second, second, long).after_dot(), long);
}

#[tokio::test]
async fn replies_that_make_no_sense_end_the_connection() {
    for (at, reply, class) in [
        (At::Greeting, "hello", Class::Route),
        (At::Greeting, "250 wrong number", Class::Route),
        (At::Mail, "what", Class::Route),
        (At::Data, "250 no need", Class::Route),
        (At::Dot, "what", Class::Unknown),
        (At::Dot, "354 more", Class::Unknown),
    ] {
        for sink in relays().await {
            sink.always(at, Act::reply(reply));
            let fault = match Session::open(&route(&sink)).await {
                Ok(mut session) => attempt(&mut session).await.unwrap_err(),
                Err(fault) => fault,
            };
            assert_eq!((fault.class, fault.disconnected), (class, true), "{at:?} {reply}");
        }
    }
}

#[tokio::test]
async fn a_refusal_in_an_old_character_set_is_still_a_refusal() {
    let sink = SmtpSink::start().await;
    sink.always(At::Dot, Act::Bytes(b"550 5.6.0 refus\xe9\r\n".to_vec()));
    let mut session = Session::open(&route(&sink)).await.unwrap();
    let fault = attempt(&mut session).await.unwrap_err();
    assert_eq!((fault.class, fault.text.as_str()), (Class::Permanent, "5.6.0 refus?"));
}

#[tokio::test]
async fn an_offer_can_be_taken_back() {
    let sink = SmtpSink::start().await;
    let mut session = Session::open(&route(&sink)).await.unwrap();
    session.offer(FROM, TO).await.unwrap();
    session.abandon().await.unwrap();
    assert_eq!(session.transmit(MAIL).await.unwrap_err().stage, Stage::Data);
    assert!(sink.taken().is_empty());
    // And an offer that was simply forgotten does not meet the next one.
    session.offer(FROM, TO).await.unwrap();
    session.offer(FROM, "ada@example.org").await.unwrap();
    session.transmit(MAIL).await.unwrap();
    assert_eq!(sink.taken()[0].rcpt, "ada@example.org");
    assert_eq!(sink.connections(), 1);
}

#[tokio::test]
async fn addresses_beyond_ascii_are_refused_before_anything_is_sent() {
    let sink = SmtpSink::start().await;
    let mut session = Session::open(&route(&sink)).await.unwrap();
    for address in ["grüße@example.net", "a@b>\r\nRCPT TO:<c@d", "", "a b@example.net"] {
        let fault = session.offer(FROM, address).await.unwrap_err();
        assert_eq!((fault.stage, fault.class, fault.disconnected), (Stage::Rcpt, Class::Permanent, false));
    }
    assert_eq!(sink.commands().len(), 1, "EHLO only");
    attempt(&mut session).await.unwrap();
}

#[tokio::test]
async fn starttls_is_required_when_configured() {
    let sink = SmtpSink::start().await;
    let route = SmtpRoute { tls: Tls::StartTls, ..route(&sink) };
    let failure = async || Session::open(&route).await.err().map(|fault| (fault.stage, fault.class)).unwrap();
    assert_eq!(failure().await, (Stage::StartTls, Class::Route), "not offered");
    assert!(!sink.commands().iter().any(|command| command.starts_with("MAIL")));

    sink.offer("STARTTLS");
    sink.once(At::StartTls, Act::reply("454 4.7.0 not now"));
    assert_eq!(failure().await, (Stage::StartTls, Class::Route), "refused");
    sink.once(At::StartTls, Act::Mute);
    assert_eq!(failure().await, (Stage::StartTls, Class::Route), "mute");
    sink.once(At::StartTls, Act::Bytes(b"220 go\r\n250 injected\r\n".to_vec()));
    assert_eq!(failure().await, (Stage::Tls, Class::Route), "words slipped in before the handshake");
    sink.once(At::StartTls, Act::ReplyAndClose("220 go".into()));
    assert_eq!(failure().await, (Stage::Tls, Class::Route), "no handshake follows");
}

fn protected(sink: &SmtpSink, tls: Tls) -> SmtpRoute {
    SmtpRoute {
        host: "localhost".into(),
        tls,
        username: Some("u".into()),
        password: Some("p".into()),
        extra_root_pem: Some(include_str!("../keys/tls-root.pem").into()),
        timeouts: Timeouts::short_for_tests(Duration::from_secs(5)),
        ..route(sink)
    }
}

#[tokio::test]
async fn mail_travels_under_tls_of_both_kinds() {
    for tls in [Tls::StartTls, Tls::Implicit] {
        let sink = match tls {
            Tls::Implicit => SmtpSink::start_with_tls().await,
            _ => SmtpSink::start().await,
        };
        sink.offer("STARTTLS");
        sink.offer("AUTH LOGIN PLAIN");
        sink.offer("PIPELINING");
        let mut session = Session::open(&protected(&sink, tls)).await.unwrap();
        attempt(&mut session).await.unwrap();
        sink.once(At::Dot, Act::Bytes(b"550 5.6.0 refus\xe9\r\n".to_vec()));
        assert_eq!(attempt(&mut session).await.unwrap_err().class, Class::Permanent);
        attempt(&mut session).await.unwrap();
        session.quit().await;
        assert_eq!(sink.taken().len(), 2);
        assert_eq!(sink.taken()[0].data, MAIL);
        let commands = sink.commands().join("\n");
        let greeting = if tls == Tls::StartTls { "EHLO intro.example.org\nSTARTTLS\n" } else { "" };
        let opening = format!("{greeting}EHLO intro.example.org\nAUTH\nMAIL FROM:<{FROM}>\n");
        assert!(commands.starts_with(&opening), "{commands}");
    }
}

#[tokio::test]
async fn a_certificate_that_proves_nothing_stops_the_mail() {
    for tls in [Tls::StartTls, Tls::Implicit] {
        let sink = match tls {
            Tls::Implicit => SmtpSink::start_with_tls().await,
            _ => SmtpSink::start().await,
        };
        sink.offer("STARTTLS");
        let good = protected(&sink, tls);
        for bad in [
            SmtpRoute { extra_root_pem: None, ..good.clone() },
            SmtpRoute { host: "127.0.0.1".into(), ..good.clone() },
            SmtpRoute { extra_root_pem: Some("no certificate".into()), ..good.clone() },
        ] {
            let fault = Session::open(&bad).await.err().unwrap();
            assert_eq!((fault.stage, fault.class), (Stage::Tls, Class::Route), "{fault}");
        }
        assert!(!sink.commands().iter().any(|command| command == "AUTH"));
    }
}

#[tokio::test]
async fn tls_from_the_start_does_not_speak_plain() {
    let sink = SmtpSink::start().await;
    let fault = Session::open(&SmtpRoute { tls: Tls::Implicit, ..route(&sink) }).await.err().unwrap();
    assert_eq!((fault.stage, fault.class), (Stage::Tls, Class::Route));
    assert!(!sink.commands().iter().any(|command| command.starts_with("EHLO")));
}

#[tokio::test]
async fn a_login_without_a_common_method_is_a_sick_route() {
    let sink = SmtpSink::start().await;
    let route = SmtpRoute { username: Some("u".into()), ..route(&sink) };
    let fault = Session::open(&route).await.err().unwrap();
    assert_eq!((fault.stage, fault.class), (Stage::Auth, Class::Route));
    assert!(!format!("{route:?}").contains("password"));
}

#[tokio::test]
async fn a_relay_that_is_not_there_is_a_sick_route() {
    let sink = SmtpSink::start().await;
    let route = route(&sink);
    drop(sink);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let fault = Session::open(&route).await.err().unwrap();
    assert_eq!((fault.stage, fault.class), (Stage::Connect, Class::Route));
    let nowhere = SmtpRoute { host: "relay.invalid".into(), ..route };
    let fault = Session::open(&nowhere).await.err().unwrap();
    assert_eq!((fault.stage, fault.class), (Stage::Dns, Class::Route));
}

#[tokio::test]
async fn a_connection_ends_after_its_share_of_mails_and_time() {
    let sink = SmtpSink::start().await;
    let route = SmtpRoute { max_messages: 2, max_age: Duration::from_secs(10), ..route(&sink) };
    let mut session = Session::open(&route).await.unwrap();
    let now = tokio::time::Instant::now();
    assert!(session.usable(now));
    assert!(!session.usable(now + Duration::from_secs(11)), "too old");
    attempt(&mut session).await.unwrap();
    assert!(session.usable(tokio::time::Instant::now()));
    attempt(&mut session).await.unwrap();
    assert!(!session.usable(tokio::time::Instant::now()), "two mails");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_mails_over_one_connection_do_not_wait_for_acknowledgements() {
    let sink = SmtpSink::start().await;
    let mut session = Session::open(&SmtpRoute { max_messages: 1000, ..route(&sink) }).await.unwrap();
    let work = async move {
        let start = Instant::now();
        for _ in 0..1000 {
            attempt(&mut session).await.unwrap();
        }
        start.elapsed()
    };
    let took = tokio::spawn(work).await.unwrap();
    println!("{:.0} mails/s over one connection", 1000.0 / took.as_secs_f64());
    assert_eq!((sink.taken().len(), sink.connections()), (1000, 1));
    // With Nagle's algorithm each mail takes 40 ms.
    assert!(took < Duration::from_secs(10), "{took:?}");
}
