//! The desk of a connector with 100,000 introductions answers like that of one with 100.

use std::time::{Duration, Instant};

use crate::support::app::TestApp;
use crate::support::bulk;

const FEW: i64 = 100;
const MANY: i64 = 100_000;
const LOOKS: usize = 31;

async fn median(app: &TestApp, path: &str) -> Duration {
    let mut took = Vec::new();
    for _ in 0..LOOKS {
        let start = Instant::now();
        app.see(path).await.is(200);
        took.push(start.elapsed());
    }
    took.sort();
    took[LOOKS / 2]
}

#[tokio::test]
async fn a_desk_of_a_hundred_thousand_is_as_quick_as_one_of_a_hundred() {
    let (few, many) = (TestApp::new().await, TestApp::new().await);
    bulk::introductions(&few.cx().db, &few.connector, FEW).await;
    bulk::introductions(&many.cx().db, &many.connector, MANY).await;
    few.see("/").await.is(200).says("Needs you 20").says("Waiting 30").says("Done 50");
    many.see("/").await.is(200).says("Needs you 1000 or more").says("Waiting 1000 or more");
    let deep = bulk::id(FEW / 2);
    let paths = [
        "/".to_owned(),
        "/?list=needs".to_owned(),
        "/?list=done".to_owned(),
        format!("/introductions/{deep}"),
    ];
    for path in paths {
        let (small, large) = (median(&few, &path).await, median(&many, &path).await);
        println!("{path}: {small:?} at {FEW}, {large:?} at {MANY}");
        assert!(large <= small.mul_f64(1.5) + Duration::from_millis(2), "{path}: {small:?} {large:?}");
    }
}
