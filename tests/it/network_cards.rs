//! Contacts' own cards: asked by mail, corrected through a signed link, taken over by the connector.

use twoyes::clock::Span;
use twoyes::domain::contact::Contact;
use twoyes::domain::facets::RawFacets;
use twoyes::domain::preferences::{Pause, Preferences};
use twoyes::flow::{erasure, people};
use twoyes::mail::Decoded;
use twoyes::store::persons;

use crate::network_kit::{add, link_in};
use crate::support::app::{Page, TestApp};

const GRACE: &str = "grace.hopper@people.example";

async fn grace(app: &TestApp) -> Contact {
    let facets = RawFacets { role: "engineer".into(), field: "compilers".into(), ..RawFacets::default() };
    add(app, "Grace Hopper", facets).await
}

/// Asks Grace about her card; the mail.
async fn asked(app: &TestApp, of: &Contact) -> Decoded {
    app.act(&format!("/contacts/{}/card", of.id), &[]).await.is(303);
    let mails = app.deliver().await;
    assert_eq!(mails.len(), 1);
    mails.into_iter().next().unwrap()
}

async fn say(app: &TestApp, link: &str, form: &[(&str, &str)]) -> Page {
    let nonce = app.get(link).await.is(200).value("nonce");
    let mut all = vec![("nonce", nonce.as_str())];
    all.extend(form);
    app.post(link, &all).await
}

const CORRECT: [(&str, &str); 5] = [
    ("do", "correct"),
    ("name", "Grace Brewster Hopper"),
    ("email", "grace@navy.example"),
    ("role", "rear admiral"),
    ("employer", "Navy"),
];

#[tokio::test]
async fn a_contact_reads_their_card_and_corrects_it_and_the_connector_takes_it_over() {
    let app = TestApp::new().await;
    let of = grace(&app).await;
    let page = format!("/contacts/{}", of.id);
    app.see(&page).await.says("can look at what you have written down");
    let mail = asked(&app, &of).await;
    assert_eq!(mail.to[0].address, GRACE);
    assert!(mail.text.contains("Is it still right?") && mail.text.contains("engineer"), "{}", mail.text);
    let link = link_in(&mail, "/card/");
    app.see(&page).await.says("no answer yet").says("You can ask again from");
    app.act(&format!("{page}/card"), &[]).await.is(409).says("You can ask again from");
    let card = app.get(&link).await.is(200).says("What Ada has written down about you").says("compilers");
    assert!(card.body.contains("value=\"Grace Hopper\""));
    card.hides("May Ada pass you on");
    // The button that changes nothing keeps what was typed.
    let kept = say(&app, &link, &[("do", ""), ("name", "Typed"), ("email", GRACE)]).await.is(200);
    assert!(kept.says("Nothing was changed").body.contains("value=\"Typed\""));
    say(&app, &link, &[("do", "right")]).await.is(200).says("the card is right");
    app.see(&page).await.says("They said on");
    say(&app, &link, &CORRECT).await.is(200).says("Ada has your correction");
    assert_eq!(people::get(app.cx(), &app.connector, of.id).await.unwrap().facts.name, "Grace Hopper");
    app.see("/").await.says("Grace Hopper has corrected their card");
    app.see(&page)
        .await
        .says("would like to have this changed")
        .says("Grace Brewster Hopper")
        .says("rear admiral");
    app.act(&format!("{page}/card/decide"), &[("take", "yes")]).await.is(303);
    let now = people::get(app.cx(), &app.connector, of.id).await.unwrap().facts;
    assert_eq!((now.name.as_str(), now.address()), ("Grace Brewster Hopper", "grace@navy.example"));
    assert_eq!((now.employer.as_str(), now.facets.field.as_str()), ("Navy", "compilers"));
    app.see("/").await.hides("corrected their card");
    // The link is theirs still, with the new address.
    assert!(app.get(&link).await.is(200).body.contains("value=\"Navy\""));
}

#[tokio::test]
async fn a_correction_can_be_left_and_a_taken_address_is_told() {
    let app = TestApp::new().await;
    let of = grace(&app).await;
    let page = format!("/contacts/{}", of.id);
    let link = link_in(&asked(&app, &of).await, "/card/");
    say(&app, &link, &CORRECT).await.is(200);
    let mut other = add(&app, "Somebody Else", RawFacets::default()).await;
    let mut raw = twoyes::domain::contact::RawContact::from(other.facts.clone());
    raw.email = "grace@navy.example".into();
    other = people::change(app.cx(), &app.connector, other.id, &raw).await.unwrap();
    app.act(&format!("{page}/card/decide"), &[("take", "yes")])
        .await
        .is(422)
        .says("with this address already");
    app.see(&page).await.says("would like to have this changed");
    app.act(&format!("{page}/card/decide"), &[("take", "no")]).await.is(303);
    app.see(&page).await.hides("would like to have this changed");
    assert_eq!(people::get(app.cx(), &app.connector, of.id).await.unwrap().facts.name, "Grace Hopper");
    people::remove(app.cx(), &app.connector, other.id).await.unwrap();
    // Nothing waits: deciding once more is nothing.
    app.act(&format!("{page}/card/decide"), &[("take", "yes")]).await.is(303);
}

#[tokio::test]
async fn what_cannot_be_taken_is_kept_with_the_reason() {
    let app = TestApp::new().await;
    let of = grace(&app).await;
    let link = link_in(&asked(&app, &of).await, "/card/");
    let page = say(&app, &link, &[("do", "correct"), ("name", ""), ("email", "nowhere")]).await.is(422);
    page.says("The name is needed");
    app.post(&link, &[("nonce", "old"), ("do", "right")]).await.is(422).says("open for too long");
    app.post(&link, &[("do", "right"), ("website", "x")]).await.is(422);
    app.get("/card/nonsense").await.is(404);
    let nobody = people::add(
        app.cx(),
        &app.connector,
        &twoyes::domain::contact::RawContact { name: "No Address".into(), ..Default::default() },
    )
    .await
    .unwrap();
    app.act(&format!("/contacts/{}/card", nobody.id), &[]).await.is(422);
    app.see(&format!("/contacts/{}", nobody.id)).await.is(200).hides("Their own card");
}

#[tokio::test]
async fn one_who_wants_no_questions_looks_like_one_who_does_not_answer() {
    let mut app = TestApp::new().await;
    let (grace, alan) = (grace(&app).await, add(&app, "Alan Turing", RawFacets::default()).await);
    let stop = link_in(&asked(&app, &grace).await, "/stop/");
    app.get(&stop).await.is(200).says("Never be asked again?");
    app.post(&stop, &[("List-Unsubscribe", "One-Click")]).await.is(200);
    app.later(Span::days(181));
    app.sign_in().await;
    for of in [&grace, &alan] {
        app.act(&format!("/contacts/{}/card", of.id), &[]).await.is(303);
    }
    let mails = app.deliver().await;
    assert_eq!(
        mails.iter().map(|mail| mail.to[0].address.as_str()).collect::<Vec<_>>(),
        ["alan.turing@people.example"]
    );
    let said = |page: Page| page.plain().split("Their own card").nth(1).unwrap().to_owned();
    let [one, other] = [&grace, &alan].map(|of| format!("/contacts/{}", of.id));
    let (one, other) = (said(app.see(&one).await), said(app.see(&other).await));
    let names = |text: String| text.replace("Grace Hopper", "X").replace("Alan Turing", "X");
    assert_eq!(names(one), names(other));
}

#[tokio::test]
async fn the_stop_link_works_on_when_the_contact_is_gone() {
    let app = TestApp::new().await;
    let of = grace(&app).await;
    let mail = asked(&app, &of).await;
    people::remove(app.cx(), &app.connector, of.id).await.unwrap();
    app.get(&link_in(&mail, "/card/")).await.is(410);
    let stop = link_in(&mail, "/stop/");
    app.get(&stop).await.is(200).says("This stops every question to this address");
    app.post(&stop, &[("List-Unsubscribe", "One-Click")]).await.is(200);
    app.get(&stop).await.is(200).says("You will not be asked again");
    // Written down anew, she gets nothing, and it looks like silence.
    let again = grace(&app).await;
    app.act(&format!("/contacts/{}/card", again.id), &[]).await.is(303);
    assert!(app.deliver().await.is_empty());
}

#[tokio::test]
async fn a_question_that_waits_does_not_leave_once_its_reader_pauses() {
    let app = TestApp::new().await;
    let of = grace(&app).await;
    app.act(&format!("/contacts/{}/card", of.id), &[]).await.is(303);
    let person = app.cx().person(of.facts.email.as_ref().unwrap());
    let now = app.cx().now();
    let pause = Preferences {
        pause: Some(Pause { since: now, until: now + Span::days(30) }),
        ..Preferences::default()
    };
    let db = &app.cx().db;
    db.write(move |tx| Box::pin(async move { persons::save_preferences(tx, person, &pause, now).await }))
        .await
        .unwrap();
    assert!(app.deliver().await.is_empty());
}

#[tokio::test]
async fn so_many_are_asked_in_a_day_and_no_more() {
    let app = TestApp::new().await;
    for n in 0..20 {
        let of = add(&app, &format!("Person {n}"), RawFacets::default()).await;
        app.act(&format!("/contacts/{}/card", of.id), &[]).await.is(303);
    }
    let of = grace(&app).await;
    app.act(&format!("/contacts/{}/card", of.id), &[]).await.is(409).says("Enough for today");
    app.later(Span::days(1) + Span::minutes(1));
    app.act(&format!("/contacts/{}/card", of.id), &[]).await.is(303);
}

#[tokio::test]
async fn with_another_address_it_is_another_persons_card() {
    let app = TestApp::new().await;
    let of = grace(&app).await;
    let link = link_in(&asked(&app, &of).await, "/card/");
    let mut raw = twoyes::domain::contact::RawContact::from(of.facts.clone());
    raw.email = "another@person.example".into();
    people::change(app.cx(), &app.connector, of.id, &raw).await.unwrap();
    app.get(&link).await.is(410);
    app.see(&format!("/contacts/{}", of.id)).await.says("can look at what you have written down");
    let new = asked(&app, &of).await;
    assert_eq!(new.to[0].address, "another@person.example");
    assert_ne!(link_in(&new, "/card/"), link);
}

#[tokio::test]
async fn an_erased_persons_card_and_what_they_wrote_are_gone() {
    let app = TestApp::new().await;
    let of = grace(&app).await;
    let link = link_in(&asked(&app, &of).await, "/card/");
    say(&app, &link, &[("do", "correct"), ("name", "Cardmarker"), ("email", GRACE)]).await.is(200);
    assert!(app.holds("Cardmarker"));
    erasure::by_operator(app.cx(), GRACE).await.unwrap();
    app.deliver().await;
    assert!(!app.holds("Cardmarker"));
    app.get(&link).await.is(410);
}
