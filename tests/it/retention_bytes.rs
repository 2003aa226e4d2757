//! After an erasure a search for bytes finds nothing of the person: not in the database, its log of changes, a
//! dump, or what the service wrote down; and the search finds what is hidden on purpose.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::contact::RawContact;
use twoyes::domain::letter::LinkName::Manage;
use twoyes::flow::erasure::{self, RawErase};
use twoyes::flow::{draft, people, unfinished};
use twoyes::store::{Db, migrate};

use crate::retention_kit::{asked, dump_postgres, files, forms, hits, say};
use crate::support::app::{MONDAY, TestApp, raw_draft};
use crate::support::db::{Engine, fresh, has_postgres};
use crate::support::sqlite;
use crate::your_page_kit::send;

const ADDRESS: &str = "Hedwig.Kiesler@lamarr-mail.example";
const TAGGED: &str = "hedwig.kiesler+jobs@lamarr-mail.example";
const NAME: &str = "Hedwig Kiesler";

/// Everything to look for.
fn needles() -> Vec<Vec<u8>> {
    [ADDRESS, TAGGED, NAME, "hedwig.kiesler", "lamarr-mail", "Kiesler"]
        .iter()
        .flat_map(|one| forms(one))
        .collect()
}

/// The log of this thread, at its finest.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Written {
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let to = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || to.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

    fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A life with the service: asked, introduced, refused by others, in address books, in begun forms.
async fn live(app: &TestApp) -> twoyes::ids::IntroductionId {
    let contact = |email: &str, name: &str| RawContact {
        name: name.into(),
        email: email.into(),
        notes: format!("{NAME} likes frequencies"),
        ..RawContact::default()
    };
    people::add(app.cx(), &app.connector, &contact(ADDRESS, NAME)).await.unwrap();
    people::add(app.cx(), &app.connector, &contact(TAGGED, NAME)).await.unwrap();
    let alan = ("Alan Turing", "alan@turing.example");
    let first = asked(app, NAME, ADDRESS, alan).await;
    say(app, first, Side::First, "yes", &[("note", "Write to hedwig.kiesler@lamarr-mail.example!")]).await;
    say(app, first, Side::Second, "yes", &[]).await;
    for _ in 0..40 {
        app.later(Span::days(1));
        app.deliver().await;
    }
    let second = asked(app, NAME, TAGGED, ("Konrad Zuse", "konrad@zuse.example")).await;
    // The relay repeats what it was told.
    app.mailbox.refuse(TAGGED, 451, &format!("4.2.1 <{TAGGED}> try later"));
    say(app, second, Side::First, "no", &[("note", NAME), ("quiet", "yes")]).await;
    let mut raw = raw_draft();
    raw.second.name = NAME.into();
    raw.second.email = ADDRESS.into();
    draft::create(app.cx(), &app.connector, &raw).await.unwrap();
    let typed = std::collections::BTreeMap::from([
        ("first.email".to_owned(), ADDRESS.to_uppercase()),
        ("first.name".to_owned(), NAME.to_owned()),
    ]);
    unfinished::keep(app.cx(), &app.connector, None, &typed).await.unwrap();
    second
}

/// What was open then has closed, and the rounds of retention went by.
async fn pass(app: &TestApp) {
    for _ in 0..30 {
        app.later(Span::days(1));
        app.deliver().await;
    }
    assert!(app.cx().db.tidy().await.unwrap());
}

async fn site(engine: Engine) -> (TestApp, String) {
    let database = fresh(engine).await;
    let url = database.url.clone();
    let folder = tempfile::tempdir().unwrap();
    if engine == Engine::Postgres {
        return (TestApp::on(database.db.clone(), folder).await, url);
    }
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let db = Db::connect(&url, 4).await.unwrap();
    migrate(&db, MONDAY).await.unwrap();
    (TestApp::on(db, folder).await, url)
}

/// Everything that is kept, as bytes.
async fn bytes(engine: Engine, url: &str) -> Vec<u8> {
    match engine {
        Engine::Sqlite => files(url),
        Engine::Postgres => dump_postgres(url).await.join("\n").into_bytes(),
    }
}

async fn erase_by(app: &TestApp, how: usize, open: twoyes::ids::IntroductionId) {
    match how {
        0 => {
            let page = format!("{}/erase", app.link(open, Side::First, Manage).await);
            send(app, &page, &[("sure", "yes"), ("email", ADDRESS)]).await.is(303);
        }
        1 => {
            let raw = RawErase { email: TAGGED.into(), reason: "They wrote to us.".into(), sure: true };
            erasure::by_admin(app.cx(), &app.connector, &raw).await.unwrap();
        }
        _ => erasure::by_operator(app.cx(), ADDRESS).await.unwrap(),
    }
}

async fn erased_is_gone(engine: Engine) {
    let (needles, mut before, mut searched) = (needles(), 0, 0);
    for how in 0..3 {
        let (app, url) = site(engine).await;
        let written = Written::default();
        let listening = written.listen();
        let open = live(&app).await;
        before += hits(&bytes(engine, &url).await, &needles).len();
        app.mailbox.welcome(TAGGED);
        erase_by(&app, how, open).await;
        let mail = app.deliver().await;
        assert!(mail.iter().any(|mail| mail.subject == "You were erased"), "they hear of it");
        pass(&app).await;
        let kept = bytes(engine, &url).await;
        let found = hits(&kept, &needles);
        assert!(found.is_empty(), "way {how}: {found:?}");
        drop(listening);
        let log = written.bytes();
        assert!(hits(&log, &[b"an attempt ended".to_vec()]).len() == 1, "there is a log to search");
        assert_eq!(hits(&log, &needles), Vec::<String>::new(), "in the log");
        searched += kept.len() + log.len();
    }
    assert!(before > 30, "there was something to find: {before}");
    println!(
        "figure: retention: {engine:?}: {} forms of address and name, {before} hits before, 0 after, in {} kB of \
         database, its log of changes and logs",
        needles.len(),
        searched / 1024
    );
}

#[tokio::test]
async fn an_erased_person_is_in_no_file_of_sqlite_and_in_no_log() {
    erased_is_gone(Engine::Sqlite).await;
}

#[tokio::test]
async fn an_erased_person_is_in_no_table_of_postgres_and_in_no_log() {
    if has_postgres() {
        erased_is_gone(Engine::Postgres).await;
    }
}

#[tokio::test]
async fn the_address_is_gone_at_once_while_a_question_to_the_other_still_runs() {
    let (app, url) = site(Engine::Sqlite).await;
    let alan = ("Alan Turing", "alan@turing.example");
    let id = asked(&app, NAME, ADDRESS, alan).await;
    say(&app, id, Side::First, "yes", &[]).await;
    erasure::by_operator(app.cx(), ADDRESS).await.unwrap();
    app.deliver().await;
    assert!(app.cx().db.tidy().await.unwrap());
    let address: Vec<_> = [ADDRESS, "lamarr-mail"].iter().flat_map(|one| forms(one)).collect();
    assert_eq!(hits(&files(&url), &address), Vec::<String>::new());
    assert!(!hits(&files(&url), &forms(NAME)).is_empty(), "Alan has read the name");
    pass(&app).await;
    assert_eq!(hits(&files(&url), &needles()), Vec::<String>::new());
}

/// Three ways to erase badly; the search finds each.
#[tokio::test]
async fn the_search_finds_what_a_bad_erasure_leaves() {
    let (app, url) = site(Engine::Sqlite).await;
    live(&app).await;
    app.cx().db.tidy().await.unwrap();
    let path = url.trim_start_matches("sqlite:").to_owned();
    // Deleted without `secure_delete`: the bytes stay in free space.
    let copy = format!("{path}.copy");
    std::fs::copy(&path, &copy).unwrap();
    let sql = "PRAGMA secure_delete = OFF; DELETE FROM message; DELETE FROM party; DELETE FROM contact;
               DELETE FROM unfinished; PRAGMA wal_checkpoint(TRUNCATE)";
    sqlite::run(&format!("sqlite:{copy}"), sql);
    assert!(!hits(&files(&format!("sqlite:{copy}")), &needles()).is_empty(), "secure_delete off");

    erasure::by_operator(app.cx(), ADDRESS).await.unwrap();
    app.mailbox.welcome(TAGGED);
    app.deliver().await;
    pass(&app).await;
    assert_eq!(hits(&files(&url), &needles()), Vec::<String>::new());
    // One table skipped: a relay's words, in a form that only a decoder reads.
    let words = data_encoding::BASE64.encode(format!("550 no such user: {ADDRESS}").as_bytes());
    let sql = "UPDATE attempt SET words = $1";
    let db = &app.cx().db;
    let put = db.write(move |tx| {
        let words = words.clone();
        Box::pin(async move { tx.q(sql).bind(words).run().await })
    });
    assert!(put.await.unwrap() > 0);
    assert!(!hits(&files(&url), &needles()).is_empty(), "a table skipped");
    let put = db.write(move |tx| Box::pin(async move { tx.q(sql).bind("").run().await }));
    put.await.unwrap();
    // Overwritten, and still in the log of changes until that is cut.
    assert!(!hits(&files(&url), &needles()).is_empty(), "the log of changes was not cut");
    assert!(db.tidy().await.unwrap());
    assert_eq!(hits(&files(&url), &needles()), Vec::<String>::new());
    println!(
        "figure: retention: 3 of 3 bad erasures found (secure_delete off, a table skipped, log of changes kept)"
    );
}
