//! Configuration: `config/default.toml` (the documentation), then a file, then the environment.
//!
//! The types here have no defaults of their own: the embedded file is the only place where a
//! default stands, and it must name every key or it does not parse.

mod load;
mod network;
mod secret;
mod validate;

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;
use tracing_subscriber::filter::{ParseError, Targets};

use crate::domain::return_path::BounceAddress;

pub use load::DEFAULT_TOML;
pub use network::Network;
pub use secret::Secret;

/// The whole configuration of one process.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub server: Server,
    pub database: Database,
    pub keys: Keys,
    pub templates: Templates,
    pub instance: Instance,
    pub mail: Mail,
    pub smtp: Smtp,
    pub dkim: Dkim,
    pub asking: Asking,
    pub limits: Limits,
    pub courier: Courier,
    pub retention: Retention,
    pub audit: Audit,
    pub inbound: Inbound,
    pub log: Log,
}

/// Where HTTP is served and how it is reached.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    pub listen: SocketAddr,
    /// Scheme, host and port without a slash at the end, e.g. `https://intro.example.org`.
    pub base_url: String,
    pub trusted_proxies: Vec<Network>,
    pub body_limit_bytes: usize,
    pub request_timeout_seconds: u64,
}

/// The one database. Its URL may hold a password and is therefore a secret.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub url: Secret,
    pub url_file: PathBuf,
    pub max_connections: u32,
    pub reserve_megabytes: u32,
}

/// The key ring file, see [`crate::keyring`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    pub file: PathBuf,
}

/// Overrides of the built-in templates.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Templates {
    /// Empty: none.
    pub override_dir: PathBuf,
}

/// How the service names itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instance {
    pub name: String,
    /// A postal or legal line for mails. Empty: none.
    pub contact: String,
    /// BCP 47 language tag.
    pub language: String,
    /// IANA time zone name.
    pub time_zone: String,
}

/// How mails leave and who they come from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    pub transport: Transport,
    pub from_address: String,
    /// `{instance}` in it stands for [`Instance::name`], see [`Config::from_name_suffix`].
    pub from_name_suffix: String,
    /// Empty: the domain of `from_address`, see [`Config::message_id_domain`].
    pub message_id_domain: String,
    pub folder: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// To a relay.
    Smtp,
    /// As `.eml` files in a folder.
    File,
    /// Into the database, read on a page of the service: the demo.
    Mailbox,
}

/// The relay. Timeouts are in seconds, their floors follow RFC 5321, 4.5.3.2.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    /// Empty: none.
    pub extra_root_file: PathBuf,
    /// Empty: no sign-in.
    pub username: String,
    pub password: Secret,
    pub password_file: PathBuf,
    /// Empty: the host of the base URL, see [`Config::hello_name`].
    pub hello_name: String,
    pub connections: usize,
    pub messages_per_connection: u32,
    pub connection_age_seconds: u64,
    pub pipelining: bool,
    pub connect_timeout_seconds: u64,
    pub command_timeout_seconds: u64,
    pub data_timeout_seconds: u64,
    pub after_dot_timeout_seconds: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// Plain greeting, then STARTTLS, which is required.
    Starttls,
    /// TLS from the first byte.
    Implicit,
    /// In the clear: only for a relay on this machine.
    None,
}

/// The signing key. All three are set or none.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dkim {
    pub domain: String,
    pub selector: String,
    pub key_file: PathBuf,
}

impl Dkim {
    /// Whether mails are signed here.
    pub fn is_set(&self) -> bool {
        !self.domain.is_empty()
    }
}

/// The times of the story.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asking {
    pub window_days: u32,
    pub reminder_working_days: u32,
    pub hold_seconds: u32,
    pub check_in_days: Vec<u32>,
    pub contest_seconds: u32,
    pub asks_per_month: u32,
    pub asks_per_year: u32,
    pub cool_down_days: u32,
}

/// How much one connector may ask for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub open_introductions: u32,
    pub open_per_introduced: u32,
    pub open_introductions_at_most: u32,
    pub begun_per_day: u32,
    pub pause_complaints: u32,
    pub pause_unreachable_percent: u32,
}

impl Limits {
    /// Every key with its value and its bounds.
    #[must_use]
    pub fn ranges(&self) -> [(&'static str, u64, u64, u64); 6] {
        const MANY: u64 = 1_000_000;
        [
            ("limits.open_introductions", self.open_introductions.into(), 1, MANY),
            ("limits.open_per_introduced", self.open_per_introduced.into(), 0, 1_000),
            ("limits.open_introductions_at_most", self.open_introductions_at_most.into(), 1, MANY),
            ("limits.begun_per_day", self.begun_per_day.into(), 1, MANY),
            ("limits.pause_complaints", self.pause_complaints.into(), 1, MANY),
            ("limits.pause_unreachable_percent", self.pause_unreachable_percent.into(), 1, 100),
        ]
    }
}

/// How the outbox is worked off.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Courier {
    pub concurrency: usize,
    pub lease_seconds: u32,
    pub poll_milliseconds: u64,
    pub unknown_retry_minutes: u32,
    pub unknown_retries: u32,
    pub give_up_days: u32,
}

/// What is forgotten when, in days. `docs/PRIVACY.md` is the table.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    pub mail_days: u32,
    pub failed_mail_days: u32,
    pub closed_days: u32,
    pub introduced_days: u32,
    pub names_days: u32,
    pub draft_days: u32,
    pub unfinished_days: u32,
    pub asks_days: u32,
    pub admin_acts_days: u32,
    pub erasure_days: u32,
}

impl Retention {
    /// Every key with its value and its bounds.
    #[must_use]
    pub fn ranges(&self) -> [(&'static str, u64, u64, u64); 10] {
        [
            ("retention.mail_days", self.mail_days.into(), 1, 365),
            ("retention.failed_mail_days", self.failed_mail_days.into(), 1, 365),
            // Later, the wish to be erased would show: see docs/PRIVACY.md.
            ("retention.closed_days", self.closed_days.into(), 1, 90),
            ("retention.introduced_days", self.introduced_days.into(), 1, 1_095),
            ("retention.names_days", self.names_days.into(), 30, 3_650),
            ("retention.draft_days", self.draft_days.into(), 1, 1_095),
            ("retention.unfinished_days", self.unfinished_days.into(), 1, 365),
            // The limits look back a year.
            ("retention.asks_days", self.asks_days.into(), 366, 1_095),
            ("retention.admin_acts_days", self.admin_acts_days.into(), 30, 3_650),
            ("retention.erasure_days", self.erasure_days.into(), 30, 1_095),
        ]
    }
}

/// The chain that proves what happened.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// Empty: checkpoints stand in the log alone.
    pub checkpoint_folder: PathBuf,
}

/// What comes back: bounces and complaints.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inbound {
    /// Empty: bounces go to `mail.from_address`.
    pub bounce_address: String,
    /// Empty: there is no `POST /inbound`.
    pub secret: Secret,
    pub secret_file: PathBuf,
    pub size_limit_bytes: usize,
}

impl Inbound {
    /// The address that each mail gets an envelope sender of.
    pub fn bounces(&self) -> Option<BounceAddress> {
        BounceAddress::parse(&self.bounce_address)
    }
}

/// What is logged and how.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub format: LogFormat,
    /// In the syntax of `tracing_subscriber::EnvFilter`.
    pub filter: String,
}

impl Log {
    /// What is logged: a level, and `module=level` for single modules, separated by commas. Without the
    /// filters by field of `EnvFilter`, which nobody here needs and which bring a regex engine.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn targets(&self) -> Result<Targets, ParseError> {
        self.filter.parse()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// One thing that is wrong, with the place where it can be put right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{origin}: {key}: {sentence}")]
pub struct ConfigProblem {
    /// A file, an environment variable, or `configuration` for a wrong combination.
    pub origin: String,
    /// Such as `smtp.port`.
    pub key: String,
    pub sentence: String,
}

/// Everything that was wrong while reading, one problem a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError {
    pub problems: Vec<ConfigProblem>,
}

impl Config {
    /// What stands after the connector's name in From, e.g. `via twoyes`.
    pub fn from_name_suffix(&self) -> String {
        self.mail.from_name_suffix.replace("{instance}", &self.instance.name)
    }

    /// The right-hand side of every Message-ID (RFC 5322, 3.6.4).
    pub fn message_id_domain(&self) -> &str {
        if self.mail.message_id_domain.is_empty() {
            self.mail.from_address.rsplit_once('@').map_or("", |(_, domain)| domain)
        } else {
            &self.mail.message_id_domain
        }
    }

    /// The name for EHLO (RFC 5321, 4.1.1.1).
    pub fn hello_name(&self) -> &str {
        if self.smtp.hello_name.is_empty() { self.server.host() } else { &self.smtp.hello_name }
    }
}

impl Server {
    /// The host of the base URL, without port; an IPv6 literal keeps its brackets.
    pub fn host(&self) -> &str {
        validate::host_of(validate::authority_of(&self.base_url))
    }

    /// Whether browsers reach the service over TLS, so that cookies may be `Secure`.
    pub fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}
