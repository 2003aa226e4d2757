//! A fresh, migrated database for each test, on both engines.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tempfile::TempDir;
use twoyes::clock::Ts;
use twoyes::store::{Db, migrate};

/// Where the PostgreSQL for tests is; its user may make schemas.
const VARIABLE: &str = "TWOYES_TEST_POSTGRES";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A database of its own. The SQLite file goes when this is dropped; the PostgreSQL schema stays until the
/// server is thrown away.
pub struct TestDb {
    pub db: Db,
    pub engine: Engine,
    /// For another process on the same database.
    pub url: String,
    _folder: Option<TempDir>,
}

impl TestDb {
    /// The same database through connections of its own, as another process has it.
    pub async fn again(&self) -> Db {
        Db::connect(&self.url, 4).await.unwrap()
    }
}

/// A migrated database that nobody else uses.
pub async fn fresh(engine: Engine) -> TestDb {
    let (url, folder) = match engine {
        Engine::Sqlite => {
            let folder = tempfile::tempdir().unwrap();
            (format!("sqlite:{}", folder.path().join("twoyes.db").display()), Some(folder))
        }
        Engine::Postgres => (fresh_schema().await, None),
    };
    let db = Db::connect(&url, 4).await.unwrap();
    migrate(&db, Ts(0)).await.unwrap();
    TestDb { db, engine, url, _folder: folder }
}

/// False, loudly, when there is no PostgreSQL to test on. In CI that is a failure.
pub fn has_postgres() -> bool {
    if variable(VARIABLE).is_some() {
        return true;
    }
    assert!(variable("CI").is_none(), "{VARIABLE} must be set in CI");
    eprintln!("\n*** SKIPPED: no PostgreSQL, set {VARIABLE} (tests/run does) ***\n");
    false
}

/// A schema in the one database: cheaper than a database, and as separate for our tables.
async fn fresh_schema() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("t{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let url = variable(VARIABLE).unwrap();
    let mut server = PgConnection::connect(&url).await.unwrap();
    // Process ids come again.
    let sql = format!("DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}");
    server.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
    server.close().await.unwrap();
    let sign = if url.contains('?') { '&' } else { '?' };
    format!("{url}{sign}options[search_path]={name}")
}

/// The URL of the PostgreSQL for tests.
pub fn server() -> String {
    variable(VARIABLE).unwrap()
}

/// A PostgreSQL database with nothing in it, or with all that another one has (which nobody may use
/// meanwhile). Returns its URL.
pub async fn database(like: Option<&str>) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("d{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let template = like.map_or("template1", database_name);
    run_on_server(format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    let url = variable(VARIABLE).unwrap();
    format!("{}/{name}", url.rsplit_once('/').unwrap().0)
}

pub async fn drop_database(url: &str) {
    run_on_server(format!("DROP DATABASE {} WITH (FORCE)", database_name(url))).await;
}

fn database_name(url: &str) -> &str {
    url.rsplit_once('/').unwrap().1
}

async fn run_on_server(sql: String) {
    let mut server = PgConnection::connect(&variable(VARIABLE).unwrap()).await.unwrap();
    server.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
    server.close().await.unwrap();
}

#[expect(clippy::disallowed_methods, reason = "what the test command hands over")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Each function becomes two tests, `name::sqlite` and `name::postgres`.
///
/// ```ignore
/// both! {
///     async fn a_row_is_kept(db: TestDb) { .. }
/// }
/// ```
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: TestDb) $body:block)+) => {$(
        mod $name {
            use super::*;
            use $crate::support::db::{Engine, TestDb, fresh, has_postgres};

            async fn body($db: TestDb) $body

            $(#[$meta])*
            #[tokio::test]
            async fn sqlite() {
                body(fresh(Engine::Sqlite).await).await;
            }

            $(#[$meta])*
            #[tokio::test]
            async fn postgres() {
                if has_postgres() {
                    body(fresh(Engine::Postgres).await).await;
                }
            }
        }
    )+};
}
pub(crate) use both;
