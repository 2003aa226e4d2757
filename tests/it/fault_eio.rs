//! The disk is broken.

use std::sync::Arc;
use std::time::Duration;

use crate::support::driver::Plan;
use crate::support::siege::{Siege, besieged};
use crate::support::smtp_sink::SmtpSink;

/// Which of the two SQLite uses is decided when it is built.
const SYNC: &str = "fsync,fdatasync";

/// What is struck, at which call of which kind, and how much work it takes to come there.
struct Strike {
    call: &'static str,
    nth: usize,
    /// By their endings; empty for the database itself.
    files: &'static [&'static str],
    introductions: usize,
}

/// A sync that fails is for ever: the kernel may have dropped the pages (fsyncgate).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_sync_or_write_ends_the_service_and_loses_nothing() {
    const FILES: &[&str] = &["", "-wal"];
    for (call, nth) in [(SYNC, 3), (SYNC, 9), ("pwrite64", 60), ("pwrite64", 130)] {
        strike(&Strike { call, nth, files: FILES, introductions: 4 }).await;
    }
    println!("figure: fault: EIO at 4 calls: the service ended each time, 0 answers lost after the restart");
}

/// The same when the log is copied into the file, which another thread does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_checkpoint_ends_the_service_and_loses_nothing() {
    for (call, nth) in [(SYNC, 1), ("pwrite64", 40)] {
        strike(&Strike { call, nth, files: &[""], introductions: 24 }).await;
    }
    println!("figure: fault: EIO at 2 calls of a checkpoint: the service ended, 0 answers lost");
}

async fn strike(at: &Strike) {
    let Strike { call, nth, files, introductions } = at;
    let sink = Arc::new(SmtpSink::start().await);
    let instance = besieged(sink.port());
    let token = instance.admin("lena@connect.example").await;
    let url = format!("sqlite:{}", instance.path("twoyes.db").display());
    let log = instance.path("strace.log").display().to_string();
    // Only what is done to the database.
    let file = instance.path("twoyes.db").display().to_string();
    let paths = files.iter().flat_map(|ending| ["-P".to_owned(), format!("{file}{ending}")]);
    let (trace, inject) = (format!("trace=pwrite64,{SYNC}"), format!("inject={call}:error=EIO:when={nth}"));
    let words = ["-f", "-D", "-qq", "-y", "-o", &log, "-e", &trace, "-e", &inject].map(str::to_owned);
    let mut running = instance.spawn_under("strace", &words.into_iter().chain(paths).collect::<Vec<_>>());
    let mut siege = Siege::new(instance, &url, &token, sink, Duration::from_mins(3));
    let carried = siege.carry((0..*introductions).map(Plan::all_yes).collect(), 2);
    let ended = running.end(Duration::from_mins(1)).await.unwrap();
    assert_eq!(ended.code(), Some(1), "{call} {nth}: {}", siege.instance.log());
    assert_silent_after(&std::fs::read_to_string(log).unwrap(), call);
    siege.struck(format!("EIO at {call} {nth}"));
    siege.let_leases_end().await;
    siege.let_time_pass().await;
    let running = siege.instance.serve().await;
    let faults = siege.calm(running, carried).await.faults();
    assert!(faults.is_empty(), "{call} {nth}: {faults:#?}");
}

/// Nothing is written to the database or its log after the fault, and nothing is synced again.
fn assert_silent_after(log: &str, call: &str) {
    let after = log.lines().skip_while(|line| !line.contains("INJECTED")).skip(1);
    let more: Vec<&str> = after.filter(|line| line.contains("twoyes.db") && !line.contains("-shm")).collect();
    assert!(more.is_empty(), "after a failed {call}: {more:#?}");
}
