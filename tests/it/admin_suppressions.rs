//! The admin's page of suppressions.

use twoyes::domain::letter::DeliveryState;
use twoyes::flow::ask;
use twoyes::store::deliveries::{self, Filter};

use crate::support::app::TestApp;

const GRACE: &str = "grace@hopper.example";

#[tokio::test]
async fn an_address_is_added_looked_up_and_lifted_with_its_reason() {
    let app = TestApp::new().await;
    app.see("/admin/suppressions").await.is(200).says("None yet.");
    app.act("/admin/suppressions/look-up", &[("email", GRACE)]).await.is(200).says("Can be asked");
    app.asked().await;
    let form = [("email", "Grace+jobs@hopper.example"), ("reason", "She rang us.")];
    let done = app.act("/admin/suppressions/add", &form).await.is(303);
    app.see(done.header("location")).await.is(200).says("never asked from now on").says("In all1");
    assert!(app.deliver().await.is_empty(), "the waiting ask was cancelled at once");
    let mut tx = app.cx().db.read().await.unwrap();
    let states = deliveries::list(&mut tx, &Filter::default(), 9).await.unwrap();
    assert_eq!(states.iter().map(|one| one.state).collect::<Vec<_>>(), [DeliveryState::Cancelled]);
    drop(tx);
    let found = app.act("/admin/suppressions/look-up", &[("email", GRACE)]).await.is(200);
    found.says("An admin added it, for this reason: She rang us.").says("Monday 2 March 2026");

    // Nobody can ask her.
    let again = app.drafted().await;
    assert!(ask::ask(app.cx(), &app.connector, again.id).await.is_err());
    let lift = [("email", GRACE), ("reason", "She asked us to.")];
    let done = app.act("/admin/suppressions/lift", &lift).await.is(303);
    app.see(done.header("location")).await.is(200).says("they can be asked again");
    ask::ask(app.cx(), &app.connector, again.id).await.unwrap();
    let done = app.act("/admin/suppressions/lift", &lift).await.is(303);
    app.see(done.header("location")).await.is(200).says("nothing stood against this address");

    let acts = app.see("/admin/acts").await.is(200).hides("grace").hides("Grace");
    let acts = acts.says("lifted “never ask” for g…@hopper.example.She asked us to.");
    acts.says("added an address that is never asked: G…@hopper.example.She rang us.");
}

#[tokio::test]
async fn what_is_missing_is_said_beside_the_fields_and_what_was_typed_stays() {
    let app = TestApp::new().await;
    for (path, id) in [("add", "add"), ("lift", "lift")] {
        let path = format!("/admin/suppressions/{path}");
        let page = app.act(&path, &[("email", "grace@"), ("reason", "")]).await.is(422);
        assert!(page.body.contains(&format!("id=\"{id}-email-fault\"")), "{}", page.body);
        assert!(page.body.contains(&format!("id=\"{id}-reason-fault\"")));
        page.says("The reason is needed.").says("full domain");
        let long = "x".repeat(501);
        let page = app.act(&path, &[("email", GRACE), ("reason", &long)]).await.is(422);
        assert!(page.body.contains(&long) && page.body.contains(GRACE));
        app.act(&path, &[("email", GRACE), ("reason", "see ada@example.org")])
            .await
            .is(422)
            .says("must not hold an address");
    }
    app.act("/admin/suppressions/look-up", &[("email", "")]).await.is(422).says("The address is needed.");
    app.see("/admin/acts").await.is(200).says("Nothing yet.");
}
