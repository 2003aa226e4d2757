//! Three processes on one PostgreSQL: as many as wanted, and no other change.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::support::db::{Engine, fresh, has_postgres};
use crate::support::driver::{Driver, Plan};
use crate::support::ledger::Ledger;
use crate::support::process::Instance;
use crate::support::smtp_sink::{Act, At, SmtpSink};

const INTRODUCTIONS: usize = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_processes_introduce_a_hundred_once() {
    if !has_postgres() {
        return;
    }
    let began = Instant::now();
    let database = fresh(Engine::Postgres).await;
    let sink = Arc::new(SmtpSink::start().await);
    sink.always(At::Dot, Act::Slow(Duration::from_millis(15), "250 2.0.0 queued".into()));
    let mut first = Instance::with_relay(sink.port());
    first.set("database.url", &database.url);
    first.set_raw("database.max_connections", "6");
    first.set_raw("asking.hold_seconds", "1");
    first.set_raw("asking.contest_seconds", "0");
    let token = first.admin("lena@connect.example").await;
    let mut all = vec![first];
    for _ in 0..2 {
        let other = all[0].sibling();
        // A copy of the ring, as other machines have it.
        std::fs::copy(all[0].path("twoyes.keys"), other.path("twoyes.keys")).unwrap();
        all.push(other);
    }
    for other in &mut all[1..] {
        let keys = other.path("twoyes.keys").display().to_string();
        other.set("keys.file", &keys);
    }
    let mut running = Vec::new();
    for instance in &all {
        running.push(instance.serve().await);
    }

    let ports = all.iter().map(|instance| instance.port).collect();
    let driver = Arc::new(Driver::new(ports, &token, sink, Duration::from_mins(3)));
    let carried = tokio::spawn({
        let driver = Arc::clone(&driver);
        async move { driver.carry((0..INTRODUCTIONS).map(Plan::all_yes).collect(), 12).await }
    });
    while driver.postbox.count() < 200 {
        assert!(!carried.is_finished());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // In the middle of it all one of them is told to stop; its requests go to the others from then on.
    let drained = running[1].stop(Duration::from_secs(10)).await;
    carried.await.unwrap();
    // Receipts and the connector's copies.
    tokio::time::sleep(Duration::from_secs(1)).await;
    drop(running.remove(1));
    for process in &mut running {
        process.stop(Duration::from_secs(10)).await;
    }

    let ledger = Ledger::read(&database.url, driver.acks(), driver.postbox.copies()).await;
    let figures = ledger.figures();
    println!("{:?}, one of three drained in {drained:?}: {figures:?}", began.elapsed());
    let faults = ledger.faults();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert_eq!((figures.introductions, figures.introduced), (INTRODUCTIONS, INTRODUCTIONS));
    assert_eq!(figures.introduction_deliveries, 2 * INTRODUCTIONS);
    assert_eq!((figures.repeated, figures.unknown), (0, 0), "nothing was lost, so nothing is repeated");
}
