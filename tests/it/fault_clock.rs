//! The machine's clock jumps: nothing expires and nothing leaves in bulk, and nothing is stuck afterwards.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use twoyes::clock::{Clock, Rigged, Span, Ts};
use twoyes::domain::introduction::State;
use twoyes::flow::{Cx, ask};
use twoyes::store::instance::{self, Instance};
use twoyes::store::{Db, courier, introductions};
use twoyes::worker::{Round, Worker};

use crate::support::db::both;
use crate::support::post::{T0, cx_with, mailbox, post, story, worker};

const YEAR: Span = Span::days(365);

/// A service on a rigged clock with a running story: both its ask and its deadline lie within weeks.
struct Site {
    cx: Cx,
    rigged: Arc<Rigged>,
    worker: Worker,
    inbox: twoyes::mail::LocalMailbox,
    id: twoyes::ids::IntroductionId,
}

impl Site {
    async fn on(db: Db) -> Self {
        let rigged = Rigged::at(T0);
        let site = Self::with(db, Clock::Rigged(Arc::clone(&rigged)), rigged).await;
        row(&site.cx).await;
        site
    }

    async fn with(db: Db, clock: Clock, rigged: Arc<Rigged>) -> Self {
        let cx = cx_with(db, clock);
        let (inbox, transport) = mailbox(&cx);
        let worker = worker(&cx, transport);
        let (mary, id) = story(&cx).await;
        ask::ask(&cx, &mary, id).await.unwrap();
        Self { cx, rigged, worker, inbox, id }
    }

    async fn round(&self) -> Round {
        self.worker.run_once().await
    }

    async fn state(&self) -> State {
        let mut tx = self.cx.db.read().await.unwrap();
        introductions::view(&mut tx, self.id).await.unwrap().unwrap().state
    }

    fn hours(&self) -> i64 {
        self.cx.counts.clock_jump.load(Ordering::Relaxed) / Span::hours(1).0
    }

    /// The judge: what a jump did. Empty is right.
    async fn harm(&self, before: usize, round: Round) -> Vec<String> {
        let mut harm = Vec::new();
        if round.swept.ticks > 0 {
            harm.push(format!("{} introductions were moved by time", round.swept.ticks));
        }
        if self.inbox.list().len() > before {
            harm.push("a mail left".to_owned());
        }
        if self.state().await != State::Asking {
            harm.push("it was closed".to_owned());
        }
        harm
    }
}

/// As the first process that serves a database writes it.
async fn row(cx: &Cx) {
    let new = Instance {
        id: "i".into(),
        epoch: "e".into(),
        place: String::new(),
        quarantined_at: None,
        why: String::new(),
        seen_at: T0,
        accepted_at: None,
    };
    let made = cx.db.write(move |tx| {
        let new = new.clone();
        Box::pin(async move { instance::insert(tx, &new).await })
    });
    assert!(made.await.unwrap());
}

async fn accept(cx: &Cx, at: Ts) {
    assert!(cx.db.write(move |tx| Box::pin(instance::accept_clock(tx, at))).await.unwrap());
}

both! {
    async fn a_year_ahead_neither_expires_nor_sends_anything(db: TestDb) {
        let site = Site::on(db.db.clone()).await;
        assert_eq!(site.round().await.deliveries.sent, 1, "the ask");
        post(&site.cx, "zoe@example.net").await;
        site.rigged.jump(YEAR);
        let mut rounds = 0;
        for _ in 0..200 {
            site.rigged.pass(Span::minutes(5));
            let round = site.round().await;
            assert_eq!(site.harm(1, round).await, Vec::<String>::new());
            rounds += 1;
        }
        assert_eq!(site.hours(), YEAR.as_seconds() / 3600);
        println!("figure: fault: clock a year ahead for {rounds} rounds: nothing moved");

        site.rigged.jump(Span(-YEAR.0));
        let round = site.round().await;
        assert_eq!((round.deliveries.sent, site.hours()), (1, 0), "what waited leaves once the clock is right");
        assert_eq!(site.state().await, State::Asking);
        site.rigged.pass(Span::days(8));
        assert!(site.round().await.swept.ticks > 0, "the reminder in its time");
    }

    async fn the_judge_sees_what_an_unnoticed_year_does(db: TestDb) {
        let fixed = Clock::fixed(T0);
        let site = Site::with(db.db.clone(), fixed.clone(), Rigged::at(T0)).await;
        site.round().await;
        fixed.advance(YEAR);
        let round = site.round().await;
        assert!(site.harm(1, round).await.len() >= 2, "a judge that sees nothing here sees nothing at all");
    }

    async fn an_operator_ends_the_wait_for_the_time_they_saw(db: TestDb) {
        let site = Site::on(db.db.clone()).await;
        site.round().await;
        site.rigged.jump(YEAR);
        site.round().await;
        accept(&site.cx, T0).await;
        let round = site.round().await;
        assert_eq!(site.harm(1, round).await, Vec::<String>::new(), "another time was accepted");
        accept(&site.cx, site.cx.now()).await;
        assert!(site.round().await.swept.ticks > 0);
        assert_eq!(site.state().await, State::Closed);
    }

    async fn a_day_back_repeats_nothing_and_leaves_no_lease_behind(db: TestDb) {
        let site = Site::on(db.db.clone()).await;
        site.round().await;
        let lost = post(&site.cx, "zoe@example.net").await;
        // A process that died with it in its hands.
        let (now, until) = (site.cx.now(), site.cx.now() + Span::minutes(15));
        let lease = site.cx.db.write(move |tx| Box::pin(courier::lease(tx, now, until, &[], 9)));
        assert_eq!(lease.await.unwrap().len(), 1);
        site.rigged.jump(Span::days(-1));
        let round = site.round().await;
        assert_eq!(site.harm(1, round).await, Vec::<String>::new());
        for _ in 0..4 {
            site.rigged.pass(Span::minutes(5));
            site.round().await;
        }
        assert_eq!(site.hours(), 0, "a day is believed after a quarter of an hour");
        site.rigged.pass(Span::minutes(16));
        let taken = site.round().await;
        assert_eq!((taken.swept.queued, site.inbox.list().len()), (1, 2), "{lost} went to the next process: {taken:?}");
        let asks = site.inbox.list().iter().filter(|mail| mail.recipient == "ada@example.org").count();
        assert_eq!(asks, 1, "once");
    }

    async fn a_start_by_a_clock_that_is_ahead_or_behind_waits(db: TestDb) {
        let site = Site::on(db.db.clone()).await;
        site.round().await;
        for by in [YEAR, Span::hours(-3)] {
            // Another process, by a clock of its own.
            let rigged = Rigged::at(T0 + by);
            let cx = cx_with(db.db.clone(), Clock::Rigged(rigged));
            let (_, transport) = mailbox(&cx);
            let round = worker(&cx, transport).run_once().await;
            assert_eq!(site.harm(1, round).await, Vec::<String>::new());
            assert_ne!(cx.counts.clock_jump.load(Ordering::Relaxed), 0);
        }
        let rigged = Rigged::at(T0 + Span::days(3));
        let cx = cx_with(db.db.clone(), Clock::Rigged(rigged));
        let (_, transport) = mailbox(&cx);
        worker(&cx, transport).run_once().await;
        assert_eq!(cx.counts.clock_jump.load(Ordering::Relaxed), 0, "three days of standstill are fine");
    }

    async fn a_running_service_holds_and_goes_on_by_itself(db: TestDb) {
        let site = Site::on(db.db.clone()).await;
        let handle = site.worker.start();
        let arrived = async |many: usize| {
            let look = async {
                while site.inbox.list().len() < many {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            tokio::time::timeout(Duration::from_secs(20), look).await
        };
        arrived(1).await.unwrap();
        site.rigged.jump(YEAR);
        while site.hours() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        post(&site.cx, "zoe@example.net").await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!((site.inbox.list().len(), site.state().await), (1, State::Asking));
        site.rigged.jump(Span(-YEAR.0));
        site.cx.wake.ring();
        // Posted a year ahead, and due then: the clock of whoever queued it was wrong.
        post(&site.cx, "yuri@example.net").await;
        arrived(2).await.unwrap();
        handle.drain().await;
    }
}
