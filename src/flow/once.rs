//! The same request twice is one deed: the answer to a request with an `Idempotency-Key` is kept in the
//! unit of work that does what was asked.
//!
//! There is no reservation that a crash could leave behind: key, answer and deed are committed together
//! or not at all. Of several equal requests at the same moment one takes the key; the units of the
//! others are rolled back and their callers are given the kept answer.

use std::sync::Arc;

use super::{Cx, Failure};
use crate::clock::{Span, Ts};
use crate::domain::connector::Connector;
use crate::ids::ConnectorId;
use crate::store::{StoreError, Tx, idempotency};

/// How long an answer is kept, at least.
pub const KEPT: Span = Span::hours(24);

/// Which request an answer belongs to.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// What the caller chose.
    pub key: String,
    /// SHA-256 over method, path and body.
    pub request: [u8; 32],
}

/// A kept answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    pub status: u16,
    pub body: String,
}

/// What a key says about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// Nobody used it.
    Unused,
    /// This very request was done.
    Done(KeptAnswer),
    /// It was used for another request.
    Other,
}

/// Looks a key up.
pub async fn look_up(cx: &Cx, who: &Connector, ticket: &Ticket) -> Result<Known, Failure> {
    let mut tx = cx.db.read().await?;
    let Some(saved) = idempotency::find(&mut tx, who.id, &ticket.key).await? else {
        return Ok(Known::Unused);
    };
    if saved.request != ticket.request {
        return Ok(Known::Other);
    }
    Ok(Known::Done(KeptAnswer { status: saved.status, body: saved.body }))
}

/// Forgets answers older than [`KEPT`]. Returns how many.
pub async fn forget(cx: &Cx) -> Result<u64, Failure> {
    let before = cx.now() - KEPT;
    cx.db
        .write(move |tx| Box::pin(async move { Ok::<_, Failure>(idempotency::prune(tx, before).await?) }))
        .await
}

/// The answer to keep for a deed whose result is a `T`; handed to the flow function that does it.
pub struct Keep<T>(Option<Arc<Kept<T>>>);

struct Kept<T> {
    connector: ConnectorId,
    ticket: Ticket,
    status: u16,
    render: Box<dyn Fn(&T) -> String + Send + Sync>,
}

impl<T> Clone for Keep<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Keep<T> {
    /// For callers without a key.
    #[must_use]
    pub const fn nothing() -> Self {
        Self(None)
    }

    /// Keeps `status` and what `render` makes of the result. `render` runs inside the unit of work and
    /// must do nothing but write text.
    pub fn answer(
        who: &Connector,
        ticket: Ticket,
        status: u16,
        render: impl Fn(&T) -> String + Send + Sync + 'static,
    ) -> Self {
        Self(Some(Arc::new(Kept { connector: who.id, ticket, status, render: Box::new(render) })))
    }

    /// The last statement of the unit of work.
    ///
    /// # Errors
    /// [`StoreError::Rule`] when an equal request was quicker: the unit is rolled back.
    pub(super) async fn write(&self, tx: &mut Tx, done: &T, now: Ts) -> Result<(), StoreError> {
        let Some(kept) = &self.0 else {
            return Ok(());
        };
        let saved = idempotency::Saved {
            request: kept.ticket.request,
            status: kept.status,
            body: (kept.render)(done),
        };
        let (connector, key) = (kept.connector, kept.ticket.key.clone());
        if idempotency::take(tx, connector, &key, &saved, now).await? {
            return Ok(());
        }
        Err(StoreError::Rule("one deed per idempotency key"))
    }
}
