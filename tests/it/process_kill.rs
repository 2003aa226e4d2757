//! `kill -9` at fifty random moments of a run of two hundred introductions: nothing that was acknowledged is
//! lost, and nothing leaves twice except what nobody could know to have arrived.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::{ConnectOptions, Connection, Executor};
use twoyes::clock::Clock;
use twoyes::store::Db;

use crate::support::db::{Engine, fresh, has_postgres};
use crate::support::driver::{Driver, Plan};
use crate::support::ledger::{Ack, Case, Copy, Ledger, Row};
use crate::support::process::{Instance, Running, alone};
use crate::support::smtp_sink::{Act, At, SmtpSink};

const KILLS: usize = 50;
const INTRODUCTIONS: usize = 200;
/// Mails of a whole run, roughly: five of each are asks, receipts and introductions.
const MAILS: u64 = 1250;
/// Far more than it takes: other tests want the machine too.
const PATIENCE: Duration = Duration::from_mins(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_kills_lose_nothing_and_repeat_nothing_on_sqlite() {
    kill_fifty_times(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_kills_lose_nothing_and_repeat_nothing_on_postgres() {
    if has_postgres() {
        kill_fifty_times(Engine::Postgres).await;
    }
}

async fn kill_fifty_times(engine: Engine) {
    let _machine = alone().await;
    let began = Instant::now();
    let database = fresh(engine).await;
    let sink = Arc::new(SmtpSink::start().await);
    // Slow enough that a kill finds mails at every stage.
    sink.always(At::Mail, Act::Slow(Duration::from_millis(4), "250 2.1.0 ok".into()));
    sink.always(At::Rcpt, Act::Slow(Duration::from_millis(8), "250 2.1.5 ok".into()));
    sink.always(At::Data, Act::Slow(Duration::from_millis(8), "354 go".into()));
    sink.always(At::Dot, Act::Slow(Duration::from_millis(30), "250 2.0.0 queued".into()));
    let mut instance = Instance::with_relay(sink.port());
    instance.set("database.url", &database.url);
    instance.set_raw("asking.hold_seconds", "1");
    instance.set_raw("asking.contest_seconds", "0");
    instance.set_raw("courier.concurrency", "8");
    instance.set_raw("smtp.connections", "8");
    let token = instance.admin("lena@connect.example").await;
    let running = instance.serve().await;

    let driver = Arc::new(Driver::new(vec![instance.port], &token, sink, PATIENCE));
    let mut dice = Dice::new();
    let mut nemesis = Nemesis { instance: &instance, url: &database.url, found: HashMap::new() };
    let plans = (0..INTRODUCTIONS).map(Plan::of).collect();
    let carried = tokio::spawn({
        let driver = Arc::clone(&driver);
        async move { driver.carry(plans, 24).await }
    });
    let (running, late) = nemesis.rage(running, &driver, &mut dice, || carried.is_finished()).await;
    nemesis.calm(running, carried).await;

    let ledger = Ledger::read(&database.url, driver.acks(), driver.postbox.copies()).await;
    println!(
        "{engine:?}: {:?}\n  {KILLS} kills ({late} after the last introduction), {:?}",
        began.elapsed(),
        ledger.figures()
    );
    println!("  deliveries that the kills found under way: {:?}", nemesis.found);
    let faults = ledger.faults();
    assert!(faults.is_empty(), "seed {}: {} faults:\n{}", dice.seed, faults.len(), faults.join("\n"));
    let figures = ledger.figures();
    let wanted = (0..INTRODUCTIONS).filter(|nth| Plan::of(*nth).is_introduced()).count();
    assert_eq!((figures.introductions, figures.introduced), (INTRODUCTIONS, wanted));
    assert_eq!(figures.introduction_deliveries, 2 * wanted);
    assert!(late <= KILLS / 5, "the kills have to fall into the run");
    assert!(nemesis.found.contains_key("leased") && nemesis.found.contains_key("transmitting"));
}

/// Kills and starts again.
struct Nemesis<'a> {
    instance: &'a Instance,
    url: &'a str,
    /// States of deliveries that were under way when the blow fell.
    found: HashMap<String, i64>,
}

impl Nemesis<'_> {
    /// Fifty kills at random points of the run, each a random moment after a random mail. Returns how many
    /// of them came after everything was done.
    async fn rage(
        &mut self,
        mut running: Running,
        driver: &Driver,
        dice: &mut Dice,
        is_over: impl Fn() -> bool,
    ) -> (Running, usize) {
        let mut moments: Vec<u64> = (0..KILLS).map(|_| dice.below(MAILS)).collect();
        moments.sort_unstable();
        let mut late = 0;
        for moment in moments {
            // A run that has to wait for a retry is not waited for.
            let patience = Instant::now() + Duration::from_millis(400);
            while (driver.postbox.count() as u64) < moment && Instant::now() < patience && !is_over() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            tokio::time::sleep(Duration::from_micros(dice.below(60_000))).await;
            running.kill();
            late += usize::from(is_over());
            self.look().await;
            self.let_leases_end().await;
            self.let_time_pass().await;
            running = self.instance.spawn();
            // One of eight is not even left to finish its start.
            if dice.below(8) > 0 {
                running.ready().await;
            }
        }
        running.ready().await;
        (running, late)
    }

    /// No kills any more: lets everything come to its end, and stops the service.
    async fn calm(&mut self, mut running: Running, carried: tokio::task::JoinHandle<()>) {
        while !carried.is_finished() {
            self.let_time_pass().await;
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        carried.await.unwrap();
        let until = Instant::now() + Duration::from_secs(20);
        while self.waiting().await > 0 {
            assert!(Instant::now() < until, "{} deliveries do not come to an end", self.waiting().await);
            self.let_time_pass().await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        println!("  drained in {:?}", running.stop(Duration::from_secs(10)).await);
    }

    async fn look(&mut self) {
        let db = Db::connect(self.url, 1).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let sql = "SELECT state, COUNT(*) AS n FROM delivery
                   WHERE state IN ('queued', 'leased', 'transmitting', 'unknown') GROUP BY state";
        for row in tx.q(sql).all().await.unwrap() {
            *self.found.entry(row.get("state").unwrap()).or_default() += row.get::<i64>("n").unwrap();
        }
    }

    async fn waiting(&self) -> i64 {
        let db = Db::connect(self.url, 1).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let sql = "SELECT COUNT(*) AS n FROM delivery
                   WHERE state IN ('queued', 'leased', 'transmitting', 'deferred')
                      OR (state = 'unknown' AND due_at < 9223372036854775807)";
        tx.q(sql).one().await.unwrap().unwrap().get("n").unwrap()
    }

    /// What the service waits for by the clock comes now: half an hour until an `unknown` delivery is tried
    /// again. The floors of the configuration are there for people; a test has no such time.
    async fn let_time_pass(&self) {
        let now = Clock::System.now().0;
        let sql = format!(
            "UPDATE delivery SET due_at = 0
             WHERE state IN ('unknown', 'deferred') AND due_at > {now} AND due_at < 9223372036854775807"
        );
        if let Some(file) = self.url.strip_prefix("sqlite:") {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
            let mut conn = options.connect().await.unwrap();
            conn.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(sql))).await.unwrap();
            conn.close().await.unwrap();
        } else {
            self.postgres(sql).await;
        }
    }

    /// The quarter of an hour until the leases of a dead process run out; SQLite does not wait for that.
    async fn let_leases_end(&self) {
        if self.url.starts_with("postgres") {
            let sql = "UPDATE delivery SET leased_until = 0 WHERE state IN ('leased', 'transmitting')";
            self.postgres(sql.to_owned()).await;
        }
    }

    async fn postgres(&self, sql: String) {
        let mut conn = sqlx::PgConnection::connect(self.url).await.unwrap();
        conn.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(sql))).await.unwrap();
        conn.close().await.unwrap();
    }
}

/// Random numbers that a printed seed brings back (SplitMix64).
struct Dice {
    seed: u64,
    state: u64,
}

impl Dice {
    fn new() -> Self {
        let given = variable("TWOYES_TEST_SEED").and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| Clock::System.now().0.unsigned_abs());
        println!("seed {seed} (TWOYES_TEST_SEED brings it back)");
        Self { seed, state: seed }
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}

#[expect(clippy::disallowed_methods, reason = "what the test command hands over")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// One introduction that went well, as a ledger.
fn good_ledger() -> Ledger {
    let id = || "i1".to_owned();
    let answered = |side| Ack::Answered { id: id(), side, choice: "yes" };
    let row = |side: &str| Row {
        message_id: "m1@x".into(),
        kind: "introduction".into(),
        introduction: Some(id()),
        recipient: format!("{side}@example.org"),
        state: "sent".into(),
        unknowns: 0,
        unknown_attempts: 0,
    };
    let copy = |side: &str| Copy {
        message_id: "m1@x".into(),
        recipient: format!("{side}@example.org"),
        bytes: b"Hello".to_vec(),
    };
    let sides = ["first", "second"];
    let case = Case {
        state: "introduced".into(),
        asked: true,
        introduced: 1,
        yeses: sides.map(str::to_owned).to_vec(),
        choices: sides.map(|side| (side.to_owned(), "yes".to_owned())).into(),
        addresses: sides.map(|side| format!("{side}@example.org")).to_vec(),
    };
    Ledger {
        acks: vec![Ack::Drafted { id: id() }, Ack::Asked { id: id() }, answered("first"), answered("second")],
        copies: sides.map(copy).to_vec(),
        rows: sides.map(row).to_vec(),
        cases: HashMap::from([(id(), case)]),
    }
}

/// What the judge says after this forgery.
fn verdict(forge: impl FnOnce(&mut Ledger)) -> String {
    let mut ledger = good_ledger();
    forge(&mut ledger);
    ledger.faults().join("\n")
}

fn case(ledger: &mut Ledger) -> &mut Case {
    ledger.cases.get_mut("i1").unwrap()
}

#[test]
fn the_judge_finds_nothing_in_a_good_run() {
    assert_eq!(verdict(|_| {}), "");
    let unknown = |ledger: &mut Ledger| {
        ledger.copies.push(ledger.copies[0].clone());
        (ledger.rows[0].unknowns, ledger.rows[0].unknown_attempts) = (1, 1);
    };
    assert_eq!(verdict(unknown), "", "a second copy of what was unknown is right");
}

#[test]
fn the_judge_finds_a_forged_duplicate() {
    assert!(verdict(|ledger| ledger.copies.push(ledger.copies[0].clone())).contains("arrived 2 times"));
    let other_id = |ledger: &mut Ledger| {
        let mut copy = ledger.copies[0].clone();
        copy.message_id = "m2@x".into();
        ledger.copies.push(copy);
    };
    assert!(verdict(other_id).contains("m2@x left without a record"));
    let other_bytes = |ledger: &mut Ledger| {
        ledger.copies.push(Copy { bytes: b"Hello!".to_vec(), ..ledger.copies[0].clone() });
        (ledger.rows[0].unknowns, ledger.rows[0].unknown_attempts) = (1, 1);
    };
    assert!(verdict(other_bytes).contains("copies that differ"));
    let second_message = |ledger: &mut Ledger| {
        ledger.rows.push(Row { message_id: "m2@x".into(), ..ledger.rows[0].clone() });
        ledger.copies.push(Copy { message_id: "m2@x".into(), ..ledger.copies[0].clone() });
    };
    assert!(verdict(second_message).contains("2 introduction mails to one party"));
    assert!(verdict(|ledger| case(ledger).introduced = 2).contains("introduced 2 times"));
}

#[test]
fn the_judge_finds_what_was_lost() {
    let answer = verdict(|ledger| drop(case(ledger).choices.remove("second")));
    assert!(answer.contains("second said yes, and None stands"), "{answer}");
    let changed = |ledger: &mut Ledger| drop(case(ledger).choices.insert("first".into(), "no".into()));
    assert!(verdict(changed).contains("first said yes"));
    assert!(verdict(|ledger| ledger.cases.clear()).contains("i1 was acknowledged and is not there"));
    assert!(verdict(|ledger| case(ledger).asked = false).contains("the ask was lost"));
    assert!(verdict(|ledger| drop(ledger.copies.pop())).contains("0 introduction mails to one party"));
    assert!(verdict(|ledger| case(ledger).introduced = 0).contains("two yeses and was not introduced"));
    assert!(verdict(|ledger| ledger.rows[0].state = "transmitting".into()).contains("is still transmitting"));
}

#[test]
fn the_judge_finds_an_introduction_with_one_yes() {
    let said = verdict(|ledger| drop(case(ledger).yeses.pop()));
    assert!(said.contains("introduced with the yeses of [\"first\"]"), "{said}");
    assert!(said.contains("introduced people without two yeses"), "{said}");
    let only_mailed = verdict(|ledger| {
        let case = case(ledger);
        (case.introduced, case.state) = (0, "asking".into());
        case.yeses.clear();
        ledger.acks.pop();
    });
    assert!(only_mailed.contains("introduced people without two yeses"), "{only_mailed}");
}
