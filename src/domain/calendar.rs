//! Working days, in the instance's time zone.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use crate::clock::{Span, Ts};

/// `from` plus `days` working days (Monday to Friday) at the same local time.
#[must_use]
pub fn add_working_days(from: Ts, days: u32, zone: &TimeZone) -> Ts {
    let mut at = from.to_jiff().to_zoned(zone.clone());
    let mut left = days;
    while left > 0 {
        let Ok(next) = at.checked_add(jiff::Span::new().days(1)) else {
            return from + Span::days(i64::from(days));
        };
        at = next;
        if !matches!(at.weekday(), Weekday::Saturday | Weekday::Sunday) {
            left -= 1;
        }
    }
    Ts(at.timestamp().as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Ts {
        Ts(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
    }

    #[test]
    fn weekends_do_not_count() {
        // 2026-03-06 is a Friday.
        let monday = add_working_days(at("2026-03-06T09:00:00Z"), 1, &TimeZone::UTC);
        assert_eq!(monday, at("2026-03-09T09:00:00Z"));
        let next_friday = add_working_days(at("2026-03-06T09:00:00Z"), 5, &TimeZone::UTC);
        assert_eq!(next_friday, at("2026-03-13T09:00:00Z"));
    }

    #[test]
    fn the_local_hour_stays_over_a_change_of_clocks() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        // Clocks go forward on Sunday 2026-03-29.
        let monday = add_working_days(at("2026-03-27T08:00:00Z"), 1, &zone);
        assert_eq!(monday, at("2026-03-30T07:00:00Z"));
    }
}
