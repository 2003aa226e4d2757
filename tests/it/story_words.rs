//! The words about a person that come with their yes: who reads them, and when.

use axum::http::Method;
use serde_json::{Value, json};
use twoyes::clock::Span;

use crate::support::db::both;
use crate::support::world::{ADA, GRACE, World, hidden, only};

const NEW: &str = "Ada writes schedulers and now teaches it too.";
const TO_THE_END: Span = Span::days(15);

/// The answer page, less the nonce that is new with each look.
async fn page(world: &World, link: &str) -> String {
    let page = world.get(link).await.body;
    page.replace(&hidden(&page, "nonce"), "")
}

async fn asked_together(world: &World) -> (String, String, String) {
    let id = world.draft(|body| body["order"] = json!("together")).await;
    let asked = world.ask(&id).await;
    (id, only(&asked, ADA).answer_link(), only(&asked, GRACE).answer_link())
}

both! {
    async fn asked_together_the_page_does_not_tell_that_the_other_changed_their_words(db: TestDb) {
        let world = World::new(db).await;
        let (_, ada, grace) = asked_together(&world).await;
        let before = page(&world, &grace).await;
        assert!(before.contains("Ada"), "{before}");
        world.answer(&ada, &[("choice", "yes"), ("blurb", NEW)]).await;
        assert_eq!(page(&world, &grace).await, before);
        assert!(page(&world, &ada).await.contains(NEW), "what Ada wrote is kept for Ada");

        world.yes(&grace).await;
        let left = world.pass(Span::minutes(10)).await;
        assert!(only(&left, GRACE).decoded.text.replace('\n', " ").contains(NEW), "two yeses: the words as Ada wants them");
    }

    async fn asked_again_nobody_reads_that_there_was_a_yes_before(db: TestDb) {
        let world = World::new(db).await;
        let (id, ada, grace) = asked_together(&world).await;
        let before = page(&world, &grace).await;
        world.answer(&ada, &[("choice", "yes"), ("blurb", NEW)]).await;
        world.pass(TO_THE_END).await;
        let again = format!("/introductions/{id}/ask-again");
        assert!(world.api(Method::POST, &again, &Value::Null).await.0.is_success());
        let again = world.settle().await;
        assert!(!only(&again, GRACE).decoded.text.replace('\n', " ").contains(NEW));
        let link = only(&again, GRACE).answer_link();
        assert!(!page(&world, &link).await.contains(NEW) && !before.contains(NEW));
    }

    async fn asked_after_the_others_yes_they_read_what_came_with_it(db: TestDb) {
        let world = World::new(db).await;
        let id = world.draft(|_| {}).await;
        let ada = only(&world.ask(&id).await, ADA).answer_link();
        let mut after = world.answer(&ada, &[("choice", "yes"), ("blurb", NEW)]).await;
        after.extend(world.pass(Span::seconds(10)).await);
        let ask = only(&after, GRACE);
        assert!(ask.decoded.text.replace('\n', " ").contains(NEW));
        let grace = ask.answer_link();
        let before = page(&world, &grace).await;
        assert!(before.contains(NEW));
        // Later words are for the introduction alone.
        world.answer(&ada, &[("choice", "yes"), ("blurb", "Ada.")]).await;
        assert_eq!(page(&world, &grace).await, before);
    }
}
