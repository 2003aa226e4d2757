//! The promise under load: both parties answer in the same instant, a thousand times, on both databases.
//!
//! On PostgreSQL the two answers, and the sweepers, come from two processes' worth of connections.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use futures_util::{StreamExt, stream};
use twoyes::clock::{Clock, Span};
use twoyes::domain::answer::Answer;
use twoyes::domain::asking::Side;
use twoyes::domain::connector::Connector;
use twoyes::domain::draft::{RawDraft, RawParty};
use twoyes::domain::event::What;
use twoyes::domain::introduction::{Introduction, State};
use twoyes::domain::letter::{LinkName, LinkSpec};
use twoyes::flow::answer::{AnswerError, AskPage, RawReply};
use twoyes::flow::{Cx, answer, ask, close, draft, introduce};
use twoyes::ids::{Ids, IntroductionId};
use twoyes::store::{events, introductions};

use crate::store_kit::{look, saved_connector};
use crate::support::db::{Engine, TestDb, fresh, has_postgres};
use crate::support::post::{T0, cx_with};

/// Rounds under way at a time.
const AT_ONCE: usize = 16;

/// Two processes over one database, and the connector who asks.
#[derive(Clone)]
struct Stage {
    here: Cx,
    there: Cx,
    who: Connector,
    engine: Engine,
}

/// One introduction with the links of its two parties.
#[derive(Clone)]
struct Asked {
    id: IntroductionId,
    first: String,
    second: String,
}

async fn stage(db: &TestDb) -> Stage {
    let clock = Clock::fixed(T0);
    let real = |cx: Cx| {
        let mut cx = Arc::into_inner(cx).unwrap();
        cx.ids = Ids::System;
        Arc::new(cx)
    };
    let there = if db.engine == Engine::Postgres { db.again().await } else { db.db.clone() };
    let who = saved_connector(&db.db, 1).await;
    Stage {
        here: real(cx_with(db.db.clone(), clock.clone())),
        there: real(cx_with(there, clock)),
        who,
        engine: db.engine,
    }
}

/// Runs `rounds` of them, [`AT_ONCE`] at a time, each in a task of its own.
async fn rounds<T, F>(count: usize, round: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let tasks = stream::iter(0..count).map(|n| tokio::spawn(round(n)));
    tasks.buffer_unordered(AT_ONCE).map(Result::unwrap).collect().await
}

fn typed(n: usize) -> RawDraft {
    let party = |name: &str, address: String| RawParty {
        name: name.into(),
        email: address,
        described: "an engineer I worked with".into(),
        why: "You both build compilers.".into(),
        ..RawParty::default()
    };
    RawDraft {
        purpose: "peers".into(),
        order: "together".into(),
        first: party("Ada Lovelace", format!("ada{n}@example.net")),
        second: party("Grace Hopper", format!("grace{n}@example.com")),
        shared: "You both build compilers.".into(),
        step: "Half an hour on the telephone.".into(),
        ..RawDraft::default()
    }
}

/// Drafted and asked through the flows.
async fn asked(on: &Stage, n: usize) -> Asked {
    let new = draft::create(&on.here, &on.who, &typed(n)).await.unwrap();
    ask::ask(&on.here, &on.who, new.id).await.unwrap();
    let [first, second] =
        [answer_link(on, new.id, "ask_first").await, answer_link(on, new.id, "ask_second").await];
    Asked { id: new.id, first, second }
}

/// The link of a queued ask, minted from what was stored with it, as each attempt to send it does.
async fn answer_link(on: &Stage, id: IntroductionId, kind: &'static str) -> String {
    let sql = "SELECT links FROM delivery WHERE introduction_id = $1 AND kind = $2";
    let row = look!(on.here.db, tx => tx.q(sql).bind(id.0).bind(kind).one());
    let links: Vec<LinkSpec> = serde_json::from_str(&row.unwrap().get::<String>("links").unwrap()).unwrap();
    let spec = links.iter().find(|spec| spec.name == LinkName::Answer).unwrap();
    on.here.ring().mint(spec.kid, &spec.claims().unwrap()).unwrap()
}

/// The page that a party has open, and what they press on it.
async fn open(cx: &Cx, token: &str, choice: &str) -> RawReply {
    let page = answer::open(cx, token).await.unwrap();
    RawReply { choice: choice.into(), nonce: page.nonce, ..RawReply::default() }
}

/// Both run at once, each in its own task.
async fn race<A, B>(
    one: impl Future<Output = A> + Send + 'static,
    two: impl Future<Output = B> + Send + 'static,
) -> (A, B)
where
    A: Send + 'static,
    B: Send + 'static,
{
    let (one, two) = tokio::join!(tokio::spawn(one), tokio::spawn(two));
    (one.unwrap(), two.unwrap())
}

async fn give(cx: Cx, token: String, raw: RawReply) -> Result<AskPage, AnswerError> {
    answer::give(&cx, &token, &raw).await
}

/// Both parties press yes at the same instant.
async fn both_say_yes(on: &Stage, of: &Asked) {
    let (first, second) = (open(&on.here, &of.first, "yes").await, open(&on.there, &of.second, "yes").await);
    let (one, two) = race(
        give(on.here.clone(), of.first.clone(), first),
        give(on.there.clone(), of.second.clone(), second),
    )
    .await;
    assert!(one.unwrap().given.is_some() && two.unwrap().given.is_some());
}

/// Several sweepers at once, each over everything that is due, until nothing is.
async fn sweep(on: &Stage) {
    loop {
        let due = introduce::due(&on.here, 2_000).await.unwrap();
        if due.is_empty() {
            return;
        }
        let sweepers = [on.here.clone(), on.there.clone(), on.here.clone(), on.there.clone()].map(|cx| {
            let due = due.clone();
            tokio::spawn(async move {
                for id in due {
                    introduce::tick(&cx, id).await.unwrap();
                }
            })
        });
        for sweeper in sweepers {
            sweeper.await.unwrap();
        }
    }
}

async fn count(on: &Stage, sql: &'static str) -> i64 {
    look!(on.here.db, tx => tx.q(sql).one()).unwrap().get("n").unwrap()
}

async fn view(on: &Stage, id: IntroductionId) -> Introduction {
    look!(on.here.db, tx => introductions::view(tx, id)).unwrap()
}

/// Reads the event log of each introduction: it was introduced only while two yeses stood, and nothing
/// happened twice. Returns how many were introduced.
async fn check_log(on: &Stage, all: &[Asked]) -> usize {
    let mut introduced = 0;
    for of in all {
        let log = look!(on.here.db, tx => events::all(tx, of.id));
        let mut yeses = BTreeMap::from([(Side::First, false), (Side::Second, false)]);
        let (mut times, mut withdrawn) = (0, false);
        for (nth, (seq, event)) in (1_i64..).zip(&log) {
            assert_eq!(*seq, nth, "a gap in the log");
            match (event.what, event.side) {
                (What::Answered(answer), Some(side)) => drop(yeses.insert(side, answer == Answer::Yes)),
                (What::Contested, Some(side)) => drop(yeses.insert(side, false)),
                (What::Withdrawn, _) => withdrawn = true,
                (What::Introduced, _) => {
                    assert!(yeses.values().all(|yes| *yes) && !withdrawn, "without two yeses: {log:?}");
                    times += 1;
                }
                _ => {}
            }
        }
        assert!(times <= 1, "introduced {times} times");
        assert_eq!(view(on, of.id).await.state == State::Introduced, times == 1);
        introduced += times;
    }
    let introduced_count = i64::try_from(introduced).unwrap();
    let sent = count(on, "SELECT COUNT(*) AS n FROM delivery WHERE kind = 'introduction'").await;
    let copies = count(on, "SELECT COUNT(*) AS n FROM delivery WHERE kind = 'connector_copy'").await;
    assert_eq!((sent, copies), (introduced_count * 2, introduced_count), "mails without their event");
    introduced
}

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
            let (yes, withdrawn) = race(give(on.there.clone(), of.second.clone(), second), async move {
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
    let ends =
        rounds(200, move |n| {
            let (on, of) = (stage.clone(), pairs[n].clone());
            async move {
                let no = open(&on.there, &of.second, "no").await;
                let (cx, id) = (on.here.clone(), of.id);
                let (back, tick) = race(give(on.there.clone(), of.second.clone(), no), async move {
                    introduce::tick(&cx, id).await
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
