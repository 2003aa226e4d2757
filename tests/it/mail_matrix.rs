//! Every way in which a relay can misbehave, at every stage of the conversation: what becomes of the
//! delivery, how many attempts it pays, how many copies the relay has. And the same after the relay is well.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use twoyes::clock::Span;
use twoyes::domain::letter::DeliveryState::{self, Deferred, Failed, Queued, Sent, Unknown};
use twoyes::mail::{SmtpRoute, Timeouts, Tls, Transport};

use crate::support::db::{Engine, fresh};
use crate::support::post::{cx, delivery, post, worker};
use crate::support::smtp_sink::{Act, At, SmtpSink};

const TO: &str = "zoe@example.net";
/// Every deadline of the driver.
const SOON: Duration = Duration::from_millis(1500);
/// Longer than it, for a whole reply.
const DRIP: Duration = Duration::from_millis(120);

const STAGES: [(&str, At); 7] = [
    ("greeting", At::Greeting),
    ("ehlo", At::Ehlo),
    ("auth", At::Auth),
    ("mail", At::Mail),
    ("rcpt", At::Rcpt),
    ("data", At::Data),
    ("dot", At::Dot),
];

/// What the relay does at the stage.
fn faults() -> Vec<(&'static str, Act)> {
    let friendly = "250 2.0.0 as slowly as this";
    vec![
        ("451", Act::reply("451 4.3.0 later")),
        ("550", Act::reply("550 5.5.0 never")),
        ("421 and close", Act::ReplyAndClose("421 4.3.2 closing".into())),
        ("mute", Act::Mute),
        ("slow drip", Act::Drip(DRIP, friendly.into())),
        ("garbage", Act::Bytes(b"\xff\xfe\0 who knows\r\n".to_vec())),
        ("huge reply", Act::Bytes([b"250-".as_slice(), &vec![b'x'; 1 << 20], b"\r\n"].concat())),
        ("half a reply", Act::Bytes(b"25".to_vec())),
        ("close", Act::Close),
    ]
}

/// One cell: after the fault, and after the relay was well again and time went on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cell {
    state: DeliveryState,
    attempts: i64,
    copies: usize,
    later: DeliveryState,
    later_copies: usize,
    same_bytes: bool,
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { state, attempts, copies, later, later_copies, .. } = self;
        let (state, later) = (state.as_str(), later.as_str());
        write!(f, "{state}, {attempts} attempts, {copies} copies; later {later}, {later_copies} copies")
    }
}

fn route(sink: &SmtpSink, change: impl FnOnce(SmtpRoute) -> SmtpRoute) -> Transport {
    Transport::Smtp(change(SmtpRoute {
        timeouts: Timeouts::short_for_tests(SOON),
        username: Some("u".into()),
        password: Some("p".into()),
        ..SmtpRoute::plain("127.0.0.1", sink.port(), "intro.example")
    }))
}

/// Delivers one mail to a relay that misbehaves (`sick`), and goes on with one that does not (`well`).
async fn cell(sick: Transport, sink: SmtpSink, well: Transport, healthy: &SmtpSink) -> Cell {
    let db = fresh(Engine::Sqlite).await;
    let cx = cx(db.db.clone());
    let id = post(&cx, TO).await;
    worker(&cx, sick).run_once().await;
    let first = delivery(&db.db, id).await;
    let copies = sink.taken().len();
    for _ in 0..4 {
        cx.clock.advance(Span::hours(5));
        worker(&cx, well.clone()).run_once().await;
    }
    let bytes: Vec<Vec<u8>> = sink.taken().into_iter().chain(healthy.taken()).map(|mail| mail.data).collect();
    Cell {
        state: first.state,
        attempts: first.attempts,
        copies,
        later: delivery(&db.db, id).await.state,
        later_copies: bytes.len(),
        same_bytes: bytes.windows(2).all(|pair| pair[0] == pair[1]),
    }
}

async fn scripted(at: At, act: Act) -> Cell {
    let sink = SmtpSink::start().await;
    let healthy = SmtpSink::start().await;
    for one in [&sink, &healthy] {
        one.offer("AUTH PLAIN LOGIN");
    }
    sink.always(at, act);
    let (sick, well) = (route(&sink, |route| route), route(&healthy, |route| route));
    cell(sick, sink, well, &healthy).await
}

/// Faults that are not a reply at a stage.
async fn special(which: &str) -> Cell {
    let sink = SmtpSink::start().await;
    let healthy = SmtpSink::start().await;
    for one in [&sink, &healthy] {
        one.offer("AUTH PLAIN LOGIN");
    }
    let sick = match which {
        "refused" => {
            let gone = SmtpSink::start().await.port();
            route(&sink, |route| SmtpRoute { port: gone, ..route })
        }
        "no STARTTLS" => route(&sink, |route| SmtpRoute { tls: Tls::StartTls, ..route }),
        "bad certificate" => {
            sink.offer("STARTTLS");
            route(&sink, |route| SmtpRoute { tls: Tls::StartTls, host: "localhost".into(), ..route })
        }
        "no 8BITMIME" => route(&sink, |route| route),
        other => panic!("{other}"),
    };
    let well = route(&healthy, |route| route);
    cell(sick, sink, well, &healthy).await
}

#[tokio::test]
async fn a_misbehaving_relay_loses_nothing_and_doubles_only_what_is_unknown() {
    // Not all at once: a slow machine must not look like a mute relay.
    let room = Arc::new(Semaphore::new(16));
    let mut cells = JoinSet::new();
    for (stage, at) in STAGES {
        for (fault, act) in faults() {
            let room = Arc::clone(&room);
            cells.spawn(async move {
                let _place = room.acquire().await.unwrap();
                ((stage, fault), scripted(at, act).await)
            });
        }
    }
    for which in ["refused", "no STARTTLS", "bad certificate", "no 8BITMIME"] {
        cells.spawn(async move { (("connect", which), special(which).await) });
    }
    let found: BTreeMap<(&str, &str), Cell> = cells.join_all().await.into_iter().collect();

    for ((stage, fault), cell) in &found {
        let told = format!("{fault} at {stage}: {cell}");
        // Whatever happened: it arrives, unless the relay said "never" to this very mail.
        let refused = cell.state == Failed;
        assert_eq!(cell.later, if refused { Failed } else { Sent }, "{told}");
        assert!(cell.same_bytes, "{told}");
        // A copy too many exists only where nobody can know, and that is written down as such.
        let most = if cell.state == Unknown { 2 } else { 1 };
        assert!(cell.later_copies <= most && (refused || cell.later_copies >= 1), "{told}");
        assert_eq!(cell.state == Unknown, *stage == "dot" && is_silent(fault), "{told}");
        assert_eq!(cell.copies > 0, matches!(cell.state, Unknown | Sent), "{told}");
        // What the route does is not paid by the mail.
        assert!(cell.state != Queued || cell.attempts == 0, "{told}");
        assert!(cell.state != Deferred || cell.attempts == 1, "{told}");
        if refused {
            assert!(*fault == "550" && ["rcpt", "data", "dot"].contains(stage), "{told}");
        }
    }
    let mut table = String::new();
    for ((stage, fault), cell) in &found {
        writeln!(table, "{stage:<9} {fault:<16} {cell}").unwrap();
    }
    println!("{} cells of misbehaving relays, 0 lost, copies too many only where `unknown`", found.len());
    insta::assert_snapshot!(table);
}

/// After the final dot these leave it open whether the mail was taken.
fn is_silent(fault: &str) -> bool {
    ["mute", "slow drip", "garbage", "huge reply", "half a reply", "close"].contains(&fault)
}
