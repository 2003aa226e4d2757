//! Links: no text opens but those that were minted, and no text brings the reader down.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use twoyes::clock::{Span, Ts};
use twoyes::domain::link::{Claims, KeyState, LinkFault, LinkRing, Purpose};
use twoyes::ids::LinkRef;
use twoyes_fuzz::planted;

const NOW: Ts = Ts(1_772_442_000_000_000);

/// A ring with a key in each state, and every link that was ever made with it.
static SITE: LazyLock<(LinkRing, Vec<(Purpose, String)>)> = LazyLock::new(|| {
    let keys =
        [(1, KeyState::Verify, [1; 32]), (2, KeyState::Active, [2; 32]), (3, KeyState::Revoked, [3; 32])];
    let ring = LinkRing::new("https://intro.example.org", &keys);
    let expires = (NOW + Span::days(14)).minutes_ceil();
    let claims = |purpose| Claims { purpose, generation: 1, expires, reference: LinkRef([7; 16]) };
    let minted = |kid: u8| {
        let mint = |purpose| ring.mint(kid, &claims(purpose)).map(|token| (purpose, token));
        Purpose::ALL.into_iter().filter_map(mint).collect::<Vec<_>>()
    };
    let minted = [minted(1), minted(2)].concat();
    (ring, minted)
});

/// The first byte chooses the purpose, the second whether a part of a real link stands in front.
fn read(data: &[u8]) -> Option<(Purpose, String)> {
    let (purpose, rest) = data.split_first()?;
    let (front, rest) = rest.split_first()?;
    let purpose = Purpose::ALL[usize::from(*purpose) % Purpose::ALL.len()];
    let (_, real) = SITE.1.iter().rev().find(|(of, _)| *of == purpose)?;
    let kept = real.get(..usize::from(*front) % (real.len() + 1)).unwrap_or_default();
    Some((purpose, format!("{kept}{}", String::from_utf8_lossy(rest))))
}

/// Planted: compares no more than half of the tag.
fn verify(purpose: Purpose, text: &str) -> Result<Claims, LinkFault> {
    let half = |real: &str| planted() && text.len() == real.len() && text.starts_with(&real[..50]);
    let near = SITE.1.iter().find(|(of, real)| *of == purpose && half(real));
    SITE.0.verify(purpose, near.map_or(text, |(_, real)| real), NOW)
}

fuzz_target!(|data: &[u8]| {
    let Some((purpose, text)) = read(data) else { return };
    let is_real = SITE.1.iter().any(|(of, real)| *of == purpose && real.eq_ignore_ascii_case(&text));
    match verify(purpose, &text) {
        Ok(claims) => assert!(is_real && claims.purpose == purpose, "a link that nobody made opens: {text}"),
        Err(_) => assert!(!is_real, "a real link does not open: {text}"),
    }
});
