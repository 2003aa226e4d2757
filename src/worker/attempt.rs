//! One delivery, from its lease to its end.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::watch;
use tokio::time::Instant;

use super::assemble::{AssembleError, assemble};
use super::courier::Courier;
use super::record::Ended;
use super::stopped;
use crate::clock::Span;
use crate::domain::message::MessageKind;
use crate::mail::{Accepted, Conn, Fault};
use crate::store::StoreError;
use crate::store::courier::{self, Leased, Leave};

/// How a try to deliver came out.
pub(super) enum Outcome {
    Accepted(Accepted),
    Fault(Fault),
    /// Not tried: too late, or it may not be repeated. The words say why.
    Over(&'static str),
    /// Not tried, and given up for its age.
    GivenUp,
    /// Not tried, because it cannot be written.
    Unwritable(AssembleError),
    /// Writing it panicked.
    Panicked,
}

impl Courier {
    /// Brings a leased delivery to an end, whatever it is, and records it.
    pub(super) async fn attempt(
        &self,
        delivery: Leased,
        probe: bool,
        mut stop: watch::Receiver<bool>,
    ) -> Ended {
        let began = Instant::now();
        if let Some(outcome) = self.too_late(&delivery) {
            return self.record(delivery, outcome, began, probe).await;
        }
        let mail =
            match catch_unwind(AssertUnwindSafe(|| assemble(&self.cx, &delivery, self.signer.as_ref()))) {
                Ok(Ok(mail)) => mail,
                Ok(Err(error)) => {
                    return self.record(delivery, Outcome::Unwritable(error), began, probe).await;
                }
                Err(_) => return self.record(delivery, Outcome::Panicked, began, probe).await,
            };
        let offer = self.pool.offer(&delivery.headers.from.address, &delivery.recipient);
        let offered = tokio::select! {
            offered = offer => offered,
            () = self.out_of_grace(&mut stop) => {
                self.give_back(&delivery, self.cx.now()).await;
                return Ended::Released;
            }
        };
        let conn = match offered {
            Ok(conn) => conn,
            Err(fault) => return self.record(delivery, Outcome::Fault(fault), began, probe).await,
        };
        match self.mark(&delivery).await {
            Ok(Leave::Go) => self.transmit(delivery, conn, &mail, began, probe).await,
            Ok(Leave::Suppressed) => {
                self.pool.put_back(conn).await;
                tracing::info!(delivery.id = %delivery.id, "not sent: never ask again");
                Ended::Cancelled
            }
            Ok(Leave::Lost) => {
                self.pool.put_back(conn).await;
                Ended::Lost
            }
            Err(error) => {
                // Perhaps marked, surely not handed over.
                tracing::warn!(delivery.id = %delivery.id, error.message = %error, "not marked");
                self.pool.put_back(conn).await;
                self.give_back(&delivery, self.cx.now() + Span::seconds(1)).await;
                Ended::Released
            }
        }
    }

    /// From here on nothing interrupts: only the transport's own deadlines do.
    async fn transmit(
        &self,
        delivery: Leased,
        mut conn: Conn,
        mail: &[u8],
        began: Instant,
        probe: bool,
    ) -> Ended {
        let outcome = match conn.transmit(mail).await {
            Ok(accepted) => Outcome::Accepted(accepted),
            Err(fault) => Outcome::Fault(fault),
        };
        self.pool.put(conn);
        self.record(delivery, outcome, began, probe).await
    }

    async fn mark(&self, delivery: &Leased) -> Result<Leave, StoreError> {
        let (id, fence, now) = (delivery.id, delivery.fence, self.cx.now());
        self.cx
            .db
            .write(move |tx| Box::pin(async move { courier::mark_transmitting(tx, id, fence, now).await }))
            .await
    }

    /// Whether there is no point in trying any more.
    fn too_late(&self, delivery: &Leased) -> Option<Outcome> {
        let now = self.cx.now();
        if delivery.expires_at.is_some_and(|end| end <= now) {
            return Some(Outcome::Over("the deadline passed"));
        }
        // Two sign-in mails are worse than none: people ask for another one when it does not come.
        if delivery.kind == MessageKind::SignIn && delivery.unknowns > 0 {
            return Some(Outcome::Over("perhaps delivered; a sign-in mail is not repeated"));
        }
        (self.gives_up_at(delivery) <= now).then_some(Outcome::GivenUp)
    }

    async fn out_of_grace(&self, stop: &mut watch::Receiver<bool>) {
        stopped(stop).await;
        tokio::time::sleep(self.settings.grace).await;
    }
}
