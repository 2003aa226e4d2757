//! The week's suggestions by mail, for a connector who asked for it: when it leaves.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use crate::clock::{Span, Ts};

/// The hour of Monday at which it leaves, in the connector's time zone.
const HOUR: i8 = 7;

/// The first Monday morning after `now`.
#[must_use]
pub fn next(now: Ts, zone: &TimeZone) -> Ts {
    let local = now.to_jiff().to_zoned(zone.clone());
    let morning = |day: jiff::civil::Date| day.at(HOUR, 0, 0, 0).to_zoned(zone.clone()).ok();
    let mut day = local.date();
    for _ in 0..=7 {
        let at = morning(day).map(|at| Ts(at.timestamp().as_microsecond()));
        if let Some(at) = at.filter(|at| *at > now && day.weekday() == Weekday::Monday) {
            return at;
        }
        let Ok(tomorrow) = day.tomorrow() else { break };
        day = tomorrow;
    }
    now + Span::days(7)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Ts {
        Ts(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
    }

    #[test]
    fn it_leaves_on_monday_morning_where_its_reader_lives() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        // 2026-03-06 is a Friday; clocks go forward on Sunday 2026-03-29.
        assert_eq!(next(at("2026-03-06T09:00:00Z"), &berlin), at("2026-03-09T06:00:00Z"));
        assert_eq!(next(at("2026-03-09T05:59:59Z"), &berlin), at("2026-03-09T06:00:00Z"));
        assert_eq!(next(at("2026-03-09T06:00:00Z"), &berlin), at("2026-03-16T06:00:00Z"));
        assert_eq!(next(at("2026-03-27T09:00:00Z"), &berlin), at("2026-03-30T05:00:00Z"));
        let honolulu = TimeZone::get("Pacific/Honolulu").unwrap();
        assert_eq!(next(at("2026-03-09T09:00:00Z"), &honolulu), at("2026-03-09T17:00:00Z"));
    }
}
