//! Everything with the keyboard alone.

use std::collections::BTreeMap;

use twoyes::clock::Span;

use crate::browser::driver::{Browser, Script, key};
use crate::browser::gallery::{Gallery, Sample};
use crate::browser::keyboard::{enter, put, tab_to, type_in, walk};
use crate::browser::site::{ADMIN, Site};

/// Of each page the sample with the most to reach.
fn richest(samples: &[Sample]) -> Vec<&Sample> {
    let controls = |sample: &Sample| {
        ["<a ", "<button", "<input", "<textarea", "<select", "<summary"]
            .map(|tag| sample.html.matches(tag).count())
            .iter()
            .sum::<usize>()
    };
    let mut best: BTreeMap<&str, &Sample> = BTreeMap::new();
    for sample in samples {
        let known = best.entry(sample.of()).or_insert(sample);
        if controls(sample) > controls(known) {
            *known = sample;
        }
    }
    best.into_values().collect()
}

#[tokio::test]
async fn tab_reaches_every_control_in_the_order_of_the_eye_and_enter_sends_every_form() {
    let gallery = Gallery::open().await;
    let browser = Browser::new(&gallery.base, Script::On).await;
    browser.size(1280, 900).await;
    let mut faults = Vec::new();
    for sample in richest(&gallery.pages) {
        browser.open(&sample.path()).await;
        faults.extend(walk(&browser).await.into_iter().map(|fault| format!("{}: {fault}\n", sample.name)));
    }
    assert!(faults.is_empty(), "{}", faults.concat());
}

#[tokio::test]
async fn the_way_past_the_bar_leads_to_what_the_page_is_about() {
    let gallery = Gallery::open().await;
    let browser = Browser::new(&gallery.base, Script::On).await;
    for sample in richest(&gallery.pages) {
        browser.open(&sample.path()).await;
        browser.strike(&[key::TAB, key::ENTER]).await;
        assert!(browser.path().await.ends_with("#main"), "{}", sample.name);
        assert_eq!(browser.eval("document.activeElement.id").await, "main", "{}", sample.name);
        browser.strike(&[key::TAB]).await;
        let inside = browser.eval("!document.activeElement.closest('.bar')").await;
        assert_eq!(inside, true, "{}: the next stop lies behind the bar", sample.name);
    }
}

#[tokio::test]
async fn a_whole_introduction_without_a_mouse() {
    let site = Site::new().await;
    let browser = site.browser().await;
    browser.open("/sign-in").await;
    tab_to(&browser, "email").await;
    type_in(&browser, ADMIN).await;
    browser.enter().await;
    browser.says("Look into your mailbox").await;
    site.settle().await;
    let mail = site.mail_to(ADMIN).text;
    let is_code = |word: &&str| word.len() == 6 && word.chars().all(|c| c.is_ascii_digit());
    let code =
        mail.split_whitespace().map(|word| word.trim_end_matches('.')).find(is_code).unwrap().to_owned();
    put(&browser, "code", &code).await;
    browser.enter().await;
    assert_eq!(browser.path().await, "/");

    enter(&browser, "New introduction").await;
    // The first of a group has the focus; Space chooses it.
    tab_to(&browser, "purpose-job_search").await;
    browser.strike(&[key::SPACE]).await;
    for (id, words) in [
        ("first-name", "Grace Hopper"),
        ("first-email", "grace@hopper.example"),
        ("first-described", "an engineer from my team"),
        ("first-why", "They build what you want to build."),
        ("second-name", "Alan Turing"),
        ("second-email", "alan@turing.example"),
        ("second-described", "a hiring manager"),
        ("second-why", "Grace has solved your problem."),
        ("shared", "You both build machines that think."),
        ("step", "A call of twenty minutes"),
    ] {
        put(&browser, id, words).await;
    }
    enter(&browser, "Save and preview").await;
    browser.says("Look before you ask").await;
    enter(&browser, "Ask Grace Hopper now").await;
    browser.says("Grace Hopper was asked.").await;
    site.settle().await;

    for who in ["grace@hopper.example", "alan@turing.example"] {
        browser.open(&site.link_to(who, "/c/")).await;
        put(&browser, "note", "Gladly").await;
        enter(&browser, "Yes").await;
        browser.says("Your yes is noted").await;
        site.settle().await;
        site.pass(Span::minutes(11)).await;
    }
    site.pass(Span::days(7)).await;
    browser.open(&site.link_to("grace@hopper.example", "/met/")).await;
    enter(&browser, "Met or talked").await;
    browser.says("Thank you").await;
    browser.open(&site.link_to("alan@turing.example", "/stop/")).await;
    tab_to(&browser, "never").await;
    type_in(&browser, " ").await;
    enter(&browser, "Never ask me again").await;
    browser.says("You will not be asked again").await;
}

#[tokio::test]
async fn shift_and_tab_lead_back_and_arrows_choose_in_a_group() {
    let site = Site::new().await;
    let browser = site.browser().await;
    site.enter(&browser, &site.admin).await;
    browser.open("/introductions/new").await;
    tab_to(&browser, "first-email").await;
    browser.strike_with(Some(key::SHIFT), &[key::TAB]).await;
    assert_eq!(browser.eval("document.activeElement.id").await, "first-name");
    browser.tick("order-one_by_one").await;
    browser.strike(&[key::DOWN]).await;
    let chosen = "document.querySelector('input[name=order]:checked').id";
    assert_eq!(browser.eval(chosen).await, "order-together");
}
