//! The desk of a connector with 100,000 introductions answers like that of one with 100.

use std::time::{Duration, Instant};

use crate::support::app::TestApp;
use crate::support::bulk;

const FEW: i64 = 100;
const MANY: i64 = 100_000;
const LOOKS: usize = 31;

async fn took(app: &TestApp, path: &str) -> Duration {
    let start = Instant::now();
    app.see(path).await.is(200);
    start.elapsed()
}

/// Of both, looked at in turns: whatever else the machine does hits both.
async fn medians(few: &TestApp, many: &TestApp, path: &str) -> (Duration, Duration) {
    let (mut small, mut large) = (Vec::new(), Vec::new());
    for _ in 0..LOOKS {
        small.push(took(few, path).await);
        large.push(took(many, path).await);
    }
    small.sort();
    large.sort();
    (small[LOOKS / 2], large[LOOKS / 2])
}

#[tokio::test]
async fn a_desk_of_a_hundred_thousand_is_as_quick_as_one_of_a_hundred() {
    let (few, many) = (TestApp::new().await, TestApp::new().await);
    bulk::introductions(&few.cx().db, &few.connector, FEW).await;
    bulk::introductions(&many.cx().db, &many.connector, MANY).await;
    few.see("/").await.is(200).says("Needs you 20").says("Waiting 30").says("Done 50");
    many.see("/").await.is(200).says("Needs you 1000 or more").says("Waiting 1000 or more");
    let deep = bulk::id(FEW / 2);
    // Pages that are full in both.
    let paths = ["/".to_owned(), "/?list=done".to_owned(), format!("/introductions/{deep}")];
    for path in paths {
        // The machine may be busy with other tests: a desk that is slow by itself is slow each time.
        let mut good = false;
        for _ in 0..3 {
            let (small, large) = medians(&few, &many, &path).await;
            println!("{path}: {small:?} at {FEW}, {large:?} at {MANY}");
            good = large <= small.mul_f64(1.5) + Duration::from_millis(2);
            if good {
                break;
            }
        }
        assert!(good, "{path}");
    }
}
