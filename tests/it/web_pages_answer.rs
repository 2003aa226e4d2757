//! The pages behind the links of mails, as people and robots use them.

use axum::body::Body;
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use twoyes::clock::Span;
use twoyes::domain::answer::Choice;
use twoyes::domain::asking::Side;
use twoyes::domain::introduction::StateName;
use twoyes::domain::letter::LinkName::{Answer, CheckIn, Stop};
use twoyes::domain::outcome::Outcome;
use twoyes::flow::introduce;
use twoyes::ids::IntroductionId;

use crate::support::app::{Page, TestApp, request};

const FORM: &str = "application/x-www-form-urlencoded";

async fn choose(app: &TestApp, link: &str, choice: &str, more: &[(&str, &str)]) -> Page {
    let nonce = app.get(link).await.is(200).value("nonce");
    let mut form = vec![("nonce", nonce.as_str()), ("choice", choice)];
    form.extend_from_slice(more);
    app.post(link, &form).await
}

async fn given(app: &TestApp, id: IntroductionId, side: Side) -> Option<Choice> {
    let of = app.load(id).await;
    of.parties.get(side).given.as_ref().map(|given| given.answer.choice())
}

#[tokio::test]
async fn two_yeses_on_the_pages_lead_to_the_introduction() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let first = app.link(id, Side::First, Answer).await;
    app.get(&first)
        .await
        .is(200)
        .says("Ada Lovelace would like to introduce you to a hiring manager I worked with")
        .says("g…@hopper.example")
        .says("They build what you want to build next.")
        .hides("Alan")
        .hides("alan@")
        .hides("solved the very problem");
    choose(&app, &first, "yes", &[("blurb", "I build compilers.")]).await.is(200).says("Your yes is noted");
    app.later(Span::minutes(30));
    let second = app.link(id, Side::Second, Answer).await;
    app.get(&second)
        .await
        .is(200)
        .says("would like to introduce Grace Hopper to you")
        .says("who said yes to meeting you")
        .says("I build compilers.")
        .hides("grace@")
        .hides("They build what you want");
    choose(&app, &second, "yes", &[]).await.is(200).says("Your yes is noted");
    app.later(Span::minutes(11));
    introduce::tick(app.cx(), id, app.cx().now()).await.unwrap();
    assert_eq!(app.load(id).await.state.name(), StateName::Introduced);
    app.get(&first).await.is(410).says("This question is closed");
}

#[tokio::test]
async fn every_choice_is_noted_told_back_and_can_be_changed() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let link = app.link(id, Side::First, Answer).await;
    let all = [
        ("no", "Your answer: no.", Choice::No),
        ("not_now", "Not now, until Friday 1 May 2026", Choice::NotNow),
        ("never", "never ask me again", Choice::Never),
        ("yes", "Your answer: yes.", Choice::Yes),
    ];
    for (choice, words, stored) in all {
        let page = choose(&app, &link, choice, &[("until", "2026-05-01")]).await.is(200);
        page.says(words).says("Change the answer");
        assert_eq!(given(&app, id, Side::First).await, Some(stored));
        app.later(Span::minutes(5));
        app.get(&link).await.is(200).says("Your answer so far");
    }
}

#[tokio::test]
async fn a_quiet_no_is_told_to_its_giver_only() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let link = app.link(id, Side::First, Answer).await;
    choose(&app, &link, "no", &[("quiet", "yes")]).await.is(200).says("as if you had not answered");
    assert!(app.load(id).await.parties.first.shown.is_none());
}

#[tokio::test]
async fn nothing_is_preselected_and_the_four_choices_are_alike() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let page = app.get(&app.link(id, Side::First, Answer).await).await.is(200);
    assert!(!page.body.contains(" checked") && !page.body.contains("selected"));
    for (anchor, value) in [("yes", "yes"), ("not-now", "not_now"), ("no", "no"), ("never", "never")] {
        let choice = format!(
            "<div class=\"choice\" id=\"{anchor}\"><button type=\"submit\" name=\"choice\" value=\"{value}\">"
        );
        assert_eq!(page.body.matches(&choice).count(), 1, "{anchor}");
    }
    let first = page.body.find("type=\"submit\"").unwrap();
    assert!(
        page.body[first..].starts_with("type=\"submit\" name=\"choice\" value=\"\""),
        "the first is inert"
    );
}

#[tokio::test]
async fn robots_that_look_submit_or_press_the_first_button_change_nothing() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let link = app.link(id, Side::First, Answer).await;
    let before = app.database();
    for _ in 0..3 {
        app.get(&link).await.is(200);
        let head = request(Method::HEAD, &link).body(Body::empty()).unwrap();
        assert!(app.send(head).await.is(200).body.is_empty());
    }
    let nonce = app.get(&link).await.value("nonce");
    app.post(&link, &[("nonce", &nonce), ("choice", ""), ("note", "typed")])
        .await
        .is(200)
        .says("Nothing was sent")
        .says("typed");
    app.post(&link, &[("nonce", &nonce)]).await.is(422).says("Your answer is needed");
    app.post(&link, &[("nonce", &nonce), ("choice", "YES")]).await.is(422);
    app.post(&link, &[("nonce", &nonce), ("choice", "yes"), ("choice", "no")])
        .await
        .is(422)
        .says("more than once");
    app.post(&link, &[("choice", "yes")]).await.is(422).says("open for too long");
    app.post(&link, &[]).await.is(422);
    assert!(app.database() == before, "nothing was written");
}

#[tokio::test]
async fn a_robot_that_presses_every_button_has_not_said_yes() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let link = app.link(id, Side::First, Answer).await;
    for choice in ["", "yes", "not_now", "no", "never"] {
        choose(&app, &link, choice, &[("until", "2026-05-01")]).await;
    }
    assert_eq!(given(&app, id, Side::First).await, None);
    app.get(&link).await.is(200).says("neither counts");
}

#[tokio::test]
async fn a_robot_that_presses_every_button_takes_no_never_back() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let link = app.link(id, Side::First, Answer).await;
    let stop = app.link(id, Side::First, Stop).await;
    choose(&app, &link, "never", &[]).await.is(200);
    app.later(Span::minutes(1));
    for choice in ["", "yes", "not_now", "no", "never"] {
        choose(&app, &link, choice, &[("until", "2026-05-01")]).await;
    }
    app.get(&stop).await.is(200).says("You will not be asked again");
    // Its owner still can, by one answer that nothing contradicts.
    app.later(Span::minutes(1));
    choose(&app, &link, "never", &[]).await.is(200);
    app.later(Span::minutes(1));
    choose(&app, &link, "no", &[]).await.is(200);
    app.get(&stop).await.is(200).says("Never be asked again?");
}

#[tokio::test]
async fn what_was_typed_is_kept_when_something_is_wrong() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let link = app.link(id, Side::First, Answer).await;
    let long = "x".repeat(501);
    let page = choose(
        &app,
        &link,
        "not_now",
        &[("until", "2020-01-01"), ("note", &long), ("blurb", "My <own> words")],
    )
    .await;
    let page =
        page.is(422).says("The date must be a date after today").says("at most 500").says("My <own> words");
    assert!(page.body.contains("id=\"until-fault\"") && page.body.contains("href=\"#note\""));
    assert!(page.body.contains(&long) && page.body.contains("value=\"2020-01-01\""));
    assert_eq!(given(&app, id, Side::First).await, None);
}

#[tokio::test]
async fn a_page_that_lay_open_too_long_asks_again_with_everything_kept() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let link = app.link(id, Side::First, Answer).await;
    let nonce = app.get(&link).await.value("nonce");
    app.later(Span::days(3));
    let page = app.post(&link, &[("nonce", &nonce), ("choice", "yes"), ("note", "hello there")]).await;
    let page = page.is(422).says("open for too long").says("hello there");
    assert_ne!(page.value("nonce"), nonce);
}

#[tokio::test]
async fn too_much_is_413_and_other_kinds_of_bodies_are_415() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let link = app.link(id, Side::First, Answer).await;
    let large = request(Method::POST, &link).header(CONTENT_TYPE, FORM);
    app.send(large.body(Body::from(vec![b'a'; 20_000])).unwrap()).await.is(413).says("Too large");
    let json = request(Method::POST, &link).header(CONTENT_TYPE, "application/json");
    app.send(json.body(Body::from("{}")).unwrap()).await.is(415);
}

#[tokio::test]
async fn links_that_are_not_valid_or_closed_show_the_same_two_pages() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let link = app.link(id, Side::First, Answer).await;
    let not_valid = app.get("/c/nonsense").await.is(404).body;
    let wrong_purpose = link.replace("/c/", "/stop/");
    for path in ["/c/%ff", "/met/nonsense", "/stop/nonsense", wrong_purpose.as_str()] {
        assert_eq!(app.get(path).await.is(404).body, not_valid, "{path}");
    }
    app.later(Span::days(20));
    let expired = app.get(&link).await.is(410).body;
    introduce::tick(app.cx(), id, app.cx().now()).await.unwrap();
    assert_eq!(app.get(&link).await.is(410).body, expired);
}

#[tokio::test]
async fn an_origin_of_null_is_welcome_on_links() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let link = app.link(id, Side::First, Answer).await;
    let nonce = app.get(&link).await.value("nonce");
    let post = request(Method::POST, &link).header(CONTENT_TYPE, FORM).header("origin", "null");
    app.send(post.body(Body::from(format!("nonce={nonce}&choice=no"))).unwrap()).await.is(200);
}

#[tokio::test]
async fn one_click_stops_at_once_and_may_be_repeated() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let link = app.link(id, Side::First, Stop).await;
    app.get(&link).await.is(200).says("Never be asked again?").says("g…@hopper.example");
    app.post(&link, &[]).await.is(422).says("Nothing was changed");
    app.post(&link, &[("stop", "")]).await.is(200).says("Nothing was changed");
    assert_eq!(given(&app, id, Side::First).await, None);
    for _ in 0..2 {
        let post = request(Method::POST, &link).header(CONTENT_TYPE, FORM);
        let page = app.send(post.body(Body::from("List-Unsubscribe=One-Click")).unwrap()).await.is(200);
        assert!(page.cookies().is_empty());
        page.says("You will not be asked again");
    }
    assert_eq!(given(&app, id, Side::First).await, Some(Choice::Never));
}

#[tokio::test]
async fn what_came_of_it_is_one_tap() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    for side in [Side::First, Side::Second] {
        let link = app.link(id, side, Answer).await;
        choose(&app, &link, "yes", &[]).await.is(200);
        app.later(Span::minutes(11));
    }
    introduce::tick(app.cx(), id, app.cx().now()).await.unwrap();
    let link = app.link(id, Side::First, CheckIn).await;
    let page = app.get(&link).await.is(200).says("What came of meeting Alan Turing?");
    let nonce = page.value("nonce");
    app.post(&link, &[("nonce", &nonce), ("outcome", "")]).await.is(200).says("Nothing was sent");
    app.post(&link, &[("nonce", &nonce)]).await.is(422);
    app.post(&link, &[("outcome", "met")]).await.is(422).says("open for too long");
    assert_eq!(app.load(id).await.outcome, None);
    app.post(&link, &[("nonce", &nonce), ("outcome", "landed")]).await.is(200).says("it led to a job");
    assert_eq!(app.load(id).await.outcome, Some(Outcome::Landed));
}
