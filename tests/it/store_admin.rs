//! Contracts of what only admins see and do.

use twoyes::clock::{Span, Ts};
use twoyes::domain::admin_act::Act;
use twoyes::domain::asking::Side;
use twoyes::domain::letter::DeliveryState;
use twoyes::domain::message::{Family, MessageKind};
use twoyes::ids::{ActId, ConnectorId, DeliveryId};
use twoyes::store::admin_acts::{self, AdminAct};
use twoyes::store::attempts::{self, Attempt};
use twoyes::store::courier::HELD;
use twoyes::store::deliveries::{self, Filter};
use twoyes::store::routes::{self, Route};
use twoyes::store::suppressions::{self, Source, Suppression};
use twoyes::store::{Db, courier};

use crate::store_kit::{T0, look, message, person, unit, uuid};
use crate::store_post::{about, ask, ending, enqueue, enqueue_at, get, id, lease_all, mark, set, state};
use crate::support::db::both;

fn act(n: u8, subject: &str) -> AdminAct {
    AdminAct {
        id: ActId(uuid(n)),
        at: T0 + Span(i64::from(n)),
        admin: ConnectorId(uuid(1)),
        what: Act::AddressOpened,
        subject: subject.into(),
        detail: "They wrote – twice".into(),
    }
}

async fn hold(db: &Db, n: u8) {
    let (row, unknown) = (uuid(n), DeliveryState::Unknown.as_str());
    let sql = "UPDATE delivery SET state = $2, due_at = $3, unknowns = 3 WHERE id = $1";
    unit!(db, tx => tx.q(sql).bind(row).bind(unknown).bind(HELD.0).exactly_one()).unwrap();
}

async fn list(db: &Db, filter: Filter) -> Vec<DeliveryId> {
    look!(db, tx => deliveries::list(tx, &filter, 99)).iter().map(|one| one.id).collect()
}

both! {
    async fn deeds_are_kept_in_order_and_found_by_their_subject(db: TestDb) {
        for (n, subject) in [(1, "a"), (2, "b"), (3, "a")] {
            let new = act(n, subject);
            unit!(db.db, tx, new => admin_acts::append(tx, &new)).unwrap();
        }
        let all = look!(db.db, tx => admin_acts::page(tx, None, 2));
        assert_eq!(all, [act(3, "a"), act(2, "b")]);
        let rest = look!(db.db, tx => admin_acts::page(tx, Some(ActId(uuid(2))), 9));
        assert_eq!(rest, [act(1, "a")]);
        let found = look!(db.db, tx => admin_acts::about(tx, "a", 9));
        assert_eq!(found, [act(3, "a"), act(1, "a")]);
        assert!(look!(db.db, tx => admin_acts::about(tx, "c", 9)).is_empty());
    }

    async fn only_what_was_perhaps_delivered_is_counted_as_sent_and_only_once(db: TestDb) {
        for n in 1..=3 {
            enqueue(&db.db, &ask(n)).await;
        }
        let at = T0 + Span(9);
        let one = id(1);
        assert!(!unit!(db.db, tx => deliveries::count_as_sent(tx, one, at)).unwrap(), "it never left");
        let leased = lease_all(&db.db).await;
        mark(&db.db, &leased[0]).await;
        assert!(!unit!(db.db, tx => deliveries::count_as_sent(tx, one, at)).unwrap(), "it is on its way");
        hold(&db.db, 1).await;
        assert!(unit!(db.db, tx => deliveries::count_as_sent(tx, one, at)).unwrap());
        let sent = get(&db.db, one).await;
        assert_eq!((sent.state, sent.finished_at), (DeliveryState::Sent, Some(at)));
        assert!(!unit!(db.db, tx => deliveries::count_as_sent(tx, one, at)).unwrap(), "it is decided");
        assert!(!unit!(db.db, tx => deliveries::retry(tx, one, at)).unwrap(), "it is sent");
        // The worker that lost the connection comes back late.
        let late = leased[0].clone();
        let attempt = Attempt {
            at,
            took: Span(1),
            stage: "body",
            result: "deferred",
            code: None,
            enhanced: None,
            words: String::new(),
        };
        let late = ending(&late, DeliveryState::Deferred, at, attempt);
        assert_eq!(unit!(db.db, tx, late => attempts::record(tx, &[late])).unwrap(), [false]);
        assert_eq!(state(&db.db, one).await, DeliveryState::Sent);
    }

    async fn one_that_waits_again_after_a_lost_reply_can_be_counted(db: TestDb) {
        enqueue(&db.db, &ask(1)).await;
        hold(&db.db, 1).await;
        set(&db.db, 1, DeliveryState::Queued).await;
        let one = id(1);
        assert!(unit!(db.db, tx => deliveries::count_as_sent(tx, one, T0)).unwrap());
    }

    async fn what_is_sent_again_has_its_full_time_again(db: TestDb) {
        enqueue(&db.db, &ask(1)).await;
        hold(&db.db, 1).await;
        let (one, later) = (id(1), T0 + Span::days(9));
        assert!(unit!(db.db, tx => deliveries::retry(tx, one, later)).unwrap());
        let until = later + Span::minutes(1);
        let leased = unit!(db.db, tx => courier::lease(tx, later, until, &[], 9)).unwrap();
        assert_eq!(leased[0].created_at, later);
        assert_eq!(get(&db.db, one).await.created_at, T0, "what is shown stays");
    }

    async fn only_what_waits_outside_of_introductions_is_cancelled(db: TestDb) {
        enqueue(&db.db, &ask(1)).await;
        enqueue(&db.db, &message(2, MessageKind::SignIn, None, "p2@d.example")).await;
        for (n, cancelled) in [(1, false), (2, true), (2, false)] {
            let one = id(n);
            assert_eq!(unit!(db.db, tx => deliveries::cancel(tx, one, T0)).unwrap(), cancelled);
        }
        assert_eq!(state(&db.db, id(2)).await, DeliveryState::Cancelled);
        assert_eq!(state(&db.db, id(1)).await, DeliveryState::Queued);
    }

    async fn the_list_is_filtered_and_hides_answers_that_fare_well(db: TestDb) {
        let kinds = [MessageKind::AskSecond, MessageKind::Receipt, MessageKind::ClosingNote, MessageKind::CheckIn];
        for (n, kind) in (1..).zip(kinds) {
            enqueue(&db.db, &message(n, kind, Some(about()), "p@d.example")).await;
        }
        enqueue(&db.db, &message(5, MessageKind::Test, None, "p@d.example")).await;
        set(&db.db, 3, DeliveryState::Failed).await;
        assert_eq!(list(&db.db, Filter::default()).await, [id(5), id(4), id(3), id(1)]);
        let of = |family| Filter { family: Some(family), ..Filter::default() };
        assert_eq!(list(&db.db, of(Family::Ask)).await, [id(1)]);
        assert_eq!(list(&db.db, of(Family::Answer)).await, [id(3)]);
        assert_eq!(list(&db.db, of(Family::Introduction)).await, [id(4)]);
        assert_eq!(list(&db.db, of(Family::Service)).await, [id(5)]);
        let queued = Filter { state: Some(DeliveryState::Queued), ..Filter::default() };
        assert_eq!(list(&db.db, queued).await, [id(5), id(4), id(1)]);
        assert_eq!(list(&db.db, Filter { family: Some(Family::Service), ..queued }).await, [id(5)]);
        assert_eq!(list(&db.db, Filter { before: Some(id(5)), ..queued }).await, [id(4), id(1)]);
        // The nth id is n milliseconds after T0.
        let from = Filter { from: Some(Ts(T0.0 + 4_000)), ..Filter::default() };
        assert_eq!(list(&db.db, from).await, [id(5), id(4)]);
        let until = Filter { until: Some(Ts(T0.0 + 4_000)), ..Filter::default() };
        assert_eq!(list(&db.db, until).await, [id(3), id(1)]);
    }

    async fn what_waits_for_a_person_comes_oldest_first_and_counts_stop_early(db: TestDb) {
        assert_eq!(look!(db.db, tx => deliveries::newest(tx)), None);
        for n in 1..=4 {
            enqueue(&db.db, &ask(n)).await;
        }
        set(&db.db, 2, DeliveryState::Unknown).await;
        hold(&db.db, 4).await;
        hold(&db.db, 3).await;
        let found = look!(db.db, tx => deliveries::to_decide(tx, 9));
        assert_eq!(found.iter().map(|one| one.id).collect::<Vec<_>>(), [id(3), id(4)]);
        let count = async |most| look!(db.db, tx => deliveries::count(tx, DeliveryState::Unknown, most));
        assert_eq!((count(9).await, count(2).await), (3, 2));
        let failed = async |since| look!(db.db, tx => deliveries::failed_since(tx, since, 9));
        assert_eq!(failed(T0).await, 0);
        let row = uuid(1);
        let sql = "UPDATE delivery SET state = 'failed', finished_at = $2 WHERE id = $1";
        unit!(db.db, tx => tx.q(sql).bind(row).bind(T0.0).exactly_one()).unwrap();
        assert_eq!((failed(T0).await, failed(T0 + Span(1)).await), (1, 0));
        assert_eq!(look!(db.db, tx => deliveries::newest(tx)), Some(T0));
        let message_id = look!(db.db, tx => deliveries::message_id(tx, id(1)));
        assert_eq!(message_id.as_deref(), Some("1@intro.example"));
        assert_eq!(look!(db.db, tx => deliveries::message_id(tx, id(99))), None);
    }

    async fn a_pause_is_ended_once(db: TestDb) {
        let route = Route {
            name: "relay".into(),
            failures: 2,
            paused_until: Some(T0 + Span::minutes(1)),
            words: "535 no".into(),
            changed_at: T0,
        };
        unit!(db.db, tx, route => routes::put(tx, &route)).unwrap();
        enqueue_at(&db.db, &ask(1), T0 + Span::minutes(1)).await;
        enqueue_at(&db.db, &ask(2), T0 + Span::minutes(3)).await;
        let other = T0 + Span::minutes(2);
        assert!(!unit!(db.db, tx => routes::end_pause(tx, "relay", other)).unwrap(), "it is over");
        assert!(!unit!(db.db, tx => routes::end_pause(tx, "other", T0)).unwrap());
        assert!(unit!(db.db, tx => routes::end_pause(tx, "relay", T0)).unwrap());
        assert!(!unit!(db.db, tx => routes::end_pause(tx, "relay", T0)).unwrap());
        assert_eq!(get(&db.db, id(1)).await.due_at, T0, "it waited for the end of the pause");
        assert_eq!(get(&db.db, id(2)).await.due_at, T0 + Span::minutes(3), "it waited for its own time");
        let all = look!(db.db, tx => routes::all(tx));
        assert_eq!(all, [Route { paused_until: Some(T0), ..route }]);
    }

    async fn an_admins_suppression_outlasts_a_change_of_mind_and_is_lifted_by_an_admin(db: TestDb) {
        let one = person(1);
        let own = Source { introduction: about(), side: Side::First };
        assert_eq!(look!(db.db, tx => suppressions::find(tx, one)), None);
        unit!(db.db, tx => suppressions::add(tx, one, own, T0)).unwrap();
        let found = look!(db.db, tx => suppressions::find(tx, one));
        assert_eq!(found, Some(Suppression { since: T0, by_admin: false, reason: String::new() }));
        let later = T0 + Span(5);
        unit!(db.db, tx => suppressions::add_by_admin(tx, one, "She wrote", later)).unwrap();
        unit!(db.db, tx => suppressions::lift_own(tx, one, own)).unwrap();
        let found = look!(db.db, tx => suppressions::find(tx, one));
        assert_eq!(found, Some(Suppression { since: T0, by_admin: true, reason: "She wrote".into() }));
        let two = person(2);
        unit!(db.db, tx => suppressions::add(tx, two, own, later)).unwrap();
        let count = async |from, until| look!(db.db, tx => suppressions::count(tx, from, until));
        assert_eq!(count(T0, later).await, [("admin".to_owned(), 1)]);
        assert_eq!(count(T0, later + Span(1)).await, [("admin".to_owned(), 1), ("party".to_owned(), 1)]);
        assert!(unit!(db.db, tx => suppressions::lift(tx, one)).unwrap());
        assert!(!unit!(db.db, tx => suppressions::lift(tx, one)).unwrap());
        assert_eq!(look!(db.db, tx => suppressions::since(tx, one)), None);
    }
}
