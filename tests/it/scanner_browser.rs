//! A robot of the kind that gateways run: a real browser that opens every link of a mail, lets the page run what
//! it may run, and presses every submit it finds, again and again.

use std::time::Duration;

use twoyes::clock::Span;
use twoyes::flow::{ask, draft, log};

use crate::browser::driver::{Browser, Script};
use crate::browser::site::Site;
use crate::browser_story::answer;
use crate::scanner_kit::{ALAN, GRACE};
use crate::support::app::raw_draft;

/// Presses every submit of the page at this path, coming back after each; how many presses there were.
async fn press_all(browser: &Browser, path: &str, backwards: bool) -> usize {
    browser.open(path).await;
    let count = browser.all("button, input[type=submit]").await.len();
    let mut order: Vec<usize> = (0..count).collect();
    if backwards {
        order.reverse();
    }
    for nth in order {
        browser.open("about:blank").await;
        browser.open(path).await;
        if let Some(button) = browser.all("button, input[type=submit]").await.get(nth) {
            browser.click(button).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    // And the form itself, past its buttons and its checks, as scripts of sandboxes do.
    browser.open(path).await;
    browser
        .eval("[...document.forms].slice(0, 1).map(one => HTMLFormElement.prototype.submit.call(one)).length")
        .await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    count + 1
}

#[tokio::test]
async fn a_real_browser_that_presses_everything_brings_nothing_about() {
    let site = Site::new().await;
    let robot = Browser::new(&site.base, Script::On).await;
    let mut raw = raw_draft();
    raw.order = "together".into();
    let id = draft::create(&site.cx, &site.admin, &raw).await.unwrap().id;
    ask::ask(&site.cx, &site.admin, id).await.unwrap();
    site.settle().await;
    let mut presses = 0;
    for backwards in [false, true, false] {
        for address in [GRACE, ALAN] {
            for start in ["/c/", "/stop/", "/you/"] {
                presses += press_all(&robot, &site.link_to(address, start), backwards).await;
            }
        }
        site.pass(Span::seconds(20)).await;
    }
    site.pass(Span::minutes(12)).await;
    let of = log::get(&site.cx, &site.admin, id).await.unwrap().unwrap();
    assert!(
        of.introduced_at.is_none() && of.parties.iter().all(|(_, party)| party.given.is_none()),
        "at most: please choose again"
    );
    for address in [GRACE, ALAN] {
        robot.open(&site.link_to(address, "/stop/")).await;
        robot.says("Never be asked again?").await;
        assert!(site.mails_to(address).iter().all(|mail| mail.to.len() < 2), "no introduction");
    }
    // The people come, and are introduced.
    for address in [GRACE, ALAN] {
        answer(&site, &robot, address, "yes", "Yes").await;
        robot.says("Your yes is noted").await;
    }
    site.pass(Span::minutes(11)).await;
    assert!(site.mail_to(ALAN).subject.contains("Grace"), "{}", site.mail_to(ALAN).subject);
    println!(
        "figure: scanner: a real browser pressed {presses} times: 0 introductions, 0 nevers; then the people were introduced"
    );
}
