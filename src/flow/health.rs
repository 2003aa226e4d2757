//! Is this process fit to serve? For probes and the metrics.

use std::sync::atomic::Ordering;

use super::{Cx, Failure};
use crate::clock::Span;
use crate::domain::message::MessageKind;
use crate::store::{self, Space, courier, instance};

/// A due delivery that waits longer than this means that no mail leaves.
pub const MAIL_LATE: Span = Span::minutes(15);

/// What is checked; the word `health-{word}` says what its failure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// It answers.
    Database,
    /// It is this version's.
    Schema,
    /// The oldest due delivery is younger than [`MAIL_LATE`].
    Mail,
    /// Links can be minted.
    Keys,
}

impl Check {
    pub const ALL: [Self; 4] = [Self::Database, Self::Schema, Self::Mail, Self::Keys];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Schema => "schema",
            Self::Mail => "mail",
            Self::Keys => "keys",
        }
    }
}

/// What an operator must know although the process serves: a probe must not take it away from people who
/// answer. The word `health-{word}` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    Quarantine,
    Clock,
    Disk,
}

crate::domain::text_enum!(Notice { Quarantine = "quarantine", Clock = "clock", Disk = "disk" });

/// Everything to be noticed.
pub async fn notices(cx: &Cx) -> Vec<Notice> {
    let mut found = Vec::new();
    if is_quarantined(cx).await.unwrap_or(false) {
        found.push(Notice::Quarantine);
    }
    if cx.counts.clock_jump.load(Ordering::Relaxed) != 0 {
        found.push(Notice::Clock);
    }
    if cx.db.space().is_some_and(Space::is_low) {
        found.push(Notice::Disk);
    }
    found
}

/// Whether nobody is mailed, because nobody has called this copy the real one.
pub async fn is_quarantined(cx: &Cx) -> Result<bool, Failure> {
    Ok(instance::is_quarantined(&mut cx.db.read().await?).await?)
}

/// Whether mail is held back on purpose: it is not late then.
async fn is_held(cx: &Cx) -> bool {
    cx.counts.clock_jump.load(Ordering::Relaxed) != 0 || is_quarantined(cx).await.unwrap_or(false)
}

/// A check that failed, with the reason for the log.
#[derive(Clone, Debug)]
pub struct Failed {
    pub check: Check,
    pub why: String,
}

/// Runs all checks; the ones that failed. When the database does not answer, nothing in it is checked.
pub async fn failed_checks(cx: &Cx) -> Vec<Failed> {
    let mut failed = Vec::new();
    if cx.ring().active_kid().is_none() {
        failed.push(Failed { check: Check::Keys, why: "no active key".into() });
    }
    match lateness(cx).await {
        Err(failure) => {
            // A missing table is also a fault of the schema; tell the one that an operator can act on.
            let check = match store::schema_state(&cx.db).await {
                Err(store::MigrateError::Store(_)) | Ok(()) => Check::Database,
                Err(_) => Check::Schema,
            };
            failed.push(Failed { check, why: failure.to_string() });
        }
        Ok(late) => {
            if let Err(error) = store::schema_state(&cx.db).await {
                failed.push(Failed { check: Check::Schema, why: error.to_string() });
            }
            if late > MAIL_LATE && !is_held(cx).await {
                let why = format!("the oldest due delivery waits for {} s", late.as_seconds());
                failed.push(Failed { check: Check::Mail, why });
            }
        }
    }
    failed
}

/// The queue of one kind of mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    pub kind: MessageKind,
    pub depth: i64,
    /// Since the oldest of them was queued.
    pub oldest: Span,
}

/// How much waits, for every kind; also the empty ones.
pub async fn queues(cx: &Cx) -> Result<Vec<Queue>, Failure> {
    let now = cx.now();
    let mut tx = cx.db.read().await?;
    let waiting = courier::depth(&mut tx).await?;
    let queue = |kind: &MessageKind| {
        let found = waiting.iter().find(|(word, ..)| word == kind.as_str());
        let (depth, oldest) = found.map_or((0, Span::ZERO), |(_, depth, oldest)| (*depth, now - *oldest));
        Queue { kind: *kind, depth, oldest }
    };
    Ok(MessageKind::ALL.iter().map(queue).collect())
}

/// For how long the oldest due delivery has been waiting.
async fn lateness(cx: &Cx) -> Result<Span, Failure> {
    let now = cx.now();
    let mut tx = cx.db.read().await?;
    let due = courier::next_due(&mut tx).await?;
    Ok(due.map_or(Span::ZERO, |due| now - due))
}
