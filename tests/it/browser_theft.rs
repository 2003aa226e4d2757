//! Attempts to steal or to lead astray, with a real browser's rules about cookies, origins and frames.

use twoyes::domain::connector::Role;
use twoyes::domain::introduction::StateName;
use twoyes::flow::{account, draft, log};

use crate::browser::driver::{Browser, Script};
use crate::browser::foreign::Foreign;
use crate::browser::site::{ADMIN, Site};
use crate::browser_story::sign_in;
use crate::support::app::raw_draft;

#[tokio::test]
async fn a_copied_cookie_is_worth_nothing_after_signing_out() {
    let site = Site::new().await;
    let browser = site.browser().await;
    sign_in(&site, &browser, ADMIN).await;
    let cookies = browser.cookies().await;
    let session = cookies.iter().find(|cookie| cookie["name"] == "twoyes").unwrap();
    assert_eq!(
        (&session["httpOnly"], session["sameSite"].as_str()),
        (&true.into(), Some("Lax")),
        "{session}"
    );
    assert_eq!(browser.eval("document.cookie").await, "", "no script could read it");

    let thief = site.browser().await;
    thief.open("/healthz").await;
    thief.put_cookie("twoyes", session["value"].as_str().unwrap()).await;
    thief.open("/").await;
    thief.says("Lena Brandt").await;
    browser.press("Sign out").await;
    thief.open("/").await;
    assert_eq!(thief.path().await, "/sign-in");
    browser.open("/").await;
    assert_eq!(browser.path().await, "/sign-in");
}

#[tokio::test]
async fn a_sign_in_link_is_worth_nothing_in_another_browser() {
    let site = Site::new().await;
    let (browser, thief) = (site.browser().await, site.browser().await);
    browser.open("/sign-in").await;
    browser.fill("email", ADMIN).await;
    browser.press("Mail me a link").await;
    site.settle().await;
    let link = site.link_to(ADMIN, "/sign-in/");
    thief.open(&link).await;
    thief.says("not the browser in which you asked").await;
    assert!(!thief.text().await.contains("Sign in now"), "there is nothing to press here");
    thief.open("/").await;
    assert_eq!(thief.path().await, "/sign-in");
    // Nor has it spoilt the link for its owner.
    browser.open(&link).await;
    browser.press("Sign in now").await;
    assert_eq!(browser.path().await, "/");
    thief.open(&link).await;
    thief.says("closed").await;
}

#[tokio::test]
async fn a_form_of_another_site_asks_nobody() {
    let site = Site::new().await;
    let browser = site.browser().await;
    let id = draft::create(&site.cx, &site.admin, &raw_draft()).await.unwrap().id;
    let action = format!("{}/introductions/{id}/ask", site.base);
    let html = format!(
        "<!DOCTYPE html><title>Win</title><form method=\"post\" action=\"{action}\"><button>Win a car</button></form>"
    );
    let foreign = Foreign::with(html).await;
    site.enter(&browser, &site.admin).await;
    browser.open(&foreign.base).await;
    browser.press("Win a car").await;
    let state = log::get(&site.cx, &site.admin, id).await.unwrap().unwrap().state.name();
    assert_eq!(state, StateName::Draft, "{}", browser.text().await);
    browser.says("came from somewhere else").await;
}

#[tokio::test]
async fn no_page_shows_in_a_frame_of_another_site() {
    let site = Site::new().await;
    let browser = site.browser().await;
    site.enter(&browser, &site.admin).await;
    let id = draft::create(&site.cx, &site.admin, &raw_draft()).await.unwrap().id;
    for path in ["/", "/sign-in", &format!("/introductions/{id}/preview/ask_first")] {
        let html = format!("<!DOCTYPE html><title>Bait</title><iframe src=\"{}{path}\"></iframe>", site.base);
        let foreign = Foreign::with(html).await;
        browser.open(&foreign.base).await;
        browser.look_into_frame(0).await;
        let words = browser.eval("document.body ? document.body.innerText : ''").await;
        let words = words.as_str().unwrap();
        assert!(
            !words.contains("Hello") && !words.contains("Sign in") && !words.contains("Lena"),
            "{path}: {words}"
        );
    }
}

#[tokio::test]
async fn a_browser_without_script_runs_none() {
    let html = "<!DOCTYPE html><title>Before</title><script>document.title = 'After'</script>";
    let foreign = Foreign::with(html.to_owned()).await;
    for (script, title) in [(Script::On, "After"), (Script::Off, "Before")] {
        let browser = Browser::new(&foreign.base, script).await;
        browser.open("/").await;
        assert_eq!(browser.title().await, title, "{script:?}");
    }
}

#[tokio::test]
async fn what_belongs_to_another_connector_is_not_there() {
    let site = Site::new().await;
    let id = draft::create(&site.cx, &site.admin, &raw_draft()).await.unwrap().id;
    let eve = account::add(&site.cx, "eve@elsewhere.example", "Eve", Role::Connector).await.unwrap();
    let browser = site.browser().await;
    site.enter(&browser, &eve).await;
    for path in ["", "/edit", "/preview"] {
        browser.open(&format!("/introductions/{id}{path}")).await;
        browser.hides("Grace").await;
    }
    browser.open("/admin/outcomes").await;
    browser.hides("Lena").await;
}
