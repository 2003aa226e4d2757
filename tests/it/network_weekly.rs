//! The week's suggestions by mail: for who asked, on Monday mornings, and not in vain.

use twoyes::clock::Span;
use twoyes::domain::connector::Role;
use twoyes::domain::facets::RawFacets;
use twoyes::flow::{account, erasure, weekly};

use crate::network_kit::add;
use crate::support::app::TestApp;

/// From the Monday at 9:00 on which the tests begin to just after the next one at 7:00.
const A_WEEK: Span = Span::minutes(7 * 24 * 60 - 2 * 60 + 1);

fn wish(text: &str) -> RawFacets {
    RawFacets { looking_for: text.into(), ..RawFacets::default() }
}

fn help(text: &str) -> RawFacets {
    RawFacets { can_help: text.into(), ..RawFacets::default() }
}

#[tokio::test]
async fn whoever_asked_gets_the_weeks_suggestions_on_monday_and_nobody_else() {
    let mut app = TestApp::new().await;
    let bob = account::add(app.cx(), "bob@bobson.example", "Bob Bobson", Role::Connector).await.unwrap();
    add(&app, "Sam Cole", wish("a job in design")).await;
    add(&app, "Dora Dell", help("happy to talk about design")).await;
    app.later(A_WEEK);
    assert!(app.deliver().await.is_empty(), "nobody asked for it");
    app.sign_in().await;
    app.see("/settings").await.is(200).says("Who should meet, by mail").says("Mail me each Monday");
    app.act("/settings/weekly", &[("on", "yes")]).await.is(303);
    weekly::switch(app.cx(), &bob, true).await.unwrap();
    app.see("/settings").await.says("The next one leaves").says("Stop it");
    assert!(app.deliver().await.is_empty(), "not before Monday");
    let due = weekly::due(app.cx(), &app.connector).await.unwrap().unwrap();
    app.later(due - app.cx().now() - Span::minutes(1));
    assert!(app.deliver().await.is_empty(), "a minute before seven");
    app.later(Span::minutes(6));
    let mails = app.deliver().await;
    let [mail] = &mails[..] else { panic!("{} mails: Bob knows nobody", mails.len()) };
    assert_eq!(mail.to[0].address, "ada@lovelace.example");
    assert_eq!(mail.subject, "Sam Cole and Dora Dell should meet");
    assert!(
        mail.text.contains("You marked that they can help: “happy to talk about design”."),
        "{}",
        mail.text
    );
    assert!(
        mail.text.contains("/meet\n") && mail.text.contains("\nhttp://127.0.0.1:8080/settings\n"),
        "{}",
        mail.text
    );
    assert!(app.deliver().await.is_empty(), "once a week");
    app.later(Span::days(7));
    assert_eq!(app.deliver().await.len(), 1);
    app.sign_in().await;
    app.act("/settings/weekly", &[("on", "no")]).await.is(303);
    app.see("/settings").await.says("Mail me each Monday");
    app.later(Span::days(30));
    assert!(app.deliver().await.is_empty());
}

#[tokio::test]
async fn after_a_standstill_one_mail_comes_and_a_suspended_account_gets_none() {
    let app = TestApp::new().await;
    add(&app, "Sam Cole", wish("a job in design")).await;
    add(&app, "Dora Dell", help("happy to talk about design")).await;
    weekly::switch(app.cx(), &app.connector, true).await.unwrap();
    let due = weekly::due(app.cx(), &app.connector).await.unwrap().unwrap();
    weekly::switch(app.cx(), &app.connector, true).await.unwrap();
    assert_eq!(weekly::due(app.cx(), &app.connector).await.unwrap(), Some(due), "asking twice moves nothing");
    // The service stood still over two Mondays.
    app.later(A_WEEK + Span::days(9));
    let later = app.cx().now();
    assert_eq!(weekly::round(app.cx(), later).await.unwrap(), 1);
    assert_eq!(weekly::round(app.cx(), later).await.unwrap(), 0);
    let next = weekly::due(app.cx(), &app.connector).await.unwrap().unwrap();
    assert!(next > later && next < later + Span::days(7));
    // One that cannot leave for days is not about this week any more.
    app.later(Span::days(4));
    assert!(app.deliver().await.iter().all(|mail| mail.subject.contains("should meet")));
    assert!(app.deliver().await.is_empty());
}

#[tokio::test]
async fn whoever_is_erased_is_not_in_the_mail_of_a_week_either() {
    for sent in [true, false] {
        let app = TestApp::new().await;
        add(&app, "Sam Zeppelin", wish("a job in design")).await;
        add(&app, "Dora Dell", help("happy to talk about design")).await;
        weekly::switch(app.cx(), &app.connector, true).await.unwrap();
        app.later(A_WEEK);
        if sent {
            assert_eq!(app.deliver().await.len(), 1);
        } else {
            assert_eq!(weekly::round(app.cx(), app.cx().now()).await.unwrap(), 1);
        }
        assert!(app.holds("Sam Zeppelin"));
        erasure::by_operator(app.cx(), "sam.zeppelin@people.example").await.unwrap();
        app.later(Span::hours(2));
        let mails = app.deliver().await;
        assert!(!mails.iter().any(|mail| mail.text.contains("Zeppelin")), "what waits is taken back");
        assert!(!app.holds("Zeppelin"), "sent: {sent}");
    }
}
