//! Signed links: 40 bytes, 64 letters and digits, one purpose, one row.
//!
//! | offset | length | field |
//! |---|---|---|
//! | 0 | 1 | version, 1 |
//! | 1 | 1 | key id |
//! | 2 | 1 | purpose |
//! | 3 | 1 | generation, must equal the row's |
//! | 4 | 4 | expiry, minutes since the epoch, big-endian |
//! | 8 | 16 | row reference |
//! | 24 | 16 | first half of HMAC-SHA-256(subkey, "twoyes.link.v1" 00 len16(origin) origin bytes 0..24) |
//!
//! The database alone cannot mint a link (it has no key) and a key alone cannot (it does not know the
//! reference). A retry mints the same letters again, so no usable link needs to be stored.

use data_encoding::{Encoding, Specification};
use hkdf::Hkdf;
use hmac::Mac;
use sha2::Sha256;
use std::sync::LazyLock;
use subtle::ConstantTimeEq;

use super::return_path;
use crate::clock::{Span, Ts};
use crate::ids::{LinkRef, hmac_sha256};

const VERSION: u8 = 1;
const SIGNED: usize = 24;
const LENGTH: usize = 40;
/// Characters of a token.
pub const TOKEN_CHARS: usize = 64;
/// How long after its expiry a link still opens, so that a slow clock cuts nobody off.
const GRACE: Span = Span::minutes(5);

/// Crockford's alphabet in lower case: no i, l, o, u.
pub(super) static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut spec = Specification::new();
    spec.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
    #[expect(clippy::expect_used, reason = "a fixed alphabet of 32 different letters")]
    spec.encoding().expect("a valid base32 alphabet")
});

/// What a link may be used for. A link for one purpose is not valid for any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Read an ask and answer it.
    Consent,
    /// Never ask this address again (RFC 8058 one-click, and its page).
    Stop,
    /// Say what came of an introduction.
    CheckIn,
    /// Sign in as a connector.
    SignIn,
    /// See and decide everything that concerns oneself ("your page").
    Manage,
    /// Confirm a new address.
    AddressChange,
    /// See and correct one's card in an address book.
    Card,
    /// Confirm a request for an introduction.
    Request,
}

impl Purpose {
    pub const ALL: [Self; 8] = [
        Self::Consent,
        Self::Stop,
        Self::CheckIn,
        Self::SignIn,
        Self::Manage,
        Self::AddressChange,
        Self::Card,
        Self::Request,
    ];

    const fn byte(self) -> u8 {
        match self {
            Self::Consent => 1,
            Self::Manage => 2,
            Self::Stop => 3,
            Self::SignIn => 5,
            Self::CheckIn => 7,
            Self::AddressChange => 8,
            Self::Card => 9,
            Self::Request => 10,
        }
    }

    /// The word for it, in tags and records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Stop => "stop",
            Self::CheckIn => "check-in",
            Self::SignIn => "sign-in",
            Self::Manage => "manage",
            Self::AddressChange => "address-change",
            Self::Card => "card",
            Self::Request => "request",
        }
    }

    const fn grace(self) -> Span {
        match self {
            Self::Consent | Self::Stop | Self::CheckIn | Self::Manage | Self::Card | Self::Request => GRACE,
            Self::SignIn | Self::AddressChange => Span::ZERO,
        }
    }
}

/// Everything a token says, except its tag.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Claims {
    pub purpose: Purpose,
    pub generation: u8,
    /// Minutes since the epoch.
    pub expires: u32,
    pub reference: LinkRef,
}

/// Expiry of links that never expire.
pub const NEVER: u32 = u32::MAX;

/// Why a token opens nothing. Two answers only, so that trying tells nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkFault {
    /// Not a link of ours, or for another purpose: 404.
    #[error("the link is not valid")]
    Invalid,
    /// A real link whose time is over: 410.
    #[error("the link is closed")]
    Closed,
}

/// State of one key of the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Mints and verifies. Exactly one key is active.
    Active,
    /// Only verifies: links out there stay good.
    Verify,
    /// Neither: its links are not valid any more.
    Revoked,
}

pub(super) struct RingKey {
    kid: u8,
    state: KeyState,
    subkeys: [[u8; 32]; Purpose::ALL.len()],
    /// For the return paths of mails.
    pub(super) returns: [u8; 32],
}

/// The keys, ready for use, bound to the site's origin (`https://intro.example.org`).
pub struct LinkRing {
    pub(super) origin: String,
    pub(super) keys: Vec<RingKey>,
}

impl LinkRing {
    /// `keys` are (kid, state, 32 secret bytes). One of them should be active, or nothing can be minted.
    #[must_use]
    pub fn new(origin: &str, keys: &[(u8, KeyState, [u8; 32])]) -> Self {
        let keys = keys
            .iter()
            .map(|(kid, state, secret)| RingKey {
                kid: *kid,
                state: *state,
                subkeys: Purpose::ALL.map(|purpose| subkey(secret, purpose)),
                returns: return_path::subkey(secret),
            })
            .collect();
        Self { origin: origin.to_owned(), keys }
    }

    /// The key id that mints now.
    #[must_use]
    pub fn active_kid(&self) -> Option<u8> {
        self.keys.iter().find(|key| key.state == KeyState::Active).map(|key| key.kid)
    }

    /// What this key may still do; `None` when it is not in the ring.
    #[must_use]
    pub fn state(&self, kid: u8) -> Option<KeyState> {
        self.keys.iter().find(|key| key.kid == kid).map(|key| key.state)
    }

    /// The token for `claims` under key `kid`; `None` when that key is unknown or revoked.
    #[must_use]
    pub fn mint(&self, kid: u8, claims: &Claims) -> Option<String> {
        let key = self.usable(kid)?;
        let mut bytes = [0_u8; LENGTH];
        bytes[0] = VERSION;
        bytes[1] = kid;
        bytes[2] = claims.purpose.byte();
        bytes[3] = claims.generation;
        bytes[4..8].copy_from_slice(&claims.expires.to_be_bytes());
        bytes[8..SIGNED].copy_from_slice(&claims.reference.0);
        let tag = self.tag(key, claims.purpose, &bytes[..SIGNED]);
        bytes[SIGNED..].copy_from_slice(&tag);
        Some(BASE32.encode(&bytes))
    }

    /// Reads a token for one purpose. The tag is checked, in constant time, before any field is used.
    ///
    /// # Errors
    /// [`LinkFault::Invalid`] for anything not minted here for this purpose, [`LinkFault::Closed`]
    /// when its time is over.
    pub fn verify(&self, purpose: Purpose, token: &str, now: Ts) -> Result<Claims, LinkFault> {
        let bytes = decode(token).ok_or(LinkFault::Invalid)?;
        let key = self.usable(bytes[1]).filter(|_| bytes[0] == VERSION);
        // An unknown key costs the same work as a known one.
        let tag = match key.or_else(|| self.keys.first()) {
            Some(any) => self.tag(any, purpose, &bytes[..SIGNED]),
            None => return Err(LinkFault::Invalid),
        };
        let same = bool::from(tag.ct_eq(&bytes[SIGNED..]));
        if key.is_none() || !same || bytes[2] != purpose.byte() {
            return Err(LinkFault::Invalid);
        }
        let mut expires = [0_u8; 4];
        expires.copy_from_slice(&bytes[4..8]);
        let mut reference = [0_u8; 16];
        reference.copy_from_slice(&bytes[8..SIGNED]);
        let claims = Claims {
            purpose,
            generation: bytes[3],
            expires: u32::from_be_bytes(expires),
            reference: LinkRef(reference),
        };
        if is_over(&claims, now) { Err(LinkFault::Closed) } else { Ok(claims) }
    }

    pub(super) fn usable(&self, kid: u8) -> Option<&RingKey> {
        self.keys.iter().find(|key| key.kid == kid && key.state != KeyState::Revoked)
    }

    fn tag(&self, key: &RingKey, purpose: Purpose, signed: &[u8]) -> [u8; 16] {
        let slot = Purpose::ALL.iter().position(|p| *p == purpose).unwrap_or(0);
        let mut mac = hmac_sha256(&key.subkeys[slot]);
        mac.update(b"twoyes.link.v1\0");
        mac.update(&u16::try_from(self.origin.len()).unwrap_or(u16::MAX).to_be_bytes());
        mac.update(self.origin.as_bytes());
        mac.update(signed);
        let mut tag = [0_u8; 16];
        tag.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        tag
    }
}

/// K(kid, purpose) = HKDF-SHA-256(ikm = ring key, salt = "", info = "twoyes/v1/link/" + purpose), RFC 5869.
fn subkey(secret: &[u8; 32], purpose: Purpose) -> [u8; 32] {
    let mut out = [0_u8; 32];
    let info = format!("twoyes/v1/link/{}", purpose.name());
    #[expect(clippy::expect_used, reason = "32 bytes is a valid length for HKDF-SHA-256")]
    Hkdf::<Sha256>::new(None, secret).expand(info.as_bytes(), &mut out).expect("32 bytes can be expanded");
    out
}

/// Shape first: cheap, and without an allocation for what is not even 64 characters.
fn decode(token: &str) -> Option<[u8; LENGTH]> {
    if token.len() != TOKEN_CHARS || !token.is_ascii() {
        return None;
    }
    let lower = token.to_ascii_lowercase();
    let decoded = BASE32.decode(lower.as_bytes()).ok()?;
    decoded.try_into().ok()
}

fn is_over(claims: &Claims, now: Ts) -> bool {
    if claims.expires == NEVER {
        return false;
    }
    let end = Ts(i64::from(claims.expires) * 60_000_000) + claims.purpose.grace();
    now > end
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Ts = Ts(1_700_000_000_000_000);

    fn ring(origin: &str) -> LinkRing {
        LinkRing::new(origin, &[(1, KeyState::Verify, [1; 32]), (2, KeyState::Active, [2; 32])])
    }

    fn claims() -> Claims {
        let expires = (NOW + Span::days(1)).minutes_ceil();
        Claims { purpose: Purpose::Consent, generation: 3, expires, reference: LinkRef([7; 16]) }
    }

    #[test]
    fn a_link_is_64_plain_characters_and_reads_back() {
        let ring = ring("https://intro.example");
        let token = ring.mint(2, &claims()).unwrap();
        assert_eq!(token.len(), TOKEN_CHARS);
        assert!(token.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
        assert!(ring.verify(Purpose::Consent, &token, NOW).unwrap() == claims());
        assert!(ring.verify(Purpose::Consent, &token.to_uppercase(), NOW).unwrap() == claims());
    }

    #[test]
    fn a_link_is_bound_to_purpose_origin_key_and_time() {
        let here = ring("https://intro.example");
        let token = here.mint(1, &claims()).unwrap();
        for purpose in Purpose::ALL {
            let fits = purpose == Purpose::Consent;
            assert_eq!(here.verify(purpose, &token, NOW).is_ok(), fits, "{purpose:?}");
        }
        let elsewhere = ring("https://staging.example");
        assert!(elsewhere.verify(Purpose::Consent, &token, NOW) == Err(LinkFault::Invalid));
        let revoked = LinkRing::new("https://intro.example", &[(1, KeyState::Revoked, [1; 32])]);
        assert!(revoked.verify(Purpose::Consent, &token, NOW) == Err(LinkFault::Invalid));
        assert!(revoked.mint(1, &claims()).is_none());
        assert_eq!((revoked.state(1), revoked.state(2)), (Some(KeyState::Revoked), None));
        let end = Ts(i64::from(claims().expires) * 60_000_000);
        assert!(here.verify(Purpose::Consent, &token, end + Span::minutes(5)).is_ok());
        let late = here.verify(Purpose::Consent, &token, end + Span::minutes(5) + Span(1));
        assert!(late == Err(LinkFault::Closed));
    }

    #[test]
    fn stop_links_never_expire() {
        let ring = ring("https://intro.example");
        let claims = Claims { purpose: Purpose::Stop, expires: NEVER, ..claims() };
        let token = ring.mint(2, &claims).unwrap();
        assert!(ring.verify(Purpose::Stop, &token, NOW + Span::days(36_500)).is_ok());
    }
}
