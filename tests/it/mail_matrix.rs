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

const STAGES: [(&str, At); 8] = [
    ("greeting", At::Greeting),
    ("ehlo", At::Ehlo),
    ("starttls", At::StartTls),
    ("auth", At::Auth),
    ("mail", At::Mail),
    ("rcpt", At::Rcpt),
    ("data", At::Data),
    ("dot", At::Dot),
];

/// What the relay does at each stage.
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

/// What it does while it shakes hands, and in the middle of the mail: there is no reply to spoil there.
fn between() -> Vec<(&'static str, At, &'static str, Act)> {
    let go = || "220 2.0.0 go ahead".to_owned();
    let injected = b"220 2.0.0 go ahead\r\n250 2.0.0 and all the rest\r\n";
    vec![
        ("tls", At::StartTls, "mute", Act::ReplyAndMute(go())),
        ("tls", At::StartTls, "close", Act::ReplyAndClose(go())),
        ("tls", At::StartTls, "garbage", Act::Bytes(injected.to_vec())),
        ("body", At::Body, "mute", Act::Mute),
        ("body", At::Body, "close", Act::Close),
        ("body", At::Body, "421 and close", Act::ReplyAndClose("421 4.3.2 closing".into())),
        ("body", At::Body, "550 and close", Act::ReplyAndClose("550 5.6.0 not this".into())),
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

async fn scripted(at: At, act: Act, at_once: bool) -> Cell {
    let sink = SmtpSink::start().await;
    let healthy = SmtpSink::start().await;
    for one in [&sink, &healthy] {
        if at_once {
            one.offer("PIPELINING");
        }
        one.offer("AUTH PLAIN LOGIN");
    }
    let tls = at == At::StartTls;
    if tls {
        sink.offer("STARTTLS");
    }
    sink.always(at, act);
    let (sick, well) =
        (route(&sink, |route| if tls { with_tls(route) } else { route }), route(&healthy, |route| route));
    cell(sick, sink, well, &healthy).await
}

/// TLS is wanted, and the certificate is good.
fn with_tls(route: SmtpRoute) -> SmtpRoute {
    SmtpRoute {
        tls: Tls::StartTls,
        host: "localhost".into(),
        extra_root_pem: Some(include_str!("../keys/tls-root.pem").to_owned()),
        ..route
    }
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

type Found = BTreeMap<(&'static str, &'static str), Cell>;

/// `at_once`: the relay takes several commands at once.
async fn all_cells(at_once: bool) -> Found {
    // Not all at once: a slow machine must not look like a mute relay.
    let room = Arc::new(Semaphore::new(16));
    let mut cells = JoinSet::new();
    let at_each_stage = STAGES
        .into_iter()
        .flat_map(|(stage, at)| faults().into_iter().map(move |(fault, act)| (stage, at, fault, act)));
    for (stage, at, fault, act) in at_each_stage.chain(between()) {
        let room = Arc::clone(&room);
        cells.spawn(async move {
            let _place = room.acquire().await.unwrap();
            ((stage, fault), scripted(at, act, at_once).await)
        });
    }
    for which in ["refused", "no STARTTLS", "bad certificate", "no 8BITMIME"] {
        cells.spawn(async move { (("connect", which), special(which).await) });
    }
    cells.join_all().await.into_iter().collect()
}

/// What is wrong with a cell.
fn judge(stage: &str, fault: &str, cell: &Cell) -> Vec<&'static str> {
    let refused = cell.state == Failed;
    let unknown = cell.state == Unknown;
    // A copy too many exists only where nobody can know, and that is written down as such.
    let most = if unknown { 2 } else { 1 };
    let nobody_knows = ["body", "dot"].contains(&stage) && is_silent(fault);
    let taken = cell.state == Sent || stage == "dot" && is_silent(fault);
    [
        (cell.later != if refused { Failed } else { Sent }, "it does not arrive once the relay is well"),
        (!cell.same_bytes, "the copies differ"),
        (cell.later_copies > most, "too many copies"),
        (!refused && cell.later_copies == 0, "lost"),
        (cell.state == Sent && fault != "no 8BITMIME", "sent without the word of the relay"),
        (unknown != nobody_knows, "what is known is not what is written down"),
        ((cell.copies > 0) != taken, "what the relay took is not what is written down"),
        (cell.state == Queued && cell.attempts != 0, "the mail pays for its route"),
        (cell.state == Deferred && cell.attempts != 1, "an attempt is not counted"),
        (
            refused && !(fault.starts_with("550") && ["rcpt", "data", "body", "dot"].contains(&stage)),
            "given up without a word about this mail",
        ),
    ]
    .into_iter()
    .filter_map(|(wrong, what)| wrong.then_some(what))
    .collect()
}

#[tokio::test]
async fn a_misbehaving_relay_loses_nothing_and_doubles_only_what_is_unknown() {
    let cells = judged(&all_cells(false).await);
    println!(
        "figure: mail: {cells} cells of misbehaving relays, 0 lost, copies too many only where `unknown`"
    );
}

/// Commands that go at once change nothing: every cell is as it is without.
#[tokio::test]
async fn a_relay_that_takes_several_commands_at_once_gets_no_more_and_no_less() {
    let cells = judged(&all_cells(true).await);
    println!("figure: mail: {cells} cells of misbehaving relays with PIPELINING, no other outcome");
}

/// How many there are, when nothing is wrong with them.
fn judged(found: &Found) -> usize {
    let mut table = String::new();
    for ((stage, fault), cell) in found {
        assert_eq!(judge(stage, fault, cell), [""; 0], "{fault} at {stage}: {cell}");
        writeln!(table, "{stage:<9} {fault:<16} {cell}").unwrap();
    }
    insta::assert_snapshot!("a_misbehaving_relay_loses_nothing_and_doubles_only_what_is_unknown", table);
    found.len()
}

#[test]
fn the_judge_of_the_matrix_finds_each_fault() {
    let well = |state| Cell { state, attempts: 1, copies: 0, later: Sent, later_copies: 1, same_bytes: true };
    let sent = Cell { copies: 1, ..well(Sent) };
    let unknown = Cell { copies: 1, later_copies: 2, ..well(Unknown) };
    let queued = Cell { attempts: 0, ..well(Queued) };
    let good =
        [("data", "451", well(Deferred)), ("dot", "close", unknown.clone()), ("auth", "550", queued.clone())];
    for (stage, fault, cell) in good {
        assert_eq!(judge(stage, fault, &cell), [""; 0], "{fault} at {stage}: {cell}");
    }
    let broken = [
        // A courier that forgets what it was doing, or gives up by itself.
        ("data", "451", Cell { later: Deferred, later_copies: 0, ..well(Deferred) }),
        ("data", "mute", Cell { later: Failed, later_copies: 0, ..well(Failed) }),
        // One that counts a mail as sent before the relay said so, or after it hung up.
        ("data", "close", sent.clone()),
        ("dot", "close", sent),
        // One that sends again at once what was perhaps taken.
        ("dot", "close", Cell { later_copies: 2, copies: 1, ..well(Deferred) }),
        ("dot", "close", Cell { later_copies: 3, ..unknown.clone() }),
        // One that renders anew at each attempt.
        ("dot", "close", Cell { same_bytes: false, ..unknown }),
        // One that lets the mail pay for the relay's password.
        ("auth", "550", Cell { attempts: 1, ..queued }),
        ("rcpt", "451", Cell { attempts: 0, ..well(Deferred) }),
    ];
    for (stage, fault, cell) in &broken {
        assert_ne!(judge(stage, fault, cell), [""; 0], "{fault} at {stage}: {cell}");
    }
    println!("figure: mail: {} forged cells, all found", broken.len());
}

/// After the final dot these leave it open whether the mail was taken.
fn is_silent(fault: &str) -> bool {
    ["mute", "slow drip", "garbage", "huge reply", "half a reply", "close"].contains(&fault)
}
