//! Wiring: from a configuration to a running service, and back down again.

pub mod instance;
pub mod marker;
mod outgoing;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use tokio::net::TcpListener;

use crate::clock::{Clock, Span};
use crate::config::{self, Config};
use crate::domain::asking::Policy;
use crate::domain::audit::note;
use crate::domain::limits::Limits;
use crate::domain::link::{self, LinkRing};
use crate::domain::retention::Rules;
use crate::flow::{Ctx, Cx, Secrets, Sender, people};
use crate::ids::Ids;
use crate::keyring::{KeyFile, KeyFileError, KeyState};
use crate::mail::LocalMailbox;
use crate::metrics::Metrics;
use crate::store::{self, Db, MigrateError, StoreError};
use crate::urls::Urls;
use crate::view::{Site, ViewError, Views};
use crate::web::client::{Clients, Trust};
use crate::web::inbound::Inbound;
use crate::web::{self, Web};
use crate::worker::{Handle, Notary, Outlet, Settings, Worker};
use outgoing::{route_name, transport};
pub use outgoing::{signer, smtp_route};

/// Why the service does not start: one sentence each.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("{}", told(.0))]
    Config(Vec<config::ConfigProblem>),
    #[error("keys.file: {0}")]
    Keys(#[from] KeyFileError),
    #[error("the database cannot be used: {0}")]
    Store(#[from] StoreError),
    #[error("the database does not fit this version: {0}")]
    Migrate(#[from] MigrateError),
    #[error("a template cannot be used: {0}")]
    View(#[from] ViewError),
    #[error("{0}")]
    Setting(String),
    #[error("another twoyes works on {0} already; stop it first, or use PostgreSQL for several processes")]
    Taken(PathBuf),
    #[error(
        "a restore of {0} was interrupted half-way; restore it again (SQLite: with --replace; PostgreSQL: into a new database)"
    )]
    HalfRestored(PathBuf),
    #[error("the service stopped, because its disk or database file failed: {0}")]
    Broken(String),
    #[error("the address {0} is taken by another program; choose another one with server.listen")]
    PortTaken(SocketAddr),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// One problem in one sentence, several as a list.
fn told(problems: &[config::ConfigProblem]) -> String {
    match problems {
        [one] => one.to_string(),
        many => {
            let lines: Vec<String> = many.iter().map(ToString::to_string).collect();
            format!("the configuration has {} problems:\n  {}", many.len(), lines.join("\n  "))
        }
    }
}

/// Everything that runs, not yet started.
pub struct App {
    pub cx: Cx,
    pub web: Web,
    pub worker: Worker,
    pub mailbox: Option<LocalMailbox>,
    /// Held while the process lives: one process on one SQLite file.
    _lock: Option<std::fs::File>,
}

/// What tests and the demo choose differently.
#[derive(Clone)]
pub struct Choices {
    pub clock: Clock,
    pub ids: Ids,
}

impl Default for Choices {
    fn default() -> Self {
        Self { clock: Clock::System, ids: Ids::System }
    }
}

impl App {
    /// Opens everything, brings the schema up to date and checks every template.
    ///
    /// # Errors
    /// One sentence that names the setting and the way out.
    pub async fn build(config: &Config, choices: Choices) -> Result<Self, AppError> {
        let problems = config.validate();
        if !problems.is_empty() {
            return Err(AppError::Config(problems));
        }
        let lock = lock_file(config)?;
        let cx = context(config, choices).await?;
        cx.views.check()?;
        store::migrate(&cx.db, cx.now()).await?;
        marker::settle(config, &cx).await?;
        people::fill_words(&cx).await.map_err(|error| AppError::Setting(error.to_string()))?;
        let metrics = Metrics::new();
        let (transport, mailbox) = transport(config, &cx.clock)?;
        let outlet = Outlet { transport, signer: signer(config)?, route: route_name(config) };
        let settings = worker_settings(config, &cx.db);
        let worker = Worker::new(cx.clone(), outlet, settings.clone(), metrics.clone()).with_notary(
            cx.clone(),
            &settings,
            notary(config)?,
        );
        let web = Web::new(web::Inner {
            cx: cx.clone(),
            metrics,
            mailbox: mailbox.clone(),
            body_limit: config.server.body_limit_bytes,
            request_timeout: Duration::from_secs(config.server.request_timeout_seconds),
            https: config.server.is_https(),
            clients: Clients::new(trust(config)),
            instance: instance::of(config, &cx),
            inbound: inbound(config),
        });
        Ok(Self { cx, web, worker, mailbox, _lock: lock })
    }

    /// Serves until `stop` resolves, then drains: requests in flight finish, the mail under way is
    /// handed over, leases are given back.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), AppError> {
        let router = web::routes::router(&self.web);
        let handle: Handle = self.worker.start();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let (db, until) = (self.cx.db.clone(), self.cx.db.clone());
        let stop = async move {
            tokio::select! { () = stop => {}, _ = until.broken() => {} }
        };
        let served = axum::serve(listener, service).with_graceful_shutdown(stop);
        tokio::select! {
            ended = served => ended?,
            why = broken(&db) => return Err(AppError::Broken(why)),
        }
        tokio::select! {
            biased;
            why = db.broken() => return Err(AppError::Broken(why)),
            () = handle.drain() => {}
        }
        Ok(())
    }
}

/// The way in for mail providers, if it is open.
fn inbound(config: &Config) -> Option<Inbound> {
    let secret = &config.inbound.secret;
    (!secret.is_empty()).then(|| Inbound::new(secret.expose(), config.inbound.size_limit_bytes))
}

/// The disk failed, and requests under way had a moment to say so.
async fn broken(db: &Db) -> String {
    let why = db.broken().await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    why
}

/// Which peers may say whom they speak for.
fn trust(config: &Config) -> Trust {
    let proxies = config.server.trusted_proxies.clone();
    Arc::new(move |address| proxies.iter().any(|network| network.contains(address)))
}

/// Listens, or says in a sentence that the port is taken.
pub async fn listen(at: SocketAddr) -> Result<TcpListener, AppError> {
    TcpListener::bind(at).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => AppError::PortTaken(at),
        _ => AppError::Io(error),
    })
}

/// The context without web and worker: what the command line needs.
pub async fn context(config: &Config, choices: Choices) -> Result<Cx, AppError> {
    let keys = keys(config, &choices)?;
    let views = views(config)?;
    let zone = jiff::tz::TimeZone::get(&config.instance.time_zone)
        .map_err(|_| AppError::Setting("instance.time_zone is not a known time zone".into()))?;
    let urls = Urls::new(&config.server.base_url);
    let db = Db::connect(config.database.url.expose(), config.database.max_connections).await?;
    db.reserve(u64::from(config.database.reserve_megabytes) << 20);
    let asking = &config.asking;
    let policy = Policy {
        window: Span::days(i64::from(asking.window_days)),
        reminder_working_days: asking.reminder_working_days,
        hold: Span::seconds(i64::from(asking.hold_seconds)),
        check_in_days: asking.check_in_days.clone(),
        contest: Span::seconds(i64::from(asking.contest_seconds)),
        asks_per_month: asking.asks_per_month,
        asks_per_year: asking.asks_per_year,
        one_at_a_time: true,
        cool_down: Span::days(i64::from(asking.cool_down_days)),
        limits: limits(&config.limits),
        zone,
    };
    let ring = ring(&keys, urls.base());
    Ok(Arc::new(Ctx {
        db,
        clock: choices.clock,
        ids: choices.ids,
        views,
        policy,
        sender: sender(config),
        secrets: Secrets { pepper: keys.pepper, internal: keys.internal },
        ring: RwLock::new(Arc::new(ring)),
        urls,
        wake: Arc::default(),
        counts: Arc::default(),
    }))
}

/// The limits of a configuration.
#[must_use]
pub const fn limits(of: &crate::config::Limits) -> Limits {
    Limits {
        open: of.open_introductions,
        open_per_introduced: of.open_per_introduced,
        open_at_most: of.open_introductions_at_most,
        begun_per_day: of.begun_per_day,
        pause_complaints: of.pause_complaints,
        pause_unreachable_percent: of.pause_unreachable_percent,
    }
}

/// The key ring for links of this site.
#[must_use]
pub fn ring(keys: &KeyFile, origin: &str) -> LinkRing {
    let keys: Vec<_> = keys
        .keys
        .iter()
        .map(|key| {
            let state = match key.state {
                KeyState::Active => link::KeyState::Active,
                KeyState::Verify => link::KeyState::Verify,
                KeyState::Revoked => link::KeyState::Revoked,
            };
            (key.kid, state, key.secret)
        })
        .collect();
    LinkRing::new(origin, &keys)
}

/// Templates with the instance's overrides. Whoever is to serve them checks them first.
pub fn views(config: &Config) -> Result<Views, AppError> {
    let folder = &config.templates.override_dir;
    let folder = (!folder.as_os_str().is_empty()).then_some(folder.as_path());
    let site = Site {
        name: config.instance.name.clone(),
        operator: config.instance.contact.clone(),
        postal_address: String::new(),
    };
    Ok(Views::compile(folder)?.for_site(&site))
}

/// The key that signs checkpoints, under the name of this chain.
pub fn audit_signer(config: &Config) -> Result<note::Signer, AppError> {
    let ring = KeyFile::load(&config.keys.file)?;
    note::Signer::new(&format!("{}/audit", config.server.host()), &ring.audit_seed())
        .ok_or_else(|| AppError::Setting("keys.file: the audit key cannot be used".into()))
}

fn notary(config: &Config) -> Result<Notary, AppError> {
    let folder = &config.audit.checkpoint_folder;
    let folder = (!folder.as_os_str().is_empty()).then(|| folder.clone());
    if let Some(folder) = &folder {
        std::fs::create_dir_all(folder).map_err(|error| {
            AppError::Setting(format!(
                "audit.checkpoint_folder: {} cannot be used: {error}",
                folder.display()
            ))
        })?;
    }
    Ok(Notary { signer: audit_signer(config)?, folder })
}

fn keys(config: &Config, choices: &Choices) -> Result<KeyFile, AppError> {
    let path = &config.keys.file;
    match KeyFile::create(path, choices.clock.now(), &choices.ids) {
        Ok(made) => {
            tracing::info!("a new key ring was made; include it in your backups");
            Ok(made)
        }
        Err(KeyFileError::Exists { .. }) => Ok(KeyFile::load(path)?),
        Err(error) => Err(error.into()),
    }
}

fn sender(config: &Config) -> Sender {
    Sender {
        address: config.mail.from_address.clone(),
        suffix: config.from_name_suffix(),
        name: config.instance.name.clone(),
        message_id_domain: config.message_id_domain().to_owned(),
        time_zone: config.instance.time_zone.clone(),
    }
}

fn worker_settings(config: &Config, db: &Db) -> Settings {
    let courier = &config.courier;
    Settings {
        connections: config.smtp.connections,
        concurrency: courier.concurrency,
        lease: Span::seconds(i64::from(courier.lease_seconds)),
        poll: Duration::from_millis(courier.poll_milliseconds),
        unknown_retry: Span::minutes(i64::from(courier.unknown_retry_minutes)),
        unknown_retries: i64::from(courier.unknown_retries),
        give_up: Span::days(i64::from(courier.give_up_days)),
        retention: rules(&config.retention),
        bounces: config.inbound.bounces(),
        // The lock file sees to that.
        sole_owner: matches!(db, Db::Sqlite(_)),
        ..Settings::default()
    }
}

/// What is forgotten when.
#[must_use]
pub fn rules(of: &config::Retention) -> Rules {
    let days = |days: u32| Span::days(i64::from(days));
    Rules {
        mail: days(of.mail_days),
        failed_mail: days(of.failed_mail_days),
        closed: days(of.closed_days),
        introduced: days(of.introduced_days),
        names: days(of.names_days),
        draft: days(of.draft_days),
        unfinished: days(of.unfinished_days),
        asks: days(of.asks_days),
        admin_acts: days(of.admin_acts_days),
        erasures: days(of.erasure_days),
    }
}

/// One serving process per SQLite file. The lock goes with the process, however it ends.
pub fn lock_file(config: &Config) -> Result<Option<std::fs::File>, AppError> {
    let Some(file) = marker::database_file(config) else {
        return Ok(None);
    };
    let path = PathBuf::from(format!("{}.lock", file.display()));
    let lock = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(
        |error| AppError::Setting(format!("database.url: {} cannot be written: {error}", path.display())),
    )?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(_) => Err(AppError::Taken(file)),
    }
}
