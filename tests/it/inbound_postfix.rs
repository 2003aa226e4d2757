//! A real Postfix takes a mail, cannot deliver it, and hands its bounce to `twoyes inbound` through a pipe.

use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use twoyes::store::Db;

use crate::support::db::{Engine, TestDb, both};
use crate::support::http::Http;
use crate::support::ports::free_port;
use crate::support::process::Instance;
use crate::support::world::draft;

const PATIENCE: Duration = Duration::from_mins(1);

/// A setting of `tests/run`. Missing it is a failure in CI and a loud skip elsewhere.
#[expect(clippy::disallowed_methods, reason = "what the test command hands over")]
fn setting(name: &str) -> Option<String> {
    let value = std::env::var(name).ok().filter(|value| !value.is_empty());
    assert!(value.is_some() || std::env::var_os("CI").is_none(), "{name} must be set in CI");
    if value.is_none() {
        eprintln!("\n*** SKIPPED: {name} is not set (tests/run does) ***\n");
    }
    value
}

/// The folder of an instance whose bounces come back through a pipe.
struct Pipe {
    folder: PathBuf,
    domain: String,
    user: u32,
}

impl Pipe {
    fn new(engine: Engine) -> Option<Self> {
        let (pipes, user) = (setting("TWOYES_TEST_PIPES")?, setting("TWOYES_TEST_PIPE_USER")?);
        let domain = format!("{engine:?}{}.pipe.test", free_port()).to_lowercase();
        let folder = Path::new(&pipes).join(&domain);
        std::fs::create_dir(&folder).unwrap();
        Some(Self { folder, domain, user: user.parse().unwrap() })
    }

    /// Program and configuration, and all of it for the user that the pipe runs as.
    fn open(&self, instance: &Instance) {
        std::fs::copy(env!("CARGO_BIN_EXE_twoyes"), self.folder.join("twoyes")).unwrap();
        std::fs::copy(instance.path("twoyes.toml"), self.folder.join("twoyes.toml")).unwrap();
        for entry in std::fs::read_dir(&self.folder).unwrap() {
            chown(entry.unwrap().path(), Some(self.user), None).unwrap();
        }
        chown(&self.folder, Some(self.user), None).unwrap();
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        // The copy of the program is large.
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

fn instance(db: &TestDb, pipe: &Pipe) -> Option<Instance> {
    let (smtp, root) = (setting("TWOYES_TEST_SMTP")?, setting("TWOYES_TEST_SMTP_ROOT")?);
    let port = smtp.rsplit_once(':').unwrap().1;
    let mut new = Instance::with_relay(port.parse().unwrap());
    new.set("smtp.host", "localhost");
    new.set("smtp.tls", "starttls");
    new.set("smtp.extra_root_file", &root);
    new.set("inbound.bounce_address", &format!("bounces@{}", pipe.domain));
    new.set("keys.file", &pipe.folder.join("twoyes.keys").display().to_string());
    match db.engine {
        Engine::Sqlite => {
            let file = pipe.folder.join("twoyes.db");
            new.set("database.url", &format!("sqlite:{}", file.display()));
        }
        Engine::Postgres => new.set("database.url", &db.url),
    }
    Some(new)
}

struct Desk<'a> {
    http: Http,
    token: &'a str,
}

impl Desk<'_> {
    async fn call(&mut self, method: hyper::Method, path: &str, body: &Value) -> Value {
        let answer = self.http.api(self.token, method, path, body, None).await.unwrap();
        assert!(answer.is_good(), "{path}: {} {}", answer.status, answer.body);
        answer.json()
    }

    async fn ask(&mut self, first: &str) -> String {
        let mut draft = draft();
        draft["first"]["email"] = json!(first);
        draft["second"]["email"] = json!(format!("other-{first}"));
        let made = self.call(hyper::Method::POST, "/introductions", &draft).await;
        let id = made["id"].as_str().unwrap().to_owned();
        self.call(hyper::Method::POST, &format!("/introductions/{id}/ask"), &Value::Null).await;
        id
    }

    async fn is_unreachable(&mut self, id: &str) -> bool {
        let shown = self.call(hyper::Method::GET, &format!("/introductions/{id}"), &Value::Null).await;
        shown["first"]["undeliverable"] == true
    }
}

/// What the bounces of this database said.
async fn bounces(db: &Db) -> Vec<String> {
    let mut tx = db.read().await.unwrap();
    let sql = "SELECT enhanced FROM attempt WHERE stage = 'bounce' ORDER BY enhanced";
    let rows = tx.q(sql).all().await.unwrap();
    rows.iter().map(|row| row.get("enhanced").unwrap()).collect()
}

both! {
    async fn a_real_bounce_comes_back_through_the_pipe(db: TestDb) {
        let Some(pipe) = Pipe::new(db.engine) else { return };
        let Some(instance) = instance(&db, &pipe) else { return };
        let token = instance.admin("lena@connect.example").await;
        let running = instance.serve().await;
        pipe.open(&instance);
        let mut desk = Desk { http: Http::new(running.port), token: &token };
        let gone = desk.ask("gone@example.org").await;
        let full = desk.ask("overquota@example.org").await;
        let fine = desk.ask("fine@example.org").await;

        let began = Instant::now();
        let db_url = match db.engine {
            Engine::Sqlite => format!("sqlite:{}", pipe.folder.join("twoyes.db").display()),
            Engine::Postgres => db.url.clone(),
        };
        let look = Db::connect(&db_url, 1).await.unwrap();
        while bounces(&look).await.len() < 2 {
            assert!(began.elapsed() < PATIENCE, "no bounce came back: {:?}", bounces(&look).await);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        println!("figure: inbound: {:?}: two bounces of a real Postfix came back within {:.1?}", db.engine, began.elapsed());
        assert_eq!(bounces(&look).await, ["5.1.1", "5.2.2"]);
        assert!(desk.is_unreachable(&gone).await, "the connector is told of an address that does not exist");
        assert!(!desk.is_unreachable(&full).await, "a full mailbox is no wrong address");
        assert!(!desk.is_unreachable(&fine).await);
    }
}
