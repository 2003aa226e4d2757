//! When a mail that was put off is tried again. Pure.

use crate::clock::{Span, Ts};

/// The first try comes soon, for greylisting; from then on RFC 5321, 4.5.4.1: half an hour and more.
const STEPS: [Span; 7] = [
    Span::minutes(2),
    Span::minutes(5),
    Span::minutes(15),
    Span::minutes(30),
    Span::hours(1),
    Span::hours(2),
    Span::hours(4),
];

/// The wait after the attempt number `attempts` (the first is 0), without jitter.
#[must_use]
pub fn step(attempts: i64) -> Span {
    let last = STEPS.len() - 1;
    let nth = usize::try_from(attempts.max(0)).unwrap_or(last).min(last);
    STEPS[nth]
}

/// The next try: the step, or the pause that the server asked for when that is longer, and up to a quarter
/// more, so that mails that failed together do not come back together. Never after `latest`.
///
/// The extra comes from `seed` (the delivery's id) and the attempt: the same attempt gives the same time.
#[must_use]
pub fn next(now: Ts, attempts: i64, seed: u128, asked: Option<Span>, latest: Ts) -> Ts {
    let wait = step(attempts).max(asked.unwrap_or(Span::ZERO));
    let share = i64::try_from(mix(seed, attempts) % 1000).unwrap_or(0);
    let jitter = Span(wait.0 / 4 / 1000 * share);
    (now + wait + jitter).min(latest.max(now))
}

/// Finalizer of SplitMix64: neighbouring inputs give unrelated outputs.
fn mix(seed: u128, attempts: i64) -> u64 {
    let [low, high] = [seed, seed >> 64].map(|half| u64::try_from(half & u128::from(u64::MAX)).unwrap_or(0));
    let mut z = low ^ high.rotate_left(32) ^ attempts.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Ts = Ts(1_700_000_000_000_000);
    const FAR: Ts = Ts(i64::MAX);

    #[test]
    fn the_steps_grow_to_four_hours_and_stay_there() {
        let minutes: Vec<i64> = (0..9).map(|n| step(n).as_seconds() / 60).collect();
        assert_eq!(minutes, [2, 5, 15, 30, 60, 120, 240, 240, 240]);
        assert_eq!(step(i64::MAX), Span::hours(4));
        assert_eq!(step(-1), Span::minutes(2));
    }

    #[test]
    fn the_jitter_adds_at_most_a_quarter_and_is_the_same_every_time() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..200_u128 {
            let at = next(NOW, 3, seed, None, FAR);
            assert_eq!(at, next(NOW, 3, seed, None, FAR));
            assert!(at >= NOW + Span::minutes(30) && at <= NOW + Span::seconds(2250), "{at:?}");
            seen.insert(at);
        }
        assert!(seen.len() > 100, "they spread: {}", seen.len());
    }

    #[test]
    fn the_servers_own_wish_counts_when_it_is_longer() {
        assert!(next(NOW, 0, 1, Some(Span::minutes(20)), FAR) >= NOW + Span::minutes(20));
        assert!(next(NOW, 4, 1, Some(Span::minutes(1)), FAR) >= NOW + Span::hours(1));
    }

    #[test]
    fn nothing_is_tried_after_its_end() {
        assert_eq!(next(NOW, 6, 1, None, NOW + Span::minutes(3)), NOW + Span::minutes(3));
        assert_eq!(next(NOW, 6, 1, None, NOW - Span::minutes(3)), NOW);
    }
}
