//! The story, one file per step: draft, ask, answer, introduce, follow up, close; and the people in it.
//!
//! Each verb takes `now` and random values once, loads, lets [`crate::domain`] decide, and saves the
//! whole step in one transaction. Nothing here talks to a mail server.

pub mod account;
pub mod admin_acts;
mod ahead;
pub mod answer;
pub mod ask;
pub mod ask_me;
mod ask_page;
pub mod circles;
pub mod close;
pub mod condition;
pub mod deliveries;
pub mod desk;
pub mod disk;
pub mod draft;
pub mod erasure;
pub mod error;
pub mod evidence;
pub mod follow_up;
pub mod health;
pub mod import;
pub mod inbound;
pub mod introduce;
pub mod landed;
pub mod limits;
pub mod log;
pub mod meet;
pub mod once;
pub mod outcomes;
mod outside;
pub mod own_card;
pub mod people;
pub mod plan;
pub mod preview;
pub mod proof;
pub mod quarantine;
pub mod retention;
pub mod sealing;
pub mod stop;
pub mod suppressions;
pub mod tally;
pub mod thanks;
pub mod touch;
pub mod unfinished;
pub mod weekly;
pub mod your_page;

mod letters;
mod save;
mod wake;

use std::sync::Arc;

use crate::clock::{Clock, Ts};
use crate::domain::address::EmailAddress;
use crate::domain::asking::Policy;
use crate::domain::link::LinkRing;
use crate::domain::party::PersonKey;
use crate::ids::{Ids, derive};
use crate::store::Db;
use crate::urls::Urls;
use crate::view::Views;

pub use error::{Failure, FailureKind};
pub use wake::Wake;

/// Everything a flow needs. Cheap to clone.
pub type Cx = Arc<Ctx>;

pub struct Ctx {
    pub db: Db,
    pub clock: Clock,
    pub ids: Ids,
    pub views: Views,
    pub urls: Urls,
    pub policy: Policy,
    pub sender: Sender,
    pub secrets: Secrets,
    /// Replaced as a whole when the key file was read again.
    pub ring: std::sync::RwLock<Arc<LinkRing>>,
    /// Rung when a mail was queued or a time was set.
    pub wake: Arc<Wake>,
    pub counts: Arc<Counts>,
}

/// Who our mails come from.
#[derive(Clone, Debug)]
pub struct Sender {
    pub address: String,
    /// Behind the connector's name, e.g. `via twoyes`.
    pub suffix: String,
    /// How the service calls itself in From of its own mails.
    pub name: String,
    pub message_id_domain: String,
    /// The zone of dates in mails to parties.
    pub time_zone: String,
}

/// Secrets that never rotate with the ring. Without `Debug`.
#[derive(Clone)]
pub struct Secrets {
    /// For hashes of people: suppressions stay findable for ever.
    pub pepper: [u8; 32],
    /// For message ids and the nonces of views.
    pub internal: [u8; 32],
}

/// What happened since the start, for the metrics. Never per choice: a decline must not be countable.
#[derive(Debug, Default)]
pub struct Counts {
    pub answers: std::sync::atomic::AtomicU64,
    pub introductions: std::sync::atomic::AtomicU64,
    /// When this process last looked for what is due, in microseconds; 0 before the first time.
    pub swept_at: std::sync::atomic::AtomicI64,
    /// By how much the machine's clock jumped, in microseconds, while time-driven steps wait for it; else 0.
    pub clock_jump: std::sync::atomic::AtomicI64,
}

impl Ctx {
    /// The same, with views that make no mail twice.
    #[must_use]
    fn remembering(&self) -> Self {
        Self {
            db: self.db.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            views: self.views.remembering(),
            urls: self.urls.clone(),
            policy: self.policy.clone(),
            sender: self.sender.clone(),
            secrets: self.secrets.clone(),
            ring: self.ring().into(),
            wake: Arc::clone(&self.wake),
            counts: Arc::clone(&self.counts),
        }
    }

    #[must_use]
    pub fn now(&self) -> Ts {
        self.clock.now()
    }

    /// The keys as they are now.
    #[must_use]
    pub fn ring(&self) -> Arc<LinkRing> {
        self.ring.read().map_or_else(|poisoned| poisoned.into_inner().clone(), |ring| ring.clone())
    }

    /// The languages that mails can be written in, the instance's first.
    #[must_use]
    pub fn languages(&self) -> Vec<String> {
        self.views.languages().map(str::to_owned).collect()
    }

    /// The person behind an address, as a keyed hash.
    #[must_use]
    pub fn person(&self, email: &EmailAddress) -> PersonKey {
        PersonKey(derive(&self.secrets.pepper, &format!("person/{}", email.limit_key())))
    }

    /// The key of the nonces of views.
    #[must_use]
    pub fn nonce_key(&self) -> [u8; 32] {
        derive(&self.secrets.internal, "nonce")
    }
}
