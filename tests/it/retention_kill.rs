//! `kill -9` in the middle of a round of retention, and of an erasure: the next start goes on, and the end is the
//! same as if nobody had interfered.

use std::time::{Duration, Instant};

use twoyes::clock::Span;

use crate::retention_kit::{forms, hits};
use crate::support::db::{Engine, fresh};
use crate::support::process::Instance;
use crate::support::sqlite::{self, dump};
use crate::support::world::{World, only};

const PAIRS: usize = 12;
const KILLS: usize = 20;
const PATIENCE: Duration = Duration::from_mins(2);

/// Introductions that closed and that left months ago, of which nothing was forgotten yet.
async fn old_world(instance: &mut Instance) -> std::path::PathBuf {
    let database = fresh(Engine::Sqlite).await;
    let url = database.url.clone();
    let keys = instance.path("twoyes.keys");
    let port = instance.port;
    let world = World::with(database, |config| {
        config.keys.file = keys;
        config.server.base_url = format!("http://127.0.0.1:{port}");
        config.retention.closed_days = 90;
        config.retention.mail_days = 365;
        config.retention.failed_mail_days = 365;
    })
    .await;
    for nth in 0..PAIRS {
        let (first, second) = (format!("first{nth}@old.example"), format!("second{nth}@old.example"));
        let id = world
            .draft(|draft| {
                draft["first"]["email"] = first.clone().into();
                draft["second"]["email"] = second.clone().into();
            })
            .await;
        let mails = world.ask(&id).await;
        let link = only(&mails, &first).decoded.text.clone();
        let link = link.lines().find(|line| line.contains("/c/")).unwrap().trim();
        let path = &link[link.find("/c/").unwrap()..];
        match nth % 3 {
            0 => drop(world.first_yes(path).await),
            1 => drop(world.answer(path, &[("choice", "no")]).await),
            _ => {}
        }
    }
    for _ in 0..30 {
        world.pass(Span::days(1)).await;
    }
    assert!(world.app.cx.db.tidy().await.unwrap());
    let base = instance.path("base.db");
    std::fs::copy(url.trim_start_matches("sqlite:"), &base).unwrap();
    base
}

/// A copy of the base, and the process on it.
async fn copy(instance: &mut Instance, base: &std::path::Path, name: &str) -> String {
    let path = instance.path(name);
    std::fs::copy(base, &path).unwrap();
    let url = format!("sqlite:{}", path.display());
    instance.set("database.url", &url);
    // It is a copy, made at a time that was never: the operator says that both are meant.
    instance.good(&["resume", "--yes"]).await;
    instance.good(&["clock", "accept"]).await;
    url
}

/// Waits for the end of the round. What is left, without times and without what a start leaves behind.
async fn end_state(instance: &Instance, url: &str) -> Vec<String> {
    let mut running = instance.serve().await;
    let began = Instant::now();
    let needles: Vec<_> = ["@old.example", "queueing problem"].iter().flat_map(|one| forms(one)).collect();
    loop {
        let rows = dump(url, &[]);
        if hits(rows.join("\n").as_bytes(), &needles).is_empty() {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "retention does not come to its end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    running.stop(Duration::from_secs(20)).await;
    let rows = dump(url, &[]);
    let kept = |row: &String| {
        !["api_token", "session", "route", "audit", "migration", "instance"]
            .iter()
            .any(|table| row.starts_with(table))
    };
    rows.into_iter().filter(kept).map(|row| without_forgotten_at(&row)).collect()
}

/// When something was forgotten is the one thing that differs: the last column of these tables.
fn without_forgotten_at(row: &str) -> String {
    let timed = row.starts_with("delivery: ") || row.starts_with("consent: ");
    match row.rsplit_once(", ") {
        Some((rest, _)) if timed => rest.to_owned(),
        _ => row.to_owned(),
    }
}

/// How much was forgotten so far.
fn progress(url: &str) -> i64 {
    let sql = "SELECT (SELECT COUNT(*) FROM introduction WHERE kept <> 'all')
                 + (SELECT COUNT(*) FROM delivery WHERE forgotten_at IS NOT NULL)";
    sqlite::number(&sqlite::open(url), sql)
}

/// Waits until more is forgotten; `None` when that does not come.
async fn next_step(url: &str, before: i64) -> Option<i64> {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(6) {
        let now = progress(url);
        if now != before {
            return Some(now);
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    None
}

/// Small and the same each run.
fn dice(seed: &mut u64, below: u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) % below
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_round_that_is_killed_goes_on_to_the_same_end() {
    let mut instance = Instance::new();
    instance.set_raw("courier.poll_milliseconds", "10");
    let base = old_world(&mut instance).await;
    let url = copy(&mut instance, &base, "calm.db").await;
    let calm = end_state(&instance, &url).await;

    let url = copy(&mut instance, &base, "killed.db").await;
    let mut kills = 0;
    let mut before = progress(&url);
    // A blow after every step, until a start finds nothing left to do.
    loop {
        let mut running = instance.spawn();
        let moved = next_step(&url, before).await;
        running.kill();
        let Some(moved) = moved else { break };
        (before, kills) = (moved, kills + 1);
    }
    assert!(kills >= 3, "{kills} kills fell into the round");
    let killed = end_state(&instance, &url).await;
    let differ = killed.iter().filter(|row| !calm.contains(row)).collect::<Vec<_>>();
    assert!(killed.len() == calm.len() && differ.is_empty(), "{differ:#?}");
    println!("figure: retention: {kills} kills in the middle of a round survived, the same end");

    let mut seed = 7;
    // Whoever is erased by the command line, with the command killed again and again.
    let url = copy(&mut instance, &base, "erased.db").await;
    let words = ["erase", "first1@old.example", "--yes"];
    for _ in 0..KILLS {
        let mut running = instance.spawn_command(&words);
        tokio::time::sleep(Duration::from_millis(dice(&mut seed, 300))).await;
        running.kill();
    }
    instance.good(&words).await;
    let needle = forms("first1@old.example");
    let left = dump(&url, &[]).join("\n");
    let told: Vec<&str> = left.lines().filter(|row| !hits(row.as_bytes(), &needle).is_empty()).collect();
    let mails = |row: &&str| row.starts_with("message: ") || row.starts_with("delivery: ");
    assert!(told.iter().all(mails) && told.iter().all(|row| row.contains("erased")), "{told:#?}");
    println!("figure: retention: {KILLS} kills of erasures survived");
}
