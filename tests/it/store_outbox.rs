//! Contract: the outbox, deliveries for the admin, suppressions and routes.

use twoyes::clock::Span;
use twoyes::domain::asking::{Pair, Side};
use twoyes::domain::letter::{DeliveryState, LinkName, NewMessage};
use twoyes::domain::link::NEVER;
use twoyes::domain::message::MessageKind;
use twoyes::ids::{IntroductionId, MessageId};
use twoyes::store::attempts::Leave;
use twoyes::store::routes::Route;
use twoyes::store::suppressions::Source;
use twoyes::store::{deliveries, link_keys, outbox, routes, suppressions};

use crate::store_kit::{T0, email, link, look, message, person, unit, uuid};
use crate::store_post::{about, ask, enqueue, get, id, lease_all, mark, set, state};
use crate::support::db::both;

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

    async fn the_mails_of_a_key_are_counted_until_they_are_cancelled(db: TestDb) {
        for n in 1..=3 {
            enqueue(&db.db, &ask(n)).await;
        }
        set(&db.db, 2, DeliveryState::Sent).await;
        set(&db.db, 3, DeliveryState::Cancelled).await;
        assert_eq!(look!(db.db, tx => link_keys::mails_under(tx, 1)), 2);
        assert_eq!(look!(db.db, tx => link_keys::mails_under(tx, 11)), 0, "another number, not a longer one");
    }

    async fn a_message_without_deliveries_reserves_its_key(db: TestDb) {
        let empty = NewMessage { deliveries: Vec::new(), ..ask(1) };
        assert!(enqueue(&db.db, &empty).await);
        assert!(!enqueue(&db.db, &empty).await);
        assert!(lease_all(&db.db).await.is_empty());
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

    async fn a_newer_receipt_takes_the_place_of_those_that_wait(db: TestDb) {
        use DeliveryState::{Cancelled, Deferred, Queued, Sent, Transmitting};
        let receipt = |n, to: &str| message(n, MessageKind::Receipt, Some(about()), to);
        for (n, word) in (1..).zip([Queued, Deferred, Transmitting, Sent]) {
            enqueue(&db.db, &receipt(n, "p@d.example")).await;
            set(&db.db, n, word).await;
        }
        enqueue(&db.db, &receipt(5, "other@d.example")).await;
        enqueue(&db.db, &message(6, MessageKind::AskFirst, Some(about()), "p@d.example")).await;
        let (of, now) = (about(), T0 + Span(9));
        assert_eq!(unit!(db.db, tx => outbox::supersede_receipts(tx, of, "p@d.example", now)).unwrap(), 2);
        for (n, expected) in (1..).zip([Cancelled, Cancelled, Transmitting, Sent, Queued, Queued]) {
            assert_eq!(state(&db.db, id(n)).await, expected, "delivery {n}");
        }
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
        assert_eq!(get(&db.db, id(2)).await.last_words, "taken back");
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
