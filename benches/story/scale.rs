//! `--postgres`: the same on PostgreSQL with 1, 2 and 4 processes, and with one of four killed every few seconds.

use std::sync::Arc;
use std::time::{Duration, Instant};

use twoyes::flow::{Cx, answer};

use super::judges::cluster::Cluster;
use super::judges::driver::{Driver, Plan};
use super::judges::ledger::Ack;
use super::judges::smtp_sink::SmtpSink;
use super::load::{send_all, work_all};
use super::sink::Sink;
use super::support::process::{Instance, Running};
use super::table::{Row, Table, number, times};
use super::{house, introductions, mails, people};

const PROCESSES: [usize; 3] = [1, 2, 4];
const CLIENTS: usize = 64;
const PAIRS: usize = 2_000;
/// Introductions that are carried while processes are killed, and the time between two kills.
const CARRIED: usize = 1_500;
const BETWEEN_KILLS: Duration = Duration::from_secs(3);

/// A server of its own that syncs, and processes on it that share the keys.
struct Site {
    cx: Cx,
    all: Vec<Instance>,
    url: String,
    _server: Cluster,
}

/// What the service and the server have used.
struct Spent {
    service: f64,
    server: f64,
    bytes: i64,
}

impl Spent {
    /// In words, for one of so many.
    fn since(&self, before: &Self, number: f64) -> String {
        let kilobytes =
            f64::from(i32::try_from((self.bytes - before.bytes) / 1024).unwrap_or(i32::MAX)) / number;
        format!(
            "{:.0} ms of processor in the service, {:.0} in the server, {kilobytes:.0} kB in the database",
            (self.service - before.service) * 1e3 / number,
            (self.server - before.server) * 1e3 / number
        )
    }
}

impl Site {
    async fn of(processes: usize, relay: u16) -> Self {
        let server = Cluster::start();
        let mut first = house::with_relay(relay);
        first.set("database.url", &server.url());
        for key in ["asking.hold_seconds", "asking.contest_seconds"] {
            first.set_raw(key, "0");
        }
        let cx = house::inside(&first).await;
        let keys = first.path("twoyes.keys").display().to_string();
        first.set("keys.file", &keys);
        let others: Vec<Instance> = (1..processes).map(|_| first.sibling()).collect();
        let all = std::iter::once(first).chain(others).collect();
        Self { cx, all, url: server.url(), _server: server }
    }

    async fn serve(&self) -> Vec<Running> {
        let mut running = Vec::new();
        for instance in &self.all {
            running.push(instance.serve().await);
        }
        running
    }

    async fn spent(&self, running: &[Running]) -> Spent {
        let mut tx = self.cx.db.read().await.unwrap();
        let sql =
            "SELECT pg_database_size(current_database()) AS bytes, CAST(pg_backend_pid() AS BIGINT) AS pid";
        let row = tx.q(sql).one().await.unwrap().unwrap();
        let pid = u32::try_from(row.get::<i64>("pid").unwrap()).unwrap();
        Spent {
            service: running.iter().map(|process| house::cpu_seconds(process.id())).sum(),
            server: house::cpu_seconds_of_family(house::parent(pid)),
            bytes: row.get::<i64>("bytes").unwrap(),
        }
    }

    fn ports(&self) -> Vec<u16> {
        self.all.iter().map(|instance| instance.port).collect()
    }
}

/// The rows with these names: `answers`, `mails`, `introductions`, `killed`; all of them when there are none.
pub async fn measure(table: &mut Table, rows: &[String]) {
    let wanted = |row: &str| rows.is_empty() || rows.iter().any(|name| name == row);
    for processes in PROCESSES {
        let answers = if wanted("answers") { Some(answers(table, processes).await) } else { None };
        let mails = if wanted("mails") { Some(drained(table, processes).await) } else { None };
        if wanted("introductions") {
            introduced(table, processes, answers.zip(mails)).await;
        }
    }
    if wanted("killed") {
        killed(table).await;
    }
}

/// `alone`: what answers and mails reach a second for themselves.
async fn introduced(table: &mut Table, processes: usize, alone: Option<(f64, f64)>) {
    let sink = Sink::start(&[]).await;
    let site = Site::of(processes, sink.port).await;
    let running = site.serve().await;
    let before = site.spent(&running).await;
    let (reached, mails_each) = introductions::carry(&site.cx, &site.ports()).await;
    let spent = site.spent(&running).await.since(&before, times(introductions::NUMBER));
    let limit = alone.map(|(answers, mails)| 1.0 / (2.0 / answers + mails_each / mails));
    table.add(Row {
        what: format!("introductions/s, PostgreSQL, {processes} processes"),
        reached: format!("{} with {mails_each:.1} mails each, {spent} each", number(reached)),
        limit: limit.map_or_else(String::new, |limit| format!("{} by the two above", number(limit))),
        goal: "0.7 of the limit".into(),
        good: limit.map(|limit| reached >= 0.7 * limit),
    });
}

async fn answers(table: &mut Table, processes: usize) -> f64 {
    let site = Site::of(processes, house::NO_RELAY).await;
    let mut forms: Vec<_> = people::asked(&site.cx, PAIRS).await.iter().map(people::Answer::form).collect();
    let half = people::asked_of(&site.cx, PAIRS..PAIRS + PAIRS / 2).await;
    let cx = &site.cx;
    let limit = work_all(CLIENTS, half, |answer: people::Answer| {
        let cx = cx.clone();
        async move { drop(answer::give(&cx, &answer.token, &answer.reply).await.unwrap()) }
    });
    let limit = limit.await.per_second();
    let running = site.serve().await;
    let rest = forms.split_off(200);
    send_all(&site.ports(), CLIENTS, forms).await;
    let load = send_all(&site.ports(), CLIENTS, rest).await;
    drop(running);
    let reached = load.per_second();
    table.add(Row {
        what: format!("answers/s, PostgreSQL, {processes} processes"),
        reached: format!(
            "{}, p50 {:.1} ms, p99 {:.1} ms",
            number(reached),
            load.permille(500),
            load.permille(990)
        ),
        limit: format!("{} through `Db::write` of one process", number(limit)),
        goal: "half of the limit".into(),
        good: Some(reached >= limit / 2.0),
    });
    reached
}

async fn drained(table: &mut Table, processes: usize) -> f64 {
    let sink = Sink::start(&[]).await;
    let site = Site::of(processes, sink.port).await;
    people::asked(&site.cx, PAIRS).await;
    let bytes = mails::sample_bytes(&site.cx).await;
    let limit = sink.capacity(20_000, bytes, 8).await;
    let running = site.serve().await;
    let reached = mails::drained(&site.cx, 2 * PAIRS).await;
    drop(running);
    table.add(Row {
        what: format!("mails/s, PostgreSQL, {processes} processes"),
        reached: format!("{} of {bytes} bytes", number(reached)),
        limit: format!("{} by smtp-source", number(limit)),
        goal: "a third of the limit".into(),
        good: Some(reached >= limit / 3.0),
    });
    reached
}

/// The same people by one process, by four, and by four of which one is killed every few seconds and comes back.
async fn killed(table: &mut Table) {
    let one = carried(1, false).await;
    let four = carried(4, false).await;
    let struck = carried(4, true).await;
    table.add(Row {
        what: format!("introductions/s by four, one killed {} times", struck.kills),
        reached: format!(
            "{} with {} answers acknowledged, {} lost, {} introductions, {} sent twice, {} of unknown fate",
            number(struck.per_second),
            struck.answers,
            struck.faults.len(),
            struck.introduced,
            struck.repeated,
            struck.unknown
        ),
        limit: format!("{} by one, {} by four unharmed", number(one.per_second), number(four.per_second)),
        goal: "nothing lost, none twice but a recorded unknown".into(),
        good: Some(struck.faults.is_empty() && struck.repeated <= struck.unknown),
    });
    for fault in one.faults.iter().chain(&four.faults).chain(&struck.faults) {
        println!("  fault: {fault}");
    }
}

struct Carried {
    per_second: f64,
    kills: usize,
    answers: usize,
    introduced: usize,
    repeated: usize,
    unknown: usize,
    faults: Vec<String>,
}

async fn carried(processes: usize, kill: bool) -> Carried {
    let sink = Arc::new(SmtpSink::start().await);
    let site = Site::of(processes, sink.port()).await;
    let token = site.all[0].admin("lena@connect.example").await;
    let mut running = site.serve().await;
    let driver = Arc::new(Driver::new(site.ports(), &token, sink, Duration::from_mins(10)));
    let begun = Instant::now();
    let work = tokio::spawn({
        let driver = Arc::clone(&driver);
        async move { driver.carry((0..CARRIED).map(Plan::all_yes).collect(), 32).await }
    });
    let mut kills = 0;
    while !work.is_finished() {
        if kill && begun.elapsed() > BETWEEN_KILLS * u32::try_from(kills + 1).unwrap() {
            let nth = kills % running.len();
            running[nth].kill();
            running[nth] = site.all[nth].serve().await;
            kills += 1;
        }
        let_time_pass(&site.cx).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    work.await.unwrap();
    let per_second = times(CARRIED) / begun.elapsed().as_secs_f64();
    // The connector's copies are still on their way.
    while introductions::waiting(&site.cx).await > 0 {
        let_time_pass(&site.cx).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for process in &mut running {
        process.stop(Duration::from_secs(30)).await;
    }
    let ledger = driver.ledger(&site.url, String::new()).await;
    let figures = ledger.figures();
    Carried {
        per_second,
        kills,
        answers: driver.acks().iter().filter(|ack| matches!(ack, Ack::Answered { .. })).count(),
        introduced: figures.introduced,
        repeated: figures.repeated,
        unknown: figures.unknown,
        faults: ledger.faults(),
    }
}

/// The leases of a dead process run for a quarter of an hour, and a delivery of unknown fate waits for half of one:
/// nobody waits here.
async fn let_time_pass(cx: &Cx) {
    let dead = cx.now().0 + 900_000_000 - 5_000_000;
    let unit = cx.db.write(move |tx| {
        Box::pin(async move {
            let leases = "UPDATE delivery SET leased_until = 0
                          WHERE state IN ('leased', 'transmitting') AND leased_until < $1";
            tx.q(leases).bind(dead).run().await?;
            let unknown =
                "UPDATE delivery SET due_at = 0 WHERE state = 'unknown' AND due_at < 9223372036854775807";
            tx.q(unknown).run().await.map(drop)
        })
    });
    // It is in the way of nobody: the next one comes soon.
    if let Err(error) = unit.await {
        println!("  leases were not ended: {error}");
    }
}
