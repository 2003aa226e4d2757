//! Query plans on SQLite: no statement reads through a whole growing table.

use std::collections::BTreeSet;

use rusqlite::Connection;
use twoyes::domain::asking::Side;
use twoyes::domain::draft::RawDraft;
use twoyes::domain::letter::LinkName;
use twoyes::flow::{ask, draft};

use crate::support::app::{TestApp, raw_draft};
use crate::support::db::{Engine, fresh};
use crate::support::sqlite;

/// The tables that grow with use.
const GROWING: [&str; 16] = [
    "desk",
    "introduction",
    "party",
    "delivery",
    "message",
    "event",
    "contact",
    "contact_word",
    "attempt",
    "suppression",
    "tallied",
    "tally",
    "tally_days",
    "tally_batch",
    "outcome_list",
    "outcome_word",
];

/// The text of every statement in `src/store/`; of a pair that differs the one for SQLite.
fn statements() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("src/store").unwrap() {
        let path = entry.unwrap().path();
        let code = std::fs::read_to_string(&path).unwrap();
        for call in [".q(", ".q2("] {
            for rest in code.split(call).skip(1) {
                if let Some(text) = rest.trim_start().strip_prefix('"') {
                    let text = text.split('"').next().unwrap();
                    found.push((path.file_name().unwrap().to_string_lossy().into_owned(), text.to_owned()));
                }
            }
        }
    }
    found
}

/// The partial indexes hold only what waits, so walking along one of them is what it is for.
fn partial_indexes(file: &Connection) -> BTreeSet<String> {
    let sql = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'";
    sqlite::texts(file, sql).into_iter().collect()
}

fn plan(file: &Connection, sql: &str) -> Vec<String> {
    let explained = file.prepare(&format!("EXPLAIN QUERY PLAN {sql}"));
    let mut explained = explained.unwrap_or_else(|error| panic!("{error} in {sql}"));
    let mut steps = explained.raw_query();
    std::iter::from_fn(|| steps.next().unwrap().map(|step| step.get("detail").unwrap())).collect()
}

/// `SCAN d USING INDEX x` reads all of `d`, unless `x` holds only a part of it.
fn reads_everything(step: &str, partial: &BTreeSet<String>) -> bool {
    let mut words = step.split_whitespace();
    if words.next() != Some("SCAN") {
        return false;
    }
    let table = words.next().unwrap_or_default();
    // The aliases in use.
    let table = match table {
        "d" => "delivery",
        "m" => "message",
        "s" => "suppression",
        "i" => "introduction",
        "a" | "b" => "party",
        other => other,
    };
    GROWING.contains(&table) && !partial.iter().any(|index| step.ends_with(&format!(" {index}")))
}

#[tokio::test]
async fn no_statement_reads_through_a_whole_table() {
    let db = fresh(Engine::Sqlite).await;
    let file = sqlite::open(&db.url);
    let partial = partial_indexes(&file);
    assert!(partial.len() >= 4, "{partial:?}");
    let statements = statements();
    assert!(statements.len() > 60, "only {} statements were found", statements.len());
    let mut slow = Vec::new();
    // The command line may take its time.
    for (path, sql) in statements.iter().filter(|(path, _)| path != "link_keys.rs" && path != "copy.rs") {
        for step in plan(&file, sql) {
            if reads_everything(&step, &partial) {
                slow.push(format!("{path}: {step}\n    {sql}"));
            }
        }
    }
    println!("{} statements planned", statements.len());
    assert!(slow.is_empty(), "whole tables are read:\n{}", slow.join("\n"));
}

#[tokio::test]
async fn a_scan_is_noticed() {
    let db = fresh(Engine::Sqlite).await;
    let file = sqlite::open(&db.url);
    let partial = partial_indexes(&file);
    for sql in [
        "SELECT * FROM event WHERE what = 'closed'",
        "SELECT d.id FROM delivery d WHERE recipient = $1",
        "SELECT id FROM introduction WHERE round > 0 ORDER BY id",
        "UPDATE party SET name = 'x' WHERE email = $1",
        "SELECT COUNT(*) FROM tally WHERE day > $1",
        "SELECT word FROM outcome_word WHERE introduction_id = $1",
        "SELECT i.id FROM introduction i ORDER BY i.created_at",
    ] {
        let steps = plan(&file, sql);
        assert!(steps.iter().any(|step| reads_everything(step, &partial)), "{sql}: {steps:?}");
    }
}

/// A list is read along its own part of the index and not sorted, whatever the log is narrowed to.
#[tokio::test]
async fn the_outcome_log_is_read_in_the_order_of_its_lists() {
    let db = fresh(Engine::Sqlite).await;
    let file = sqlite::open(&db.url);
    let mut seen = 0;
    for (path, sql) in statements().iter().filter(|(path, _)| path == "outcome_lists.rs") {
        let steps = plan(&file, sql);
        if sql.contains("ORDER BY introduction_id DESC LIMIT $4") {
            seen += 1;
            let first = steps.iter().find(|step| step.starts_with("SEARCH outcome_")).unwrap();
            assert!(first.contains("=? AND introduction_id>? AND introduction_id<?)"), "{path}: {steps:?}");
        }
    }
    assert!(seen >= 3, "{seen}");
}

/// What is due is leased along its index: read up to the limit, and never sorted.
#[tokio::test]
async fn a_lease_reads_what_is_due_in_its_order() {
    let db = fresh(Engine::Sqlite).await;
    let file = sqlite::open(&db.url);
    let code = std::fs::read_to_string("src/store/courier.rs").unwrap();
    let mut seen = 0;
    for from in code.split('"').filter(|text| text.starts_with("FROM delivery d INDEXED BY")) {
        seen += 1;
        let steps = plan(&file, &format!("SELECT d.id, m.headers {from}"));
        assert!(steps.iter().any(|step| step.contains("delivery_due (due_at<?)")), "{steps:?}");
        assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{steps:?}");
    }
    assert_eq!(seen, 2, "with busy domains and without");
}

/// Whoever writes to a table evaluates the conditions of its indexes. For a list of more than two values SQLite makes
/// a table each time (docs/adr/0031).
#[tokio::test]
async fn no_table_is_made_to_queue_lease_mark_or_record_a_mail() {
    let db = fresh(Engine::Sqlite).await;
    let file = sqlite::open(&db.url);
    for sql in [
        "INSERT INTO delivery (id, kind, state, person) VALUES ($1, $2, $3, $4)",
        "UPDATE delivery SET state = $2, due_at = $3, person = $4, finished_at = $5 WHERE id = $1",
        "INSERT INTO message (id, kind) VALUES ($1, $2)",
        "INSERT INTO introduction (id, state) VALUES ($1, $2)",
        "UPDATE introduction SET state = $2, kept = $3, closed_at = $4, due_at = $5 WHERE id = $1",
        "INSERT INTO party (introduction_id, side, person) VALUES ($1, $2, $3)",
        "INSERT INTO desk (introduction_id, place, need) VALUES ($1, $2, $3)",
    ] {
        let mut explained = file.prepare(&format!("EXPLAIN {sql}")).unwrap();
        let mut steps = explained.raw_query();
        let opcodes = std::iter::from_fn(|| steps.next().unwrap().map(|step| step.get("opcode").unwrap()));
        let opcodes: Vec<String> = opcodes.collect();
        assert!(!opcodes.iter().any(|opcode| opcode == "OpenEphemeral"), "{sql}");
    }
}

/// The pages of the log of changes.
fn pages_in_log(url: &str) -> BTreeSet<u32> {
    let log = std::fs::read(format!("{}-wal", twoyes::store::sqlite_file(url).unwrap().display())).unwrap();
    let number = |bytes: &[u8]| u32::from_be_bytes(bytes.try_into().unwrap());
    let size = usize::try_from(number(&log[8..12])).unwrap();
    // The head of the log, and one before each page, which begins with its number: <https://sqlite.org/fileformat2.html>.
    log[32..].chunks_exact(24 + size).map(|frame| number(&frame[..4])).collect()
}

/// Each index that is written to is a page more to keep, somewhere else for everybody.
#[tokio::test]
async fn an_answer_writes_to_no_index_of_what_it_leaves_as_it_was() {
    let app = TestApp::new().await;
    let together = RawDraft { order: "together".into(), ..raw_draft() };
    let draft = draft::create(app.cx(), &app.connector, &together).await.unwrap();
    let of = ask::ask(app.cx(), &app.connector, draft.id).await.unwrap();
    let link = app.link(of.id, Side::First, LinkName::Answer).await;
    let nonce = app.get(&link).await.value("nonce");
    assert!(app.cx().db.tidy().await.unwrap());
    app.post(&link, &[("choice", "yes"), ("nonce", &nonce)]).await.is(200);
    let url = app.database_url();
    let written = pages_in_log(&url);
    let file = sqlite::open(&url);
    // Each is one page as yet.
    let is_written = |index: &str| {
        let root = format!("SELECT rootpage FROM sqlite_master WHERE name = '{index}'");
        written.contains(&u32::try_from(sqlite::number(&file, &root)).unwrap())
    };
    for index in ["party", "introduction", "consent_introduction", "delivery_state"] {
        assert!(is_written(index), "{index}: the log is not read as it is");
    }
    for index in
        ["party_person", "introduction_asked", "introduction_state", "introduction_leaves", "delivery_leased"]
    {
        assert!(!is_written(index), "{index}");
    }
}
