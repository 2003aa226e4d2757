//! Every kind of robot on the mails about own cards, recruiters and requests: nobody agrees to anything, nothing is
//! forgotten, and the links work for people afterwards.

use std::sync::atomic::Ordering;

use twoyes::clock::Span;
use twoyes::domain::ask_me::{RawPage, RawRequest};
use twoyes::domain::contact::{Contact, RawContact};
use twoyes::domain::own_card::Question;
use twoyes::flow::{ask_me, own_card, people};
use twoyes::mail::Decoded;

use crate::network_kit::link_in;
use crate::scanner_profiles::robots;
use crate::scanner_robot::{REQUESTS, Robot};
use crate::support::app::TestApp;

/// Nina is asked about her card and whether she may be passed on; Quentin asked for an introduction.
async fn scene(app: &TestApp) -> (Contact, Vec<Decoded>) {
    let (cx, who) = (app.cx(), &app.connector);
    let raw =
        RawContact { name: "Nina North".into(), email: "nina@north.example".into(), ..RawContact::default() };
    let nina = people::add(cx, who, &raw).await.unwrap();
    own_card::mark(cx, who, nina.id, true).await.unwrap();
    own_card::ask(cx, who, nina.id, Question::Card).await.unwrap();
    own_card::ask(cx, who, nina.id, Question::PassOn).await.unwrap();
    let page = RawPage { slug: "ada".into(), welcome: String::new(), is_open: true };
    ask_me::save_page(cx, who, &page).await.unwrap();
    let raw = RawRequest {
        name: "Quentin".into(),
        email: "quentin@asks.example".into(),
        wish: "somebody who bakes".into(),
        about: "I eat.".into(),
    };
    ask_me::request(cx, "ada", &raw).await.unwrap();
    let mails = app.deliver().await;
    assert_eq!(mails.len(), 3);
    (nina, mails)
}

async fn nevers(app: &TestApp) -> i64 {
    let sql = "SELECT COUNT(*) AS n FROM suppression";
    let row = app.cx().db.read().await.unwrap().q(sql).one().await.unwrap();
    row.unwrap().get("n").unwrap()
}

async fn tries(robot: &Robot) {
    let app = TestApp::new().await;
    let (nina, mails) = scene(&app).await;
    for wait in [2, 20, 218] {
        app.later(Span::seconds(wait));
        robot.follow(&app, &mails).await;
        let what = format!("{} ({:?})", robot.name, robot.press);
        let card = own_card::of(app.cx(), &app.connector, &nina).await.unwrap().unwrap();
        assert!(card.agreed.is_none(), "{what}: it agreed");
        assert!(card.correction.is_none(), "{what}: it corrected");
        assert!(ask_me::waiting(app.cx(), &app.connector).await.unwrap().is_empty(), "{what}: it asked");
        assert_eq!(nevers(&app).await, 0, "{what}: it stopped");
    }
    app.later(Span::minutes(2));
    for (start, form, said) in [
        ("/card/", [("do", "pass"), ("sure", "yes")], "You may be passed on"),
        ("/asked/", [("do", "yes"), ("sure", "yes")], "Ada has your request"),
    ] {
        let mail = mails.iter().find(|mail| mail.text.contains(start)).unwrap();
        let link = link_in(mail, start);
        let nonce = app.get(&link).await.is(200).value("nonce");
        let form: Vec<(&str, &str)> = [("nonce", nonce.as_str())].into_iter().chain(form).collect();
        app.post(&link, &form).await.is(200).says(said);
    }
}

#[tokio::test]
async fn no_robot_agrees_to_be_passed_on_or_asks_for_somebody() {
    let robots = robots();
    for robot in &robots {
        tries(robot).await;
    }
    println!(
        "figure: scanner: {} profiles x 3 mails about cards and requests x 3 visits: 0 consents; {} requests",
        robots.len(),
        REQUESTS.load(Ordering::Relaxed)
    );
}
