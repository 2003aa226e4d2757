//! What happens between the lease and the mark, and between two workers.

use std::collections::BTreeMap;
use std::time::Duration;

use twoyes::clock::Span;
use twoyes::domain::letter::DeliveryState::{Cancelled, Queued, Sent, Unknown};
use twoyes::domain::message::MessageKind;
use twoyes::ids::{DeliveryId, IntroductionId};
use twoyes::store::attempts::{self, Attempt, Leave};
use twoyes::store::courier;
use twoyes::store::{Db, StoreError, outbox, suppressions};
use twoyes::worker::{Settings, Tally};

use crate::store_post;
use crate::support::db::both;
use crate::support::post::{
    Post, attempts as attempts_of, cx, cx_with, delivery, mailbox, person, post, post_all, route,
};
use crate::support::post::{T0, state, worker, worker_with};
use crate::support::smtp_sink::{Act, At, SmtpSink};

const TO: &str = "zoe@example.net";
const SLOW: Duration = Duration::from_millis(400);

fn introduction() -> IntroductionId {
    IntroductionId(uuid::Uuid::from_u128(7))
}

/// Waits until the recipient was named, and not yet accepted.
async fn offered(sink: &SmtpSink) {
    while !sink.commands().iter().any(|line| line.starts_with("RCPT")) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn say_never(db: &Db) {
    let source =
        suppressions::Source { introduction: introduction(), side: twoyes::domain::asking::Side::First };
    db.write(move |tx| Box::pin(async move { suppressions::add(tx, person(TO), source, T0).await }))
        .await
        .unwrap();
}

async fn take_back(db: &Db) {
    let kind = MessageKind::AskFirst;
    let taken = db
        .write(move |tx| Box::pin(async move { outbox::cancel_unsent(tx, introduction(), kind, T0).await }));
    assert_eq!(taken.await.unwrap(), 1);
}

both! {
    async fn a_never_between_lease_and_mark_stops_the_mail(db: TestDb) {
        let cx = cx(db.db.clone());
        let sink = SmtpSink::start().await;
        let worker = worker(&cx, route(&sink, Duration::from_secs(5)));
        sink.for_recipient(TO, Act::Slow(SLOW, "250 2.1.5 ok".into()));
        let id = post(&cx, TO).await;
        let (round, ()) = tokio::join!(worker.run_once(), async {
            offered(&sink).await;
            say_never(&db.db).await;
        });
        assert_eq!(round.deliveries, Tally { cancelled: 1, ..Tally::default() });
        assert!(sink.taken().is_empty());
        assert!(!sink.commands().iter().any(|line| line == "DATA"));
        let stopped = delivery(&db.db, id).await;
        assert_eq!((stopped.state, stopped.last_words.as_str()), (Cancelled, "taken back"));

        post(&cx, "max@example.net").await;
        assert_eq!(worker.run_once().await.deliveries.sent, 1);
        assert_eq!(sink.connections(), 1, "the conversation goes on after a reset");
    }

    async fn a_mail_taken_back_between_lease_and_mark_does_not_leave(db: TestDb) {
        let cx = cx(db.db.clone());
        let sink = SmtpSink::start().await;
        let worker = worker(&cx, route(&sink, Duration::from_secs(5)));
        sink.for_recipient(TO, Act::Slow(SLOW, "250 2.1.5 ok".into()));
        let ask = Post { introduction: Some(introduction()), ..Post::to(TO) };
        let id = post_all(&cx, vec![ask]).await[0];
        let (round, ()) = tokio::join!(worker.run_once(), async {
            offered(&sink).await;
            take_back(&db.db).await;
        });
        assert_eq!(round.deliveries, Tally { lost: 1, ..Tally::default() });
        assert!(sink.taken().is_empty());
        let stopped = delivery(&db.db, id).await;
        assert_eq!((stopped.state, stopped.last_words.as_str()), (Cancelled, "taken back"));
    }

    async fn two_workers_on_one_database_send_nothing_twice(db: TestDb) {
        let here = cx(db.db.clone());
        // SQLite has one process; there the second worker shares its connections.
        let other = if db.engine == Engine::Postgres { db.again().await } else { db.db.clone() };
        let there = cx_with(other, here.clock.clone());
        let (inbox, transport) = mailbox(&here);
        let posts = (0..60).map(|n| Post::to(&format!("p{n}@d{}.example", n % 7))).collect();
        let ids = post_all(&here, posts).await;
        let (one, two) = (worker(&here, transport.clone()), worker(&there, transport));
        let (one, two) = tokio::join!(one.run_once(), two.run_once());
        assert_eq!(one.deliveries.sent + two.deliveries.sent, 60);
        let mut copies = BTreeMap::<String, usize>::new();
        for mail in inbox.list() {
            *copies.entry(mail.recipient).or_default() += 1;
        }
        assert_eq!(copies.len(), 60);
        assert!(copies.values().all(|n| *n == 1), "{copies:?}");
        for id in ids {
            assert_eq!(attempts_of(&db.db, id).await.len(), 1);
        }
    }

    async fn a_late_worker_can_neither_mark_nor_record(db: TestDb) {
        let cx = cx(db.db.clone());
        let (inbox, transport) = mailbox(&cx);
        let id = post(&cx, TO).await;
        let until = cx.now() + Span::minutes(15);
        let late = lease_one(&db.db, until).await;
        cx.clock.advance(Span::minutes(16));
        let round = worker(&cx, transport).run_once().await;
        assert_eq!((round.swept.queued, round.deliveries.sent), (1, 1));

        let attempt = Attempt {
            at: cx.now(), took: Span::ZERO, stage: "body", result: "failed",
            code: None, enhanced: None, words: "too late".into(),
        };
        let (leave, recorded) = db.db
            .write(move |tx| {
                let (late, attempt) = (late.clone(), attempt.clone());
                Box::pin(async move {
                    let (lease, at) = (late.lease(), attempt.at);
                    let leave = attempts::mark_transmitting(tx, &[lease], at).await?;
                    let failed = twoyes::domain::letter::DeliveryState::Failed;
                    let recorded = attempts::record(tx, &[store_post::ending(&late, failed, at, attempt)]).await?;
                    courier::release(tx, &[lease], at).await?;
                    Ok::<_, StoreError>((leave, recorded))
                })
            })
            .await
            .unwrap();
        assert_eq!((leave, recorded), (vec![Leave::Lost], vec![false]));
        assert_eq!(state(&db.db, id).await, Sent);
        assert_eq!(attempts_of(&db.db, id).await.len(), 1);
        assert_eq!(inbox.list().len(), 1);
    }

    async fn after_a_crash_the_leased_leave_and_the_marked_are_unknown(db: TestDb) {
        let cx = cx(db.db.clone());
        let (inbox, transport) = mailbox(&cx);
        let ids = [post(&cx, TO).await, post(&cx, "max@example.net").await];
        let far = cx.now() + Span::minutes(15);
        let marked = lease_one(&db.db, far).await;
        let leased = lease_one(&db.db, far).await;
        let lease = marked.lease();
        db.db
            .write(move |tx| Box::pin(async move { attempts::mark_transmitting(tx, &[lease], T0).await }))
            .await
            .unwrap();
        assert!(ids.contains(&marked.id) && ids.contains(&leased.id));

        // The next run on the same file knows that nobody holds these leases.
        let settings = Settings { sole_owner: true, poll: Duration::from_millis(20), ..Settings::default() };
        let handle = worker_with(&cx, transport, settings).start();
        until(&db.db, leased.id, Sent).await;
        handle.drain().await;
        let unknown = delivery(&db.db, marked.id).await;
        assert_eq!((unknown.state, unknown.due_at), (Unknown, cx.now() + Span::minutes(30)));
        assert_eq!(inbox.list().len(), 1);
    }

    async fn a_service_that_stops_gives_its_leases_back(db: TestDb) {
        let cx = cx(db.db.clone());
        let sink = SmtpSink::start().await;
        sink.for_recipient(TO, Act::Mute);
        let grace = Duration::from_millis(50);
        let settings = Settings { grace, poll: Duration::from_millis(20), ..Settings::default() };
        let worker = worker_with(&cx, route(&sink, Duration::from_mins(1)), settings);
        let id = post(&cx, TO).await;
        let handle = worker.start();
        offered(&sink).await;
        tokio::time::timeout(Duration::from_secs(5), handle.drain()).await.unwrap();
        let delivery = delivery(&db.db, id).await;
        assert_eq!((delivery.state, delivery.attempts, delivery.due_at), (Queued, 0, T0));
    }

    async fn a_service_that_stops_waits_for_the_answer_after_the_dot(db: TestDb) {
        let cx = cx(db.db.clone());
        let sink = SmtpSink::start().await;
        sink.always(At::Dot, Act::Slow(SLOW, "250 2.0.0 ok".into()));
        let settings =
            Settings { grace: Duration::ZERO, poll: Duration::from_millis(20), ..Settings::default() };
        let worker = worker_with(&cx, route(&sink, Duration::from_mins(1)), settings);
        let id = post(&cx, TO).await;
        let handle = worker.start();
        while sink.taken().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        handle.drain().await;
        assert_eq!(state(&db.db, id).await, Sent);
    }
}

async fn lease_one(db: &Db, until: twoyes::clock::Ts) -> courier::Leased {
    let leased = db
        .write(move |tx| Box::pin(async move { courier::lease(tx, T0, until, &[], 1).await }))
        .await
        .unwrap();
    leased.into_iter().next().unwrap()
}

async fn until(db: &Db, id: DeliveryId, wanted: twoyes::domain::letter::DeliveryState) {
    let arrived = async {
        while state(db, id).await != wanted {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), arrived).await.unwrap();
}
