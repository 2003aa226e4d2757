//! The disk is full.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::support::cluster::is_root;
use crate::support::driver::Plan;
use crate::support::http::Http;
use crate::support::process::{Instance, Running};
use crate::support::siege::{Siege, besieged, sql_at};
use crate::support::smtp_sink::SmtpSink;
use crate::support::world::hidden;

/// Starts the service with its database on a small disk of its own. Returns where that is for us.
fn on_small_disk(instance: &mut Instance) -> (Running, PathBuf) {
    let disk = instance.path("disk");
    std::fs::create_dir(&disk).unwrap();
    let (from, to) = (instance.path("twoyes.db"), disk.join("twoyes.db"));
    instance.set("database.url", &format!("sqlite:{}", to.display()));
    // Room for a log of 8 MB, which the writer copies itself only then, and for twice its size, which drafts leave alone.
    let script = format!(
        "mount -t tmpfs -o size=32m tmpfs '{0}' && cp '{1}' '{2}' && exec \"$0\" \"$@\"",
        disk.display(),
        from.display(),
        to.display()
    );
    let space = if is_root() { "-m" } else { "-rm" };
    let words = [space, "sh", "-c", &script].map(str::to_owned);
    let running = instance.spawn_under("unshare", &words);
    let seen = PathBuf::from(format!("/proc/{}/root{}", running.id(), disk.display()));
    (running, seen)
}

/// Takes all the space there is.
fn fill(disk: &Path) -> u64 {
    use std::io::Write;
    let mut ballast = std::fs::File::create(disk.join("ballast")).unwrap();
    for size in [65_536, 4_096] {
        let block = vec![7; size];
        while ballast.write_all(&block).is_ok() {}
    }
    std::fs::metadata(disk.join("ballast")).unwrap().len()
}

/// Answers with the nonce of a fresh view; the status.
async fn answer(siege: &Siege, link: &str, choice: &str) -> u16 {
    let mut http = Http::new(siege.instance.port);
    let page = http.get(link).await.unwrap();
    assert_eq!(page.status, 200, "reading goes on");
    let nonce = hidden(&page.body, "nonce");
    let answer = http.form(link, &[("nonce", &nonce), ("choice", choice)]).await.unwrap();
    assert!(answer.body.contains("<html"), "a page for people: {}", answer.body);
    answer.status
}

/// Yes and no in turn until one is refused: the log may have some room left, inside of what it has taken
/// already. Each of them that is taken is a change.
async fn is_refused(siege: &Siege, link: &str) -> bool {
    for nth in 0..80 {
        let status = answer(siege, link, if nth % 2 == 0 { "yes" } else { "no" }).await;
        if status == 503 {
            return true;
        }
        assert!(status < 400, "{status}");
    }
    false
}

/// The same process takes answers, as soon as there is space.
async fn is_taken_again(siege: &Siege, link: &str, choice: &str) -> bool {
    for _ in 0..100 {
        if answer(siege, link, choice).await < 400 {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_answers_and_takes_them_again_without_a_restart() {
    let sink = Arc::new(SmtpSink::start().await);
    let mut instance = besieged(sink.port());
    // The reserve would refuse drafts on so small a disk.
    instance.set_raw("database.reserve_megabytes", "0");
    let token = instance.admin("lena@connect.example").await;
    let url = format!("sqlite:{}", instance.path("twoyes.db").display());
    sql_at(&url, "PRAGMA wal_checkpoint(TRUNCATE)".into()).await;
    let (mut running, disk) = on_small_disk(&mut instance);
    running.ready().await;
    let mut siege = Siege::new(instance, &url, &token, sink, Duration::from_mins(2));
    let plan = Plan { together: false, ..Plan::all_yes(0) };
    let link = siege.driver.ask(plan).await;
    for round in 0..3 {
        let ballast = fill(&disk);
        assert!(ballast > 100_000, "the disk was full before: {ballast}");
        assert!(is_refused(&siege, &link).await, "round {round}: a full disk refused nothing");
        assert!(running.ended().is_none(), "round {round}");
        std::fs::remove_file(disk.join("ballast")).unwrap();
        siege.struck(format!("disk full, round {round}"));
        for choice in ["no", "yes"] {
            assert!(is_taken_again(&siege, &link, choice).await, "round {round}: there is space again");
        }
    }
    siege.carry(vec![plan, Plan::all_yes(1)], 1).await.unwrap();
    // The disk goes with the process, and SQLite would follow the link of /proc to the same name in our own
    // space: a copy is judged. What was leased while the disk was full has its lease until it starts again.
    tokio::time::sleep(Duration::from_millis(500)).await;
    for end in ["", "-wal"] {
        let from = disk.join(format!("twoyes.db{end}"));
        std::fs::copy(from, siege.instance.path(&format!("copy.db{end}"))).unwrap();
    }
    running.stop(Duration::from_secs(20)).await;
    siege.url = format!("sqlite:{}", siege.instance.path("copy.db").display());
    siege.instance.set("database.url", &siege.url);
    siege.instance.good(&["resume", "--yes"]).await;
    let again = siege.instance.serve().await;
    let faults = siege.calm(again, tokio::spawn(async {})).await.faults();
    assert!(faults.is_empty(), "{faults:#?}");
    println!("figure: fault: disk filled 3 times: refused with 503, taken afterwards by the same process");
}
