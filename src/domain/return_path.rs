//! Where a mail's bounce goes: an envelope sender of its own for each delivery, which only this service can
//! make.
//!
//! The local part ends with 48 letters and digits: 30 bytes in the alphabet of links, lower case.
//!
//! | offset | length | field |
//! |---|---|---|
//! | 0 | 1 | key id |
//! | 1 | 16 | delivery |
//! | 17 | 13 | beginning of HMAC-SHA-256(subkey, "twoyes.return.v1" 00 len16(origin) origin bytes 0..17) |
//!
//! Whoever sees one (the recipient, and the servers on the way) can make a bounce of that one mail, and of no
//! other: 104 bits of MAC are not guessed over SMTP. Nothing of it is stored; every attempt makes the same.

use hkdf::Hkdf;
use hmac::Mac;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::link::{BASE32, LinkRing, RingKey};
use crate::ids::{DeliveryId, hmac_sha256};

const SIGNED: usize = 17;
const LENGTH: usize = 30;
/// Letters and digits of a token.
pub const TOKEN_CHARS: usize = 48;
/// RFC 5321, 4.5.3.1.1, less the token and the sign before it.
pub const PREFIX_MAX: usize = 64 - TOKEN_CHARS - 1;

/// The configured address that bounces come back to: `bounces@example.org` takes `bounces+TOKEN@example.org`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BounceAddress {
    local: String,
    domain: String,
}

impl BounceAddress {
    /// `None` when it is no address, or its local part leaves no room for a token.
    #[must_use]
    pub fn parse(address: &str) -> Option<Self> {
        let (local, domain) = address.rsplit_once('@')?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let fits = !local.is_empty() && local.len() <= PREFIX_MAX && local.chars().all(plain);
        (fits && !domain.is_empty()).then(|| Self { local: local.to_owned(), domain: domain.to_owned() })
    }

    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The envelope sender with this token.
    #[must_use]
    pub fn with(&self, token: &str) -> String {
        format!("{}+{token}@{}", self.local, self.domain)
    }
}

impl LinkRing {
    /// The token of a delivery's return path under key `kid`; `None` when that key is unknown or revoked.
    #[must_use]
    pub fn mint_return(&self, kid: u8, delivery: DeliveryId) -> Option<String> {
        let key = self.usable(kid)?;
        let mut bytes = [0_u8; LENGTH];
        bytes[0] = kid;
        bytes[1..SIGNED].copy_from_slice(delivery.0.as_bytes());
        let tag = self.return_tag(key, &bytes[..SIGNED]);
        bytes[SIGNED..].copy_from_slice(&tag);
        Some(BASE32.encode(&bytes))
    }

    /// The delivery whose return path an address is. The tag is checked, in constant time, before anything in
    /// it is used. Case does not matter: servers on the way may change it.
    #[must_use]
    pub fn verify_return(&self, address: &str) -> Option<DeliveryId> {
        let bytes = decode(address)?;
        let key = self.usable(bytes[0]);
        // An unknown key costs the same work as a known one.
        let tag = self.return_tag(key.or_else(|| self.keys.first())?, &bytes[..SIGNED]);
        let same = bool::from(tag.ct_eq(&bytes[SIGNED..]));
        let mut id = [0_u8; 16];
        id.copy_from_slice(&bytes[1..SIGNED]);
        (key.is_some() && same).then(|| DeliveryId(uuid::Uuid::from_bytes(id)))
    }

    fn return_tag(&self, key: &RingKey, signed: &[u8]) -> [u8; LENGTH - SIGNED] {
        let mut mac = hmac_sha256(&key.returns);
        mac.update(b"twoyes.return.v1\0");
        mac.update(&u16::try_from(self.origin.len()).unwrap_or(u16::MAX).to_be_bytes());
        mac.update(self.origin.as_bytes());
        mac.update(signed);
        let mut tag = [0_u8; LENGTH - SIGNED];
        tag.copy_from_slice(&mac.finalize().into_bytes()[..LENGTH - SIGNED]);
        tag
    }
}

/// K(kid, return) = HKDF-SHA-256(ikm = ring key, salt = "", info = "twoyes/v1/return"), RFC 5869.
pub(super) fn subkey(secret: &[u8; 32]) -> [u8; 32] {
    let mut out = [0_u8; 32];
    #[expect(clippy::expect_used, reason = "32 bytes is a valid length for HKDF-SHA-256")]
    Hkdf::<Sha256>::new(None, secret)
        .expand(b"twoyes/v1/return", &mut out)
        .expect("32 bytes can be expanded");
    out
}

/// The bytes at the end of the local part, behind a sign that is neither letter nor digit.
fn decode(address: &str) -> Option<[u8; LENGTH]> {
    let (local, _) = address.trim().rsplit_once('@')?;
    let token = local.get(local.len().checked_sub(TOKEN_CHARS)?..)?;
    let before = local.as_bytes().get(local.len().checked_sub(TOKEN_CHARS + 1)?)?;
    if before.is_ascii_alphanumeric() {
        return None;
    }
    BASE32.decode(token.to_ascii_lowercase().as_bytes()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::super::link::KeyState;
    use super::*;

    const ID: DeliveryId = DeliveryId(uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));

    fn ring(origin: &str) -> LinkRing {
        LinkRing::new(origin, &[(1, KeyState::Verify, [1; 32]), (2, KeyState::Active, [2; 32])])
    }

    fn bounces() -> BounceAddress {
        BounceAddress::parse("bounces@example.org").unwrap()
    }

    #[test]
    fn an_address_is_short_plain_and_reads_back_in_any_case() {
        let ring = ring("https://intro.example");
        let address = bounces().with(&ring.mint_return(2, ID).unwrap());
        let (local, domain) = address.split_once('@').unwrap();
        assert_eq!((local.len(), domain), ("bounces+".len() + TOKEN_CHARS, "example.org"));
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        assert!(local["bounces+".len()..].chars().all(plain), "{local}");
        for seen in
            [address.clone(), address.to_uppercase(), address.replace('+', "="), format!(" {address} ")]
        {
            assert_eq!(ring.verify_return(&seen), Some(ID), "{seen}");
        }
    }

    #[test]
    fn it_outlives_a_rotation_and_not_a_revocation() {
        let origin = "https://intro.example";
        let address = bounces().with(&ring(origin).mint_return(1, ID).unwrap());
        assert_eq!(ring(origin).verify_return(&address), Some(ID));
        let keys = [(1, KeyState::Revoked, [1; 32]), (2, KeyState::Active, [2; 32])];
        let revoked = LinkRing::new(origin, &keys);
        assert_eq!(revoked.verify_return(&address), None);
        assert_eq!(revoked.mint_return(1, ID), None);
        assert_eq!(ring("https://staging.example").verify_return(&address), None, "another site");
    }

    #[test]
    fn every_bit_counts() {
        let ring = ring("https://intro.example");
        let token = ring.mint_return(2, ID).unwrap();
        let good = BASE32.decode(token.as_bytes()).unwrap();
        for bit in 0..LENGTH * 8 {
            let mut bytes = good.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let forged = bounces().with(&BASE32.encode(&bytes));
            assert_eq!(ring.verify_return(&forged), None, "bit {bit}");
        }
    }

    #[test]
    fn nothing_else_is_an_address_of_ours() {
        let ring = ring("https://intro.example");
        let token = ring.mint_return(2, ID).unwrap();
        let link = super::super::link::Claims {
            purpose: super::super::link::Purpose::Stop,
            generation: 0,
            expires: super::super::link::NEVER,
            reference: crate::ids::LinkRef(*ID.0.as_bytes()),
        };
        let link = ring.mint(2, &link).unwrap();
        for wrong in [
            String::new(),
            "@".into(),
            token.clone(),
            format!("{token}@example.org"),
            format!("x{token}@example.org"),
            format!("bounces+{}@example.org", &token[1..]),
            format!("bounces+{token}x@example.org"),
            format!("bounces+{link}@example.org"),
            format!("bounces+{}@example.org", &link[..TOKEN_CHARS]),
            format!("ü{}é@example.org", &token[2..]),
        ] {
            assert_eq!(ring.verify_return(&wrong), None, "{wrong}");
        }
        let as_link = ring.verify(super::super::link::Purpose::Stop, &token, crate::clock::Ts(0));
        assert!(as_link.is_err(), "and it opens no page");
    }

    #[test]
    fn a_long_or_strange_local_part_is_refused() {
        assert!(BounceAddress::parse("bounces-of-intro@example.org").is_none(), "no room for a token");
        assert!(BounceAddress::parse("a b@example.org").is_none());
        assert!(BounceAddress::parse("a+b@example.org").is_none());
        assert!(BounceAddress::parse("example.org").is_none());
        assert!(BounceAddress::parse("bounces-of-twoy@example.org").is_some());
    }
}
