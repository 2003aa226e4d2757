//! How much one connector may ask for.

use std::sync::Arc;

use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::connector::Connector;
use twoyes::domain::facets::RawFacets;
use twoyes::domain::introduction::Introduction;
use twoyes::domain::letter::LinkName::Answer;
use twoyes::flow::ask;
use twoyes::flow::ask::AskError;
use twoyes::flow::draft;
use twoyes::flow::inbound::{self, Taken};
use twoyes::ids::DeliveryId;
use twoyes::mail::report;
use twoyes::store::{StoreError, reports};

use crate::abuse_kit::{ask_as, connector, limited, limited_by, pair};
use crate::inbound_kit::arf;
use crate::network_kit::{add, link_in};
use crate::store_kit::look;
use crate::support::app::TestApp;
use crate::support::db::{Engine, both, fresh, has_postgres};
use crate::support::refusal::said;
use crate::your_page_kit::send;

/// Both say yes, and it leaves.
async fn come_about(app: &TestApp, who: &Connector, of: &Introduction) {
    for side in [Side::First, Side::Second] {
        app.deliver().await;
        let link = app.link_of(who, of.id, side, Answer).await;
        send(app, &link, &[("choice", "yes")]).await.is(200);
        app.later(Span::minutes(2));
    }
    app.later(Span::minutes(11));
    app.deliver().await;
}

async fn complain(app: &TestApp, who: &Connector, of: &Introduction) {
    let (who, id, now) = (who.id, of.id, app.cx().now());
    let done = app.cx().db.write(move |tx| {
        Box::pin(async move {
            reports::complained(tx, who, id, Side::First, now).await?;
            Ok::<_, StoreError>(())
        })
    });
    done.await.unwrap();
}

/// The relay refuses the address of the first for good.
async fn bounce(app: &TestApp, of: &Introduction) {
    let (cx, id) = (app.cx().clone(), of.id);
    let done = app.cx().db.write(move |tx| {
        let cx = cx.clone();
        Box::pin(async move { twoyes::flow::close::undeliverable(tx, &cx, id, Side::First).await })
    });
    done.await.unwrap();
}

both! {
    async fn five_at_once_and_two_more_for_each_that_came_about(db: TestDb) {
        let app = limited(&db).await;
        let who = connector(&app, 1).await;
        let mut open = Vec::new();
        for nth in 0..5 {
            open.push(ask_as(&app, &who, &pair(10 + nth, 20 + nth)).await.unwrap());
            app.later(Span::hours(2));
        }
        assert_eq!(said(ask_as(&app, &who, &pair(1, 2)).await), "too_many_open most=5");
        // A no frees nothing before everybody's deadline: what is free would tell.
        app.deliver().await;
        let link = app.link_of(&who, open[0].id, Side::First, Answer).await;
        send(&app, &link, &[("choice", "no"), ("quiet", "yes")]).await.is(200);
        assert_eq!(said(ask_as(&app, &who, &pair(1, 3)).await), "too_many_open most=5");
        come_about(&app, &who, &open[1]).await;
        for nth in 0..3 {
            ask_as(&app, &who, &pair(30 + nth, 40 + nth)).await.unwrap();
        }
        assert_eq!(said(ask_as(&app, &who, &pair(1, 4)).await), "too_many_open most=7");
        app.later(Span::days(15));
        app.deliver().await;
        ask_as(&app, &who, &pair(1, 5)).await.unwrap();
        let other = connector(&app, 2).await;
        ask_as(&app, &other, &pair(6, 7)).await.unwrap();
    }

    async fn twenty_begin_within_a_day(db: TestDb) {
        let app = limited_by(&db, |policy| policy.limits.open = 100).await;
        let who = connector(&app, 1).await;
        for nth in 0..20 {
            ask_as(&app, &who, &pair(100 + nth, 200 + nth)).await.unwrap();
            app.later(Span::minutes(1));
        }
        let refused = said(ask_as(&app, &who, &pair(1, 2)).await);
        assert_eq!(refused, "too_many_today most=20 time=2026-03-03 09:00 UTC");
        app.later(Span::days(1) - Span::minutes(20));
        ask_as(&app, &who, &pair(1, 2)).await.unwrap();
        assert!(said(ask_as(&app, &who, &pair(1, 3)).await).starts_with("too_many_today"));
    }

    async fn two_complaints_pause_until_an_admin_looked(db: TestDb) {
        let app = limited(&db).await;
        let who = connector(&app, 1).await;
        let mut asked = Vec::new();
        for nth in 0..3 {
            asked.push(ask_as(&app, &who, &pair(10 + nth, 20 + nth)).await.unwrap());
            app.later(Span::minutes(1));
        }
        complain(&app, &who, &asked[0]).await;
        asked.push(ask_as(&app, &who, &pair(13, 23)).await.unwrap());
        complain(&app, &who, &asked[1]).await;
        assert_eq!(said(ask_as(&app, &who, &pair(1, 2)).await), "asking_paused");
        assert!(ask_as(&app, &app.connector, &pair(30, 31)).await.is_ok(), "nobody else is paused");
        let page = format!("/admin/connectors/{}", who.id);
        app.see(&page).await.is(200).says("Asking is paused").hides("complain");
        app.see("/admin/health").await.is(200).says("Asking is paused for one connector.").says("Connector 1");
        app.later(Span::minutes(1));
        app.act(&format!("{page}/clear"), &[]).await.is(303);
        app.see(&page).await.is(200).hides("Asking is paused");
        app.see("/admin/health").await.is(200).hides("Asking is paused");
        app.see("/admin/acts").await.is(200).says("let a paused connector ask again");
        ask_as(&app, &who, &pair(1, 2)).await.unwrap();
        // A second press is no second deed.
        app.act(&format!("{page}/clear"), &[]).await.is(303);
        let acts = app.see("/admin/acts").await.plain();
        assert_eq!(acts.matches("let a paused connector ask again").count(), 1);
    }

    async fn complaints_about_mails_outside_introductions_pause_as_well(db: TestDb) {
        let app = limited(&db).await;
        let mut links = Vec::new();
        for name in ["Grace Hopper", "Alan Turing", "Mary Shelley"] {
            let of = add(&app, name, RawFacets::default()).await;
            app.act(&format!("/contacts/{}/card", of.id), &[]).await.is(303);
            links.push(link_in(&app.deliver().await[0], "/stop/"));
        }
        // Twice by one person, in other words each time, is once.
        for (nth, link) in [&links[0], &links[0]].into_iter().enumerate() {
            let mail = arf("abuse", &format!("List-Unsubscribe: <https://twoyes.example{link}>\r\nX-Nth: {nth}"));
            assert_eq!(inbound::take(app.cx(), &report::read(mail.as_bytes())).await.unwrap(), Taken::Complained);
        }
        let fourth = add(&app, "Emmy Noether", RawFacets::default()).await;
        app.act(&format!("/contacts/{}/card", fourth.id), &[]).await.is(303);
        // The second one's provider sends the return path back, and not the link.
        let sql = "SELECT id FROM delivery WHERE recipient = 'alan.turing@people.example'";
        let row = look!(db.db, tx => tx.q(sql).one()).unwrap();
        let second = DeliveryId(row.get("id").unwrap());
        let mail = report::read(arf("abuse", "Return-Path: <bounces@twoyes.example>").as_bytes());
        let taken = inbound::take_with(app.cx(), &mail, &|_| Some(second)).await.unwrap();
        assert_eq!(taken, Taken::Complained);
        let fifth = add(&app, "Sofya Kovalevskaya", RawFacets::default()).await;
        app.act(&format!("/contacts/{}/card", fifth.id), &[]).await.is(409).says("Asking is paused");
        assert_eq!(said(ask_as(&app, &app.connector, &pair(1, 2)).await), "asking_paused");
        app.see("/admin/health").await.is(200).says("Asking is paused for one connector.");
        app.later(Span::minutes(1));
        app.act(&format!("/admin/connectors/{}/clear", app.connector.id), &[]).await.is(303);
        app.act(&format!("/contacts/{}/card", fifth.id), &[]).await.is(303);
    }

    async fn too_many_dead_addresses_pause(db: TestDb) {
        let app = limited_by(&db, |policy| policy.limits.open = 100).await;
        let who = connector(&app, 1).await;
        for nth in 0..3 {
            assert_eq!(said(ask_as(&app, &who, &pair(nth, 50 + nth)).await), "asked", "{nth}");
            let last = ask_as(&app, &who, &pair(60 + nth, 50 + nth)).await;
            if let Ok(last) = last {
                bounce(&app, &last).await;
                app.later(Span::minutes(1));
            }
        }
        assert_eq!(said(ask_as(&app, &who, &pair(90, 91)).await), "asking_paused");
    }

    async fn many_at_once_get_no_more_than_one_after_the_other(db: TestDb) {
        let app = Arc::new(limited(&db).await);
        let who = connector(&app, 1).await;
        let mut ids = Vec::new();
        for nth in 0..12 {
            ids.push(draft::create(app.cx(), &who, &pair(10 + nth, 40 + nth)).await.unwrap().id);
        }
        let tasks: Vec<_> = ids.into_iter().map(|id| {
            let (app, who) = (app.clone(), who.clone());
            tokio::spawn(async move { ask::ask(app.cx(), &who, id).await.is_ok() })
        }).collect();
        let mut asked = 0;
        for task in tasks {
            asked += usize::from(task.await.unwrap());
        }
        assert_eq!(asked, 5);
    }
}

#[tokio::test]
async fn a_draft_says_before_it_is_tried_why_it_cannot_be_asked_with() {
    let db = fresh(Engine::Sqlite).await;
    let mut app = limited_by(&db, |policy| policy.limits.open = 1).await;
    let ada = app.connector.clone();
    let asked = ask_as(&app, &ada, &pair(1, 2)).await.unwrap();
    let fresh = draft::create(app.cx(), &ada, &pair(3, 4)).await.unwrap();
    let same = draft::create(app.cx(), &ada, &pair(2, 1)).await.unwrap();
    let preview = |id| format!("/introductions/{id}/preview");
    app.see(&preview(fresh.id))
        .await
        .is(200)
        .says("Not now")
        .says("One introduction may be under way at once");
    app.see(&preview(same.id)).await.is(200).says("asks these two already");
    app.see(&preview(asked.id)).await.is(200).hides("Not now");
    app.act(&format!("/introductions/{}/ask", fresh.id), &[])
        .await
        .is(409)
        .says("One introduction may be under way at once")
        .says("This draft is kept");
    app.later(Span::days(15));
    app.sign_in().await;
    app.deliver().await;
    app.see(&format!("/introductions/{}", asked.id))
        .await
        .is(200)
        .says("from Thursday 16 April 2026")
        .hides("ask-again");
    app.see(&preview(fresh.id)).await.is(200).hides("Not now");
    app.see(&preview(same.id)).await.is(200).says("They rest until");
}

#[tokio::test]
async fn whoever_asks_for_the_same_person_at_once_meets_the_same_limit() {
    let engines = if has_postgres() { vec![Engine::Sqlite, Engine::Postgres] } else { vec![Engine::Sqlite] };
    for engine in engines {
        let db = fresh(engine).await;
        let app = Arc::new(limited(&db).await);
        let mut tasks = Vec::new();
        for nth in 0..12 {
            let who = connector(&app, nth).await;
            let id = draft::create(app.cx(), &who, &pair(0, 40 + nth)).await.unwrap().id;
            tasks.push((who, id));
        }
        let tasks: Vec<_> = tasks
            .into_iter()
            .map(|(who, id)| {
                let app = app.clone();
                tokio::spawn(async move {
                    match ask::ask(app.cx(), &who, id).await {
                        Ok(_) => true,
                        Err(AskError::NotBefore { .. }) => false,
                        Err(other) => panic!("{other}"),
                    }
                })
            })
            .collect();
        let mut asked = 0;
        for task in tasks {
            asked += usize::from(task.await.unwrap());
        }
        assert_eq!(asked, 4, "{engine:?}");
    }
}
