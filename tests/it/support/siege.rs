//! One installation that is to suffer: database, relay, clients, and what its operator would do meanwhile.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tokio::task::JoinHandle;
use twoyes::clock::Clock;
use twoyes::store::Db;

use super::driver::{Driver, Plan};
use super::ledger::{Blow, Ledger};
use super::process::{Instance, Running};
use super::smtp_sink::SmtpSink;
use super::sqlite;

/// What the service waits for by the clock and nobody else has time for.
const HELD: i64 = i64::MAX;
/// How long a lease runs as configured, in microseconds; one that is ten seconds old serves nobody any more.
const LEASE: i64 = 900_000_000;

pub struct Siege {
    pub instance: Instance,
    pub url: String,
    pub driver: Arc<Driver>,
    pub sink: Arc<SmtpSink>,
    pub blows: Vec<Blow>,
}

/// The settings of all of them: no hold to speak of, mails to this relay.
pub fn besieged(port: u16) -> Instance {
    let mut instance = Instance::with_relay(port);
    instance.set_raw("asking.hold_seconds", "1");
    instance.set_raw("asking.contest_seconds", "0");
    instance
}

impl Siege {
    /// Around an instance that has its database, with this API token.
    pub fn new(instance: Instance, url: &str, token: &str, sink: Arc<SmtpSink>, patience: Duration) -> Self {
        let driver = Arc::new(Driver::new(vec![instance.port], token, Arc::clone(&sink), patience));
        Self { instance, url: url.to_owned(), driver, sink, blows: Vec::new() }
    }

    /// Carries these to their ends in the background.
    pub fn carry(&self, plans: Vec<Plan>, at_once: usize) -> JoinHandle<()> {
        let driver = Arc::clone(&self.driver);
        tokio::spawn(async move { driver.carry(plans, at_once).await })
    }

    /// Notes a fault whose end the service has lived to see.
    pub fn struck(&mut self, what: impl Into<String>) {
        self.blows.push(Blow { what: what.into(), survived: true });
    }

    /// How many deliveries of each state are under way.
    pub async fn under_way(&self) -> HashMap<String, i64> {
        let db = Db::connect(&self.url, 1).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let sql = "SELECT state, COUNT(*) AS n FROM delivery
                   WHERE state IN ('queued', 'leased', 'transmitting', 'unknown') GROUP BY state";
        let rows = tx.q(sql).all().await.unwrap();
        rows.iter().map(|row| (row.get("state").unwrap(), row.get("n").unwrap())).collect()
    }

    /// No faults any more: lets everything come to its end, and stops the service. The judge's ledger.
    pub async fn calm(&self, mut running: Running, carried: JoinHandle<()>) -> Ledger {
        while !carried.is_finished() {
            self.let_time_pass().await;
            self.send_again_what_is_held().await;
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
        carried.await.unwrap();
        let until = Instant::now() + Duration::from_secs(40);
        while self.waiting().await > 0 {
            assert!(Instant::now() < until, "deliveries do not end: {:?}", self.under_way().await);
            self.let_time_pass().await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        running.stop(Duration::from_secs(40)).await;
        let mut ledger = self.driver.ledger(&self.url, self.instance.log()).await;
        ledger.blows.clone_from(&self.blows);
        ledger
    }

    async fn waiting(&self) -> i64 {
        let db = Db::connect(&self.url, 1).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let sql = "SELECT COUNT(*) AS n FROM delivery
                   WHERE state IN ('queued', 'leased', 'transmitting', 'deferred')
                      OR (state = 'unknown' AND due_at < 9223372036854775807)";
        tx.q(sql).one().await.unwrap().unwrap().get("n").unwrap()
    }

    /// What the service waits for by the clock comes now: half an hour until an `unknown` delivery is tried
    /// again, the pause of a relay that was away. The floors of the configuration are there for people.
    pub async fn let_time_pass(&self) {
        let now = Clock::System.now().0;
        // A lease that could not be given back, because the database was away for that moment, runs for 15 minutes.
        if self.url.starts_with("postgres") {
            let old = now + LEASE - 10_000_000;
            let sql = format!(
                "UPDATE delivery SET leased_until = 0 WHERE state = 'leased' AND leased_until < {old}"
            );
            self.sql(sql).await;
        }
        self.sql(format!(
            "UPDATE delivery SET due_at = 0
             WHERE state IN ('unknown', 'deferred') AND due_at > {now} AND due_at < {HELD}"
        ))
        .await;
    }

    /// What was on its way at several kills, one after the other, is not tried any more: a person decides, and this one
    /// sends it again, as [`twoyes::store::deliveries::retry`] does. Nobody may have got it yet.
    async fn send_again_what_is_held(&self) {
        let now = Clock::System.now().0;
        self.sql(format!(
            "UPDATE delivery SET state = 'queued', due_at = {now}, revived_at = {now}
             WHERE state = 'unknown' AND due_at = {HELD}"
        ))
        .await;
    }

    /// The quarter of an hour until the leases of a dead process run out; SQLite does not wait for that.
    pub async fn let_leases_end(&self) {
        if self.url.starts_with("postgres") {
            let sql = "UPDATE delivery SET leased_until = 0 WHERE state IN ('leased', 'transmitting')";
            self.sql(sql.to_owned()).await;
        }
    }

    pub async fn sql(&self, sql: String) {
        sql_at(&self.url, sql).await;
    }
}

/// Runs a statement from outside.
pub async fn sql_at(url: &str, sql: String) {
    if url.starts_with("sqlite:") {
        return sqlite::run(url, &sql);
    }
    let mut conn = PgConnection::connect(url).await.unwrap();
    conn.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
    conn.close().await.unwrap();
}

/// Random numbers that a printed seed brings back (SplitMix64).
pub struct Dice {
    pub seed: u64,
    state: u64,
}

impl Dice {
    pub fn new() -> Self {
        let given = variable("TWOYES_TEST_SEED").and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| Clock::System.now().0.unsigned_abs());
        println!("seed {seed} (TWOYES_TEST_SEED brings it back)");
        Self { seed, state: seed }
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}

#[expect(clippy::disallowed_methods, reason = "what the test command hands over")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
