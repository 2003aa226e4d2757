//! The worker on its own feet: wakes when rung, is fair, survives a database that is away.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use twoyes::clock::Span;
use twoyes::domain::address::EmailAddress;
use twoyes::domain::asking::{Order, Side};
use twoyes::domain::introduction::State;
use twoyes::domain::letter::DeliveryState::Sent;
use twoyes::domain::party::PersonKey;
use twoyes::flow::{self, Cx};
use twoyes::ids::{IntroductionId, LinkRef};
use twoyes::store::{Db, StoreError, deliveries, introductions};
use twoyes::worker::{Settings, Swept};

use crate::domain_kit;
use crate::store_kit::unit;
use crate::support::db::{Engine, both, fresh, has_postgres};
use crate::support::post::{Post, cx, mailbox, post, post_all, route, story, worker, worker_with};
use crate::support::smtp_sink::{Act, SmtpSink};

/// Of the same connector as [`story`], between two others.
async fn another(cx: &Cx) -> IntroductionId {
    let mut new = domain_kit::draft(Order::OneByOne);
    new.id = IntroductionId(uuid::Uuid::from_u128(77));
    for (nth, side) in (70..).zip(Side::ALL) {
        let party = new.parties.get_mut(*side);
        party.link = LinkRef([nth; 16]);
        party.email = EmailAddress::parse("email", &format!("p{nth}@example.org")).unwrap();
        party.person = PersonKey([nth; 32]);
    }
    let id = new.id;
    unit!(cx.db, tx, new => introductions::insert(tx, &new, &[])).unwrap();
    id
}

/// Has it for itself until it is told to give it back.
async fn hold(db: Db, id: IntroductionId, has_it: Arc<Notify>, gives_it_back: Arc<Notify>) {
    let held = unit!(db, tx, id, has_it, gives_it_back => async move {
        introductions::load(tx, id).await?;
        has_it.notify_one();
        gives_it_back.notified().await;
        Ok::<_, StoreError>(())
    });
    held.unwrap();
}

async fn reminders(cx: &Cx, id: IntroductionId) -> i64 {
    let mut tx = cx.db.read().await.unwrap();
    let sql = "SELECT COUNT(*) AS n FROM delivery WHERE introduction_id = $1 AND kind = 'reminder'";
    tx.q(sql).bind(id.0).one().await.unwrap().unwrap().get("n").unwrap()
}

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

    async fn a_ring_reaches_the_process_that_has_room(db: TestDb) {
        if db.engine == Engine::Sqlite {
            return;
        }
        let (one, two) = (cx(db.db.clone()), cx(db.again().await));
        let sink = SmtpSink::start().await;
        // One connection, which never comes to its end: what is queued next is for the other process.
        sink.for_recipient("mute@example.net", Act::Mute);
        let settings = || Settings {
            connections: 1,
            poll: Duration::from_hours(1),
            grace: Duration::ZERO,
            ..Settings::default()
        };
        let busy = worker_with(&one, route(&sink, Duration::from_mins(2)), settings()).start();
        post(&one, "mute@example.net").await;
        while !sink.commands().iter().any(|line| line.contains("mute@example.net")) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let (inbox, transport) = mailbox(&two);
        let idle = worker_with(&two, transport, settings()).start();
        let arrived = async {
            for nth in 0.. {
                post(&one, &format!("p{nth}@example.net")).await;
                tokio::time::sleep(Duration::from_millis(50)).await;
                // The first may be queued before anybody listens.
                if nth > 5 && inbox.list().len() > nth {
                    break;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), arrived).await.unwrap();
        idle.drain().await;
        busy.drain().await;
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

    async fn what_is_due_by_time_is_done_and_its_mail_leaves_in_the_same_round(db: TestDb) {
        let cx = cx(db.db.clone());
        let (inbox, transport) = mailbox(&cx);
        let worker = worker(&cx, transport);
        let (mary, id) = story(&cx).await;
        flow::ask::ask(&cx, &mary, id).await.unwrap();
        let round = worker.run_once().await;
        assert_eq!((round.swept, round.deliveries.sent), (Swept::default(), 1), "the ask, and nothing is due");

        cx.clock.advance(Span::days(8));
        let round = worker.run_once().await;
        assert_eq!((round.swept.ticks, round.swept.troubles, round.deliveries.sent), (1, 0, 1), "the reminder");
        cx.clock.advance(Span::days(8));
        let round = worker.run_once().await;
        assert_eq!((round.swept.troubles, round.deliveries.sent), (0, 0), "silence closes without a mail");
        assert!(round.swept.ticks > 0);
        let closed = introductions::view(&mut db.db.read().await.unwrap(), id).await.unwrap().unwrap();
        assert_eq!(closed.state, State::Closed);
        assert_eq!(inbox.list().len(), 2);
        assert!(inbox.list().iter().all(|mail| mail.recipient == "ada@example.org"));
    }

    async fn an_introduction_that_cannot_be_read_does_not_hold_up_the_others(db: TestDb) {
        let cx = cx(db.db.clone());
        let (_, transport) = mailbox(&cx);
        let worker = worker(&cx, transport);
        let (_, id) = story(&cx).await;
        db.db
            .write(move |tx| Box::pin(async move {
                let sql = "UPDATE introduction SET due_at = 1, purpose = 'torn' WHERE id = $1";
                tx.q(sql).bind(id.0).exactly_one().await
            }))
            .await
            .unwrap();
        post(&cx, "zoe@example.net").await;
        let round = tokio::time::timeout(Duration::from_secs(20), worker.run_once()).await.unwrap();
        assert_eq!((round.swept.troubles, round.deliveries.sent), (round.swept.ticks, 1));
        assert!(round.swept.troubles > 0);
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
        tokio::time::timeout(Duration::from_secs(2), arrived).await.unwrap();
        println!("the healthy ones left after {:?}", began.elapsed());
        assert_eq!(asked("@mute.example"), 2, "half of the room at most");
        handle.drain().await;
    }
}

/// On SQLite, with its one writer, nobody can hold one of them.
#[tokio::test]
async fn an_introduction_that_somebody_holds_does_not_hold_up_the_others() {
    if !has_postgres() {
        return;
    }
    let db = fresh(Engine::Postgres).await;
    let cx = cx(db.db.clone());
    let (_, transport) = mailbox(&cx);
    let worker = worker(&cx, transport);
    let (mary, held) = story(&cx).await;
    flow::ask::ask(&cx, &mary, held).await.unwrap();
    cx.clock.advance(Span::days(1));
    let free = another(&cx).await;
    flow::ask::ask(&cx, &mary, free).await.unwrap();
    worker.run_once().await;
    cx.clock.advance(Span::days(8));
    let (has_it, gives_it_back) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let holder = tokio::spawn(hold(db.again().await, held, Arc::clone(&has_it), Arc::clone(&gives_it_back)));
    has_it.notified().await;
    let look = async {
        while reminders(&cx, free).await == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(reminders(&cx, held).await, 0);
        gives_it_back.notify_one();
    };
    let both = async { tokio::join!(worker.run_once(), look) };
    let (round, ()) = tokio::time::timeout(Duration::from_secs(5), both).await.unwrap();
    holder.await.unwrap();
    assert_eq!((round.swept.ticks, round.swept.troubles), (2, 0));
    assert_eq!(reminders(&cx, held).await, 1);
}
