//! A restored or copied database mails nobody until an operator says so; it takes answers all the same.

use std::sync::Arc;
use std::time::Duration;

use hyper::Method;
use serde_json::Value;

use crate::backup_kit::{Site, both_engines};
use crate::support::db::Engine;
use crate::support::driver::Postbox;
use crate::support::http::Http;
use crate::support::world::{ADA, draft, hidden};

/// Asks Ada on this site; the path of her answer link.
async fn ask(site: &Site, token: &str) -> String {
    let mut http = Http::new(site.instance.port);
    let made = http.api(token, Method::POST, "/introductions", &draft(), None).await.unwrap();
    let id = made.json()["id"].as_str().unwrap().to_owned();
    http.api(token, Method::POST, &format!("/introductions/{id}/ask"), &Value::Null, None).await.unwrap();
    let postbox = Postbox::new(Arc::clone(&site.sink));
    let look = async {
        loop {
            if let Some(link) = postbox.of(ADA).into_iter().find_map(|letter| letter.answer) {
                return link;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), look).await.unwrap()
}

/// Ada says yes on this site, which queues a receipt and Grace's ask.
async fn answer(site: &Site, link: &str) {
    let mut http = Http::new(site.instance.port);
    let page = http.get(link).await.unwrap();
    assert_eq!(page.status, 200, "{}", page.body);
    let nonce = hidden(&page.body, "nonce");
    let taken = http.form(link, &[("nonce", &nonce), ("choice", "yes")]).await.unwrap();
    assert!(taken.status < 400, "{}: {}", taken.status, taken.body);
}

/// The judge: connections to the relay within a while, with mail waiting all the time.
async fn connections(site: &Site) -> usize {
    connections_within(site, 20).await
}

/// The first connection ends the waiting of so many times 50 ms.
async fn connections_within(site: &Site, looks: usize) -> usize {
    for _ in 0..looks {
        tokio::time::sleep(Duration::from_millis(50)).await;
        if site.sink.connections() > 0 {
            break;
        }
    }
    site.sink.connections()
}

both_engines! {
    async fn a_restored_copy_connects_to_no_relay_until_it_is_resumed(engine: Engine) {
        let site = Site::new(engine).await;
        let token = site.instance.admin("lena@connect.example").await;
        let running = site.instance.serve().await;
        let link = ask(&site, &token).await;
        let shelf = tempfile::tempdir().unwrap();
        site.backup(&shelf.path().join("one")).await;
        drop(running);

        let copy = site.new_machine().await;
        copy.restore(&shelf.path().join("one")).await;
        let running = copy.instance.serve().await;
        answer(&copy, &link).await;
        assert_eq!(connections(&copy).await, 0);
        let checked = copy.instance.run(&["check"]).await;
        assert!(checked.out.contains("Quarantine (restored)"), "{checked:?}");
        let ready = Http::new(copy.instance.port).get("/readyz").await.unwrap();
        assert!(ready.status == 200 && ready.body.contains("quarantine"), "{}", ready.body);
        let before = copy.sink.connections();
        assert_eq!(before, 1, "only what `check` opened, which somebody asked for");

        let listed = copy.instance.good(&["resume"]).await;
        assert!(listed.contains("ask") && listed.contains("--yes"), "{listed}");
        assert!(copy.is_quarantined().await, "a look changes nothing");
        copy.instance.good(&["resume", "--yes"]).await;
        let postbox = Postbox::new(Arc::clone(&copy.sink));
        let leave = async {
            while postbox.count() < 2 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), leave).await.unwrap();
        drop(running);
        drop(copy.instance.serve().await);
        assert!(!copy.is_quarantined().await, "resumed is resumed");
        println!("figure: backup: {engine:?}: 0 connections in quarantine, 2 mails after resume");
    }

    async fn the_judge_sees_what_a_copy_without_quarantine_does(engine: Engine) {
        let site = Site::new(engine).await;
        let token = site.instance.admin("lena@connect.example").await;
        let running = site.instance.serve().await;
        let link = ask(&site, &token).await;
        let shelf = tempfile::tempdir().unwrap();
        site.backup(&shelf.path().join("one")).await;
        drop(running);
        let copy = site.new_machine().await;
        copy.restore(&shelf.path().join("one")).await;
        let _running = copy.instance.serve().await;
        answer(&copy, &link).await;
        // The check switched off.
        let sql = "UPDATE instance SET quarantined_at = NULL";
        copy.db().await.write(move |tx| Box::pin(async move { tx.q(sql).run().await })).await.unwrap();
        assert!(connections_within(&copy, 600).await > 0);
    }

    async fn mails_that_are_too_old_are_taken_back_at_the_end(engine: Engine) {
        let site = Site::new(engine).await;
        let token = site.instance.admin("lena@connect.example").await;
        let running = site.instance.serve().await;
        let link = ask(&site, &token).await;
        let shelf = tempfile::tempdir().unwrap();
        site.backup(&shelf.path().join("one")).await;
        drop(running);
        let copy = site.new_machine().await;
        copy.restore(&shelf.path().join("one")).await;
        let running = copy.instance.serve().await;
        answer(&copy, &link).await;
        let sql = "UPDATE delivery SET created_at = 1 WHERE state = 'queued'";
        copy.db().await.write(move |tx| Box::pin(async move { tx.q(sql).run().await })).await.unwrap();
        let said = copy.instance.good(&["resume", "--yes", "--discard-older-than", "2d"]).await;
        assert!(said.contains("2 mail(s) were taken back"), "{said}");
        assert_eq!(connections(&copy).await, 0, "nothing is left to leave");
        drop(running);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_was_copied_as_it_is_mails_nobody() {
    let site = Site::new(Engine::Sqlite).await;
    let token = site.instance.admin("lena@connect.example").await;
    let mut running = site.instance.serve().await;
    let link = ask(&site, &token).await;
    running.stop(Duration::from_secs(30)).await;
    let copy = site.new_machine().await;
    for name in ["twoyes.db", "twoyes.db-wal", "twoyes.keys", "twoyes.keys.instance"] {
        if site.instance.path(name).exists() {
            std::fs::copy(site.instance.path(name), copy.instance.path(name)).unwrap();
        }
    }
    let _running = copy.instance.serve().await;
    answer(&copy, &link).await;
    assert_eq!(connections(&copy).await, 0);
    assert!(copy.is_quarantined().await);
    // The original, moved within its disk, is no copy.
    std::fs::rename(site.instance.path("twoyes.db"), site.instance.path("other.db")).unwrap();
    std::fs::rename(site.instance.path("other.db"), site.instance.path("twoyes.db")).unwrap();
    drop(site.instance.serve().await);
    assert!(!site.is_quarantined().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_file_put_back_by_hand_mails_nobody() {
    let site = Site::new(Engine::Sqlite).await;
    let token = site.instance.admin("lena@connect.example").await;
    let mut running = site.instance.serve().await;
    ask(&site, &token).await;
    running.stop(Duration::from_secs(30)).await;
    let (file, kept) = (site.instance.path("twoyes.db"), site.instance.path("kept.db"));
    std::fs::copy(&file, &kept).unwrap();
    std::fs::rename(&kept, &file).unwrap();
    let said = site.instance.good(&["resume"]).await;
    assert!(said.contains("from its first start on"), "{said}");
    drop(site.instance.serve().await);
    assert!(site.is_quarantined().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_processes_on_one_postgres_are_no_copies() {
    if !crate::support::db::has_postgres() {
        return;
    }
    let site = Site::new(Engine::Postgres).await;
    site.instance.admin("lena@connect.example").await;
    let sibling = site.instance.sibling();
    let (_one, _other) = tokio::join!(site.instance.serve(), sibling.serve());
    assert!(!site.is_quarantined().await);
}
