//! The whole story in a real browser, from the mailed link to the admin's log; once more without script.

use axum::http::Method;
use twoyes::clock::Span;
use twoyes::flow::{ask, draft};

use crate::browser::driver::{Browser, Script};
use crate::browser::site::{ADMIN, Site};
use crate::support::app::raw_draft;
use crate::support::http::Http;

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
    // From the mail, not from the page that may still be open.
    browser.open("about:blank").await;
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
    // The HTML as its reader gets it, in a frame without rights.
    browser.press_here("As HTML").await;
    browser.look_into_frame(0).await;
    browser.says("Hello Grace").await;
    browser.open(&format!("{path}/preview")).await;
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
    the_log(&site, &browser).await;
}

/// The admin looks for what came of it, and takes exactly that home.
async fn the_log(site: &Site, browser: &Browser) {
    browser.press("Admin").await;
    browser.says("Met or talked").await;
    browser.hides(GRACE).await;
    choose(browser, "outcome", "landed").await;
    browser.press("Show").await;
    browser.says("Nothing fits").await;
    choose(browser, "outcome", "met").await;
    browser.press("Show").await;
    browser.says("Grace Hopper and Alan Turing").await;
    let source = browser.source().await;
    let link = source.split("href=\"").find(|rest| rest.starts_with("/admin/outcomes.csv")).unwrap();
    let link = link.split('"').next().unwrap().replace("&amp;", "&");
    assert!(link.contains("outcome=met"), "the file is what is filtered: {link}");
    let cookie = &browser.cookies().await[0];
    let cookie = format!("{}={}", cookie["name"].as_str().unwrap(), cookie["value"].as_str().unwrap());
    let mut http = Http::new(site.port());
    let file = http.send(Method::GET, &link, &[("cookie", &cookie)], String::new()).await.unwrap();
    assert_eq!(file.status, 200);
    let lines: Vec<&str> = file.body.trim_end().lines().collect();
    assert!(lines.len() == 2 && lines[1].contains(",met,"), "{}", file.body);
    assert!(!file.body.contains('@'), "{}", file.body);
}

/// Chooses from a list without its mouse menu.
async fn choose(browser: &Browser, id: &str, value: &str) {
    let option = browser.find(&format!("#{id} option[value=\"{value}\"]")).await;
    browser.click(&option).await;
}

#[tokio::test]
async fn from_the_mailed_link_to_the_outcome() {
    whole_story(Script::On).await;
}

#[tokio::test]
async fn from_the_mailed_link_to_the_outcome_without_script() {
    whole_story(Script::Off).await;
}

/// An introduction that was asked, made without a browser.
async fn asked(site: &Site) -> String {
    let id = draft::create(&site.cx, &site.admin, &raw_draft()).await.unwrap().id;
    ask::ask(&site.cx, &site.admin, id).await.unwrap();
    site.settle().await;
    format!("/introductions/{id}")
}

async fn see(site: &Site, browser: &Browser, path: &str) {
    site.enter(browser, &site.admin).await;
    browser.open(path).await;
}

async fn minds_change(script: Script) {
    let site = Site::new().await;
    let browser = Browser::new(&site.base, script).await;
    let path = asked(&site).await;
    answer(&site, &browser, GRACE, "no", "No").await;
    browser.says("That is noted").await;
    // Undone from the receipt.
    site.pass(Span::minutes(1)).await;
    answer(&site, &browser, GRACE, "yes", "Yes").await;
    browser.says("Your yes is noted").await;
    site.pass(Span::minutes(1)).await;
    answer(&site, &browser, ALAN, "yes", "Yes").await;
    site.pass(Span::minutes(5)).await;
    // Within the hold a yes can be taken back, and the page that was just read leads there.
    browser.press("Change the answer, or undo it").await;
    browser.says("Your answer so far: yes").await;
    browser.press("No").await;
    site.pass(Span::days(1)).await;
    see(&site, &browser, &path).await;
    assert!(!browser.text().await.contains("Introduced"), "{}", browser.text().await);
    assert!(!site.mail_to(GRACE).subject.contains("<>"), "{}", site.mail_to(GRACE).subject);
}

async fn not_now_has_a_date(script: Script) {
    let site = Site::new().await;
    let browser = Browser::new(&site.base, script).await;
    let path = asked(&site).await;
    browser.open(&site.link_to(GRACE, "/c/")).await;
    browser.date("until", "2026", "03", "20").await;
    browser.fill("note", "After the fair, gladly").await;
    browser.press("Not now").await;
    browser.says("Not now, until Friday 20 March 2026").await;
    site.settle().await;
    see(&site, &browser, &path).await;
    browser.says("Not now, until Friday 20 March 2026").await;
    browser.says("After the fair, gladly").await;
    site.pass(Span::days(19)).await;
    see(&site, &browser, "/").await;
    browser.says("Needs you").await;
}

async fn never_means_never(script: Script) {
    let site = Site::new().await;
    let browser = Browser::new(&site.base, script).await;
    asked(&site).await;
    answer(&site, &browser, GRACE, "never", "No, and never ask me again").await;
    browser.says("Nobody can ask you through this service any more").await;
    let mails = site.mails_to(GRACE).len();
    let mut raw = raw_draft();
    raw.second.email = "somebody@else.example".into();
    let again = draft::create(&site.cx, &site.admin, &raw).await.unwrap().id;
    see(&site, &browser, &format!("/introductions/{again}/preview")).await;
    browser.press("Ask Grace Hopper now").await;
    browser.says("cannot be asked").await;
    site.pass(Span::days(1)).await;
    assert_eq!(site.mails_to(GRACE).len(), mails, "no ask");
}

/// Nobody is told of a quiet no, and a button that changes nothing changes nothing.
async fn quiet_and_later(script: Script) {
    let site = Site::new().await;
    let browser = Browser::new(&site.base, script).await;
    let path = asked(&site).await;
    browser.open(&site.link_to(GRACE, "/c/")).await;
    // What a robot does that presses the first button.
    let first = browser.find("main button").await;
    assert_eq!(browser.text_of(&first).await, "Decide later");
    browser.press("Decide later").await;
    browser.says("Nothing was sent").await;
    browser.tick("quiet").await;
    browser.press("No").await;
    browser.says("it looks as if you had not answered").await;
    see(&site, &browser, &path).await;
    browser.says("No answer").await;
}

#[tokio::test]
async fn a_mind_may_change_until_it_leaves() {
    minds_change(Script::On).await;
    minds_change(Script::Off).await;
}

#[tokio::test]
async fn a_not_now_comes_back_on_its_date() {
    not_now_has_a_date(Script::On).await;
    not_now_has_a_date(Script::Off).await;
}

#[tokio::test]
async fn never_stands_against_the_next_ask() {
    never_means_never(Script::On).await;
    never_means_never(Script::Off).await;
}

#[tokio::test]
async fn a_quiet_no_and_a_later_look_like_silence() {
    quiet_and_later(Script::On).await;
    quiet_and_later(Script::Off).await;
}
