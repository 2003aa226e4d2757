//! The whole service in process: real routes, flows, courier and database; a clock that stands, ids that
//! repeat, and a mailbox instead of a relay. Links are taken out of captured mail and followed.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;
use twoyes::app::{App, Choices};
use twoyes::clock::{Clock, Span, Ts};
use twoyes::config::{Config, Secret, Transport};
use twoyes::domain::connector::{Role, Scope};
use twoyes::flow::account;
use twoyes::ids::Ids;
use twoyes::mail::{Decoded, LocalMailbox, decode};

use super::db::TestDb;
pub use super::drafts::{ADA, GRACE, draft, hidden};

/// Monday, 2 March 2026, 09:00 UTC.
pub const START: Ts = Ts(1_772_442_000_000_000);

pub const BASE: &str = "https://localhost:8443";
pub const LENA: &str = "lena@connect.example";

pub struct World {
    pub app: App,
    pub clock: Clock,
    /// Of Lena, an admin, with every scope.
    pub token: String,
    router: Router,
    _database: TestDb,
    folder: TempDir,
}

/// A mail as a person gets it.
#[derive(Clone)]
pub struct Mail {
    pub to: String,
    pub decoded: Decoded,
    pub raw: String,
}

/// A page as a browser gets it.
pub struct Page {
    pub status: StatusCode,
    pub body: String,
}

/// Tests that are not about limits meet none.
pub fn unlimited(config: &mut Config) {
    let asking = &mut config.asking;
    (asking.asks_per_month, asking.asks_per_year, asking.cool_down_days) = (1_000, 10_000, 0);
    let limits = &mut config.limits;
    (limits.open_introductions, limits.begun_per_day) = (1_000_000, 1_000_000);
    (limits.pause_complaints, limits.pause_unreachable_percent) = (1_000_000, 100);
}

impl World {
    pub async fn new(database: TestDb) -> Self {
        Self::with(database, |_| {}).await
    }

    /// With a configuration of its own.
    pub async fn with(database: TestDb, change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed(START);
        let mut config = Config::default();
        config.server.base_url = BASE.into();
        config.database.url = Secret::new(database.url.clone());
        config.database.max_connections = 4;
        unlimited(&mut config);
        config.keys.file = folder.path().join("test.keys");
        config.mail.transport = Transport::Mailbox;
        config.mail.from_address = "introductions@twoyes.example".into();
        change(&mut config);
        let choices = Choices { clock: clock.clone(), ids: Ids::derived(1) };
        let app = App::build(&config, choices).await.unwrap();
        let lena = account::add(&app.cx, LENA, "Lena Brandt", Role::Admin).await.unwrap();
        let scopes = [Scope::Read, Scope::Write, Scope::Admin];
        let (_, token) = account::add_token(&app.cx, &lena, "test", &scopes).await.unwrap();
        let router = twoyes::web::routes::router(&app.web);
        Self { app, clock, token, router, _database: database, folder }
    }

    /// Lets everything happen that is due now, and returns the mails that left.
    pub async fn settle(&self) -> Vec<Mail> {
        self.app.worker.run_once().await;
        let caught = self.app.mailbox.as_ref().map(LocalMailbox::take_all).unwrap_or_default();
        let mut mails: Vec<Mail> = caught
            .into_iter()
            .map(|mail| Mail {
                to: mail.recipient.clone(),
                decoded: decode(&mail.raw),
                raw: String::from_utf8_lossy(&mail.raw).into_owned(),
            })
            .collect();
        // Several leave at once; tests want one order.
        mails.sort_by(|a, b| (&a.to, &a.decoded.subject).cmp(&(&b.to, &b.decoded.subject)));
        mails
    }

    /// Time passes; returns what left.
    pub async fn pass(&self, span: Span) -> Vec<Mail> {
        self.clock.advance(span);
        self.settle().await
    }

    pub fn keys_file(&self) -> std::path::PathBuf {
        self.folder.path().join("test.keys")
    }

    pub async fn api(&self, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .body(Body::from(text))
            .unwrap();
        let page = self.send(request).await;
        (page.status, serde_json::from_str(&page.body).unwrap_or(Value::Null))
    }

    pub async fn get(&self, path: &str) -> Page {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let encoded: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", percent(value))).collect();
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(encoded.join("&")))
            .unwrap();
        self.send(request).await
    }

    pub async fn send(&self, request: Request<Body>) -> Page {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 4 << 20).await.unwrap();
        Page { status, body: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    /// Drafts with [`draft`] changed by `change`; returns the id.
    pub async fn draft(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut body = draft();
        change(&mut body);
        let (status, made) = self.api(Method::POST, "/introductions", &body).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        made["id"].as_str().unwrap().to_owned()
    }

    pub async fn ask(&self, id: &str) -> Vec<Mail> {
        let (status, body) = self.api(Method::POST, &format!("/introductions/{id}/ask"), &Value::Null).await;
        assert!(status.is_success(), "{body}");
        self.settle().await
    }

    /// Opens the link and answers as a person does; returns the mails that follow.
    pub async fn answer(&self, link: &str, fields: &[(&str, &str)]) -> Vec<Mail> {
        let page = self.answer_page(link, fields).await;
        assert!(page.status.is_success() || page.status.is_redirection(), "{}: {}", page.status, page.body);
        self.settle().await
    }

    pub async fn answer_page(&self, link: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.get(link).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let nonce = hidden(&page.body, "nonce");
        let mut all = vec![("nonce", nonce.as_str())];
        all.extend_from_slice(fields);
        self.post(link, &all).await
    }

    pub async fn yes(&self, link: &str) -> Vec<Mail> {
        self.answer(link, &[("choice", "yes")]).await
    }

    /// The first's yes, and the moment that the second ask waits for a contradiction.
    pub async fn first_yes(&self, link: &str) -> Vec<Mail> {
        let mut mails = self.yes(link).await;
        mails.extend(self.pass(Span::seconds(10)).await);
        mails
    }

    pub async fn show(&self, id: &str) -> Value {
        let (status, body) = self.api(Method::GET, &format!("/introductions/{id}"), &Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    pub async fn state(&self, id: &str) -> String {
        self.show(id).await["state"].as_str().unwrap().to_owned()
    }
}

impl Mail {
    /// The path of the first link below `path`, as it stands alone on its line.
    pub fn link(&self, path: &str) -> String {
        let line = self.decoded.text.lines().map(str::trim).find(|line| line.contains(path));
        let line = line.unwrap_or_else(|| panic!("no link {path} in:\n{}", self.decoded.text));
        assert!(line.starts_with(BASE), "the link shares its line: {line}");
        line.trim_start_matches(BASE).to_owned()
    }

    pub fn answer_link(&self) -> String {
        self.link("/c/")
    }
}

/// The one mail to `who`.
pub fn only<'a>(mails: &'a [Mail], who: &str) -> &'a Mail {
    let found: Vec<&Mail> = mails.iter().filter(|mail| mail.to == who).collect();
    assert_eq!(found.len(), 1, "mails to {who}: {:?}", subjects(mails));
    found[0]
}

/// Recipient and subject of each.
pub fn subjects(mails: &[Mail]) -> Vec<String> {
    mails.iter().map(|mail| format!("{}: {}", mail.to, mail.decoded.subject)).collect()
}

fn percent(value: &str) -> String {
    value
        .bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}
