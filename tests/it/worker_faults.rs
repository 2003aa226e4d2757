//! Refusals and lost replies, over a real SMTP conversation.

use std::time::Duration;

use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::letter::DeliveryState::{Deferred, Failed, Queued, Sent, Transmitting, Unknown};
use twoyes::mail::{Signer, decode};
use twoyes::metrics::Metrics;
use twoyes::store::courier::HELD;
use twoyes::store::{Db, introductions};
use twoyes::worker::{Outlet, Settings, Tally, Worker};

use crate::support::db::both;
use crate::support::post::{
    Post, attempts, cx, delivery, post, post_all, route, state, story, worker, worker_with,
};
use crate::support::smtp_sink::{Act, At, SmtpSink};

const TO: &str = "zoe@example.net";
const SOON: Duration = Duration::from_millis(500);

both! {
    async fn a_mail_that_is_put_off_leaves_later(db: TestDb) {
        let cx = cx(db.db.clone());
        let sink = SmtpSink::start().await;
        let worker = worker(&cx, route(&sink, SOON));
        for at in [At::Rcpt, At::Data, At::Dot] {
            sink.once(at, Act::reply("451 4.7.1 greylisted, try again in 10 minutes"));
        }
        let id = post(&cx, TO).await;
        for nth in 1..=3_i64 {
            assert_eq!(worker.run_once().await.deliveries, Tally { deferred: 1, ..Tally::default() });
            assert_eq!(worker.run_once().await.deliveries, Tally::default(), "not before its time");
            let delivery = delivery(&db.db, id).await;
            assert_eq!((delivery.state, delivery.attempts), (Deferred, nth));
            assert!(delivery.due_at >= cx.now() + Span::minutes(10), "as the server asked");
            cx.clock.advance(delivery.due_at - cx.now());
        }
        assert_eq!(worker.run_once().await.deliveries.sent, 1);
        assert_eq!(sink.taken().len(), 1);
        assert_eq!(decode(&sink.taken()[0].data).date, "Tue, 14 Nov 2023 22:13:20 +0000", "of the first try");
        let past: Vec<(String, String)> =
            attempts(&db.db, id).await.into_iter().map(|past| (past.stage, past.result)).collect();
        let past: Vec<(&str, &str)> = past.iter().map(|(s, r)| (s.as_str(), r.as_str())).collect();
        assert_eq!(past, [("rcpt", "deferred"), ("data", "deferred"), ("body", "deferred"), ("body", "sent")]);
        assert_eq!(sink.connections(), 1, "refusals cost no connection");
    }

    async fn a_refused_mail_is_never_tried_again(db: TestDb) {
        let cx = cx(db.db.clone());
        let sink = SmtpSink::start().await;
        let worker = worker(&cx, route(&sink, SOON));
        sink.for_recipient(TO, Act::reply("550 5.1.1 <zoe@example.net> no such user"));
        let id = post(&cx, TO).await;
        let other = post(&cx, "max@example.net").await;
        let tally = worker.run_once().await.deliveries;
        assert_eq!(tally, Tally { failed: 1, sent: 1, ..Tally::default() });
        let refused = delivery(&db.db, id).await;
        assert_eq!((refused.state, refused.last_words.as_str()), (Failed, "5.1.1 <***@example.net> no such user"));
        assert_eq!(state(&db.db, other).await, Sent);
        cx.clock.advance(Span::days(30));
        assert_eq!(worker.run_once().await.deliveries, Tally::default());
    }

    async fn a_refused_party_is_told_to_the_story_and_a_refused_text_is_not(db: TestDb) {
        let cx = cx(db.db.clone());
        let sink = SmtpSink::start().await;
        let worker = worker(&cx, route(&sink, SOON));
        let (_, id) = story(&cx).await;
        let to = |side, address| Post { introduction: Some(id), side: Some(side), ..Post::to(address) };
        sink.for_recipient("ada@example.org", Act::reply("550 5.1.1 no such user"));
        sink.once(At::Dot, Act::reply("554 5.6.0 not this text"));
        let posts = vec![to(Side::First, "ada@example.org"), to(Side::Second, "grace@example.net")];
        post_all(&cx, posts).await;
        assert_eq!(worker.run_once().await.deliveries.failed, 2);
        let mut tx = db.db.read().await.unwrap();
        let found = introductions::view(&mut tx, id).await.unwrap().unwrap();
        assert_eq!(found.parties.first.undeliverable_at, Some(cx.now()));
        assert_eq!(found.parties.second.undeliverable_at, None);
    }

    async fn a_lost_reply_is_retried_twice_with_the_same_bytes_and_then_held(db: TestDb) {
        let cx = cx(db.db.clone());
        let sink = SmtpSink::start().await;
        let pem = include_str!("../keys/ed25519.pem");
        let signer = Some(Signer::from_pem("intro.example", "s1", pem).unwrap());
        let outlet = Outlet { transport: route(&sink, SOON), signer, route: "relay".into() };
        let worker = Worker::new(cx.clone(), outlet, Settings::default(), Metrics::new());
        let id = post(&cx, TO).await;
        sink.always(At::Dot, Act::Close);
        for nth in 1..=3_u32 {
            assert_eq!(worker.run_once().await.deliveries.unknown, 1, "attempt {nth}");
            let delivery = delivery(&db.db, id).await;
            assert_eq!((delivery.state, delivery.unknowns), (Unknown, i64::from(nth)));
            if nth < 3 {
                assert_eq!(delivery.due_at, cx.now() + Span::minutes(30));
                cx.clock.advance(Span(Span::minutes(30).0 - 1));
                assert_eq!(worker.run_once().await.deliveries, Tally::default());
                cx.clock.advance(Span(1));
            } else {
                assert_eq!(delivery.due_at, HELD);
            }
        }
        sink.always(At::Dot, Act::reply("250 2.0.0 ok"));
        cx.clock.advance(Span::days(3650));
        assert_eq!(worker.run_once().await.deliveries, Tally::default(), "it waits for a person");
        let taken = sink.taken();
        assert_eq!(taken.len(), 3);
        assert!(taken.iter().all(|mail| mail.data == taken[0].data), "byte for byte");
        assert!(taken[0].data.starts_with(b"DKIM-Signature: "));
    }

    async fn a_lost_reply_may_be_followed_by_success(db: TestDb) {
        let cx = cx(db.db.clone());
        let sink = SmtpSink::start().await;
        let worker = worker(&cx, route(&sink, SOON));
        let id = post(&cx, TO).await;
        sink.once(At::Dot, Act::Mute);
        assert_eq!(worker.run_once().await.deliveries.unknown, 1);
        cx.clock.advance(Span::minutes(30));
        assert_eq!(worker.run_once().await.deliveries.sent, 1);
        assert_eq!(state(&db.db, id).await, Sent);
    }

    async fn a_result_waits_until_the_database_takes_it(db: TestDb) {
        let cx = cx(db.db.clone());
        let sink = SmtpSink::start().await;
        let worker = worker(&cx, route(&sink, Duration::from_secs(5)));
        sink.always(At::Dot, Act::Slow(Duration::from_millis(200), "250 2.0.0 ok".into()));
        let id = post(&cx, TO).await;
        let (round, ()) = tokio::join!(worker.run_once(), async {
            while sink.taken().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            run(&db.db, "ALTER TABLE attempt RENAME TO away").await;
            tokio::time::sleep(Duration::from_millis(600)).await;
            assert_eq!(state(&db.db, id).await, Transmitting, "it could not be recorded");
            run(&db.db, "ALTER TABLE away RENAME TO attempt").await;
        });
        assert_eq!(round.deliveries, Tally { sent: 1, ..Tally::default() });
        assert_eq!(state(&db.db, id).await, Sent);
        assert_eq!(attempts(&db.db, id).await.len(), 1);
    }

    /// Each would be sent again if the process ended now: there are never more of them than twice the places.
    async fn results_that_cannot_be_written_down_stop_the_mails(db: TestDb) {
        let cx = cx(db.db.clone());
        let sink = SmtpSink::start().await;
        let settings = Settings { concurrency: 4, ..Settings::default() };
        let worker = worker_with(&cx, route(&sink, Duration::from_secs(5)), settings);
        post_all(&cx, (0..60).map(|nth| Post::to(&format!("zoe@{nth}.example.net"))).collect()).await;
        run(&db.db, "ALTER TABLE attempt RENAME TO away").await;
        let (round, ()) = tokio::join!(worker.run_once(), async {
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            let taken = sink.taken().len();
            assert!((1..=8).contains(&taken), "{taken} mails left without a result");
            run(&db.db, "ALTER TABLE away RENAME TO attempt").await;
        });
        let mut sent = round.deliveries.sent;
        for _ in 0..20 {
            cx.clock.advance(Span::seconds(2));
            sent += worker.run_once().await.deliveries.sent;
        }
        assert_eq!((sent, sink.taken().len()), (60, 60), "all of them, and none twice");
    }

    async fn a_lease_is_given_back_as_soon_as_the_database_takes_it(db: TestDb) {
        let cx = cx(db.db.clone());
        let sink = SmtpSink::start().await;
        let worker = worker(&cx, route(&sink, Duration::from_secs(5)));
        sink.once(At::Greeting, Act::Slow(Duration::from_millis(300), "220 relay".into()));
        let id = post(&cx, TO).await;
        let (round, ()) = tokio::join!(worker.run_once(), async {
            while sink.connections() == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            run(&db.db, "ALTER TABLE delivery RENAME TO away").await;
            tokio::time::sleep(Duration::from_millis(900)).await;
            run(&db.db, "ALTER TABLE away RENAME TO delivery").await;
        });
        assert_eq!(round.deliveries.sent, 0);
        let back = delivery(&db.db, id).await;
        assert_eq!((back.state, back.attempts), (Queued, 0), "and not leased for a quarter of an hour");
        cx.clock.advance(Span::seconds(1));
        assert_eq!(worker.run_once().await.deliveries, Tally { sent: 1, ..Tally::default() });
    }

    async fn a_connection_that_went_stale_is_replaced_once(db: TestDb) {
        let cx = cx(db.db.clone());
        let sink = SmtpSink::start().await;
        let settings = Settings { concurrency: 1, ..Settings::default() };
        let worker = worker_with(&cx, route(&sink, SOON), settings);
        sink.once(At::Dot, Act::ReplyAndClose("250 2.0.0 ok".into()));
        post_all(&cx, vec![Post::to(TO), Post::to("max@example.net")]).await;
        assert_eq!(worker.run_once().await.deliveries, Tally { sent: 2, ..Tally::default() });
        assert_eq!(sink.connections(), 2);
    }
}

async fn run(db: &Db, sql: &'static str) {
    db.write(move |tx| Box::pin(async move { tx.q(sql).run().await })).await.unwrap();
}
