//! Both people sit behind one gateway that scans every mail that comes, receipts of its own clicks included; and
//! sites that are weakened on purpose, where such a gateway does get an introduction through.

use std::path::Path;

use twoyes::clock::{Span, Ts};
use twoyes::domain::answer::Choice;
use twoyes::flow::{ask, draft};
use twoyes::mail::Decoded;
use twoyes::view::{Site, Views};

use crate::scanner_kit::{ALAN, Family, GRACE, Scene, answer, answer_link, deeds};
use crate::scanner_robot::{Look, Order, Press, Robot};
use crate::support::app::{TestApp, raw_draft};

const CLICKER: Robot = Robot::new("gateway", Look::HeadThenGet, Press::Every(Order::Tree));

/// What came of a quarter of an hour behind a gateway.
struct Hour {
    visits: usize,
    mails: Vec<Decoded>,
}

/// Asks both, and lets the gateway scan each mail 2 s, 22 s and 4 minutes after it came.
async fn behind_a_gateway(app: &TestApp, robot: &Robot, order: &str) -> Hour {
    let mut raw = raw_draft();
    raw.order = order.into();
    let new = draft::create(app.cx(), &app.connector, &raw).await.unwrap();
    ask::ask(app.cx(), &app.connector, new.id).await.unwrap();
    let end = app.cx().now() + Span::minutes(15);
    let (mut due, mut hour): (Vec<(Ts, Decoded)>, _) = (Vec::new(), Hour { visits: 0, mails: Vec::new() });
    loop {
        let now = app.cx().now();
        for mail in app.deliver().await {
            due.extend([2, 22, 240].map(|after| (now + Span::seconds(after), mail.clone())));
            hour.mails.push(mail);
        }
        let next = (0..due.len()).min_by_key(|at| due[*at].0);
        let Some(next) = next.map(|at| due.remove(at)).filter(|(at, _)| *at < end) else { break };
        app.later(Span((next.0 - now).0.max(0)));
        robot.follow(app, &[next.1]).await;
        hour.visits += 1;
        assert!(hour.visits < 1_000, "its clicks make mails, which it clicks");
    }
    app.later(Span::minutes(15));
    hour.mails.extend(app.deliver().await);
    hour
}

fn introductions(mails: &[Decoded]) -> usize {
    mails.iter().filter(|mail| mail.to.len() == 2).count()
}

#[tokio::test]
async fn a_clicking_gateway_before_both_introduces_nobody_and_makes_no_storm_of_mails() {
    let (mut visits, mut most) = (0, 0);
    for order in ["together", "one_by_one"] {
        for press in [Order::Tree, Order::Reverse, Order::Random(3)] {
            for gap in [0, 3, 12] {
                let robot = Robot { press: Press::Every(press), gap: Span::seconds(gap), ..CLICKER };
                let app = TestApp::new().await;
                let hour = behind_a_gateway(&app, &robot, order).await;
                let told = format!("{order}, {press:?}, every {gap} s");
                assert_eq!(introductions(&hour.mails), 0, "{told}");
                let deeds = deeds(&app).await;
                assert_eq!((deeds.introductions, deeds.nevers, deeds.erased), (0, 0, 0), "{told}");
                visits += hour.visits;
                most = most.max(hour.mails.len());
                println!("{told}: {} visits, {} mails", hour.visits, hour.mails.len());
            }
        }
    }
    println!(
        "figure: scanner: one gateway before both, 18 ways to click: {visits} visits, at most {most} mails, 0 introductions"
    );
}

/// The first button of the page is a yes.
fn a_first_button_that_says_yes(folder: &Path) -> Views {
    let page = "en/pages/recipient/answer.html";
    let text = std::fs::read_to_string(Path::new("templates").join(page)).unwrap();
    let weak = text.replace("name=\"choice\" value=\"\"", "name=\"choice\" value=\"yes\"");
    assert_ne!(weak, text);
    let file = folder.join(page);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, weak).unwrap();
    let site = Site { name: "intro.example.org".into(), ..Site::default() };
    Views::compile(Some(folder)).unwrap().for_site(&site)
}

#[tokio::test]
async fn the_robots_would_find_a_first_button_that_says_yes() {
    let folder = tempfile::tempdir().unwrap();
    let app = TestApp::weakened(|cx| cx.views = a_first_button_that_says_yes(folder.path())).await;
    let robot = Robot { press: Press::First, ..CLICKER };
    assert_eq!(introductions(&behind_a_gateway(&app, &robot, "one_by_one").await.mails), 2);
}

#[tokio::test]
async fn the_robots_would_find_answers_that_do_not_contradict_each_other() {
    let app = TestApp::weakened(|cx| cx.policy.contest = Span::seconds(0)).await;
    let robot = Robot { press: Press::Every(Order::Reverse), ..CLICKER };
    assert_eq!(introductions(&behind_a_gateway(&app, &robot, "together").await.mails), 2);
}

#[tokio::test]
async fn the_robots_would_find_a_window_too_short_for_slow_ones() {
    // As long as it is for a no: a yes after twelve seconds would stand.
    let app = TestApp::weakened(|cx| cx.policy.contest = Span::seconds(2)).await;
    let robot = Robot { press: Press::Every(Order::Reverse), gap: Span::seconds(12), ..CLICKER };
    assert_eq!(introductions(&behind_a_gateway(&app, &robot, "together").await.mails), 2);
}

/// The limit of all this, told plainly: who ticks a box that people see and presses the button under it is taken
/// for a person, for a "never" and for a new address. It is no consent to anything, and it can be taken back.
#[tokio::test]
async fn a_robot_that_ticks_what_people_see_brings_about_a_never_at_most() {
    for family in [Family::Ask, Family::AddressChange] {
        let app = TestApp::new().await;
        let scene = Scene::set(&app, family).await;
        let before = deeds(&app).await;
        let robot = Robot { ticks: true, ..CLICKER };
        robot.follow(&app, &scene.mails).await;
        scene.pass(Span::minutes(12)).await;
        let after = deeds(&app).await;
        assert_eq!(
            (after.introductions, after.outcomes, after.erased, after.sessions),
            (0, 0, 0, before.sessions)
        );
        assert!(after.nevers <= 2 && after.moved <= 1, "{after:?}");
        assert!(!scene.answers().await.contains(&Some(Choice::Yes)));
    }
}

#[tokio::test]
async fn behind_a_gateway_that_only_looks_two_people_are_introduced() {
    let app = TestApp::new().await;
    let robot = Robot { depth: 2, ..Robot::new("looks", Look::Twice, Press::Nothing) };
    let scene = Scene::set(&app, Family::AskFirst).await;
    robot.follow(&app, &scene.mails).await;
    answer(&app, &answer_link(&scene.mails, GRACE), "yes").await;
    let mut mails = scene.pass(Span::minutes(1)).await;
    robot.follow(&app, &mails).await;
    answer(&app, &answer_link(&mails, ALAN), "yes").await;
    mails = scene.pass(Span::minutes(1)).await;
    robot.follow(&app, &mails).await;
    assert_eq!(introductions(&scene.pass(Span::minutes(10)).await), 2);
}
