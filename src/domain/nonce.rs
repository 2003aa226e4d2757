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
/// Letters of a nonce without a seal.
const LENGTH: usize = 32;

/// A nonce for the page of (`reference`, `generation`) shown at `now`.
#[must_use]
pub fn make(key: &[u8; 32], reference: LinkRef, generation: u8, now: Ts) -> String {
    let seconds = u32::try_from(now.0.div_euclid(1_000_000)).unwrap_or(0);
    let mut bytes = [0_u8; 20];
    bytes[..4].copy_from_slice(&seconds.to_be_bytes());
    bytes[4..].copy_from_slice(&tag(key, reference, generation, seconds));
    BASE32_NOPAD.encode(&bytes).to_lowercase()
}

/// When the page was made that carried `nonce`; `None` when it was not made for this row, or is older than
/// [`LIFE`].
#[must_use]
pub fn made_at(key: &[u8; 32], reference: LinkRef, generation: u8, now: Ts, nonce: &str) -> Option<Ts> {
    let bytes = BASE32_NOPAD.decode(nonce.to_ascii_uppercase().as_bytes()).ok()?;
    let bytes = <[u8; 20]>::try_from(bytes).ok()?;
    let mut seconds = [0_u8; 4];
    seconds.copy_from_slice(&bytes[..4]);
    let seconds = u32::from_be_bytes(seconds);
    let ours = bool::from(tag(key, reference, generation, seconds).ct_eq(&bytes[4..]));
    let made = Ts(i64::from(seconds) * 1_000_000);
    let age = now - made;
    // A clock that steps back must not lock people out of a page they just opened.
    (ours && age <= LIFE && age >= Span(-LIFE.0)).then_some(made)
}

/// Whether `nonce` was made for this row and is not older than [`LIFE`].
#[must_use]
pub fn is_good(key: &[u8; 32], reference: LinkRef, generation: u8, now: Ts, nonce: &str) -> bool {
    made_at(key, reference, generation, now, nonce).is_some()
}

/// The nonce with a seal of the words on its page, so that an answer names the very text it was given on.
#[must_use]
pub fn seal(key: &[u8; 32], nonce: &str, words: &str) -> String {
    format!("{nonce}{}", BASE32_NOPAD.encode(&words_tag(key, nonce, words)).to_lowercase())
}

/// The nonce and its seal, which is empty when there is none.
#[must_use]
pub fn split(sealed: &str) -> (&str, &str) {
    sealed.split_at_checked(LENGTH).unwrap_or((sealed, ""))
}

/// Whether `seal` is that of these words under this nonce.
#[must_use]
pub fn is_sealed(key: &[u8; 32], nonce: &str, words: &str, seal: &str) -> bool {
    let Ok(seal) = BASE32_NOPAD.decode(seal.to_ascii_uppercase().as_bytes()) else {
        return false;
    };
    bool::from(words_tag(key, nonce, words).ct_eq(&seal))
}

fn words_tag(key: &[u8; 32], nonce: &str, words: &str) -> [u8; 16] {
    let mut mac = hmac_sha256(key);
    mac.update(b"twoyes.words.v1\0");
    mac.update(nonce.as_bytes());
    mac.update(b"\0");
    mac.update(words.as_bytes());
    let mut out = [0_u8; 16];
    out.copy_from_slice(&mac.finalize().into_bytes()[..16]);
    out
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
    fn a_seal_is_good_for_its_words_alone() {
        let key = [9; 32];
        let nonce = make(&key, LinkRef([1; 16]), 1, Ts(1_700_000_000_000_000));
        let sealed = seal(&key, &nonce, "May I?");
        assert_eq!(split(&sealed).0, nonce);
        let good = |words: &str, sealed: &str| is_sealed(&key, &nonce, words, split(sealed).1);
        assert!(good("May I?", &sealed));
        assert!(!good("May I!", &sealed));
        assert!(!good("May I?", &nonce), "no seal at all");
        assert!(!good("May I?", ""));
        assert!(!is_sealed(&[8; 32], &nonce, "May I?", split(&sealed).1));
    }

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
