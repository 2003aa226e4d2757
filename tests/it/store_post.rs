//! Queued mails for the contract tests of the outbox and the courier.

use twoyes::clock::{Span, Ts};
use twoyes::domain::letter::{DeliveryState, NewMessage};
use twoyes::domain::message::MessageKind;
use twoyes::ids::{DeliveryId, IntroductionId};
use twoyes::store::attempts::{Attempt, Ending, Leave};
use twoyes::store::courier::Leased;
use twoyes::store::deliveries::Delivery;
use twoyes::store::{Db, attempts, courier, deliveries, outbox};

use crate::store_kit::{T0, look, message, unit, uuid};

pub const UNTIL: Ts = Ts(T0.0 + 1_000);

pub fn about() -> IntroductionId {
    IntroductionId(uuid(200))
}

pub fn id(n: u8) -> DeliveryId {
    DeliveryId(uuid(n))
}

pub fn ask(n: u8) -> NewMessage {
    message(n, MessageKind::AskFirst, Some(about()), &format!("p{n}@d{}.example", n % 2))
}

/// Queues it, due at once.
pub async fn enqueue(db: &Db, new: &NewMessage) -> bool {
    enqueue_at(db, new, T0).await
}

pub async fn enqueue_at(db: &Db, new: &NewMessage, now: Ts) -> bool {
    unit!(db, tx, new => outbox::enqueue(tx, &new, now)).unwrap()
}

pub async fn lease_all(db: &Db) -> Vec<Leased> {
    lease(db, T0, &[], 99).await
}

pub async fn lease(db: &Db, now: Ts, busy: &[&str], limit: i64) -> Vec<Leased> {
    let busy: Vec<String> = busy.iter().map(|&one| one.to_owned()).collect();
    let mut leased = unit!(db, tx, busy => courier::lease(tx, now, UNTIL, &busy, limit)).unwrap();
    leased.sort_by_key(|one| one.id);
    leased
}

pub async fn get(db: &Db, id: DeliveryId) -> Delivery {
    look!(db, tx => deliveries::get(tx, id)).unwrap()
}

pub async fn state(db: &Db, id: DeliveryId) -> DeliveryState {
    get(db, id).await.state
}

pub async fn set(db: &Db, n: u8, state: DeliveryState) {
    let id = uuid(n);
    let sql = "UPDATE delivery SET state = $2 WHERE id = $1";
    unit!(db, tx => tx.q(sql).bind(id).bind(state.as_str()).exactly_one()).unwrap();
}

/// The end of an attempt to deliver this.
pub fn ending(of: &Leased, state: DeliveryState, due_at: Ts, attempt: Attempt) -> Ending {
    Ending { lease: of.lease(), kind: of.kind, message: of.message, state, due_at, attempt }
}

pub async fn mark(db: &Db, of: &Leased) -> Leave {
    let lease = of.lease();
    unit!(db, tx => attempts::mark_transmitting(tx, &[lease], T0 + Span(2))).unwrap()[0]
}
