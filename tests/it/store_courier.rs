//! Contract: the outbox from the courier's side: lease, mark, record, give back.

use twoyes::clock::{Span, Ts};
use twoyes::domain::asking::Side;
use twoyes::domain::letter::DeliveryState;
use twoyes::domain::message::MessageKind;
use twoyes::ids::DeliveryId;
use twoyes::store::attempts::{self, Attempt, Leave};
use twoyes::store::courier::{HELD, Lease, Leased};
use twoyes::store::suppressions::Source;
use twoyes::store::{Db, courier, deliveries, suppressions};

use crate::store_kit::{T0, look, message, person, unit, uuid};
use crate::store_post::{
    UNTIL, about, ask, ending, enqueue, enqueue_at, get, id, lease, lease_all, mark, set, state,
};
use crate::support::db::both;

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
    let one = ending(of, state, due_at, attempt);
    unit!(db, tx, one => attempts::record(tx, &[one])).unwrap()[0]
}

both! {
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
        assert_eq!((stopped.finished_at, stopped.last_words.as_str()), (Some(T0 + Span(2)), "taken back"));
        assert_eq!(mark(&db.db, &leased[0]).await, Leave::Lost);
    }

    async fn several_are_marked_and_recorded_at_once_and_each_has_its_own_answer(db: TestDb) {
        for n in 1..=4 {
            enqueue(&db.db, &ask(n)).await;
        }
        let leased = lease_all(&db.db).await;
        let source = Source { introduction: about(), side: Side::First };
        unit!(db.db, tx => suppressions::add(tx, person(2), source, T0)).unwrap();
        let leases: Vec<Lease> = leased.iter().map(Leased::lease).collect();
        let late = [leases[0], leases[1], Lease { fence: 0, ..leases[2] }, leases[3]];
        let leaves = unit!(db.db, tx => attempts::mark_transmitting(tx, &late, T0 + Span(2))).unwrap();
        assert_eq!(leaves, [Leave::Go, Leave::Suppressed, Leave::Lost, Leave::Go]);
        assert_eq!(state(&db.db, id(3)).await, DeliveryState::Leased, "not the fence of this lease");

        let endings = vec![
            ending(&leased[0], DeliveryState::Sent, T0, attempt("taken")),
            ending(&leased[1], DeliveryState::Sent, T0, attempt("not to be seen")),
            ending(&leased[3], DeliveryState::Deferred, HELD, Attempt { code: None, enhanced: None, ..attempt("\"later\"") }),
        ];
        let recorded = unit!(db.db, tx, endings => attempts::record(tx, &endings)).unwrap();
        assert_eq!(recorded, [true, false, true]);
        let (sent, deferred) = (get(&db.db, id(1)).await, get(&db.db, id(4)).await);
        assert_eq!((sent.state, sent.last_words.as_str()), (DeliveryState::Sent, "taken"));
        assert_eq!((deferred.state, deferred.due_at), (DeliveryState::Deferred, HELD));
        assert_eq!((deferred.finished_at, deferred.last_words.as_str()), (None, "\"later\""));
        assert_eq!(get(&db.db, id(2)).await.last_words, "taken back");
        let tries = look!(db.db, tx => deliveries::attempts(tx, id(4)));
        assert_eq!((tries.len(), tries[0].code, tries[0].took), (1, None, Span(40)));
        assert!(look!(db.db, tx => deliveries::attempts(tx, id(2))).is_empty());

        unit!(db.db, tx, leases => courier::release(tx, &leases, T0 + Span(9))).unwrap();
        assert_eq!(state(&db.db, id(3)).await, DeliveryState::Queued, "the one that is still leased");
        assert_eq!(state(&db.db, id(1)).await, DeliveryState::Sent);
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
        let (old, later) = (leased.lease(), T0 + Span(50));
        let newer = Lease { fence: old.fence + 1, ..old };
        unit!(db.db, tx => courier::release(tx, &[newer], later)).unwrap();
        assert_eq!(state(&db.db, id(1)).await, DeliveryState::Leased, "not its fence");
        mark(&db.db, &leased).await;
        unit!(db.db, tx => courier::release(tx, &[old], later)).unwrap();
        let back = get(&db.db, id(1)).await;
        assert_eq!((back.state, back.attempts, back.due_at), (DeliveryState::Queued, 0, later));
        let again = lease(&db.db, later, &[], 9).await.remove(0);
        unit!(db.db, tx => courier::release(tx, &[old], T0)).unwrap();
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
}
