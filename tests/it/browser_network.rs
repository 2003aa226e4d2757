//! The network in a real browser: a file comes in, people are filed by keyboard, a suggestion becomes a draft, a plan is
//! started, and the search ends with one switch.

use twoyes::flow::people;

use crate::browser::driver::Browser;
use crate::browser::keyboard::enter;
use crate::browser::site::{ADMIN, Site};
use crate::browser_story::sign_in;

const FILE: &str = "name,email,role,looking_for,can_help,circle\n\
    Sam Cole,sam@people.example,nurse,work as a nurse in a hospital,,seekers\n\
    Grace Hopper,grace@people.example,head nurse,,show the hospital to nurses,\n\
    Alan Turing,alan@people.example,mathematician,,,\n";

/// Chooses a file as a person does in the window of the browser.
async fn choose_file(browser: &Browser, folder: &tempfile::TempDir) {
    let path = folder.path().join("people.csv");
    std::fs::write(&path, FILE).unwrap();
    browser.hand_over("file", path.to_str().unwrap()).await;
}

#[tokio::test]
async fn from_a_file_to_a_friend_who_landed() {
    let site = Site::new().await;
    let browser = site.browser().await;
    sign_in(&site, &browser, ADMIN).await;
    let folder = tempfile::tempdir().unwrap();

    // A file comes in.
    browser.press("Contacts").await;
    browser.press("Bring in a file").await;
    choose_file(&browser, &folder).await;
    browser.press("Look into the file").await;
    site.settle().await;
    browser.open(&browser.path().await).await;
    browser.says("3 new contacts").await;
    browser.press("Take them over").await;
    site.settle().await;
    browser.open(&browser.path().await).await;
    browser.says("3 added").await;

    // People are filed with the keyboard alone, by name.
    enter(&browser, "File them in circles").await;
    browser.says("2 people are in no circle yet").await;
    enter(&browser, "4 Associations").await;
    browser.says("Alan Turing: Associations").await;
    browser.says("One person is in no circle yet").await;
    enter(&browser, "2 Former co-workers and bosses").await;
    browser.says("Grace Hopper: Former co-workers and bosses").await;

    // A suggestion becomes a draft, with both in it.
    let sam = people::by_name(&site.cx, &site.admin, "sam", None, 1).await.unwrap().pop().unwrap();
    browser.open(&format!("/contacts/{}", sam.id)).await;
    browser.says("You marked that they can help: “show the hospital to nurses”.").await;
    browser.press("Introduce them: Grace Hopper").await;
    assert_eq!(browser.eval("document.getElementById('first-name').value").await, "Sam Cole");
    assert_eq!(browser.eval("document.getElementById('second-name').value").await, "Grace Hopper");

    // A plan is written, somebody is ticked, and one is started.
    browser.open(&format!("/contacts/{}", sam.id)).await;
    browser.press("Make a plan for them").await;
    for (id, words) in [
        ("why_first", "{name} hires nurses."),
        ("why_second", "Sam is patient, {name}, and you need patient people."),
        ("shared", "Sam, meet {name}. {name}, meet Sam."),
        ("step", "A call of twenty minutes next week."),
    ] {
        browser.fill(id, words).await;
    }
    browser.press("Go on to the people").await;
    let box_of_grace = browser.find("input[type=checkbox]").await;
    browser.click(&box_of_grace).await;
    browser.press("Add those ticked").await;
    browser.says("The next one can be started now").await;
    browser.press("Look at it and start: Grace Hopper").await;
    browser.says("Grace, meet Sam").await;

    // The search ends with one switch.
    browser.open("/plans").await;
    let plan = browser.find("a.row").await;
    browser.click(&plan).await;
    browser.press_here("Sam Cole found a job").await;
    browser.press("They found a job").await;
    browser.says("Every open question about them was withdrawn").await;
}
