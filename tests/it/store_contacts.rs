//! Contract: finding contacts, what was between people before, unfinished forms.

use twoyes::clock::{Span, Ts};
use twoyes::domain::asking::Purpose;
use twoyes::domain::contact::{Contact, ContactFacts};
use twoyes::domain::introduction::State;
use twoyes::domain::message::MessageKind;
use twoyes::ids::{ConnectorId, ContactId, IntroductionId, UnfinishedId};
use twoyes::store::unfinished::{self, Unfinished};
use twoyes::store::{Db, contact_search, contacts, histories, introductions, outbox};

use crate::store_kit::{T0, contact, draft, look, message, saved_connector, unit, uuid};
use crate::support::db::both;

async fn saved(db: &Db, owner: ConnectorId, n: u8, name: &str, employer: &str) -> Contact {
    let base = contact(owner, n);
    let facts = ContactFacts { name: name.into(), employer: employer.into(), ..base.facts.clone() };
    let new = Contact { facts, ..base };
    assert!(unit!(db, tx, new => contacts::insert(tx, &new)).unwrap());
    new
}

async fn names(db: &Db, owner: ConnectorId, text: &str, after: Option<ContactId>) -> Vec<String> {
    let sought: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let found = look!(db, tx => contact_search::search(tx, owner, &sought, after, 2));
    found.into_iter().map(|one| one.facts.name).collect()
}

both! {
    async fn contacts_are_found_by_the_beginnings_of_all_their_words(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await, saved_connector(&db.db, 2).await);
        assert!(!look!(db.db, tx => contacts::any(tx, ada.id)));
        let zoe = saved(&db.db, ada.id, 1, "Zoë Świątek", "Acme").await;
        let max = saved(&db.db, ada.id, 2, "Max Acker", "Other").await;
        saved(&db.db, ada.id, 3, "Ácme Zoeller", "Other").await;
        saved(&db.db, bob.id, 4, "Zoe Acme", "Acme").await;
        assert!(look!(db.db, tx => contacts::any(tx, ada.id)));
        let of = |text| names(&db.db, ada.id, text, None);
        assert_eq!(of("ac").await, ["Ácme Zoeller", "Max Acker"], "by name, so many at once");
        assert_eq!(names(&db.db, ada.id, "ac", Some(max.id)).await, ["Zoë Świątek"], "the next page");
        assert_eq!(of("acme zo").await, ["Ácme Zoeller", "Zoë Świątek"]);
        assert_eq!(of("acme zo swiatek").await, ["Zoë Świątek"]);
        assert_eq!(of("zoe1").await, ["Zoë Świątek"], "by the address");
        assert_eq!(of("hiring zoeller").await, ["Ácme Zoeller"], "by the description");
        assert!(of("acmes").await.is_empty() && of("zoe nobody").await.is_empty());

        let facts = ContactFacts { name: "Bea".into(), employer: String::new(), ..zoe.facts.clone() };
        unit!(db.db, tx, zoe, facts => contacts::update(tx, &zoe, &facts, T0)).unwrap();
        assert!(of("swiatek").await.is_empty());
        assert_eq!(of("bea").await, ["Bea"]);
        let (owner, id) = (ada.id, max.id);
        assert!(unit!(db.db, tx => contacts::delete(tx, owner, id)).unwrap());
        assert!(of("acker").await.is_empty());
    }

    async fn contacts_come_by_name_without_case_and_accents(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await;
        for (n, name) in [(1, "zoe"), (2, "Émile"), (3, "Bob"), (4, "émile")] {
            saved(&db.db, ada.id, n, name, "").await;
        }
        let first = look!(db.db, tx => contacts::by_name(tx, ada.id, None, 3));
        let found: Vec<&str> = first.iter().map(|one| one.facts.name.as_str()).collect();
        assert_eq!(found, ["Bob", "Émile", "émile"]);
        let second = look!(db.db, tx => contacts::by_name(tx, ada.id, Some(first[2].id), 3));
        assert_eq!(second.iter().map(|one| one.facts.name.as_str()).collect::<Vec<_>>(), ["zoe"]);
    }

    async fn contacts_of_an_older_version_are_read_anew(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await;
        saved(&db.db, ada.id, 1, "Zoë", "Acme").await;
        for sql in ["UPDATE contact SET name_key = ''", "DELETE FROM contact_word"] {
            unit!(db.db, tx => tx.q(sql).run()).unwrap();
        }
        assert!(names(&db.db, ada.id, "acme", None).await.is_empty());
        assert_eq!(unit!(db.db, tx => contact_search::fill(tx, 10)).unwrap(), 1);
        assert_eq!(names(&db.db, ada.id, "acme", None).await, ["Zoë"]);
        assert_eq!(unit!(db.db, tx => contact_search::fill(tx, 10)).unwrap(), 0);
    }

    async fn what_was_between_people_is_found_by_the_person(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await, saved_connector(&db.db, 2).await);
        let mut all = Vec::new();
        for (owner, n, state) in [(ada.id, 2, State::Closed), (ada.id, 4, State::Draft), (bob.id, 6, State::Closed)] {
            let mut new = draft(owner, n);
            // The same two people in each.
            if let Some(first) = all.first() {
                let first: &twoyes::domain::introduction::Introduction = first;
                new.parties.first.person = first.parties.first.person;
                new.parties.second.person = first.parties.second.person;
            }
            new.state = state;
            unit!(db.db, tx, new => introductions::insert(tx, &new, &[])).unwrap();
            all.push(new);
        }
        let (one, two) = (all[0].parties.first.person, all[0].parties.second.person);
        let ids = |found: Vec<twoyes::domain::introduction::Introduction>| found.iter().map(|of| of.id).collect::<Vec<_>>();
        let of = |n| IntroductionId(uuid(n));
        assert_eq!(ids(look!(db.db, tx => histories::of_person(tx, ada.id, one, 9))), [of(4), of(2)]);
        assert_eq!(ids(look!(db.db, tx => histories::of_person(tx, ada.id, one, 1))), [of(4)]);
        for (a, b) in [(one, two), (two, one)] {
            let met = look!(db.db, tx => histories::of_pair(tx, ada.id, a, b));
            assert_eq!(met.map(|of| of.id), Some(of(2)), "drafts do not count");
        }
        assert!(look!(db.db, tx => histories::of_pair(tx, ada.id, one, one)).is_none());

        // To a colleague: what began to be asked, on that side, lately, by this connector.
        assert!(look!(db.db, tx => histories::sent_to_colleague(tx, ada.id, two, T0)).is_none());
        let mut new = draft(ada.id, 8);
        (new.state, new.terms.purpose) = (State::Closed, Purpose::Colleague);
        new.parties.second.person = two;
        unit!(db.db, tx, new => introductions::insert(tx, &new, &[])).unwrap();
        let sent = look!(db.db, tx => histories::sent_to_colleague(tx, ada.id, two, T0));
        assert_eq!(sent.map(|of| of.id), Some(of(8)));
        assert!(look!(db.db, tx => histories::sent_to_colleague(tx, bob.id, two, T0)).is_none());
        assert!(look!(db.db, tx => histories::sent_to_colleague(tx, ada.id, one, T0)).is_none());
        assert!(look!(db.db, tx => histories::sent_to_colleague(tx, ada.id, two, T0 + Span(1))).is_none());
    }

    async fn an_unfinished_form_belongs_to_one_connector(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await, saved_connector(&db.db, 2).await);
        let form = |n, connector, typed: &str, at| Unfinished {
            id: UnfinishedId(uuid(n)), connector, typed: typed.into(), updated_at: Ts(at),
        };
        for one in [form(1, ada.id, "{}", 5), form(2, ada.id, "{\"a\":\"b\"}", 7), form(3, bob.id, "{}", 9)] {
            unit!(db.db, tx, one => unfinished::put(tx, &one)).unwrap();
        }
        let again = form(1, ada.id, "{\"x\":\"y\"}", 8);
        unit!(db.db, tx, again => unfinished::put(tx, &again)).unwrap();
        let stolen = form(2, bob.id, "mine now", 10);
        unit!(db.db, tx, stolen => unfinished::put(tx, &stolen)).unwrap();
        let all = look!(db.db, tx => unfinished::of(tx, ada.id));
        let all: Vec<(&str, Ts)> = all.iter().map(|one| (one.typed.as_str(), one.updated_at)).collect();
        assert_eq!(all, [("{\"x\":\"y\"}", Ts(8)), ("{\"a\":\"b\"}", Ts(7))]);
        let id = UnfinishedId(uuid(1));
        assert!(look!(db.db, tx => unfinished::get(tx, bob.id, id)).is_none());
        assert!(look!(db.db, tx => unfinished::get(tx, ada.id, id)).is_some());
        let (owner, other) = (ada.id, bob.id);
        assert!(!unit!(db.db, tx => unfinished::discard(tx, other, id)).unwrap());
        assert!(unit!(db.db, tx => unfinished::discard(tx, owner, id)).unwrap());
        assert!(!unit!(db.db, tx => unfinished::discard(tx, owner, id)).unwrap());
    }

    async fn copies_to_oneself_are_counted_by_the_hour(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await;
        for (n, kind, at) in [(1, MessageKind::CopyFirst, 0), (2, MessageKind::CopyFirst, 9), (3, MessageKind::SignIn, 9)] {
            let mut new = message(n, kind, None, "ada@example.org");
            new.connector = Some(ada.id);
            new.dated_at = T0 + Span(at);
            unit!(db.db, tx, new => outbox::enqueue(tx, &new, T0)).unwrap();
        }
        let connector = ada.id;
        assert_eq!(look!(db.db, tx => outbox::count_copies(tx, connector, T0)), 1);
        assert_eq!(look!(db.db, tx => outbox::count_copies(tx, connector, T0 - Span(1))), 2);
    }
}
