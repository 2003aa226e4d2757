//! From the envelope sender of a captured mail to the connector's page, and what must change nothing.

use axum::body::Body;
use axum::http::Request;
use twoyes::flow::inbound::{Taken, take_with};
use twoyes::mail::report;

use crate::inbound_kit::{SECRET, arf, dsn, dump, flipped, hand_in, leave, to, world};
use crate::support::db::both;
use crate::support::world::{ADA, GRACE, World};

/// One introduction whose first was asked; its id and the return path of the ask.
async fn asked(world: &World) -> (String, String) {
    let id = world.draft(|_| {}).await;
    let (status, body) = world
        .api(axum::http::Method::POST, &format!("/introductions/{id}/ask"), &serde_json::Value::Null)
        .await;
    assert!(status.is_success(), "{body}");
    let mails = leave(world).await;
    (id, to(&mails, ADA).envelope_from.clone())
}

both! {
    async fn a_hard_bounce_is_told_to_the_connector_once_and_to_nobody_else(db: TestDb) {
        let engine = db.engine;
        let world = world(db).await;
        let (id, sender) = asked(&world).await;
        assert!(sender.starts_with("bounces+") && sender.len() <= 64 + "@twoyes.example".len(), "{sender}");
        let bounce = dsn(&sender, "failed", "5.1.1", "550 5.1.1 <ada@example.org>: no such user");
        assert_eq!(hand_in(&world, &bounce).await, Taken::Bounced);
        let shown = world.show(&id).await;
        assert_eq!((&shown["first"]["undeliverable"], &shown["second"]["undeliverable"]), (&true.into(), &false.into()));
        let before = dump(&world, engine).await;
        assert!(before.iter().any(|line| line.contains("bounce 550 5.1.1 <***@example.org>: no such user")), "{before:?}");
        assert_eq!(hand_in(&world, &bounce).await, Taken::Again);
        assert_eq!(dump(&world, engine).await, before, "twice is once");
        assert!(leave(&world).await.iter().all(|mail| mail.recipient != GRACE), "silence to the other");
    }

    async fn what_is_forged_delayed_delivered_or_automatic_changes_nothing(db: TestDb) {
        let engine = db.engine;
        let world = world(db).await;
        let (_, sender) = asked(&world).await;
        let before = dump(&world, engine).await;
        let forged = flipped(&sender);
        let ooo = format!("To: {sender}\r\nAuto-Submitted: auto-replied\r\nSubject: Abwesend\r\n\r\nYes, in two weeks.\r\n");
        let reply = format!("To: {sender}\r\nSubject: Re: Hello\r\n\r\nYes\r\n");
        for mail in [
            dsn(&forged, "failed", "5.1.1", "550 5.1.1 no such user"),
            dsn("bounces@twoyes.example", "failed", "5.1.1", "550 5.1.1 no such user"),
            dsn(&sender, "delayed", "4.4.1", "connection timed out"),
            dsn(&sender, "delivered", "2.1.5", "250 2.1.5 ok"),
            dsn(&sender, "relayed", "2.0.0", "250 ok"),
            arf("abuse", &format!("Return-Path: <{forged}>")),
            arf("not-spam", &format!("Return-Path: <{sender}>")),
            arf("auth-failure", &format!("Return-Path: <{sender}>")),
            ooo,
            reply,
            String::new(),
        ] {
            let taken = hand_in(&world, &mail).await;
            assert!(matches!(taken, Taken::Forged | Taken::Silent(_)), "{taken:?}");
            assert_eq!(dump(&world, engine).await, before, "{taken:?}");
        }
        // The broken variant: a proof that believes everything. The same comparison catches it.
        let cx = &world.app.cx;
        let real = cx.ring().verify_return(&sender);
        let mail = report::read(dsn(&forged, "failed", "5.1.1", "550 5.1.1 no such user").as_bytes());
        let taken = take_with(cx, &mail, &|_| real).await.unwrap();
        assert_eq!(taken, Taken::Bounced);
        assert_ne!(dump(&world, engine).await, before, "without the MAC a forged bounce has an effect, and it shows");
    }

    async fn a_full_mailbox_fails_the_mail_and_not_the_address(db: TestDb) {
        let engine = db.engine;
        let world = world(db).await;
        let (id, sender) = asked(&world).await;
        let bounce = dsn(&sender, "failed", "5.2.2", "552 5.2.2 mailbox full");
        assert_eq!(hand_in(&world, &bounce).await, Taken::Undelivered);
        assert_eq!(world.show(&id).await["first"]["undeliverable"], false);
        assert!(dump(&world, engine).await.iter().any(|line| line.starts_with("delivery: failed")));
    }

    async fn a_proven_complaint_suppresses_once(db: TestDb) {
        let engine = db.engine;
        let world = world(db).await;
        let id = world.draft(|_| {}).await;
        let ask = world.ask(&id).await.remove(0);
        let link = format!("List-Unsubscribe: <{}>", ask.decoded.list_unsubscribe.unwrap());
        let complaint = arf("abuse", &link);
        assert_eq!(hand_in(&world, &complaint).await, Taken::Complained);
        let before = dump(&world, engine).await;
        assert!(before.iter().any(|line| line.starts_with("suppression: party")), "{before:?}");
        assert_eq!(before.iter().filter(|line| line.starts_with("complaint")).count(), 1);
        assert_eq!(hand_in(&world, &complaint).await, Taken::Again);
        assert_eq!(dump(&world, engine).await, before);
    }

    async fn the_way_in_over_http_needs_the_secret(db: TestDb) {
        let world = world(db).await;
        let (id, sender) = asked(&world).await;
        let post = |secret: &str| {
            let body = dsn(&sender, "failed", "5.1.1", "550 5.1.1 no such user");
            Request::post("/inbound").header("authorization", format!("Bearer {secret}")).body(Body::from(body)).unwrap()
        };
        assert_eq!(world.send(post("wrong")).await.status, 401);
        assert_eq!(world.show(&id).await["first"]["undeliverable"], false);
        assert_eq!(world.send(post(SECRET)).await.status, 204);
        assert_eq!(world.show(&id).await["first"]["undeliverable"], true);
    }

    async fn without_a_secret_there_is_no_way_in(db: TestDb) {
        let world = World::new(db).await;
        let request = Request::post("/inbound").header("authorization", "Bearer ").body(Body::empty()).unwrap();
        assert_eq!(world.send(request).await.status, 404);
    }
}
