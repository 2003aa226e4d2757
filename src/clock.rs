//! Time, taken once per step and handed down as a value.
//!
//! The whole service counts in microseconds since the Unix epoch: both databases store them as
//! BIGINT, so a value read back is the value written.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde::{Deserialize, Serialize};

/// A moment: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ts(pub i64);

/// A span of time in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(pub i64);

impl Span {
    pub const ZERO: Self = Self(0);

    #[must_use]
    pub const fn seconds(n: i64) -> Self {
        Self(n * 1_000_000)
    }

    #[must_use]
    pub const fn minutes(n: i64) -> Self {
        Self::seconds(n * 60)
    }

    #[must_use]
    pub const fn hours(n: i64) -> Self {
        Self::minutes(n * 60)
    }

    #[must_use]
    pub const fn days(n: i64) -> Self {
        Self::hours(n * 24)
    }

    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0 / 1_000_000
    }

    /// For timers. A negative span is no wait.
    #[must_use]
    pub fn as_std(self) -> std::time::Duration {
        std::time::Duration::from_micros(u64::try_from(self.0).unwrap_or(0))
    }
}

impl std::ops::Add<Span> for Ts {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl std::ops::Sub<Span> for Ts {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl std::ops::Sub for Ts {
    type Output = Span;
    fn sub(self, other: Self) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}

impl std::ops::Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::ops::Sub for Span {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Ts {
    /// Whole minutes since the epoch, rounded up: the resolution of a link's expiry.
    #[must_use]
    pub fn minutes_ceil(self) -> u32 {
        let minutes = self.0.div_euclid(60_000_000) + i64::from(self.0.rem_euclid(60_000_000) > 0);
        u32::try_from(minutes).unwrap_or(u32::MAX)
    }

    /// The same moment as `jiff` knows it, for calendars and formatting.
    #[must_use]
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::MAX)
    }

    /// RFC 3339 in UTC with seconds, e.g. `2026-03-01T09:30:00Z`.
    #[must_use]
    pub fn rfc3339(self) -> String {
        let (first, last) = (jiff::Timestamp::MIN.as_second(), jiff::Timestamp::MAX.as_second());
        let seconds = self.0.div_euclid(1_000_000).clamp(first, last);
        jiff::Timestamp::from_second(seconds).unwrap_or_default().to_string()
    }
}

/// Where `now` comes from. The only place that asks the operating system for the time.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock, cut to microseconds.
    System,
    /// A clock that stands until it is moved: tests and the simulator.
    Fixed(Arc<AtomicI64>),
    /// The machine's clock plus an offset that can be moved: the demo's fast-forward.
    Shifted(Arc<AtomicI64>),
    /// A machine's clock on strings: tests of jumps.
    Rigged(Arc<Rigged>),
}

/// The two clocks of a machine, as a test has them.
#[derive(Debug)]
pub struct Rigged {
    wall: AtomicI64,
    steady: AtomicI64,
}

impl Rigged {
    #[must_use]
    pub fn at(wall: Ts) -> Arc<Self> {
        Arc::new(Self { wall: AtomicI64::new(wall.0), steady: AtomicI64::new(0) })
    }

    /// Time goes by.
    pub fn pass(&self, span: Span) {
        self.steady.fetch_add(span.0, Ordering::SeqCst);
        self.jump(span);
    }

    /// Somebody sets the clock, or it breaks.
    pub fn jump(&self, by: Span) {
        self.wall.fetch_add(by.0, Ordering::SeqCst);
    }
}

/// What a machine's clock says, and how long its steady clock, which nobody can set, has been running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    pub wall: Ts,
    pub steady: Span,
}

impl Clock {
    #[must_use]
    pub fn fixed(at: Ts) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.0)))
    }

    #[must_use]
    pub fn shifted() -> Self {
        Self::Shifted(Arc::new(AtomicI64::new(0)))
    }

    #[must_use]
    pub fn now(&self) -> Ts {
        match self {
            Self::System => system_now(),
            Self::Fixed(at) => Ts(at.load(Ordering::SeqCst)),
            Self::Shifted(by) => Ts(system_now().0 + by.load(Ordering::SeqCst)),
            Self::Rigged(rigged) => Ts(rigged.wall.load(Ordering::SeqCst)),
        }
    }

    /// What the machine itself says, to notice that its clock was set. A shift is no such thing: it moves
    /// the service's time on purpose. `None` for a clock that stands.
    #[must_use]
    pub fn reading(&self) -> Option<Reading> {
        match self {
            Self::System | Self::Shifted(_) => Some(Reading { wall: system_now(), steady: system_steady() }),
            Self::Fixed(_) => None,
            Self::Rigged(rigged) => {
                Some(Reading { wall: self.now(), steady: Span(rigged.steady.load(Ordering::SeqCst)) })
            }
        }
    }

    /// Whether [`Self::advance`] does anything.
    #[must_use]
    pub const fn can_move(&self) -> bool {
        match self {
            Self::System | Self::Rigged(_) => false,
            Self::Fixed(_) | Self::Shifted(_) => true,
        }
    }

    /// Moves a fixed or shifted clock forward (or back). The system clock cannot be moved.
    pub fn advance(&self, by: Span) {
        match self {
            Self::System | Self::Rigged(_) => {}
            Self::Fixed(at) | Self::Shifted(at) => {
                at.fetch_add(by.0, Ordering::SeqCst);
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
fn system_now() -> Ts {
    Ts(jiff::Timestamp::now().as_microsecond())
}

/// Since the first call in this process.
fn system_steady() -> Span {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    let ran = START.get_or_init(std::time::Instant::now).elapsed();
    Span(i64::try_from(ran.as_micros()).unwrap_or(i64::MAX))
}
