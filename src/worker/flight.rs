//! What one courier has in its hands: what is on its way, and what waits beside it for a place.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;

use super::courier::{Courier, Tally};
use super::record::Ended;
use crate::clock::Ts;
use crate::store::courier::{Lease, Leased};

/// A lease that waits for a place.
struct Ready {
    delivery: Leased,
    /// It goes ahead to see whether the route works again.
    probe: bool,
    /// When it runs out.
    until: Ts,
}

/// How much may be taken.
#[derive(Clone, Copy)]
pub(super) struct Room {
    /// Deliveries at once.
    pub slots: usize,
    /// At once of one domain.
    pub share: usize,
    /// That may wait beside them: so many that could start, and so many of each domain that has its share.
    pub spare: usize,
}

/// Until when there is nothing more to lease, as long as these domains may have no more.
struct Quiet {
    until: Instant,
    busy: Vec<String>,
}

pub(super) struct Flight {
    tasks: JoinSet<Ended>,
    domains: HashMap<Id, String>,
    ready: VecDeque<Ready>,
    stop: watch::Receiver<bool>,
    pub tally: Tally,
    quiet: Option<Quiet>,
}

impl Flight {
    pub(super) fn new(stop: watch::Receiver<bool>) -> Self {
        Self {
            tasks: JoinSet::new(),
            domains: HashMap::new(),
            ready: VecDeque::new(),
            stop,
            tally: Tally::default(),
            quiet: None,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    fn of_domain(&self, domain: &str) -> usize {
        self.domains.values().filter(|of| *of == domain).count()
    }

    fn waiting_for(&self, domain: &str) -> usize {
        self.ready.iter().filter(|one| one.delivery.domain == domain).count()
    }

    /// There is nothing more to lease before then.
    pub(super) fn be_quiet(&mut self, until: Instant, room: Room) {
        self.quiet = Some(Quiet { until, busy: self.busy(room) });
    }

    /// There may be something to lease.
    pub(super) fn wake(&mut self) {
        self.quiet = None;
    }

    pub(super) fn quiet_until(&self) -> Option<Instant> {
        self.quiet.as_ref().map(|quiet| quiet.until)
    }

    pub(super) fn is_quiet(&self, busy: &[String]) -> bool {
        self.quiet.as_ref().is_some_and(|quiet| {
            Instant::now() < quiet.until && quiet.busy.iter().all(|domain| busy.contains(domain))
        })
    }

    /// How many more to lease; 0 while enough of them are at hand.
    pub(super) fn wanted(&self, room: Room) -> usize {
        let has_place = |one: &&Ready| self.of_domain(&one.delivery.domain) < room.share;
        let startable = self.ready.iter().filter(has_place).count();
        let wanted = (room.slots + room.spare).saturating_sub(self.tasks.len() + startable);
        if wanted < room.spare / 2 { 0 } else { wanted.min(room.slots) }
    }

    /// The domains that may not have more.
    pub(super) fn busy(&self, room: Room) -> Vec<String> {
        let ready = self.ready.iter().map(|one| &one.delivery.domain);
        let all: HashSet<&String> = self.domains.values().chain(ready).collect();
        let many = room.share + room.spare / 2;
        let busy = |domain: &&String| self.of_domain(domain) + self.waiting_for(domain) >= many;
        all.into_iter().filter(busy).cloned().collect()
    }

    /// Keeps leases until they are started, so many of a domain; those beyond are returned.
    pub(super) fn keep(&mut self, leased: Vec<Leased>, probe: bool, until: Ts, room: Room) -> Vec<Lease> {
        let mut beyond = Vec::new();
        for delivery in leased {
            let places = room.share.saturating_sub(self.of_domain(&delivery.domain)) + room.spare;
            if self.waiting_for(&delivery.domain) < places {
                self.ready.push_back(Ready { delivery, probe, until });
            } else {
                beyond.push(delivery.lease());
            }
        }
        beyond
    }

    /// Starts what waits, the oldest first, as far as there is room.
    pub(super) fn start(&mut self, courier: &Arc<Courier>, room: Room, now: Ts) {
        for one in std::mem::take(&mut self.ready) {
            if one.until <= now {
                // It is somebody else's by now, or soon.
                continue;
            }
            if self.tasks.len() < room.slots && self.of_domain(&one.delivery.domain) < room.share {
                self.start_one(courier, one, now);
            } else {
                self.ready.push_back(one);
            }
        }
    }

    fn start_one(&mut self, courier: &Arc<Courier>, one: Ready, now: Ts) {
        let Ready { delivery, probe, .. } = one;
        let domain = delivery.domain.clone();
        let (courier, stop) = (Arc::clone(courier), self.stop.clone());
        let task = self.tasks.spawn(async move { courier.attempt(delivery, probe, now, stop).await });
        self.domains.insert(task.id(), domain);
    }

    /// The leases of all that wait; they wait no more.
    pub(super) fn unload(&mut self) -> Vec<Lease> {
        self.ready.drain(..).map(|one| one.delivery.lease()).collect()
    }

    /// Waits for one to end; `None` when none is on its way.
    pub(super) async fn land(&mut self) -> Option<()> {
        let landed = self.tasks.join_next_with_id().await?;
        self.note(landed);
        // Those that have ended meanwhile.
        while let Some(landed) = self.tasks.try_join_next_with_id() {
            self.note(landed);
        }
        Some(())
    }

    fn note(&mut self, landed: Result<(Id, Ended), tokio::task::JoinError>) {
        match landed {
            Ok((id, ended)) => {
                self.domains.remove(&id);
                self.tally = self.tally + ended.tally();
            }
            Err(error) => {
                self.domains.remove(&error.id());
                // Its lease runs out and it is tried again.
                tracing::error!(error.message = %error, "a delivery panicked");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::watch;
    use tokio::time::Instant;

    use super::{Flight, Room};
    use crate::clock::Ts;
    use crate::domain::letter::{Correspondent, Headers};
    use crate::domain::message::MessageKind;
    use crate::ids::{DeliveryId, MessageId};
    use crate::store::courier::Leased;

    const ROOM: Room = Room { slots: 4, share: 2, spare: 4 };

    fn mails(domain: &str, number: u128) -> Vec<Leased> {
        let one = |nth| Leased {
            id: DeliveryId(uuid::Uuid::from_u128(nth)),
            fence: 1,
            message: MessageId(uuid::Uuid::nil()),
            kind: MessageKind::SignIn,
            introduction: None,
            side: None,
            recipient: format!("p{nth}@{domain}"),
            domain: domain.to_owned(),
            links: Vec::new(),
            attempts: 0,
            unknowns: 0,
            created_at: Ts(0),
            expires_at: None,
            headers: Headers {
                message_id: String::new(),
                from: Correspondent { name: String::new(), address: String::new() },
                to: Vec::new(),
                reply_to: Vec::new(),
            },
            subject: String::new(),
            text: String::new(),
            html: String::new(),
            card: String::new(),
            dated_at: Ts(0),
        };
        (0..number).map(one).collect()
    }

    fn flight() -> Flight {
        Flight::new(watch::channel(false).1)
    }

    #[test]
    fn as_many_again_wait_beside_those_on_their_way_and_are_leased_by_halves() {
        let mut flight = flight();
        let mut wanted = Vec::new();
        for domain in ["a", "b", "c", "d", "e", "f", "g"] {
            wanted.push(flight.wanted(ROOM));
            assert!(flight.keep(mails(domain, 1), false, Ts(9), ROOM).is_empty());
        }
        assert_eq!(wanted, [4, 4, 4, 4, 4, 3, 2]);
        assert_eq!(flight.wanted(ROOM), 0, "one place is not worth a look");
        let sick = Room { spare: 0, ..ROOM };
        assert_eq!(flight.wanted(sick), 0);
        assert_eq!(flight.unload().len(), 7);
        assert_eq!(flight.wanted(sick), 4, "nothing waits for a route that is not well");
    }

    #[test]
    fn one_domain_keeps_no_more_than_may_wait_and_is_busy_by_then() {
        let mut flight = flight();
        assert_eq!(flight.keep(mails("a", 9), false, Ts(9), ROOM).len(), 3, "two to start and four to wait");
        assert_eq!(flight.busy(ROOM), ["a"]);
        assert!(flight.keep(mails("b", 3), false, Ts(9), ROOM).is_empty());
        assert_eq!(flight.busy(ROOM), ["a"], "three of b leave room for more");
    }

    #[tokio::test]
    async fn nothing_is_looked_for_again_until_a_domain_has_room_or_somebody_rings() {
        let mut flight = flight();
        flight.keep(mails("a", 6), false, Ts(9), ROOM);
        flight.be_quiet(Instant::now() + Duration::from_mins(1), ROOM);
        assert!(flight.is_quiet(&flight.busy(ROOM)));
        flight.unload();
        assert!(!flight.is_quiet(&flight.busy(ROOM)), "a may have more");
        flight.be_quiet(Instant::now() + Duration::from_mins(1), ROOM);
        assert!(flight.is_quiet(&[]));
        flight.wake();
        assert!(!flight.is_quiet(&[]));
        flight.be_quiet(Instant::now(), ROOM);
        assert!(!flight.is_quiet(&[]), "its time is over");
    }
}
