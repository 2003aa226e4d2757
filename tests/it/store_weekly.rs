//! Contracts of the store: who asked for the week's suggestions by mail.

use twoyes::clock::Span;
use twoyes::store::{accounts, contacts, weekly};

use crate::store_kit::{T0, contact, look, saved_connector, unit};
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

    async fn the_mails_of_a_week_about_somebody_are_those_of_who_knows_them(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await.id, saved_connector(&db.db, 2).await.id);
        for (owner, nth) in [(ada, 7_u128), (bob, 8)] {
            let key = format!("weekly/{nth}");
            unit!(db.db, tx, key => tx
                .q("INSERT INTO message (id, key, kind, connector_id, headers, subject, text_part, html_part, dated_at)
                    VALUES ($1, $2, 'weekly', $3, '{}', '', 'Sam', '', 0)")
                .bind(::uuid::Uuid::from_u128(nth))
                .bind(key.as_str())
                .bind(owner.0)
                .run())
            .unwrap();
        }
                let sam = contact(ada, 9);
        let address = sam.facts.address().to_uppercase();
        assert!(look!(db.db, tx => weekly::mails_about(tx, &address)).is_empty());
        unit!(db.db, tx, sam => contacts::insert(tx, &sam)).unwrap();
        let found = look!(db.db, tx => weekly::mails_about(tx, &address));
        assert_eq!(found.iter().map(|id| id.0.as_u128()).collect::<Vec<_>>(), [7]);
    }
}
