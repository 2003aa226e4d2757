//! Whether a unit was committed can be told afterwards, once and for all.

use twoyes::clock::Ts;
use twoyes::store::unit_tokens;

use crate::store_kit::{unit, uuid};
use crate::support::db::both;

both! {
    async fn a_token_that_was_left_tells_of_a_commit_and_any_other_is_claimed(db: TestDb) {
        let (left, other) = (uuid(1), uuid(2));
        let leave = "INSERT INTO unit_token (token, at) VALUES ($1, 5)";
        unit!(db.db, tx => tx.q(leave).bind(left).exactly_one()).unwrap();
        for _ in 0..2 {
            assert!(unit!(db.db, tx => unit_tokens::was_committed(tx, left)).unwrap());
            assert!(!unit!(db.db, tx => unit_tokens::was_committed(tx, other)).unwrap());
        }
        // Who was looked for in vain can never come after all.
        assert!(unit!(db.db, tx => tx.q(leave).bind(other).exactly_one()).is_err());
    }

    async fn old_tokens_are_forgotten(db: TestDb) {
        let leave = "INSERT INTO unit_token (token, at) VALUES ($1, 5)";
        let left = uuid(1);
        unit!(db.db, tx => tx.q(leave).bind(left).exactly_one()).unwrap();
        assert_eq!(unit!(db.db, tx => unit_tokens::prune(tx, Ts(5))).unwrap(), 0);
        assert_eq!(unit!(db.db, tx => unit_tokens::prune(tx, Ts(6))).unwrap(), 1);
    }
}
