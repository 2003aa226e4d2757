//! Keeping in touch, giving first.

use twoyes::clock::Span;
use twoyes::domain::facets::RawFacets;
use twoyes::flow::{ask, draft};

use crate::network_kit::add;
use crate::support::app::{TestApp, raw_draft};

#[tokio::test]
async fn whoever_was_not_heard_of_comes_back_by_their_own_rhythm_or_their_circles() {
    let mut app = TestApp::new().await;
    let family = RawFacets { circle: "family".into(), ..RawFacets::default() };
    let ada = add(&app, "Ada", family.clone()).await;
    let bob = add(&app, "Bob", family).await;
    app.see("/keep-in-touch").await.is(200).says("Nobody waits");
    app.act("/keep-in-touch", &[("family", "12")]).await.is(303);
    app.act(&format!("/contacts/{}/rhythm", ada.id), &[("rhythm", "1")]).await.is(303);
    app.act(&format!("/contacts/{}/rhythm", ada.id), &[("rhythm", "often")]).await.is(422);
    app.act("/keep-in-touch", &[("family", "often")]).await.is(422).says("Family and friends must be one of");
    app.see("/").await.hides("not heard of you");
    app.later(Span::days(31));
    app.sign_in().await;
    app.see("/").await.says("One person has not heard of you for a while");
    app.see("/keep-in-touch").await.says("Ada").says("Last on").hides("Bob");
    let noted = app.act(&format!("/contacts/{}/touched", ada.id), &[]).await.is(303);
    app.see(noted.header("location")).await.says("you were in touch with Ada today").says("Nobody waits");
    // It was somebody else, after all.
    app.act(&format!("/contacts/{}/touched", ada.id), &[("undo", "yes")]).await.is(303);
    app.see("/keep-in-touch").await.says("Ada");
    app.later(Span::days(340));
    app.sign_in().await;
    app.see("/keep-in-touch").await.says("Ada").says("Bob");
    app.see(&format!("/contacts/{}", bob.id))
        .await
        .says("You have not given Bob an introduction yet and never asked");
}

#[tokio::test]
async fn whoever_was_only_asked_is_named() {
    let app = TestApp::new().await;
    let grace = add(&app, "Grace", RawFacets::default()).await;
    app.see("/keep-in-touch").await.says("You have given to everybody whom you asked");
    let mut raw = raw_draft();
    raw.second.name = "Grace".into();
    raw.second.email = grace.facts.address().to_owned();
    let of = draft::create(app.cx(), &app.connector, &raw).await.unwrap();
    app.see("/keep-in-touch").await.says("You have given to everybody whom you asked");
    ask::ask(app.cx(), &app.connector, of.id).await.unwrap();
    app.see("/keep-in-touch").await.says("Grace").says("asked once");
    app.see(&format!("/contacts/{}", grace.id)).await.says("asked for their help once");
    let mut back = raw_draft();
    (back.first, back.second) = (raw.second.clone(), raw_draft().second);
    back.second.email = "new@helper.example".into();
    back.second.described = "somebody".into();
    let of = draft::create(app.cx(), &app.connector, &back).await.unwrap();
    ask::ask(app.cx(), &app.connector, of.id).await.unwrap();
    let page = app.see(&format!("/contacts/{}", grace.id)).await;
    page.says("You gave Grace one introduction and asked for their help once");
}
