//! The whole story in a real browser, from the mailed link to the admin's log; once more without script.

use twoyes::clock::Span;

use crate::browser::driver::{Browser, Script};
use crate::browser::site::{ADMIN, Site};

const GRACE: &str = "grace@hopper.example";
const ALAN: &str = "alan@turing.example";

/// Signs in by the mailed link, in the browser that asked.
pub async fn sign_in(site: &Site, browser: &Browser, address: &str) {
    browser.open("/").await;
    assert_eq!(browser.path().await, "/sign-in");
    browser.fill("email", address).await;
    browser.press("Mail me a link").await;
    browser.says("Look into your mailbox").await;
    site.settle().await;
    browser.open(&site.link_to(address, "/sign-in/")).await;
    browser.press("Sign in now").await;
    assert_eq!(browser.path().await, "/");
}

/// Types a whole introduction and presses "Save and preview"; the path of the introduction.
pub async fn compose(browser: &Browser) -> String {
    browser.press("New introduction").await;
    browser.tick("purpose-job_search").await;
    for (id, words) in [
        ("first-name", "Grace Hopper"),
        ("first-email", GRACE),
        ("first-how_known", "we built a compiler together"),
        ("first-described", "a compiler engineer from my team"),
        ("first-why", "They build what you want to build next."),
        ("first-blurb", "Grace has built compilers for ten years."),
        ("second-name", "Alan Turing"),
        ("second-email", ALAN),
        ("second-how_known", "from the same college"),
        ("second-described", "a hiring manager I worked with"),
        ("second-why", "Grace has solved the very problem that you told me about."),
        ("second-blurb", "Alan leads a group that builds machines."),
        ("shared", "Grace, meet Alan. Alan, meet Grace. You both build machines that think."),
        ("step", "A call of twenty minutes next week"),
    ] {
        browser.fill(id, words).await;
    }
    browser.tick("writes-first").await;
    browser.tick("order-one_by_one").await;
    browser.press("Save and preview").await;
    let path = browser.path().await;
    path.strip_suffix("/preview").unwrap_or_else(|| panic!("{path}")).to_owned()
}

/// Opens the link of the newest mail to this address at `#choice`, and presses a choice.
pub async fn answer(site: &Site, browser: &Browser, address: &str, choice: &str, button: &str) {
    let link = site.link_to(address, "/c/");
    browser.open(&format!("{link}#{choice}")).await;
    let marked = browser.find(".choice:target").await;
    assert!(browser.text_of(&marked).await.contains(button), "the choice of the mail is marked");
    browser.press(button).await;
    site.settle().await;
}

async fn whole_story(script: Script) {
    let site = Site::new().await;
    let browser = Browser::new(&site.base, script).await;
    sign_in(&site, &browser, ADMIN).await;
    let path = compose(&browser).await;
    browser.says("May I introduce Grace Hopper to you?").await;
    browser.press("Ask Grace Hopper now").await;
    browser.says("Grace Hopper was asked.").await;
    site.settle().await;

    answer(&site, &browser, GRACE, "yes", "Yes").await;
    browser.says("Your yes is noted").await;
    site.pass(Span::minutes(1)).await;
    answer(&site, &browser, ALAN, "yes", "Yes").await;
    browser.says("Your yes is noted").await;
    site.pass(Span::minutes(11)).await;
    let introduction = site.mail_to(ALAN);
    assert!(
        introduction.subject.contains("Grace") && introduction.subject.contains("Alan"),
        "{}",
        introduction.subject
    );
    browser.open(&path).await;
    browser.says("Introduced").await;

    site.pass(Span::days(7)).await;
    site.enter(&browser, &site.admin).await;
    browser.open(&site.link_to(GRACE, "/met/")).await;
    browser.press("Met or talked").await;
    browser.says("Thank you").await;
    browser.open(&path).await;
    browser.says("A thank-you to copy").await;
    browser.open("/admin/outcomes").await;
    browser.says("Met or talked").await;
    browser.hides(GRACE).await;
}

#[tokio::test]
async fn from_the_mailed_link_to_the_outcome() {
    whole_story(Script::On).await;
}

#[tokio::test]
async fn from_the_mailed_link_to_the_outcome_without_script() {
    whole_story(Script::Off).await;
}
