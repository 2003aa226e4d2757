//! Contracts of the store: who asked for the week's suggestions by mail.

use twoyes::clock::Span;
use twoyes::store::{accounts, weekly};

use crate::store_kit::{T0, look, saved_connector, unit};
use crate::support::db::both;

both! {
    async fn a_week_s_mail_is_due_once_for_who_asked_for_it(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await.id, saved_connector(&db.db, 2).await.id);
        let (monday, next) = (T0 + Span::days(3), T0 + Span::days(10));
        assert_eq!(look!(db.db, tx => weekly::of(tx, ada)), None);
        unit!(db.db, tx => weekly::set(tx, ada, Some(monday))).unwrap();
        assert_eq!(look!(db.db, tx => weekly::of(tx, ada)), Some(monday));
        assert_eq!(look!(db.db, tx => weekly::of(tx, bob)), None);
        assert!(look!(db.db, tx => weekly::due(tx, T0, 9)).is_empty(), "not before its hour");
        unit!(db.db, tx => weekly::set(tx, bob, Some(monday + Span::hours(1)))).unwrap();
        let ids = |due: Vec<(twoyes::domain::connector::Connector, _)>| {
            due.into_iter().map(|(who, at)| (who.id, at)).collect::<Vec<_>>()
        };
        let all = ids(look!(db.db, tx => weekly::due(tx, next, 9)));
        assert_eq!(all, [(ada, monday), (bob, monday + Span::hours(1))]);
        assert_eq!(ids(look!(db.db, tx => weekly::due(tx, next, 1))), [(ada, monday)]);
        // Of two processes one writes it.
        assert!(unit!(db.db, tx => weekly::move_on(tx, ada, monday, next)).unwrap());
        assert!(!unit!(db.db, tx => weekly::move_on(tx, ada, monday, next)).unwrap());
        assert_eq!(look!(db.db, tx => weekly::of(tx, ada)), Some(next));
        // A suspended account gets none, and a deleted one has no wish left.
        unit!(db.db, tx => accounts::set_suspended(tx, bob, Some(T0))).unwrap();
        assert_eq!(ids(look!(db.db, tx => weekly::due(tx, next, 9))), [(ada, next)]);
        unit!(db.db, tx => accounts::mark_deleted(tx, ada, T0)).unwrap();
        assert_eq!(look!(db.db, tx => weekly::of(tx, ada)), None);
        assert!(unit!(db.db, tx => weekly::set(tx, ada, Some(next))).is_err());
        unit!(db.db, tx => weekly::set(tx, bob, None)).unwrap();
        assert!(!unit!(db.db, tx => weekly::move_on(tx, bob, monday + Span::hours(1), next)).unwrap());
    }
}
