//! Contracts of the chain and of what lies beside it.

use twoyes::clock::{Span, Ts};
use twoyes::domain::asking::Side;
use twoyes::domain::audit::{Entry, Kind, Leaf, NOTHING, canonical, commit, hex};
use twoyes::domain::consent::{Ended, Shown, ShownKind};
use twoyes::ids::IntroductionId;
use twoyes::store::audit::{self, EntryId};
use twoyes::store::evidence::{self, Consent};
use twoyes::store::{Db, StoreError};

use crate::store_kit::{T0, hash, look, unit, uuid};
use crate::support::db::both;

fn id(n: u8) -> IntroductionId {
    IntroductionId(uuid(n))
}

fn entry(n: u8, kind: Kind, about: Option<(u8, Option<Side>)>) -> Entry {
    Entry {
        at: T0 + Span(i64::from(n)),
        kind,
        introduction: about.map(|(introduction, _)| id(introduction)),
        side: about.and_then(|(_, side)| side),
        salt: hash(n),
        payload: canonical::encode(&serde_json::json!({ "n": n, "name": "Zoë" })),
    }
}

async fn append(db: &Db, new: &Entry) -> EntryId {
    unit!(db, tx, new => audit::append(tx, &new)).unwrap()
}

/// Queues it and gives it its place.
async fn sealed(db: &Db, seq: u64, new: &Entry) -> EntryId {
    let entry = append(db, new).await;
    let kind = new.kind.as_str().to_owned();
    let leaf = Leaf { seq, at: new.at, kind, commitment: new.commitment(), prev: NOTHING };
    let content = leaf.hash();
    unit!(db, tx, leaf => audit::seal(tx, entry, &leaf, &content)).unwrap();
    entry
}

fn text(kind: ShownKind, n: u8, body: &str) -> Shown {
    Shown { kind, at: T0 + Span(i64::from(n)), salt: hash(n), body: body.into() }
}

async fn give(db: &Db, side: Side, n: u8) -> EntryId {
    let entry = append(db, &entry(n, Kind::ConsentGiven, Some((2, Some(side))))).await;
    let new = consent(entry, side);
    unit!(db, tx, new => evidence::give(tx, &new)).unwrap();
    entry
}

fn consent(entry: EntryId, side: Side) -> Consent {
    Consent {
        entry,
        introduction: id(2),
        side,
        generation: 1,
        given_at: T0,
        ended: None,
        ended_entry: None,
        forgotten_at: None,
    }
}

both! {
    async fn entries_wait_in_their_order_until_each_has_its_place(db: TestDb) {
        let db = db.db;
        let first = append(&db, &entry(1, Kind::Epoch, None)).await;
        let second = append(&db, &entry(0, Kind::Closed, Some((2, None)))).await;
        let waits = look!(db, tx => audit::unsealed(tx, 9));
        assert_eq!(waits.iter().map(|one| one.entry).collect::<Vec<_>>(), [first, second]);
        assert_eq!((waits[0].at, waits[0].kind.as_str()), (T0 + Span(1), "epoch"));
        assert_eq!(waits[0].commitment, commit(&hash(1), "{\"n\":1,\"name\":\"Zoë\"}"));
        assert_eq!(look!(db, tx => audit::unsealed(tx, 1)).len(), 1);
        assert_eq!(look!(db, tx => audit::waiting(tx)), (2, Some(T0)));
        assert!(look!(db, tx => audit::by_entry(tx, first)).is_none(), "not sealed");
        let leaf = Leaf { seq: 0, at: T0, kind: "epoch".into(), commitment: hash(1), prev: NOTHING };
        let content = leaf.hash();
        unit!(db, tx, leaf => audit::seal(tx, first, &leaf, &content)).unwrap();
        let twice = unit!(db, tx, leaf => audit::seal(tx, first, &leaf, &content));
        assert!(matches!(twice, Err(StoreError::Stale(_))), "a place is given once");
        let other = unit!(db, tx, leaf => audit::seal(tx, second, &leaf, &content));
        assert!(other.is_err(), "and to one entry");
        assert_eq!(look!(db, tx => audit::waiting(tx)), (1, Some(T0)));
    }

    async fn leaves_are_read_back_in_order_with_their_payloads(db: TestDb) {
        let db = db.db;
        let mut entries = Vec::new();
        for n in 0..3 {
            entries.push(sealed(&db, n.into(), &entry(n, Kind::Introduced, Some((2, None)))).await);
        }
        let all = look!(db, tx => audit::sealed(tx, 1, 9));
        assert_eq!(all.iter().map(|one| one.leaf.seq).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(all[0].payload.as_ref().unwrap().salt, hash(1));
        assert_eq!((all[0].hash, all[0].entry), (all[0].leaf.hash(), entries[1]));
        assert_eq!(look!(db, tx => audit::hashes(tx, 0, 2)).len(), 2);
        assert_eq!(look!(db, tx => audit::hashes(tx, 2, 9)), [all[1].hash]);
        let one = look!(db, tx => audit::by_entry(tx, entries[2])).unwrap();
        assert_eq!(one.leaf, all[1].leaf);
        assert_eq!(look!(db, tx => audit::about(tx, id(2), "introduced")), entries);
        assert!(look!(db, tx => audit::about(tx, id(2), "closed")).is_empty());
        assert!(look!(db, tx => audit::about(tx, id(3), "introduced")).is_empty());
        assert_eq!(look!(db, tx => audit::newest_epoch(tx)), None);
        append(&db, &entry(7, Kind::Epoch, None)).await;
        let newest = look!(db, tx => audit::newest_epoch(tx));
        assert_eq!(newest.as_deref(), Some("{\"n\":7,\"name\":\"Zoë\"}"));
    }

    async fn the_head_moves_from_where_it_is(db: TestDb) {
        let db = db.db;
        let mut head = look!(db, tx => audit::head(tx));
        assert_eq!((head.frontier.size(), head.hash, head.noted_at), (0, NOTHING, Ts(0)));
        head.frontier.push(hash(1));
        head.hash = hash(1);
        (head.noted_size, head.noted_at) = (1, T0);
        unit!(db, tx, head => audit::move_head(tx, 0, &head)).unwrap();
        assert_eq!(look!(db, tx => audit::head(tx)), head);
        let held = unit!(db, tx => audit::hold_head(tx)).unwrap();
        assert_eq!(held, Some(head.clone()));
        let stale = unit!(db, tx, head => audit::move_head(tx, 0, &head));
        assert!(matches!(stale, Err(StoreError::Stale(_))));
    }

    async fn a_consent_stands_until_it_ends(db: TestDb) {
        let db = db.db;
        let first = give(&db, Side::First, 1).await;
        let second = give(&db, Side::Second, 2).await;
        let both = look!(db, tx => evidence::standing(tx, id(2)));
        assert_eq!(both.len(), 2);
        let at = T0 + Span(9);
        let end = |side, ended| {
            let db = db.clone();
            async move { unit!(db, tx => evidence::end(tx, id(2), side, ended, at)).unwrap() }
        };
        assert_eq!(end(Side::First, Ended::Withdrawn).await, [(first, both[0])]);
        assert!(end(Side::First, Ended::Renewed).await.is_empty(), "it ends once");
        unit!(db, tx => evidence::tell_end(tx, first, 77)).unwrap();
        assert_eq!(look!(db, tx => evidence::standing(tx, id(2))), [both[1]]);
        let all = look!(db, tx => evidence::consents(tx, id(2)));
        let ended = Consent { ended: Some((Ended::Withdrawn, at)), ended_entry: Some(77), ..consent(first, Side::First) };
        assert_eq!(all, [ended, consent(second, Side::Second)]);
        assert!(look!(db, tx => evidence::consents(tx, id(4))).is_empty());
    }

    async fn texts_are_kept_once_by_side_and_round(db: TestDb) {
        let db = db.db;
        let ask = text(ShownKind::Ask, 1, "May I?\n\nlink");
        let texts = [ask.clone(), text(ShownKind::Reminder, 2, "Still?"), text(ShownKind::Page, 3, "Page")];
        for _ in 0..2 {
            unit!(db, tx, texts => evidence::keep_texts(tx, id(2), Side::First, 1, &texts)).unwrap();
        }
        let other = [text(ShownKind::Ask, 4, "To the other")];
        unit!(db, tx, other => evidence::keep_texts(tx, id(2), Side::Second, 1, &other)).unwrap();
        let mails = look!(db, tx => evidence::mails(tx, id(2), Side::First, 1));
        assert_eq!(mails[0], (ShownKind::Ask, ask.at, ask.commitment()));
        assert_eq!((mails.len(), mails[1].0), (2, ShownKind::Reminder));
        assert!(look!(db, tx => evidence::mails(tx, id(2), Side::First, 2)).is_empty());
        let all = look!(db, tx => evidence::texts(tx, id(2)));
        assert_eq!(all.len(), 4);
        assert!(all[0] == (Side::First, ask) && all[3].0 == Side::Second);
    }

    async fn to_forget_one_leaves_the_other_and_says_what_went(db: TestDb) {
        let db = db.db;
        let first = give(&db, Side::First, 1).await;
        let second = give(&db, Side::Second, 2).await;
        let other = append(&db, &entry(3, Kind::ConsentGiven, Some((4, Some(Side::First))))).await;
        let texts = [text(ShownKind::Page, 1, "Page")];
        unit!(db, tx, texts => evidence::keep_texts(tx, id(2), Side::Second, 1, &texts)).unwrap();
        let at = T0 + Span(50);
        let forget = || {
            let db = db.clone();
            async move { unit!(db, tx => evidence::forget(tx, id(2), Side::First, hash(9), at)).unwrap() }
        };
        assert_eq!(forget().await, 1);
        assert!(look!(db, tx => evidence::texts(tx, id(2))).is_empty(), "texts speak of both");
        let all = look!(db, tx => evidence::consents(tx, id(2)));
        let forgotten = Consent { forgotten_at: Some(at), ..consent(first, Side::First) };
        assert_eq!(all, [forgotten, consent(second, Side::Second)]);
        let waits = look!(db, tx => audit::unsealed(tx, 9));
        assert_eq!(waits.last().unwrap().kind, "erased");
        let rows = look!(db, tx => tx.q("SELECT payload FROM audit_payload ORDER BY entry DESC LIMIT 1").all());
        let named: String = rows[0].get("payload").unwrap();
        let gone = entry(1, Kind::ConsentGiven, None).commitment();
        assert_eq!(named, format!("{{\"commitments\":[\"{}\"]}}", hex::text(&gone)));
        for (n, entry) in [(0_u64, first), (1, second), (2, other)] {
            let leaf = Leaf { seq: n, at: T0, kind: "consent_given".into(), commitment: NOTHING, prev: NOTHING };
            unit!(db, tx, leaf => audit::seal(tx, entry, &leaf, &NOTHING)).unwrap();
        }
        let there: Vec<bool> = look!(db, tx => audit::sealed(tx, 0, 9)).iter().map(|one| one.payload.is_some()).collect();
        assert_eq!(there, [false, true, true]);
        assert_eq!(forget().await, 0);
        assert_eq!(look!(db, tx => audit::unsealed(tx, 9)).len(), 1, "nothing went, nothing is said");
    }

    async fn a_consent_that_ended_goes_without_a_trace(db: TestDb) {
        let db = db.db;
        give(&db, Side::First, 1).await;
        unit!(db, tx => evidence::end(tx, id(2), Side::First, Ended::Withdrawn, T0)).unwrap();
        unit!(db, tx => evidence::forget(tx, id(2), Side::First, hash(9), T0)).unwrap();
        assert!(look!(db, tx => evidence::consents(tx, id(2))).is_empty());
    }
}
