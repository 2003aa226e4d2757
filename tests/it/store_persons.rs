//! Contract: what people decide on their own page, a changed address, erasure.

use twoyes::clock::{Span, Ts};
use twoyes::domain::asking::{Pair, Side};
use twoyes::domain::letter::DeliveryState;
use twoyes::domain::message::MessageKind;
use twoyes::domain::preferences::{Pause, Preferences};
use twoyes::ids::ConnectorId;
use twoyes::store::address_changes::{self, AddressChange};
use twoyes::store::attempts::Leave;
use twoyes::store::persons::{self, Refusal, Standing, Whom};
use twoyes::store::suppressions::{self, Source};
use twoyes::store::{contacts, erasure, introductions, outbox};

use crate::store_kit::{T0, contact, draft, email, link, look, message, person, saved_connector, unit, uuid};
use crate::store_post::{enqueue, id, lease_all, mark, state};
use crate::support::db::both;

fn refusal(n: u8, whom: Whom) -> Refusal {
    Refusal {
        id: uuid(n),
        person: person(1),
        whom,
        label: "Alan".into(),
        created_at: T0 + Span(i64::from(n)),
    }
}

fn change(n: u8) -> AddressChange {
    AddressChange {
        link: link(n),
        person: person(1),
        old: email("old@example.org"),
        new: email("New@example.org"),
        name: "Zoë".into(),
        language: "en".into(),
        created_at: T0,
        expires_at: T0 + Span::hours(24),
        used_at: None,
    }
}

both! {
    async fn settings_are_kept_and_replaced(db: TestDb) {
        let someone = person(1);
        assert_eq!(look!(db.db, tx => persons::preferences(tx, someone)), Preferences::default());
        let pause = Some(Pause { since: T0, until: T0 + Span::days(3) });
        for of in [
            Preferences { per_month: Some(0), limited_at: Some(T0), pause },
            Preferences { per_month: None, limited_at: None, pause: None },
        ] {
            unit!(db.db, tx => persons::save_preferences(tx, someone, &of, T0)).unwrap();
            assert_eq!(look!(db.db, tx => persons::preferences(tx, someone)), of);
        }
    }

    async fn refusals_stand_once_and_are_taken_back_by_their_person_only(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await.id;
        for new in [
            refusal(1, Whom::Person(person(2))),
            refusal(2, Whom::Connector(ada)),
            refusal(3, Whom::Person(person(2))),
            refusal(4, Whom::Connector(ada)),
        ] {
            unit!(db.db, tx, new => persons::refuse(tx, &new)).unwrap();
        }
        let ids = |all: Vec<Refusal>| all.iter().map(|one| one.id).collect::<Vec<_>>();
        assert_eq!(ids(look!(db.db, tx => persons::refusals(tx, person(1)))), [uuid(1), uuid(2)]);
        let nobody = ConnectorId(uuid(9));
        let since = look!(db.db, tx => persons::refused_since(tx, person(1), nobody, person(2)));
        assert_eq!(since, Some(T0 + Span(1)));
        let since = look!(db.db, tx => persons::refused_since(tx, person(1), ada, person(3)));
        assert_eq!(since, Some(T0 + Span(2)));
        assert_eq!(look!(db.db, tx => persons::refused_since(tx, person(2), ada, person(1))), None);
        assert!(!unit!(db.db, tx => persons::take_back(tx, person(2), uuid(1))).unwrap());
        assert!(unit!(db.db, tx => persons::take_back(tx, person(1), uuid(1))).unwrap());
        assert_eq!(ids(look!(db.db, tx => persons::refusals(tx, person(1)))), [uuid(2)]);
    }

    async fn of_two_people_at_once_it_is_the_same_as_of_each(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await.id;
        let two = Pair { first: person(1), second: person(2) };
        assert_eq!(look!(db.db, tx => persons::between(tx, ada, two)), Pair::default());
        for new in [
            refusal(1, Whom::Person(person(2))),
            refusal(2, Whom::Connector(ada)),
            Refusal { person: person(2), ..refusal(3, Whom::Person(person(7))) },
        ] {
            unit!(db.db, tx, new => persons::refuse(tx, &new)).unwrap();
        }
        let limits = Preferences { per_month: Some(2), limited_at: Some(T0), pause: None };
        unit!(db.db, tx => persons::save_preferences(tx, person(2), &limits, T0)).unwrap();
        unit!(db.db, tx => suppressions::add_outside(tx, person(1), T0)).unwrap();
        let both = look!(db.db, tx => persons::between(tx, ada, two));
        for (side, other) in [(Side::First, Side::Second), (Side::Second, Side::First)] {
            let (one, other) = (*two.get(side), *two.get(other));
            let alone = Standing {
                suppressed_since: look!(db.db, tx => suppressions::since(tx, one)),
                refused_since: look!(db.db, tx => persons::refused_since(tx, one, ada, other)),
                preferences: look!(db.db, tx => persons::preferences(tx, one)),
            };
            assert_eq!(*both.get(side), alone, "{side:?}");
        }
        assert_eq!(both.first.refused_since, Some(T0 + Span(1)), "the oldest of the two that hold");
        assert_eq!((both.second.refused_since, both.first.suppressed_since), (None, Some(T0)));
    }

    async fn asks_of_two_people_at_once_are_those_of_each(db: TestDb) {
        for n in 1..=6 {
            let mut new = message(n, MessageKind::AskFirst, None, "zoe@example.net");
            new.deliveries[0].person = Some(person(if n == 6 { 2 } else { 1 }));
            let at = T0 + Span::hours(i64::from(n % 4));
            unit!(db.db, tx, new => outbox::enqueue(tx, &new, at)).unwrap();
        }
        let two = Pair { first: person(1), second: person(2) };
        let found = look!(db.db, tx => persons::asks_of(tx, two, T0, 3));
        for side in [Side::First, Side::Second] {
            assert_eq!(*found.get(side), look!(db.db, tx => persons::asks(tx, *two.get(side), T0, 3)), "{side:?}");
        }
        assert_eq!((found.first.len(), found.second.len()), (3, 1));
    }

    async fn asks_count_unless_they_never_left(db: TestDb) {
        for (n, kind) in [(1, MessageKind::AskFirst), (2, MessageKind::Reminder), (3, MessageKind::AskSecond)] {
            let mut new = message(n, kind, None, "zoe@example.net");
            new.deliveries[0].person = Some(person(1));
            enqueue(&db.db, &new).await;
        }
        assert_eq!(look!(db.db, tx => persons::asks(tx, person(1), Ts(0), 10)), [T0, T0]);
        assert!(look!(db.db, tx => persons::asks(tx, person(1), T0, 10)).is_empty());
        unit!(db.db, tx => outbox::cancel_for_person(tx, person(1), T0)).unwrap();
        assert!(look!(db.db, tx => persons::asks(tx, person(1), Ts(0), 10)).is_empty());
    }

    async fn a_person_is_found_in_introductions_and_in_address_books(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await.id;
        let new = draft(ada, 10);
        unit!(db.db, tx, new => introductions::insert(tx, &new, &[])).unwrap();
        let key = new.parties.second.person;
        let found = look!(db.db, tx => persons::introductions(tx, key, 5));
        assert!(found == [(new.id, Side::Second)]);
        let held = look!(db.db, tx => persons::addresses(tx, key));
        assert_eq!(held, [new.parties.second.email.as_str()]);
        let kept = contact(ada, 20);
        unit!(db.db, tx, kept => contacts::insert(tx, &kept)).unwrap();
        let address = kept.facts.address().to_uppercase();
        let entries = look!(db.db, tx => persons::entries(tx, &address));
        assert_eq!((entries.len(), entries[0].connector, entries[0].name.as_str()), (1, ada, kept.facts.name.as_str()));
        let gone = address.clone();
        assert_eq!(unit!(db.db, tx, gone => erasure::contacts(tx, &gone)).unwrap(), 1);
        assert!(look!(db.db, tx => persons::entries(tx, &address)).is_empty());
    }

    async fn a_pause_and_a_refusal_stop_questions_at_the_mark(db: TestDb) {
        let kinds = [(1, MessageKind::AskFirst), (2, MessageKind::Reminder), (3, MessageKind::ClosingNote)];
        for (n, kind) in kinds {
            let mut new = message(n, kind, None, "zoe@example.net");
            new.deliveries[0].person = Some(person(1));
            enqueue(&db.db, &new).await;
        }
        let pause = Some(Pause { since: T0, until: T0 + Span::days(3) });
        let of = Preferences { pause, ..Preferences::default() };
        unit!(db.db, tx => persons::save_preferences(tx, person(1), &of, T0)).unwrap();
        let leased = lease_all(&db.db).await;
        for one in &leased {
            let expected = if one.kind == MessageKind::ClosingNote { Leave::Go } else { Leave::Suppressed };
            assert_eq!(mark(&db.db, one).await, expected, "{}", one.kind.as_str());
        }
    }

    async fn a_refusal_stops_what_comes_from_the_refused_alone(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await.id;
        let of = draft(ada, 10);
        unit!(db.db, tx, of => introductions::insert(tx, &of, &[])).unwrap();
        let (first, second) = (of.parties.first.person, of.parties.second.person);
        for whom in [Whom::Connector(ada), Whom::Person(second)] {
            let n = if whom == Whom::Connector(ada) { 1 } else { 2 };
            let mut new = message(n, MessageKind::AskFirst, Some(of.id), "zoe@example.net");
            new.deliveries[0].person = Some(first);
            enqueue(&db.db, &new).await;
            let one = Refusal { person: first, ..refusal(n, whom) };
            unit!(db.db, tx, one => persons::refuse(tx, &one)).unwrap();
            let leased = lease_all(&db.db).await.remove(0);
            assert_eq!(mark(&db.db, &leased).await, Leave::Suppressed);
            assert!(unit!(db.db, tx => persons::take_back(tx, first, uuid(n))).unwrap());
        }
        let mut new = message(3, MessageKind::AskFirst, Some(of.id), "zoe@example.net");
        new.deliveries[0].person = Some(first);
        enqueue(&db.db, &new).await;
        let leased = lease_all(&db.db).await.remove(0);
        assert_eq!(mark(&db.db, &leased).await, Leave::Go);
    }

    async fn never_is_copied_to_a_new_address_and_lifted_by_the_person(db: TestDb) {
        let source = Source { introduction: crate::store_post::about(), side: Side::First };
        unit!(db.db, tx => suppressions::add(tx, person(1), source, T0)).unwrap();
        unit!(db.db, tx => suppressions::copy(tx, person(1), person(2))).unwrap();
        assert_eq!(look!(db.db, tx => suppressions::of(tx, person(2))), Some((T0, true)));
        unit!(db.db, tx => suppressions::lift_by_person(tx, person(2))).unwrap();
        assert_eq!(look!(db.db, tx => suppressions::of(tx, person(2))), None);
        assert_eq!(look!(db.db, tx => suppressions::since(tx, person(1))), Some(T0));
    }

    async fn a_change_of_address_is_used_once_and_in_time(db: TestDb) {
        for n in [1, 2] {
            let new = change(n);
            unit!(db.db, tx, new => address_changes::add(tx, &new)).unwrap();
        }
        let found = look!(db.db, tx => address_changes::find(tx, link(1))).unwrap();
        assert_eq!((found.old.as_str(), found.new.as_str()), ("old@example.org", "New@example.org"));
        assert!(look!(db.db, tx => address_changes::find(tx, link(3))).is_none());
        assert_eq!(look!(db.db, tx => address_changes::count(tx, person(1), T0)), 2);
        assert_eq!(look!(db.db, tx => address_changes::count(tx, person(1), T0 + Span(1))), 0);
        assert!(unit!(db.db, tx => address_changes::use_up(tx, link(1), T0)).unwrap());
        assert!(!unit!(db.db, tx => address_changes::use_up(tx, link(1), T0)).unwrap());
        let late = T0 + Span::hours(24);
        assert!(!unit!(db.db, tx => address_changes::use_up(tx, link(2), late)).unwrap());
    }

    async fn everything_moves_to_a_new_address(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await.id;
        let of = draft(ada, 10);
        unit!(db.db, tx, of => introductions::insert(tx, &of, &[])).unwrap();
        let (from, to) = (of.parties.first.person, person(90));
        let (old, new) = (of.parties.first.email.clone(), email("New@example.org"));
        let mut mail = message(1, MessageKind::AskFirst, Some(of.id), old.as_str());
        mail.deliveries[0].person = Some(from);
        enqueue(&db.db, &mail).await;
        let olds = vec![old.as_str().to_owned()];
        let address = new.clone();
        unit!(db.db, tx, olds, address => address_changes::move_mails(tx, from, to, &olds, &address)).unwrap();
        let address = new.clone();
        unit!(db.db, tx, address => address_changes::move_parties(tx, from, to, &address)).unwrap();
        let moved = look!(db.db, tx => introductions::view(tx, of.id)).unwrap();
        assert_eq!(moved.parties.first.email.as_str(), "New@example.org");
        assert_eq!(moved.version, 2, "whoever loaded it must load it again");
        let leased = lease_all(&db.db).await.remove(0);
        assert_eq!((leased.recipient.as_str(), leased.headers.to[0].address.as_str()), ("New@example.org", "New@example.org"));
        let one = Refusal { person: from, ..refusal(1, Whom::Connector(ada)) };
        let about = Refusal { person: person(5), ..refusal(2, Whom::Person(from)) };
        for new in [one, about] {
            unit!(db.db, tx, new => persons::refuse(tx, &new)).unwrap();
        }
        unit!(db.db, tx => address_changes::move_refusals(tx, from, to)).unwrap();
        assert!(look!(db.db, tx => persons::refused_since(tx, to, ada, from)).is_some());
        assert!(look!(db.db, tx => persons::refused_since(tx, person(5), ConnectorId(uuid(9)), to)).is_some());
        let (kept, taken) = (contact(ada, 20), contact(ada, 21));
        for new in [&kept, &taken] {
            unit!(db.db, tx, new => contacts::insert(tx, &new)).unwrap();
        }
        let before = kept.facts.address().to_owned();
        let there = taken.facts.email.clone().unwrap();
        unit!(db.db, tx, before, there => address_changes::move_contacts(tx, &before, &there, T0)).unwrap();
        let same = look!(db.db, tx => contacts::get(tx, ada, kept.id)).unwrap();
        assert!(same.facts.email == kept.facts.email, "there is one with that address");
        let address = new.clone();
        unit!(db.db, tx, before, address => address_changes::move_contacts(tx, &before, &address, T0)).unwrap();
        let moved = look!(db.db, tx => contacts::get(tx, ada, kept.id)).unwrap();
        assert!(moved.facts.email == Some(new) && moved.version == 2);
    }

    async fn mails_to_the_erased_are_emptied_and_those_to_others_wait_for_the_end(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await.id;
        let of = draft(ada, 10);
        unit!(db.db, tx, of => introductions::insert(tx, &of, &[])).unwrap();
        for (n, side) in [(1, Side::First), (2, Side::Second)] {
            let mut new = message(n, MessageKind::Reminder, Some(of.id), "zoe@example.net");
            new.deliveries[0].side = Some(side);
            enqueue(&db.db, &new).await;
        }
        let about = of.id;
        unit!(db.db, tx => erasure::mails_to(tx, about, Side::First, T0)).unwrap();
        assert_eq!(state(&db.db, id(1)).await, DeliveryState::Cancelled);
        assert_eq!(state(&db.db, id(2)).await, DeliveryState::Queued);
        assert_eq!(texts(&db).await, ["", "line\n\n\u{1}stop\u{1}\n"]);
        unit!(db.db, tx => erasure::mails_of(tx, about)).unwrap();
        assert_eq!(texts(&db).await[1].len(), 13, "it still waits to leave");
        crate::store_post::set(&db.db, 2, DeliveryState::Sent).await;
        unit!(db.db, tx => erasure::mails_of(tx, about)).unwrap();
        assert_eq!(texts(&db).await, ["", ""]);
        let change = change(1);
        unit!(db.db, tx, change => address_changes::add(tx, &change)).unwrap();
        unit!(db.db, tx => erasure::settings(tx, person(1))).unwrap();
        assert!(look!(db.db, tx => address_changes::find(tx, link(1))).is_none());
    }
}

async fn texts(db: &crate::support::db::TestDb) -> Vec<String> {
    let rows = look!(db.db, tx => tx.q("SELECT text_part FROM message ORDER BY id").all());
    rows.iter().map(|row| row.get("text_part").unwrap()).collect()
}
