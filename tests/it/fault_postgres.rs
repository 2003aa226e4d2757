//! PostgreSQL goes away: restarted under load, and connections cut around COMMIT.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use twoyes::store::{Db, StoreError, routes};

use crate::store_kit::look;
use crate::support::cluster::Cluster;
use crate::support::db::{Engine, TestDb, fresh, has_postgres};
use crate::support::driver::Plan;
use crate::support::proxy::{Cut, Proxy};
use crate::support::siege::{Dice, Siege, besieged, sql_at};
use crate::support::smtp_sink::{Act, At, SmtpSink};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_stopped_and_started_under_load_loses_nothing() {
    restarts(4, 40).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long: tests/nightly runs it"]
async fn nightly_a_server_that_is_stopped_and_started_forty_times_loses_nothing() {
    restarts(40, 400).await;
}

/// Stops the server at random moments, as a power cut would, and starts it again.
async fn restarts(times: usize, introductions: usize) {
    if !has_postgres() {
        return;
    }
    let began = Instant::now();
    let cluster = Cluster::start();
    let sink = Arc::new(SmtpSink::start().await);
    sink.always(At::Dot, Act::Slow(Duration::from_millis(10), "250 2.0.0 queued".into()));
    let mut instance = besieged(sink.port());
    instance.set("database.url", &cluster.url());
    let token = instance.admin("lena@connect.example").await;
    let mut running = instance.serve().await;
    let mut siege = Siege::new(instance, &cluster.url(), &token, sink, Duration::from_mins(10));
    let carried = siege.carry((0..introductions).map(Plan::of).collect(), 8);
    let mut dice = Dice::new();
    for nth in 0..times {
        let wanted = siege.driver.postbox.count() + 6;
        let patience = Instant::now() + Duration::from_secs(5);
        while siege.driver.postbox.count() < wanted && Instant::now() < patience {
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        tokio::time::sleep(Duration::from_micros(dice.below(100_000))).await;
        tokio::task::block_in_place(|| cluster.down());
        tokio::time::sleep(Duration::from_millis(dice.below(400))).await;
        assert!(running.ended().is_none(), "the service waits for its database");
        tokio::task::block_in_place(|| cluster.up());
        siege.struck(format!("restart {nth} of PostgreSQL"));
        siege.let_time_pass().await;
    }
    let ledger = siege.calm(running, carried).await;
    let (faults, figures) = (ledger.faults(), ledger.figures());
    assert!(faults.is_empty(), "seed {}: {faults:#?}", dice.seed);
    assert_eq!(figures.introductions, introductions);
    println!(
        "figure: fault: PostgreSQL stopped at once and started {times} times under load, {} acknowledged, 0 lost, \
         {} copies, {} repeated (all recorded as unknown) ({:?})",
        figures.acknowledged,
        figures.copies,
        figures.repeated,
        began.elapsed()
    );
}

/// The same database by way of a proxy.
async fn by_proxy(db: &TestDb) -> (Proxy, Db) {
    let (before, rest) = db.url.split_once('@').unwrap();
    let (target, path) = rest.split_once('/').unwrap();
    let proxy = Proxy::start(target.to_owned()).await;
    let url = format!("{before}@127.0.0.1:{}/{path}", proxy.port);
    let cut = Db::connect(&url, 3).await.unwrap();
    (proxy, cut)
}

/// A unit that must happen once: it counts up.
async fn count_up(db: &Db, name: &'static str) -> Result<(), StoreError> {
    db.write(move |tx| {
        let sql = "INSERT INTO route (name, failures, words, changed_at) VALUES ($1, 1, '', 0)
                   ON CONFLICT (name) DO UPDATE SET failures = route.failures + 1";
        Box::pin(async move { tx.q(sql).bind(name).exactly_one().await })
    })
    .await
}

async fn counted(db: &Db, name: &str) -> i64 {
    look!(db, tx => routes::get(tx, name)).map_or(0, |route| route.failures)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_cut_around_commit_is_found_out_and_the_unit_happens_once() {
    if !has_postgres() {
        return;
    }
    let db = fresh(Engine::Postgres).await;
    let (proxy, cut) = by_proxy(&db).await;
    let mut sure = 0;
    for (name, how) in [("before", Cut::Before), ("with", Cut::With), ("after", Cut::After)] {
        for round in 1..=10_i64 {
            proxy.arm(how);
            let seen = proxy.cuts();
            count_up(&cut, name).await.unwrap_or_else(|error| panic!("{name}, round {round}: {error}"));
            assert_eq!(proxy.cuts(), seen + 1, "{name}: it was cut");
            assert_eq!(counted(&db.db, name).await, round, "{name}: once");
            sure += 1;
        }
    }
    println!("figure: fault: {sure} connections cut before, with and after COMMIT: each unit there once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unit_whose_fate_cannot_be_found_out_is_not_called_recorded() {
    if !has_postgres() {
        return;
    }
    let db = fresh(Engine::Postgres).await;
    let (proxy, cut) = by_proxy(&db).await;
    count_up(&cut, "warm").await.unwrap();
    // Its token was never left: nobody can know.
    sql_at(&db.url, "ALTER TABLE unit_token DROP CONSTRAINT unit_token_pkey".into()).await;
    proxy.arm(Cut::After);
    let ended = tokio::time::timeout(Duration::from_mins(1), count_up(&cut, "lost")).await.unwrap();
    assert!(matches!(ended, Err(StoreError::Unsure)), "{ended:?}");
}

const CLEAN: &str = "SELECT pg_current_xact_id_if_assigned() IS NULL AS clean";

/// How long a unit takes that nobody disturbs: the shortest of twenty.
async fn usual(db: &Db) -> Duration {
    let mut shortest = Duration::MAX;
    for _ in 0..20 {
        let began = Instant::now();
        count_up(db, "all").await.unwrap();
        shortest = shortest.min(began.elapsed());
    }
    shortest
}

/// Whether it ends within this time; a timer counts in whole milliseconds.
async fn waits<T>(patience: Duration, unit: impl Future<Output = T>) -> bool {
    let (until, mut unit) = (Instant::now() + patience, Box::pin(unit));
    while (&mut unit).now_or_never().is_none() {
        if Instant::now() >= until {
            return false;
        }
        tokio::task::yield_now().await;
    }
    true
}

/// A caller that gives up in the middle of BEGIN (transact-rs/sqlx 4385): no connection keeps a transaction.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_that_give_up_leave_no_open_transaction_in_the_pool() {
    if !has_postgres() {
        return;
    }
    let db = fresh(Engine::Postgres).await;
    let own = db.again().await;
    let usual = usual(&own).await;
    let mut given_up = 0;
    for nth in 0..200_u32 {
        // From at once to just before the end.
        let wait = usual * (nth % 100) / 100;
        given_up += i64::from(!waits(wait, count_up(&own, "all")).await);
        let mut reader = own.read().await.unwrap();
        let clean = reader.q(CLEAN).one().await.unwrap().unwrap();
        assert!(clean.get::<bool>("clean").unwrap(), "round {nth}: a connection with an open transaction");
    }
    assert!(given_up > 50, "only {given_up} of 200 gave up");
    let until = Instant::now() + Duration::from_secs(20);
    while counted(&db.db, "all").await < 220 && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(counted(&db.db, "all").await, 220, "each of them was carried out all the same");
    let mut all = Vec::new();
    for _ in 0..4 {
        all.push(own.read().await.unwrap());
    }
    for reader in &mut all {
        let clean = reader.q(CLEAN).one().await.unwrap().unwrap();
        assert!(clean.get::<bool>("clean").unwrap(), "a connection was left with an open transaction");
    }
    println!("figure: fault: {given_up} of 200 callers gave up around BEGIN, 0 transactions left open");
}
