//! Contracts of `store::tally` and `store::outcome_lists`, on both engines.

use twoyes::clock::{Span, Ts};
use twoyes::domain::asking::Purpose;
use twoyes::domain::introduction::State;
use twoyes::domain::outcome::Outcome;
use twoyes::domain::tally::{BATCH, Batch, Batches, Came, Counts, Share};
use twoyes::ids::{ConnectorId, IntroductionId};
use twoyes::store::tally::Cell;
use twoyes::store::{Db, StoreError, introductions, outcome_lists, tally};

use crate::store_kit::{T0, draft, look, saved_connector, unit, uuid};
use crate::support::db::both;

fn of(n: u8) -> IntroductionId {
    IntroductionId(uuid(n))
}

fn everything() -> outcome_lists::Ids {
    (IntroductionId(uuid::Uuid::nil()), IntroductionId(uuid::Uuid::max()))
}

fn share(came: Came) -> Share {
    Share {
        day: 20_000,
        connector: ConnectorId(uuid(1)),
        purpose: Purpose::Peers,
        came,
        days: vec![0, 60],
        words: vec!["ada".into(), "hopper".into()],
    }
}

async fn add(db: &Db, cell: Cell, came: Came, number: i64) {
    let mut counts = Counts::default();
    counts.add(came, number);
    unit!(db, tx, counts => tally::add(tx, &[cell], &counts)).unwrap();
}

/// Drafts 10, 12, .. of connector 1: introduced, closed and asked in turn, all in the list `x`.
async fn listed(db: &Db) -> ConnectorId {
    let ada = saved_connector(db, 1).await.id;
    let states = [State::Introduced, State::Closed, State::Asking, State::Introduced];
    for (n, state) in (10_u8..).step_by(2).zip(states) {
        let mut new = draft(ada, n);
        (new.state, new.round) = (state, 1);
        if state == State::Introduced {
            (new.introduced_at, new.outcome) = (Some(T0 + Span(5)), Some(Outcome::Met));
        }
        unit!(db, tx, new => introductions::insert(tx, &new, &[])).unwrap();
        unit!(db, tx => outcome_lists::put(tx, &["x".into(), "z".into()], of(n))).unwrap();
        unit!(db, tx => outcome_lists::put(tx, &["x".into(), "z".into()], of(n))).unwrap();
    }
    ada
}

both! {
    async fn what_was_added_last_is_read_back_replaced_and_dropped(db: TestDb) {
        assert_eq!(look!(db.db, tx => tally::share(tx, of(10))), None);
        for (came, round) in [(Came::Waiting, 0), (Came::Landed, 3)] {
            let kept = share(came);
            unit!(db.db, tx, kept => tally::keep_share(tx, of(10), &kept, round)).unwrap();
            assert_eq!(look!(db.db, tx => tally::share(tx, of(10))), Some((kept, round)));
        }
        let bare = Share { days: Vec::new(), words: Vec::new(), ..share(Came::Closed) };
        unit!(db.db, tx, bare => tally::keep_share(tx, of(12), &bare, 0)).unwrap();
        assert_eq!(look!(db.db, tx => tally::share(tx, of(12))).unwrap().0, bare);
        unit!(db.db, tx => tally::drop_share(tx, of(10))).unwrap();
        assert_eq!(look!(db.db, tx => tally::share(tx, of(10))), None);
        assert!(look!(db.db, tx => tally::share(tx, of(12))).is_some());
    }

    async fn sums_come_in_pieces_of_one_connector_and_purpose(db: TestDb) {
        let [mine, ..] = Cell::of(&share(Came::Met));
        let all = Cell { connector: None, purpose: None, ..mine };
        assert_eq!(look!(db.db, tx => tally::first_day(tx, mine)), None);
        assert_eq!(look!(db.db, tx => tally::sums(tx, mine, 30_000, 0, 7)), []);
        for (day, came, number) in [(20_000, Came::Met, 2), (20_006, Came::Met, 1), (20_007, Came::Closed, 4), (20_007, Came::Closed, -1)] {
            add(&db.db, Cell { day, ..mine }, came, number).await;
        }
        add(&db.db, Cell { day: 19_000, ..all }, Came::NoReply, 1).await;
        assert_eq!(look!(db.db, tx => tally::first_day(tx, mine)), Some(20_000));
        assert_eq!(look!(db.db, tx => tally::first_day(tx, all)), Some(19_000));
        let found = look!(db.db, tx => tally::sums(tx, mine, 20_008, 20_000, 7));
        let mut met = Counts::one(Came::Met);
        met.add(Came::Met, 2);
        assert_eq!(found[0], (0, met));
        assert_eq!((found.len(), found[1].0, found[1].1.of(Came::Closed)), (2, 1, 3));
        let from = Cell { day: 20_001, ..mine };
        assert_eq!(look!(db.db, tx => tally::sums(tx, from, 20_007, 20_000, 7)), [(0, Counts::one(Came::Met))]);
    }

    async fn a_histogram_adds_up_over_days(db: TestDb) {
        let [mine, .., all] = Cell::of(&share(Came::Met));
        for (day, days, answers) in [(20_000, 3, 2), (20_001, 3, 1), (20_001, 0, 1), (20_002, 9, 1)] {
            unit!(db.db, tx => tally::add_days(tx, &[Cell { day, ..mine }], &[(days, answers)])).unwrap();
        }
        assert_eq!(look!(db.db, tx => tally::histogram(tx, mine, 20_002)), [(0, 1), (3, 3)]);
        unit!(db.db, tx => tally::add_days(tx, &[mine], &[(3, -2)])).unwrap();
        assert_eq!(look!(db.db, tx => tally::histogram(tx, mine, 20_001)), [(3, 0)]);
        assert_eq!(look!(db.db, tx => tally::histogram(tx, all, 30_000)), []);
    }

    async fn only_full_batches_within_the_time_are_read(db: TestDb) {
        assert_eq!(look!(db.db, tx => tally::last_batch(tx, Purpose::Peers)), None);
        for n in 0..BATCH + 3 {
            let last = look!(db.db, tx => tally::last_batch(tx, Purpose::Peers));
            let batch = Batch::with(last, Ts(100 + n), n < 5);
            unit!(db.db, tx => tally::save_batch(tx, Purpose::Peers, &batch)).unwrap();
        }
        let full = Batches { closed: 10, answered: 5 };
        for (from, to, found) in [
            (None, None, full),
            (Some(Ts(100)), Some(Ts(110)), full),
            (Some(Ts(101)), None, Batches::default()),
            (None, Some(Ts(109)), Batches::default()),
        ] {
            assert_eq!(look!(db.db, tx => tally::full_batches(tx, Purpose::Peers, from, to)), found, "{from:?}");
        }
        assert_eq!(look!(db.db, tx => tally::full_batches(tx, Purpose::Recruiter, None, None)), Batches::default());
        let open = look!(db.db, tx => tally::last_batch(tx, Purpose::Peers)).unwrap();
        assert_eq!((open.seq, open.closed), (2, 3));
        let raced = unit!(db.db, tx => async move {
            tally::save_batch(tx, Purpose::Peers, &Batch { closed: 3, ..open }).await
        });
        assert!(matches!(raced, Err(StoreError::Stale(_))), "somebody else has added the third");
    }

    async fn the_backlog_moves_and_ends(db: TestDb) {
        assert_eq!(look!(db.db, tx => tally::backlog(tx)), None, "a new database has none");
        unit!(db.db, tx => tx.q("INSERT INTO outcome_backlog (name, introduction_id) VALUES ('introductions', $1)").bind(uuid(9)).run()).unwrap();
        let ada = saved_connector(&db.db, 1).await.id;
        for n in [10, 12, 14_u8] {
            let new = draft(ada, n);
            unit!(db.db, tx, new => introductions::insert(tx, &new, &[])).unwrap();
        }
        assert_eq!(look!(db.db, tx => tally::behind(tx, of(9), 2)), [of(10), of(12)]);
        unit!(db.db, tx => tally::move_backlog(tx, Some(of(12)))).unwrap();
        assert_eq!(look!(db.db, tx => tally::backlog(tx)), Some(of(12)));
        assert_eq!(look!(db.db, tx => tally::behind(tx, of(12), 2)), [of(14)]);
        unit!(db.db, tx => tally::move_backlog(tx, None)).unwrap();
        assert_eq!(look!(db.db, tx => tally::backlog(tx)), None);
    }

    async fn a_list_gives_its_newest_with_the_names_of_introduced_people_only(db: TestDb) {
        listed(&db.db).await;
        let lines = look!(db.db, tx => outcome_lists::lines(tx, "x", everything(), 3));
        assert_eq!(lines.iter().map(|row| row.id).collect::<Vec<_>>(), [of(16), of(14), of(12)]);
        assert_eq!(lines[0].names, Some(("Grace 16".into(), "Grace 17".into())));
        assert_eq!((lines[0].came(), lines[1].came(), lines[2].came()), (Came::Met, Came::Waiting, Came::Closed));
        assert_eq!((&lines[1].names, &lines[2].names), (&None, &None));
        let part = look!(db.db, tx => outcome_lists::lines(tx, "x", (of(12), of(16)), 9));
        assert_eq!(part.iter().map(|row| row.id).collect::<Vec<_>>(), [of(14), of(12)]);
        assert_eq!(look!(db.db, tx => outcome_lists::line(tx, "x", of(12))).as_ref(), Some(&lines[2]));
        assert_eq!(look!(db.db, tx => outcome_lists::line(tx, "y", of(12))), None);
        assert_eq!(look!(db.db, tx => outcome_lists::count(tx, "x", everything(), 9)), 4);
        assert_eq!(look!(db.db, tx => outcome_lists::count(tx, "x", everything(), 3)), 3);
        let names: [String; 8] = std::array::from_fn(|n| if n == 3 { "x".into() } else { format!("{n}") });
        let found = look!(db.db, tx => outcome_lists::counts(tx, &names, (of(11), of(16))));
        assert_eq!(found, [("x".to_owned(), 2)]);
        unit!(db.db, tx => outcome_lists::take(tx, &["x".into(), "y".into()], of(14))).unwrap();
        assert_eq!(look!(db.db, tx => outcome_lists::count(tx, "x", everything(), 9)), 3);
    }

    async fn words_cross_a_list_from_either_end(db: TestDb) {
        listed(&db.db).await;
        for (word, n) in [("gr", 10), ("gr", 16), ("gr", 16), ("ho", 16), ("gr", 18)] {
            unit!(db.db, tx => outcome_lists::put_words(tx, &[word.to_owned()], of(n))).unwrap();
        }
        let both = ["gr".to_owned(), "ho".to_owned()];
        let one = ["gr".to_owned()];
        assert_eq!(look!(db.db, tx => outcome_lists::count_word(tx, "gr", everything(), 9)), 3);
        assert_eq!(look!(db.db, tx => outcome_lists::count_word(tx, "gr", everything(), 2)), 2);
        let inside = async |words: &[String], most| look!(db.db, tx => outcome_lists::in_list(tx, "x", words, everything(), most));
        assert_eq!(inside(&both, 2).await, [of(16)]);
        assert_eq!(inside(&one, 9).await, [of(16), of(10)]);
        assert_eq!(inside(&one, 3).await, [of(16)], "looks no further than to the third");
        assert_eq!(look!(db.db, tx => outcome_lists::by_word(tx, "x", &both, everything(), 9)), [of(16)]);
        assert_eq!(look!(db.db, tx => outcome_lists::by_word(tx, "x", &one, (of(10), of(18)), 9)), [of(16), of(10)]);
        assert_eq!(look!(db.db, tx => outcome_lists::by_word(tx, "x", &one, (of(10), of(18)), 1)), [of(16)]);
        assert_eq!(look!(db.db, tx => outcome_lists::nth(tx, "x", everything(), 2)), Some(of(14)));
        assert_eq!(look!(db.db, tx => outcome_lists::nth(tx, "x", everything(), 5)), None);
        assert_eq!(look!(db.db, tx => outcome_lists::nth_word(tx, "gr", everything(), 3)), Some(of(10)));
        assert_eq!(look!(db.db, tx => outcome_lists::nth_word(tx, "gr", everything(), 4)), None);
        unit!(db.db, tx => outcome_lists::take_words(tx, &["gr".into(), "none".into()], of(16))).unwrap();
        assert_eq!(look!(db.db, tx => outcome_lists::count_word(tx, "gr", everything(), 9)), 2);
    }
}
