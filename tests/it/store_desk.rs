//! The desk in the store: kept, counted, read from either end.

use twoyes::clock::{Span, Ts};
use twoyes::domain::attention::{Lying, Need, Place};
use twoyes::domain::introduction::Introduction;
use twoyes::ids::IntroductionId;
use twoyes::store::{Db, desk, introductions};

use crate::store_kit::{T0, draft, look, saved_connector, unit};
use crate::support::db::both;

const FIRST: desk::Key = (Ts(i64::MIN), IntroductionId(uuid::Uuid::nil()));
const LAST: desk::Key = (Ts(i64::MAX), IntroductionId(uuid::Uuid::max()));

fn lying(place: Place, at: i64, need: Option<Need>) -> Lying {
    let at = T0 + Span(at);
    Lying { place, at, need: need.map(|need| (need, at)), settled_at: None }
}

async fn saved(db: &Db, n: u8, row: Lying) -> Introduction {
    let owner = crate::store_kit::connector(1).id;
    let new = draft(owner, n);
    unit!(db, tx, new => introductions::insert(tx, &new, &[])).unwrap();
    let id = new.id;
    unit!(db, tx => desk::put(tx, id, owner, &row)).unwrap();
    new
}

fn ids(rows: &[desk::DeskRow]) -> Vec<IntroductionId> {
    rows.iter().map(|row| row.introduction.id).collect()
}

both! {
    async fn a_row_is_kept_replaced_and_goes_with_its_introduction(db: TestDb) {
        let owner = saved_connector(&db.db, 1).await.id;
        let first = lying(Place::Needs, 5, Some(Need::Draft));
        let id = saved(&db.db, 2, first).await.id;
        assert_eq!(look!(db.db, tx => desk::find(tx, id)), Some(first));
        let second = Lying { settled_at: Some(T0), ..lying(Place::Done, 9, Some(Need::Draft)) };
        unit!(db.db, tx => desk::put(tx, id, owner, &second)).unwrap();
        assert_eq!(look!(db.db, tx => desk::find(tx, id)), Some(second));
        unit!(db.db, tx => introductions::delete(tx, id)).unwrap();
        assert_eq!(look!(db.db, tx => desk::find(tx, id)), None);
    }

    async fn a_place_is_read_from_either_end_page_by_page(db: TestDb) {
        let owner = saved_connector(&db.db, 1).await.id;
        let mut all = Vec::new();
        // Two at the same time: their ids decide.
        for (n, at) in [(2, 1), (4, 2), (6, 2), (8, 3)] {
            all.push(saved(&db.db, n, lying(Place::Waiting, at, None)).await.id);
        }
        saved(&db.db, 10, lying(Place::Done, 2, None)).await;
        let until = T0 + Span(3);
        let page = look!(db.db, tx => desk::rising(tx, owner, Place::Waiting, FIRST, until, 2));
        assert_eq!(ids(&page), all[..2]);
        assert_eq!(page[1].introduction.parties.second.name, "Grace 5");
        let key = (page[1].lying.at, all[1]);
        let page = look!(db.db, tx => desk::rising(tx, owner, Place::Waiting, key, until, 9));
        assert_eq!(ids(&page), all[2..]);
        let soon = look!(db.db, tx => desk::rising(tx, owner, Place::Waiting, FIRST, T0 + Span(1), 9));
        assert_eq!(ids(&soon), all[..1]);
        let page = look!(db.db, tx => desk::falling(tx, owner, Place::Waiting, LAST, 2));
        assert_eq!(ids(&page), [all[3], all[2]]);
        let page = look!(db.db, tx => desk::falling(tx, owner, Place::Waiting, (T0 + Span(2), all[2]), 9));
        assert_eq!(ids(&page), [all[1], all[0]]);
    }

    async fn counting_ends_at_the_cap_and_the_times(db: TestDb) {
        let owner = saved_connector(&db.db, 1).await.id;
        for (n, at) in [(2, 1), (4, 2), (6, 3)] {
            saved(&db.db, n, lying(Place::Needs, at, Some(Need::Nudge))).await;
        }
        let (first, last) = (FIRST.0, LAST.0);
        assert_eq!(look!(db.db, tx => desk::count(tx, owner, Place::Needs, first, last, 9)), 3);
        assert_eq!(look!(db.db, tx => desk::count(tx, owner, Place::Needs, first, last, 2)), 2);
        assert_eq!(look!(db.db, tx => desk::count(tx, owner, Place::Needs, T0 + Span(1), T0 + Span(2), 9)), 1);
        assert_eq!(look!(db.db, tx => desk::count(tx, owner, Place::Done, first, last, 9)), 0);
    }

    async fn rows_of_an_older_version_are_found_until_they_have_a_place(db: TestDb) {
        saved_connector(&db.db, 1).await;
        let row = lying(Place::Needs, 1, Some(Need::Draft));
        let id = saved(&db.db, 2, row).await.id;
        saved(&db.db, 4, row).await;
        unit!(db.db, tx => tx.q("UPDATE desk SET place = 'new', need = NULL WHERE introduction_id = $1")
            .bind(id.0).exactly_one()).unwrap();
        assert_eq!(look!(db.db, tx => desk::unplaced(tx, 9)), [id]);
        assert_eq!(look!(db.db, tx => desk::find(tx, id)), None);
    }
}
