//! Words that are made before a unit of work has its turn.
//!
//! SQLite has one writer, and to make the words of a page and of its mails takes a third of its time for an answer. While
//! others are written, whoever comes reads the introduction, decides as if nothing stood against it, and makes the words. The
//! unit reads and decides again, by everything that is so by then: it takes a text only where it would make the very same.

use std::sync::Arc;

use super::{Ctx, Cx, letters};
use crate::clock::Ts;
use crate::domain::connector::Connector;
use crate::domain::step::Step;

/// The context for a unit of work: after `foresee`, which does what the unit will do but for writing, it knows the mails
/// that were made. With it what was seen meanwhile, which the unit need not read again where it is still so. When nobody
/// waits there is no time to do anything twice.
pub(super) async fn ahead<S>(cx: &Cx, foresee: impl AsyncFnOnce(&Cx) -> Option<S>) -> (Cx, Option<Arc<S>>) {
    if !cx.db.is_waited_for() {
        return (Arc::clone(cx), None);
    }
    let cx = Arc::new(cx.remembering());
    // Large, and seldom needed.
    let seen = Box::pin(foresee(&cx)).await;
    (cx, seen.map(Arc::new))
}

/// Makes the mails of a step. What fails is left to the unit, which says why.
pub(super) fn write_mails(cx: &Ctx, connector: &Connector, step: &Step, now: Ts) {
    for mail in &step.mails {
        drop(letters::render(cx, connector, &step.next, *mail, now));
    }
}
