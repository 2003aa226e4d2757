//! What a person decided on their own page, and until when it keeps others from asking them.
//!
//! A cap, a pause, a refusal and "never" are told in the same way: the first day of a month, at most about
//! two months ahead, that does not move from one look to the next within its step. So nobody can read from
//! the date which of them it is, nor whether it ever ends.

use jiff::tz::TimeZone;

use super::problem::Problem;
use crate::clock::{Span, Ts};

/// The largest limit that a person may set.
pub const PER_MONTH_MAX: u32 = 20;
/// What "a month" of asks means.
pub const MONTH: Span = Span::days(30);
/// What "a year" of asks means.
pub const YEAR: Span = Span::days(365);
/// How far ahead a pause may reach.
pub const PAUSE_MAX: Span = Span::days(366);

/// A person's own settings. All of them are optional.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// Asks a month; `None` is the instance's own limit.
    pub per_month: Option<u32>,
    /// When that was set.
    pub limited_at: Option<Ts>,
    pub pause: Option<Pause>,
}

/// No asks until a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    pub since: Ts,
    pub until: Ts,
}

impl Preferences {
    /// The pause, while it lasts.
    #[must_use]
    pub fn paused(&self, now: Ts) -> Option<Pause> {
        self.pause.filter(|pause| pause.until > now)
    }

    /// The stricter of two people who turned out to be one.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let limits = [(self.per_month, self.limited_at), (other.per_month, other.limited_at)];
        let least = limits.into_iter().filter(|(limit, _)| limit.is_some()).min_by_key(|(limit, _)| *limit);
        let (per_month, limited_at) = least.unwrap_or_default();
        let pause = [self.pause, other.pause].into_iter().flatten().max_by_key(|pause| pause.until);
        Self { per_month, limited_at, pause }
    }
}

/// What may keep a person from being asked in one introduction.
#[derive(Clone, Debug, Default)]
pub struct Bars {
    /// "Never ask this address again".
    pub suppressed_since: Option<Ts>,
    /// They refused this connector or the other person.
    pub refused_since: Option<Ts>,
    pub preferences: Preferences,
    /// When they were asked within the last [`YEAR`], newest first; [`Bars::looks_at`] of them are enough.
    pub asks: Vec<Ts>,
    /// The instance's limits.
    pub per_month: u32,
    pub per_year: u32,
}

impl Bars {
    /// The day before which the person cannot be asked, as the connector is told; `None` when they can.
    #[must_use]
    pub fn until(&self, zone: &TimeZone, now: Ts) -> Option<Ts> {
        let endless = [self.suppressed_since, self.refused_since, self.closed_since()];
        let endless = endless.into_iter().flatten().map(|since| (since, None));
        let pause = self.preferences.paused(now).map(|pause| (pause.since, Some(pause.until)));
        let (month, year) = (self.month(), self.year());
        let caps = [self.cap_ends(month, MONTH, now), self.cap_ends(year, YEAR, now)];
        let caps = caps.into_iter().flatten().map(|(since, end)| (since, Some(end)));
        let told = endless.chain(pause).chain(caps).map(|(since, end)| told(since, end, zone, now));
        told.max()
    }

    /// A limit of none at all ends only when it is changed.
    fn closed_since(&self) -> Option<Ts> {
        self.preferences.limited_at.filter(|_| self.preferences.per_month == Some(0))
    }

    /// How many asks matter at most, for limits like these.
    #[must_use]
    pub fn looks_at(per_month: u32, per_year: u32) -> u32 {
        per_month.max(per_year).max(PER_MONTH_MAX * 12)
    }

    fn month(&self) -> u32 {
        self.preferences.per_month.unwrap_or(self.per_month)
    }

    /// Whoever allows more in a month than is usual allows as much in every month of a year.
    fn year(&self) -> u32 {
        match self.preferences.per_month {
            Some(own) if own > self.per_month => self.per_year.max(own.saturating_mul(12)),
            Some(_) | None => self.per_year,
        }
    }

    /// Since when and until when so many asks within that time are used up.
    fn cap_ends(&self, limit: u32, within: Span, now: Ts) -> Option<(Ts, Ts)> {
        let limit = usize::try_from(limit).ok()?;
        let oldest = *self.asks.get(limit.checked_sub(1)?)?;
        let newest = *self.asks.first()?;
        Some((newest, oldest + within)).filter(|(_, end)| *end > now)
    }
}

/// The date for the neutral sentence.
pub(super) fn told(since: Ts, end: Option<Ts>, zone: &TimeZone, now: Ts) -> Ts {
    let passed = (now - since).0.div_euclid(MONTH.0) + 1;
    let step = since + Span(MONTH.0.saturating_mul(passed));
    month_after(end.map_or(step, |end| end.min(step)), zone)
}

/// The first day of the month that begins after `at`; its noon, so that it is that day in almost every zone.
fn month_after(at: Ts, zone: &TimeZone) -> Ts {
    let day = at.to_jiff().to_zoned(zone.clone()).date();
    let next = day.first_of_month().checked_add(jiff::Span::new().months(1));
    let start = next.and_then(|next| next.to_zoned(zone.clone()));
    start.map_or(at, |start| Ts(start.timestamp().as_microsecond()) + Span::hours(12))
}

/// Checks a typed limit: 0 to [`PER_MONTH_MAX`], or nothing for the instance's own.
pub fn per_month(field: &str, raw: &str) -> Result<Option<u32>, Problem> {
    let raw = raw.trim();
    if raw.is_empty() {
        return Ok(None);
    }
    let number: u32 = raw.parse().map_err(|_| Problem::new(field, "not-a-number"))?;
    if number > PER_MONTH_MAX {
        let max = usize::try_from(PER_MONTH_MAX).unwrap_or_default();
        return Err(Problem::new(field, "out-of-range").number("min", 0).number("max", max));
    }
    Ok(Some(number))
}

/// Checks the end of a pause: after today and within a year.
pub fn pause_until(field: &str, until: Ts, now: Ts) -> Result<Ts, Problem> {
    if until <= now {
        return Err(Problem::new(field, "date-in-past"));
    }
    if until > now + PAUSE_MAX {
        let max = (now + PAUSE_MAX).to_jiff().strftime("%Y-%m-%d").to_string();
        return Err(Problem::new(field, "date-too-far").text("max", max));
    }
    Ok(until)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday 2026-03-02T09:00:00Z.
    const NOW: Ts = Ts(1_772_442_000_000_000);

    fn day(at: Option<Ts>) -> String {
        at.map_or_else(|| "free".to_owned(), |at| at.to_jiff().strftime("%Y-%m-%d").to_string())
    }

    fn until(bars: &Bars, now: Ts) -> String {
        day(bars.until(&TimeZone::UTC, now))
    }

    fn asked(days_ago: &[i64]) -> Bars {
        let asks = days_ago.iter().map(|days| NOW - Span::days(*days)).collect();
        Bars { asks, per_month: 2, per_year: 5, ..Bars::default() }
    }

    #[test]
    fn a_cap_counts_the_last_thirty_days_and_a_persons_own_limit_goes_first() {
        assert_eq!(until(&asked(&[1]), NOW), "free");
        assert_eq!(until(&asked(&[1, 9]), NOW), "2026-04-01");
        assert_eq!(until(&asked(&[1, 9]), NOW + Span::days(21)), "free");
        let mut own = asked(&[1]);
        own.preferences.per_month = Some(1);
        assert_eq!(until(&own, NOW), "2026-04-01");
        let mut more = asked(&[1, 9, 10]);
        more.preferences.per_month = Some(4);
        assert_eq!(until(&more, NOW), "free");
    }

    #[test]
    fn a_year_has_a_limit_of_its_own_that_grows_with_a_persons_wish() {
        let over = [40, 80, 120, 160, 200];
        assert_eq!(until(&asked(&over[..4]), NOW), "free");
        assert_ne!(until(&asked(&over), NOW), "free");
        assert_eq!(until(&asked(&over), NOW + Span::days(165)), "free", "365 days after the first");
        let mut own = asked(&over);
        own.preferences.per_month = Some(1);
        assert_ne!(until(&own, NOW), "free", "who allows less in a month does not allow more in a year");
        own.preferences.per_month = Some(3);
        assert_eq!(until(&own, NOW), "free");
    }

    #[test]
    fn every_cause_is_told_as_the_first_of_a_month_at_most_two_months_ahead() {
        let since = NOW - Span::days(100);
        let pause = Some(Pause { since, until: NOW + Span::days(300) });
        let closed = Preferences { per_month: Some(0), limited_at: Some(since), pause: None };
        let causes = [
            Bars { suppressed_since: Some(since), per_month: 4, per_year: 48, ..Bars::default() },
            Bars { refused_since: Some(since), per_month: 4, per_year: 48, ..Bars::default() },
            Bars { preferences: closed, per_month: 4, per_year: 48, ..Bars::default() },
            Bars {
                preferences: Preferences { pause, ..Preferences::default() },
                per_month: 4,
                per_year: 48,
                ..Bars::default()
            },
        ];
        for later in 0..90 {
            let now = NOW + Span::days(later);
            let told: Vec<_> = causes.iter().map(|bars| bars.until(&TimeZone::UTC, now)).collect();
            assert!(told.iter().all(|one| *one == told[0]), "{later}: {told:?}");
            let at = told[0].unwrap_or(Ts(0));
            assert!(at > now && at <= now + Span::days(62), "{later}");
            assert_eq!(day(told[0]).split('-').nth(2), Some("01"));
        }
        let cap = asked(&[1, 9]).until(&TimeZone::UTC, NOW).unwrap_or(Ts(0));
        assert!(day(Some(cap)).ends_with("-01") && cap <= NOW + Span::days(62));
    }

    #[test]
    fn of_two_settings_the_stricter_stays() {
        let one = Preferences { per_month: Some(3), limited_at: Some(Ts(1)), pause: None };
        let pause = Some(Pause { since: Ts(2), until: Ts(9) });
        let two = Preferences { per_month: None, limited_at: None, pause };
        assert_eq!(one.and(two), Preferences { pause, ..one });
        let zero = Preferences { per_month: Some(0), limited_at: Some(Ts(5)), pause: None };
        assert_eq!(one.and(zero).per_month, Some(0));
    }

    #[test]
    fn limits_and_dates_are_checked() {
        assert_eq!(per_month("limit", " "), Ok(None));
        assert_eq!(per_month("limit", "0"), Ok(Some(0)));
        assert_eq!(per_month("limit", "20"), Ok(Some(20)));
        assert_eq!(per_month("limit", "21").map_err(|one| one.code), Err("out-of-range"));
        assert_eq!(per_month("limit", "-1").map_err(|one| one.code), Err("not-a-number"));
        assert_eq!(pause_until("until", NOW, NOW).map_err(|one| one.code), Err("date-in-past"));
        let far = NOW + PAUSE_MAX + Span(1);
        assert_eq!(pause_until("until", far, NOW).map_err(|one| one.code), Err("date-too-far"));
    }
}
