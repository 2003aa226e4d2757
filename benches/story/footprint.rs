//! Start-up, memory, size.

use std::time::{Duration, Instant};

use super::support::http::Http;
use super::support::process::Instance;
use super::table::{Row, Table};
use super::{backlog, house, people};

pub async fn measure(table: &mut Table) {
    let instance = house::with_relay(house::NO_RELAY);
    drop(house::inside(&instance).await);
    let mut starts = Vec::new();
    for _ in 0..9 {
        starts.push(start(&instance).await);
    }
    starts.sort_unstable();
    let median = starts[starts.len() / 2].as_secs_f64() * 1e3;
    table.add(Row {
        what: "start-up to the first answered request".into(),
        reached: format!("{median:.0} ms"),
        limit: "-".into(),
        goal: "under 150 ms".into(),
        good: Some(median < 150.0),
    });

    let running = instance.serve().await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    memory(table, "memory idle", house::resident(running.id()), 30);
    drop(running);
    let cx = house::inside(&instance).await;
    people::asked(&cx, 1).await;
    backlog::queue(&cx, 100_000).await;
    drop(cx);
    let running = instance.serve().await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    memory(table, "memory with 100,000 queued", house::resident(running.id()), 60);
    let size = std::fs::metadata(env!("CARGO_BIN_EXE_twoyes")).unwrap().len();
    table.add(Row {
        what: "binary".into(),
        reached: format!("{} MB", size >> 20),
        limit: "-".into(),
        goal: "reported".into(),
        good: None,
    });
}

async fn start(instance: &Instance) -> Duration {
    let begun = Instant::now();
    let _running = instance.spawn();
    loop {
        let mut http = Http::new(instance.port);
        if http.get("/healthz").await.is_ok_and(|answer| answer.status == 200) {
            return begun.elapsed();
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn memory(table: &mut Table, what: &str, bytes: u64, most: u64) {
    table.add(Row {
        what: what.into(),
        reached: format!("{} MB", bytes >> 20),
        limit: "-".into(),
        goal: format!("under {most} MB"),
        good: Some(bytes >> 20 < most),
    });
}
