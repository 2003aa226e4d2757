//! The worker on its own feet: wakes when rung, is fair, survives a database that is away.

use std::time::{Duration, Instant};

use twoyes::clock::Span;
use twoyes::domain::letter::DeliveryState::Sent;
use twoyes::store::deliveries;
use twoyes::worker::Settings;

use crate::support::db::both;
use crate::support::post::{Post, cx, mailbox, post, post_all, route, worker_with};
use crate::support::smtp_sink::{Act, SmtpSink};

both! {
    async fn a_queued_mail_rings_the_courier(db: TestDb) {
        let cx = cx(db.db.clone());
        let (inbox, transport) = mailbox(&cx);
        let settings = Settings { poll: Duration::from_hours(1), ..Settings::default() };
        let handle = worker_with(&cx, transport, settings).start();
        for nth in 0..5 {
            tokio::time::sleep(Duration::from_millis(30)).await;
            post(&cx, &format!("p{nth}@example.net")).await;
            let arrived = async {
                while inbox.list().len() <= nth {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            };
            tokio::time::timeout(Duration::from_secs(5), arrived).await.unwrap();
        }
        assert!(handle.is_running());
        tokio::time::timeout(Duration::from_secs(5), handle.drain()).await.unwrap();
    }

    async fn a_mail_that_becomes_due_is_found_without_a_ring(db: TestDb) {
        let cx = cx(db.db.clone());
        let (inbox, transport) = mailbox(&cx);
        let settings = Settings { poll: Duration::from_millis(20), ..Settings::default() };
        inbox.refuse("zoe@example.net", 451, "4.2.0 later");
        let handle = worker_with(&cx, transport, settings).start();
        let id = post(&cx, "zoe@example.net").await;
        let deferred = async {
            while deliveries::get(&mut db.db.read().await.unwrap(), id).await.unwrap().unwrap().attempts == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), deferred).await.unwrap();
        inbox.welcome("zoe@example.net");
        cx.clock.advance(Span::minutes(3));
        let arrived = async {
            while deliveries::get(&mut db.db.read().await.unwrap(), id).await.unwrap().unwrap().state != Sent {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), arrived).await.unwrap();
        handle.drain().await;
    }

    async fn a_mute_domain_does_not_delay_another(db: TestDb) {
        let cx = cx(db.db.clone());
        let sink = SmtpSink::start().await;
        let mute: Vec<String> = (0..200).map(|n| format!("p{n}@mute.example")).collect();
        for address in &mute {
            sink.for_recipient(address, Act::Mute);
        }
        let settings = Settings {
            poll: Duration::from_millis(50),
            grace: Duration::ZERO,
            ..Settings::default()
        };
        // Nothing mute ends within this test.
        let worker = worker_with(&cx, route(&sink, Duration::from_mins(2)), settings);
        post_all(&cx, mute.iter().map(|address| Post::to(address)).collect()).await;
        let handle = worker.start();
        let asked = |what: &str| sink.commands().iter().filter(|line| line.contains(what)).count();
        while asked("@mute.example") < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let began = Instant::now();
        post_all(&cx, vec![Post::to("zoe@well.example"), Post::to("max@fine.example")]).await;
        let arrived = async {
            while sink.taken().len() < 2 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(2), arrived).await.expect("within 2 s");
        println!("the healthy ones left after {:?}", began.elapsed());
        assert_eq!(asked("@mute.example"), 2, "half of the room at most");
        handle.drain().await;
    }
}
