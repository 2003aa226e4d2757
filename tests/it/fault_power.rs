//! Power loss: after every acknowledgement, and while the log is copied into the file, the files are rebuilt from what
//! was synced by then. The database opens, is whole, and has everything that was acknowledged.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use twoyes::clock::Ts;

use crate::support::driver::Plan;
use crate::support::ledger::{Ack, Ledger};
use crate::support::process::Instance;
use crate::support::replay::{Call, STRACE, What, as_normal, cut, read_log};
use crate::support::siege::{Dice, Siege, besieged, sql_at};
use crate::support::smtp_sink::SmtpSink;

const DATABASE: &str = "twoyes.db";

/// A run, and what its disk was told.
struct Run {
    before: BTreeMap<String, Vec<u8>>,
    calls: Vec<Call>,
    acks: Vec<(Ts, Ack)>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_cut_after_any_acknowledgement_loses_nothing_of_it() {
    power_cuts(14, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long: tests/nightly runs it"]
async fn nightly_power_cuts_after_every_acknowledgement_of_a_long_run() {
    power_cuts(150, 4).await;
}

async fn power_cuts(introductions: usize, chances: usize) {
    let run = record(introductions).await;
    let syncs = run.calls.iter().filter(|call| call.what == What::Sync).count();
    assert!(syncs > introductions, "{syncs} syncs");
    let mut dice = Dice::new();
    let acknowledged: Vec<Ts> = run.acks.iter().map(|(at, _)| *at).collect();
    let copying = while_copying(&run.calls, &mut dice);
    assert!(!copying.is_empty(), "the log was never copied into the file");
    let moments: Vec<Ts> = acknowledged.iter().chain(&copying).copied().collect();
    for _ in 0..chances {
        let lost = lost_by_cuts(&run, &run.calls, &moments, &mut dice).await;
        assert!(lost.is_empty(), "seed {}: {lost:#?}", dice.seed);
    }
    // The same run, without the syncs that `synchronous=NORMAL` leaves out, has to be found out.
    let normal = as_normal(&run.calls, DATABASE);
    let lost = lost_by_cuts(&run, &normal, &acknowledged, &mut dice).await.len();
    let of = acknowledged.len();
    assert!(lost > of / 4, "without syncs only {lost} of {of} acknowledgements lost anything");
    println!(
        "figure: fault: {} power cuts ({} while the log was copied) replayed from {} writes and {syncs} syncs, \
         0 acknowledged answers lost; with synchronous=NORMAL {lost} of {of} cuts lose some",
        chances * moments.len(),
        chances * copying.len(),
        run.calls.len() - syncs,
    );
}

/// Moments in which the log is being copied into the file, and just after: the log begins anew.
fn while_copying(calls: &[Call], dice: &mut Dice) -> Vec<Ts> {
    let copies: Vec<usize> = (0..calls.len()).filter(|nth| calls[*nth].file == DATABASE).collect();
    if copies.is_empty() {
        return Vec::new();
    }
    let mut moments = Vec::new();
    for _ in 0..30 {
        let some = usize::try_from(dice.below(copies.len() as u64)).unwrap();
        let nth = copies[some] + usize::try_from(dice.below(6)).unwrap();
        moments.extend(calls.get(nth).map(|call| Ts(call.began.0 + 1)));
    }
    moments
}

/// Introductions from draft to end, with the calls of the process and the times of the replies.
async fn record(introductions: usize) -> Run {
    let sink = Arc::new(SmtpSink::start().await);
    let instance = besieged(sink.port());
    let url = format!("sqlite:{}", instance.path(DATABASE).display());
    let token = instance.admin("lena@connect.example").await;
    sql_at(&url, "PRAGMA wal_checkpoint(TRUNCATE)".into()).await;
    let before = files(&instance);
    let log = instance.path("strace.log").display().to_string();
    let words: Vec<String> = STRACE.iter().copied().chain(["-o", &log]).map(str::to_owned).collect();
    let mut running = instance.spawn_under("strace", &words);
    running.ready().await;
    let siege = Siege::new(instance, &url, &token, sink, Duration::from_mins(20));
    siege.carry((0..introductions).map(Plan::of).collect(), 4).await.unwrap();
    let acks = siege.driver.timed_acks();
    // Not by a signal to drain: the last acknowledgement has to hold as well.
    running.kill();
    tracer_ends(&log).await;
    Run { before, calls: read_log(&std::fs::read_to_string(log).unwrap()), acks }
}

/// The tracer writes the rest of its log when it ends, which takes a while on a busy machine.
async fn tracer_ends(log: &str) {
    let is_there = || {
        let all = std::fs::read_dir("/proc").unwrap().flatten();
        let words =
            |entry: std::fs::DirEntry| std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        all.map(words).any(|words| String::from_utf8_lossy(&words).contains(log))
    };
    let until = Instant::now() + Duration::from_mins(1);
    while is_there() {
        assert!(Instant::now() < until, "the tracer does not end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn files(instance: &Instance) -> BTreeMap<String, Vec<u8>> {
    let names = [DATABASE.to_owned(), format!("{DATABASE}-wal")];
    names
        .into_iter()
        .map(|name| (name.clone(), std::fs::read(instance.path(&name)).unwrap_or_default()))
        .collect()
}

/// Cuts the power at each of these moments; what is missing or broken then.
async fn lost_by_cuts(run: &Run, calls: &[Call], moments: &[Ts], dice: &mut Dice) -> Vec<String> {
    let mut lost = Vec::new();
    for at in moments {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in cut(&run.before, calls, *at, dice) {
            if name.starts_with(DATABASE) && !bytes.is_empty() {
                std::fs::write(folder.path().join(name), bytes).unwrap();
            }
        }
        let file = folder.path().join(DATABASE);
        let acks = run.acks.iter().filter(|(acked, _)| acked <= at).map(|(_, ack)| ack.clone()).collect();
        let faults = if let Some(broken) = broken(&file) {
            vec![broken]
        } else {
            Ledger::read(&format!("sqlite:{}", file.display()), acks, Vec::new()).await.lost()
        };
        if !faults.is_empty() {
            lost.push(format!("at {}: {}", at.0, faults.join("; ")));
        }
    }
    lost
}

/// What is wrong with the file as a whole.
fn broken(file: &Path) -> Option<String> {
    let found = Connection::open(file)
        .and_then(|conn| conn.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0)));
    Some(found.unwrap_or_else(|error| error.to_string())).filter(|whole| whole != "ok")
}

#[test]
fn a_log_is_read_and_cut_as_it_was_written() {
    let log = r#"7 10.000001 pwrite64(3<\x2f\x61>, "\x41\x42", 2, 0) = 2 <0.000002>
7 10.000005 fdatasync(3<\x2f\x61> <unfinished ...>
8 10.000006 pwrite64(4<\x2f\x62>, "\x43", 1, 1) = 1 <0.000001>
7 10.000020 <... fdatasync resumed>) = 0 <0.000015>
7 10.000030 pwrite64(3<\x2f\x61>, "\x44\x45", 2, 2) = 2 <0.000002>
7 10.000040 fdatasync(3<\x2f\x61>) = -1 EIO (Input/output error) (INJECTED) <0.000002>
"#;
    let calls = read_log(log);
    assert_eq!(calls.len(), 4, "the failed sync is none: {calls:#?}");
    let mut dice = Dice::new();
    for _ in 0..20 {
        let after = cut(&BTreeMap::new(), &calls, Ts(10_000_050), &mut dice);
        assert!(after["a"].starts_with(b"AB"), "{after:?}");
        let before = cut(&BTreeMap::new(), &calls, Ts(10_000_002), &mut dice);
        assert!(before["a"].len() <= 2 && !before.contains_key("b"), "{before:?}");
    }
}
