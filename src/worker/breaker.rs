//! When a sick route is left alone. Pure; the state lies in the database, one row for all processes.
//!
//! Closed, until something fails that no recipient has a part in. Then paused, longer each time. After the
//! pause one delivery goes ahead as a probe, and what happens to it closes the breaker or pauses again.

use crate::clock::{Span, Ts};
use crate::store::routes::Route;

const PAUSES: [Span; 6] = [
    Span::seconds(30),
    Span::minutes(1),
    Span::minutes(2),
    Span::minutes(5),
    Span::minutes(10),
    Span::minutes(15),
];

/// How long a probe holds the others back. It ends earlier when the probe does; it only runs out when the
/// prober died or the relay is very slow.
const PROBE: Span = Span::minutes(1);

/// What may be leased now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    Closed,
    /// One delivery, to see whether the route works again.
    Probe,
    /// Nothing before this time.
    Open(Ts),
}

#[must_use]
pub fn gate(route: Option<&Route>, now: Ts) -> Gate {
    match route {
        Some(Route { failures, paused_until: Some(until), .. }) if *failures > 0 => {
            if now < *until {
                Gate::Open(*until)
            } else {
                Gate::Probe
            }
        }
        Some(_) | None => Gate::Closed,
    }
}

/// The pause after so many failures in a row, the first is 1.
#[must_use]
pub fn pause(failures: i64) -> Span {
    let last = PAUSES.len() - 1;
    let nth = usize::try_from(failures.max(1) - 1).unwrap_or(last).min(last);
    PAUSES[nth]
}

/// The route while a probe is under way.
#[must_use]
pub fn probing(route: &Route, now: Ts) -> Route {
    Route { paused_until: Some(now + PROBE), changed_at: now, ..route.clone() }
}

/// The route after a failure. Several deliveries that were under way when it broke are one failure: while it
/// is paused, only the probe's counts.
#[must_use]
pub fn failed(route: Option<&Route>, name: &str, probe: bool, words: &str, now: Ts) -> Route {
    let before = route.map_or(0, |route| route.failures);
    if let (Gate::Open(until), false) = (gate(route, now), probe) {
        return Route {
            name: name.to_owned(),
            failures: before,
            paused_until: Some(until),
            words: words.to_owned(),
            changed_at: now,
        };
    }
    let failures = before.saturating_add(1);
    Route {
        name: name.to_owned(),
        failures,
        paused_until: Some(now + pause(failures)),
        words: words.to_owned(),
        changed_at: now,
    }
}

/// The route after a sign of health. The words stay, for the admin who asks what it was.
#[must_use]
pub fn healed(route: &Route, now: Ts) -> Route {
    Route { failures: 0, paused_until: None, changed_at: now, ..route.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Ts = Ts(1_700_000_000_000_000);

    #[test]
    fn the_pauses_grow_to_a_quarter_of_an_hour() {
        let seconds: Vec<i64> = (1..9).map(|n| pause(n).as_seconds()).collect();
        assert_eq!(seconds, [30, 60, 120, 300, 600, 900, 900, 900]);
    }

    #[test]
    fn a_failure_pauses_a_probe_follows_and_its_end_decides() {
        assert_eq!(gate(None, NOW), Gate::Closed);
        let sick = failed(None, "relay", false, "refused", NOW);
        let until = NOW + Span::seconds(30);
        assert_eq!(gate(Some(&sick), NOW), Gate::Open(until));
        assert_eq!(gate(Some(&sick), until), Gate::Probe);

        let probed = probing(&sick, until);
        assert_eq!(gate(Some(&probed), until), Gate::Open(until + PROBE), "one probe at a time");
        assert_eq!(gate(Some(&probed), until + PROBE), Gate::Probe, "the prober may have died");

        let again = failed(Some(&probed), "relay", true, "refused", until);
        assert_eq!((again.failures, again.paused_until), (2, Some(until + Span::minutes(1))));
        assert_eq!(gate(Some(&healed(&again, until)), until), Gate::Closed);
    }

    #[test]
    fn many_that_fail_together_are_one_failure() {
        let one = failed(None, "relay", false, "refused", NOW);
        let two = failed(Some(&one), "relay", false, "refused", NOW + Span::seconds(3));
        assert_eq!((two.failures, two.paused_until), (1, one.paused_until));
    }
}
