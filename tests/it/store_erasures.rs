//! Contract: the ledger of erasures.

use twoyes::clock::{Span, Ts};
use twoyes::store::erasure_ledger::{self, Erased};

use crate::store_kit::{T0, look, person, unit};
use crate::support::db::both;

fn erased(n: u8, at: Ts) -> Erased {
    Erased { person: person(n), at }
}

both! {
    async fn erasures_are_read_in_their_order_page_by_page_and_forgotten_in_time(db: TestDb) {
        let later = T0 + Span::days(1);
        let (one, two) = (erased(1, T0), erased(2, T0 + Span(1)));
        for of in [two, one, erased(3, later), erased(3, T0)] {
            unit!(db.db, tx => erasure_ledger::note(tx, of)).unwrap();
        }
        let page = |since: Ts, after: Option<Erased>| {
            let db = db.db.clone();
            async move { look!(db, tx => erasure_ledger::since(tx, since, after, 2)) }
        };
        let first = page(T0, None).await;
        assert!(first == [one, two]);
        assert!(page(T0, first.last().copied()).await == [erased(3, later)], "an older time does not win");
        assert!(page(later, None).await == [erased(3, later)]);
        assert_eq!(unit!(db.db, tx => erasure_ledger::prune(tx, later)).unwrap(), 2);
        assert!(page(T0, None).await == [erased(3, later)]);
    }
}
