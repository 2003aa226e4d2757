//! The whole site in process: a fixed clock, derived ids, a temporary SQLite file, a local mailbox.

use std::sync::{Arc, OnceLock, RwLock};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;
use twoyes::clock::{Clock, Span};
use twoyes::domain::asking::{Policy, Side};
use twoyes::domain::connector::{Connector, Role};
use twoyes::domain::introduction::Introduction;
use twoyes::domain::letter::LinkName;
use twoyes::domain::link::{Claims, KeyState, LinkRing, Purpose};
use twoyes::flow::{Ctx, Cx, Secrets, Sender, account, ask, draft, log};
use twoyes::ids::{Ids, IntroductionId, LinkRef};
use twoyes::mail::{Decoded, LocalMailbox, Transport, decode};
use twoyes::metrics::Metrics;
use twoyes::store::{Db, introductions, migrate};
use twoyes::urls::Urls;
use twoyes::view::{Site, Views};
use twoyes::web::client::Clients;
use twoyes::web::{Inner, Web, routes};
use twoyes::worker::{Outlet, Settings, Worker};

use super::requests::form_request;
pub use super::requests::{encode, request};
use super::sqlite;
pub use super::usual::{BASE, MONDAY, raw_draft};

/// The site and who uses it.
pub struct TestApp {
    pub web: Web,
    pub router: Router,
    pub mailbox: LocalMailbox,
    /// Ada Lovelace, an admin with a session.
    pub connector: Connector,
    /// `name=value` of her session cookie.
    pub cookie: String,
    worker: Worker,
    dir: tempfile::TempDir,
}

/// An answered request.
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Page {
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }

    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.plain().contains(words), "no `{words}` in:\n{}", self.plain());
        self
    }

    #[track_caller]
    pub fn hides(self, words: &str) -> Self {
        assert!(!self.body.contains(words), "`{words}` in:\n{}", self.body);
        self
    }

    /// The words of the page: tags out, entities and white space as read.
    pub fn plain(&self) -> String {
        let mut out = String::new();
        for piece in self.body.split('<') {
            out.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
        }
        let out = out.replace("&#39;", "'").replace("&#x27;", "'").replace("&quot;", "\"");
        let out = out.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The value of a hidden field or a text field, by its name.
    #[track_caller]
    pub fn value(&self, name: &str) -> String {
        let tag = self.body.split('<').find(|tag| tag.contains(&format!("name=\"{name}\"")));
        let value = tag.and_then(|tag| tag.split_once("value=\"")).and_then(|(_, rest)| rest.split_once('"'));
        value.map_or_else(|| panic!("no value of {name} in:\n{}", self.body), |(value, _)| value.to_owned())
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// `name=value` of the cookies it sets.
    pub fn cookies(&self) -> Vec<String> {
        let set = self.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        set.map(|cookie| cookie.split(';').next().unwrap_or_default().to_owned()).collect()
    }
}

impl TestApp {
    pub async fn new() -> Self {
        let (db, dir) = sqlite().await;
        Self::on(db, dir).await
    }

    /// The site on a migrated database.
    pub async fn on(db: Db, dir: tempfile::TempDir) -> Self {
        let cx = context(db, Clock::fixed(MONDAY));
        Self::around(cx, dir).await
    }

    /// A site that is weakened on purpose, to see whether a test notices.
    pub async fn weakened(weaken: impl FnOnce(&mut Ctx)) -> Self {
        let (db, dir) = sqlite().await;
        Self::changed(db, dir, weaken).await
    }

    /// The site on a migrated database, with other settings.
    pub async fn changed(db: Db, dir: tempfile::TempDir, change: impl FnOnce(&mut Ctx)) -> Self {
        let mut cx = Arc::into_inner(context(db, Clock::fixed(MONDAY))).unwrap();
        change(&mut cx);
        Self::around(Arc::new(cx), dir).await
    }

    async fn around(cx: Cx, dir: tempfile::TempDir) -> Self {
        let mailbox = LocalMailbox::new(cx.clock.clone());
        let connector = account::add(&cx, "ada@lovelace.example", "Ada Lovelace", Role::Admin).await.unwrap();
        let session = account::session_for(&cx, &connector).await.unwrap();
        let metrics = Metrics::new();
        let transport = Transport::Mailbox(mailbox.clone());
        let outlet = Outlet { transport, signer: None, route: "local".into() };
        let worker = Worker::new(cx.clone(), outlet, Settings::default(), metrics.clone());
        let web = Web::new(Inner {
            cx,
            metrics,
            mailbox: Some(mailbox.clone()),
            body_limit: 16 * 1024,
            request_timeout: Duration::from_secs(30),
            https: false,
            clients: Clients::default(),
            instance: twoyes::flow::condition::Instance::default(),
            inbound: None,
        });
        let router = routes::router(&web);
        Self { web, router, mailbox, connector, cookie: format!("twoyes={session}"), worker, dir }
    }

    pub fn cx(&self) -> &Cx {
        &self.web.cx
    }

    /// Moves the clock.
    pub fn later(&self, by: Span) {
        self.cx().clock.advance(by);
    }

    /// A new session: one lasts seven days.
    pub async fn sign_in(&mut self) {
        let session = account::session_for(self.cx(), &self.connector).await.unwrap();
        self.cookie = format!("twoyes={session}");
    }

    /// Does everything that is due now; the mails that left, in the order in which they did.
    pub async fn deliver(&self) -> Vec<Decoded> {
        self.worker.run_once().await;
        self.mailbox.take_all().iter().map(|mail| decode(&mail.raw)).collect()
    }

    /// GET without a cookie.
    pub async fn get(&self, path: &str) -> Page {
        self.send(request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    /// GET as the connector.
    pub async fn see(&self, path: &str) -> Page {
        self.stay_awake().await;
        let request = request(Method::GET, path).header(COOKIE, &self.cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// POST of a form without a cookie, as a browser sends it from our own page.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Page {
        self.send(form_request(path).body(encode(form)).unwrap()).await
    }

    /// POST of a form as the connector.
    pub async fn act(&self, path: &str, form: &[(&str, &str)]) -> Page {
        self.stay_awake().await;
        let request = form_request(path).header(COOKIE, &self.cookie);
        self.send(request.body(encode(form)).unwrap()).await
    }

    /// Sessions end after twelve idle hours; stories that last days are told as if somebody came by.
    async fn stay_awake(&self) {
        let now = self.cx().now();
        let old = now - Span::hours(6);
        if now <= MONDAY + Span::hours(6) {
            return;
        }
        let sql = "UPDATE session SET seen_at = $1 WHERE seen_at < $2 AND expires_at > $1";
        let db = &self.cx().db;
        db.write(move |tx| Box::pin(async move { tx.q(sql).bind(now.0).bind(old.0).run().await }))
            .await
            .unwrap();
    }

    pub async fn send(&self, request: Request<Body>) -> Page {
        let response: Response<Body> = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Page {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    /// A saved draft of [`Self::draft`].
    pub async fn drafted(&self) -> Introduction {
        draft::create(self.cx(), &self.connector, &raw_draft()).await.unwrap()
    }

    /// A draft that was asked.
    pub async fn asked(&self) -> Introduction {
        let new = self.drafted().await;
        ask::ask(self.cx(), &self.connector, new.id).await.unwrap()
    }

    pub async fn load(&self, id: IntroductionId) -> Introduction {
        let mut tx = self.cx().db.read().await.unwrap();
        introductions::view(&mut tx, id).await.unwrap().unwrap()
    }

    /// The path of a party's link, as their newest mail has it.
    pub async fn link(&self, id: IntroductionId, side: Side, name: LinkName) -> String {
        self.link_of(&self.connector, id, side, name).await
    }

    /// The same, of another connector's introduction.
    pub async fn link_of(&self, who: &Connector, id: IntroductionId, side: Side, name: LinkName) -> String {
        let of = log::get(self.cx(), who, id).await.unwrap().unwrap();
        let party = of.parties.get(side);
        let (purpose, path) = match name {
            LinkName::Answer => (Purpose::Consent, "/c/"),
            LinkName::Stop => (Purpose::Stop, "/stop/"),
            LinkName::CheckIn => (Purpose::CheckIn, "/met/"),
            LinkName::SignIn => (Purpose::SignIn, "/sign-in/"),
            LinkName::Manage => (Purpose::Manage, "/you/"),
            LinkName::AddressChange => (Purpose::AddressChange, "/address/"),
            LinkName::Card => (Purpose::Card, "/card/"),
            LinkName::Request => (Purpose::Request, "/asked/"),
        };
        format!("{path}{}", self.mint(purpose, party.generation, party.link))
    }

    /// A token that is good for 400 days.
    pub fn mint(&self, purpose: Purpose, generation: u8, reference: LinkRef) -> String {
        let ring = self.cx().ring();
        let expires = (self.cx().now() + Span::days(400)).minutes_ceil();
        let claims = Claims { purpose, generation, expires, reference };
        ring.mint(ring.active_kid().unwrap(), &claims).unwrap()
    }

    /// Where the database is, for another connection.
    pub fn database_url(&self) -> String {
        format!("sqlite:{}", self.dir.path().join("test.db").display())
    }

    /// Everything in the database that the site wrote, as bytes: equal before and after a GET.
    pub fn database(&self) -> Vec<u8> {
        let mut all = std::fs::read(self.dir.path().join("test.db")).unwrap();
        all.extend(std::fs::read(self.dir.path().join("test.db-wal")).unwrap_or_default());
        all
    }

    /// Every row of every table as text, but for what a look leaves behind: when a token or a session was
    /// used.
    pub fn rows(&self) -> Vec<String> {
        sqlite::dump(&self.database_url(), &["session", "api_token"])
    }
}

impl TestApp {
    /// Whether any table holds these words, as text or as bytes.
    pub fn holds(&self, words: &str) -> bool {
        // As they stand in a dump.
        let (text, bytes) = (words.replace('\'', "''"), data_encoding::HEXUPPER.encode(words.as_bytes()));
        let rows = sqlite::dump(&self.database_url(), &[]);
        rows.iter().any(|row| row.contains(&text) || row.contains(&bytes))
    }
}

async fn sqlite() -> (Db, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("test.db").display());
    let db = Db::connect(&url, 4).await.unwrap();
    migrate(&db, MONDAY).await.unwrap();
    (db, dir)
}

fn context(db: Db, clock: Clock) -> Cx {
    static VIEWS: OnceLock<Views> = OnceLock::new();
    let site = Site { name: "intro.example.org".into(), ..Site::default() };
    Arc::new(Ctx {
        db,
        clock,
        ids: Ids::System,
        views: VIEWS.get_or_init(|| Views::compile(None).unwrap()).clone().for_site(&site),
        urls: Urls::new(BASE),
        policy: Policy::default(),
        sender: Sender {
            address: "intro@example.org".into(),
            suffix: "via twoyes".into(),
            name: "twoyes".into(),
            message_id_domain: "example.org".into(),
            time_zone: "Europe/Berlin".into(),
        },
        secrets: Secrets { pepper: [1; 32], internal: [2; 32] },
        ring: RwLock::new(Arc::new(LinkRing::new(BASE, &[(1, KeyState::Active, [3; 32])]))),
        wake: Arc::default(),
        counts: Arc::default(),
    })
}
