//! Asked, corrected, passed on and thanked, in a real browser: a request on a connector's page becomes an introduction
//! and a word of thanks; a contact corrects their card, a recruiter agrees, and a seeker gets them; a fit is for the
//! colleague alone.

use twoyes::clock::Span;
use twoyes::domain::contact::{Contact, RawContact};
use twoyes::domain::facets::RawFacets;
use twoyes::flow::people;

use crate::browser::driver::Browser;
use crate::browser::site::Site;
use crate::browser_story::answer;

const GRACE: &str = "grace@hopper.example";
const ALAN: &str = "alan@turing.example";

async fn add(site: &Site, name: &str, facets: RawFacets) -> Contact {
    let email = format!("{}@people.example", name.to_lowercase().replace(' ', "."));
    let raw = RawContact { name: name.into(), email, facets, ..RawContact::default() };
    people::add(&site.cx, &site.admin, &raw).await.unwrap()
}

/// Opens the link of the newest mail to this address.
async fn follow(site: &Site, browser: &Browser, address: &str, path: &str) {
    site.settle().await;
    browser.open("about:blank").await;
    browser.open(&site.link_to(address, path)).await;
}

/// Somebody asks on the page of the connector, and confirms it through the mail that they get.
async fn somebody_asks(site: &Site, browser: &Browser) {
    browser.open("/ask/lena").await;
    for (id, words) in [
        ("wish", "Somebody who has built a compiler."),
        ("about", "Grace has built compilers for ten years."),
        ("name", "Grace Hopper"),
        ("email", GRACE),
    ] {
        browser.fill(id, words).await;
    }
    browser.press("Send me the mail to confirm it").await;
    browser.says("Please look into your mailbox").await;
    follow(site, browser, GRACE, "/asked/").await;
    browser.tick("sure").await;
    browser.press("Yes, ask for me").await;
    browser.says("This is your yes to one introduction").await;
}

#[tokio::test]
async fn from_a_request_to_a_word_of_thanks() {
    let site = Site::new().await;
    let browser = site.browser().await;
    site.enter(&browser, &site.admin).await;
    browser.open("/ask-me").await;
    browser.tick("is_open").await;
    browser.fill("slug", "lena").await;
    browser.press("Save").await;
    browser.says("Everybody can see it").await;
    let visitor = site.browser().await;
    somebody_asks(&site, &visitor).await;

    // The connector writes it, and asks the second alone.
    browser.open("/").await;
    browser.open("/ask-me").await;
    browser.press("Write the introduction: Grace Hopper").await;
    browser.tick("purpose-peers").await;
    for (id, words) in [
        ("first-why", "He has built what you build."),
        ("second-name", "Alan Turing"),
        ("second-email", ALAN),
        ("second-described", "an engineer I worked with"),
        ("second-why", "She knows the machine that you told me about."),
        ("shared", "Grace, meet Alan. Alan, meet Grace."),
        ("step", "A call of twenty minutes next week"),
    ] {
        browser.fill(id, words).await;
    }
    browser.press("Save and preview").await;
    browser.says("that is their yes").await;
    browser.press("Ask Alan Turing now").await;
    site.pass(Span::minutes(2)).await;
    answer(&site, &visitor, ALAN, "yes", "Yes").await;
    site.pass(Span::minutes(11)).await;

    // A week later one of them writes a word, and the connector thanks.
    site.pass(Span::days(7)).await;
    follow(&site, &visitor, GRACE, "/met/").await;
    visitor.press("Met or talked").await;
    let words = visitor.find("textarea#words").await;
    visitor.click(&words).await;
    visitor.fill("words", "We met, and I start on Monday. Thank you!").await;
    visitor.press("Send it to Lena").await;
    visitor.says("Lena has your words").await;
    site.enter(&browser, &site.admin).await;
    browser.open("/thanks").await;
    browser.says("We met, and I start on Monday. Thank you!").await;
    browser.press("I have read them").await;
    browser.press("I said thank you: Grace Hopper and Alan Turing").await;
    browser.says("Thanked on").await;
    browser.says("You owe nobody a thank-you").await;
}

#[tokio::test]
async fn a_card_is_corrected_and_recruiters_go_to_a_seeker() {
    let site = Site::new().await;
    let seeker = RawFacets {
        looking_for: "work in software".into(),
        circle: "seekers".into(),
        ..RawFacets::default()
    };
    let sam = add(&site, "Sam Cole", seeker).await;
    let recruiter = RawFacets { role: "recruiter".into(), field: "software".into(), ..RawFacets::default() };
    let noah = add(&site, "Noah Fischer", recruiter).await;
    let browser = site.browser().await;
    site.enter(&browser, &site.admin).await;
    let page = format!("/contacts/{}", noah.id);

    // Is the card right?
    browser.open(&page).await;
    browser.press("Ask whether the card is right").await;
    let visitor = site.browser().await;
    follow(&site, &visitor, "noah.fischer@people.example", "/card/").await;
    visitor.fill("employer", "Nordlicht").await;
    visitor.press("Send what I changed").await;
    visitor.says("Lena has your correction").await;
    browser.open("/").await;
    browser.says("Noah Fischer has corrected their card").await;
    browser.open(&page).await;
    browser.press("Take it over").await;
    browser.says("Nordlicht").await;

    // May they be passed on?
    browser.open("/recruiters").await;
    browser.press("Mark as a recruiter: Noah Fischer").await;
    browser.press("Ask whether they may be passed on: Noah Fischer").await;
    follow(&site, &visitor, "noah.fischer@people.example", "/card/").await;
    visitor.fill("reach", "By mail, on weekdays").await;
    visitor.tick("sure").await;
    visitor.press("Pass me on").await;
    visitor.says("You may be passed on from now on").await;

    // One mail with them to somebody who looks for work.
    browser.open(&format!("/contacts/{}", sam.id)).await;
    browser.press("Recruiters who could help Sam Cole").await;
    browser.says("fits: software").await;
    browser.press("Look at the mail").await;
    browser.says("By mail, on weekdays").await;
    browser.press("Send it to Sam Cole").await;
    browser.says("is on the way to Sam Cole").await;
    site.settle().await;
    let mail = site.mail_to("sam.cole@people.example");
    assert!(mail.card.is_some_and(|card| card.contains("FN:Noah Fischer")));

    // Whom one wants to hear from, and the week's suggestions by mail.
    browser.open("/keep-in-touch").await;
    browser.run("document.getElementById('seekers').value = '1'", &[]).await;
    browser.press("Save").await;
    site.pass(Span::days(40)).await;
    site.enter(&browser, &site.admin).await;
    browser.open("/keep-in-touch").await;
    browser.press("I was in touch: Sam Cole").await;
    browser.says("you were in touch with Sam Cole today").await;
    browser.open("/settings").await;
    browser.press("Mail me each Monday").await;
    browser.says("The next one leaves").await;
}

#[tokio::test]
async fn only_the_colleague_reads_why_somebody_would_fit() {
    let site = Site::new().await;
    let browser = site.browser().await;
    site.enter(&browser, &site.admin).await;
    browser.open("/introductions/new").await;
    browser.tick("purpose-colleague").await;
    for (id, words) in [
        ("first-name", "Grace Hopper"),
        ("first-email", GRACE),
        ("first-described", "an engineer I worked with"),
        ("first-why", "They build what you want to build next."),
        ("first-blurb", "Grace has built compilers for ten years."),
        ("second-name", "Alan Turing"),
        ("second-email", ALAN),
        ("second-described", "a colleague of mine"),
        ("second-why", "She knows the machine that you told me about."),
        ("fit", "She would calm our zeppelin team."),
        ("shared", "Grace, meet Alan. Alan, meet Grace."),
        ("step", "A call of twenty minutes next week"),
    ] {
        browser.fill(id, words).await;
    }
    browser.press("Save and preview").await;
    browser.says("She would calm our zeppelin team").await;
    browser.press("Ask Grace Hopper now").await;
    site.settle().await;
    let visitor = site.browser().await;
    visitor.open(&site.link_to(GRACE, "/c/")).await;
    visitor.hides("zeppelin").await;
    answer(&site, &visitor, GRACE, "yes", "Yes").await;
    site.pass(Span::minutes(2)).await;
    visitor.open("about:blank").await;
    visitor.open(&site.link_to(ALAN, "/c/")).await;
    visitor.says("She would calm our zeppelin team").await;
}
