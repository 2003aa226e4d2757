//! Forgetting what its time is over for, by the table in `docs/PRIVACY.md`: in small units, each of which can
//! be repeated, so that a crash anywhere leaves nothing but the rest for the next time.

use super::save::mirror;
use super::{Cx, Failure, evidence, once, tally};
use crate::clock::{Span, Ts};
use crate::domain::ask_me::{CONFIRM_WITHIN, LIFE};
use crate::domain::introduction::State;
use crate::domain::letter::DeliveryState;
use crate::domain::retention::{self, CARD, Kept, Rules};
use crate::ids::{IntroductionId, MessageId};
use crate::store::retention::{self as store, Cuts};
use crate::store::{
    ask_me, erasure_ledger, imports, introductions, landed, outside_links, reports, sessions, thanks,
};

/// Rows that are looked up at once.
const BATCH: i64 = 200;
/// Mails that are forgotten in one unit.
const MAILS: usize = 20;

/// What a round took out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Introductions that lost words, answers or names, and drafts that went.
    pub introductions: u64,
    /// Deliveries that lost recipient and text.
    pub mails: u64,
    /// Rows that were deleted or emptied beside those.
    pub rows: u64,
}

impl Forgotten {
    #[must_use]
    pub const fn all(self) -> u64 {
        self.introductions + self.mails + self.rows
    }
}

/// One round: everything that is due now. Two processes may do it at once.
pub async fn round(cx: &Cx, rules: &Rules, now: Ts) -> Result<Forgotten, Failure> {
    let mut done = Forgotten {
        introductions: forget_introductions(cx, rules, now).await? + delete_drafts(cx, rules, now).await?,
        ..Forgotten::default()
    };
    // After the introductions: what tells who answered goes with them.
    done.mails = forget_mails(cx, rules, now).await?;
    done.rows = delete_rows(cx, rules, now).await?;
    if done.all() > 0 && !cx.db.tidy().await? {
        tracing::debug!("the log of changes is read right now; it is emptied the next time");
    }
    Ok(done)
}

async fn forget_introductions(cx: &Cx, rules: &Rules, now: Ts) -> Result<u64, Failure> {
    let last = cx.policy.check_in_days.iter().copied().max().unwrap_or(0);
    let words = rules.introduced + Span::days(i64::from(last));
    let cuts = Cuts {
        closed: now - rules.closed,
        words: now - words,
        names: now - rules.names.max(words),
        erased: now - CARD,
        now,
    };
    let mut all = 0;
    loop {
        let due = store::introductions(&mut cx.db.read().await?, cuts, BATCH).await?;
        let mut moved = 0;
        for id in due {
            moved += u64::from(forget_one(cx, rules, id, now).await?);
        }
        // What could not be forgotten must not be looked up for ever.
        if moved == 0 {
            return Ok(all);
        }
        all += moved;
    }
}

async fn forget_one(cx: &Cx, rules: &Rules, id: IntroductionId, now: Ts) -> Result<bool, Failure> {
    let (shared, rules) = (cx.clone(), *rules);
    cx.db
        .write(move |tx| {
            let cx = shared.clone();
            Box::pin(async move {
                let Some(old) = introductions::load(tx, id).await? else { return Ok(false) };
                let forgotten = retention::forget(old.clone(), &rules, &cx.policy, now);
                let again = || retention::forget_erased(old.clone(), &rules, now);
                let Some(mut next) = forgotten.or_else(again) else {
                    return Ok(false);
                };
                if next.retained.kept != Kept::All {
                    next.events = store::thin_events(tx, &next).await?;
                    if next.state == State::Closed {
                        store::unlink_answers(tx, &next, now).await?;
                    }
                }
                // A closed one needs no proof of a yes; one that left does until its names go.
                for (side, party) in next.parties.iter() {
                    let closed = next.state == State::Closed && next.retained.kept != Kept::All;
                    if closed || next.retained.kept == Kept::Nothing || party.erased_at.is_some() {
                        evidence::forget(tx, &cx, id, side, now).await?;
                    }
                }
                let due_at = next.due_at(&cx.policy);
                introductions::save(tx, &old, &next, due_at, &[], next.updated_at).await?;
                mirror(tx, &cx, None, &next).await?;
                Ok::<_, Failure>(true)
            })
        })
        .await
}

async fn delete_drafts(cx: &Cx, rules: &Rules, now: Ts) -> Result<u64, Failure> {
    let before = now - rules.draft;
    let mut all = 0;
    loop {
        let old = store::old_drafts(&mut cx.db.read().await?, before, BATCH).await?;
        if old.is_empty() {
            return Ok(all);
        }
        for id in old {
            let deleted = cx.db.write(move |tx| {
                Box::pin(async move {
                    // Somebody asked with it, or wrote on, a moment ago.
                    let still = introductions::load(tx, id).await?;
                    let still = still.filter(|of| of.state == State::Draft && of.updated_at <= before);
                    if still.is_some() {
                        tally::forget(tx, id).await?;
                        introductions::delete(tx, id).await?;
                    }
                    Ok::<_, Failure>(())
                })
            });
            deleted.await?;
            all += 1;
        }
    }
}

async fn forget_mails(cx: &Cx, rules: &Rules, now: Ts) -> Result<u64, Failure> {
    let (old, older) = (now - rules.mail, now - rules.failed_mail);
    let given_up = cx.db.write(move |tx| Box::pin(store::give_up_undecided(tx, older, now)));
    given_up.await.map_err(Failure::from)?;
    let mut all = 0;
    for (state, before) in
        [(DeliveryState::Sent, old), (DeliveryState::Cancelled, old), (DeliveryState::Failed, older)]
    {
        loop {
            let over = store::mails_over(&mut cx.db.read().await?, state, before, BATCH).await?;
            let moved = forget_these(cx, &over, before, now).await?;
            if moved == 0 {
                break;
            }
            all += moved;
        }
    }
    loop {
        let hasty = store::hasty_mails(&mut cx.db.read().await?, BATCH).await?;
        if hasty.is_empty() {
            return Ok(all);
        }
        all += forget_these(cx, &hasty, now, now).await?;
    }
}

/// A few mails a unit.
async fn forget_these(cx: &Cx, mails: &[MessageId], before: Ts, now: Ts) -> Result<u64, Failure> {
    let mut all = 0;
    for some in mails.chunks(MAILS) {
        let some = some.to_vec();
        let forgotten = cx.db.write(move |tx| {
            let some = some.clone();
            Box::pin(async move {
                let mut sum = 0;
                for id in some {
                    sum += store::forget_mail(tx, id, before, now).await?;
                }
                Ok::<_, Failure>(sum)
            })
        });
        all += forgotten.await?;
    }
    Ok(all)
}

async fn delete_rows(cx: &Cx, rules: &Rules, now: Ts) -> Result<u64, Failure> {
    let asks = now - rules.asks;
    let mut all = once::forget(cx).await?;
    loop {
        let moved: u64 = cx
            .db
            .write(move |tx| Box::pin(store::forget_asks(tx, asks, BATCH)))
            .await
            .map_err(Failure::from)?;
        all += moved;
        if moved == 0 {
            break;
        }
    }
    let rules = *rules;
    let deleted = cx.db.write(move |tx| {
        Box::pin(async move {
            let mut sum = sessions::prune(tx, now).await?;
            sum += store::old_forms(tx, now - rules.unfinished).await?;
            sum += imports::prune(tx, now - rules.unfinished, now - super::import::UNDO).await?;
            sum += landed::prune(tx, now - rules.names).await?;
            sum += thanks::prune(tx, now - rules.names).await?;
            sum += outside_links::prune(tx, now - rules.asks).await?;
            sum += ask_me::prune(tx, now - CONFIRM_WITHIN, now - LIFE).await?;
            sum += store::old_wishes(tx, now).await?;
            sum += store::old_acts(tx, now - rules.admin_acts).await?;
            sum += store::forget_labels(tx, now - CARD).await?;
            sum += erasure_ledger::prune(tx, now - rules.erasures).await?;
            sum += reports::prune(tx, now - super::inbound::REMEMBER).await?;
            Ok::<_, Failure>(sum)
        })
    });
    Ok(all + deleted.await?)
}
