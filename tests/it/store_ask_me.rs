//! Contracts of the store: pages on which connectors can be asked, and the requests that came.

use twoyes::clock::Span;
use twoyes::domain::ask_me::{AskMePage, Confirmed, Request};
use twoyes::ids::{AskMeId, ConnectorId, IntroductionId};
use twoyes::store::{StoreError, ask_me};

use crate::store_kit::{T0, email, link, look, person, saved_connector, unit, uuid};
use crate::support::db::both;

fn request(owner: ConnectorId, n: u8) -> Request {
    Request {
        id: AskMeId(uuid(n)),
        connector: owner,
        link: link(n),
        person: person(n),
        name: format!("Person {n}"),
        email: email("somebody@asks.example"),
        language: "en".into(),
        wish: "a wish".into(),
        about: "about them".into(),
        created_at: T0,
        confirmed: None,
        settled_at: None,
        used_by: None,
    }
}

fn yes(seconds: i64) -> Confirmed {
    Confirmed { at: T0 + Span::seconds(seconds), opened_at: T0, shown: "the words".into() }
}

both! {
    async fn an_address_of_a_page_is_one_connectors(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await.id, saved_connector(&db.db, 2).await.id);
        let page = |connector, slug: &str, is_open| AskMePage {
            connector,
            slug: slug.into(),
            welcome: "hello".into(),
            is_open,
        };
        assert_eq!(look!(db.db, tx => ask_me::page_of(tx, ada)), None);
        let new = page(ada, "ada", true);
        unit!(db.db, tx, new => ask_me::save_page(tx, &new)).unwrap();
        let changed = page(ada, "ada-l", false);
        unit!(db.db, tx, changed => ask_me::save_page(tx, &changed)).unwrap();
        assert_eq!(look!(db.db, tx => ask_me::page_of(tx, ada)), Some(page(ada, "ada-l", false)));
        assert_eq!(look!(db.db, tx => ask_me::find_page(tx, "ada")), None);
        assert_eq!(look!(db.db, tx => ask_me::find_page(tx, "ada-l")).map(|page| page.connector), Some(ada));
        let taken = page(bob, "ada-l", true);
        let refused = unit!(db.db, tx, taken => ask_me::save_page(tx, &taken));
        assert!(matches!(refused, Err(StoreError::Rule(_))));
    }

    async fn a_request_is_confirmed_once_and_used_once(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await.id, saved_connector(&db.db, 2).await.id);
        for n in [11, 12] {
            let new = request(ada, n);
            unit!(db.db, tx, new => ask_me::add(tx, &new)).unwrap();
        }
        let [one, two] = [11, 12].map(|n| AskMeId(uuid(n)));
        assert!(look!(db.db, tx => ask_me::get(tx, bob, one)).is_none());
        assert!(look!(db.db, tx => ask_me::find(tx, link(12))).is_some_and(|found| found.id == two));
        assert_eq!(look!(db.db, tx => ask_me::count_waiting(tx, ada)), 2);
        assert!(look!(db.db, tx => ask_me::waiting(tx, ada, 9)).is_empty(), "nobody confirmed it");
        assert!(!unit!(db.db, tx => ask_me::settle(tx, ada, one, Some(T0))).unwrap());
        for (id, first) in [(one, yes(1)), (two, yes(2)), (one, yes(9))] {
            unit!(db.db, tx, first => ask_me::confirm(tx, id, &first)).unwrap();
        }
        let found = look!(db.db, tx => ask_me::waiting(tx, ada, 9));
        assert_eq!(found.iter().map(|one| one.id).collect::<Vec<_>>(), [two, one]);
        assert!(found[1].confirmed == Some(yes(1)), "the first time counts");
        assert!(look!(db.db, tx => ask_me::waiting(tx, bob, 9)).is_empty());
        assert!(look!(db.db, tx => ask_me::of_person(tx, ada, person(11))).is_some());
        assert!(look!(db.db, tx => ask_me::of_person(tx, bob, person(11))).is_none());
        assert!(!unit!(db.db, tx => ask_me::settle(tx, bob, one, Some(T0))).unwrap());
        assert!(unit!(db.db, tx => ask_me::settle(tx, ada, one, Some(T0))).unwrap());
        assert_eq!(look!(db.db, tx => ask_me::waiting(tx, ada, 9)).len(), 1);
        let by = IntroductionId(uuid(70));
        assert!(unit!(db.db, tx => ask_me::use_up(tx, two, by)).unwrap());
        assert!(!unit!(db.db, tx => ask_me::use_up(tx, two, by)).unwrap());
        let used = look!(db.db, tx => ask_me::get(tx, ada, two)).unwrap();
        assert_eq!((used.used_by, used.wish.as_str()), (Some(by), ""), "the words go");
        assert!(look!(db.db, tx => ask_me::of_person(tx, ada, person(12))).is_none());
        assert_eq!(unit!(db.db, tx => ask_me::delete(tx, one)).unwrap(), 1);
        assert!(look!(db.db, tx => ask_me::find(tx, link(11))).is_none());
    }

    async fn requests_are_counted_and_go_with_time(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await.id;
        for (n, days) in [(11, 0), (12, 5), (13, 6)] {
            let new = Request { created_at: T0 + Span::days(days), person: person(5), ..request(ada, n) };
            unit!(db.db, tx, new => ask_me::add(tx, &new)).unwrap();
        }
        let first = yes(1);
        unit!(db.db, tx, first => ask_me::confirm(tx, AskMeId(uuid(12)), &first)).unwrap();
        assert_eq!(look!(db.db, tx => ask_me::count_of(tx, person(5), T0)), 2);
        let (unconfirmed, old) = (T0 + Span::days(5), T0 - Span::days(1));
        assert_eq!(unit!(db.db, tx => ask_me::prune(tx, unconfirmed, old)).unwrap(), 1, "the unconfirmed one");
        assert_eq!(unit!(db.db, tx => ask_me::prune(tx, unconfirmed, T0 + Span::days(5))).unwrap(), 1);
        assert_eq!(look!(db.db, tx => ask_me::count_waiting(tx, ada)), 1);
        unit!(db.db, tx => ask_me::delete_all(tx, ada)).unwrap();
        assert_eq!(look!(db.db, tx => ask_me::count_waiting(tx, ada)), 0);
    }
}
