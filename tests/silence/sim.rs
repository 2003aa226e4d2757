//! The simulator: real routes, flows, courier, templates and SQLite, a virtual clock and a relay that keeps
//! every mail. One process serves those who watch; the subject talks to another one on the same database, so
//! that nothing drawn for the subject shifts what is drawn for the others.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock, RwLock};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request};
use http_body_util::BodyExt;
use tempfile::TempDir;

use tower::ServiceExt;
use twoyes::clock::{Clock, Span, Ts};
use twoyes::domain::asking::{Policy, Side};
use twoyes::domain::introduction::Introduction;
use twoyes::domain::link::{Claims, KeyState, LinkRing, Purpose};
use twoyes::flow::condition::Instance;
use twoyes::flow::{Ctx, Cx, Secrets, Sender};
use twoyes::ids::{Ids, IntroductionId};
use twoyes::mail::SmtpRoute;
use twoyes::metrics::Metrics;
use twoyes::store::{Db, copy, introductions, migrate};
use twoyes::urls::Urls;
use twoyes::view::Views;
use twoyes::web::client::Clients;
use twoyes::web::{Inner, Web, routes};
use twoyes::worker::{Outlet, Settings, Worker};

use crate::support::requests::{encode, form_request, request};
use crate::support::smtp_sink::{SmtpSink, Taken};
use crate::support::usual::{BASE, MONDAY};

/// One process: what serves requests and what works by time.
pub struct House {
    pub cx: Cx,
    router: Router,
    worker: Worker,
}

pub struct Sim {
    pub clock: Clock,
    pub sink: SmtpSink,
    /// Serves those who watch, and works.
    pub house: House,
    /// Serves the subject.
    pub aside: House,
    url: String,
    rest: Span,
    starts: u64,
    seen: usize,
    folder: TempDir,
}

/// An answered request.
pub struct Reply {
    pub status: u16,
    /// Status, headers and body: all that a client gets.
    pub whole: String,
    pub body: String,
}

impl Sim {
    pub async fn start(rest: Span) -> Self {
        let folder = folder();
        let file = folder.path().join("twoyes.db");
        std::fs::copy(template().await, &file).unwrap();
        let url = format!("sqlite:{}", file.display());
        let clock = Clock::fixed(MONDAY);
        let sink = SmtpSink::start().await;
        let db = Db::connect(&url, 2).await.unwrap();
        let house = House::open(db.clone(), &clock, 1, rest, &sink);
        let aside = House::open(db, &clock, 1 << 32, rest, &sink);
        Self { clock, sink, house, aside, url, rest, starts: 1, seen: 0, folder }
    }

    /// The same once more: both processes start again on a copy of the database, with a relay that takes everything.
    pub async fn copy(&self) -> Self {
        let folder = folder();
        let file = folder.path().join("twoyes.db");
        for part in ["", "-wal"] {
            // Nobody writes now.
            let name = format!("twoyes.db{part}");
            std::fs::copy(self.folder.path().join(&name), folder.path().join(&name)).unwrap();
        }
        let url = format!("sqlite:{}", file.display());
        let (clock, sink) = (Clock::fixed(self.now()), SmtpSink::start().await);
        let (starts, rest) = (self.starts + 1, self.rest);
        let db = Db::connect(&url, 2).await.unwrap();
        let house = House::open(db.clone(), &clock, starts, rest, &sink);
        let aside = House::open(db, &clock, starts << 32, rest, &sink);
        Self { clock, sink, house, aside, url, rest, starts, seen: 0, folder }
    }

    /// Both processes end and start again on the same database.
    pub async fn restart(&mut self) {
        self.starts += 1;
        let db = Db::connect(&self.url, 2).await.unwrap();
        self.house = House::open(db.clone(), &self.clock, self.starts, self.rest, &self.sink);
        self.aside = House::open(db, &self.clock, self.starts << 32, self.rest, &self.sink);
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// The next moment at which time alone makes something happen.
    pub async fn next_due(&self) -> Option<Ts> {
        let sql = "SELECT MIN(at) AS at FROM (SELECT MIN(due_at) AS at FROM introduction
                   UNION ALL SELECT MIN(due_at) FROM delivery WHERE state = 'queued')";
        let mut tx = self.house.cx.db.read().await.unwrap();
        let row = tx.q(sql).one().await.unwrap()?;
        row.opt("at").unwrap().map(Ts)
    }

    pub fn now(&self) -> Ts {
        self.clock.now()
    }

    pub fn move_to(&self, at: Ts) {
        self.clock.advance(at - self.now());
    }

    /// Does everything that is due now; returns the mails that left.
    pub async fn settle(&mut self) -> Vec<Taken> {
        self.house.worker.run_once().await;
        let mails = self.sink.taken_after(self.seen);
        self.seen += mails.len();
        mails
    }

    pub async fn load(&self, id: IntroductionId) -> Introduction {
        let mut tx = self.house.cx.db.read().await.unwrap();
        introductions::view(&mut tx, id).await.unwrap().unwrap()
    }

    /// The path of the subject's link.
    pub async fn link(&self, id: IntroductionId, side: Side, purpose: Purpose) -> String {
        let of = self.load(id).await;
        let party = of.parties.get(side);
        let ring = self.aside.cx.ring();
        let expires = (MONDAY + Span::days(400)).minutes_ceil();
        let claims = Claims { purpose, generation: party.generation, expires, reference: party.link };
        ring.mint(ring.active_kid().unwrap(), &claims).unwrap()
    }
}

impl House {
    fn open(db: Db, clock: &Clock, seed: u64, rest: Span, sink: &SmtpSink) -> Self {
        let cx = context(db, clock.clone(), seed, rest);
        let metrics = Metrics::new();
        let relay = SmtpRoute::plain("127.0.0.1", sink.port(), "intro.example");
        let transport = twoyes::mail::Transport::Smtp(relay);
        let outlet = Outlet { transport, signer: None, route: "relay".into() };
        // One delivery after the other: mails of one moment leave in one order.
        let settings = Settings { concurrency: 1, connections: 1, ..Settings::default() };
        let worker = Worker::new(cx.clone(), outlet, settings, metrics.clone());
        let web = Web::new(Inner {
            cx: cx.clone(),
            metrics,
            mailbox: None,
            body_limit: 16 * 1024,
            request_timeout: Duration::from_mins(1),
            https: true,
            clients: Clients::default(),
            instance: Instance::default(),
            inbound: None,
        });
        Self { cx, router: routes::router(&web), worker }
    }

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        let mut get = request(Method::GET, path);
        for (name, value) in headers {
            get = get.header(*name, *value);
        }
        self.send(get.body(Body::empty()).unwrap()).await
    }

    /// A form as a browser sends it from our own page.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Reply {
        self.send(form_request(path).body(encode(form)).unwrap()).await
    }

    /// Opens a page and sends its form. A closed page has none, and then nothing is sent.
    pub async fn fill(&self, path: &str, form: &[(&str, &str)]) -> Reply {
        let page = self.get(path, &[]).await;
        let Some(nonce) = nonce(&page.body) else { return page };
        let mut all = vec![("nonce", nonce.as_str())];
        all.extend_from_slice(form);
        self.post(path, &all).await
    }

    async fn send(&self, request: Request<Body>) -> Reply {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        let status = parts.status.as_u16();
        let headers: Vec<String> = parts
            .headers
            .iter()
            // A random name for each request, for the log.
            .filter(|(name, _)| name.as_str() != "x-request-id")
            .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
            .collect();
        Reply { status, whole: format!("{status}\n{}\n\n{body}", headers.join("\n")), body }
    }
}

fn nonce(page: &str) -> Option<String> {
    let tag = page.split('<').find(|tag| tag.contains("name=\"nonce\""))?;
    let (_, rest) = tag.split_once("value=\"")?;
    Some(rest.split('"').next()?.to_owned())
}

fn context(db: Db, clock: Clock, seed: u64, rest: Span) -> Cx {
    static VIEWS: OnceLock<Views> = OnceLock::new();
    Arc::new(Ctx {
        db,
        clock,
        ids: Ids::derived(seed),
        views: VIEWS.get_or_init(|| Views::compile(None).unwrap()).clone(),
        urls: Urls::new(BASE),
        policy: Policy { one_at_a_time: true, cool_down: rest, ..Policy::default() },
        sender: Sender {
            address: "intro@example.org".into(),
            suffix: "via twoyes".into(),
            name: "twoyes".into(),
            message_id_domain: "example.org".into(),
            time_zone: "UTC".into(),
        },
        secrets: Secrets { pepper: [1; 32], internal: [2; 32] },
        ring: RwLock::new(Arc::new(LinkRing::new(BASE, &[(1, KeyState::Active, [3; 32])]))),
        wake: Arc::default(),
        counts: Arc::default(),
    })
}

/// A migrated, empty database; made once.
async fn template() -> PathBuf {
    static TEMPLATE: tokio::sync::OnceCell<TempDir> = tokio::sync::OnceCell::const_new();
    let made = TEMPLATE.get_or_init(|| async {
        let folder = folder();
        let url = format!("sqlite:{}", folder.path().join("first.db").display());
        let db = Db::connect(&url, 1).await.unwrap();
        migrate(&db, MONDAY).await.unwrap();
        copy::copy_sqlite(&folder.path().join("first.db"), &folder.path().join("template.db")).await.unwrap();
        folder
    });
    made.await.path().join("template.db")
}

/// In memory where that is possible: what a disk promises is not the question here.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}
