//! For many minutes one random fault after the other, while introductions go on; and then the judge.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::support::cluster::Cluster;
use crate::support::db::has_postgres;
use crate::support::driver::Plan;
use crate::support::process::Running;
use crate::support::siege::{Dice, Siege, besieged, variable};
use crate::support::smtp_sink::{Act, At, SmtpSink};

/// How long the long run takes, in seconds; `TWOYES_TEST_NEMESIS_SECONDS` asks for another time.
const LONG: u64 = 630;
const SHORT: u64 = 8;

const STAGES: [At; 6] = [At::Greeting, At::Ehlo, At::Mail, At::Rcpt, At::Data, At::Dot];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    Kill,
    TermAndKill,
    Stop,
    /// PostgreSQL stops at once and starts again.
    Restart,
    /// The relay hangs up at some stage, also after the final dot.
    Close,
    /// The relay refuses for now.
    PutOff,
    /// The relay is slow at some stage.
    Slow,
}

const FAULTS: [Fault; 7] =
    [Fault::Kill, Fault::TermAndKill, Fault::Stop, Fault::Restart, Fault::Close, Fault::PutOff, Fault::Slow];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn some_seconds_of_random_faults_lose_and_repeat_nothing_on_sqlite() {
    suffer(None, SHORT).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long: tests/nightly runs it"]
async fn nightly_ten_minutes_of_random_faults_on_sqlite() {
    suffer(None, LONG).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long: tests/nightly runs it"]
async fn nightly_ten_minutes_of_random_faults_on_postgres() {
    if has_postgres() {
        suffer(Some(Cluster::start()), LONG).await;
    }
}

async fn suffer(cluster: Option<Cluster>, seconds: u64) {
    let seconds = variable("TWOYES_TEST_NEMESIS_SECONDS").map_or(seconds, |text| text.parse().unwrap());
    let sink = Arc::new(SmtpSink::start().await);
    sink.always(At::Dot, Act::Slow(Duration::from_millis(20), "250 2.0.0 queued".into()));
    let mut instance = besieged(sink.port());
    let mut url = format!("sqlite:{}", instance.path("twoyes.db").display());
    if let Some(cluster) = &cluster {
        url = cluster.url();
        instance.set("database.url", &url);
    }
    let token = instance.admin("lena@connect.example").await;
    let mut running = instance.serve().await;
    let patience = Duration::from_secs(seconds) + Duration::from_mins(5);
    let mut siege = Siege::new(instance, &url, &token, sink, patience);
    let mut dice = Dice::new();
    let (end, mut next) = (Instant::now() + Duration::from_secs(seconds), 0);
    let mut suffered = BTreeMap::<Fault, usize>::new();
    let mut carried = siege.carry(Vec::new(), 1);
    while Instant::now() < end {
        if carried.is_finished() {
            carried.await.unwrap();
            carried = siege.carry((next..next + 20).map(Plan::of).collect(), 6);
            next += 20;
        }
        tokio::time::sleep(Duration::from_millis(dice.below(1_200))).await;
        let fault = FAULTS[usize::try_from(dice.below(FAULTS.len() as u64)).unwrap()];
        let struck = Instant::now();
        running = inflict(fault, &siege, running, cluster.as_ref(), &mut dice).await;
        running.ready().await;
        assert!(struck.elapsed() < Duration::from_mins(1), "{fault:?}: not back within a minute");
        *suffered.entry(fault).or_default() += 1;
        siege.struck(format!("{fault:?}"));
        siege.let_leases_end().await;
        siege.let_time_pass().await;
        siege.sql("UPDATE route SET paused_until = NULL".into()).await;
    }
    let ledger = siege.calm(running, carried).await;
    let (faults, figures) = (ledger.faults(), ledger.figures());
    assert!(faults.is_empty(), "seed {}: {faults:#?}", dice.seed);
    assert_eq!(figures.introductions, next);
    println!(
        "figure: fault: {} random faults in {seconds} s on {}: {suffered:?}; {} introductions, {} acknowledged, \
         0 lost, {} repeated (all recorded as unknown)",
        ledger.blows.len(),
        if cluster.is_some() { "PostgreSQL" } else { "SQLite" },
        figures.introductions,
        figures.acknowledged,
        figures.repeated
    );
}

/// One fault, and its end. A process that died was started again.
async fn inflict(
    fault: Fault,
    siege: &Siege,
    mut running: Running,
    cluster: Option<&Cluster>,
    dice: &mut Dice,
) -> Running {
    let at = STAGES[usize::try_from(dice.below(STAGES.len() as u64)).unwrap()];
    match fault {
        Fault::Kill => {
            running.kill();
            siege.instance.spawn()
        }
        Fault::TermAndKill => {
            running.signal("TERM");
            running.end(Duration::from_millis(dice.below(300))).await;
            running.kill();
            siege.instance.spawn()
        }
        Fault::Stop => {
            running.signal("STOP");
            siege.let_leases_end().await;
            tokio::time::sleep(Duration::from_millis(dice.below(2_000))).await;
            running.signal("CONT");
            running
        }
        Fault::Restart => {
            if let Some(cluster) = cluster {
                tokio::task::block_in_place(|| {
                    cluster.down();
                    cluster.up();
                });
            }
            running
        }
        Fault::Close => {
            siege.sink.once(at, Act::Close);
            running
        }
        Fault::PutOff => {
            siege.sink.once(at, Act::reply("451 4.3.0 not now"));
            running
        }
        Fault::Slow => {
            let reply = match at {
                At::Greeting => "220 sink ESMTP",
                At::Data => "354 go",
                _ => "250 2.0.0 ok",
            };
            siege.sink.once(at, Act::Slow(Duration::from_millis(dice.below(3_000)), reply.into()));
            running
        }
    }
}
