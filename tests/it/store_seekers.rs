//! Contracts of the store: seekers' plans, and who landed.

use twoyes::clock::Span;
use twoyes::domain::asking::Purpose;
use twoyes::domain::circle::Circle;
use twoyes::domain::introduction::State;
use twoyes::domain::party::PersonKey;
use twoyes::domain::plan::{Plan, Texts};
use twoyes::domain::rhythm::Rhythm;
use twoyes::ids::{ConnectorId, ContactId, PlanId};
use twoyes::store::landed::{self, Landed};
use twoyes::store::{contacts, erasure, introductions, plans, touch};

use crate::store_kit::{T0, contact, draft, look, saved_connector, unit, uuid};
use crate::support::db::both;

fn plan(owner: ConnectorId, n: u8, seeker: u8) -> Plan {
    Plan {
        id: PlanId(uuid(n)),
        connector: owner,
        seeker: ContactId(uuid(seeker)),
        texts: Texts {
            purpose: Purpose::JobSearch,
            why_first: "a".into(),
            why_second: "b".into(),
            blurb: "c".into(),
            shared: "d".into(),
            step: "e".into(),
        },
        per_week: 2,
        landed_at: None,
        created_at: T0,
    }
}

both! {
    async fn a_plan_goes_with_its_seeker_and_is_its_connectors(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await.id, saved_connector(&db.db, 2).await.id);
        for n in [11, 12] {
            let new = contact(ada, n);
            unit!(db.db, tx, new => contacts::insert(tx, &new)).unwrap();
        }
        for (n, seeker) in [(1, 11), (2, 12)] {
            let new = plan(ada, n, seeker);
            unit!(db.db, tx, new => plans::insert(tx, &new)).unwrap();
        }
        let id = PlanId(uuid(1));
        assert!(look!(db.db, tx => plans::get(tx, bob, id)).is_none());
        assert_eq!(look!(db.db, tx => plans::all(tx, ada, 9)).len(), 2);
        assert_eq!(look!(db.db, tx => plans::for_seeker(tx, ada, ContactId(uuid(12))))[0].id, PlanId(uuid(2)));
        let texts = Texts { purpose: Purpose::Recruiter, shared: "new".into(), ..plan(ada, 1, 11).texts };
        let new = Plan { texts: texts.clone(), per_week: 3, landed_at: Some(T0), ..plan(ada, 1, 11) };
        unit!(db.db, tx, new => plans::save(tx, &new, T0)).unwrap();
        let found = look!(db.db, tx => plans::get(tx, ada, id)).unwrap();
        assert_eq!((found.texts, found.per_week, found.landed_at), (texts, 3, Some(T0)));
        assert_eq!(unit!(db.db, tx => plans::delete(tx, bob, id)).unwrap(), 0);
        assert_eq!(unit!(db.db, tx => plans::delete(tx, ada, id)).unwrap(), 1);
        unit!(db.db, tx => contacts::delete(tx, ada, ContactId(uuid(12)))).unwrap();
        assert!(look!(db.db, tx => plans::all(tx, ada, 9)).is_empty());
    }

    async fn one_of_a_plan_is_started_once_unless_its_draft_is_gone(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await.id;
        for n in [11, 12, 13] {
            let new = contact(ada, n);
            unit!(db.db, tx, new => contacts::insert(tx, &new)).unwrap();
        }
        let new = plan(ada, 1, 11);
        unit!(db.db, tx, new => plans::insert(tx, &new)).unwrap();
        let (id, one, other) = (PlanId(uuid(1)), ContactId(uuid(13)), ContactId(uuid(12)));
        assert!(unit!(db.db, tx => plans::add_item(tx, id, one)).unwrap());
        assert!(!unit!(db.db, tx => plans::add_item(tx, id, one)).unwrap());
        assert!(unit!(db.db, tx => plans::add_item(tx, id, other)).unwrap());
        let items = look!(db.db, tx => plans::items(tx, id));
        assert_eq!(items.iter().map(|one| (one.contact, one.nth)).collect::<Vec<_>>(), [(one, 1), (other, 2)]);
        assert!(unit!(db.db, tx => plans::claim(tx, id, one, T0)).unwrap());
        assert!(!unit!(db.db, tx => plans::claim(tx, id, one, T0 + Span::seconds(59))).unwrap(), "somebody is at it");
        assert!(unit!(db.db, tx => plans::claim(tx, id, one, T0 + Span::minutes(1))).unwrap(), "and died of it");
        let of = draft(ada, 20);
        unit!(db.db, tx, of => introductions::insert(tx, &of, &[])).unwrap();
        let made = Some(of.id);
        unit!(db.db, tx => plans::started(tx, id, one, made, T0)).unwrap();
        assert_eq!(look!(db.db, tx => plans::items(tx, id))[0].introduction, made);
        assert!(!unit!(db.db, tx => plans::claim(tx, id, one, T0 + Span::days(9))).unwrap());
        assert!(!unit!(db.db, tx => plans::remove_item(tx, id, one)).unwrap(), "it was started");
        let gone = of.id;
        unit!(db.db, tx => introductions::delete(tx, gone)).unwrap();
        assert_eq!(look!(db.db, tx => plans::items(tx, id))[0].introduction, None);
        assert!(unit!(db.db, tx => plans::claim(tx, id, one, T0)).unwrap());
        unit!(db.db, tx => plans::started(tx, id, one, None, T0)).unwrap();
        assert_eq!(look!(db.db, tx => plans::items(tx, id))[0].started_at, None);
        assert!(unit!(db.db, tx => plans::remove_item(tx, id, one)).unwrap());
    }

    async fn who_landed_is_told_once_and_forgotten(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await.id, saved_connector(&db.db, 2).await.id);
        let person = PersonKey([7; 32]);
        for (n, connector) in [(1, ada), (2, ada), (3, bob)] {
            let new = Landed { id: uuid(n), connector, person, name: "Sam".into(), at: T0, settled_at: None };
            unit!(db.db, tx, new => landed::note(tx, &new)).unwrap();
        }
        let open = look!(db.db, tx => landed::open(tx, ada));
        assert_eq!(open.iter().map(|one| one.id).collect::<Vec<_>>(), [uuid(1)]);
        assert!(look!(db.db, tx => landed::get(tx, bob, uuid(1))).is_none());
        assert!(look!(db.db, tx => landed::is_known(tx, person)));
        assert!(!unit!(db.db, tx => landed::settle(tx, bob, uuid(1), T0)).unwrap());
        assert!(unit!(db.db, tx => landed::settle(tx, ada, uuid(1), T0)).unwrap());
        assert!(look!(db.db, tx => landed::open(tx, ada)).is_empty());
        assert_eq!(look!(db.db, tx => landed::get(tx, ada, uuid(1))).unwrap().settled_at, Some(T0));
        assert_eq!(unit!(db.db, tx => landed::delete_all(tx, ada)).unwrap(), 1);
        assert_eq!(unit!(db.db, tx => landed::prune(tx, T0 - Span(1))).unwrap(), 0);
        assert_eq!(unit!(db.db, tx => landed::prune(tx, T0)).unwrap(), 1);
        let new = Landed { id: uuid(4), connector: ada, person, name: "Sam".into(), at: T0, settled_at: None };
        unit!(db.db, tx, new => landed::note(tx, &new)).unwrap();
        unit!(db.db, tx => erasure::settings(tx, person)).unwrap();
        assert!(!look!(db.db, tx => landed::is_known(tx, person)));
    }

    async fn keeping_in_touch_is_due_by_rhythm_and_season_and_asking_is_counted(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await.id, saved_connector(&db.db, 2).await.id);
        for n in [11, 12, 13] {
            let new = contact(ada, n);
            unit!(db.db, tx, new => contacts::insert(tx, &new)).unwrap();
        }
        let (one, other) = (ContactId(uuid(11)), ContactId(uuid(12)));
        let late = T0 + Span::days(100);
        let ids = |found: Vec<(twoyes::domain::contact::Contact, twoyes::clock::Ts)>| {
            found.iter().map(|(one, _)| one.id.0).collect::<Vec<_>>()
        };
        assert!(look!(db.db, tx => touch::due(tx, ada, late, 9)).is_empty(), "nobody has a rhythm");
        assert!(!unit!(db.db, tx => touch::set(tx, bob, one, Some(Rhythm::Months(3)))).unwrap());
        assert!(unit!(db.db, tx => touch::set(tx, ada, one, Some(Rhythm::Months(3)))).unwrap());
        assert!(look!(db.db, tx => touch::due(tx, ada, T0 + Span::days(89), 9)).is_empty());
        assert_eq!(ids(look!(db.db, tx => touch::due(tx, ada, late, 9))), [uuid(11)]);
        assert!(unit!(db.db, tx => touch::touched(tx, ada, one, Some(late))).unwrap());
        assert!(look!(db.db, tx => touch::due(tx, ada, late, 9)).is_empty());
        assert_eq!(look!(db.db, tx => touch::of(tx, ada, one)), (Some(Rhythm::Months(3)), Some(late)));
        // The circle's rhythm is for everybody in it who has none of their own.
        unit!(db.db, tx => touch::set_circle(tx, ada, Circle::Coworkers, Some(Rhythm::Months(1)))).unwrap();
        assert_eq!(look!(db.db, tx => touch::circles(tx, ada)), [(Circle::Coworkers, Rhythm::Months(1))]);
        assert_eq!(ids(look!(db.db, tx => touch::due(tx, ada, late, 9))), [uuid(12), uuid(13)]);
        unit!(db.db, tx => touch::set(tx, ada, other, Some(Rhythm::Season(0)))).unwrap();
        let year = T0 + Span::days(370);
        assert!(ids(look!(db.db, tx => touch::due(tx, ada, year, 9))).contains(&uuid(12)), "a spring has begun since");
        unit!(db.db, tx => touch::touched(tx, ada, other, Some(year))).unwrap();
        assert!(!ids(look!(db.db, tx => touch::due(tx, ada, year, 9))).contains(&uuid(12)));
        unit!(db.db, tx => touch::set_circle(tx, ada, Circle::Coworkers, None)).unwrap();
        assert!(look!(db.db, tx => touch::circles(tx, ada)).is_empty());

        for (n, state) in [(20, State::Closed), (22, State::Closed), (24, State::Draft)] {
            let mut of = draft(ada, n);
            of.state = state;
            of.parties.second.person = PersonKey([9; 32]);
            unit!(db.db, tx, of => introductions::insert(tx, &of, &[])).unwrap();
        }
        assert_eq!(look!(db.db, tx => touch::balance(tx, ada, PersonKey([9; 32]))), (0, 2));
        assert_eq!(look!(db.db, tx => touch::balance(tx, bob, PersonKey([9; 32]))), (0, 0));
        let asked = look!(db.db, tx => touch::only_asked(tx, ada, 9));
        assert_eq!(asked.iter().map(|(_, times, id)| (*times, id.0)).collect::<Vec<_>>(), [(2, uuid(22))]);
    }
}
