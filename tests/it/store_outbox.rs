//! Contract: the outbox from both sides, deliveries for the admin, suppressions and routes.

use twoyes::clock::{Span, Ts};
use twoyes::domain::asking::{Pair, Side};
use twoyes::domain::letter::{DeliveryState, LinkName, NewMessage};
use twoyes::domain::link::NEVER;
use twoyes::domain::message::MessageKind;
use twoyes::ids::{DeliveryId, IntroductionId, MessageId};
use twoyes::store::courier::{self, Attempt, HELD, Leased, Leave};
use twoyes::store::deliveries::{self, Delivery};
use twoyes::store::suppressions::Source;
use twoyes::store::{Db, outbox, routes, routes::Route, suppressions};

use crate::store_kit::{T0, email, link, look, message, person, unit, uuid};
use crate::support::db::both;

const UNTIL: Ts = Ts(T0.0 + 1_000);

fn about() -> IntroductionId {
    IntroductionId(uuid(200))
}

fn id(n: u8) -> DeliveryId {
    DeliveryId(uuid(n))
}

fn ask(n: u8) -> NewMessage {
    message(n, MessageKind::AskFirst, Some(about()), &format!("p{n}@d{}.example", n % 2))
}

/// Queues it, due at once.
async fn enqueue(db: &Db, new: &NewMessage) -> bool {
    enqueue_at(db, new, T0).await
}

async fn enqueue_at(db: &Db, new: &NewMessage, now: Ts) -> bool {
    unit!(db, tx, new => outbox::enqueue(tx, &new, now)).unwrap()
}

async fn lease_all(db: &Db) -> Vec<Leased> {
    lease(db, T0, &[], 99).await
}

async fn lease(db: &Db, now: Ts, busy: &[&str], limit: i64) -> Vec<Leased> {
    let busy: Vec<String> = busy.iter().map(|&one| one.to_owned()).collect();
    let mut leased = unit!(db, tx, busy => courier::lease(tx, now, UNTIL, &busy, limit)).unwrap();
    leased.sort_by_key(|one| one.id);
    leased
}

async fn mark(db: &Db, of: &Leased) -> Leave {
    let (id, fence) = (of.id, of.fence);
    unit!(db, tx => courier::mark_transmitting(tx, id, fence, T0 + Span(2))).unwrap()
}

async fn get(db: &Db, id: DeliveryId) -> Delivery {
    look!(db, tx => deliveries::get(tx, id)).unwrap()
}

async fn state(db: &Db, id: DeliveryId) -> DeliveryState {
    get(db, id).await.state
}

async fn fence(db: &Db, id: DeliveryId) -> i64 {
    let row = look!(db, tx => tx.q("SELECT fence FROM delivery WHERE id = $1").bind(id.0).one());
    row.unwrap().get("fence").unwrap()
}

fn attempt(words: &str) -> Attempt {
    Attempt {
        at: T0 + Span(3),
        took: Span(40),
        stage: "dot",
        result: "refused",
        code: Some(451),
        enhanced: Some("4.7.1".into()),
        words: words.into(),
    }
}

async fn record(db: &Db, of: &Leased, state: DeliveryState, due_at: Ts, attempt: Attempt) -> bool {
    unit!(db, tx, of, attempt => courier::record(tx, &of, state, due_at, &attempt)).unwrap()
}

async fn set(db: &Db, n: u8, state: DeliveryState) {
    let id = uuid(n);
    let sql = "UPDATE delivery SET state = $2 WHERE id = $1";
    unit!(db, tx => tx.q(sql).bind(id).bind(state.as_str()).exactly_one()).unwrap();
}

both! {
    async fn a_mail_is_queued_once_for_each_key(db: TestDb) {
        let new = ask(1);
        assert!(enqueue(&db.db, &new).await);
        let mut again = ask(2);
        again.key.clone_from(&new.key);
        assert!(!enqueue(&db.db, &again).await);
        assert_eq!(look!(db.db, tx => deliveries::page(tx, None, None, 9)).len(), 1);
    }

    async fn a_leased_mail_has_everything_that_was_queued(db: TestDb) {
        let new = ask(1);
        enqueue(&db.db, &new).await;
        let leased = lease_all(&db.db).await.remove(0);
        assert_eq!((leased.id, leased.fence, leased.message), (id(1), 1, MessageId(uuid(1))));
        assert_eq!((leased.kind, leased.introduction), (MessageKind::AskFirst, Some(about())));
        assert_eq!((leased.side, leased.attempts, leased.unknowns), (Some(Side::First), 0, 0));
        assert_eq!((leased.recipient.as_str(), leased.domain.as_str()), ("p1@d1.example", "d1.example"));
        assert_eq!((leased.created_at, leased.expires_at, leased.dated_at), (T0, Some(T0 + Span(5)), T0));
        assert!(leased.headers == new.headers);
        assert_eq!((&leased.subject, &leased.text, &leased.html), (&new.subject, &new.text, &new.html));
        let spec = &leased.links[0];
        assert_eq!((leased.links.len(), spec.name, spec.kid, spec.generation), (1, LinkName::Stop, 1, 2));
        assert!(spec.expires == NEVER && spec.claims().unwrap().reference == link(1));
    }

    async fn a_mail_without_the_optional_parts_is_read_back(db: TestDb) {
        let mut new = message(1, MessageKind::SignIn, None, "ada@example.org");
        new.deliveries[0].side = None;
        new.deliveries[0].person = None;
        new.deliveries[0].expires_at = None;
        new.deliveries[0].links.clear();
        enqueue(&db.db, &new).await;
        let leased = lease_all(&db.db).await.remove(0);
        assert_eq!((leased.introduction, leased.side, leased.expires_at), (None, None, None));
        assert!(leased.links.is_empty());
        assert_eq!(mark(&db.db, &leased).await, Leave::Go, "nobody to be suppressed");
        assert_eq!(get(&db.db, id(1)).await.introduction, None);
    }

    async fn a_message_without_deliveries_reserves_its_key(db: TestDb) {
        let empty = NewMessage { deliveries: Vec::new(), ..ask(1) };
        assert!(enqueue(&db.db, &empty).await);
        assert!(!enqueue(&db.db, &empty).await);
        assert!(lease_all(&db.db).await.is_empty());
    }

    async fn only_what_waits_and_is_due_is_leased(db: TestDb) {
        for n in 1..=8 {
            enqueue_at(&db.db, &ask(n), T0 + Span(i64::from(n))).await;
        }
        for (n, word) in [
            (1, DeliveryState::Queued),
            (2, DeliveryState::Deferred),
            (3, DeliveryState::Unknown),
            (4, DeliveryState::Transmitting),
            (5, DeliveryState::Sent),
            (6, DeliveryState::Failed),
            (7, DeliveryState::Cancelled),
        ] {
            set(&db.db, n, word).await;
        }
        let leased = lease(&db.db, T0 + Span(7), &[], 99).await;
        assert_eq!(leased.iter().map(|one| one.id).collect::<Vec<_>>(), [id(1), id(2), id(3)]);
        assert!(lease(&db.db, T0 + Span(7), &[], 99).await.is_empty(), "they are taken");
        assert_eq!(lease(&db.db, T0 + Span(8), &[], 99).await.len(), 1);
    }

    async fn the_longest_waiting_are_leased_first_and_busy_domains_not_at_all(db: TestDb) {
        for n in 1..=6 {
            enqueue_at(&db.db, &ask(n), T0 - Span(i64::from(n))).await;
        }
        let first = lease(&db.db, T0, &[], 2).await;
        assert_eq!(first.iter().map(|one| one.id).collect::<Vec<_>>(), [id(5), id(6)]);
        let even = lease(&db.db, T0, &["d1.example", "no\"where"], 99).await;
        assert_eq!(even.iter().map(|one| one.id).collect::<Vec<_>>(), [id(2), id(4)]);
        assert!(lease(&db.db, T0, &["d1.example"], 99).await.is_empty());
        assert_eq!(lease(&db.db, T0, &["d0.example"], 99).await.len(), 2);
    }

    async fn two_that_lease_at_once_never_get_the_same(db: TestDb) {
        for n in 1..=60 {
            enqueue(&db.db, &ask(n)).await;
        }
        let workers = (0..6).map(|_| {
            let db = db.db.clone();
            tokio::spawn(async move {
                let mut own = Vec::new();
                loop {
                    let some = lease(&db, T0, &[], 3).await;
                    if some.is_empty() {
                        return own;
                    }
                    own.extend(some.into_iter().map(|one| one.id));
                }
            })
        });
        let mut all = Vec::new();
        for worker in futures_util::future::join_all(workers).await {
            all.extend(worker.unwrap());
        }
        all.sort_unstable();
        assert_eq!(all, (1..=60).map(id).collect::<Vec<_>>());
    }

    async fn one_damaged_mail_does_not_hold_up_the_others(db: TestDb) {
        enqueue(&db.db, &ask(1)).await;
        enqueue(&db.db, &ask(2)).await;
        let damaged = uuid(1);
        let sql = "UPDATE delivery SET links = '{' WHERE id = $1";
        unit!(db.db, tx => tx.q(sql).bind(damaged).exactly_one()).unwrap();
        let leased = lease_all(&db.db).await;
        assert_eq!(leased.iter().map(|one| one.id).collect::<Vec<_>>(), [id(2)]);
        let failed = get(&db.db, id(1)).await;
        assert_eq!((failed.state, failed.finished_at), (DeliveryState::Failed, Some(T0)));
    }

    async fn a_mark_needs_the_lease_and_counts_the_attempt(db: TestDb) {
        enqueue(&db.db, &ask(1)).await;
        let leased = lease_all(&db.db).await.remove(0);
        let late = Leased { fence: 0, ..leased.clone() };
        assert_eq!(mark(&db.db, &late).await, Leave::Lost);
        assert_eq!(mark(&db.db, &leased).await, Leave::Go);
        let marked = get(&db.db, id(1)).await;
        assert_eq!((marked.state, marked.attempts), (DeliveryState::Transmitting, 1));
        assert_eq!(mark(&db.db, &leased).await, Leave::Lost, "only once");
        assert_eq!(get(&db.db, id(1)).await.attempts, 1);
    }

    async fn a_mail_to_someone_who_said_never_is_cancelled_at_the_mark(db: TestDb) {
        enqueue(&db.db, &ask(1)).await;
        enqueue(&db.db, &ask(2)).await;
        let leased = lease_all(&db.db).await;
        let source = Source { introduction: about(), side: Side::First };
        unit!(db.db, tx => suppressions::add(tx, person(1), source, T0)).unwrap();
        assert_eq!(mark(&db.db, &leased[0]).await, Leave::Suppressed);
        assert_eq!(mark(&db.db, &leased[1]).await, Leave::Go, "somebody else");
        let stopped = get(&db.db, id(1)).await;
        assert_eq!((stopped.state, stopped.attempts), (DeliveryState::Cancelled, 0));
        assert_eq!((stopped.finished_at, stopped.last_words.as_str()), (Some(T0 + Span(2)), "never ask again"));
        assert_eq!(mark(&db.db, &leased[0]).await, Leave::Lost);
    }

    async fn an_attempt_is_recorded_with_the_servers_words(db: TestDb) {
        enqueue(&db.db, &ask(1)).await;
        let leased = lease_all(&db.db).await.remove(0);
        mark(&db.db, &leased).await;
        let due = T0 + Span::minutes(2);
        assert!(record(&db.db, &leased, DeliveryState::Deferred, due, attempt("451 later")).await);
        let deferred = get(&db.db, id(1)).await;
        assert_eq!((deferred.state, deferred.due_at), (DeliveryState::Deferred, due));
        assert_eq!((deferred.attempts, deferred.unknowns, deferred.finished_at), (1, 0, None));
        assert_eq!(deferred.last_words, "451 later");

        let again = lease(&db.db, due, &[], 1).await.remove(0);
        assert_eq!((again.fence, again.attempts), (2, 1));
        let bare = Attempt { code: None, enhanced: None, ..attempt("") };
        assert!(!record(&db.db, &leased, DeliveryState::Sent, due, bare.clone()).await, "an old fence");
        assert!(record(&db.db, &again, DeliveryState::Sent, due, bare).await);
        let sent = get(&db.db, id(1)).await;
        assert_eq!((sent.state, sent.finished_at, sent.attempts), (DeliveryState::Sent, Some(T0 + Span(3)), 2));
        assert!(!record(&db.db, &again, DeliveryState::Failed, due, attempt("")).await, "it is sent");

        let past = look!(db.db, tx => deliveries::attempts(tx, id(1)));
        assert_eq!(past.len(), 2);
        let first = &past[0];
        assert_eq!((first.at, first.took, first.stage.as_str()), (T0 + Span(3), Span(40), "dot"));
        assert_eq!((first.result.as_str(), first.code, first.words.as_str()), ("refused", Some(451), "451 later"));
        assert_eq!((first.enhanced.as_deref(), past[1].code, &past[1].enhanced), (Some("4.7.1"), None, &None));
        assert!(look!(db.db, tx => deliveries::attempts(tx, id(2))).is_empty());
    }

    async fn each_end_of_an_attempt_leaves_its_marks(db: TestDb) {
        for (n, end, unknowns, finished) in [
            (1, DeliveryState::Failed, 0, true),
            (2, DeliveryState::Cancelled, 0, true),
            (3, DeliveryState::Unknown, 1, false),
            (4, DeliveryState::Queued, 0, false),
        ] {
            enqueue(&db.db, &ask(n)).await;
            let leased = lease_all(&db.db).await.remove(0);
            mark(&db.db, &leased).await;
            assert!(record(&db.db, &leased, end, HELD, attempt("words")).await);
            let got = get(&db.db, id(n)).await;
            assert_eq!((got.state, got.due_at, got.unknowns), (end, HELD, unknowns));
            assert_eq!(got.finished_at.is_some(), finished, "{end:?}");
        }
        assert!(lease(&db.db, Ts(i64::MAX - 1), &[], 9).await.is_empty(), "held ones wait for a person");
    }

    async fn a_lease_is_given_back_untouched(db: TestDb) {
        enqueue(&db.db, &ask(1)).await;
        let leased = lease_all(&db.db).await.remove(0);
        let (old, later) = (leased.fence, T0 + Span(50));
        unit!(db.db, tx => courier::release(tx, id(1), old + 1, later)).unwrap();
        assert_eq!(state(&db.db, id(1)).await, DeliveryState::Leased, "not its fence");
        mark(&db.db, &leased).await;
        unit!(db.db, tx => courier::release(tx, id(1), old, later)).unwrap();
        let back = get(&db.db, id(1)).await;
        assert_eq!((back.state, back.attempts, back.due_at), (DeliveryState::Queued, 0, later));
        let again = lease(&db.db, later, &[], 9).await.remove(0);
        unit!(db.db, tx => courier::release(tx, id(1), old, T0)).unwrap();
        assert_eq!(state(&db.db, id(1)).await, DeliveryState::Leased);
        assert_eq!(again.fence, 2);
    }

    async fn leases_without_a_holder_are_taken_back(db: TestDb) {
        for n in 1..=3 {
            enqueue(&db.db, &ask(n)).await;
        }
        let leased = lease_all(&db.db).await;
        mark(&db.db, &leased[0]).await;
        let sql = "UPDATE delivery SET unknowns = 2 WHERE id = $1";
        let worn = uuid(2);
        unit!(db.db, tx => tx.q(sql).bind(worn).exactly_one()).unwrap();
        mark(&db.db, &leased[1]).await;

        let (early, late, retry) = (UNTIL - Span(1), UNTIL, Span::minutes(30));
        assert_eq!(unit!(db.db, tx => courier::reclaim(tx, early, retry, 2, false)).unwrap(), (0, 0));
        assert_eq!(unit!(db.db, tx => courier::reclaim(tx, late, retry, 2, false)).unwrap(), (1, 2));
        let [first, second, third] = [get(&db.db, id(1)).await, get(&db.db, id(2)).await, get(&db.db, id(3)).await];
        assert_eq!((first.state, first.unknowns, first.due_at), (DeliveryState::Unknown, 1, late + retry));
        assert_eq!((second.state, second.unknowns, second.due_at), (DeliveryState::Unknown, 3, HELD));
        assert_eq!((third.state, third.unknowns, third.due_at), (DeliveryState::Queued, 0, late));
        assert_eq!(fence(&db.db, id(3)).await, 1, "the next lease raises it");

        lease(&db.db, late, &[], 9).await;
        assert_eq!(unit!(db.db, tx => courier::reclaim(tx, T0, retry, 2, true)).unwrap(), (1, 0), "all");
    }

    async fn the_next_due_time_and_the_depth_count_what_waits(db: TestDb) {
        assert_eq!(look!(db.db, tx => courier::next_due(tx)), None);
        assert!(look!(db.db, tx => courier::depth(tx)).is_empty());
        for n in 1..=3 {
            enqueue_at(&db.db, &ask(n), T0 + Span(i64::from(n))).await;
        }
        enqueue(&db.db, &message(4, MessageKind::Receipt, None, "p4@d.example")).await;
        set(&db.db, 1, DeliveryState::Sent).await;
        set(&db.db, 2, DeliveryState::Deferred).await;
        assert_eq!(look!(db.db, tx => courier::next_due(tx)), Some(T0));
        let mut depth = look!(db.db, tx => courier::depth(tx));
        depth.sort_unstable();
        assert_eq!(depth, [("ask_first".into(), 2, T0 + Span(2)), ("receipt".into(), 1, T0)]);
    }

    async fn mails_of_one_kind_are_taken_back_while_they_wait(db: TestDb) {
        use DeliveryState::{Cancelled, Deferred, Leased, Queued, Sent, Transmitting, Unknown};
        let states = [Queued, Leased, Deferred, Transmitting, Unknown, Sent];
        for (n, word) in (1..).zip(states) {
            enqueue(&db.db, &ask(n)).await;
            set(&db.db, n, word).await;
        }
        enqueue(&db.db, &message(7, MessageKind::Reminder, Some(about()), "p7@d.example")).await;
        enqueue(&db.db, &message(8, MessageKind::AskFirst, Some(IntroductionId(uuid(201))), "p8@d.example")).await;
        let (of, kind, now) = (about(), MessageKind::AskFirst, T0 + Span(9));
        assert_eq!(unit!(db.db, tx => outbox::cancel_unsent(tx, of, kind, now)).unwrap(), 3);
        for (n, expected) in (1..).zip([Cancelled, Cancelled, Cancelled, Transmitting, Unknown, Sent, Queued, Queued]) {
            assert_eq!(state(&db.db, id(n)).await, expected, "delivery {n}");
        }
        let gone = get(&db.db, id(1)).await;
        assert_eq!((gone.finished_at, gone.last_words.as_str()), (Some(now), "taken back"));
    }

    async fn all_that_waits_for_a_person_is_cancelled(db: TestDb) {
        use DeliveryState::{Cancelled, Deferred, Leased, Queued, Sent, Unknown};
        for (n, word) in (1..).zip([Queued, Deferred, Unknown, Leased, Sent]) {
            let mut new = ask(n);
            new.deliveries[0].person = Some(person(1));
            enqueue(&db.db, &new).await;
            set(&db.db, n, word).await;
        }
        enqueue(&db.db, &ask(6)).await;
        let now = T0 + Span(9);
        assert_eq!(unit!(db.db, tx => outbox::cancel_for_person(tx, person(1), now)).unwrap(), 3);
        // A leased one is looked at again when it is marked.
        for (n, expected) in (1..).zip([Cancelled, Cancelled, Cancelled, Leased, Sent, Queued]) {
            assert_eq!(state(&db.db, id(n)).await, expected, "delivery {n}");
        }
        assert_eq!(get(&db.db, id(2)).await.last_words, "never ask again");
    }

    async fn an_ask_is_unsent_until_it_began_to_leave(db: TestDb) {
        use DeliveryState::{Cancelled, Deferred, Failed, Leased, Queued, Sent, Transmitting, Unknown};
        let unsent = async || look!(db.db, tx => outbox::unsent_asks(tx, about()));
        assert_eq!(unsent().await, Pair { first: false, second: false });
        enqueue(&db.db, &ask(1)).await;
        enqueue(&db.db, &message(2, MessageKind::Receipt, Some(about()), "p2@d.example")).await;
        for (word, expected) in [
            (Queued, true), (Leased, true), (Deferred, true), (Transmitting, false),
            (Unknown, false), (Sent, false), (Failed, false), (Cancelled, false),
        ] {
            set(&db.db, 1, word).await;
            assert_eq!(unsent().await, Pair { first: expected, second: false }, "{word:?}");
        }
        enqueue(&db.db, &message(3, MessageKind::AskSecond, Some(about()), "p3@d.example")).await;
        assert_eq!(unsent().await, Pair { first: false, second: true });
        set(&db.db, 1, Queued).await;
        unit!(db.db, tx => tx.q("UPDATE delivery SET unknowns = 1").run()).unwrap();
        assert_eq!(unsent().await, Pair { first: false, second: false }, "perhaps delivered before");
    }

    async fn deliveries_come_in_pages_newest_first_and_by_state(db: TestDb) {
        for n in [3, 1, 4, 2] {
            enqueue(&db.db, &ask(n)).await;
        }
        set(&db.db, 3, DeliveryState::Failed).await;
        let page = async |state, before: Option<u8>, limit| {
            let found = look!(db.db, tx => deliveries::page(tx, state, before.map(id), limit));
            found.iter().map(|one| one.id).collect::<Vec<_>>()
        };
        assert_eq!(page(None, None, 3).await, [id(4), id(3), id(2)]);
        assert_eq!(page(None, Some(2), 3).await, [id(1)]);
        assert_eq!(page(Some(DeliveryState::Failed), None, 3).await, [id(3)]);
        assert_eq!(page(Some(DeliveryState::Queued), Some(4), 1).await, [id(2)]);
        let one = get(&db.db, id(4)).await;
        assert_eq!((one.kind, one.introduction), (MessageKind::AskFirst, Some(about())));
        assert_eq!((one.recipient.as_str(), one.due_at, one.created_at), ("p4@d0.example", T0, T0));
        assert!(look!(db.db, tx => deliveries::get(tx, id(9))).is_none());
    }

    async fn a_person_can_send_again_what_waits_or_failed(db: TestDb) {
        use DeliveryState::{Cancelled, Deferred, Failed, Leased, Queued, Sent, Transmitting, Unknown};
        let again = [(Queued, true), (Deferred, true), (Failed, true), (Unknown, true), (Leased, false),
            (Transmitting, false), (Sent, false), (Cancelled, false)];
        for (n, (word, expected)) in (1..).zip(again) {
            enqueue(&db.db, &ask(n)).await;
            set(&db.db, n, word).await;
            let now = T0 + Span(77);
            assert_eq!(unit!(db.db, tx => deliveries::retry(tx, id(n), now)).unwrap(), expected, "{word:?}");
            let got = get(&db.db, id(n)).await;
            assert_eq!(got.state, if expected { Queued } else { word });
            assert_eq!(got.due_at, if expected { now } else { T0 });
        }
    }

    async fn a_suppression_stands_until_its_own_party_lifts_it(db: TestDb) {
        let own = Source { introduction: about(), side: Side::First };
        let since = async |n| look!(db.db, tx => suppressions::since(tx, person(n)));
        unit!(db.db, tx => suppressions::add(tx, person(1), own, T0)).unwrap();
        assert_eq!((since(1).await, since(2).await), (Some(T0), None));

        let other = Source { introduction: IntroductionId(uuid(201)), side: Side::First };
        unit!(db.db, tx => suppressions::add(tx, person(1), other, T0 + Span(1))).unwrap();
        assert_eq!(since(1).await, Some(T0), "the first one stays");
        let side = Source { side: Side::Second, ..own };
        for foreign in [other, side] {
            unit!(db.db, tx => suppressions::lift_own(tx, person(1), foreign)).unwrap();
            assert_eq!(since(1).await, Some(T0));
        }
        unit!(db.db, tx => suppressions::lift_own(tx, person(1), own)).unwrap();
        assert_eq!(since(1).await, None);
    }

    async fn a_routes_health_is_kept(db: TestDb) {
        assert_eq!(look!(db.db, tx => routes::get(tx, "smtp")), None);
        let sick = Route {
            name: "smtp".into(), failures: 3, paused_until: Some(T0 + Span(5)),
            words: "connection refused".into(), changed_at: T0,
        };
        let well = Route { failures: 0, paused_until: None, words: String::new(), ..sick.clone() };
        for route in [&sick, &well, &sick] {
            unit!(db.db, tx, route => routes::put(tx, &route)).unwrap();
            assert_eq!(look!(db.db, tx => routes::get(tx, "smtp")).as_ref(), Some(route));
        }
        assert_eq!(look!(db.db, tx => routes::get(tx, "other")), None);
    }

    async fn a_mail_to_two_has_two_deliveries(db: TestDb) {
        let mut new = message(1, MessageKind::Introduction, Some(about()), "ada@example.net");
        let mut second = new.deliveries[0].clone();
        second.id = id(2);
        second.side = Some(Side::Second);
        second.recipient = email("grace@example.com");
        new.deliveries.push(second);
        enqueue(&db.db, &new).await;
        let leased = lease_all(&db.db).await;
        assert_eq!(leased.len(), 2);
        assert!(leased[0].message == leased[1].message && leased[0].text == leased[1].text);
        assert_eq!((leased[0].side, leased[1].side), (Some(Side::First), Some(Side::Second)));
        assert_eq!(leased[1].recipient, "grace@example.com");
    }
}
