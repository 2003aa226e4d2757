//! Worlds for the tests of retention and erasure, and looking for bytes in whatever a service leaves behind.

use data_encoding::{BASE64, HEXLOWER};
use sqlx::{AssertSqlSafe, Connection, Row};
use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::letter::LinkName::Answer;
use twoyes::ids::IntroductionId;

use crate::support::app::{Page, TestApp, raw_draft};
use crate::your_page_kit::{ask, send};

/// Answers as a person does, and lets what follows happen.
pub async fn say(app: &TestApp, id: IntroductionId, side: Side, choice: &str, more: &[(&str, &str)]) -> Page {
    let link = app.link(id, side, Answer).await;
    let mut form = vec![("choice", choice)];
    form.extend_from_slice(more);
    let page = send(app, &link, &form).await.is(200);
    app.later(Span::minutes(1));
    app.deliver().await;
    page
}

/// An ask to a first person of this name; everything that is written about them has the name in it.
pub async fn asked(app: &TestApp, name: &str, email: &str, other: (&str, &str)) -> IntroductionId {
    let mut raw = raw_draft();
    raw.first.name = name.into();
    raw.first.email = email.into();
    raw.first.blurb = format!("{name} has built compilers.");
    raw.first.described = format!("an engineer like {name}");
    raw.second.name = other.0.into();
    raw.second.email = other.1.into();
    raw.second.why = format!("{name} has solved your problem.");
    raw.shared = format!("{name}, meet {}. You both build machines.", other.0);
    let id = ask(app, &raw).await.unwrap().id;
    app.deliver().await;
    id
}

/// Every row of every table of PostgreSQL as text, as a dump would have it.
pub async fn dump_postgres(url: &str) -> Vec<String> {
    let mut server = sqlx::PgConnection::connect(url).await.unwrap();
    let tables =
        "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1";
    let tables = sqlx::query(tables).fetch_all(&mut server).await.unwrap();
    let mut all = Vec::new();
    for table in tables {
        let name: String = table.get("name");
        let sql = format!("SELECT '{name}: ' || t::text FROM \"{name}\" t ORDER BY 1");
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut server).await.unwrap();
        all.extend(rows);
    }
    all
}

/// Forms in which a text can lie in a file: as it is, in other cases, as base64 at each of its three offsets,
/// as quoted-printable, in a URL, as hexadecimal.
pub fn forms(text: &str) -> Vec<Vec<u8>> {
    let mut found = vec![text.to_owned(), text.to_lowercase(), text.to_uppercase()];
    found.push(text.replace('@', "=40"));
    found.push(text.replace('@', "%40"));
    found.push(text.replace(' ', "=20"));
    found.push(text.replace(' ', "_"));
    found.push(text.replace(' ', "+"));
    found.push(HEXLOWER.encode(text.as_bytes()));
    for offset in 0..3 {
        let padded = [&vec![b'x'; offset][..], text.as_bytes()].concat();
        let whole = &padded[..padded.len() / 3 * 3];
        // The first group holds what stood before.
        let encoded = BASE64.encode(whole);
        found.push(encoded[if offset == 0 { 0 } else { 4 }..].to_owned());
    }
    found.retain(|one| one.len() > 5);
    found.sort();
    found.dedup();
    found.into_iter().map(String::into_bytes).collect()
}

/// Which of the needles are in the hay.
pub fn hits(hay: &[u8], needles: &[Vec<u8>]) -> Vec<String> {
    let inside = |needle: &&Vec<u8>| hay.windows(needle.len()).any(|window| window == needle.as_slice());
    needles.iter().filter(inside).map(|needle| String::from_utf8_lossy(needle).into_owned()).collect()
}

/// The database file and everything beside it that SQLite makes.
pub fn files(url: &str) -> Vec<u8> {
    let path = url.trim_start_matches("sqlite:");
    let mut all = Vec::new();
    for end in ["", "-wal", "-shm", "-journal"] {
        all.extend(std::fs::read(format!("{path}{end}")).unwrap_or_default());
    }
    all
}
