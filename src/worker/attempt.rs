//! One delivery, from its lease to its end.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::watch;
use tokio::time::Instant;

use super::assemble::{AssembleError, assemble};
use super::courier::Courier;
use super::record::Ended;
use super::stopped;
use crate::clock::Ts;
use crate::domain::message::MessageKind;
use crate::mail::{Accepted, Conn, Fault};
use crate::store::attempts::Leave;
use crate::store::courier::Leased;

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
    /// Brings a delivery that was leased then to an end, whatever it is, and records it.
    pub(super) async fn attempt(
        &self,
        delivery: Leased,
        probe: bool,
        leased_at: Ts,
        stop: watch::Receiver<bool>,
    ) -> Ended {
        let began = Instant::now();
        let mail = match self.write(&delivery, leased_at) {
            Ok(mail) => mail,
            Err(outcome) => return self.record(delivery, outcome, began, probe).await,
        };
        let conn = match self.offer(&delivery, stop).await {
            Ok(Some(conn)) => conn,
            Ok(None) => {
                self.give_back(vec![delivery.lease()], self.cx.now()).await;
                return Ended::Released;
            }
            Err(fault) => return self.record(delivery, Outcome::Fault(fault), began, probe).await,
        };
        match self.mark(delivery.lease()).await {
            Leave::Go => self.transmit(delivery, conn, &mail, began, probe).await,
            Leave::Suppressed => {
                self.pool.put_back(conn).await;
                Ended::Cancelled
            }
            Leave::Lost => {
                self.pool.put_back(conn).await;
                Ended::Lost
            }
        }
    }

    /// The bytes, or why there is no point in sending any.
    fn write(&self, delivery: &Leased, now: Ts) -> Result<Vec<u8>, Outcome> {
        if let Some(outcome) = self.too_late(delivery, now) {
            return Err(outcome);
        }
        match catch_unwind(AssertUnwindSafe(|| assemble(&self.cx, delivery, self.signer.as_ref()))) {
            Ok(written) => written.map_err(Outcome::Unwritable),
            Err(_) => Err(Outcome::Panicked),
        }
    }

    /// A connection that waits for this mail; `None` when the service stops and the grace is over.
    async fn offer(&self, delivery: &Leased, mut stop: watch::Receiver<bool>) -> Result<Option<Conn>, Fault> {
        let grace = async {
            stopped(&mut stop).await;
            tokio::time::sleep(self.settings.grace).await;
        };
        let sender = self.envelope_sender(delivery);
        tokio::select! {
            offered = self.pool.offer(&sender, &delivery.recipient) => offered.map(Some),
            () = grace => Ok(None),
        }
    }

    /// Where a bounce of this mail comes back to: the same address at every attempt, made with the key of the
    /// mail's links.
    fn envelope_sender(&self, delivery: &Leased) -> String {
        let ring = self.cx.ring();
        let kid = delivery.links.first().map(|link| link.kid).or_else(|| ring.active_kid());
        let token = kid.and_then(|kid| ring.mint_return(kid, delivery.id));
        match (&self.settings.bounces, token) {
            (Some(bounces), Some(token)) => bounces.with(&token),
            (Some(_) | None, _) => delivery.headers.from.address.clone(),
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
        // Its connection is free for the next one.
        let _recording = self.recording.begin();
        self.record(delivery, outcome, began, probe).await
    }

    /// Whether there is no point in trying any more.
    fn too_late(&self, delivery: &Leased, now: Ts) -> Option<Outcome> {
        if delivery.expires_at.is_some_and(|end| end <= now) {
            return Some(Outcome::Over("the deadline passed"));
        }
        // Two sign-in mails are worse than none: people ask for another one when it does not come.
        if delivery.kind == MessageKind::SignIn && delivery.unknowns > 0 {
            return Some(Outcome::Over("perhaps delivered; a sign-in mail is not repeated"));
        }
        (self.gives_up_at(delivery) <= now).then_some(Outcome::GivenUp)
    }
}
