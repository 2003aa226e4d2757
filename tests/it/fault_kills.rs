//! `kill -9` at random moments of a run under load: nothing that was acknowledged is lost, and nothing leaves
//! twice except what nobody could know to have arrived.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::support::db::{Engine, fresh, has_postgres};
use crate::support::driver::Plan;
use crate::support::process::Running;
use crate::support::siege::{Dice, Siege, besieged, variable};
use crate::support::smtp_sink::{Act, At, SmtpSink};

/// Kills of the short run, and of the long one.
const FEW: usize = 50;
const MANY: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_lose_nothing_and_repeat_nothing_on_sqlite() {
    kill_often(Engine::Sqlite, kills(FEW)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_lose_nothing_and_repeat_nothing_on_postgres() {
    if has_postgres() {
        kill_often(Engine::Postgres, kills(FEW)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long: tests/nightly runs it"]
async fn nightly_two_hundred_kills_on_sqlite() {
    kill_often(Engine::Sqlite, kills(MANY)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long: tests/nightly runs it"]
async fn nightly_two_hundred_kills_on_postgres() {
    if has_postgres() {
        kill_often(Engine::Postgres, kills(MANY)).await;
    }
}

/// `TWOYES_TEST_KILLS` asks for another number.
fn kills(usual: usize) -> usize {
    variable("TWOYES_TEST_KILLS").map_or(usual, |kills| kills.parse().unwrap())
}

async fn kill_often(engine: Engine, kills: usize) {
    let began = Instant::now();
    let database = fresh(engine).await;
    let sink = Arc::new(SmtpSink::start().await);
    // Slow enough that a kill finds mails at every stage.
    sink.always(At::Mail, Act::Slow(Duration::from_millis(4), "250 2.1.0 ok".into()));
    sink.always(At::Rcpt, Act::Slow(Duration::from_millis(8), "250 2.1.5 ok".into()));
    sink.always(At::Data, Act::Slow(Duration::from_millis(8), "354 go".into()));
    sink.always(At::Dot, Act::Slow(Duration::from_millis(30), "250 2.0.0 queued".into()));
    let mut instance = besieged(sink.port());
    instance.set("database.url", &database.url);
    instance.set_raw("courier.concurrency", "8");
    instance.set_raw("smtp.connections", "8");
    let token = instance.admin("lena@connect.example").await;
    let running = instance.serve().await;

    // Four introductions a kill, five mails and more each.
    let introductions = 4 * kills;
    let patience = Duration::from_mins(5) * u32::try_from(kills.div_ceil(FEW)).unwrap();
    let siege = Siege::new(instance, &database.url, &token, sink, patience);
    let carried = siege.carry((0..introductions).map(Plan::of).collect(), 24);
    let mut dice = Dice::new();
    let mut moments: Vec<u64> = (0..kills).map(|_| dice.below(25 * kills as u64)).collect();
    moments.sort_unstable();
    let mut nemesis = Nemesis { siege, dice, found: HashMap::new() };
    let (running, late) = nemesis.rage(running, &moments, || carried.is_finished()).await;
    let ledger = nemesis.siege.calm(running, carried).await;

    let (figures, seed) = (ledger.figures(), nemesis.dice.seed);
    println!("{engine:?}: {:?}, {late} kills after the last introduction, {figures:?}", began.elapsed());
    println!("  deliveries that the kills found under way: {:?}", nemesis.found);
    let faults = ledger.faults();
    assert!(faults.is_empty(), "seed {seed}: {} faults:\n{}", faults.len(), faults.join("\n"));
    let wanted = (0..introductions).filter(|nth| Plan::of(*nth).is_introduced()).count();
    assert_eq!((figures.introductions, figures.introduced), (introductions, wanted));
    assert_eq!(figures.introduction_deliveries, 2 * wanted);
    assert!(late <= kills / 5, "the kills have to fall into the run");
    assert!(nemesis.found.contains_key("leased") && nemesis.found.contains_key("transmitting"));
    println!(
        "figure: fault: {engine:?}: {kills} random kills under load survived, {} acknowledged, 0 lost, \
         {} copies of {} deliveries, {} repeated (all recorded as unknown)",
        figures.acknowledged, figures.copies, figures.deliveries, figures.repeated
    );
}

/// Kills and starts again.
struct Nemesis {
    siege: Siege,
    dice: Dice,
    /// States of deliveries that were under way when the blow fell.
    found: HashMap<String, i64>,
}

impl Nemesis {
    /// Kills at random points of the run, each a random moment after a random mail. Returns how many of them
    /// came after everything was done.
    async fn rage(
        &mut self,
        mut running: Running,
        moments: &[u64],
        is_over: impl Fn() -> bool,
    ) -> (Running, usize) {
        let mut late = 0;
        for moment in moments {
            // A run that has to wait for a retry is not waited for.
            let patience = Instant::now() + Duration::from_millis(400);
            let postbox = &self.siege.driver.postbox;
            while (postbox.count() as u64) < *moment && Instant::now() < patience && !is_over() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            tokio::time::sleep(Duration::from_micros(self.dice.below(60_000))).await;
            running.kill();
            late += usize::from(is_over());
            for (state, count) in self.siege.under_way().await {
                *self.found.entry(state).or_default() += count;
            }
            self.siege.let_leases_end().await;
            self.siege.let_time_pass().await;
            running = self.siege.instance.spawn();
            // One of eight is not even left to finish its start.
            if self.dice.below(8) > 0 {
                running.ready().await;
            }
        }
        running.ready().await;
        (running, late)
    }
}
