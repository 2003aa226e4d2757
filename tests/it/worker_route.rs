//! A sick route pauses everything and costs no delivery anything.

use std::time::Duration;

use twoyes::clock::Span;
use twoyes::domain::letter::DeliveryState::{Deferred, Queued, Sent};
use twoyes::mail::{SmtpRoute, Transport};
use twoyes::store::Db;
use twoyes::store::routes::{self, Route};
use twoyes::worker::Tally;

use crate::support::db::both;
use crate::support::post::{Post, T0, attempts, cx, cx_with, delivery, post, post_all, route, state, worker};
use crate::support::smtp_sink::{Act, At, SmtpSink};

const SOON: Duration = Duration::from_millis(500);

async fn relay(db: &Db) -> Route {
    routes::get(&mut db.read().await.unwrap(), "relay").await.unwrap().unwrap()
}

fn three() -> Vec<Post> {
    ["a@one.example", "b@two.example", "c@three.example"].map(Post::to).to_vec()
}

both! {
    async fn a_sick_route_burns_no_attempts_and_heals_by_itself(db: TestDb) {
        let cx = cx(db.db.clone());
        let sink = SmtpSink::start().await;
        let worker = worker(&cx, route(&sink, SOON));
        sink.always(At::Mail, Act::reply("530 5.7.0 authentication required"));
        let ids = post_all(&cx, three()).await;

        let tally = worker.run_once().await.deliveries;
        assert_eq!((tally.released, tally.failed, tally.deferred), (tally.released, 0, 0));
        assert!(tally.released > 0);
        let sick = relay(&db.db).await;
        assert_eq!((sick.failures, sick.paused_until), (1, Some(T0 + Span::seconds(30))));
        let before = sink.connections();
        cx.clock.advance(Span::seconds(29));
        assert_eq!(worker.run_once().await.deliveries, Tally::default());
        assert_eq!(sink.connections(), before, "left alone during the pause");

        cx.clock.advance(Span::seconds(1));
        let mails = |sink: &SmtpSink| sink.commands().iter().filter(|line| line.starts_with("MAIL")).count();
        let asked = mails(&sink);
        assert_eq!(worker.run_once().await.deliveries, Tally { released: 1, ..Tally::default() });
        assert!(mails(&sink) <= asked + 1, "one probe");
        let sick = relay(&db.db).await;
        assert_eq!((sick.failures, sick.paused_until), (2, Some(cx.now() + Span::minutes(1))));
        for id in &ids {
            let waiting = delivery(&db.db, *id).await;
            assert_eq!((waiting.state, waiting.attempts), (Queued, 0));
        }

        sink.always(At::Mail, Act::reply("250 2.1.0 ok"));
        cx.clock.advance(Span::minutes(1));
        assert_eq!(worker.run_once().await.deliveries.sent, 3);
        assert_eq!(relay(&db.db).await.failures, 0);
        for id in ids {
            assert_eq!(delivery(&db.db, id).await.attempts, 1);
            assert_eq!(attempts(&db.db, id).await.len(), 1);
        }
    }

    async fn the_pause_counts_for_all_processes(db: TestDb) {
        let here = cx(db.db.clone());
        let there = cx_with(db.db.clone(), here.clock.clone());
        // Nobody listens there.
        let gone = SmtpSink::start().await.port();
        let refused = Transport::Smtp(SmtpRoute::plain("127.0.0.1", gone, "intro.example"));
        let sink = SmtpSink::start().await;
        post_all(&here, three()).await;
        worker(&here, refused).run_once().await;
        assert_eq!(relay(&db.db).await.failures, 1);
        let other = worker(&there, route(&sink, SOON));
        assert_eq!(other.run_once().await.deliveries, Tally::default());
        assert_eq!(sink.connections(), 0);
        here.clock.advance(Span::seconds(30));
        assert_eq!(other.run_once().await.deliveries.sent, 3);
    }

    async fn one_recipient_that_ends_connections_does_not_stop_the_route(db: TestDb) {
        let cx = cx(db.db.clone());
        let sink = SmtpSink::start().await;
        let worker = worker(&cx, route(&sink, SOON));
        sink.for_recipient("bad@one.example", Act::ReplyAndClose("421 4.7.0 go away".into()));
        let bad = post(&cx, "bad@one.example").await;
        assert_eq!(worker.run_once().await.deliveries, Tally { deferred: 1, ..Tally::default() });
        assert_eq!(state(&db.db, bad).await, Deferred);
        let good = post(&cx, "good@two.example").await;
        assert_eq!(worker.run_once().await.deliveries.sent, 1);
        assert_eq!(state(&db.db, good).await, Sent);
    }

    async fn two_domains_that_end_connections_are_the_route(db: TestDb) {
        let cx = cx(db.db.clone());
        let sink = SmtpSink::start().await;
        let worker = worker(&cx, route(&sink, SOON));
        sink.always(At::Rcpt, Act::ReplyAndClose("421 4.7.0 go away".into()));
        post(&cx, "a@one.example").await;
        assert_eq!(worker.run_once().await.deliveries.deferred, 1);
        let second = post(&cx, "b@two.example").await;
        assert_eq!(worker.run_once().await.deliveries, Tally { released: 1, ..Tally::default() });
        assert_eq!(relay(&db.db).await.failures, 1);
        let second = delivery(&db.db, second).await;
        assert_eq!((second.state, second.attempts), (Queued, 0));
    }

    async fn a_route_lost_after_the_mark_costs_no_attempt(db: TestDb) {
        let cx = cx(db.db.clone());
        let sink = SmtpSink::start().await;
        let worker = worker(&cx, route(&sink, SOON));
        sink.always(At::Data, Act::Close);
        post(&cx, "a@one.example").await;
        assert_eq!(worker.run_once().await.deliveries.deferred, 1);
        let second = post(&cx, "b@two.example").await;
        assert_eq!(worker.run_once().await.deliveries.released, 1);
        let second = delivery(&db.db, second).await;
        assert_eq!((second.state, second.attempts), (Queued, 0));
    }
}
