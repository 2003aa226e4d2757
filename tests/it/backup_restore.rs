//! Backup while the service runs, restore, and what a restore refuses.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::backup_kit::{Site, both_engines};
use crate::support::db::Engine;
use crate::support::driver::{Driver, Plan};

/// In how many rows of this site somebody stands by their address.
async fn rows(site: &Site, address: &str) -> i64 {
    let db = site.db().await;
    let mut tx = db.read().await.unwrap();
    let mut found = 0;
    for sql in [
        "SELECT COUNT(*) AS n FROM party WHERE email = $1",
        "SELECT COUNT(*) AS n FROM contact WHERE email_key = $1",
        "SELECT COUNT(*) AS n FROM delivery WHERE recipient = $1",
    ] {
        found += tx.q(sql).bind(address).one().await.unwrap().unwrap().get::<i64>("n").unwrap();
    }
    found
}

/// Waits until every mail has left and that is written down.
async fn all_left(site: &Site) {
    let db = site.db().await;
    let until = Instant::now() + Duration::from_mins(1);
    loop {
        let sql = "SELECT COUNT(*) AS n FROM delivery WHERE state <> 'sent' AND state <> 'cancelled'";
        let row = db.read().await.unwrap().q(sql).one().await.unwrap().unwrap();
        if row.get::<i64>("n").unwrap() == 0 {
            return;
        }
        assert!(Instant::now() < until, "the mails do not leave");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_erased_after_the_backup_is_in_no_row_of_what_is_restored() {
    let site = Site::new(Engine::Sqlite).await;
    let token = site.instance.admin("lena@connect.example").await;
    let mut running = site.instance.serve().await;
    let patience = Duration::from_mins(3);
    let driver = Driver::new(vec![site.instance.port], &token, Arc::clone(&site.sink), patience);
    let plan = Plan::all_yes(1);
    Arc::new(driver).carry(vec![plan], 1).await;
    let shelf = tempfile::tempdir().unwrap();
    let (old, new) = (shelf.path().join("old"), shelf.path().join("new"));
    all_left(&site).await;
    site.backup(&old).await;
    running.stop(Duration::from_secs(30)).await;
    site.instance.good(&["erase", &plan.address("first"), "--yes"]).await;

    let blind = site.new_machine().await;
    blind.restore(&old).await;
    assert!(rows(&blind, &plan.address("first")).await > 0, "without the newer list they are back");
    site.backup(&new).await;
    let knowing = site.new_machine().await;
    let said = knowing.restore(&old).await;
    assert!(said.contains("1 erasure(s)"), "{said}");
    assert_eq!(rows(&knowing, &plan.address("first")).await, 0);
    assert!(rows(&knowing, &plan.address("second")).await > 0, "the other one is still there");
    println!("figure: backup: 1 erasure after the backup, 0 rows with the address in the restored database");
}

/// Later than any backup of these tests.
const LATER: i64 = 4_000_000_000_000_000;

both_engines! {
    async fn a_backup_under_load_is_restored_whole(engine: Engine) {
        let site = Site::new(engine).await;
        let token = site.instance.admin("lena@connect.example").await;
        let running = site.instance.serve().await;
        let patience = Duration::from_mins(3);
        let driver = Driver::new(vec![site.instance.port], &token, Arc::clone(&site.sink), patience);
        let driver = Arc::new(driver);
        driver.carry((0..4).map(Plan::of).collect(), 2).await;
        let busy = tokio::spawn({
            let driver = Arc::clone(&driver);
            async move { driver.carry((4..12).map(Plan::of).collect(), 4).await }
        });
        let shelf = tempfile::tempdir().unwrap();
        let said = site.backup(&shelf.path().join("one")).await;
        assert!(said.contains("The key ring") && said.contains("is not in it"), "{said}");
        busy.await.unwrap();
        drop(running);

        let manifest = std::fs::read_to_string(shelf.path().join("one/manifest.json")).unwrap();
        let manifest: Value = serde_json::from_str(&manifest).unwrap();
        let had = manifest["introductions"].as_i64().unwrap();
        assert!((4..=12).contains(&had), "{manifest}");
        for entry in std::fs::read_dir(shelf.path().join("one")).unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0, "{}", path.display());
        }
        let names = std::fs::read_to_string(shelf.path().join("one/lists.jsonl")).unwrap();
        assert!(!names.contains('@') && !names.contains("told us"), "{names}");

        let new = site.new_machine().await;
        new.restore(&shelf.path().join("one")).await;
        let db = new.db().await;
        let counted = twoyes::store::copy::counts(&mut db.read().await.unwrap()).await.unwrap();
        assert!(counted.introductions >= had, "{counted:?}");
        drop(db);
        assert!(new.is_quarantined().await);
        println!("figure: backup: {engine:?}: taken under load with {had} introductions, restored {counted:?}");
    }

    async fn who_said_never_after_the_backup_is_known_before_anything_else(engine: Engine) {
        let site = Site::new(engine).await;
        site.instance.admin("lena@connect.example").await;
        let shelf = tempfile::tempdir().unwrap();
        site.never("ada", 1).await;
        drop(site.instance.serve().await);
        site.backup(&shelf.path().join("old")).await;
        site.never("grace", LATER).await;
        site.erased("zoe", LATER).await;
        site.backup(&shelf.path().join("new")).await;

        let new = site.new_machine().await;
        let said = new.restore(&shelf.path().join("old")).await;
        assert!(said.contains("1 suppression(s), 1 erasure(s)"), "{said}");
        for who in ["ada", "grace", "zoe"] {
            assert!(new.knows(who).await, "{who}");
        }
        assert!(new.is_quarantined().await);

        // The judge can see: without the newer lists nobody knows.
        std::fs::rename(shelf.path().join("new/lists.jsonl"), shelf.path().join("kept")).unwrap();
        let blind = site.new_machine().await;
        blind.restore(&shelf.path().join("old")).await;
        assert!(!blind.knows("grace").await && blind.knows("ada").await);
        // Unless the list is named.
        let named = site.new_machine().await;
        let (old, kept) = (shelf.path().join("old"), shelf.path().join("kept"));
        let words = ["restore", old.to_str().unwrap(), "--suppressions", kept.to_str().unwrap()];
        named.instance.good(&words).await;
        assert!(named.knows("grace").await);
    }

    async fn a_restore_refuses_what_it_cannot_do_well(engine: Engine) {
        let site = Site::new(engine).await;
        site.instance.admin("lena@connect.example").await;
        let shelf = tempfile::tempdir().unwrap();
        let one = shelf.path().join("one");
        site.backup(&one).await;
        let words = ["backup", one.to_str().unwrap()];
        site.instance.run(&words).await.assert_refused(&["exists already", "never replaces"]);
        let restore = ["restore", one.to_str().unwrap()];
        let running = site.instance.serve().await;
        site.instance.run(&restore).await.assert_refused(&["a twoyes works on this database; stop it first"]);
        drop(running);
        // PostgreSQL takes a moment to notice who is gone.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let way_out = if engine == Engine::Sqlite { "--replace" } else { "make a new one" };
        site.instance.run(&restore).await.assert_refused(&[way_out]);

        let other_keys = Site::new(engine).await;
        other_keys.instance.admin("mary@connect.example").await;
        let stranger = Site::new(engine).await;
        let keys = stranger.instance.path("twoyes.keys");
        std::fs::copy(other_keys.instance.path("twoyes.keys"), keys).unwrap();
        stranger.instance.run(&restore).await.assert_refused(&["key ring", "another one"]);

        let new = site.new_machine().await;
        let manifest = one.join("manifest.json");
        let text = std::fs::read_to_string(&manifest).unwrap();
        let file: Value = serde_json::from_str(&text).unwrap();
        let copy = one.join(file["file"].as_str().unwrap());
        let mut bytes = std::fs::read(&copy).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&copy, &bytes).unwrap();
        new.instance.run(&restore).await.assert_refused(&["is damaged", "SHA-256"]);
        bytes[middle] ^= 1;
        std::fs::write(&copy, &bytes).unwrap();
        std::fs::write(&manifest, text.replace("\"format\": 1", "\"format\": 2")).unwrap();
        new.instance.run(&restore).await.assert_refused(&["no backup of this version"]);
        std::fs::write(&manifest, text).unwrap();
        new.restore(&one).await;
    }

    async fn a_copy_from_a_newer_version_is_refused(engine: Engine) {
        let site = Site::new(engine).await;
        site.instance.admin("lena@connect.example").await;
        let sql = "INSERT INTO migration VALUES (999, 'tomorrow', 'x', 0)";
        site.db().await.write(move |tx| Box::pin(async move { tx.q(sql).run().await })).await.unwrap();
        let shelf = tempfile::tempdir().unwrap();
        let one = shelf.path().join("one");
        site.instance.run(&["backup", one.to_str().unwrap()]).await.assert_refused(&["999"]);
        assert!(!one.exists(), "nothing half is left under its name");
    }
}

#[tokio::test]
async fn a_replaced_database_is_kept_aside_and_its_nevers_are_known() {
    let site = Site::new(Engine::Sqlite).await;
    site.instance.admin("lena@connect.example").await;
    let shelf = tempfile::tempdir().unwrap();
    let one = shelf.path().join("one");
    site.backup(&one).await;
    site.never("grace", LATER).await;
    let words = ["restore", one.to_str().unwrap(), "--replace"];
    let said = site.instance.good(&words).await;
    assert!(
        said.contains("1 suppression(s)") && said.contains("The database that was there is at"),
        "{said}"
    );
    assert!(site.knows("grace").await && site.is_quarantined().await);
    let aside =
        said.lines().find_map(|line| line.strip_prefix("The database that was there is at ")).unwrap();
    let old =
        twoyes::store::Db::connect(&format!("sqlite:{}", aside.trim_end_matches('.')), 1).await.unwrap();
    assert!(twoyes::store::schema_state(&old).await.is_ok());

    // One that cannot be read is said to be so.
    std::fs::write(site.instance.path("twoyes.db"), "dear diary ".repeat(500)).unwrap();
    let said = site.instance.good(&words).await;
    assert!(said.contains("could not be read"), "{said}");
    assert!(site.is_quarantined().await);
}

#[tokio::test]
async fn a_restore_that_was_interrupted_is_noticed() {
    let site = Site::new(Engine::Sqlite).await;
    site.instance.admin("lena@connect.example").await;
    let shelf = tempfile::tempdir().unwrap();
    let one = shelf.path().join("one");
    site.backup(&one).await;
    // Before the last step: the copy lies aside, and what was there is as it was.
    std::fs::write(site.instance.path("twoyes.db.restoring"), "half a copy").unwrap();
    let mut running = site.instance.serve().await;
    running.stop(Duration::from_secs(30)).await;
    // In the last step.
    std::fs::write(site.instance.path("twoyes.db.replacing"), "").unwrap();
    site.instance.run(&["serve"]).await.assert_refused(&["interrupted half-way", "--replace"]);
    site.instance.good(&["restore", one.to_str().unwrap(), "--replace"]).await;
    drop(site.instance.serve().await);
}
