//! Typed ids and the one source of randomness.
//!
//! Ids are UUIDv7 (RFC 9562, 5.7): their time part keeps inserts at the end of an index, the rest is
//! derived from what the id is for, so that one entity's ids never depend on another's history.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use uuid::Uuid;

use crate::clock::Ts;

macro_rules! id {
    ($(#[$doc:meta] $name:ident),+ $(,)?) => {$(
        #[$doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }
    )+};
}

id! {
    /// A connector's row.
    ConnectorId,
    /// A contact in one connector's address book.
    ContactId,
    /// One file of contacts that was brought in.
    ImportId,
    /// One seeker's plan.
    PlanId,
    /// A request for an introduction, by whoever wants one.
    AskMeId,
    /// A form that cannot be a draft yet.
    UnfinishedId,
    /// One introduction.
    IntroductionId,
    /// One rendered mail.
    MessageId,
    /// One message to one recipient.
    DeliveryId,
    /// A browser session of a connector.
    SessionId,
    /// An API token.
    TokenId,
    /// One entry of what admins did.
    ActId,
}

/// The random part of a link: 128 bits that name a row without telling anything about it.
/// Deliberately neither `Debug` nor `Display`: half a link does not belong in a log.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkRef(pub [u8; 16]);

/// Where ids, link references and secrets come from.
#[derive(Clone)]
pub enum Ids {
    /// The operating system's generator.
    System,
    /// Derived from a seed, a label and how often the label was used: tests and the simulator. What is
    /// drawn under one label never shifts another.
    Derived(Arc<Derived>),
}

/// The state behind [`Ids::Derived`].
pub struct Derived {
    seed: [u8; 32],
    uses: Mutex<HashMap<String, u64>>,
}

impl Ids {
    #[must_use]
    pub fn derived(seed: u64) -> Self {
        let mut key = [0_u8; 32];
        key[..8].copy_from_slice(&seed.to_be_bytes());
        Self::Derived(Arc::new(Derived { seed: key, uses: Mutex::default() }))
    }

    /// A UUIDv7 at `now`. `label` says what it is for, e.g. `("introduction", nonce)`.
    #[must_use]
    pub fn uuid(&self, now: Ts, label: &str) -> Uuid {
        uuid_v7(now, self.bytes::<16>(label))
    }

    /// 128 random bits for a link.
    #[must_use]
    pub fn link_ref(&self, label: &str) -> LinkRef {
        LinkRef(self.bytes::<16>(label))
    }

    /// `N` random bytes. With a seed they depend on the label and its count alone.
    #[must_use]
    pub fn bytes<const N: usize>(&self, label: &str) -> [u8; N] {
        match self {
            Self::System => system_bytes(),
            Self::Derived(derived) => derive(&derived.seed, &format!("{label}#{}", derived.count(label))),
        }
    }
}

impl Derived {
    fn count(&self, label: &str) -> u64 {
        let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        let count = uses.entry(label.to_owned()).or_default();
        *count += 1;
        *count
    }
}

/// A UUIDv7 whose random part is `tail`.
#[must_use]
pub fn uuid_v7(now: Ts, tail: [u8; 16]) -> Uuid {
    let millis = u64::try_from(now.0 / 1000).unwrap_or(0);
    let mut random = [0_u8; 10];
    random.copy_from_slice(&tail[..10]);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// `N` bytes of HMAC-SHA-256(key, label) in counter mode.
#[must_use]
pub fn derive<const N: usize>(key: &[u8], label: &str) -> [u8; N] {
    let mut out = [0_u8; N];
    for (counter, chunk) in (0_u32..).zip(out.chunks_mut(32)) {
        let mut mac = hmac_sha256(key);
        mac.update(&counter.to_be_bytes());
        mac.update(label.as_bytes());
        let block = mac.finalize().into_bytes();
        chunk.copy_from_slice(&block[..chunk.len()]);
    }
    out
}

/// HMAC-SHA-256 under `key`, which may have any length (RFC 2104).
#[must_use]
pub fn hmac_sha256(key: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length")
}

#[expect(clippy::expect_used, reason = "without randomness nothing here is safe to go on")]
#[expect(clippy::disallowed_methods, reason = "the one place that draws from the system's generator")]
fn system_bytes<const N: usize>() -> [u8; N] {
    let mut out = [0_u8; N];
    getrandom::fill(&mut out).expect("the operating system gives random bytes");
    out
}
