//! How often one keeps in touch with somebody: every so many months, or once in a season.

use jiff::civil::date;
use jiff::tz::TimeZone;

use super::problem::Problem;
use crate::clock::{Span, Ts};

/// A month, as far as keeping in touch is concerned.
pub const MONTH: Span = Span::days(30);
const MONTHS_MAX: i64 = 24;

/// The first month of each season, spring first (meteorological, northern).
const SEASONS: [(&str, i64, i8); 4] =
    [("spring", -1, 3), ("summer", -2, 6), ("autumn", -3, 9), ("winter", -4, 12)];

/// A rhythm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rhythm {
    Months(i64),
    /// Which, spring first.
    Season(usize),
}

impl Rhythm {
    /// What a form offers.
    pub const WORDS: &'static [&'static str] =
        &["1", "2", "3", "6", "12", "spring", "summer", "autumn", "winter"];

    /// As it lies in the database.
    #[must_use]
    pub fn code(self) -> i64 {
        match self {
            Self::Months(months) => months,
            Self::Season(nth) => SEASONS[nth % 4].1,
        }
    }

    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        if (1..=MONTHS_MAX).contains(&code) {
            return Some(Self::Months(code));
        }
        SEASONS.iter().position(|(_, known, _)| *known == code).map(Self::Season)
    }

    /// The word of a form: a number of months or the name of a season.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Self::Months(months) => months.to_string(),
            Self::Season(nth) => SEASONS[nth % 4].0.to_owned(),
        }
    }

    /// Empty is none.
    ///
    /// # Errors
    /// A problem for anything else.
    pub fn typed(field: &str, raw: &str) -> Result<Option<Self>, Problem> {
        let raw = raw.trim();
        if raw.is_empty() {
            return Ok(None);
        }
        let season = SEASONS.iter().position(|(word, ..)| *word == raw).map(Self::Season);
        let found = season.or_else(|| raw.parse().ok().filter(|code| *code > 0).and_then(Self::from_code));
        found
            .map(Some)
            .ok_or_else(|| Problem::new(field, "unknown-value").text("allowed", Self::WORDS.join(", ")))
    }
}

/// When each season began the last time before `now`, spring first.
#[must_use]
pub fn season_starts(now: Ts) -> [Ts; 4] {
    let year = now.to_jiff().to_zoned(TimeZone::UTC).year();
    let start = |year: i16, month: i8| {
        let zoned = date(year, month, 1).to_zoned(TimeZone::UTC);
        zoned.map_or(Ts(0), |zoned| Ts(zoned.timestamp().as_microsecond()))
    };
    SEASONS.map(|(.., month)| {
        let this = start(year, month);
        if this <= now { this } else { start(year - 1, month) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rhythms_are_read_as_they_are_written() {
        for word in Rhythm::WORDS {
            let rhythm = Rhythm::typed("r", word).unwrap().unwrap();
            assert_eq!(rhythm.word(), *word);
            assert_eq!(Rhythm::from_code(rhythm.code()), Some(rhythm));
        }
        assert_eq!(Rhythm::typed("r", " ").unwrap(), None);
        for bad in ["0", "25", "-1", "monsoon"] {
            assert_eq!(Rhythm::typed("r", bad).unwrap_err().code, "unknown-value", "{bad}");
        }
    }

    #[test]
    fn a_season_begins_once_a_year() {
        // 2026-11-29
        let now = Ts(1_795_910_400_000_000);
        let days = season_starts(now).map(|at| at.to_jiff().strftime("%Y-%m-%d").to_string());
        assert_eq!(days, ["2026-03-01", "2026-06-01", "2026-09-01", "2025-12-01"]);
    }
}
