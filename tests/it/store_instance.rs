//! Contract: which copy of the data this is, the newest time seen, and what waits in it.

use twoyes::clock::{Span, Ts};
use twoyes::domain::message::MessageKind;
use twoyes::store::instance::{self, Instance};
use twoyes::store::waiting::OfKind;
use twoyes::store::{StoreError, courier, due, introductions, outbox, waiting};

use crate::store_kit::{T0, draft, look, message, saved_connector, unit};
use crate::support::db::both;

fn row() -> Instance {
    Instance {
        id: "a".into(),
        epoch: "b".into(),
        place: "here".into(),
        quarantined_at: None,
        why: String::new(),
        seen_at: T0,
        accepted_at: None,
    }
}

both! {
    async fn a_file_that_is_well_is_not_called_broken(db: TestDb) {
        let told = tokio::time::timeout(Span(50_000).as_std(), db.db.broken()).await;
        assert!(told.is_err(), "{told:?}");
    }

    async fn the_first_row_stays(db: TestDb) {
        let db = &db.db;
        assert_eq!(look!(db, tx => instance::get(tx)), None);
        assert!(!look!(db, tx => instance::is_quarantined(tx)));
        assert!(!unit!(db, tx => instance::accept_clock(tx, T0)).unwrap());
        let first = row();
        assert!(unit!(db, tx, first => instance::insert(tx, &first)).unwrap());
        let other = Instance { id: "z".into(), ..row() };
        assert!(!unit!(db, tx, other => instance::insert(tx, &other)).unwrap());
        assert_eq!(look!(db, tx => instance::get(tx)), Some(row()));
    }

    async fn a_quarantine_keeps_its_reason_until_somebody_resumes(db: TestDb) {
        let db = &db.db;
        let first = row();
        unit!(db, tx, first => instance::insert(tx, &first)).unwrap();
        unit!(db, tx => instance::quarantine(tx, "restored", T0)).unwrap();
        unit!(db, tx => instance::quarantine(tx, "copied", Ts(T0.0 + 5))).unwrap();
        assert!(look!(db, tx => instance::is_quarantined(tx)));
        let held = look!(db, tx => instance::get(tx)).unwrap();
        assert_eq!((held.quarantined_at, held.why.as_str()), (Some(T0), "restored"));
        unit!(db, tx => instance::resume(tx, "c", "there")).unwrap();
        assert!(!look!(db, tx => instance::is_quarantined(tx)));
        let free = look!(db, tx => instance::get(tx)).unwrap();
        assert_eq!(free, Instance { epoch: "c".into(), place: "there".into(), ..row() });
    }

    async fn the_newest_time_goes_back_only_when_that_is_said(db: TestDb) {
        let db = &db.db;
        let first = row();
        unit!(db, tx, first => instance::insert(tx, &first)).unwrap();
        let seen = async || look!(db, tx => instance::get(tx)).unwrap().seen_at;
        unit!(db, tx => instance::note_seen(tx, Ts(T0.0 - 9))).unwrap();
        assert_eq!(seen().await, T0);
        unit!(db, tx => instance::note_seen(tx, Ts(T0.0 + 9))).unwrap();
        assert_eq!(seen().await, Ts(T0.0 + 9));
        unit!(db, tx => instance::set_seen(tx, Ts(T0.0 - 9))).unwrap();
        assert_eq!(seen().await, Ts(T0.0 - 9));
        assert!(unit!(db, tx => instance::accept_clock(tx, Ts(7))).unwrap());
        let row = look!(db, tx => instance::get(tx)).unwrap();
        assert_eq!((row.seen_at, row.accepted_at), (Ts(7), Some(Ts(7))));
    }

    async fn a_place_is_the_same_for_all_who_look_at_one_database(db: TestDb) {
        let place = instance::place(&db.db).await.unwrap();
        assert_eq!(place, instance::place(&db.again().await).await.unwrap());
        assert_eq!(place.is_empty(), db.engine == Engine::Sqlite);
    }

    async fn what_waits_is_counted_by_age_and_taken_back_by_age(db: TestDb) {
        let db = &db.db;
        let asks = MessageKind::AskFirst;
        for (n, days) in [(2, 0), (4, 3), (6, 30), (8, 40)] {
            let new = message(n, asks, None, &format!("p{n}@example.org"));
            unit!(db, tx, new => outbox::enqueue(tx, &new, T0 - Span::days(days))).unwrap();
        }
        let bounds = (T0 - Span::days(1), T0 - Span::days(7));
        let counted = look!(db, tx => waiting::by_age(tx, bounds.0, bounds.1));
        assert_eq!(counted, [OfKind { kind: asks.as_str().into(), day: 1, week: 1, older: 2 }]);
        assert_eq!(unit!(db, tx => waiting::discard(tx, bounds.1, T0)).unwrap(), 2);
        let counted = look!(db, tx => waiting::by_age(tx, bounds.0, bounds.1));
        assert_eq!((counted[0].day, counted[0].week, counted[0].older), (1, 1, 0));
    }

    async fn leases_from_a_time_to_come_are_cut(db: TestDb) {
        let db = &db.db;
        let new = message(2, MessageKind::AskFirst, None, "p@example.org");
        unit!(db, tx, new => outbox::enqueue(tx, &new, T0)).unwrap();
        let leased = unit!(db, tx => courier::lease(tx, T0, T0 + Span::days(1), &[], 9)).unwrap();
        assert_eq!(leased.len(), 1);
        assert_eq!(unit!(db, tx => courier::cut_leases(tx, T0 + Span::days(2))).unwrap(), 0);
        assert_eq!(unit!(db, tx => courier::cut_leases(tx, T0 + Span::minutes(15))).unwrap(), 1);
        let retry = Span::minutes(30);
        let after = T0 + Span::minutes(16);
        assert_eq!(unit!(db, tx => courier::reclaim(tx, after, retry, 2, false)).unwrap(), (1, 0));
    }

    async fn what_is_due_is_counted(db: TestDb) {
        let db = &db.db;
        let owner = saved_connector(db, 1).await;
        let new = draft(owner.id, 2);
        unit!(db, tx, new => introductions::insert(tx, &new, &[])).unwrap();
        assert_eq!(look!(db, tx => due::count(tx, T0)), 0);
        let sql = "UPDATE introduction SET due_at = 5";
        db.write(move |tx| Box::pin(async move { tx.q(sql).run().await })).await.map_err(|e: StoreError| e).unwrap();
        assert_eq!(look!(db, tx => due::count(tx, T0)), 1);
    }
}

mod copies {
    use twoyes::store::copy;
    use twoyes::store::erasure_ledger::{self, Erased};
    use twoyes::store::suppressions::{self, Listed};

    use crate::store_kit::{T0, look, person, unit};
    use crate::support::db::{Engine, both, fresh};

    both! {
        async fn suppressions_are_listed_page_by_page_and_added_once(db: TestDb) {
            let db = &db.db;
            let all: Vec<Listed> =
                (1..=5).map(|n| Listed { person: person(n), since: T0, by_admin: n % 2 == 0 }).collect();
            for one in all.clone() {
                assert!(unit!(db, tx => suppressions::add_listed(tx, one)).unwrap());
                assert!(!unit!(db, tx => suppressions::add_listed(tx, one)).unwrap());
            }
            let first = look!(db, tx => suppressions::list(tx, None, 3));
            let rest = look!(db, tx => suppressions::list(tx, Some(first[2].person), 3));
            assert_eq!((first.len(), rest.len()), (3, 2));
            assert!(first.iter().chain(&rest).all(|one| all.contains(one)));
        }

        async fn a_database_is_counted_and_a_half_one_is_known(db: TestDb) {
            let db = &db.db;
            let of = Erased { person: person(1), at: T0 };
            unit!(db, tx => erasure_ledger::note(tx, of)).unwrap();
            let counted = look!(db, tx => copy::counts(tx));
            assert!(counted.schema >= 9);
            assert_eq!((counted.erasures, counted.suppressions, counted.introductions), (1, 0, 0));
            assert!(!look!(db, tx => copy::is_empty(tx)));
            assert!(!look!(db, tx => copy::is_half_restored(tx)));
            unit!(db, tx => copy::begin_restore(tx)).unwrap();
            assert!(look!(db, tx => copy::is_half_restored(tx)));
            unit!(db, tx => copy::end_restore(tx)).unwrap();
            assert!(!look!(db, tx => copy::is_half_restored(tx)));
        }
    }

    #[tokio::test]
    async fn others_are_seen_on_postgres() {
        let sqlite = fresh(Engine::Sqlite).await;
        assert_eq!(look!(sqlite.db, tx => copy::others(tx)), 0);
        if crate::support::db::has_postgres() {
            let server = fresh(Engine::Postgres).await;
            let _other = server.again().await;
            assert!(look!(server.db, tx => copy::others(tx)) > 0);
        }
    }

    #[tokio::test]
    async fn a_copy_of_a_file_in_use_is_whole_and_a_torn_one_is_not() {
        let db = fresh(Engine::Sqlite).await;
        let from = db.url.strip_prefix("sqlite:").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("copy.db");
        copy::copy_sqlite(from.as_ref(), &to).await.unwrap();
        assert_eq!(copy::check_sqlite(&to).await.unwrap(), "ok");
        copy::fold_sqlite(&to).await.unwrap();
        assert!(!folder.path().join("copy.db-wal").exists());
        assert!(copy::copy_sqlite(from.as_ref(), &to).await.is_err(), "never over another file");
        let mut bytes = std::fs::read(&to).unwrap();
        let end = bytes.len();
        bytes[8192..end].fill(0x5a);
        std::fs::write(&to, bytes).unwrap();
        assert!(copy::check_sqlite(&to).await.map_or(true, |said| said != "ok"));
    }
}
