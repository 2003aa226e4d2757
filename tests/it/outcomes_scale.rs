//! The outcome log at a hundred thousand introductions answers in the time of one with a thousand,
//! where every page of every filter is full as well.

use std::time::{Duration, Instant};

use twoyes::clock::Span;
use twoyes::domain::connector::Role;
use twoyes::flow::account;
use twoyes::ids::ConnectorId;

use crate::support::app::TestApp;
use crate::support::log_bulk::{Bulk, fill};

const NAMES: [&str; 6] =
    ["Lena Brandt", "Yusuf Demir", "Maria Keller", "Tom Adeyemi", "Sofia Lind", "Noor Jansen"];

async fn filled(number: u64, days: i64) -> (TestApp, ConnectorId) {
    let app = TestApp::new().await;
    let mut connectors = Vec::new();
    for (n, name) in NAMES.iter().enumerate() {
        let email = format!("c{n}@connect.example");
        connectors.push(account::add(app.cx(), &email, name, Role::Connector).await.unwrap().id);
    }
    let bulk = Bulk { connectors: &connectors, now: app.cx().now(), days };
    fill(&app.database_url(), number, &bulk);
    app.later(Span::minutes(1));
    (app, connectors[0])
}

/// The medians of several looks at a page of each, in turn: what else the machine does hits both.
async fn times(small: (&TestApp, &str), large: (&TestApp, &str)) -> (Duration, Duration) {
    let mut took = [Vec::new(), Vec::new()];
    for _ in 0..15 {
        for (took, (app, path)) in took.iter_mut().zip([small, large]) {
            let begin = Instant::now();
            app.see(path).await.is(200);
            took.push(begin.elapsed());
        }
    }
    let [small, large] = took.map(|mut took| {
        took.sort();
        took[7]
    });
    (small, large)
}

fn paths(connector: ConnectorId) -> Vec<(&'static str, String)> {
    let base = "/admin/outcomes";
    vec![
        ("plain", base.to_owned()),
        ("all time", format!("{base}?when=all")),
        ("days", format!("{base}?from=2025-06-01&to=2025-09-30")),
        ("connector", format!("{base}?when=all&connector={connector}")),
        ("purpose", format!("{base}?when=all&purpose=expertise")),
        ("rare outcome", format!("{base}?when=all&outcome=landed")),
        ("introduced", format!("{base}?when=all&outcome=introduced")),
        ("all at once", format!("{base}?when=year&outcome=landed&purpose=recruiter&connector={connector}")),
        ("search for a person", format!("{base}?when=all&q=Hanna+Tanaka")),
        ("search for a connector", format!("{base}?when=all&q=Lena")),
        ("search for nobody", format!("{base}?when=all&q=Zzyzx")),
    ]
}

#[tokio::test]
async fn pages_at_a_hundred_thousand_answer_in_the_time_of_pages_at_a_hundred() {
    let (small, few) = filled(1_000, 700).await;
    let (large, many) = filled(100_000, 700).await;
    let mut slow = Vec::new();
    for ((name, before), (_, after)) in paths(few).into_iter().zip(paths(many)) {
        // The machine may be busy with other tests: a page that is slow by itself is slow each time.
        let mut told = String::new();
        for _ in 0..3 {
            let (thousand, all) = times((&small, &before), (&large, &after)).await;
            println!("{name:24} {thousand:>12.2?} at 1,000, {all:>12.2?} at 100,000");
            told = format!("{name}: {thousand:?} became {all:?}");
            if all <= thousand * 3 / 2 + Duration::from_millis(2) {
                told.clear();
                break;
            }
        }
        slow.extend(Some(told).filter(|told| !told.is_empty()));
    }
    assert!(slow.is_empty(), "{slow:?}");
}
