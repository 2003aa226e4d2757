//! Keeping the figures and lists of the outcome log with every change, in its own transaction, so that a
//! page over a hundred thousand introductions has nothing to count.

use std::collections::BTreeMap;

use super::{Cx, Failure};
use crate::domain::introduction::Introduction;
use crate::domain::name_words::prefixes;
use crate::domain::tally::{Batch, Came, Counts, Share, monday, was_answered};
use crate::ids::IntroductionId;
use crate::store::tally::Cell;
use crate::store::{Tx, introductions, outcome_lists, tally};

/// Introductions of an older version that are caught up with at once.
const CHUNK: i64 = 100;

/// Whether there is nothing to count between these two.
pub(super) fn is_the_same(before: &Introduction, after: &Introduction) -> bool {
    before.round == after.round && Share::of(before) == Share::of(after)
}

/// Counts what has changed since it was counted last.
pub(super) async fn keep(tx: &mut Tx, of: &Introduction) -> Result<(), Failure> {
    let before = tally::share(tx, of.id).await?;
    let (old, counted) = before.map_or((None, 0), |(share, round)| (Some(share), round));
    let new = Share::of(of);
    let closing = new.as_ref().is_some_and(|new| new.came == Came::Closed) && of.round > counted;
    if closing {
        let last = tally::last_batch(tx, of.terms.purpose).await?;
        let batch = Batch::with(last, of.created_at, was_answered(of));
        tally::save_batch(tx, of.terms.purpose, &batch).await?;
    }
    if old == new && !closing {
        return Ok(());
    }
    change(tx, of.id, old.as_ref(), new.as_ref()).await?;
    match &new {
        Some(new) => {
            let counted = if closing { of.round } else { counted };
            tally::keep_share(tx, of.id, new, counted).await?;
        }
        None => tally::drop_share(tx, of.id).await?,
    }
    Ok(())
}

/// Takes an introduction out before it is deleted. A closing that was counted stays in its batch: it says
/// nothing about anybody, and a batch that shrank would.
pub(super) async fn forget(tx: &mut Tx, id: IntroductionId) -> Result<(), Failure> {
    if let Some((old, _)) = tally::share(tx, id).await? {
        change(tx, id, Some(&old), None).await?;
        tally::drop_share(tx, id).await?;
    }
    Ok(())
}

/// Counts introductions that an older version left behind. Whether there are more of them.
///
/// Their closings are counted once, as they stand now.
pub async fn catch_up(cx: &Cx) -> Result<bool, Failure> {
    let mut reader = cx.db.read().await?;
    if tally::backlog(&mut reader).await?.is_none() {
        return Ok(false);
    }
    drop(reader);
    cx.db
        .write(move |tx| {
            Box::pin(async move {
                let Some(after) = tally::backlog(tx).await? else {
                    return Ok(false);
                };
                let ids = tally::behind(tx, after, CHUNK).await?;
                for id in &ids {
                    if let Some(of) = introductions::load(tx, *id).await? {
                        keep(tx, &of).await?;
                    }
                }
                tally::move_backlog(tx, ids.last().copied()).await?;
                Ok::<_, Failure>(!ids.is_empty())
            })
        })
        .await
}

async fn change(
    tx: &mut Tx,
    id: IntroductionId,
    old: Option<&Share>,
    new: Option<&Share>,
) -> Result<(), Failure> {
    let lists = |share: Option<&Share>| share.map(Share::lists).unwrap_or_default();
    let (before, after) = (lists(old), lists(new));
    outcome_lists::take(tx, &without(&before, &after), id).await?;
    outcome_lists::put(tx, &without(&after, &before), id).await?;
    let words = |share: Option<&Share>| share.map(|share| prefixes(&share.words)).unwrap_or_default();
    let (before, after) = (words(old), words(new));
    outcome_lists::take_words(tx, &without(&before, &after), id).await?;
    outcome_lists::put_words(tx, &without(&after, &before), id).await?;
    count(tx, old, new).await
}

fn without(these: &[String], those: &[String]) -> Vec<String> {
    these.iter().filter(|one| !those.contains(one)).cloned().collect()
}

/// Adds the difference; where both stand in the same cell it is one addition.
async fn count(tx: &mut Tx, old: Option<&Share>, new: Option<&Share>) -> Result<(), Failure> {
    let same = old.zip(new).is_some_and(|(old, new)| Cell::of(old) == Cell::of(new));
    let steps = if same { vec![(old, new)] } else { vec![(old, None), (None, new)] };
    for (old, new) in steps {
        let Some(place) = new.or(old) else { continue };
        let counts = |share: Option<&Share>| share.map_or(Counts::default(), |share| Counts::one(share.came));
        let change = counts(new).minus(&counts(old));
        let mut days = BTreeMap::<i64, i64>::new();
        old.iter().flat_map(|share| &share.days).for_each(|took| *days.entry(*took).or_default() -= 1);
        new.iter().flat_map(|share| &share.days).for_each(|took| *days.entry(*took).or_default() += 1);
        let days: Vec<(i64, i64)> = days.into_iter().filter(|(_, answers)| *answers != 0).collect();
        let cells = Cell::of(place);
        if !change.is_zero() {
            tally::add(tx, &cells, &change).await?;
        }
        if !days.is_empty() {
            // By weeks: fewer rows, and nobody's day.
            let weeks = cells.map(|cell| Cell { day: monday(cell.day), ..cell });
            tally::add_days(tx, &weeks, &days).await?;
        }
    }
    Ok(())
}
