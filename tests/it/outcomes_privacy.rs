//! What an admin may not learn from the outcome log: not from its lines, its files, its figures, a search, nor
//! by comparing any two of them.

use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::letter::LinkName;
use twoyes::ids::IntroductionId;

use crate::support::app::TestApp;

const PLACES: [&str; 4] = [
    "/admin/outcomes?when=all",
    "/admin/outcomes.csv?when=all",
    "/admin/outcomes.json?when=all",
    "/admin/outcomes?when=all&outcome=closed",
];

async fn answer(app: &TestApp, id: IntroductionId, side: Side, form: &[(&str, &str)]) {
    let link = app.link(id, side, LinkName::Answer).await;
    let nonce = app.get(&link).await.is(200).value("nonce");
    let mut all = vec![("nonce", nonce.as_str())];
    all.extend_from_slice(form);
    app.post(&link, &all).await;
}

/// Asks, and has the first answer (or not); then it closes.
async fn closed(app: &mut TestApp, form: &[(&str, &str)]) -> IntroductionId {
    let id = app.asked().await.id;
    if !form.is_empty() {
        answer(app, id, Side::First, form).await;
    }
    app.later(Span::days(15));
    app.deliver().await;
    app.sign_in().await;
    id
}

#[tokio::test]
async fn nobody_is_named_before_the_two_know_each_other() {
    let mut app = TestApp::new().await;
    closed(&mut app, &[("choice", "no")]).await;
    let open = app.asked().await.id;
    answer(&app, open, Side::First, &[("choice", "yes")]).await;
    for place in PLACES {
        for secret in ["Grace", "Hopper", "Alan", "Turing", ".example\"", "hopper.example", "compiler"] {
            app.see(place).await.is(200).hides(secret);
        }
    }
    for word in ["grace", "turing", "hopper"] {
        let found = app.see(&format!("/admin/outcomes.json?when=all&q={word}")).await.is(200);
        assert_eq!(found.body, "[\n]\n", "{word} must find nobody");
    }
    answer(&app, open, Side::Second, &[("choice", "yes")]).await;
    app.later(Span::minutes(11));
    app.deliver().await;
    app.see(PLACES[0]).await.says("Grace Hopper and Alan Turing").hides("hopper.example");
    let found = app.see("/admin/outcomes.json?when=all&q=hopper").await;
    assert_eq!(found.body.matches("\"id\"").count(), 1);
}

#[tokio::test]
async fn a_no_a_never_a_quiet_no_and_silence_look_the_same() {
    let mut pages = Vec::new();
    for form in [
        &[][..],
        &[("choice", "no")],
        &[("choice", "never")],
        &[("choice", "no"), ("quiet", "yes")],
        &[("choice", "not_now"), ("until", "2026-04-01")],
    ] {
        let mut app = TestApp::new().await;
        let id = closed(&mut app, form).await.to_string();
        let mut seen = String::new();
        for place in PLACES {
            seen.push_str(&app.see(place).await.is(200).body.replace(&id, "ID"));
        }
        pages.push(seen.replace(&app.connector.id.to_string(), "CONNECTOR"));
    }
    for page in &pages[1..] {
        assert!(*page == pages[0], "an answer can be told from another:\n{page}\n\n{}", pages[0]);
    }
}

#[tokio::test]
async fn how_many_were_answered_is_not_told_of_fewer_than_ten() {
    let mut app = TestApp::new().await;
    for n in 1..=10 {
        let form: &[(&str, &str)] = if n % 2 == 0 { &[("choice", "no")] } else { &[] };
        closed(&mut app, form).await;
        let page = app.see(PLACES[0]).await.is(200);
        if n < 10 {
            page.says("too few to tell").hides("about");
        } else {
            page.says("Somebody answered: about 5 (50 %)");
        }
    }
    let narrow = app.see(&format!("/admin/outcomes?when=all&connector={}", app.connector.id)).await;
    narrow.says("never of one connector").hides("about 5");
    let narrow = app.see("/admin/outcomes?from=2026-03-03").await;
    narrow.says("too few to tell").hides("about");
    app.see(PLACES[3]).await.is(200).hides("Somebody answered");
    // The eleventh changes nothing until ten more have closed.
    closed(&mut app, &[("choice", "no")]).await;
    app.see(PLACES[0]).await.says("Somebody answered: about 6 (55 %)");
}
