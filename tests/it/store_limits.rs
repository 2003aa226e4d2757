//! Contract: what the limits look at.

use twoyes::clock::{Span, Ts};
use twoyes::domain::asking::Side;
use twoyes::domain::introduction::State;
use twoyes::domain::limits::{Lately, Limits, Record};
use twoyes::domain::party::Asked;
use twoyes::domain::same_two::Before;
use twoyes::ids::{ConnectorId, IntroductionId};
use twoyes::store::erasure_ledger::{self, Erased};
use twoyes::store::{Db, StoreError, introductions, limits, reports};

use crate::store_kit::{self, T0, draft, look, person, saved_connector, unit, uuid};
use crate::support::db::both;

const DAY: Span = Span::days(1);

/// An introduction of people `n` and `n + 1` that began to ask at this moment.
async fn asked(db: &Db, owner: ConnectorId, n: u8, at: Ts, state: State) -> IntroductionId {
    let mut new = draft(owner, n);
    unit!(db, tx, new => introductions::insert(tx, &new, &[])).unwrap();
    new.state = state;
    new.parties.first.asked = Some(Asked { at, deadline: at + DAY, remind_at: None });
    new.closed_at = (state == State::Closed).then_some(at + DAY);
    new.introduced_at = (state == State::Introduced).then_some(at + DAY + DAY);
    unit!(db, tx, new => store_kit::save(tx, &new, None, &[], at)).unwrap();
    new.id
}

fn two(one: u8, other: u8) -> [twoyes::domain::party::PersonKey; 2] {
    [person(one), person(other)]
}

both! {
    async fn a_record_counts_what_is_under_way_what_came_about_and_what_began_today(db: TestDb) {
        let db = &db.db;
        let (who, other) = (saved_connector(db, 1).await.id, saved_connector(db, 2).await.id);
        let now = T0 + Span::days(10);
        let mine = asked(db, who, 2, now - Span::hours(1), State::Asking).await;
        asked(db, who, 4, now - Span::hours(30), State::Agreed { introduce_at: now }).await;
        asked(db, who, 6, now - Span::hours(2), State::Introduced).await;
        asked(db, who, 8, now - Span::days(5), State::Closed).await;
        asked(db, other, 10, now - Span::hours(1), State::Asking).await;
        unit!(db, tx => introductions::insert(tx, &draft(who, 12), &[])).unwrap();
        let limits = Limits { begun_per_day: 9, open: 5, open_at_most: 50, open_per_introduced: 2, ..Limits::NONE };
        let record = look!(db, tx => limits::record(tx, who, None, &limits, now));
        let begun = vec![now - Span::hours(1), now - Span::hours(2)];
        let lately = Lately { asked: 4, unreachable: 0, complaints: 0 };
        assert_eq!(record, Record { open: 2, introduced: 1, begun, lately });
        let but = look!(db, tx => limits::record(tx, who, Some(mine), &limits, now));
        assert_eq!(but.open, 1);
        let few = Limits { begun_per_day: 1, open_at_most: 5, ..limits };
        let few = look!(db, tx => limits::record(tx, who, None, &few, now));
        assert_eq!((few.begun.len(), few.introduced), (1, 0), "no more than matters");
    }

    async fn what_came_back_counts_for_the_last_fifty_since_an_admin_looked(db: TestDb) {
        let db = &db.db;
        let who = saved_connector(db, 1).await.id;
        let nobody = look!(db, tx => limits::lately(tx, who));
        assert_eq!(nobody, Lately::default());
        let mut ids = Vec::new();
        for n in 1..=60_u8 {
            ids.push(asked(db, who, n * 2, T0 + Span::hours(n.into()), State::Asking).await);
        }
        for nth in [0, 5, 20, 30] {
            let id = ids[nth];
            let done: Result<(), StoreError> = unit!(db, tx => async {
                tx.q("UPDATE party SET undeliverable_at = 1 WHERE introduction_id = $1 AND side = 'first'")
                    .bind(id.0).run().await.map(|_| ())
            });
            done.unwrap();
        }
        for (nth, hour) in [(1, 2), (40, 41)] {
            let (id, at) = (ids[nth], T0 + Span::hours(hour));
            unit!(db, tx => reports::complained(tx, who, id, Side::First, at)).unwrap();
        }
        assert_eq!(look!(db, tx => limits::lately(tx, who)), Lately { asked: 50, unreachable: 2, complaints: 1 });
        unit!(db, tx => limits::clear(tx, who, T0 + Span::hours(50))).unwrap();
        assert_eq!(look!(db, tx => limits::lately(tx, who)), Lately { asked: 10, unreachable: 0, complaints: 0 });
        unit!(db, tx => limits::clear(tx, ConnectorId(uuid(200)), T0)).unwrap_err();
    }

    async fn those_of_whom_most_came_back_are_suspected_first(db: TestDb) {
        let db = &db.db;
        assert!(look!(db, tx => limits::suspects(tx, 9, 9)).is_empty());
        let (one, two, three) =
            (saved_connector(db, 1).await.id, saved_connector(db, 2).await.id, saved_connector(db, 3).await.id);
        let first = asked(db, one, 2, T0, State::Asking).await;
        let second = asked(db, two, 4, T0, State::Asking).await;
        asked(db, three, 6, T0, State::Asking).await;
        unit!(db, tx => reports::complained(tx, one, first, Side::First, T0)).unwrap();
        unit!(db, tx => reports::complained(tx, two, second, Side::First, T0)).unwrap();
        let dead: Result<(), StoreError> = unit!(db, tx => async {
            tx.q("UPDATE party SET undeliverable_at = 1 WHERE introduction_id = $1")
                .bind(second.0).run().await.map(|_| ())
        });
        dead.unwrap();
        assert_eq!(look!(db, tx => limits::suspects(tx, 9, 9)), [two, one]);
        assert_eq!(look!(db, tx => limits::suspects(tx, 1, 9)), [two]);
        assert_eq!(look!(db, tx => limits::suspects(tx, 9, 1)), [two], "what came back before is not looked at");
    }

    async fn the_same_two_are_found_in_either_order_and_after_an_erasure(db: TestDb) {
        let db = &db.db;
        let (who, other) = (saved_connector(db, 1).await.id, saved_connector(db, 2).await.id);
        let open = asked(db, who, 2, T0, State::Asking).await;
        let nobody = IntroductionId(uuid(250));
        let found = look!(db, tx => limits::same_two(tx, who, nobody, two(2, 3), T0 - DAY));
        let mine = Before { own: true, asked_at: T0, ended_at: None, invited_at: None };
        assert_eq!(found, [mine]);
        assert_eq!(look!(db, tx => limits::same_two(tx, other, nobody, two(3, 2), T0 - DAY)),
            [Before { own: false, ..mine }]);
        assert_eq!(look!(db, tx => limits::same_two(tx, who, open, two(2, 3), T0 - DAY)), [], "not in its own way");
        assert_eq!(look!(db, tx => limits::same_two(tx, who, nobody, two(2, 3), T0)), [], "too long ago");
        assert_eq!(look!(db, tx => limits::same_two(tx, who, nobody, two(2, 4), T0 - DAY)), []);
        let closed = asked(db, who, 4, T0, State::Closed).await;
        let ended = Before { ended_at: Some(T0 + DAY), ..mine };
        assert_eq!(look!(db, tx => limits::same_two(tx, who, closed, two(4, 5), T0 - DAY)), [ended]);
        let named: Result<(), StoreError> = unit!(db, tx => async {
            tx.q("UPDATE party SET shown_choice = 'not_now', shown_until = 77 WHERE introduction_id = $1 AND side = 'first'")
                .bind(closed.0).run().await.map(|_| ())
        });
        named.unwrap();
        for pair in [two(4, 5), two(5, 4)] {
            let found = look!(db, tx => limits::same_two(tx, who, closed, pair, T0 - DAY));
            assert_eq!(found, [Before { invited_at: Some(Ts(77)), ..ended }]);
        }
        asked(db, who, 6, T0, State::Introduced).await;
        let left = Before { ended_at: Some(T0 + DAY + DAY), ..mine };
        assert_eq!(look!(db, tx => limits::same_two(tx, who, nobody, two(6, 7), T0 - DAY)), [left]);
        // Person 2 is erased: the row has a hash that leads nowhere.
        assert!(!look!(db, tx => erasure_ledger::has(tx, person(2))));
        let erased: Result<(), StoreError> = unit!(db, tx => async {
            tx.q("UPDATE party SET erased_at = 1, person = $2 WHERE introduction_id = $1 AND side = 'first'")
                .bind(open.0).bind(vec![9_u8; 32]).run().await?;
            erasure_ledger::note(tx, Erased { person: person(2), at: T0 }).await
        });
        erased.unwrap();
        assert!(look!(db, tx => erasure_ledger::has(tx, person(2))));
        for pair in [two(2, 3), two(3, 2)] {
            assert_eq!(look!(db, tx => limits::same_two(tx, who, nobody, pair, T0 - DAY)), [mine]);
        }
        assert_eq!(look!(db, tx => limits::same_two(tx, who, nobody, two(8, 3), T0 - DAY)), [], "somebody else");
    }

    async fn who_decides_about_a_person_or_for_a_connector_is_alone(db: TestDb) {
        if db.engine == Engine::Sqlite {
            // One writer anyway: it must only not fail.
            let who = saved_connector(&db.db, 1).await.id;
            unit!(db.db, tx => limits::hold(tx, two(1, 2))).unwrap();
            unit!(db.db, tx => limits::hold_connector(tx, who)).unwrap();
            return;
        }
        let who = saved_connector(&db.db, 1).await.id;
        let other = db.again().await;
        for pair in [two(2, 1), two(3, 2)] {
            let (held, waited) = (tokio::sync::oneshot::channel::<()>(), tokio::sync::oneshot::channel::<()>());
            let slot = std::sync::Arc::new(std::sync::Mutex::new(Some((held.0, waited.1))));
            let first = db.db.clone();
            let task = tokio::spawn(async move {
                first.write(move |tx| {
                    let slot = slot.clone();
                    Box::pin(async move {
                        limits::hold(tx, two(1, 2)).await?;
                        limits::hold_connector(tx, who).await?;
                        let (told, go_on) = slot.lock().unwrap().take().unwrap();
                        told.send(()).unwrap();
                        go_on.await.unwrap();
                        Ok::<_, StoreError>(())
                    })
                }).await
            });
            held.1.await.unwrap();
            let people = other.clone();
            let people = tokio::spawn(async move { unit!(people, tx => limits::hold(tx, pair)) });
            let whose = other.clone();
            let whose = tokio::spawn(async move { unit!(whose, tx => limits::hold_connector(tx, who)) });
            tokio::time::sleep(std::time::Duration::from_millis(150)).await;
            assert!(!people.is_finished() && !whose.is_finished());
            waited.0.send(()).unwrap();
            task.await.unwrap().unwrap();
            people.await.unwrap().unwrap();
            whose.await.unwrap().unwrap();
        }
    }
}
