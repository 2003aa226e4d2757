//! Introductions for the races: two processes over one database, links, answers given at once, and what the
//! event log must say.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use twoyes::clock::Clock;
use twoyes::domain::answer::Answer;
use twoyes::domain::asking::Side;
use twoyes::domain::connector::Connector;
use twoyes::domain::draft::{RawDraft, RawParty};
use twoyes::domain::event::What;
use twoyes::domain::introduction::Introduction;
use twoyes::domain::letter::{LinkName, LinkSpec};
use twoyes::flow::answer::{AnswerError, AskPage, RawReply};
use twoyes::flow::{Cx, answer, ask, draft, introduce};
use twoyes::ids::{Ids, IntroductionId};
use twoyes::store::{events, introductions};

use crate::store_kit::{look, saved_connector, unit};
use crate::support::db::{Engine, TestDb};
use crate::support::post::{T0, cx_with};

/// Rounds under way at a time.
const AT_ONCE: usize = 16;

/// Two processes over one database, and the connector who asks.
#[derive(Clone)]
pub struct Stage {
    pub here: Cx,
    pub there: Cx,
    pub who: Connector,
    pub engine: Engine,
}

/// One introduction with the links of its two parties.
#[derive(Clone)]
pub struct Asked {
    pub id: IntroductionId,
    pub first: String,
    pub second: String,
}

pub async fn stage(db: &TestDb) -> Stage {
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
pub async fn rounds<T, F>(count: usize, round: impl Fn(usize) -> F) -> Vec<T>
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
pub async fn asked(on: &Stage, n: usize) -> Asked {
    let new = draft::create(&on.here, &on.who, &typed(n)).await.unwrap();
    ask::ask(&on.here, &on.who, new.id).await.unwrap();
    let [first, second] =
        [answer_link(on, new.id, "ask_first").await, answer_link(on, new.id, "ask_second").await];
    // Who has a page open was reached.
    let sent = "UPDATE delivery SET state = 'sent' WHERE introduction_id = $1 AND state = 'queued'";
    let id = new.id;
    assert_eq!(unit!(on.here.db, tx => tx.q(sent).bind(id.0).run()).unwrap(), 2);
    Asked { id, first, second }
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
pub async fn open(cx: &Cx, token: &str, choice: &str) -> RawReply {
    let page = answer::open(cx, token).await.unwrap();
    RawReply { choice: choice.into(), nonce: page.nonce, ..RawReply::default() }
}

/// Both run at once, each in its own task. `n` shifts them against each other by up to 3 ms, so that each
/// comes first now and then; with 0 they start together.
pub async fn race<A, B>(
    n: usize,
    one: impl Future<Output = A> + Send + 'static,
    two: impl Future<Output = B> + Send + 'static,
) -> (A, B)
where
    A: Send + 'static,
    B: Send + 'static,
{
    let wait = |n: usize| Duration::from_millis(u64::try_from(n % 4).unwrap());
    let one = tokio::spawn(after(wait(n), one));
    let two = tokio::spawn(after(wait(n / 4), two));
    let (one, two) = tokio::join!(one, two);
    (one.unwrap(), two.unwrap())
}

async fn after<T>(wait: Duration, then: impl Future<Output = T>) -> T {
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    then.await
}

pub async fn give(cx: Cx, token: String, raw: RawReply) -> Result<AskPage, AnswerError> {
    answer::give(&cx, &token, &raw).await
}

/// Both parties press yes at the same instant.
pub async fn both_say_yes(on: &Stage, of: &Asked) {
    let (first, second) = (open(&on.here, &of.first, "yes").await, open(&on.there, &of.second, "yes").await);
    let (one, two) = race(
        0,
        give(on.here.clone(), of.first.clone(), first),
        give(on.there.clone(), of.second.clone(), second),
    )
    .await;
    assert!(one.unwrap().given.is_some() && two.unwrap().given.is_some());
}

/// The sweepers of both processes at once, each over everything that is due, until nothing is.
pub async fn sweep(on: &Stage) {
    loop {
        let due = introduce::due(&on.here, on.here.now(), 2_000).await.unwrap();
        if due.is_empty() {
            return;
        }
        let sweepers = [on.here.clone(), on.there.clone()].map(|cx| {
            let due = due.clone();
            tokio::spawn(async move {
                for id in due {
                    introduce::tick(&cx, id, cx.now()).await.unwrap();
                }
            })
        });
        for sweeper in sweepers {
            sweeper.await.unwrap();
        }
    }
}

pub async fn count(on: &Stage, sql: &'static str) -> i64 {
    look!(on.here.db, tx => tx.q(sql).one()).unwrap().get("n").unwrap()
}

pub async fn view(on: &Stage, id: IntroductionId) -> Introduction {
    look!(on.here.db, tx => introductions::view(tx, id)).unwrap()
}

/// Reads the event log of each introduction: it was introduced only while two yeses stood, and nothing
/// happened twice. Returns how many were introduced.
pub async fn check_log(on: &Stage, all: &[Asked]) -> usize {
    let mut introduced = 0;
    let sql = "SELECT id FROM introduction WHERE state = 'introduced'";
    let rows = look!(on.here.db, tx => tx.q(sql).all());
    let left: BTreeSet<uuid::Uuid> = rows.iter().map(|row| row.get("id").unwrap()).collect();
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
        assert_eq!(left.contains(&of.id.0), times == 1);
        introduced += times;
    }
    let introduced_count = i64::try_from(introduced).unwrap();
    let sent = count(on, "SELECT COUNT(*) AS n FROM delivery WHERE kind = 'introduction'").await;
    let copies = count(on, "SELECT COUNT(*) AS n FROM delivery WHERE kind = 'connector_copy'").await;
    assert_eq!((sent, copies), (introduced_count * 2, introduced_count), "mails without their event");
    introduced
}
