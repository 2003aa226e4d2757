//! Fairness: who does not answer waits alone.

use std::time::{Duration, Instant};

use twoyes::clock::Clock;
use twoyes::domain::letter::DeliveryState::Sent;
use twoyes::worker::Settings;

use crate::support::db::{Engine, TestDb, both, fresh};
use crate::support::post::{Post, cx_with, post, post_all, route, state, worker_with};
use crate::support::smtp_sink::{Act, SmtpSink};

const MUTE: usize = 10_000;
const LIMIT: Duration = Duration::from_secs(2);

/// The longest that one of `tries` mails to a healthy domain waits while `mute` mails to a mute one are
/// queued. Waits no longer than twice the limit for one.
async fn worst_wait(db: &TestDb, mute: usize, tries: usize, settings: Settings) -> Duration {
    let cx = cx_with(db.db.clone(), Clock::System);
    let sink = SmtpSink::start().await;
    sink.for_domain("mute.example", Act::Mute);
    let transport = route(&sink, Duration::from_secs(30));
    post_all(&cx, (0..mute).map(|n| Post::to(&format!("p{n}@mute.example"))).collect()).await;
    let most = settings.connections.div_ceil(2).min(2);
    let settings = Settings { poll: Duration::from_millis(50), ..settings };
    let _running = worker_with(&cx, transport, settings).start();
    // Until the mute domain has all that it can get.
    while sink.commands().iter().filter(|line| line.starts_with("RCPT")).count() < most {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mut worst = Duration::ZERO;
    for n in 0..tries {
        let began = Instant::now();
        let id = post(&cx, &format!("p{n}@healthy.example")).await;
        while state(&db.db, id).await != Sent && began.elapsed() < LIMIT * 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        worst = worst.max(began.elapsed());
    }
    worst
}

both! {
    async fn ten_thousand_mails_to_a_mute_domain_do_not_delay_a_healthy_one(db: TestDb) {
        let worst = worst_wait(&db, MUTE, 20, Settings::default()).await;
        let engine = db.db.engine();
        println!("figure: mail: {engine}: {MUTE} mails to a mute domain; the worst of 20 to a healthy one took {worst:?}");
        assert!(worst < LIMIT, "{worst:?}");
    }
}

/// With a single connection nothing can be fair: the measurement must show it.
#[tokio::test]
async fn a_courier_that_cannot_be_fair_is_found_out() {
    let db = fresh(Engine::Sqlite).await;
    let settings = Settings { connections: 1, concurrency: 1, ..Settings::default() };
    assert!(worst_wait(&db, 10, 1, settings).await > LIMIT);
}
