//! An installation on either engine, as a process, and what the backup tests do to it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use twoyes::clock::Ts;
use twoyes::domain::party::PersonKey;
use twoyes::ids::derive;
use twoyes::store::erasure_ledger::{self, Erased};
use twoyes::store::{Db, instance, suppressions};

use crate::support::db::Engine;
use crate::support::process::Instance;
use crate::support::smtp_sink::SmtpSink;

/// Each function becomes a test per engine. Each installation has a database of its own: a dump is of a whole
/// one.
macro_rules! both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($engine:ident: Engine) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn body($engine: Engine) $body

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                body(Engine::Sqlite).await;
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if crate::support::db::has_postgres() {
                    body(Engine::Postgres).await;
                }
            }
        }
    )+};
}
pub(crate) use both_engines;

/// One installation and the relay that it mails to.
pub struct Site {
    pub instance: Instance,
    pub sink: Arc<SmtpSink>,
    pub engine: Engine,
    pub url: String,
}

impl Site {
    pub async fn new(engine: Engine) -> Self {
        let sink = Arc::new(SmtpSink::start().await);
        let mut instance = Instance::with_relay(sink.port());
        // A moved copy answers under the same address, so that links stay good.
        instance.set("server.base_url", "https://intro.example");
        instance.set_raw("asking.contest_seconds", "0");
        instance.set_raw("asking.hold_seconds", "1");
        let url = match engine {
            Engine::Sqlite => format!("sqlite:{}", instance.path("twoyes.db").display()),
            Engine::Postgres => fresh_database().await,
        };
        instance.set("database.url", &url);
        Self { instance, sink, engine, url }
    }

    /// An empty installation with the keys of this one, as on a new machine.
    pub async fn new_machine(&self) -> Self {
        let new = Self::new(self.engine).await;
        let keys = self.instance.path("twoyes.keys");
        std::fs::copy(keys, new.instance.path("twoyes.keys")).unwrap();
        new
    }

    pub async fn db(&self) -> Db {
        Db::connect(&self.url, 2).await.unwrap()
    }

    /// Somebody says never, without a process.
    pub async fn never(&self, who: &str, at: i64) {
        let person = person(who);
        let db = self.db().await;
        let added = db.write(move |tx| {
            Box::pin(async move { suppressions::add_by_admin(tx, person, "told us", Ts(at)).await })
        });
        added.await.unwrap();
    }

    pub async fn erased(&self, who: &str, at: i64) {
        let of = Erased { person: person(who), at: Ts(at) };
        self.db().await.write(move |tx| Box::pin(erasure_ledger::note(tx, of))).await.unwrap();
    }

    pub async fn knows(&self, who: &str) -> bool {
        let db = self.db().await;
        suppressions::find(&mut db.read().await.unwrap(), person(who)).await.unwrap().is_some()
    }

    pub async fn is_quarantined(&self) -> bool {
        let db = self.db().await;
        instance::is_quarantined(&mut db.read().await.unwrap()).await.unwrap()
    }

    pub async fn backup(&self, to: &Path) -> String {
        self.instance.good(&["backup", &to.display().to_string()]).await
    }

    pub async fn restore(&self, from: &Path) -> String {
        self.instance.good(&["restore", &from.display().to_string()]).await
    }
}

pub fn person(who: &str) -> PersonKey {
    PersonKey(derive(b"person", who))
}

/// A database of the test server; it goes with the server.
async fn fresh_database() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("b{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let url = crate::support::db::server();
    let mut server = PgConnection::connect(&url).await.unwrap();
    for sql in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")] {
        server.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
    }
    server.close().await.unwrap();
    let (before, query) =
        url.split_once('?').map_or((url.as_str(), String::new()), |(url, query)| (url, format!("?{query}")));
    let (server, _) = before.rsplit_once('/').unwrap();
    format!("{server}/{name}{query}")
}
