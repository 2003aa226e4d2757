//! Fairness: who does not answer waits alone.

use std::time::{Duration, Instant};

use twoyes::clock::Clock;
use twoyes::domain::letter::DeliveryState::Sent;
use twoyes::worker::Settings;

use crate::support::db::both;
use crate::support::post::{Post, cx_with, post, post_all, route, state, worker_with};
use crate::support::smtp_sink::{Act, SmtpSink};

const MUTE: usize = 10_000;
const LIMIT: Duration = Duration::from_secs(2);

both! {
    async fn ten_thousand_mails_to_a_mute_domain_do_not_delay_a_healthy_one(db: TestDb) {
        let cx = cx_with(db.db.clone(), Clock::System);
        let sink = SmtpSink::start().await;
        sink.for_domain("mute.example", Act::Mute);
        let transport = route(&sink, Duration::from_secs(30));
        let posts = (0..MUTE).map(|n| Post::to(&format!("p{n}@mute.example"))).collect();
        post_all(&cx, posts).await;
        let settings = Settings { poll: Duration::from_millis(50), ..Settings::default() };
        let running = worker_with(&cx, transport, settings).start();
        // Until the mute domain has all that it can get.
        while sink.commands().iter().filter(|line| line.starts_with("RCPT")).count() < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let mut worst = Duration::ZERO;
        for n in 0..20 {
            let began = Instant::now();
            let id = post(&cx, &format!("p{n}@healthy.example")).await;
            while state(&db.db, id).await != Sent {
                tokio::time::sleep(Duration::from_millis(5)).await;
                assert!(began.elapsed() < LIMIT * 5, "the healthy domain starves");
            }
            worst = worst.max(began.elapsed());
        }
        println!("{}: {MUTE} mails to a mute domain; the worst of 20 to a healthy one took {worst:?}", db.db.engine());
        assert!(worst < LIMIT, "{worst:?}");
        drop(running);
    }
}
