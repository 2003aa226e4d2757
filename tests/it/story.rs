//! The story, through HTTP and captured mails, on both databases: every order, answer and ending.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use twoyes::clock::Span;

use crate::support::db::both;
use crate::support::world::{ADA, BASE, GRACE, LENA, Mail, World, only, subjects};

const WINDOW: Span = Span::days(14);
const HOLD: Span = Span::minutes(10);

/// Asks both up to the hold; returns id and the two answer links.
async fn agreed(world: &World) -> (String, String, String) {
    let id = world.draft(|_| {}).await;
    let asked = world.ask(&id).await;
    let ada = only(&asked, ADA).answer_link();
    let after = world.first_yes(&ada).await;
    let grace = only(&after, GRACE).answer_link();
    world.yes(&grace).await;
    assert_eq!(world.state(&id).await, "agreed");
    (id, ada, grace)
}

fn to(mails: &[Mail], who: &str) -> Vec<String> {
    mails.iter().filter(|mail| mail.to == who).map(|mail| mail.decoded.subject.clone()).collect()
}

both! {
    async fn two_yeses_one_introduction_and_an_outcome(db: TestDb) {
        let world = World::new(db).await;
        let (id, ..) = agreed(&world).await;
        assert!(world.pass(HOLD - Span::seconds(1)).await.is_empty());
        let left = world.pass(Span::seconds(1)).await;
        assert_eq!(left.len(), 3, "{:?}", subjects(&left));
        assert_eq!(only(&left, ADA).decoded.subject, "Ada <> Grace");
        assert_eq!(only(&left, GRACE).decoded.subject, "Ada <> Grace");
        assert_eq!(only(&left, LENA).decoded.reply_to.len(), 2);
        assert_eq!(world.state(&id).await, "introduced");

        let week = world.pass(Span::days(7)).await;
        assert_eq!(week.len(), 2, "{:?}", subjects(&week));
        world.answer(&only(&week, ADA).link("/met/"), &[("outcome", "met")]).await;
        assert_eq!(world.show(&id).await["outcome"], "met");
        let month = world.pass(Span::days(21)).await;
        assert_eq!(month.len(), 2, "{:?}", subjects(&month));
        world.answer(&only(&month, GRACE).link("/met/"), &[("outcome", "landed")]).await;
        assert_eq!(world.show(&id).await["outcome"], "landed");
        assert!(world.pass(Span::days(400)).await.is_empty());
    }

    async fn a_no_of_the_first_ends_in_silence(db: TestDb) {
        let world = World::new(db).await;
        let id = world.draft(|_| {}).await;
        let ada = only(&world.ask(&id).await, ADA).answer_link();
        let after = world.answer(&ada, &[("choice", "no")]).await;
        assert_eq!(subjects(&after).len(), 1, "a receipt and nothing else: {:?}", subjects(&after));
        assert_eq!(world.show(&id).await["first"]["answer"]["choice"], "no");
        assert!(world.pass(WINDOW + HOLD).await.is_empty(), "nobody said yes, so nobody hears of the end");
        assert_eq!(world.state(&id).await, "closed");
        assert_eq!(world.get(&ada).await.status, StatusCode::GONE);
    }

    async fn a_no_of_the_second_tells_the_first_only_at_the_deadline(db: TestDb) {
        let world = World::new(db).await;
        let id = world.draft(|_| {}).await;
        let ada = only(&world.ask(&id).await, ADA).answer_link();
        let grace = only(&world.first_yes(&ada).await, GRACE).answer_link();
        world.answer(&grace, &[("choice", "no"), ("note", "too busy this year")]).await;
        assert_eq!(world.show(&id).await["second"]["answer"]["note"], "too busy this year");
        // Ten of the seconds have passed while the second ask waited.
        assert!(world.pass(WINDOW + HOLD - Span::seconds(11)).await.is_empty());
        let end = world.pass(Span::seconds(1)).await;
        assert_eq!(end.len(), 1, "{:?}", subjects(&end));
        let note = only(&end, ADA);
        assert!(!note.decoded.text.contains("busy"), "{}", note.decoded.text);
        assert_eq!(world.state(&id).await, "closed");
    }

    async fn not_now_goes_back_to_the_connector_with_its_date(db: TestDb) {
        let world = World::new(db).await;
        let id = world.draft(|_| {}).await;
        let ada = only(&world.ask(&id).await, ADA).answer_link();
        let bad = world.answer_page(&ada, &[("choice", "not_now"), ("until", "2026-02-01")]).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        world.answer(&ada, &[("choice", "not_now"), ("until", "2026-03-10")]).await;
        let shown = world.show(&id).await;
        assert_eq!(shown["first"]["answer"]["choice"], "not_now");
        assert!(shown["first"]["answer"]["until"].as_str().unwrap().starts_with("2026-03-10"), "{shown}");
        let again = format!("/introductions/{id}/ask-again");
        assert_eq!(world.api(Method::POST, &again, &Value::Null).await.0, StatusCode::CONFLICT, "not before the date");
        assert!(world.pass(Span::days(8)).await.is_empty(), "the service never asks again by itself");
        assert!(world.api(Method::POST, &again, &Value::Null).await.0.is_success());
        let asked = world.settle().await;
        let new = only(&asked, ADA).answer_link();
        assert_ne!(new, ada);
        assert_eq!(world.get(&ada).await.status, StatusCode::GONE, "the old mail's link is closed");
        assert_eq!(world.get(&new).await.status, StatusCode::OK);
    }

    async fn a_quiet_no_looks_like_no_answer_to_the_connector(db: TestDb) {
        let world = World::new(db).await;
        let silent = world.draft(|_| {}).await;
        world.ask(&silent).await;
        let quiet = world.draft(|draft| draft["first"]["email"] = json!("ada2@example.org")).await;
        let link = only(&world.ask(&quiet).await, "ada2@example.org").answer_link();
        world.answer(&link, &[("choice", "no"), ("quiet", "yes")]).await;
        let plain = |mut shown: Value| {
            shown["id"] = Value::Null;
            shown["first"]["email"] = Value::Null;
            shown
        };
        assert_eq!(plain(world.show(&silent).await), plain(world.show(&quiet).await));
        let events = async |id: &str| world.api(Method::GET, &format!("/introductions/{id}/events"), &Value::Null).await.1;
        assert_eq!(events(&silent).await, events(&quiet).await);
    }

    async fn never_means_never_across_introductions(db: TestDb) {
        let world = World::new(db).await;
        let id = world.draft(|_| {}).await;
        let ada = only(&world.ask(&id).await, ADA).answer_link();
        let receipt = world.answer(&ada, &[("choice", "never")]).await;
        assert_eq!(to(&receipt, ADA).len(), 1);
        let other = world.draft(|draft| {
            draft["first"]["email"] = json!("Ada+new@example.org");
            draft["second"]["email"] = json!("somebody@example.net");
        }).await;
        let (status, body) = world.api(Method::POST, &format!("/introductions/{other}/ask"), &Value::Null).await;
        assert_eq!(status, StatusCode::CONFLICT, "{body}");
        assert_eq!(body["code"], "cannot_be_asked");
        assert!(body["detail"].as_str().unwrap().contains("before"), "{body}");
        assert!(world.settle().await.is_empty());
    }

    async fn one_click_stops_everything_at_once(db: TestDb) {
        let world = World::new(db).await;
        let id = world.draft(|_| {}).await;
        let asked = world.ask(&id).await;
        let ask = only(&asked, ADA);
        let stop = ask.decoded.list_unsubscribe.clone().unwrap().replace(BASE, "");
        let get = world.get(&stop).await;
        assert_eq!(get.status, StatusCode::OK, "GET shows a page");
        let refused = world.post(&stop, &[]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "a POST without the body changes nothing");
        for _ in 0..2 {
            let done = world.post(&stop, &[("List-Unsubscribe", "One-Click")]).await;
            assert_eq!(done.status, StatusCode::OK);
        }
        let other = world.draft(|_| {}).await;
        let (status, _) = world.api(Method::POST, &format!("/introductions/{other}/ask"), &Value::Null).await;
        assert_eq!(status, StatusCode::CONFLICT);
    }

    async fn a_yes_can_be_taken_back_in_the_hold(db: TestDb) {
        let world = World::new(db).await;
        let (id, ada, _) = agreed(&world).await;
        world.clock.advance(Span::minutes(5));
        world.answer(&ada, &[("choice", "no")]).await;
        assert_eq!(world.state(&id).await, "asking");
        assert!(world.pass(HOLD).await.is_empty(), "nothing leaves without two standing yeses");
        world.yes(&ada).await;
        assert_eq!(world.state(&id).await, "agreed");
        let left = world.pass(HOLD).await;
        assert_eq!(left.len(), 3, "{:?}", subjects(&left));
        assert_eq!(world.get(&ada).await.status, StatusCode::GONE, "after that it is too late");
    }

    async fn silence_gets_one_reminder_and_then_closes(db: TestDb) {
        let world = World::new(db).await;
        let id = world.draft(|_| {}).await;
        let asked = world.ask(&id).await;
        assert!(world.pass(Span::days(7) - Span::seconds(1)).await.is_empty());
        let reminded = world.pass(Span::seconds(1)).await;
        assert_eq!(reminded.len(), 1, "five working days are a week: {:?}", subjects(&reminded));
        assert_eq!(only(&reminded, ADA).answer_link(), only(&asked, ADA).answer_link());
        assert!(world.pass(Span::days(7) + HOLD).await.is_empty());
        assert_eq!(world.state(&id).await, "closed");
    }

    async fn together_asks_both_at_once_and_closes_alike(db: TestDb) {
        let world = World::new(db).await;
        let id = world.draft(|draft| draft["order"] = json!("together")).await;
        let asked = world.ask(&id).await;
        assert_eq!(asked.len(), 2, "{:?}", subjects(&asked));
        let (ada, grace) = (only(&asked, ADA).answer_link(), only(&asked, GRACE).answer_link());
        world.answer(&grace, &[("choice", "no")]).await;
        world.yes(&ada).await;
        let end = world.pass(WINDOW + HOLD).await;
        assert_eq!(to(&end, ADA).len(), 1);
        assert!(to(&end, GRACE).is_empty());
        assert_eq!(world.state(&id).await, "closed");

        let id = world.draft(|draft| draft["order"] = json!("together")).await;
        let asked = world.ask(&id).await;
        world.yes(&only(&asked, GRACE).answer_link()).await;
        world.yes(&only(&asked, ADA).answer_link()).await;
        assert_eq!(world.pass(HOLD).await.len(), 3);
        assert_eq!(world.state(&id).await, "introduced");
    }

    async fn a_withdrawal_shows_to_nobody_before_the_deadline(db: TestDb) {
        let world = World::new(db).await;
        let id = world.draft(|_| {}).await;
        let ada = only(&world.ask(&id).await, ADA).answer_link();
        let grace = only(&world.first_yes(&ada).await, GRACE).answer_link();
        let (status, _) = world.api(Method::POST, &format!("/introductions/{id}/withdraw"), &Value::Null).await;
        assert!(status.is_success());
        assert!(world.settle().await.is_empty());
        assert_eq!(world.get(&ada).await.status, StatusCode::OK);
        assert_eq!(world.get(&grace).await.status, StatusCode::OK);
        world.yes(&grace).await;
        assert!(world.pass(HOLD).await.is_empty(), "withdrawn: it does not leave");
        let end = world.pass(WINDOW).await;
        assert_eq!(end.len(), 2, "both stand by a yes: {:?}", subjects(&end));
        assert_eq!(world.state(&id).await, "closed");
    }

    async fn a_withdrawal_before_anybody_was_reached_closes_at_once(db: TestDb) {
        let world = World::new(db).await;
        let id = world.draft(|_| {}).await;
        let (status, _) = world.api(Method::POST, &format!("/introductions/{id}/ask"), &Value::Null).await;
        assert!(status.is_success());
        let (status, body) = world.api(Method::POST, &format!("/introductions/{id}/withdraw"), &Value::Null).await;
        assert!(status.is_success());
        assert_eq!(body["state"], "closed");
        assert!(world.settle().await.is_empty(), "the ask was taken back unsent");
    }

    async fn a_refused_address_is_shown_to_the_connector_alone(db: TestDb) {
        let world = World::new(db).await;
        world.app.mailbox.as_ref().unwrap().refuse(GRACE, 550, "5.1.1 no such user");
        let id = world.draft(|_| {}).await;
        let ada = only(&world.ask(&id).await, ADA).answer_link();
        world.first_yes(&ada).await;
        let shown = world.show(&id).await;
        assert_eq!(shown["second"]["undeliverable"], true, "{shown}");
        assert_eq!(world.get(&ada).await.status, StatusCode::OK);
        let end = world.pass(WINDOW + HOLD).await;
        assert_eq!(to(&end, ADA).len(), 1, "silence, to the first: {:?}", subjects(&end));
    }

    async fn contradictory_clicks_leave_no_answer(db: TestDb) {
        let world = World::new(db).await;
        let id = world.draft(|_| {}).await;
        let ada = only(&world.ask(&id).await, ADA).answer_link();
        for choice in ["yes", "no", "never", "yes"] {
            world.answer(&ada, &[("choice", choice)]).await;
        }
        assert_eq!(world.show(&id).await["first"]["answer"], Value::Null);
        world.clock.advance(Span::minutes(1));
        assert!(to(&world.settle().await, GRACE).is_empty(), "the second was not asked on a robot's yes");
        let after = world.first_yes(&ada).await;
        only(&after, GRACE);
    }

    async fn the_same_answer_again_changes_nothing(db: TestDb) {
        let world = World::new(db).await;
        let id = world.draft(|_| {}).await;
        let ada = only(&world.ask(&id).await, ADA).answer_link();
        assert_eq!(world.first_yes(&ada).await.len(), 2, "a receipt, and the second ask");
        assert!(world.yes(&ada).await.is_empty());
        assert!(world.yes(&ada).await.is_empty());
    }

    async fn a_party_edits_what_the_other_reads(db: TestDb) {
        let world = World::new(db).await;
        let id = world.draft(|_| {}).await;
        let ada = only(&world.ask(&id).await, ADA).answer_link();
        world.answer(&ada, &[("choice", "yes"), ("blurb", "Schedulers, since 1843.")]).await;
        let after = world.pass(Span::seconds(10)).await;
        assert!(only(&after, GRACE).decoded.text.contains("Schedulers, since 1843."));
    }

    async fn the_first_ask_does_not_name_the_second(db: TestDb) {
        let world = World::new(db).await;
        let id = world.draft(|_| {}).await;
        let asked = world.ask(&id).await;
        let ask = only(&asked, ADA);
        let page = world.get(&ask.answer_link()).await;
        for text in [&ask.raw, &ask.decoded.text, &page.body] {
            assert!(!text.contains("Grace") && !text.contains("Hopper") && !text.contains(GRACE), "{text}");
        }
        let named = world.draft(|draft| {
            draft["names_second"] = json!(true);
            draft["second"]["email"] = json!("hopper@example.net");
        }).await;
        let asked = world.ask(&named).await;
        assert!(only(&asked, ADA).decoded.text.contains("Grace Hopper"));
    }
}
