//! The nonce of one view of an answer page.
//!
//! A POST must carry the nonce that its page was made with: a robot that posts blindly has none. It
//! needs no row, so that viewing a page writes nothing: it is the time of the view under a MAC.

use data_encoding::BASE32_NOPAD;
use hmac::Mac;
use subtle::ConstantTimeEq;

use crate::clock::{Span, Ts};
use crate::ids::{LinkRef, hmac_sha256};

/// How long a page may lie open before it must be loaded again.
pub const LIFE: Span = Span::days(2);

/// A nonce for the page of (`reference`, `generation`) shown at `now`.
#[must_use]
pub fn make(key: &[u8; 32], reference: LinkRef, generation: u8, now: Ts) -> String {
    let seconds = u32::try_from(now.0.div_euclid(1_000_000)).unwrap_or(0);
    let mut bytes = [0_u8; 20];
    bytes[..4].copy_from_slice(&seconds.to_be_bytes());
    bytes[4..].copy_from_slice(&tag(key, reference, generation, seconds));
    BASE32_NOPAD.encode(&bytes).to_lowercase()
}

/// Whether `nonce` was made for this row and is not older than [`LIFE`].
#[must_use]
pub fn is_good(key: &[u8; 32], reference: LinkRef, generation: u8, now: Ts, nonce: &str) -> bool {
    let Ok(bytes) = BASE32_NOPAD.decode(nonce.to_ascii_uppercase().as_bytes()) else {
        return false;
    };
    let Ok(bytes) = <[u8; 20]>::try_from(bytes) else {
        return false;
    };
    let mut seconds = [0_u8; 4];
    seconds.copy_from_slice(&bytes[..4]);
    let seconds = u32::from_be_bytes(seconds);
    let ours = bool::from(tag(key, reference, generation, seconds).ct_eq(&bytes[4..]));
    let age = now - Ts(i64::from(seconds) * 1_000_000);
    // A clock that steps back must not lock people out of a page they just opened.
    ours && age <= LIFE && age >= Span(-LIFE.0)
}

fn tag(key: &[u8; 32], reference: LinkRef, generation: u8, seconds: u32) -> [u8; 16] {
    let mut mac = hmac_sha256(key);
    mac.update(b"twoyes.view.v1\0");
    mac.update(&reference.0);
    mac.update(&[generation]);
    mac.update(&seconds.to_be_bytes());
    let mut out = [0_u8; 16];
    out.copy_from_slice(&mac.finalize().into_bytes()[..16]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_good_for_its_row_and_for_two_days() {
        let (key, row, now) = ([9; 32], LinkRef([1; 16]), Ts(1_700_000_000_000_000));
        let nonce = make(&key, row, 1, now);
        assert!(is_good(&key, row, 1, now + LIFE, &nonce));
        assert!(!is_good(&key, row, 1, now + LIFE + Span::seconds(1), &nonce));
        assert!(!is_good(&key, row, 2, now, &nonce));
        assert!(!is_good(&key, LinkRef([2; 16]), 1, now, &nonce));
        assert!(!is_good(&[8; 32], row, 1, now, &nonce));
        assert!(!is_good(&key, row, 1, now, ""));
    }
}
