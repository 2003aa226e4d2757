//! A disk that is nearly full, full, or broken.

use std::io::{Seek, SeekFrom, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::Method;
use twoyes::domain::asking::Side;
use twoyes::domain::letter::LinkName;
use twoyes::flow::{Failure, FailureKind};
use twoyes::flow::{condition, draft, people};
use twoyes::store::{Db, StoreError};

use crate::store_kit::{look, unit};
use crate::support::app::{TestApp, raw_draft};
use crate::support::db::{Engine, fresh};
use crate::support::process::Instance;
use crate::support::sqlite;
use crate::support::world::{World, draft as api_draft};

/// A disk with as many free bytes as one says.
fn disk(db: &Db) -> Arc<AtomicU64> {
    let free = Arc::new(AtomicU64::new(1 << 40));
    let asked = Arc::clone(&free);
    db.reserve(64 << 20);
    db.ask_for_space(Arc::new(move || Some(asked.load(Ordering::SeqCst))));
    free
}

const LOW: u64 = 63 << 20;

#[tokio::test]
async fn a_nearly_full_disk_takes_answers_and_no_drafts() {
    let app = TestApp::new().await;
    let free = disk(&app.cx().db);
    let asked = app.asked().await;
    free.store(LOW, Ordering::SeqCst);
    let refused = draft::create(app.cx(), &app.connector, &raw_draft()).await;
    assert!(matches!(refused, Err(draft::DraftError::Failure(Failure::DiskLow))));
    let refused = people::add(app.cx(), &app.connector, &contact()).await;
    assert!(matches!(refused, Err(people::ContactError::Failure(Failure::DiskLow))));

    let link = app.link(asked.id, Side::First, LinkName::Answer).await;
    let page = app.get(&link).await.is(200);
    app.post(&link, &[("nonce", &page.value("nonce")), ("choice", "yes")]).await.is(200);
    assert!(app.load(asked.id).await.parties.first.given.is_some());
    let stop = app.link(asked.id, Side::First, LinkName::Stop).await;
    app.post(&stop, &[("List-Unsubscribe", "One-Click")]).await.is(200);
    app.post("/sign-in", &[("email", "ada@lovelace.example")]).await.is(200);

    free.store(1 << 40, Ordering::SeqCst);
    draft::create(app.cx(), &app.connector, &raw_draft()).await.unwrap();
    people::add(app.cx(), &app.connector, &contact()).await.unwrap();
}

fn contact() -> twoyes::domain::contact::RawContact {
    twoyes::domain::contact::RawContact {
        name: "Zoe".into(),
        email: "zoe@example.net".into(),
        described: "a friend".into(),
        how_known: "school".into(),
        language: "en".into(),
        ..twoyes::domain::contact::RawContact::default()
    }
}

#[tokio::test]
async fn a_nearly_full_disk_is_said_to_people_programs_and_probes() {
    let world = World::new(fresh(Engine::Sqlite).await).await;
    let free = disk(&world.app.cx.db);
    free.store(LOW, Ordering::SeqCst);
    let (status, body) = world.api(Method::POST, "/introductions", &api_draft()).await;
    assert_eq!((status.as_u16(), body["code"].as_str()), (503, Some("disk_low")), "{body}");
    assert!(body["detail"].as_str().unwrap().contains("nearly full"), "{body}");
    assert_eq!(world.get("/healthz").await.body, "ok, but the disk is nearly full\n");
    let ready = world.get("/readyz").await;
    assert_eq!(ready.status.as_u16(), 200, "answers are taken: {}", ready.body);
    assert!(ready.body.contains(r#""check":"disk""#), "{}", ready.body);

    let app = TestApp::new().await;
    disk(&app.cx().db).store(LOW, Ordering::SeqCst);
    app.see("/admin/health").await.is(200).says("nearly full (63 MB left)").says("Free on the disk63 MB");
    disk(&app.cx().db);
    app.see("/admin/health").await.is(200).hides("nearly full");
    let what = condition::look(app.cx(), &condition::Instance::default()).await;
    assert!(what.troubles.iter().all(|one| one.what != condition::What::DiskLow));
}

#[tokio::test]
async fn twice_the_log_is_kept_when_it_is_long() {
    let db = fresh(Engine::Sqlite).await;
    let free = disk(&db.db);
    db.db.reserve(1);
    let file = db.url.strip_prefix("sqlite:").unwrap();
    let wal = std::fs::metadata(format!("{file}-wal")).unwrap().len();
    assert!(wal > 0);
    free.store(2 * wal - 1, Ordering::SeqCst);
    assert!(db.db.space().unwrap().is_low());
    free.store(2 * wal, Ordering::SeqCst);
    assert!(!db.db.space().unwrap().is_low());
}

#[tokio::test]
async fn the_disk_is_really_asked() {
    let db = fresh(Engine::Sqlite).await;
    let space = db.db.space().unwrap();
    assert!(space.free > 0, "{space:?}");
    db.db.reserve(u64::MAX);
    assert!(db.db.space().unwrap().is_low());
}

async fn add(db: &Db, bytes: usize) -> Result<u64, StoreError> {
    let text = "x".repeat(bytes);
    unit!(db, tx, text => tx
        .q("INSERT INTO route (name, failures, words, changed_at) VALUES ($1, 0, $1, 0)")
        .bind(text.clone())
        .run())
}

#[tokio::test]
async fn a_full_disk_records_nothing_says_so_and_goes_on_by_itself() {
    let db = fresh(Engine::Sqlite).await;
    add(&db.db, 10).await.unwrap();
    // As full as the file may get: it belongs to the writer's connection, and goes with it.
    unit!(db.db, tx => tx.q("PRAGMA max_page_count = 1").all()).unwrap();
    let full = add(&db.db, 1 << 20).await.unwrap_err();
    assert!(matches!(full, StoreError::Unavailable(_)), "{full:?}");
    assert_eq!(Failure::from(full).kind(), FailureKind::Unavailable);
    let kept = look!(db.db, tx => tx.q("SELECT name FROM route").all());
    assert_eq!(kept.len(), 1, "nothing of it was kept");
    add(&db.db, 1 << 20).await.expect("a new connection, and room again");
}

#[tokio::test]
async fn the_page_for_what_was_not_recorded_says_so() {
    let app = TestApp::new().await;
    let asked = app.asked().await;
    let link = app.link(asked.id, Side::First, LinkName::Answer).await;
    let page = app.get(&link).await.is(200);
    let form = [("nonce", page.value("nonce")), ("choice", "yes".into())];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let pages = "PRAGMA max_page_count = 1";
    app.cx().db.write(move |tx| Box::pin(async move { tx.q(pages).all().await })).await.unwrap();
    // Fill what free pages there are, in units that are kept.
    while add(&app.cx().db, 4_000).await.is_ok() {
        let again = "PRAGMA max_page_count = 1";
        app.cx().db.write(move |tx| Box::pin(async move { tx.q(again).all().await })).await.unwrap();
    }
    app.cx().db.write(move |tx| Box::pin(async move { tx.q(pages).all().await })).await.unwrap();
    let said = app.post(&link, &form).await;
    if said.status.as_u16() == 503 {
        let said = said.says("Not recorded");
        assert_eq!(said.header("retry-after"), "60");
    } else {
        panic!("the answer found room: {}", said.status);
    }
    app.post(&link, &form).await.is(200);
}

#[tokio::test]
async fn a_broken_file_ends_the_writer_and_is_told() {
    let db = fresh(Engine::Sqlite).await;
    for n in 0..50 {
        add(&db.db, 3_000 + n).await.unwrap();
    }
    spoil(&db.url);
    let read = db.db.read().await.unwrap().q("SELECT SUM(LENGTH(words)) AS n FROM route").all().await;
    assert!(matches!(read, Err(StoreError::Broken(_))));
    let why = tokio::time::timeout(Duration::from_secs(20), db.db.broken()).await.expect("it is told");
    assert!(why.contains("malformed") || why.contains("not a database"), "{why}");
    for _ in 0..3 {
        let after = add(&db.db, 10).await;
        assert!(matches!(after, Err(StoreError::Unavailable(_))), "nothing is written after that: {after:?}");
    }
}

/// Moves everything into the file, then writes over all pages but the first.
fn spoil(url: &str) {
    let file = url.strip_prefix("sqlite:").unwrap();
    let log = format!("{file}-wal");
    // Not while the service itself copies it.
    while std::fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        sqlite::run(url, "PRAGMA wal_checkpoint(TRUNCATE)");
    }
    let mut raw = std::fs::OpenOptions::new().write(true).open(file).unwrap();
    let length = raw.metadata().unwrap().len();
    raw.seek(SeekFrom::Start(4096 * 4)).unwrap();
    let rest = usize::try_from(length - 4096 * 4).unwrap();
    raw.write_all(&vec![0xA5; rest]).unwrap();
    raw.sync_all().unwrap();
}

#[tokio::test]
async fn a_service_on_a_broken_file_stops_and_says_why() {
    let instance = Instance::new();
    instance.admin("lena@connect.example").await;
    let mut running = instance.serve().await;
    spoil(&format!("sqlite:{}", instance.path("twoyes.db").display()));
    let mut http = crate::support::http::Http::new(instance.port);
    for _ in 0..20 {
        // Whatever it answers: the point is that it meets the file.
        let _ = http.get("/readyz").await;
        let _ = http.form("/sign-in", &[("email", "lena@connect.example")]).await;
    }
    let ended = running.end(Duration::from_secs(30)).await.expect("it stops");
    assert_eq!(ended.code(), Some(1));
    assert!(instance.log().contains("disk or database file failed"), "{}", instance.log());
}
