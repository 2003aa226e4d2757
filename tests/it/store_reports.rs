//! Contracts of what is kept of reports.

use twoyes::clock::{Span, Ts};
use twoyes::domain::asking::Side;
use twoyes::domain::letter::DeliveryState;
use twoyes::domain::party::PersonKey;
use twoyes::ids::{DeliveryId, IntroductionId};
use twoyes::store::attempts::Attempt;
use twoyes::store::{StoreError, limits, reports};

use crate::support::db::both;
use crate::support::post::{T0, cx, delivery, mailbox, post, story, worker};

both! {
    async fn a_report_is_noted_once_and_forgotten_in_time(db: TestDb) {
        let noted = |at: Ts| db.db.write(move |tx| Box::pin(async move { reports::note(tx, [7; 32], at).await }));
        assert!(noted(T0).await.unwrap());
        assert!(!noted(T0 + Span::days(1)).await.unwrap());
        let pruned = |before: Ts| db.db.write(move |tx| Box::pin(async move { reports::prune(tx, before).await }));
        assert_eq!((pruned(T0).await.unwrap(), pruned(T0 + Span(1)).await.unwrap()), (0, 1));
        assert!(noted(T0).await.unwrap());
    }

    async fn a_delivery_that_came_back_failed(db: TestDb) {
        let cx = cx(db.db.clone());
        let (_, transport) = mailbox(&cx);
        let id = post(&cx, "zoe@example.net").await;
        worker(&cx, transport).run_once().await;
        let left = reports::left(&mut cx.db.read().await.unwrap(), id).await.unwrap().unwrap();
        assert_eq!((left.mail.state, left.mail.attempts, left.party), (DeliveryState::Sent, 1, None));
        let nobody = DeliveryId(uuid::Uuid::from_u128(1));
        assert!(reports::left(&mut cx.db.read().await.unwrap(), nobody).await.unwrap().is_none());
        cx.db.write(move |tx| Box::pin(async move {
            let said = Attempt { at: T0, took: Span::ZERO, stage: "bounce", result: "failed", code: Some(550),
                enhanced: Some("5.1.1".into()), words: "gone".into() };
            reports::came_back(tx, id, &said).await
        })).await.unwrap();
        let back = delivery(&cx.db, id).await;
        assert_eq!((back.state, back.last_words.as_str()), (DeliveryState::Failed, "gone"));
    }

    async fn complaints_are_counted_by_party_and_connector(db: TestDb) {
        let cx = cx(db.db.clone());
        let (who, id): (_, IntroductionId) = story(&cx).await;
        let connector = who.id;
        let new = cx.db.write(move |tx| Box::pin(async move {
            let first = reports::complained(tx, connector, id, Side::First, T0).await?;
            let again = reports::complained(tx, connector, id, Side::First, T0).await?;
            let since = reports::complaints(tx, connector, T0).await?;
            Ok::<_, StoreError>((first, again, since, reports::complaints(tx, connector, T0 + Span(1)).await?))
        })).await.unwrap();
        assert_eq!(new, (true, false, 1, 0));
        let left = cx.db.write(move |tx| Box::pin(async move {
            reports::prune(tx, T0 + Span(1)).await?;
            reports::complaints(tx, connector, T0).await
        }));
        assert_eq!(left.await.unwrap(), 0, "a complaint is forgotten like a report");
    }

    async fn complaints_outside_introductions_are_counted_by_person_and_connector(db: TestDb) {
        let cx = cx(db.db.clone());
        let (who, _) = story(&cx).await;
        let connector = who.id;
        let (one, other) = (PersonKey([1; 32]), PersonKey([2; 32]));
        let counts = cx.db.write(move |tx| Box::pin(async move {
            let mut new = Vec::new();
            for person in [one, other, one] {
                new.push(reports::complained_outside(tx, connector, person, T0).await?);
            }
            let of = (reports::complaints(tx, connector, T0).await?, limits::suspects(tx, 10, 10).await?);
            reports::prune(tx, T0 + Span(1)).await?;
            Ok::<_, StoreError>((new, of, reports::complaints(tx, connector, T0).await?))
        }));
        let (new, of, left) = counts.await.unwrap();
        assert_eq!(new, [true, true, false]);
        assert_eq!(of, (2, vec![connector]));
        assert_eq!(left, 0);
    }
}
