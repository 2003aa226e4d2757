//! What the outcome log is narrowed to: days, connector, purpose, what came of it, and words.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::asking::Purpose;
use super::name_words;
use super::problem::{Problem, Problems};
use super::tally::Ended;
use super::text;
use crate::clock::{Span, Ts};
use crate::ids::{ConnectorId, IntroductionId, uuid_v7};

/// Longest search, in characters.
pub const SEARCH_MAX: usize = 80;
/// Weeks that are shown when nobody asks for others.
pub const WEEKS: i64 = 12;

/// As typed, or as it stands in a link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawLogFilter {
    pub when: String,
    pub from: String,
    pub to: String,
    pub connector: String,
    pub purpose: String,
    pub outcome: String,
    pub search: String,
}

/// Which days, when no date is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The last twelve weeks.
    Weeks,
    Year,
    All,
}

super::text_enum!(When { Weeks = "weeks", Year = "year", All = "all" });

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFilter {
    /// `None` when the dates were named.
    pub when: Option<When>,
    /// The first day, where the log begins.
    pub first_day: Option<Date>,
    /// The last day, still within.
    pub last_day: Option<Date>,
    /// From this moment on.
    pub from: Option<Ts>,
    /// Before this moment.
    pub to: Option<Ts>,
    pub connector: Option<ConnectorId>,
    pub purpose: Option<Purpose>,
    pub ended: Option<Ended>,
    pub search: Option<Search>,
}

/// What was searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    Id(IntroductionId),
    /// Each of them begins a word of a name. None of them: nothing can be found.
    Words(Vec<String>),
}

impl RawLogFilter {
    /// Whatever is good of it, and what is wrong with the rest: a bad value narrows nothing.
    #[must_use]
    pub fn read(&self, zone: &TimeZone, usual: When, now: Ts) -> (LogFilter, Problems) {
        let mut problems = Problems::default();
        let when = read(&mut problems, "when", &self.when, When::parse);
        let first_day = self.date(&mut problems, "from", &self.from);
        let last_day = self.date(&mut problems, "to", &self.to);
        let backwards = first_day.zip(last_day).is_some_and(|(first, last)| last < first);
        if backwards {
            problems.push(Problem::new("to", "dates-backwards"));
        }
        let (first_day, last_day) = if backwards { (None, None) } else { (first_day, last_day) };
        let named = first_day.is_some() || last_day.is_some();
        let when = if named { None } else { Some(when.unwrap_or(usual)) };
        let first_day = first_day.or_else(|| when.and_then(|when| when.begins(zone, now)));
        let filter = LogFilter {
            when,
            first_day,
            last_day,
            from: first_day.and_then(|day| midnight(day, zone)),
            to: last_day.and_then(|day| midnight(day.saturating_add(1.day()), zone)),
            connector: read(&mut problems, "connector", &self.connector, |text| text.parse().ok()),
            purpose: read(&mut problems, "purpose", &self.purpose, Purpose::parse),
            ended: read(&mut problems, "outcome", &self.outcome, Ended::parse),
            search: self.search(&mut problems),
        };
        (filter, problems)
    }

    #[expect(clippy::unused_self, reason = "reads beside `search`")]
    fn date(&self, problems: &mut Problems, field: &str, text: &str) -> Option<Date> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        // Years outside of these are slips of the keyboard.
        let date = text.parse::<Date>().ok().filter(|date| (1970..=2999).contains(&date.year()));
        if date.is_none() {
            problems.push(Problem::new(field, "not-a-day"));
        }
        date
    }

    fn search(&self, problems: &mut Problems) -> Option<Search> {
        let typed = match text::line("q", &self.search, SEARCH_MAX) {
            Ok(typed) => typed,
            Err(problem) => {
                problems.push(problem);
                return None;
            }
        };
        if typed.is_empty() {
            return None;
        }
        let id = typed.parse::<Uuid>().ok().map(|id| Search::Id(IntroductionId(id)));
        Some(id.unwrap_or_else(|| Search::Words(name_words::sought(&typed))))
    }
}

impl When {
    fn begins(self, zone: &TimeZone, now: Ts) -> Option<Date> {
        let today = now.to_jiff().to_zoned(zone.clone()).date();
        match self {
            Self::Weeks => Some(today.saturating_sub(WEEKS.weeks())),
            Self::Year => Some(today.saturating_sub(1.year())),
            Self::All => None,
        }
    }
}

impl LogFilter {
    /// The ids that it can find, from the first on and below the last: ids begin with the moment at which
    /// they were made.
    #[must_use]
    pub fn ids(&self) -> (IntroductionId, IntroductionId) {
        let bound = |at: Ts| uuid_v7(at, [0; 16]);
        let low = self.from.map_or(Uuid::nil(), bound);
        let high = self.to.map_or(Uuid::max(), bound);
        (IntroductionId(low), IntroductionId(high))
    }

    /// Whether anything but days was asked for.
    #[must_use]
    pub const fn narrows(&self) -> bool {
        self.connector.is_some() || self.purpose.is_some() || self.ended.is_some() || self.search.is_some()
    }
}

fn read<T>(problems: &mut Problems, field: &str, text: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    let value = parse(text);
    if value.is_none() {
        problems.push(Problem::new(field, "not-a-filter"));
    }
    value
}

/// A day begins later where the clocks go forward at midnight.
fn midnight(day: Date, zone: &TimeZone) -> Option<Ts> {
    let at = zone.to_ambiguous_zoned(day.at(0, 0, 0, 0)).compatible().ok()?;
    Some(Ts(at.timestamp().as_microsecond()))
}

/// The whole days (UTC, since the epoch) between two moments: from the first, below the second.
#[must_use]
pub fn whole_days(from: Option<Ts>, to: Option<Ts>) -> (i64, i64) {
    let length = Span::days(1).0;
    let first = from.map_or(i64::MIN, |at| at.0.div_euclid(length) + i64::from(at.0.rem_euclid(length) > 0));
    let end = to.map_or(i64::MAX, |at| at.0.div_euclid(length));
    (first, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Ts = Ts(1_772_442_000_000_000);

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    #[test]
    fn days_are_the_readers_own() {
        let raw =
            RawLogFilter { from: "2026-03-01".into(), to: "2026-03-29".into(), ..RawLogFilter::default() };
        let (filter, problems) = raw.read(&berlin(), When::Weeks, NOW);
        assert!(problems.0.is_empty());
        assert_eq!(filter.from.unwrap().rfc3339(), "2026-02-28T23:00:00Z");
        // The clocks went forward on the 29th.
        assert_eq!(filter.to.unwrap().rfc3339(), "2026-03-29T22:00:00Z");
        assert_eq!(filter.when, None);
        let (low, high) = filter.ids();
        assert!(low.0 < uuid_v7(filter.from.unwrap(), [255; 16]) && high.0 > low.0);
    }

    #[test]
    fn without_dates_it_is_the_last_twelve_weeks() {
        let (filter, _) = RawLogFilter::default().read(&TimeZone::UTC, When::Weeks, NOW);
        assert_eq!(filter.from.unwrap().rfc3339(), "2025-12-08T00:00:00Z");
        assert_eq!((filter.to, filter.narrows()), (None, false));
        let raw = RawLogFilter { when: "all".into(), ..RawLogFilter::default() };
        assert_eq!(raw.read(&TimeZone::UTC, When::Weeks, NOW).0.from, None);
    }

    #[test]
    fn a_bad_value_is_named_and_narrows_nothing() {
        let raw = RawLogFilter {
            when: "ever".into(),
            from: "yesterday".into(),
            to: "2026-02-30".into(),
            connector: "x".into(),
            purpose: "fun".into(),
            outcome: "no".into(),
            search: "a\u{202e}b".into(),
        };
        let (filter, problems) = raw.read(&TimeZone::UTC, When::Weeks, NOW);
        let fields: Vec<&str> = problems.0.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["when", "from", "to", "connector", "purpose", "outcome", "q"]);
        assert!(!filter.narrows());
        assert_eq!(filter.when, Some(When::Weeks));
        let raw =
            RawLogFilter { from: "2026-03-02".into(), to: "2026-03-01".into(), ..RawLogFilter::default() };
        let (filter, problems) = raw.read(&TimeZone::UTC, When::Weeks, NOW);
        assert_eq!((problems.0[0].code, filter.when), ("dates-backwards", Some(When::Weeks)));
    }

    #[test]
    fn whole_days_leave_the_edges_out() {
        let hour = Span::hours(1).0;
        assert_eq!(whole_days(Some(Ts(23 * hour)), Some(Ts(71 * hour))), (1, 2));
        assert_eq!(whole_days(Some(Ts(0)), Some(Ts(48 * hour))), (0, 2));
    }
}
