//! Every kind of robot on every link of every family of mails: nothing that matters comes of it, and the links
//! work for people afterwards.

use std::sync::atomic::Ordering;

use twoyes::clock::Span;
use twoyes::domain::answer::Choice;

use crate::scanner_kit::{FAMILIES, Family, Scene, deeds};
use crate::scanner_robot::{Look, Order, Press, REQUESTS, Robot};
use crate::support::app::TestApp;

/// What robots do in mail gateways, as far as it was seen: none of them may bring anything about.
pub fn robots() -> Vec<Robot> {
    let tree = Robot::new("presses every button", Look::Get, Press::Every(Order::Tree));
    let reverse = Robot { press: Press::Every(Order::Reverse), name: "presses them from the end", ..tree };
    let mut all = vec![
        Robot::new("HEAD", Look::Head, Press::Nothing),
        Robot { depth: 2, ..Robot::new("GET", Look::Get, Press::Nothing) },
        Robot { depth: 2, ..Robot::new("GET twice, two agents", Look::Twice, Press::Nothing) },
        Robot { depth: 2, ..Robot::new("prefetch", Look::Prefetch, Press::Nothing) },
        Robot::new("HEAD, then GET", Look::HeadThenGet, Press::Nothing),
        Robot { depth: 2, ..Robot::new("submits the first form", Look::Get, Press::Bare) },
        Robot { depth: 2, ..Robot::new("presses the first button", Look::Get, Press::First) },
        tree,
        reverse,
        Robot { depth: 2, name: "presses everything on every page behind", ..tree },
        Robot { depth: 2, name: "the same from the end", ..reverse },
        Robot { times: 3, name: "presses each button three times", ..tree },
        Robot { times: 3, name: "the same from the end, three times", ..reverse },
        Robot { gap: Span::seconds(3), name: "presses a button every 3 s", ..tree },
        Robot { gap: Span::seconds(12), name: "presses a button every 12 s", ..tree },
        Robot { gap: Span::seconds(12), name: "the same from the end, every 12 s", ..reverse },
        Robot { fills: true, depth: 2, name: "fills in everything and presses everything", ..tree },
        Robot { fills: true, depth: 2, name: "the same from the end, filled in", ..reverse },
        Robot {
            fills: true,
            ..Robot::new("fills in everything and submits", Look::HeadThenGet, Press::Bare)
        },
    ];
    for seed in 1..=2 {
        let press = Press::Every(Order::Random(seed));
        all.push(Robot { press, depth: 2, name: "presses everything in any order", ..tree });
        all.push(Robot { press, gap: Span::seconds(12), name: "the same in any order, every 12 s", ..tree });
    }
    all
}

/// What may stand as an answer after a robot, at most: a slow one looks like a person who declines. No yes and
/// no never.
fn may_stand(robot: &Robot, before: Option<Choice>, after: Option<Choice>) -> bool {
    let slow = robot.gap >= Span::seconds(10);
    match robot.press {
        Press::Nothing | Press::Bare | Press::First => after == before,
        Press::Every(_) if robot.fills => after == before,
        Press::Every(_) if slow => after == before || !matches!(after, Some(Choice::Yes | Choice::Never)),
        Press::Every(_) => after.is_none() || after == before,
    }
}

async fn tries(family: Family, robot: &Robot) {
    let app = TestApp::new().await;
    let scene = Scene::set(&app, family).await;
    let (before, answers) = (deeds(&app).await, scene.answers().await);
    // Two seconds, 22 seconds and four minutes after the mail, as they were seen to come.
    for wait in [2, 20, 218] {
        app.later(Span::seconds(wait));
        robot.follow(&app, &scene.mails).await;
        let what = format!("{family:?}: {} ({:?})", robot.name, robot.press);
        assert_eq!(deeds(&app).await, before, "{what}");
        for (was, is) in answers.into_iter().zip(scene.answers().await) {
            assert!(may_stand(robot, was, is), "{what}: {was:?} became {is:?}");
        }
    }
    // The hold of a yes that a robot gave would end here; a link for signing in would end before.
    if family != Family::SignIn {
        scene.pass(Span::minutes(12)).await;
    }
    assert_eq!(deeds(&app).await, before, "{family:?}: {} ({:?}), later", robot.name, robot.press);
    println!("{family:?}: {} ({:?}): people come", robot.name, robot.press);
    scene.people_come().await;
}

async fn every_robot(families: &[Family]) {
    let robots = robots();
    for family in families {
        for robot in &robots {
            tries(*family, robot).await;
        }
    }
    let (profiles, orders) =
        (robots.len(), robots.iter().filter(|one| matches!(one.press, Press::Every(_))).count());
    println!(
        "figure: scanner: {profiles} profiles ({orders} of them press every button, in 4 orders) x {} families x 3 visits: \
         0 introductions, nevers, outcomes, erasures, sign-ins; {} requests of robots in this process so far",
        families.len(),
        REQUESTS.load(Ordering::Relaxed)
    );
}

#[tokio::test]
async fn no_robot_answers_an_ask() {
    every_robot(&FAMILIES[..2]).await;
}

#[tokio::test]
async fn no_robot_answers_a_reminder_or_a_receipt() {
    every_robot(&FAMILIES[2..4]).await;
}

#[tokio::test]
async fn no_robot_does_anything_in_a_closing_note_or_an_introduction() {
    every_robot(&FAMILIES[4..6]).await;
}

#[tokio::test]
async fn no_robot_tells_what_came_of_it() {
    every_robot(&FAMILIES[6..7]).await;
}

#[tokio::test]
async fn no_robot_signs_in_or_moves_an_address() {
    every_robot(&FAMILIES[7..]).await;
}
