//! Contracts of the store: contacts' own cards, recruiters, who was passed on to whom.

use twoyes::clock::Span;
use twoyes::domain::own_card::{Correction, OwnCard, Passed};
use twoyes::ids::{ConnectorId, ContactId, MessageId};
use twoyes::store::{Db, contacts, outside_links, own_cards, suppressions};

use crate::store_kit::{T0, contact, link, look, person, saved_connector, unit, uuid};
use crate::support::db::both;

fn card(owner: ConnectorId, n: u8) -> OwnCard {
    OwnCard::new(ContactId(uuid(n)), owner, person(n), link(n))
}

fn correction(name: &str) -> Correction {
    Correction { name: name.into(), email: "x@y.example".into(), role: "r".into(), employer: "e".into() }
}

fn passed(name: &str) -> Passed {
    Passed {
        name: name.into(),
        email: "x@y.example".into(),
        role: "r".into(),
        employer: "e".into(),
        field: "f".into(),
        place: "p".into(),
        reach: "by mail".into(),
    }
}

/// Contacts of a connector with a card each.
async fn cards(db: &Db, owner: ConnectorId, numbers: &[u8]) {
    for n in numbers {
        let (new, of) = (contact(owner, *n), card(owner, *n));
        unit!(db, tx, new => contacts::insert(tx, &new)).unwrap();
        unit!(db, tx, of => own_cards::add(tx, &of)).unwrap();
    }
}

both! {
    async fn a_card_is_its_connectors_and_of_one_person(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await.id, saved_connector(&db.db, 2).await.id);
        cards(&db.db, ada, &[11, 12]).await;
        let id = ContactId(uuid(11));
        assert!(look!(db.db, tx => own_cards::get(tx, ada, id, person(11))).is_some());
        assert!(look!(db.db, tx => own_cards::get(tx, bob, id, person(11))).is_none());
        assert!(look!(db.db, tx => own_cards::get(tx, ada, id, person(99))).is_none(), "another address");
        assert!(look!(db.db, tx => own_cards::find(tx, link(11))).is_some_and(|card| card.contact == id));
        assert!(look!(db.db, tx => own_cards::find(tx, link(99))).is_none());
        assert_eq!(look!(db.db, tx => own_cards::of_person(tx, person(12))).len(), 1);
        // The same again changes nothing; with another person it begins anew, with another link.
        let again = OwnCard { link: link(50), ..card(ada, 11) };
        unit!(db.db, tx, again => own_cards::add(tx, &again)).unwrap();
        assert!(look!(db.db, tx => own_cards::find(tx, link(50))).is_none());
        let other = OwnCard { person: person(60), link: link(60), ..card(ada, 11) };
        unit!(db.db, tx, other => own_cards::add(tx, &other)).unwrap();
        assert!(look!(db.db, tx => own_cards::find(tx, link(11))).is_none());
        assert!(look!(db.db, tx => own_cards::get(tx, ada, id, person(60))).is_some());
        unit!(db.db, tx => contacts::delete(tx, ada, id)).unwrap();
        assert!(look!(db.db, tx => own_cards::find(tx, link(60))).is_none(), "it goes with the contact");
    }

    async fn questions_answers_and_corrections_are_kept(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await.id;
        cards(&db.db, ada, &[11, 12]).await;
        let (id, other) = (ContactId(uuid(11)), ContactId(uuid(12)));
        unit!(db.db, tx => own_cards::asked(tx, id, T0 + Span::seconds(1))).unwrap();
        unit!(db.db, tx => own_cards::pass_asked(tx, id, T0 + Span::seconds(2))).unwrap();
        unit!(db.db, tx => own_cards::asked(tx, other, T0)).unwrap();
        assert_eq!(look!(db.db, tx => own_cards::count_asked(tx, ada, T0)), 2, "behind that moment");
        let now = async || look!(db.db, tx => own_cards::find(tx, link(11))).unwrap();
        assert_eq!(now().await.asked_at, Some(T0 + Span::seconds(1)));
        let new = correction("New Name");
        unit!(db.db, tx, new => own_cards::correct(tx, id, &new, T0)).unwrap();
        assert_eq!(now().await.correction, Some((correction("New Name"), T0)));
        assert_eq!(look!(db.db, tx => own_cards::waiting(tx, ada, 9)), [(id, contact(ada, 11).facts.name)]);
        unit!(db.db, tx => own_cards::settle(tx, id, None)).unwrap();
        assert_eq!((now().await.correction, now().await.confirmed_at), (None, None));
        unit!(db.db, tx, new => own_cards::correct(tx, id, &new, T0)).unwrap();
        unit!(db.db, tx => own_cards::settle(tx, id, Some(T0))).unwrap();
        assert_eq!(now().await.confirmed_at, Some(T0));
        unit!(db.db, tx, new => own_cards::correct(tx, id, &new, T0)).unwrap();
        unit!(db.db, tx => own_cards::confirm(tx, id, T0 + Span::seconds(9))).unwrap();
        assert_eq!((now().await.correction, now().await.confirmed_at), (None, Some(T0 + Span::seconds(9))));
        let agreed = passed("Nina");
        unit!(db.db, tx, agreed => own_cards::agree(tx, id, Some(&agreed), T0)).unwrap();
        assert_eq!((now().await.agreed, now().await.refused_at), (Some((passed("Nina"), T0)), None));
        let moved = passed("Nina North");
        unit!(db.db, tx, moved => own_cards::follow(tx, id, Some(&moved), person(77))).unwrap();
        assert_eq!(now().await.agreed, Some((passed("Nina North"), T0)));
        assert!(now().await.person == person(77));
        unit!(db.db, tx => own_cards::agree(tx, id, None, T0 + Span::seconds(3))).unwrap();
        assert_eq!((now().await.agreed, now().await.refused_at), (None, Some(T0 + Span::seconds(3))));
    }

    async fn recruiters_are_marked_and_what_was_passed_on_is_noted(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await.id, saved_connector(&db.db, 2).await.id);
        cards(&db.db, ada, &[11]).await;
        for n in [12, 13] {
            let new = contact(ada, n);
            unit!(db.db, tx, new => contacts::insert(tx, &new)).unwrap();
        }
        let [nina, lars, sam] = [11, 12, 13].map(|n| ContactId(uuid(n)));
        assert!(!unit!(db.db, tx => own_cards::mark_recruiter(tx, bob, nina, true)).unwrap());
        for id in [nina, lars] {
            assert!(unit!(db.db, tx => own_cards::mark_recruiter(tx, ada, id, true)).unwrap());
        }
        assert!(look!(db.db, tx => own_cards::is_recruiter(tx, ada, nina)));
        assert!(!look!(db.db, tx => own_cards::is_recruiter(tx, ada, sam)));
        assert!(!look!(db.db, tx => own_cards::is_recruiter(tx, bob, nina)));
        let found = look!(db.db, tx => own_cards::recruiters(tx, ada, 9));
        let found: Vec<_> = found.iter().map(|(one, card)| (one.id, card.is_some())).collect();
        assert_eq!(found, [(nina, true), (lars, false)]);
        assert!(look!(db.db, tx => own_cards::recruiters(tx, bob, 9)).is_empty());
        unit!(db.db, tx => own_cards::mark_recruiter(tx, ada, lars, false)).unwrap();
        assert_eq!(look!(db.db, tx => own_cards::recruiters(tx, ada, 9)).len(), 1);
        let mail = MessageId(uuid(90));
        unit!(db.db, tx => own_cards::pass(tx, nina, sam, mail, T0)).unwrap();
        unit!(db.db, tx => own_cards::pass(tx, nina, sam, mail, T0)).unwrap();
        let later = T0 + Span::days(1);
        unit!(db.db, tx => own_cards::pass(tx, nina, sam, MessageId(uuid(91)), later)).unwrap();
        assert_eq!(look!(db.db, tx => own_cards::passed(tx, nina)), (1, Some(later)));
        assert_eq!(look!(db.db, tx => own_cards::passed(tx, lars)), (0, None));
        assert_eq!(look!(db.db, tx => own_cards::passed_to(tx, sam)), [(nina, later)]);
        assert_eq!(look!(db.db, tx => own_cards::mails_about(tx, person(11))).len(), 2);
        assert!(look!(db.db, tx => own_cards::mails_about(tx, person(12))).is_empty());
    }

    async fn a_stop_link_is_known_by_the_hash_of_its_owner(db: TestDb) {
        unit!(db.db, tx => outside_links::add(tx, link(5), person(5), T0)).unwrap();
        unit!(db.db, tx => outside_links::add(tx, link(5), person(5), T0 + Span::days(1))).unwrap();
        assert!(look!(db.db, tx => outside_links::person_of(tx, link(5))) == Some(person(5)));
        assert!(look!(db.db, tx => outside_links::person_of(tx, link(6))).is_none());
        assert_eq!(unit!(db.db, tx => outside_links::prune(tx, T0)).unwrap(), 0, "its time was renewed");
        assert_eq!(unit!(db.db, tx => outside_links::prune(tx, T0 + Span::days(1))).unwrap(), 1);
    }

    async fn a_never_outside_any_introduction_is_added_once(db: TestDb) {
        assert!(unit!(db.db, tx => suppressions::add_outside(tx, person(5), T0)).unwrap());
        assert!(!unit!(db.db, tx => suppressions::add_outside(tx, person(5), T0 + Span::days(1))).unwrap());
        assert_eq!(look!(db.db, tx => suppressions::since(tx, person(5))), Some(T0));
    }
}
