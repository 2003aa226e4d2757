//! How the instance fares, for the admin: what is wrong, one sentence each, and what to do.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::health::{self, Check};
use super::{Cx, Failure, deliveries as mails, limits};
use crate::clock::{Span, Ts};
use crate::domain::message::{Family, MessageKind};
use crate::store::{deliveries, instance, routes};

/// A key older than this should be rotated, in days.
const KEY_DAYS: i64 = 90;
/// The sweeper looks several times a minute.
const SWEEP_LATE: Span = Span::minutes(5);
/// Clocks of several machines differ a little.
const CLOCK_SLACK: Span = Span::minutes(2);
/// How long all look-ups of DNS records may take together.
pub const RECORDS_LIMIT: Duration = Duration::from_secs(12);

/// What is known of this instance since it started.
#[derive(Clone, Default)]
pub struct Instance {
    pub started_at: Option<Ts>,
    /// Mails leave for the internet.
    pub relays: bool,
    /// Mails are signed here.
    pub signs: bool,
    /// When the active key was made.
    pub key_made_at: Option<Ts>,
    /// Templates that stand in for built-in ones.
    pub overrides: Vec<String>,
    /// Looks the DNS records of the sender's domain up.
    pub records: Option<Records>,
}

/// A way to look up and judge records.
pub type Records = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Vec<Record>> + Send>> + Send + Sync>;

/// What `twoyes check` says about one record.
#[derive(Clone, Debug)]
pub struct Record {
    pub weight: Weight,
    pub sentence: String,
}

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Good,
    Warning,
    Problem,
}

/// What can be wrong; the words `trouble-{word}` and `trouble-{word}-do` say it and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Database,
    Schema,
    Mail,
    Keys,
    RoutePaused,
    RouteTried,
    Undecided,
    Failed,
    AskingPaused,
    Sweeper,
    Clock,
    Quarantine,
    ClockJump,
    DiskLow,
    PlainHttp,
    KeyOld,
    NoSignature,
    Overrides,
}

crate::domain::text_enum!(What {
    Database = "database",
    Schema = "schema",
    Mail = "mail",
    Keys = "keys",
    RoutePaused = "route_paused",
    RouteTried = "route_tried",
    Undecided = "undecided",
    Failed = "failed",
    AskingPaused = "asking_paused",
    Sweeper = "sweeper",
    Clock = "clock",
    Quarantine = "quarantine",
    ClockJump = "clock_jump",
    DiskLow = "disk_low",
    PlainHttp = "plain_http",
    KeyOld = "key_old",
    NoSignature = "no_signature",
    Overrides = "overrides",
});

/// One thing that is wrong, with what its sentence needs.
#[derive(Clone, Debug)]
pub struct Trouble {
    pub what: What,
    /// Mails or people wait for it; the others are advice.
    pub grave: bool,
    pub count: i64,
    pub at: Option<Ts>,
    pub words: String,
}

/// How the instance fares.
pub struct Condition {
    pub troubles: Vec<Trouble>,
    /// Mails that wait, of each family.
    pub waiting: Vec<(Family, i64)>,
    pub engine: &'static str,
    pub swept_at: Option<Ts>,
    /// Free megabytes of the disk below an SQLite file.
    pub free_megabytes: Option<u64>,
}

/// Looks at everything that can be known without asking another machine than the database.
pub async fn look(cx: &Cx, instance: &Instance) -> Condition {
    let now = cx.now();
    let swept_at = Some(Ts(cx.counts.swept_at.load(Ordering::Relaxed))).filter(|at| at.0 > 0);
    let mut troubles: Vec<Trouble> = health::failed_checks(cx)
        .await
        .iter()
        .map(|failed| trouble(failed_check(failed.check), true))
        .collect();
    let mut waiting = Vec::new();
    if !troubles.iter().any(|one| matches!(one.what, What::Database | What::Schema)) {
        match in_database(cx, now).await {
            Ok(found) => troubles.extend(found),
            Err(_) => troubles.push(trouble(What::Database, true)),
        }
        waiting = queues(cx).await.unwrap_or_default();
    }
    let since = swept_at.max(instance.started_at);
    if instance.started_at.is_some() && since.is_some_and(|at| now - at > SWEEP_LATE) {
        troubles.push(Trouble { at: swept_at, ..trouble(What::Sweeper, true) });
    }
    troubles.extend(of_instance(cx, instance, now));
    troubles.sort_by_key(|one| !one.grave);
    let free_megabytes = cx.db.space().map(|space| space.free >> 20);
    Condition { troubles, waiting, engine: cx.db.engine(), swept_at, free_megabytes }
}

/// The DNS records, as far as they can be looked up in time. `None`: nobody asks for this instance, or the
/// time was over.
pub async fn records(instance: &Instance, limit: Duration) -> Option<Vec<Record>> {
    let look = instance.records.as_ref()?;
    tokio::time::timeout(limit, look()).await.ok()
}

async fn in_database(cx: &Cx, now: Ts) -> Result<Vec<Trouble>, Failure> {
    let mut tx = cx.db.read().await?;
    let mut found = Vec::new();
    for route in mails::sick(&routes::all(&mut tx).await?, now) {
        let what = if route.paused_until.is_some() { What::RoutePaused } else { What::RouteTried };
        found.push(Trouble { at: route.paused_until, words: route.words, ..trouble(what, true) });
    }
    let undecided = deliveries::to_decide(&mut tx, mails::MANY).await?.len();
    if undecided > 0 {
        let count = i64::try_from(undecided).unwrap_or(mails::MANY);
        found.push(Trouble { count, ..trouble(What::Undecided, true) });
    }
    let failed = deliveries::failed_since(&mut tx, now - Span::days(1), mails::MANY).await?;
    if failed > 0 {
        found.push(Trouble { count: failed, ..trouble(What::Failed, false) });
    }
    let paused = limits::paused(&mut tx, cx).await?;
    if !paused.is_empty() {
        let count = i64::try_from(paused.len()).unwrap_or(i64::MAX);
        let names: Vec<String> = paused.into_iter().map(|who| who.name).collect();
        found.push(Trouble { count, words: names.join(", "), ..trouble(What::AskingPaused, true) });
    }
    let ahead = deliveries::newest(&mut tx).await?.filter(|newest| *newest > now + CLOCK_SLACK);
    if ahead.is_some() {
        found.push(Trouble { at: ahead, ..trouble(What::Clock, true) });
    }
    if let Some(since) = instance::get(&mut tx).await?.and_then(|row| row.quarantined_at) {
        found.push(Trouble { at: Some(since), ..trouble(What::Quarantine, true) });
    }
    Ok(found)
}

async fn queues(cx: &Cx) -> Result<Vec<(Family, i64)>, Failure> {
    let queues = health::queues(cx).await?;
    let depth = |family: Family| {
        queues.iter().filter(|queue| MessageKind::family(queue.kind) == family).map(|queue| queue.depth).sum()
    };
    Ok(Family::ALL.iter().map(|family| (*family, depth(*family))).collect())
}

fn of_instance(cx: &Cx, instance: &Instance, now: Ts) -> Vec<Trouble> {
    let mut found = Vec::new();
    let hours = cx.counts.clock_jump.load(Ordering::Relaxed) / Span::hours(1).0;
    if hours != 0 {
        found.push(Trouble { count: hours, ..trouble(What::ClockJump, true) });
    }
    if let Some(space) = cx.db.space().filter(|space| space.is_low()) {
        let count = i64::try_from(space.free >> 20).unwrap_or(i64::MAX);
        found.push(Trouble { count, ..trouble(What::DiskLow, true) });
    }
    if is_plain(cx.urls.base()) {
        found.push(trouble(What::PlainHttp, true));
    }
    let age = instance.key_made_at.map_or(0, |made| (now - made).as_seconds() / 86_400);
    if age > KEY_DAYS {
        found.push(Trouble { count: age, ..trouble(What::KeyOld, false) });
    }
    if instance.relays && !instance.signs {
        found.push(trouble(What::NoSignature, false));
    }
    if !instance.overrides.is_empty() {
        let count = i64::try_from(instance.overrides.len()).unwrap_or(i64::MAX);
        let words = instance.overrides.join(", ");
        found.push(Trouble { count, words, ..trouble(What::Overrides, false) });
    }
    found
}

/// Without TLS, and not on this machine alone.
fn is_plain(base: &str) -> bool {
    let Some(rest) = base.strip_prefix("http://") else { return false };
    let host = if rest.starts_with('[') {
        rest.split(']').next().unwrap_or_default().trim_start_matches('[')
    } else {
        rest.split([':', '/']).next().unwrap_or_default()
    };
    let loopback = host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    !loopback && host != "localhost" && !host.ends_with(".localhost")
}

const fn failed_check(check: Check) -> What {
    match check {
        Check::Database => What::Database,
        Check::Schema => What::Schema,
        Check::Mail => What::Mail,
        Check::Keys => What::Keys,
    }
}

const fn trouble(what: What, grave: bool) -> Trouble {
    Trouble { what, grave, count: 0, at: None, words: String::new() }
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn http_is_fine_on_this_machine_alone() {
        for fine in ["https://a.example", "http://localhost:8080", "http://127.0.0.1", "http://[::1]:80"] {
            assert!(!is_plain(fine), "{fine}");
        }
        for plain in ["http://a.example", "http://10.0.0.1:8080", "http://[2001:db8::1]"] {
            assert!(is_plain(plain), "{plain}");
        }
    }
}
