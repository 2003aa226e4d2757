//! The API in process, with accounts and tokens as a test likes them.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;
use twoyes::app::{App, Choices};
use twoyes::clock::{Clock, Span};
use twoyes::config::{Config, Secret, Transport};
use twoyes::domain::connector::{Connector, Role, Scope};
use twoyes::domain::link::{Claims, Purpose};
use twoyes::flow::account;
use twoyes::flow::answer::{self, RawReply};
use twoyes::ids::{Ids, IntroductionId};

use crate::support::db::TestDb;
use crate::support::world::START;

pub struct Api {
    pub app: App,
    pub clock: Clock,
    router: Router,
    database: TestDb,
    _folder: TempDir,
}

pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    pub fn id(&self) -> String {
        assert_eq!(self.status, StatusCode::CREATED, "{}", self.text);
        self.json()["id"].as_str().unwrap().to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Status and stable code of a problem; checks the shape of the document.
    pub fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        let document = self.json();
        assert_eq!(document["type"], "about:blank");
        assert_eq!(document["status"], self.status.as_u16());
        for words in ["title", "detail"] {
            assert!(document[words].as_str().unwrap().contains(' '), "{document}");
        }
        (self.status.as_u16(), document["code"].as_str().unwrap().to_owned())
    }

    /// `field: code` of each problem, sorted; checks that each has a sentence.
    pub fn faults(&self) -> Vec<String> {
        assert_eq!(self.problem(), (422, "invalid".to_owned()), "{}", self.text);
        let document = self.json();
        let line = |problem: &Value| {
            let sentence = problem["sentence"].as_str().unwrap();
            assert!(sentence.contains(' '), "{problem}");
            format!("{}: {}", problem["field"].as_str().unwrap(), problem["code"].as_str().unwrap())
        };
        let mut lines: Vec<String> = document["problems"].as_array().unwrap().iter().map(line).collect();
        lines.sort();
        lines
    }
}

impl Api {
    pub async fn new(database: TestDb) -> Self {
        Self::with(database, Ids::System).await
    }

    /// The same ids in every run; good for one account and one thing of a kind at a time.
    pub async fn repeatable(database: TestDb) -> Self {
        Self::with(database, Ids::derived(7)).await
    }

    async fn with(database: TestDb, ids: Ids) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed(START);
        let mut config = Config::default();
        config.server.base_url = "http://127.0.0.1:8080".into();
        config.database.url = Secret::new(database.url.clone());
        config.database.max_connections = 4;
        config.keys.file = folder.path().join("test.keys");
        config.mail.transport = Transport::Mailbox;
        config.mail.from_address = "introductions@twoyes.example".into();
        let app = App::build(&config, Choices { clock: clock.clone(), ids }).await.unwrap();
        let router = twoyes::web::routes::router(&app.web);
        Self { app, clock, router, database, _folder: folder }
    }

    pub async fn account(&self, name: &str, email: &str, role: Role) -> Connector {
        account::add(&self.app.cx, email, name, role).await.unwrap()
    }

    pub async fn token(&self, who: &Connector, scopes: &[Scope]) -> String {
        account::add_token(&self.app.cx, who, "test", scopes).await.unwrap().1
    }

    /// A connector and a token that reads and writes.
    pub async fn lena(&self) -> String {
        let lena = self.account("Lena Brandt", "lena@connect.example", Role::Connector).await;
        self.token(&lena, &[Scope::Read, Scope::Write]).await
    }

    /// An admin's token with every scope.
    pub async fn admin(&self) -> String {
        let admin = self.account("Ruth Admin", "ruth@connect.example", Role::Admin).await;
        self.token(&admin, &[Scope::Read, Scope::Write, Scope::Admin]).await
    }

    pub async fn call(&self, token: &str, method: &str, path: &str, body: &Value) -> Reply {
        self.call_with(token, method, path, body, &[]).await
    }

    pub async fn call_with(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: &Value,
        headers: &[(&str, &str)],
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = if body.is_null() {
            request.body(Body::empty())
        } else {
            request.header("content-type", "application/json").body(Body::from(body.to_string()))
        };
        self.send(request.unwrap()).await
    }

    pub async fn get(&self, token: &str, path: &str) -> Reply {
        self.call(token, "GET", path, &Value::Null).await
    }

    /// A POST under an `Idempotency-Key`.
    pub async fn post_once(&self, token: &str, path: &str, body: &Value, key: &str) -> Reply {
        self.call_with(token, "POST", path, body, &[("idempotency-key", key)]).await
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), 16 << 20).await.unwrap();
        Reply { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    /// A file of contacts.
    pub async fn send_file(&self, token: &str, file: &str) -> Reply {
        let request = Request::builder()
            .method("POST")
            .uri("/api/v1/imports?name=people.csv")
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/octet-stream");
        self.send(request.body(Body::from(file.to_owned())).unwrap()).await
    }

    /// Drafts; the first's address is `NAME@example.org`.
    pub async fn draft(&self, token: &str, name: &str) -> String {
        self.draft_of(token, name, &draft()["second"]["email"]).await
    }

    /// With another second person.
    pub async fn draft_of(&self, token: &str, name: &str, second: &Value) -> String {
        self.clock.advance(Span::seconds(1));
        let mut body = draft();
        body["first"]["email"] = json!(format!("{name}@example.org"));
        body["second"]["email"] = second.clone();
        self.call(token, "POST", "/api/v1/introductions", &body).await.id()
    }

    pub async fn asked(&self, token: &str, name: &str) -> String {
        let id = self.draft(token, name).await;
        let reply = self.call(token, "POST", &format!("/api/v1/introductions/{id}/ask"), &Value::Null).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        id
    }

    /// A party answers through their link, as the page would.
    pub async fn answer(&self, id: &str, side: &str, reply: RawReply) {
        let token = self.link(id, side).await;
        let page = answer::open(&self.app.cx, &token).await.unwrap();
        let raw = RawReply { nonce: page.nonce, ..reply };
        answer::give(&self.app.cx, &token, &raw).await.unwrap();
    }

    async fn link(&self, id: &str, side: &str) -> String {
        let id: IntroductionId = id.parse().unwrap();
        let mut tx = self.database.db.read().await.unwrap();
        let of = twoyes::store::introductions::view(&mut tx, id).await.unwrap().unwrap();
        let party = if side == "first" { &of.parties.first } else { &of.parties.second };
        let expires = party.asked.unwrap().deadline.minutes_ceil() + 60;
        let claims = Claims {
            purpose: Purpose::Consent,
            generation: party.generation,
            expires,
            reference: party.link,
        };
        let ring = self.app.cx.ring();
        ring.mint(ring.active_kid().unwrap(), &claims).unwrap()
    }

    /// Lets everything happen that is due.
    pub async fn pass(&self, span: Span) {
        self.clock.advance(span);
        self.app.worker.run_once().await;
    }
}

pub fn says(choice: &str) -> RawReply {
    RawReply { choice: choice.into(), ..RawReply::default() }
}

/// A draft that is taken as it is.
pub fn draft() -> Value {
    json!({
        "purpose": "job_search",
        "shared": "Ada has built schedulers for eight years; Grace leads the platform group at Northwind.",
        "step": "a call of twenty minutes next week",
        "first": {
            "name": "Ada Lovelace", "email": "ada@example.org",
            "how_known": "we worked together at Analytical",
            "why": "It is the kind of team you want to join.",
            "blurb": "I build schedulers and like hard deadlines."
        },
        "second": {
            "name": "Grace Hopper", "email": "grace@example.net",
            "described": "a platform lead I know from a meetup",
            "how_known": "we met at the compilers meetup",
            "why": "Ada has solved the queueing problem that you told me about, twice.",
            "blurb": "I lead the platform group at Northwind."
        }
    })
}
