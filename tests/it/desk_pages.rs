//! The desk and the page of an introduction, state by state.

use axum::body::Body;
use axum::http::Method;
use axum::http::header::{CONTENT_TYPE, COOKIE};
use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::connector::Role;
use twoyes::domain::introduction::StateName;
use twoyes::domain::letter::LinkName::Answer;
use twoyes::flow::{account, close};
use twoyes::ids::IntroductionId;

use crate::support::app::{TestApp, request};
use crate::support::bulk;

async fn answers(app: &TestApp, id: IntroductionId, side: Side, form: &[(&str, &str)]) {
    let link = app.link(id, side, Answer).await;
    let nonce = app.get(&link).await.is(200).value("nonce");
    let mut all = vec![("nonce", nonce.as_str())];
    all.extend_from_slice(form);
    app.post(&link, &all).await.is(200);
}

async fn introduced(app: &TestApp) -> IntroductionId {
    let id = app.asked().await.id;
    for side in [Side::First, Side::Second] {
        answers(app, id, side, &[("choice", "yes")]).await;
        app.later(Span::minutes(11));
        app.deliver().await;
    }
    id
}

async fn later(app: &mut TestApp, by: Span) {
    app.later(by);
    app.deliver().await;
    app.sign_in().await;
}

fn own(id: IntroductionId) -> String {
    format!("/introductions/{id}")
}

/// The words of one part of the desk.
async fn part(app: &TestApp, name: &str) -> String {
    let page = app.see("/").await.is(200);
    let section = page.body.split("<section").find(|section| section.contains(&format!("id=\"{name}\"")));
    section.unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_new_connector_is_told_the_story_in_three_steps() {
    let app = TestApp::new().await;
    let page = app.see("/").await.is(200).says("You write it down once").says("Each is asked alone");
    page.says("Two yeses, one introduction").says("Write the first one").hides("Needs you");
}

#[tokio::test]
async fn what_needs_the_connector_stands_first_and_the_longest_waiting_on_top() {
    let app = TestApp::new().await;
    let waits = app.asked().await.id;
    let draft = app.drafted().await.id;
    app.later(Span::hours(1));
    let thanks = introduced(&app).await;
    app.act(&format!("{}/outcome", own(thanks)), &[("outcome", "met")]).await.is(303);
    let needs = part(&app, "needs").await;
    let at = |id: IntroductionId| needs.find(&id.to_string());
    assert!(at(draft) < at(thanks) && at(draft).is_some() && at(waits).is_none(), "{needs}");
    assert!(part(&app, "waiting").await.contains(&waits.to_string()));
    app.see("/").await.says("Needs you 2").says("Waiting 1");
}

#[tokio::test]
async fn a_need_is_settled_from_the_desk_and_can_be_put_back() {
    let app = TestApp::new().await;
    let id = introduced(&app).await;
    app.act(&format!("{}/settled", own(id)), &[]).await.is(409).says("moved on");
    app.act(&format!("{}/outcome", own(id)), &[("outcome", "landed")]).await.is(303);
    app.see("/").await.says("Needs you 1").says("Thanked");
    for _ in 0..2 {
        let page = app.act(&format!("{}/settled", own(id)), &[("from", "desk")]).await.is(303);
        let page =
            app.see(page.header("location")).await.is(200).says("Put aside: Grace Hopper and Alan Turing");
        page.says("Nothing needs you now").says("You have said thank you").says("Done 1");
    }
    app.see(&own(id)).await.is(200).says("You put this aside");
    app.act(&format!("{}/put-back", own(id)), &[]).await.is(303);
    app.see(&own(id)).await.is(200).says("Thanked").hides("put this aside");
    app.see("/").await.says("Needs you 1");
}

#[tokio::test]
async fn a_settled_need_comes_back_only_as_another_need() {
    let app = TestApp::new().await;
    let id = introduced(&app).await;
    let outcome = format!("{}/outcome", own(id));
    app.act(&outcome, &[("outcome", "no_reply")]).await.is(303);
    app.act(&format!("{}/settled", own(id)), &[]).await.is(303);
    app.see(&own(id)).await.is(200).says("You have nudged them");
    app.act(&outcome, &[("outcome", "no_reply")]).await.is(303);
    assert!(part(&app, "needs").await.is_empty());
    app.act(&outcome, &[("outcome", "met")]).await.is(303);
    assert!(part(&app, "needs").await.contains("Thanked"));
}

#[tokio::test]
async fn a_not_now_waits_for_its_date_and_then_needs_the_connector_by_time_alone() {
    let mut app = TestApp::new().await;
    let id = app.asked().await.id;
    answers(&app, id, Side::First, &[("choice", "not_now"), ("until", "2026-03-07")]).await;
    assert!(part(&app, "waiting").await.contains("may be asked again from Saturday 7 March 2026"));
    app.later(Span::days(6));
    app.sign_in().await;
    assert!(part(&app, "needs").await.contains("Let it rest"));
    assert!(part(&app, "waiting").await.is_empty());
    app.act(&format!("{}/ask-again", own(id)), &[]).await.is(303);
    later(&mut app, Span::ZERO).await;
    assert!(part(&app, "waiting").await.contains("has until"));
}

#[tokio::test]
async fn a_bounced_address_says_what_to_do_and_the_texts_come_along() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let cx = app.cx().clone();
    let unit = app.cx().db.write(move |tx| {
        let cx = cx.clone();
        Box::pin(async move { close::undeliverable(tx, &cx, id, Side::First).await })
    });
    unit.await.unwrap();
    let page = app.see(&own(id)).await.is(200).says("The address of Grace Hopper does not work");
    page.says("This address does not work.").says("begin anew with the right address");
    assert!(part(&app, "needs").await.contains("Noted"));
    let copied = app.act(&format!("{}/new-draft", own(id)), &[]).await.is(303);
    let page = app.see(copied.header("location")).await.is(200);
    assert_eq!(page.value("first.email"), "grace@hopper.example");
    page.says("They build what you want to build next.");
    assert_eq!(app.load(id).await.state.name(), StateName::Asking, "the old one goes on");
}

#[tokio::test]
async fn each_state_says_what_happens_next_and_offers_what_can_be_done() {
    let mut app = TestApp::new().await;
    let draft = app.drafted().await.id;
    app.see(&own(draft)).await.is(200).says("Preview and ask").says("Delete it for good").hides("withdraw");
    let id = app.asked().await.id;
    let page = app.see(&own(id)).await.is(200).says("Grace Hopper has until Monday 16 March 2026 to answer");
    page.says("Whoever was asked notices nothing before the deadline").says("Not asked");
    answers(&app, id, Side::First, &[("choice", "yes")]).await;
    app.later(Span::minutes(1));
    app.deliver().await;
    app.see(&own(id)).await.is(200).says("Alan Turing has until");
    answers(&app, id, Side::Second, &[("choice", "yes")]).await;
    let page = app.see(&own(id)).await.is(200).says("Both said yes");
    page.says("The introduction leaves at Monday 2 March 2026, 10:11 (CET)").says("Withdraw it");
    app.later(Span::minutes(11));
    app.deliver().await;
    let page = app.see(&own(id)).await.is(200).says("Both are asked what came of it on Monday 9 March 2026");
    page.says("What came of it?").hides("Withdraw it");
    let silent = app.asked().await.id;
    later(&mut app, Span::days(15)).await;
    let page = app
        .see(&own(silent))
        .await
        .is(200)
        .says("It closed without introduction")
        .says("Ask again, both anew");
    page.says("Start a new draft from this one").says("No answer");
    let taken = app.asked().await.id;
    app.act(&format!("{}/withdraw", own(taken)), &[]).await.is(303);
    app.see(&own(taken)).await.is(200).hides("Withdraw it");
}

#[tokio::test]
async fn a_letter_for_each_person_opens_in_the_connectors_mail_program() {
    let app = TestApp::new().await;
    let id = introduced(&app).await;
    let outcome = format!("{}/outcome", own(id));
    app.act(&outcome, &[("outcome", "no_reply")]).await.is(303);
    let page = app.see(&own(id)).await.is(200).says("you were going to write first").says("To Alan Turing");
    let first =
        "href=\"mailto:grace@hopper.example?subject=Alan%20and%20you&amp;body=Hello%20Grace%2C%0D%0A%0D%0A";
    assert!(page.body.contains(first), "{}", page.body);
    assert_eq!(page.body.matches(" readonly").count(), 2);
    app.act(&outcome, &[("outcome", "met")]).await.is(303);
    let page = app.see(&own(id)).await.is(200).says("Thank you for taking the time");
    assert!(page.body.contains("mailto:alan@turing.example?subject=Thank%20you"));
}

#[tokio::test]
async fn more_of_a_part_is_paged_without_gaps_or_repeats() {
    let app = TestApp::new().await;
    bulk::introductions(&app.cx().db, &app.connector, 400).await;
    for (list, total) in [("needs", 80), ("waiting", 120), ("done", 200)] {
        let (mut path, mut seen) = (format!("/?list={list}"), Vec::new());
        loop {
            let page = app.see(&path).await.is(200);
            let rows = page.body.split("class=\"row\" href=\"").skip(1);
            seen.extend(rows.map(|rest| rest.split('"').next().unwrap().to_owned()));
            let more =
                page.body.split("href=\"").find(|rest| rest.starts_with(&format!("/?list={list}&amp;at=")));
            let Some(more) = more else { break };
            path = more.split('"').next().unwrap().replace("&amp;", "&");
        }
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!((all, seen.len()), (total, total), "{list}");
    }
    app.see("/?list=done&at=x&id=y").await.is(200);
    app.see("/?list=nonsense").await.is(200).says("Needs you 80");
}

#[tokio::test]
async fn introductions_of_an_older_version_get_their_place_from_the_sweeper() {
    let app = TestApp::new().await;
    let id = app.drafted().await.id;
    app.cx()
        .db
        .write(|tx| {
            Box::pin(async move { tx.q("UPDATE desk SET place = 'new', need = NULL").exactly_one().await })
        })
        .await
        .unwrap();
    assert!(part(&app, "needs").await.is_empty());
    app.see(&own(id)).await.is(200).says("Nobody was asked yet");
    app.deliver().await;
    assert!(part(&app, "needs").await.contains(&id.to_string()));
}

#[tokio::test]
async fn nobody_settles_or_copies_what_is_anothers() {
    let app = TestApp::new().await;
    let id = app.drafted().await.id;
    let other = account::add(app.cx(), "eve@example.net", "Eve", Role::Connector).await.unwrap();
    let cookie = format!("twoyes={}", account::session_for(app.cx(), &other).await.unwrap());
    for rest in ["settled", "put-back", "new-draft"] {
        let request = request(Method::POST, &format!("{}/{rest}", own(id))).header(COOKIE, &cookie);
        let request = request.header("sec-fetch-site", "same-origin");
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        app.send(request.body(Body::empty()).unwrap()).await.is(404);
    }
    let look = request(Method::GET, &format!("/?settled={id}")).header(COOKIE, &cookie);
    app.send(look.body(Body::empty()).unwrap()).await.is(200).hides("Grace");
}

#[tokio::test]
async fn in_the_local_mailbox_time_can_be_moved_and_the_session_lasts() {
    let app = TestApp::new().await;
    app.see("/mailbox")
        .await
        .is(200)
        .says("It is Monday 2 March 2026, 10:00 (CET) here")
        .says("Ada Lovelace");
    app.act("/mailbox/later", &[("days", "300")]).await.is(422);
    let page = app.act("/mailbox/later", &[("days", "7")]).await.is(303);
    let fresh = page.cookies().into_iter().find(|cookie| cookie.starts_with("twoyes=")).unwrap();
    let look =
        request(Method::GET, page.header("location")).header(COOKIE, fresh).body(Body::empty()).unwrap();
    app.send(look).await.is(200).says("Monday 9 March 2026").says("Ada Lovelace").says("Time has passed");
    app.get("/mailbox").await.is(200).says("A week later").hides("Ada Lovelace");
}
