//! Several commands at once, where the relay offers it (PIPELINING, RFC 2920): an offer is one way there and back, its
//! mail another, and nothing of a mail leaves before the offer stands.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use twoyes::mail::{Class, Session, SmtpRoute, Stage, Timeouts, Tls};

use crate::support::smtp_sink::{Act, At, SmtpSink};

const MAIL: &[u8] = b"Message-ID: <1@intro.example.org>\r\nSubject: x\r\n\r\n.hidden\r\nHello\r\n";
const FROM: &str = "bounce@intro.example.org";
const TO: &str = "grace@example.net";
const OFFER: &str = "MAIL FROM:<bounce@intro.example.org>\r\nRCPT TO:<grace@example.net>\r\nDATA\r\n";
const OFFERS: &str = "250-relay\r\n250-SIZE 1000\r\n250-PIPELINING\r\n250 HELP\r\n";

fn route(port: u16) -> SmtpRoute {
    SmtpRoute {
        timeouts: Timeouts::short_for_tests(Duration::from_secs(2)),
        ..SmtpRoute::plain("127.0.0.1", port, "intro.example.org")
    }
}

/// A relay that answers whatever comes in one piece with the next of these, and tells at the end what came.
async fn relay(replies: &'static [&'static str]) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let talk = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        stream.write_all(b"220 relay\r\n").await.unwrap();
        let (mut heard, mut replies) = (Vec::new(), replies.iter());
        loop {
            let mut piece = vec![0; 4_096];
            let length = stream.read(&mut piece).await.unwrap_or(0);
            if length == 0 {
                return heard;
            }
            heard.push(String::from_utf8_lossy(&piece[..length]).into_owned());
            if let Some(reply) = replies.next() {
                stream.write_all(reply.as_bytes()).await.unwrap();
            }
        }
    });
    (port, talk)
}

#[tokio::test]
async fn an_offer_is_one_piece_and_so_is_its_mail() {
    let replies = &[OFFERS, "250 sender ok\r\n250 recipient ok\r\n354 go\r\n", "250 2.0.0 queued as 7\r\n"];
    let (port, talk) = relay(replies).await;
    let mut session = Session::open(&route(port)).await.unwrap();
    session.offer(FROM, TO).await.unwrap();
    assert_eq!(session.transmit(MAIL).await.unwrap().text, "2.0.0 queued as 7");
    assert!(session.usable(Instant::now()));
    drop(session);
    let mail = "Message-ID: <1@intro.example.org>\r\nSubject: x\r\n\r\n..hidden\r\nHello\r\n.\r\n";
    assert_eq!(talk.await.unwrap(), ["EHLO intro.example.org\r\n", OFFER, mail]);
}

/// What is offered in other words, or by a relay that is known to get it wrong, is not used.
#[tokio::test]
async fn only_what_is_offered_and_wanted_is_used() {
    for (offers, wanted) in [
        (OFFERS, false),
        ("250-relay\r\n250 XPIPELINING\r\n", true),
        ("250-PIPELINES\r\n250 8BITMIME\r\n", true),
        ("250 relay\r\n", true),
    ] {
        let replies: &[&str] = Box::leak(Box::new([offers, "250 ok\r\n", "250 ok\r\n"]));
        let (port, talk) = relay(replies).await;
        let mut session = Session::open(&SmtpRoute { pipelining: wanted, ..route(port) }).await.unwrap();
        session.offer(FROM, TO).await.unwrap();
        drop(session);
        assert_eq!(talk.await.unwrap().len(), 3, "{offers:?}: EHLO, MAIL and RCPT by themselves");
    }
}

#[tokio::test]
async fn the_first_refusal_counts_and_all_replies_are_read() {
    for (replies, stage, class) in [
        ("451 4.3.0 later\r\n503 from whom?\r\n503 to whom?\r\n", Stage::Mail, Class::Transient),
        ("250 ok\r\n550 5.1.1 nobody\r\n554 no valid recipients\r\n", Stage::Rcpt, Class::Permanent),
        ("250 ok\r\n250 ok\r\n452 4.3.1 full\r\n", Stage::Data, Class::Transient),
        // In pieces, of more lines than one.
        ("250-ok\r\n250 ok\r\n450-4.2.1 not\r\n450 4.2.1 now\r\n503 no\r\n", Stage::Rcpt, Class::Transient),
    ] {
        let all: &[&str] = Box::leak(Box::new([
            OFFERS,
            replies,
            "250 reset\r\n",
            "250 ok\r\n250 ok\r\n354 go\r\n",
            "250 taken\r\n",
        ]));
        let (port, talk) = relay(all).await;
        let mut session = Session::open(&route(port)).await.unwrap();
        let fault = session.offer(FROM, TO).await.unwrap_err();
        assert_eq!((fault.stage, fault.class, fault.disconnected), (stage, class, false), "{replies:?}");
        session.offer(FROM, TO).await.unwrap();
        assert_eq!(session.transmit(MAIL).await.unwrap().text, "taken", "no reply is left over");
        drop(session);
        assert_eq!(talk.await.unwrap()[1..4], [OFFER, "RSET\r\n", OFFER]);
    }
}

/// A relay may take DATA although it refused the recipient, or the sender. Whatever was said next, the final dot alone
/// too, would be a mail.
#[tokio::test]
async fn who_refuses_and_waits_for_the_mail_gets_nothing() {
    for (replies, stage, class) in [
        ("250 ok\r\n550 5.1.1 nobody\r\n354 go\r\n", Stage::Rcpt, Class::Permanent),
        ("451 4.3.0 later\r\n250 ok\r\n354 go\r\n", Stage::Mail, Class::Transient),
    ] {
        let (port, talk) = relay(Box::leak(Box::new([OFFERS, replies]))).await;
        let mut session = Session::open(&route(port)).await.unwrap();
        let fault = session.offer(FROM, TO).await.unwrap_err();
        assert_eq!((fault.stage, fault.class, fault.disconnected), (stage, class, true));
        assert!(!session.usable(Instant::now()));
        drop(session);
        assert_eq!(talk.await.unwrap(), ["EHLO intro.example.org\r\n", OFFER]);
    }
}

#[tokio::test]
async fn an_offer_is_taken_back_by_hanging_up() {
    let sink = SmtpSink::start().await;
    sink.offer("PIPELINING");
    let mut session = Session::open(&route(sink.port())).await.unwrap();
    session.offer(FROM, TO).await.unwrap();
    assert!(session.abandon().await.unwrap_err().disconnected);
    assert_eq!(session.transmit(MAIL).await.unwrap_err().stage, Stage::Data);
    let mut other = Session::open(&route(sink.port())).await.unwrap();
    other.offer(FROM, TO).await.unwrap();
    other.quit().await;
    sleep(Duration::from_millis(100)).await;
    assert!(sink.taken().is_empty());
    assert_eq!(sink.commands().last().unwrap(), "DATA", "nothing after it");
}

#[tokio::test]
async fn a_connection_that_breaks_between_replies_says_how_far_it_came() {
    for (at, stage) in [(At::Mail, Stage::Rcpt), (At::Rcpt, Stage::Data), (At::Data, Stage::Body)] {
        let sink = SmtpSink::start().await;
        sink.offer("PIPELINING");
        let friendly = if at == At::Data { "354 go" } else { "250 ok" };
        sink.always(at, Act::ReplyAndClose(friendly.into()));
        let mut session = Session::open(&route(sink.port())).await.unwrap();
        let fault = match session.offer(FROM, TO).await {
            Ok(()) => session.transmit(MAIL).await.unwrap_err(),
            Err(fault) => fault,
        };
        let class = if stage == Stage::Body { Class::Unknown } else { Class::Route };
        assert_eq!((fault.stage, fault.class, fault.disconnected), (stage, class, true));
    }
}

#[tokio::test]
async fn it_is_heard_under_tls() {
    for tls in [Tls::StartTls, Tls::Implicit] {
        let sink = match tls {
            Tls::Implicit => SmtpSink::start_with_tls().await,
            Tls::StartTls | Tls::None => SmtpSink::start().await,
        };
        for extension in ["STARTTLS", "PIPELINING", "AUTH PLAIN"] {
            sink.offer(extension);
        }
        let route = SmtpRoute {
            host: "localhost".into(),
            tls,
            username: Some("u".into()),
            password: Some("p".into()),
            extra_root_pem: Some(include_str!("../keys/tls-root.pem").into()),
            ..route(sink.port())
        };
        let mut session = Session::open(&route).await.unwrap();
        session.offer(FROM, TO).await.unwrap();
        assert_eq!(sink.commands().last().unwrap(), "DATA", "{tls:?}");
        session.transmit(MAIL).await.unwrap();
        assert_eq!(sink.taken()[0].data, MAIL);
    }
}
