//! `kill -9` at every system call of an introduction: the process dies at the Nth call that writes to a file
//! or to a socket, for N from the start until nothing was harmed. Then it starts again, the introduction
//! comes to its end, and the judge finds nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::support::db::{Engine, database, drop_database, has_postgres};
use crate::support::driver::Plan;
use crate::support::process::{Instance, Running};
use crate::support::siege::{Siege, besieged, sql_at};
use crate::support::smtp_sink::SmtpSink;

/// What writes to SQLite's files,
const FILES: &str = "pwrite64,fdatasync,fsync,ftruncate,unlink";
/// and what talks: to clients, to the relay, to PostgreSQL.
const SOCKETS: &str = "sendto,writev,sendmsg,connect,accept4";

/// In the short run, so many points of each series.
const POINTS: usize = 9;
/// The long one ends after so many in a row that were not reached any more.
const UNHARMED: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_at_a_system_call_harms_no_introduction_on_sqlite() {
    let stage = Stage::set(Engine::Sqlite).await;
    for series in [FILES, SOCKETS] {
        some(&stage, series).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_at_a_system_call_harms_no_introduction_on_postgres() {
    if has_postgres() {
        some(&Stage::set(Engine::Postgres).await, SOCKETS).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long: tests/nightly runs it"]
async fn nightly_a_kill_at_every_system_call_on_sqlite() {
    let stage = Stage::set(Engine::Sqlite).await;
    for series in [FILES, SOCKETS] {
        every(&stage, series).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long: tests/nightly runs it"]
async fn nightly_a_kill_at_every_system_call_on_postgres() {
    if has_postgres() {
        every(&Stage::set(Engine::Postgres).await, SOCKETS).await;
    }
}

/// A migrated database with a connector in it, of which each run gets a copy.
struct Stage {
    engine: Engine,
    template: Instance,
    url: String,
    token: String,
}

impl Stage {
    async fn set(engine: Engine) -> Self {
        let mut template = besieged(1);
        // What is not looked at every moment does not make calls of its own.
        template.set_raw("courier.poll_milliseconds", "200");
        template.set_raw("asking.hold_seconds", "0");
        let mut url = format!("sqlite:{}", template.path("twoyes.db").display());
        if engine == Engine::Postgres {
            url = database(None).await;
            template.set("database.url", &url);
            template.set_raw("database.max_connections", "3");
        }
        let token = template.admin("lena@connect.example").await;
        if engine == Engine::Sqlite {
            sql_at(&url, "PRAGMA wal_checkpoint(TRUNCATE)".into()).await;
        }
        Self { engine, template, url, token }
    }

    async fn siege(&self) -> Siege {
        let sink = Arc::new(SmtpSink::start().await);
        let mut instance = self.template.twin();
        instance.set_raw("smtp.port", &sink.port().to_string());
        let url = match self.engine {
            Engine::Sqlite => format!("sqlite:{}", instance.path("twoyes.db").display()),
            Engine::Postgres => database(Some(&self.url)).await,
        };
        instance.set("database.url", &url);
        Siege::new(instance, &url, &self.token, sink, Duration::from_mins(2))
    }

    /// Dies at the `nth` call of the series. Returns whether it did.
    async fn run(&self, series: &str, nth: usize) -> bool {
        let mut siege = self.siege().await;
        let log = siege.instance.path("strace.log").display().to_string();
        let words = strace(&log, series, Some(format!("inject={series}:signal=KILL:when={nth}")));
        let mut running = siege.instance.spawn_under("strace", &words);
        let carried = siege.carry(vec![Plan::all_yes(nth)], 1);
        let died = dies(&mut running, || carried.is_finished()).await;
        if died {
            siege.struck(format!("kill at call {nth} of {series}"));
        } else {
            // Its call may still come while it stops.
            running.kill();
        }
        siege.let_leases_end().await;
        siege.let_time_pass().await;
        let running = siege.instance.serve().await;
        let ledger = siege.calm(running, carried).await;
        let (faults, figures) = (ledger.faults(), ledger.figures());
        assert!(faults.is_empty(), "{:?}, call {nth} of {series}: {faults:#?}", self.engine);
        assert_eq!((figures.introductions, figures.introduced, figures.introduction_deliveries), (1, 1, 2));
        if self.engine == Engine::Postgres {
            drop_database(&siege.url).await;
        }
        died
    }
}

/// Whether it died before all was done.
async fn dies(running: &mut Running, is_over: impl Fn() -> bool) -> bool {
    loop {
        if running.ended().is_some() {
            return true;
        }
        if is_over() {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Points spread evenly over the calls of a run, two at a time.
async fn some(stage: &Stage, series: &str) {
    let began = Instant::now();
    let calls = count(stage, series).await;
    let points: Vec<usize> = (0..POINTS).map(|nth| 1 + nth * calls / POINTS).collect();
    let every_other = |from: usize| points.iter().copied().skip(from).step_by(2).collect::<Vec<_>>();
    let tried = AtomicUsize::new(0);
    let go = async |points: Vec<usize>| {
        for mut nth in points {
            tried.fetch_add(1, Ordering::Relaxed);
            // The calls count for each thread by itself, and threads share them differently each time: what lies
            // behind the end of a run is tried nearer.
            while !stage.run(series, nth).await {
                assert!(nth > 1, "no kill at the first of {calls} calls of {series}");
                nth = nth * 2 / 3;
                tried.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    tokio::join!(go(every_other(0)), go(every_other(1)));
    told(stage, series, POINTS, tried.into_inner(), began);
}

/// Every call, until several in a row are not reached any more.
async fn every(stage: &Stage, series: &str) {
    let began = Instant::now();
    let (next, died, unharmed) = (AtomicUsize::new(1), AtomicUsize::new(0), AtomicUsize::new(0));
    let go = async || {
        while unharmed.load(Ordering::Relaxed) < UNHARMED {
            let nth = next.fetch_add(1, Ordering::Relaxed);
            if stage.run(series, nth).await {
                died.fetch_add(1, Ordering::Relaxed);
                unharmed.store(0, Ordering::Relaxed);
            } else {
                unharmed.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    tokio::join!(go(), go());
    let (died, tried) = (died.into_inner(), next.into_inner() - 1);
    assert!(died > 20, "only {died} kills met the run");
    told(stage, series, died, tried, began);
}

fn told(stage: &Stage, series: &str, died: usize, tried: usize, began: Instant) {
    println!(
        "figure: fault: {:?}: killed at {died} of {tried} system calls ({series}), 0 answers lost, \
         1 introduction each ({:?})",
        stage.engine,
        began.elapsed()
    );
}

/// How many calls of a series the busiest thread makes until all is done, in a run that nobody harms.
async fn count(stage: &Stage, series: &str) -> usize {
    let siege = stage.siege().await;
    let log = siege.instance.path("strace.log").display().to_string();
    let running = siege.instance.spawn_under("strace", &strace(&log, series, None));
    let carried = siege.carry(vec![Plan::all_yes(0)], 1);
    while !carried.is_finished() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let text = std::fs::read_to_string(log).unwrap();
    let faults = siege.calm(running, carried).await.faults();
    assert!(faults.is_empty(), "{faults:#?}");
    let mut threads = std::collections::HashMap::<&str, usize>::new();
    for line in text.lines().filter(|line| !line.contains("resumed>") && line.contains('(')) {
        *threads.entry(line.split(' ').next().unwrap_or_default()).or_default() += 1;
    }
    threads.into_values().max().unwrap()
}

/// The words before the program. (Not `--seccomp-bpf`: with it strace 6.1 injects nothing.)
fn strace(log: &str, series: &str, inject: Option<String>) -> Vec<String> {
    let words = ["-f", "-D", "-qq", "-o", log, "-e"].map(str::to_owned);
    let mut words: Vec<String> = words.into_iter().chain([format!("trace={series}")]).collect();
    words.extend(inject.into_iter().flat_map(|inject| ["-e".to_owned(), inject]));
    words
}
