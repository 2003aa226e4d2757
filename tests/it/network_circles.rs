//! Circles: filing people, and the rings.

use twoyes::domain::facets::RawFacets;

use crate::network_kit::{add, everybody};
use crate::support::app::TestApp;

fn in_circle(circle: &str, role: &str) -> RawFacets {
    RawFacets { circle: circle.into(), role: role.into(), ..RawFacets::default() }
}

#[tokio::test]
async fn people_are_filed_one_after_the_other_and_a_slip_is_undone() {
    let app = TestApp::new().await;
    app.see("/contacts/circles").await.is(200).says("Nobody stands in a circle yet");
    let ada = add(&app, "Ada", RawFacets::default()).await;
    let bob = add(&app, "Bob", RawFacets::default()).await;
    let page = app.see("/contacts/circles").await.is(200).says("2 people are in no circle yet").says("Ada");
    assert!(page.body.contains("accesskey=\"5\""), "every circle has a key");
    app.see(&format!("/contacts/circles?after={}", ada.id)).await.says("Bob");
    let id = ada.id.to_string();
    let filed = app.act("/contacts/circles/file", &[("id", &id), ("circle", "family")]).await.is(303);
    let next = filed.header("location").split('#').next().unwrap().to_owned();
    app.see(&next).await.says("Ada: Family and friends").says("One person is in no circle yet").says("Bob");
    app.see("/contacts?circle=family").await.is(200).says("Ada").hides("Bob");
    // Undo: Ada is asked about once more.
    app.act("/contacts/circles/file", &[("id", &id), ("circle", "")]).await.is(303);
    app.see("/contacts/circles").await.says("2 people are in no circle yet");
    let id = bob.id.to_string();
    app.act("/contacts/circles/file", &[("id", &id), ("left_out", "yes")]).await.is(303);
    app.see("/contacts/circles").await.says("One person is in no circle yet").says("Ada");
    assert!(everybody(&app).await[1].facets.left_out);
    app.act("/contacts/circles/file", &[("id", &id), ("circle", "nonsense")]).await.is(422);
    app.act("/contacts/circles/file", &[("id", "nobody"), ("circle", "family")]).await.is(404);
}

#[tokio::test]
async fn the_rings_tell_by_drawing_and_table_which_is_thin_also_for_a_seeker() {
    let app = TestApp::new().await;
    for nth in 0..14 {
        add(&app, &format!("Friend {nth}"), in_circle("family", if nth < 3 { "nurse" } else { "cook" }))
            .await;
    }
    for nth in 0..6 {
        add(&app, &format!("Mate {nth}"), in_circle("coworkers", "welder")).await;
    }
    add(&app, "Hidden", RawFacets { left_out: true, ..in_circle("seekers", "nurse") }).await;
    let page = app.see("/contacts/circles").await.is(200);
    assert_eq!(page.body.matches("class=\"dot").count(), 20, "a point for each person");
    assert_eq!(page.body.matches("class=\"ring thin\"").count(), 3);
    let page = page
        .says("Family and friends14")
        .says("Former co-workers and bosses6")
        .says("Fellow job seekers thin0");
    page.hides("ring-nobody");
    let wish = RawFacets { looking_for: "work in a hospital".into(), ..in_circle("seekers", "") };
    let seeker = add(&app, "Sam", wish).await;
    let page = app.see(&format!("/contacts/circles?seeker={}", seeker.id)).await.is(200);
    assert_eq!(page.body.matches("class=\"dot marked").count(), 3, "the nurses");
    page.says("Family and friends143")
        .says("Former co-workers and bosses thin60")
        .says("Who should meet Sam?");
}
