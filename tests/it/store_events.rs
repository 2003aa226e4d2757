//! Contract: the events of introductions.

use twoyes::clock::Span;
use twoyes::domain::answer::Answer;
use twoyes::domain::asking::Side;
use twoyes::domain::event::{Event, What};
use twoyes::domain::outcome::Outcome;
use twoyes::store::{StoreError, events};

use crate::store_introductions::{insert, save, view};
use crate::store_kit::{T0, draft, event, look, saved_connector};
use crate::support::db::both;

both! {
    async fn every_event_is_read_back_in_order(db: TestDb) {
        let new = draft(saved_connector(&db.db, 1).await.id, 10);
        insert(&db.db, &new).await;
        let mut happened: Vec<Event> = [
            What::Edited,
            What::Asked { round: 2 },
            What::Unasked,
            What::Answered(Answer::Yes),
            What::Answered(Answer::NotNow { until: T0 }),
            What::Answered(Answer::No),
            What::Answered(Answer::Never),
            What::Contested,
            What::Agreed { introduce_at: T0 + Span(5) },
            What::Reopened,
            What::Reminded,
            What::Introduced,
            What::Withdrawn,
            What::Closed,
            What::CheckedIn { days: 28 },
            What::Undeliverable,
            What::BlurbEdited,
        ]
        .into_iter()
        .map(|what| event(what, Some(Side::Second), what.number().is_some()))
        .collect();
        happened.extend(Outcome::ALL.iter().map(|one| event(What::OutcomeRecorded(*one), None, false)));
        let read = view(&db.db, new.id).await;
        save(&db.db, &read, None, happened.clone()).await.unwrap();
        let all = look!(db.db, tx => events::all(tx, new.id));
        assert_eq!(all[0], (1, event(What::Drafted, None, false)));
        let numbers: Vec<i64> = all.iter().map(|(seq, _)| *seq).collect();
        let count = i64::try_from(happened.len()).unwrap() + 1;
        assert_eq!(numbers, (1..=count).collect::<Vec<_>>());
        assert!(all.iter().skip(1).map(|(_, event)| event).eq(happened.iter()));
        assert_eq!(view(&db.db, new.id).await.events, count);
    }

    async fn quiet_events_are_not_shown(db: TestDb) {
        let new = draft(saved_connector(&db.db, 1).await.id, 10);
        insert(&db.db, &new).await;
        let quiet = event(What::Answered(Answer::No), Some(Side::First), true);
        let loud = event(What::Reminded, Some(Side::Second), false);
        let read = view(&db.db, new.id).await;
        save(&db.db, &read, None, vec![quiet.clone(), loud.clone(), quiet, loud.clone()]).await.unwrap();
        let shown = look!(db.db, tx => events::shown(tx, new.id, 0, 9));
        let drafted = event(What::Drafted, None, false);
        assert_eq!(shown, [(1, drafted), (3, loud.clone()), (5, loud.clone())]);
        assert_eq!(look!(db.db, tx => events::shown(tx, new.id, 3, 9)), [(5, loud)]);
        assert_eq!(look!(db.db, tx => events::shown(tx, new.id, 0, 2)).len(), 2);
        assert_eq!(look!(db.db, tx => events::all(tx, new.id)).len(), 5);
    }

    async fn an_event_number_is_given_once(db: TestDb) {
        let new = draft(saved_connector(&db.db, 1).await.id, 10);
        insert(&db.db, &new).await;
        let mut again = view(&db.db, new.id).await;
        again.events = 0;
        let twice = save(&db.db, &again, None, vec![event(What::Drafted, None, false)]).await;
        assert!(matches!(twice, Err(StoreError::Rule(_))), "{twice:?}");
        assert_eq!(view(&db.db, new.id).await.version, 1, "nothing of it was saved");
    }
}
