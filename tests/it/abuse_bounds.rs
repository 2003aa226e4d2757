//! However many ask, however they go about it: what one person gets stays within bounds. A year of schedules.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use twoyes::clock::{Span, Ts};
use twoyes::domain::asking::Policy;
use twoyes::domain::preferences::{MONTH, YEAR};

use crate::abuse_kit::{ask_as, connector, limited_by, pair};
use crate::support::db::{Engine, fresh};

/// Somebody asks person 0, as the first or as the second.
#[derive(Clone, Debug)]
struct Try {
    hours: i64,
    connector: usize,
    other: usize,
    first: bool,
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let hours = prop_oneof![3 => 0_i64..24, 2 => 24_i64..240];
    let one = (hours, 0_usize..12, 1_usize..40, any::<bool>());
    let one = one.prop_map(|(hours, connector, other, first)| Try { hours, connector, other, first });
    prop::collection::vec(one, 60..140)
}

/// When person 0 got an ask, and how many tries there were.
async fn asked(tries: &[Try], change: fn(&mut Policy)) -> (Vec<Ts>, usize) {
    let db = fresh(Engine::Sqlite).await;
    let app = limited_by(&db, change).await;
    let mut connectors = Vec::new();
    for nth in 0..12 {
        connectors.push(connector(&app, nth).await);
    }
    let mut got = Vec::new();
    for one in tries {
        app.later(Span::hours(one.hours));
        let raw = if one.first { pair(0, one.other) } else { pair(one.other, 0) };
        // Together: the second hears of it at once, too.
        let raw = twoyes::domain::draft::RawDraft { order: "together".into(), ..raw };
        drop(ask_as(&app, &connectors[one.connector], &raw).await);
        let is_ask = |mail: &&twoyes::mail::Decoded| {
            let theirs = mail.to.iter().any(|to| to.address.starts_with("person0@"));
            theirs && mail.text.contains("/c/") && !mail.subject.starts_with("Still open until")
        };
        let asks = app.deliver().await.iter().filter(is_ask).count();
        got.extend(std::iter::repeat_n(app.cx().now(), asks));
    }
    (got, tries.len())
}

fn most_within(asks: &[Ts], span: Span) -> usize {
    let within = |from: &Ts| asks.iter().filter(|at| **at >= *from && **at < *from + span).count();
    asks.iter().map(within).max().unwrap_or(0)
}

fn runs(cases: u32, change: fn(&mut Policy), judge: fn(&[Ts])) -> usize {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let mut tried = 0;
    for _ in 0..cases {
        let tries = tries().new_tree(&mut runner).unwrap().current();
        let (asks, these) = runtime.block_on(asked(&tries, change));
        judge(&asks);
        tried += these;
    }
    tried
}

#[test]
fn nobody_gets_more_asks_than_a_month_and_a_year_allow() {
    let tried = runs(
        6,
        |policy| {
            policy.limits.open = 1_000;
            policy.limits.begun_per_day = 1_000;
        },
        |asks| {
            assert!(most_within(asks, MONTH) <= 4, "{asks:?}");
            assert!(most_within(asks, YEAR) <= 10, "{asks:?}");
            assert!(!asks.is_empty());
        },
    );
    println!(
        "figure: abuse: {tried} tries of 12 connectors to ask one person, at most 4 asks in 30 days and 10 in a year"
    );
}

#[test]
fn without_the_limit_of_a_year_the_judge_finds_more() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let every_other_day = |nth: usize| Try { hours: 48, connector: nth % 12, other: 1 + nth, first: true };
    let tries: Vec<Try> = (0..100).map(every_other_day).collect();
    let (asks, _) = runtime.block_on(asked(&tries, |policy| {
        policy.limits.open = 1_000;
        policy.asks_per_year = 1_000;
    }));
    assert!(most_within(&asks, YEAR) > 10, "{asks:?}");
    assert!(most_within(&asks, MONTH) <= 4, "{asks:?}");
}
