//! The promise under load: both parties answer in the same instant, a thousand times, on both databases.
//!
//! On PostgreSQL the two answers, and the sweepers, come from two processes' worth of connections.

use std::sync::Arc;
use std::time::Instant;

use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::introduction::State;
use twoyes::flow::{close, introduce};
use twoyes::store::events;

use crate::store_kit::look;
use crate::support::db::{Engine, TestDb, fresh, has_postgres};
use crate::two_yeses_stage::{
    asked, both_say_yes, check_log, count, give, open, race, rounds, stage, sweep, view,
};

async fn a_thousand_pairs_of_simultaneous_yeses(db: TestDb) {
    const ROUNDS: usize = 1_000;
    let (on, begin) = (stage(&db).await, Instant::now());
    let stage = on.clone();
    let all = rounds(ROUNDS, move |n| {
        let on = stage.clone();
        async move {
            let of = asked(&on, n).await;
            both_say_yes(&on, &of).await;
            of
        }
    })
    .await;
    let answered = begin.elapsed();
    assert_eq!(count(&on, "SELECT COUNT(*) AS n FROM introduction WHERE state = 'agreed'").await, 1_000);
    sweep(&on).await;
    assert_eq!(
        count(&on, "SELECT COUNT(*) AS n FROM delivery WHERE kind = 'introduction'").await,
        0,
        "the hold"
    );
    on.here.clock.advance(on.here.policy.hold);
    sweep(&on).await;

    assert_eq!(check_log(&on, &all).await, ROUNDS);
    for of in &all {
        let log = look!(on.here.db, tx => events::all(tx, of.id));
        let mut words: Vec<_> = log.iter().map(|(_, event)| (event.what.as_str(), event.side)).collect();
        words.sort_unstable();
        let (first, second) = (Some(Side::First), Some(Side::Second));
        let expected = [
            ("agreed", None),
            ("answered", first),
            ("answered", second),
            ("asked", first),
            ("asked", second),
            ("drafted", None),
            ("introduced", None),
        ];
        assert_eq!(words, expected, "nothing happened twice");
    }
    let introductions = count(&on, "SELECT COUNT(*) AS n FROM introduction WHERE state = 'introduced'").await;
    let deliveries = count(&on, "SELECT COUNT(*) AS n FROM delivery WHERE kind = 'introduction'").await;
    let people =
        count(&on, "SELECT COUNT(DISTINCT recipient) AS n FROM delivery WHERE kind = 'introduction'").await;
    let copies = count(&on, "SELECT COUNT(*) AS n FROM delivery WHERE kind = 'connector_copy'").await;
    let receipts = count(&on, "SELECT COUNT(*) AS n FROM delivery WHERE kind = 'receipt'").await;
    assert_eq!((introductions, deliveries, people, copies, receipts), (1_000, 2_000, 2_000, 1_000, 2_000));
    println!(
        "{:?}: {ROUNDS} rounds: {introductions} introductions, {deliveries} deliveries to {people} people, \
         {copies} copies; answered in {answered:?}, all in {:?}",
        on.engine,
        begin.elapsed()
    );
}

async fn a_yes_against_a_withdrawal(db: TestDb) {
    let on = stage(&db).await;
    let stage = on.clone();
    let all = rounds(200, move |n| {
        let on = stage.clone();
        async move {
            let of = asked(&on, n).await;
            let first = open(&on.here, &of.first, "yes").await;
            give(on.here.clone(), of.first.clone(), first).await.unwrap();
            let second = open(&on.there, &of.second, "yes").await;
            let (cx, who, id) = (on.here.clone(), on.who.clone(), of.id);
            let (yes, withdrawn) = race(n, give(on.there.clone(), of.second.clone(), second), async move {
                close::withdraw(&cx, &who, id).await
            })
            .await;
            yes.unwrap();
            assert!(withdrawn.unwrap().withdrawn_at.is_some());
            of
        }
    })
    .await;
    let agreed = count(&on, "SELECT COUNT(*) AS n FROM event WHERE what = 'agreed'").await;
    on.here.clock.advance(on.here.policy.hold);
    sweep(&on).await;
    assert_eq!(check_log(&on, &all).await, 0, "a withdrawal during the hold stops it");
    on.here.clock.advance(Span::days(15));
    sweep(&on).await;
    assert_eq!(check_log(&on, &all).await, 0);
    assert_eq!(count(&on, "SELECT COUNT(*) AS n FROM introduction WHERE state = 'closed'").await, 200);
    let notes = count(&on, "SELECT COUNT(*) AS n FROM delivery WHERE kind = 'closing_note'").await;
    assert_eq!(notes, 400, "both had said yes");
    println!(
        "{:?}: 200 times yes against withdraw: {agreed} times the yes came first; 0 introduced",
        on.engine
    );
}

async fn a_yes_against_a_no_of_the_same_party(db: TestDb) {
    let on = stage(&db).await;
    let stage = on.clone();
    let all = rounds(200, move |n| {
        let on = stage.clone();
        async move {
            let of = asked(&on, n).await;
            let first = open(&on.here, &of.first, "yes").await;
            give(on.here.clone(), of.first.clone(), first).await.unwrap();
            let (yes, no) =
                (open(&on.here, &of.second, "yes").await, open(&on.there, &of.second, "no").await);
            let (yes, no) = race(
                n,
                give(on.here.clone(), of.second.clone(), yes),
                give(on.there.clone(), of.second.clone(), no),
            )
            .await;
            assert!(yes.is_ok() && no.is_ok());
            of
        }
    })
    .await;
    let contested = count(&on, "SELECT COUNT(*) AS n FROM event WHERE what = 'contested'").await;
    let agreed = count(&on, "SELECT COUNT(*) AS n FROM event WHERE what = 'agreed'").await;
    on.here.clock.advance(on.here.policy.hold);
    sweep(&on).await;
    assert_eq!(check_log(&on, &all).await, 0, "two contradictory answers are none");
    assert_eq!(contested, 200);
    println!("{:?}: 200 times yes against no: {agreed} times the yes came first; 0 introduced", on.engine);
}

async fn a_tick_against_a_yes_taken_back(db: TestDb) {
    let on = stage(&db).await;
    let stage = on.clone();
    let all = rounds(200, move |n| {
        let on = stage.clone();
        async move {
            let of = asked(&on, n).await;
            both_say_yes(&on, &of).await;
            of
        }
    })
    .await;
    on.here.clock.advance(on.here.policy.hold);
    let (stage, pairs) = (on.clone(), Arc::new(all.clone()));
    let ends = rounds(200, move |n| {
        let (on, of) = (stage.clone(), pairs[n].clone());
        async move {
            let no = open(&on.there, &of.second, "no").await;
            let (cx, id) = (on.here.clone(), of.id);
            let (back, tick) = race(n, give(on.there.clone(), of.second.clone(), no), async move {
                introduce::tick(&cx, id, cx.now()).await
            })
            .await;
            tick.unwrap();
            (of, back.is_ok())
        }
    })
    .await;
    sweep(&on).await;
    let introduced = check_log(&on, &all).await;
    for (of, taken_back) in &ends {
        let left = view(&on, of.id).await.state == State::Introduced;
        assert!(left != *taken_back, "either it left or the party could take it back");
    }
    let back = ends.iter().filter(|(_, back)| *back).count();
    assert_eq!(introduced + back, 200);
    println!("{:?}: 200 times tick against take-back: {introduced} introduced, {back} taken back", on.engine);
}

macro_rules! on_both {
    ($($name:ident)+) => {$(
        mod $name {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn sqlite() {
                super::$name(fresh(Engine::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn postgres() {
                if has_postgres() {
                    super::$name(fresh(Engine::Postgres).await).await;
                }
            }
        }
    )+};
}

on_both! {
    a_thousand_pairs_of_simultaneous_yeses
    a_yes_against_a_withdrawal
    a_yes_against_a_no_of_the_same_party
    a_tick_against_a_yes_taken_back
}
