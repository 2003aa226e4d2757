//! What the courier does with mails that leave, that cannot be written, and that are too late.

use std::sync::Arc;

use twoyes::clock::Span;
use twoyes::domain::letter::DeliveryState::{Cancelled, Deferred, Failed, Sent};
use twoyes::domain::link::{KeyState, LinkRing, Purpose};
use twoyes::domain::message::MessageKind;
use twoyes::mail::decode;
use twoyes::store::StoreError;

use crate::support::db::both;
use crate::support::post::{FROM, ORIGIN, Post, T0, attempts, cx, delivery, mailbox, post, post_all, ring};
use crate::support::post::{state, worker};

both! {
    async fn a_mail_leaves_once_with_its_links_and_headers(db: TestDb) {
        let cx = cx(db.db.clone());
        let (inbox, transport) = mailbox(&cx);
        let worker = worker(&cx, transport);
        let id = post(&cx, "zoe@example.net").await;
        cx.clock.advance(Span::minutes(3));

        assert_eq!(worker.run_once().await.deliveries.sent, 1);
        assert_eq!(worker.run_once().await.deliveries.sent, 0, "once");

        let mails = inbox.list();
        assert_eq!(mails.len(), 1);
        assert_eq!((mails[0].envelope_from.as_str(), mails[0].recipient.as_str()), (FROM, "zoe@example.net"));
        let mail = decode(&mails[0].raw);
        assert!(mail.date.contains("Tue, 14 Nov 2023 22:13:20"), "the date of the message: {}", mail.date);
        assert_eq!(mail.reply_to[0].address, "ada@example.org");
        assert_eq!(mail.from[0].name.as_deref(), Some("Ada Lovelace via twoyes"));
        let answer = mail.text.lines().find(|line| line.ends_with("#yes")).unwrap();
        let token = answer.strip_prefix(&format!("{ORIGIN}/c/")).unwrap().strip_suffix("#yes").unwrap();
        assert!(cx.ring().verify(Purpose::Consent, token, cx.now()).is_ok());
        assert!(mail.html.unwrap().contains(token));
        let stop = mail.list_unsubscribe.unwrap();
        let token = stop.strip_prefix(&format!("{ORIGIN}/stop/")).unwrap();
        assert!(cx.ring().verify(Purpose::Stop, token, cx.now()).is_ok());

        let delivery = delivery(&db.db, id).await;
        assert_eq!((delivery.state, delivery.attempts), (Sent, 1));
        assert_eq!(delivery.finished_at, Some(T0 + Span::minutes(3)));
        let attempts = attempts(&db.db, id).await;
        assert_eq!(attempts.len(), 1);
        assert_eq!((attempts[0].result.as_str(), attempts[0].code), ("sent", Some(250)));
    }

    async fn a_mail_whose_key_was_revoked_fails_and_the_others_leave(db: TestDb) {
        let cx = cx(db.db.clone());
        let (inbox, transport) = mailbox(&cx);
        let worker = worker(&cx, transport);
        let old = post(&cx, "old@example.net").await;
        *cx.ring.write().unwrap() = Arc::new(ring(KeyState::Revoked));
        assert_eq!(worker.run_once().await.deliveries.failed, 1);
        let old = delivery(&db.db, old).await;
        assert_eq!((old.state, old.last_words.as_str()), (Failed, "its key was revoked"));

        *cx.ring.write().unwrap() = Arc::new(ring(KeyState::Active));
        post(&cx, "new@example.net").await;
        assert_eq!(worker.run_once().await.deliveries.sent, 1);
        assert_eq!(inbox.list().len(), 1);
    }

    async fn a_mail_whose_key_another_process_made_waits_for_it(db: TestDb) {
        let cx = cx(db.db.clone());
        let (_, transport) = mailbox(&cx);
        let worker = worker(&cx, transport);
        let id = post(&cx, "zoe@example.net").await;
        *cx.ring.write().unwrap() = Arc::new(LinkRing::new(ORIGIN, &[]));
        assert_eq!(worker.run_once().await.deliveries.deferred, 1);
        assert_eq!(state(&db.db, id).await, Deferred);
        *cx.ring.write().unwrap() = Arc::new(ring(KeyState::Verify));
        cx.clock.advance(Span::minutes(3));
        assert_eq!(worker.run_once().await.deliveries.sent, 1);
    }

    async fn a_row_that_cannot_be_read_holds_up_no_other(db: TestDb) {
        let cx = cx(db.db.clone());
        let (_, transport) = mailbox(&cx);
        let worker = worker(&cx, transport);
        let bad = post(&cx, "bad@example.net").await;
        let good = post(&cx, "good@example.net").await;
        db.db
            .write(move |tx| Box::pin(async move {
                tx.q("UPDATE delivery SET links = 'torn' WHERE id = $1").bind(bad.0).exactly_one().await?;
                Ok::<_, StoreError>(())
            }))
            .await
            .unwrap();
        assert_eq!(worker.run_once().await.deliveries.sent, 1);
        assert_eq!((state(&db.db, bad).await, state(&db.db, good).await), (Failed, Sent));
    }

    async fn a_mail_is_not_sent_after_its_deadline(db: TestDb) {
        let cx = cx(db.db.clone());
        let (inbox, transport) = mailbox(&cx);
        let worker = worker(&cx, transport);
        let due = Post { expires_at: Some(T0 + Span::hours(1)), ..Post::to("zoe@example.net") };
        let id = post_all(&cx, vec![due]).await[0];
        inbox.refuse("zoe@example.net", 451, "4.2.0 later, for 2 hours");
        assert_eq!(worker.run_once().await.deliveries.deferred, 1);
        assert_eq!(delivery(&db.db, id).await.due_at, T0 + Span::hours(1), "not after the deadline");
        inbox.welcome("zoe@example.net");
        cx.clock.advance(Span::hours(1));
        assert_eq!(worker.run_once().await.deliveries.cancelled, 1);
        let delivery = delivery(&db.db, id).await;
        assert_eq!((delivery.state, delivery.last_words.as_str()), (Cancelled, "the deadline passed"));
        assert!(inbox.list().is_empty());
    }

    async fn a_mail_that_is_always_put_off_is_given_up_after_four_days(db: TestDb) {
        let cx = cx(db.db.clone());
        let (inbox, transport) = mailbox(&cx);
        let worker = worker(&cx, transport);
        let id = post(&cx, "zoe@example.net").await;
        inbox.refuse("zoe@example.net", 451, "4.2.0 later");
        let mut waits = Vec::new();
        while state(&db.db, id).await != Failed {
            worker.run_once().await;
            let due = delivery(&db.db, id).await.due_at;
            waits.push((due - cx.now()).as_seconds() / 60);
            cx.clock.advance(due - cx.now());
            assert!(waits.len() < 60, "it ends");
        }
        assert!(cx.now() >= T0 + Span::days(4), "{:?}", cx.now());
        assert!(cx.now() < T0 + Span::days(4) + Span::minutes(1), "{:?}", cx.now());
        let grows = [2..=3, 5..=6, 15..=18, 30..=37, 60..=75, 120..=150, 240..=300, 240..=300];
        for (wait, expected) in waits.iter().zip(grows) {
            assert!(expected.contains(wait), "{waits:?}");
        }
        assert_eq!(delivery(&db.db, id).await.last_words, "given up after 4 days");
        assert!(inbox.list().is_empty());
    }

    async fn a_sign_in_mail_of_unknown_fate_is_never_repeated(db: TestDb) {
        let cx = cx(db.db.clone());
        let (inbox, transport) = mailbox(&cx);
        let worker = worker(&cx, transport);
        inbox.lose_reply("zoe@example.net");
        post_all(&cx, vec![Post { kind: MessageKind::SignIn, ..Post::to("zoe@example.net") }]).await;
        assert_eq!(worker.run_once().await.deliveries.unknown, 1);
        cx.clock.advance(Span::days(2));
        assert_eq!(worker.run_once().await.deliveries, twoyes::worker::Tally::default());
        assert_eq!(inbox.list().len(), 1);
    }
}
