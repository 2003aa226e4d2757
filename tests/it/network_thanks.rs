//! Gratitude: words of a party to the connector, thanks owed and given.

use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::letter::LinkName::{Answer, CheckIn};
use twoyes::flow::{erasure, follow_up};
use twoyes::ids::IntroductionId;

use crate::support::app::{Page, TestApp};
use crate::support::bulk;

async fn introduced(app: &TestApp) -> IntroductionId {
    let id = app.asked().await.id;
    for side in [Side::First, Side::Second] {
        let link = app.link(id, side, Answer).await;
        let nonce = app.get(&link).await.is(200).value("nonce");
        app.post(&link, &[("nonce", &nonce), ("choice", "yes")]).await.is(200);
        app.later(Span::minutes(11));
        app.deliver().await;
    }
    id
}

async fn words_link(app: &TestApp, id: IntroductionId, side: Side) -> String {
    format!("{}/words", app.link(id, side, CheckIn).await)
}

async fn say(app: &TestApp, link: &str, words: &str) -> Page {
    let nonce = app.get(link).await.is(200).value("nonce");
    app.post(link, &[("nonce", &nonce), ("words", words), ("say", "yes")]).await
}

#[tokio::test]
async fn a_party_writes_a_word_that_the_connector_alone_reads() {
    let app = TestApp::new().await;
    let id = introduced(&app).await;
    app.see("/thanks").await.is(200).says("Nobody has written you a word yet").says("You owe nobody");
    let check_in = app.link(id, Side::First, CheckIn).await;
    let nonce = app.get(&check_in).await.value("nonce");
    let done = app.post(&check_in, &[("nonce", &nonce), ("outcome", "met")]).await.is(200);
    done.says("A word to Ada").says("Alan Turing does not see it");
    let link = words_link(&app, id, Side::First).await;
    // The first button, which a robot takes, sends nothing and loses nothing.
    let form = [("nonce", nonce.as_str()), ("words", "We met, thank you!"), ("say", "")];
    let page = app.post(&link, &form).await.is(200).says("Nothing was sent");
    assert!(page.body.contains("We met, thank you!</textarea>"));
    app.see("/").await.hides("wrote you a word");
    say(&app, &link, "We met, thank you!")
        .await
        .is(200)
        .says("Ada has your words")
        .says("We met, thank you!");
    app.see("/").await.says("Somebody wrote you a word");
    let page =
        app.see("/thanks").await.says("After meeting Alan Turing").says("We met, thank you! I have read");
    app.see(&format!("/introductions/{id}")).await.says("We met, thank you!Said to you alone");
    // Whoever was handed the mail does not read what its owner wrote.
    app.get(&link).await.is(200).says("You wrote a word before").hides("We met");
    let other = words_link(&app, id, Side::Second).await;
    app.get(&other).await.is(200).hides("We met").hides("You wrote a word before");
    let until = page.value("until");
    app.act("/thanks/read", &[("until", &until)]).await.is(303);
    app.see("/").await.hides("wrote you a word");
    app.see("/thanks").await.says("We met, thank you!").hides("I have read them");
    app.later(Span::minutes(1));
    // Once more takes the place of the first, and is new again.
    say(&app, &link, "And I start on Monday.").await.is(200);
    app.see("/").await.says("Somebody wrote you a word");
    app.see("/thanks").await.says("And I start on Monday.").hides("We met, thank you!");
    // What came after the page was drawn is not read with it.
    app.act("/thanks/read", &[("until", &until)]).await.is(303);
    app.see("/").await.says("Somebody wrote you a word");
}

#[tokio::test]
async fn words_that_cannot_be_taken_are_kept_on_the_page_with_the_reason() {
    let app = TestApp::new().await;
    let id = introduced(&app).await;
    let link = words_link(&app, id, Side::First).await;
    say(&app, &link, "  ").await.is(422).says("needed");
    let long = "many words ".repeat(60);
    let page = say(&app, &link, &long).await.is(422).says("600");
    assert!(page.body.contains("many words many words"));
    app.post(&link, &[("nonce", "stale"), ("words", "Thanks"), ("say", "yes")])
        .await
        .is(422)
        .says("open for too long");
    let forged =
        app.post(&link, &[("nonce", "x"), ("words", "a"), ("say", "yes"), ("website", "spam")]).await;
    assert_ne!(forged.status.as_u16(), 303);
    app.get("/met/nonsense/words").await.is(404);
    let asked = app.asked().await;
    let early = words_link(&app, asked.id, Side::First).await;
    app.get(&early).await.is(410);
    assert!(!app.holds("many words"));
}

#[tokio::test]
async fn what_an_erased_party_said_goes_with_them() {
    let app = TestApp::new().await;
    let id = introduced(&app).await;
    say(&app, &words_link(&app, id, Side::First).await, "firstwordsmarker").await.is(200);
    say(&app, &words_link(&app, id, Side::Second).await, "secondwordsmarker").await.is(200);
    erasure::by_operator(app.cx(), "grace@hopper.example").await.unwrap();
    assert!(!app.holds("firstwordsmarker"));
    assert!(app.holds("secondwordsmarker"));
    app.see("/thanks").await.is(200).says("secondwordsmarker").hides("firstwordsmarker");
}

#[tokio::test]
async fn thanks_are_owed_until_they_are_given_and_that_can_be_taken_back() {
    let app = TestApp::new().await;
    let id = introduced(&app).await;
    app.see("/thanks").await.says("You owe nobody a thank-you");
    follow_up::record(app.cx(), &app.connector, id, "met").await.unwrap();
    app.see("/thanks")
        .await
        .says("Thanks you owe")
        .says("Grace Hopper and Alan Turing")
        .says("I said thank you");
    let path = format!("/introductions/{id}");
    let given = app.act(&format!("{path}/settled"), &[("from", "thanks")]).await.is(303);
    assert_eq!(given.header("location"), "/thanks");
    app.see("/thanks").await.says("You owe nobody").says("Thanked on");
    let back = app.act(&format!("{path}/put-back"), &[("from", "thanks")]).await.is(303);
    assert_eq!(back.header("location"), "/thanks");
    app.see("/thanks").await.says("I said thank you").says("None yet");
    // A job is worth another word of thanks.
    app.act(&format!("{path}/settled"), &[("from", "thanks")]).await.is(303);
    follow_up::record(app.cx(), &app.connector, id, "landed").await.unwrap();
    app.see("/thanks").await.says("It led to a job").says("I said thank you");
}

#[tokio::test]
async fn long_lists_are_paged_without_gaps_or_repeats() {
    let app = TestApp::new().await;
    bulk::introductions(&app.cx().db, &app.connector, 400).await;
    let db = &app.cx().db;
    let sql = "UPDATE desk SET need = 'thanks', need_at = 1000 WHERE place = 'done'";
    db.write(move |tx| Box::pin(async move { tx.q(sql).run().await })).await.unwrap();
    let owed = {
        let mut tx = db.read().await.unwrap();
        let sql = "SELECT COUNT(*) AS n FROM desk WHERE need = 'thanks' AND settled_at IS NULL";
        let row = tx.q(sql).one().await.unwrap().unwrap();
        usize::try_from(row.get::<i64>("n").unwrap()).unwrap()
    };
    assert!(owed > 60, "{owed}");
    let (mut path, mut seen) = ("/thanks?list=owed".to_owned(), Vec::new());
    for _ in 0..=owed / 30 {
        let page = app.see(&path).await.is(200).hides("id=\"given\"");
        let rows = page.body.split("action=\"/introductions/").skip(1);
        seen.extend(rows.map(|rest| rest.split('/').next().unwrap().to_owned()));
        let Some(more) = page.body.split("href=\"").find(|rest| rest.starts_with("/thanks?list=owed")) else {
            break;
        };
        path = more.split('"').next().unwrap().replace("&amp;", "&");
    }
    let all = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((all, seen.len()), (owed, owed));
    app.see("/thanks?list=received&at=x&id=y").await.is(200).says("All thanks");
}
