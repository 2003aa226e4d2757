//! SQLite's log of changes: copied into the file beside the writer, and never without an end.

use std::time::{Duration, Instant};

use twoyes::store::{Db, StoreError};

use crate::store_kit::unit;
use crate::support::db::{Engine, fresh};

const PAGE: u64 = 4_096;

fn bytes_of(url: &str, ending: &str) -> u64 {
    let file = format!("{}{ending}", url.trim_start_matches("sqlite:"));
    std::fs::metadata(file).unwrap().len()
}

/// One unit that writes about so many pages.
async fn write_pages(db: &Db, name: String, pages: u64) {
    let words = "x".repeat(usize::try_from(pages * PAGE).unwrap());
    let written = unit!(db, tx, name, words => async move {
        let sql = "INSERT INTO route (name, failures, words, changed_at) VALUES ($1, 0, $2, 0)";
        tx.q(sql).bind(name).bind(words).run().await
    });
    written.unwrap();
}

/// The writer itself copies at 2,000 pages: what is in the file before that was copied beside it.
#[tokio::test]
async fn it_is_copied_beside_the_writer() {
    let db = fresh(Engine::Sqlite).await;
    let before = bytes_of(&db.url, "");
    write_pages(&db.db, "long".into(), 700).await;
    let until = Instant::now() + Duration::from_secs(20);
    while bytes_of(&db.url, "") < before + 600 * PAGE {
        assert!(Instant::now() < until, "still {} bytes", bytes_of(&db.url, ""));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// What was forgotten is to be out of the log, too, and at once.
#[tokio::test]
async fn it_is_emptied_also_while_it_is_copied() {
    let db = fresh(Engine::Sqlite).await;
    for nth in 0..12 {
        write_pages(&db.db, format!("r{nth}"), 1_200).await;
        assert!(db.db.tidy().await.unwrap());
        assert_eq!(bytes_of(&db.url, "-wal"), 0);
    }
}

/// Whoever copies beside a writer that never rests is never done, and the log begins anew all the same: at 2,000 pages, or
/// when the copy that is going on then has ended, which takes its time on a disk that others use.
#[tokio::test]
async fn it_has_an_end_under_a_writer_that_never_rests() {
    let db = fresh(Engine::Sqlite).await;
    let mut longest = 0;
    for nth in 0..400 {
        write_pages(&db.db, format!("r{nth}"), 30).await;
        longest = longest.max(bytes_of(&db.url, "-wal"));
    }
    println!("figure: store: of 12,000 pages the log held {} at most", longest / PAGE);
    assert!(longest < 6_000 * PAGE, "{longest}");
}

/// Twice the size of the log is kept free of new drafts: a log that stayed as large as it once was would keep a
/// disk "nearly full" for ever.
#[tokio::test]
async fn one_that_grew_gives_its_room_back() {
    let db = fresh(Engine::Sqlite).await;
    let size = || bytes_of(&db.url, "-wal");
    let much = unit!(db.db, tx => async move {
        for nth in 0..300 {
            let words = "x".repeat(100_000);
            let sql = "INSERT INTO route (name, failures, words, changed_at) VALUES ($1, 0, $2, 0)";
            tx.q(sql).bind(format!("r{nth}")).bind(words).run().await?;
        }
        Ok::<_, StoreError>(())
    });
    much.unwrap();
    assert!(size() > 20_000_000, "{}", size());
    for nth in 0..3 {
        write_pages(&db.db, format!("next {nth}"), 1).await;
    }
    assert!(size() <= 12 << 20, "{}", size());
}
