//! As many connections as the relay takes well: more while mails are taken, never more than are allowed.

use std::time::Duration;

use twoyes::clock::Clock;
use twoyes::worker::Settings;

use crate::support::db::{Engine, fresh};
use crate::support::post::{Post, cx_with, post_all, route, worker_with};
use crate::support::smtp_sink::{Act, At, SmtpSink};

/// How many connections the relay saw for 150 mails of as many domains, each of which takes it a moment.
async fn seen(most: usize) -> usize {
    let db = fresh(Engine::Sqlite).await;
    let cx = cx_with(db.db.clone(), Clock::System);
    let sink = SmtpSink::start().await;
    sink.always(At::Dot, Act::Slow(Duration::from_millis(15), "250 2.0.0 queued".into()));
    post_all(&cx, (0..150).map(|n| Post::to(&format!("p@d{n}.example"))).collect()).await;
    let settings = Settings { connections: most, concurrency: most, ..Settings::default() };
    let tally = worker_with(&cx, route(&sink, Duration::from_secs(30)), settings).deliver_all().await;
    assert_eq!(tally.sent, 150);
    sink.connections()
}

#[tokio::test]
async fn connections_grow_with_the_mails_that_are_taken_up_to_the_most() {
    let [few, many] = [seen(3).await, seen(12).await];
    println!("figure: mail: 150 mails over {few} connections where 3 are allowed, {many} where 12 are");
    assert!(few <= 3, "{few}");
    assert!((5..=12).contains(&many), "{many}");
}
