//! Contracts of the store: words of parties to their connector, thanks owed and given.

use twoyes::clock::{Span, Ts};
use twoyes::domain::asking::Side;
use twoyes::domain::attention::{Lying, Need, Place};
use twoyes::ids::IntroductionId;
use twoyes::store::desk::{self, Key};
use twoyes::store::{introductions, thanks};

use crate::store_kit::{T0, draft, look, saved_connector, unit, uuid};
use crate::support::db::both;

const LAST: Key = (Ts(i64::MAX), IntroductionId(uuid::Uuid::max()));

both! {
    async fn words_are_the_connectors_and_the_newest_take_the_place_of_older_ones(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await.id, saved_connector(&db.db, 2).await.id);
        let (of, other) = (draft(ada, 20), draft(ada, 30));
        for new in [&of, &other] {
            let new = new.clone();
            unit!(db.db, tx, new => introductions::insert(tx, &new, &[])).unwrap();
        }
        let say = async |of: &twoyes::domain::introduction::Introduction, side, words: &'static str, at| {
            let of = of.clone();
            unit!(db.db, tx, of => thanks::say(tx, &of, side, words, at)).unwrap();
        };
        say(&of, Side::First, "one", T0).await;
        say(&of, Side::Second, "two", T0 + Span::seconds(1)).await;
        say(&other, Side::First, "three", T0 + Span::seconds(2)).await;
        assert_eq!(look!(db.db, tx => thanks::unread(tx, ada)), 3);
        assert_eq!(look!(db.db, tx => thanks::unread(tx, bob)), 0);
        let texts = |page: &[(twoyes::domain::thanks::Words, _)]| {
            page.iter().map(|(words, _)| words.text.clone()).collect::<Vec<_>>()
        };
        let page = look!(db.db, tx => thanks::page(tx, ada, LAST, 2));
        assert_eq!(texts(&page), ["three", "two"]);
        assert!(page[0].1.id == other.id && page[0].1.parties.first.person == other.parties.first.person);
        let key = (page[1].0.said_at, page[1].1.id);
        assert_eq!(texts(&look!(db.db, tx => thanks::page(tx, ada, key, 9))), ["one"]);
        assert!(look!(db.db, tx => thanks::page(tx, bob, LAST, 9)).is_empty());
        assert_eq!(unit!(db.db, tx => thanks::read_all(tx, ada, T0 + Span::seconds(1), T0)).unwrap(), 2);
        say(&of, Side::First, "anew", T0 + Span::seconds(3)).await;
        assert_eq!(look!(db.db, tx => thanks::unread(tx, ada)), 2, "new words are new");
        let (id, first) = (of.id, Side::First);
        let both = look!(db.db, tx => thanks::of(tx, ada, id));
        assert_eq!(both.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(), ["anew", "two"]);
        assert!(look!(db.db, tx => thanks::of(tx, bob, id)).is_empty());
        assert_eq!(look!(db.db, tx => thanks::said(tx, id, first)).unwrap().said_at, T0 + Span::seconds(3));
        unit!(db.db, tx => thanks::forget(tx, id, first)).unwrap();
        assert!(look!(db.db, tx => thanks::said(tx, id, first)).is_none());
        assert_eq!(unit!(db.db, tx => thanks::delete_all(tx, bob)).unwrap(), 0);
        assert_eq!(unit!(db.db, tx => thanks::prune(tx, T0 + Span::seconds(1))).unwrap(), 1);
        let gone = other.id;
        unit!(db.db, tx => introductions::delete(tx, gone)).unwrap();
        assert_eq!(look!(db.db, tx => thanks::unread(tx, ada)), 0);
        unit!(db.db, tx, of => thanks::say(tx, &of, Side::Second, "last", T0)).unwrap();
        assert_eq!(unit!(db.db, tx => thanks::delete_all(tx, ada)).unwrap(), 1);
    }

    async fn thanks_are_owed_until_they_are_settled(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await.id, saved_connector(&db.db, 2).await.id);
        let needs = [
            (20, Some(Need::Thanks), None),
            (30, Some(Need::Landed), None),
            (40, Some(Need::Thanks), Some(T0 + Span::days(1))),
            (50, Some(Need::Nudge), None),
            (60, None, None),
        ];
        for (n, need, settled_at) in needs {
            let (new, id) = (draft(ada, n), IntroductionId(uuid(n)));
            let at = T0 + Span::seconds(i64::from(n));
            let lying = Lying { place: Place::Done, at, need: need.map(|need| (need, at)), settled_at };
            unit!(db.db, tx, new => introductions::insert(tx, &new, &[])).unwrap();
            unit!(db.db, tx, lying => desk::put(tx, id, ada, &lying)).unwrap();
        }
        let ids = |found: &[twoyes::domain::thanks::Thanks]| {
            found.iter().map(|one| one.introduction.id).collect::<Vec<_>>()
        };
        let id = |n| IntroductionId(uuid(n));
        let owed = look!(db.db, tx => thanks::owed(tx, ada, false, LAST, 9));
        assert_eq!(ids(&owed), [id(30), id(20)]);
        let key = (owed[0].since, owed[0].introduction.id);
        assert_eq!(ids(&look!(db.db, tx => thanks::owed(tx, ada, false, key, 9))), [id(20)]);
        let given = look!(db.db, tx => thanks::owed(tx, ada, true, LAST, 9));
        assert_eq!((ids(&given), given[0].given_at), (vec![id(40)], Some(T0 + Span::days(1))));
        assert!(look!(db.db, tx => thanks::owed(tx, bob, false, LAST, 9)).is_empty());
    }
}
