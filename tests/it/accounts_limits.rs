//! How often somebody may ask: for each address, without telling; for each client, with a page.

use twoyes::clock::Span;

use crate::accounts_kit::{Browser, plain};
use crate::support::app::TestApp;

fn from<'a>(app: &'a TestApp, peer: &str) -> Browser<'a> {
    Browser { peer: Some(peer.parse().unwrap()), ..Browser::new(app) }
}

#[tokio::test]
async fn an_address_gets_three_mails_and_one_more_an_hour_and_the_page_never_tells() {
    let app = TestApp::new().await;
    let mut pages = Vec::new();
    for nth in 0..6 {
        let mut browser = from(&app, &format!("192.0.2.{nth}:1000"));
        for email in ["ada@lovelace.example", "eve@nowhere.example"] {
            pages.push(plain(&browser.post("/sign-in", &[("email", email)]).await.is(200)));
        }
    }
    assert!(pages.iter().all(|page| *page == pages[0]));
    assert_eq!(app.deliver().await.len(), 3, "to one address");
    // Plus-tags and case lead to the same allowance, though not to an account.
    from(&app, "192.0.2.9:1").post("/sign-in", &[("email", "ADA+x@lovelace.example")]).await.is(200);
    let mut mails = 3;
    for hour in 1..=23 {
        app.later(Span::hours(1));
        for nth in 0..3 {
            let mut browser = from(&app, &format!("198.51.100.{}:1000", hour * 4 + nth));
            browser.post("/sign-in", &[("email", "ada@lovelace.example")]).await.is(200);
        }
        mails += app.deliver().await.len();
    }
    assert!((25..=27).contains(&mails), "3 + 24 a day at most: {mails}");
}

#[tokio::test]
async fn a_client_asks_five_times_and_once_more_a_minute() {
    let app = TestApp::new().await;
    let mut browser = from(&app, "192.0.2.1:1000");
    let ask = |nth: u8| format!("person{nth}@nowhere.example");
    for nth in 0..5 {
        browser.post("/sign-in", &[("email", &ask(nth))]).await.is(200);
    }
    let page = browser.post("/sign-in", &[("email", &ask(5))]).await.is(429).says("Too many at once");
    let wait: i64 = page.header("retry-after").parse().unwrap();
    assert!((60..=61).contains(&wait), "{wait}");
    assert!(page.cookies().is_empty());
    // Another household is not affected; another machine of the same one is.
    from(&app, "192.0.2.2:1000").post("/sign-in", &[("email", &ask(6))]).await.is(200);
    app.later(Span::seconds(wait));
    browser.post("/sign-in", &[("email", &ask(7))]).await.is(200);
    browser.post("/sign-in", &[("email", &ask(8))]).await.is(429);
    for nth in 0..5 {
        from(&app, &format!("[2001:db8::{nth}]:1000")).post("/sign-in", &[("email", &ask(9))]).await.is(200);
    }
    from(&app, "[2001:db8::ffff]:1000").post("/sign-in", &[("email", &ask(9))]).await.is(429);
    from(&app, "[2001:db8:0:1::1]:1000").post("/sign-in", &[("email", &ask(9))]).await.is(200);
}

#[tokio::test]
async fn what_is_no_address_costs_nobody_an_allowance_of_mails_and_requests_without_a_socket_share_one() {
    let app = TestApp::new().await;
    for _ in 0..5 {
        app.post("/sign-in", &[("email", "ada@")]).await.is(422);
    }
    // They count for the client all the same, so that trying is not free.
    app.post("/sign-in", &[("email", "ada@lovelace.example")]).await.is(429);
    assert!(app.deliver().await.is_empty());
}

#[tokio::test]
async fn all_accounts_together_get_so_many_mails_and_made_up_addresses_use_up_none() {
    let app = TestApp::new().await;
    let mut nth = 0;
    let mut ask = async |email: String| {
        nth += 1;
        let peer = format!("[2001:db8:{:x}:{:x}::1]:1000", nth / 60_000, nth % 60_000);
        from(&app, &peer).post("/sign-in", &[("email", &email)]).await.is(200);
    };
    for who in 0..50 {
        let email = format!("account{who}@connect.example");
        twoyes::flow::account::add(app.cx(), &email, "Mary", twoyes::domain::connector::Role::Connector)
            .await
            .unwrap();
    }
    for who in 0..200 {
        ask(format!("nobody{who}@nowhere.example")).await;
    }
    for _ in 0..3 {
        for who in 0..50 {
            ask(format!("account{who}@connect.example")).await;
        }
    }
    assert_eq!(app.deliver().await.len(), 120, "of 150 that their own limits would allow");
    app.later(Span::minutes(5));
    for who in 0..50 {
        ask(format!("nobody{who}@nowhere.example")).await;
    }
    app.later(Span::hours(1));
    ask("account1@connect.example".into()).await;
    assert_eq!(app.deliver().await.len(), 1);
}
