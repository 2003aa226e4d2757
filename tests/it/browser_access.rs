//! WCAG 2.2 AA on every page, in light and dark, narrow and wide.

use std::fmt::Write as _;

use crate::browser::axe::{self, Rules};
use crate::browser::driver::{Browser, Script};
use crate::browser::gallery::Gallery;
use crate::browser::look;

/// 320 px is the narrowest that must do (WCAG 1.4.10); 640 px is 1280 px at 200 % zoom.
const LOOKS: [(u32, &str, Rules); 4] = [
    (1280, "light", Rules::All),
    (1280, "dark", Rules::ByLook),
    (320, "dark", Rules::All),
    (320, "light", Rules::ByLook),
];

/// What is wrong with the open page in every look; and how many single checks were made.
async fn look_over(browser: &Browser, name: &str, report: &mut String) -> u64 {
    let mut checks = 0;
    for (width, scheme, rules) in LOOKS {
        browser.size(width, 900).await;
        browser.scheme(scheme).await;
        let found = axe::check(browser, rules).await;
        checks += found.checks;
        let mut faults = found.violations;
        faults.extend(look::faults(browser).await);
        for fault in faults {
            writeln!(report, "{name} at {width} px, {scheme}: {fault}").unwrap();
        }
    }
    browser.size(640, 450).await;
    for fault in look::faults(browser).await {
        writeln!(report, "{name} at 200 %: {fault}").unwrap();
    }
    checks
}

#[tokio::test]
async fn every_page_in_every_state_is_open_to_everybody() {
    let gallery = Gallery::open().await;
    let browser = Browser::new(&gallery.base, Script::On).await;
    axe::arm(&browser).await;
    let (mut report, mut checks) = (String::new(), 0);
    for sample in &gallery.pages {
        browser.open(&sample.path()).await;
        checks += look_over(&browser, &sample.name, &mut report).await;
    }
    println!("{} pages, {} looks each, {checks} checks by axe", gallery.pages.len(), LOOKS.len());
    assert!(report.is_empty(), "{report}");
}
