//! Quarantine: a restored or copied database mails nobody until an operator calls it the real one.

use super::{Cx, Failure};
use crate::clock::{Span, Ts};
use crate::domain::message::{Family, MessageKind};
use crate::store::{due, instance, waiting};

/// Why a database is in quarantine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// `twoyes restore` made it.
    Restored,
    /// It is not where it was when it last mailed.
    Copied,
}

crate::domain::text_enum!(Why { Restored = "restored", Copied = "copied" });

/// What would leave: mails of one family, by how long they have been waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub family: Family,
    pub day: i64,
    pub week: i64,
    pub older: i64,
}

/// What an end of the quarantine sets in motion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// Families that wait; only those with a mail.
    pub waiting: Vec<Waiting>,
    /// Introductions in which something has become due by time.
    pub due: i64,
}

/// Counts what would leave now.
pub async fn outlook(cx: &Cx) -> Result<Outlook, Failure> {
    let now = cx.now();
    let mut tx = cx.db.read().await?;
    let (day, week) = (now - Span::days(1), now - Span::days(7));
    let counted = waiting::by_age(&mut tx, day, week).await?;
    let of = |family: Family| {
        let mut all = Waiting { family, day: 0, week: 0, older: 0 };
        for one in &counted {
            if MessageKind::parse(&one.kind).is_some_and(|kind| kind.family() == family) {
                all.day += one.day;
                all.week += one.week;
                all.older += one.older;
            }
        }
        all
    };
    let families = Family::ALL.iter().map(|family| of(*family));
    let waiting = families.filter(|one| one.day + one.week + one.older > 0).collect();
    Ok(Outlook { waiting, due: due::count(&mut tx, now).await? })
}

/// Since when and why nobody is mailed, if so.
pub async fn state(cx: &Cx) -> Result<Option<(Ts, Why)>, Failure> {
    let row = instance::get(&mut cx.db.read().await?).await?;
    Ok(row.and_then(|row| Some((row.quarantined_at?, Why::parse(&row.why).unwrap_or(Why::Copied)))))
}

/// Ends the quarantine. Mails that have been waiting since before `discard` are taken back first; gives how
/// many those were.
pub async fn resume(cx: &Cx, epoch: &str, place: &str, discard: Option<Ts>) -> Result<u64, Failure> {
    let (now, epoch, place) = (cx.now(), epoch.to_owned(), place.to_owned());
    cx.db
        .write(move |tx| {
            let (epoch, place) = (epoch.clone(), place.clone());
            Box::pin(async move {
                let discarded = match discard {
                    Some(before) => waiting::discard(tx, before, now).await?,
                    None => 0,
                };
                instance::resume(tx, &epoch, &place).await?;
                Ok(discarded)
            })
        })
        .await
}
