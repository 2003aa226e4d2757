//! Contracts of the store: files of contacts, circles, and the search of what contacts give and seek.

use std::collections::BTreeSet;

use twoyes::clock::Span;
use twoyes::domain::circle::Circle;
use twoyes::domain::contact::{Contact, ContactFacts, RawContact};
use twoyes::domain::facets::Facets;
use twoyes::domain::import::{Change, Counts, Entry, Import, Stage};
use twoyes::domain::meet::terms::Terms;
use twoyes::domain::merge::{Choice, Kind};
use twoyes::ids::{ConnectorId, ContactId, ImportId};
use twoyes::store::contact_text::Side;
use twoyes::store::{StoreError, circles, contact_search, contact_text, contacts, import_rows, imports};

use crate::store_kit::{T0, contact, look, saved_connector, unit, uuid};
use crate::support::db::both;

fn import(owner: ConnectorId, n: u8) -> Import {
    Import {
        id: ImportId(uuid(n)),
        connector: owner,
        name: "a.csv".into(),
        format: "table".into(),
        columns: vec!["Name".into()],
        mapping: vec!["name".into()],
        stage: Stage::Reading,
        rows: 0,
        next: 0,
        counts: Counts::default(),
        created_at: T0,
        updated_at: T0,
    }
}

fn raw(name: &str) -> RawContact {
    RawContact { name: name.into(), email: format!("{name}@X.example"), ..RawContact::default() }
}

fn with(owner: ConnectorId, n: u8, facets: Facets) -> Contact {
    let of = contact(owner, n);
    Contact { facts: ContactFacts { facets, ..of.facts }, ..of }
}

both! {
    async fn an_import_is_moved_on_only_from_where_it_was_read(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await.id, saved_connector(&db.db, 2).await.id);
        let old = import(ada, 1);
        unit!(db.db, tx, old => imports::insert(tx, &old)).unwrap();
        assert!(look!(db.db, tx => imports::get(tx, bob, ImportId(uuid(1)))).is_none());
        assert!(look!(db.db, tx => imports::at_work(tx, None)).is_none());
        let counts = Counts { added: 1, merged: 2, skipped: 3, faulty: 4, kept: 5 };
        let new = Import { stage: Stage::Checking, next: 7, rows: 9, counts, ..old.clone() };
        unit!(db.db, tx, old, new => imports::save(tx, &old, &new, T0 + Span(1))).unwrap();
        let stale = unit!(db.db, tx, old, new => imports::save(tx, &old, &new, T0));
        assert!(matches!(stale, Err(StoreError::Stale(_))));
        let found = look!(db.db, tx => imports::get(tx, ada, ImportId(uuid(1)))).unwrap();
        assert_eq!((found.stage, found.next, found.rows, found.counts), (Stage::Checking, 7, 9, counts));
        assert_eq!((found.columns, found.updated_at), (vec!["Name".to_owned()], T0 + Span(1)));
        assert_eq!(look!(db.db, tx => imports::at_work(tx, None)).unwrap().id, old.id);
        assert!(look!(db.db, tx => imports::at_work(tx, Some(ImportId(uuid(1))))).is_none());
        assert_eq!(look!(db.db, tx => imports::page(tx, ada, 5)).len(), 1);

        // One at work is not forgotten; one that waits or is done is.
        let late = T0 + Span::days(100);
        assert_eq!(unit!(db.db, tx => imports::prune(tx, late, late)).unwrap(), 0);
        for (n, stage) in [(2, Stage::Ready), (3, Stage::Done)] {
            let (old, new) = (import(ada, n), Import { stage, ..import(ada, n) });
            unit!(db.db, tx, old => imports::insert(tx, &old)).unwrap();
            unit!(db.db, tx, old, new => imports::save(tx, &old, &new, T0)).unwrap();
        }
        assert_eq!(unit!(db.db, tx => imports::prune(tx, T0, T0 - Span(1))).unwrap(), 1);
        assert_eq!(unit!(db.db, tx => imports::prune(tx, T0, T0)).unwrap(), 1);
        assert_eq!(unit!(db.db, tx => imports::delete(tx, bob, ImportId(uuid(1)))).unwrap(), 0);
        assert_eq!(unit!(db.db, tx => imports::delete(tx, ada, ImportId(uuid(1)))).unwrap(), 1);
        let again = import(ada, 4);
        unit!(db.db, tx, again => imports::insert(tx, &again)).unwrap();
        assert_eq!(unit!(db.db, tx => imports::delete_all(tx, ada)).unwrap(), 1);
    }

    async fn entries_are_read_from_both_ends_by_kind_and_choice(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await.id;
        let of = import(ada, 1);
        unit!(db.db, tx, of => imports::insert(tx, &of)).unwrap();
        let id = ImportId(uuid(1));
        let rows: Vec<(i64, Vec<String>)> =
            (0..5).map(|nth| (nth + 2, vec![format!("p{nth}"), "ünï \"quoted\"\\".into()])).collect();
        unit!(db.db, tx, rows => import_rows::add(tx, id, 0, &rows)).unwrap();
        let rising = look!(db.db, tx => import_rows::rising(tx, id, 1, 2));
        assert_eq!(rising.iter().map(|one| (one.nth, one.line)).collect::<Vec<_>>(), [(1, 3), (2, 4)]);
        assert_eq!(rising[0].cells, rows[1].1);
        assert!(rising[0].facts.is_none() && rising[0].kind.is_none());
        let falling = look!(db.db, tx => import_rows::falling(tx, id, 4, 2));
        assert_eq!(falling.iter().map(|one| one.nth).collect::<Vec<_>>(), [3, 2]);

        for (nth, kind, choice) in [(0, Kind::New, Choice::Add), (1, Kind::Name, Choice::Fill), (2, Kind::Name, Choice::Add)] {
            let entry = Entry {
                nth,
                line: 0,
                cells: Vec::new(),
                facts: Some(raw(&format!("p{nth}"))),
                kind: Some(kind),
                twin: (kind == Kind::Name).then_some(ContactId(uuid(9))),
                choice: Some(choice),
                change: None,
            };
            unit!(db.db, tx, entry => import_rows::checked(tx, id, &entry)).unwrap();
        }
        let found = look!(db.db, tx => import_rows::of_kind(tx, id, Kind::Name, 2, 5));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].twin, &found[0].facts), (Some(ContactId(uuid(9))), &Some(raw("p2"))));
        assert_eq!(
            look!(db.db, tx => import_rows::count(tx, id)),
            [(Kind::Name, Choice::Add, 1), (Kind::Name, Choice::Fill, 1), (Kind::New, Choice::Add, 1)]
        );
        assert_eq!(unit!(db.db, tx => import_rows::choose(tx, id, Kind::Name, Some(1), Choice::Skip)).unwrap(), 1);
        assert_eq!(unit!(db.db, tx => import_rows::choose(tx, id, Kind::Name, None, Choice::Replace)).unwrap(), 2);
        let before = look!(db.db, tx => import_rows::earlier(tx, id, 2, &["p1@x.example".into(), "p2@x.example".into()]));
        assert_eq!(before, ["p1@x.example"]);

        let change = Change { contact: ContactId(uuid(3)), before: Some(raw("b")), after: raw("a") };
        unit!(db.db, tx, change => import_rows::changed(tx, id, 1, Some(&change))).unwrap();
        assert_eq!(look!(db.db, tx => import_rows::rising(tx, id, 1, 1))[0].change, Some(change));
        unit!(db.db, tx => import_rows::changed(tx, id, 1, None)).unwrap();
        assert_eq!(look!(db.db, tx => import_rows::rising(tx, id, 1, 1))[0].change, None);
    }

    async fn people_alike_are_found_by_address_and_by_name(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await.id, saved_connector(&db.db, 2).await.id);
        for new in [contact(ada, 1), contact(ada, 2), contact(bob, 3)] {
            unit!(db.db, tx, new => contacts::insert(tx, &new)).unwrap();
        }
        let found = look!(db.db, tx => import_rows::alike(tx, ada, &["zoe1@example.net".into(), "zoe3@example.net".into()], &["zoe 2".into()]));
        let mut ids: Vec<_> = found.iter().map(|one| one.id.0).collect();
        ids.sort();
        assert_eq!(ids, [uuid(1), uuid(2)]);
        assert!(look!(db.db, tx => import_rows::alike(tx, ada, &[], &[])).is_empty());
    }

    async fn contacts_without_an_address_are_as_many_as_one_likes(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await.id;
        for n in [1, 2] {
            let of = contact(ada, n);
            let new = Contact { facts: ContactFacts { email: None, ..of.facts }, ..of };
            assert!(unit!(db.db, tx, new => contacts::insert(tx, &new)).unwrap());
            assert_eq!(look!(db.db, tx => contacts::get(tx, ada, new.id)).unwrap().facts, new.facts);
        }
    }

    async fn circles_are_counted_listed_and_filed(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await.id, saved_connector(&db.db, 2).await.id);
        let family = Facets { circle: Some(Circle::Family), role: "nurse".into(), ..Facets::default() };
        for new in [
            with(ada, 1, family.clone()),
            with(ada, 2, Facets { left_out: true, ..family.clone() }),
            with(ada, 3, Facets::default()),
            with(bob, 4, family.clone()),
        ] {
            unit!(db.db, tx, new => contacts::insert(tx, &new)).unwrap();
        }
        let mut counted = look!(db.db, tx => circles::count(tx, ada));
        counted.sort();
        assert_eq!(counted, [(None, 1), (Some(Circle::Family), 1)]);
        let roots = Terms::of("nursing").widened();
        assert_eq!(look!(db.db, tx => circles::count_in_field(tx, ada, &roots)), [(Some(Circle::Family), 1)]);
        assert!(look!(db.db, tx => circles::count_in_field(tx, ada, &BTreeSet::new())).is_empty());
        let of = |list: Vec<Contact>| list.iter().map(|one| one.id.0).collect::<Vec<_>>();
        assert_eq!(of(look!(db.db, tx => circles::members(tx, ada, None, None, 9))), [uuid(3)]);
        assert_eq!(of(look!(db.db, tx => circles::members(tx, ada, Some(Circle::Family), None, 9))), [uuid(1), uuid(2)]);
        let after = Some(ContactId(uuid(1)));
        assert_eq!(of(look!(db.db, tx => circles::members(tx, ada, Some(Circle::Family), after, 9))), [uuid(2)]);
        let id = ContactId(uuid(3));
        assert!(!unit!(db.db, tx => circles::file(tx, bob, id, Some(Circle::Seekers), false, T0)).unwrap());
        assert!(unit!(db.db, tx => circles::file(tx, ada, id, Some(Circle::Seekers), true, T0)).unwrap());
        let filed = look!(db.db, tx => contacts::get(tx, ada, id)).unwrap();
        assert_eq!((filed.facts.facets.circle, filed.facts.facets.left_out, filed.version), (Some(Circle::Seekers), true, 2));
    }

    async fn what_contacts_give_and_seek_is_found_by_its_roots_and_forgotten_with_them(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await.id, saved_connector(&db.db, 2).await.id);
        let gives = Facets { can_help: "talk about nursing".into(), ..Facets::default() };
        let seeks = Facets { looking_for: "a nurse".into(), ..Facets::default() };
        for new in [
            with(ada, 1, gives.clone()),
            with(ada, 2, seeks),
            with(ada, 3, Facets { left_out: true, ..gives.clone() }),
            with(bob, 4, gives.clone()),
        ] {
            unit!(db.db, tx, new => contacts::insert(tx, &new)).unwrap();
        }
        let roots = Terms::of("nurses").roots;
        let of = |list: Vec<Contact>| list.iter().map(|one| one.id.0).collect::<Vec<_>>();
        assert_eq!(of(look!(db.db, tx => contact_text::find(tx, ada, Side::Gives, &roots, 9))), [uuid(1)]);
        assert_eq!(of(look!(db.db, tx => contact_text::find(tx, ada, Side::Seeks, &roots, 9))), [uuid(2)]);
        assert_eq!(of(look!(db.db, tx => contact_text::seeking(tx, ada, None, 9))), [uuid(2)]);
        assert!(look!(db.db, tx => contact_text::seeking(tx, ada, Some(ContactId(uuid(2))), 9)).is_empty());
        // Nothing in a root can be an operator of the search.
        let odd = BTreeSet::from(["a\" OR \"b".to_owned(), "x & y".into(), String::new()]);
        assert!(look!(db.db, tx => contact_text::find(tx, ada, Side::Gives, &odd, 9)).is_empty());

        let old = look!(db.db, tx => contacts::get(tx, ada, ContactId(uuid(1)))).unwrap();
        let facts = ContactFacts { facets: Facets { can_help: "paint".into(), ..Facets::default() }, ..old.facts.clone() };
        unit!(db.db, tx, old, facts => contacts::update(tx, &old, &facts, T0)).unwrap();
        assert!(look!(db.db, tx => contact_text::find(tx, ada, Side::Gives, &roots, 9)).is_empty());
        let paint = Terms::of("painting").roots;
        assert_eq!(look!(db.db, tx => contact_text::find(tx, ada, Side::Gives, &paint, 9)).len(), 1);
        unit!(db.db, tx => contacts::delete(tx, ada, ContactId(uuid(1)))).unwrap();
        assert!(look!(db.db, tx => contact_text::find(tx, ada, Side::Gives, &paint, 9)).is_empty());
        // An older version kept none.
        unit!(db.db, tx => tx.q("DELETE FROM contact_text").run()).unwrap();
        unit!(db.db, tx => tx.q("UPDATE contact SET name_key = ''").run()).unwrap();
        assert_eq!(unit!(db.db, tx => contact_search::fill(tx, 9)).unwrap(), 3);
        assert_eq!(look!(db.db, tx => contact_text::find(tx, ada, Side::Seeks, &roots, 9)).len(), 1);
    }
}
