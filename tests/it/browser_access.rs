//! WCAG 2.2 AA on every page, in light and dark, narrow and wide.

use std::collections::{BTreeMap, BTreeSet};

use twoyes::web::routes::{Access, Route, table};

use crate::browser::axe::{self, Rules};
use crate::browser::driver::{Browser, Script};
use crate::browser::gallery::{Gallery, Sample};
use crate::browser::html::Html;
use crate::browser::scene::Scene;
use crate::browser::{look, rules};

/// 320 px is the narrowest that must do (WCAG 1.4.10); 640 px is 1280 px at 200 % zoom.
type Look = (u32, &'static str);
/// What does not change with the look is checked in one of the two, in turn.
const LOOKS: [Look; 2] = [(1280, "light"), (320, "dark")];
/// The other way about: `tests/nightly` looks once more.
const MORE: [Look; 2] = [(1280, "dark"), (320, "light")];

/// Faults by page and sentence, so that one in twenty samples is told once.
struct Report {
    looks: &'static [Look],
    pages: u64,
    rules: u64,
    shapes: BTreeSet<String>,
    faults: BTreeMap<String, Vec<String>>,
}

impl Report {
    fn new(looks: &'static [Look]) -> Self {
        Self { looks, pages: 0, rules: 0, shapes: BTreeSet::new(), faults: BTreeMap::new() }
    }

    fn add(&mut self, page: &str, at: &str, faults: Vec<String>) {
        for fault in faults {
            self.faults.entry(format!("{page}: {fault}")).or_default().push(at.to_owned());
        }
    }

    /// Looks at the open page in every look. A page that differs from an earlier one in its words alone is measured only:
    /// to axe it is the same.
    async fn look_over(&mut self, browser: &Browser, page: &str, name: &str, html: &str) {
        self.pages += 1;
        let is_new = self.shapes.insert(Html::parse(html).shape());
        for ((width, scheme), nth) in self.looks.iter().zip(self.shapes.len()..) {
            browser.size(*width, 900).await;
            browser.scheme(scheme).await;
            let at = format!("{name} {width} {scheme}");
            if is_new {
                let rules = if nth % 2 == 0 { Rules::All } else { Rules::ByLook };
                let found = axe::check(browser, rules).await;
                self.rules += found.rules;
                self.add(page, &at, found.violations);
            }
            self.add(page, &at, look::faults(browser).await);
        }
        browser.size(640, 450).await;
        self.add(page, &format!("{name} 640"), look::faults(browser).await);
    }

    fn and(mut self, other: Self) -> Self {
        self.pages += other.pages;
        self.rules += other.rules;
        self.shapes.extend(other.shapes);
        for (fault, at) in other.faults {
            self.faults.entry(fault).or_default().extend(at);
        }
        self
    }

    fn is_clean(&self) {
        println!(
            "{} pages of {} shapes in {} looks each: {} rules of axe",
            self.pages,
            self.shapes.len(),
            self.looks.len(),
            self.rules
        );
        let all = self
            .faults
            .iter()
            .map(|(fault, at)| format!("{fault}\n    {} times, first at {}\n", at.len(), at[0]));
        assert!(self.faults.is_empty(), "{}", all.collect::<String>());
    }
}

#[tokio::test]
async fn every_page_in_every_state_is_open_to_everybody() {
    every_sample(&LOOKS).await;
}

#[tokio::test]
#[ignore = "tests/nightly runs it"]
async fn nightly_every_page_in_every_state_the_other_way_about() {
    every_sample(&MORE).await;
}

async fn every_sample(looks: &'static [Look]) {
    let gallery = Gallery::open().await;
    // Two browsers, each with a half of them.
    let (first, second) = gallery.pages.split_at(gallery.pages.len() / 2);
    let half = async |samples: &[Sample]| {
        let browser = Browser::new(&gallery.base, Script::On).await;
        axe::arm(&browser).await;
        let mut report = Report::new(looks);
        for sample in samples {
            browser.open(&sample.path()).await;
            report.look_over(&browser, sample.of(), &sample.name, &sample.html).await;
        }
        report
    };
    let (one, other) = tokio::join!(half(first), half(second));
    one.and(other).is_clean();
}

/// The pages behind routes: by GET, for people. (The page of a new address needs a mail of its own; its samples
/// are looked at with all others.)
fn page_routes() -> Vec<&'static str> {
    let of_people = |route: &Route| {
        route.method == "GET"
            && !matches!(route.access, Access::Token(_))
            && !route.path.starts_with("/api/")
            && !["/healthz", "/readyz", "/metrics", "/enter/{token}", "/static/app.css", "/address/{token}"]
                .contains(&route.path)
    };
    table().into_iter().filter(of_people).map(|route| route.path).collect()
}

#[tokio::test]
async fn every_page_of_every_route_is_as_good_as_its_samples() {
    let scene = Scene::new().await;
    let browser = scene.site.browser().await;
    axe::arm(&browser).await;
    scene.site.enter(&browser, &scene.site.admin).await;
    let mut report = Report::new(&LOOKS);
    for route in page_routes() {
        let path = scene.path(route);
        let said = scene.get(&path).await;
        assert_eq!(said.status, 200, "{path}: {}", said.body);
        let kind = said.headers["content-type"].to_str().unwrap();
        if !kind.starts_with("text/html") {
            let kept = said.headers.get("content-disposition").and_then(|value| value.to_str().ok());
            assert!(
                kept.is_some_and(|value| value.starts_with("attachment")),
                "{path} is a file to keep: {kept:?}"
            );
            continue;
        }
        // The HTML of a mail is a page of its own kind.
        if said.headers["content-security-policy"].to_str().unwrap().ends_with("sandbox") {
            continue;
        }
        report.add(route, &path, rules::broken(&said.body));
        browser.open(&path).await;
        report.look_over(&browser, route, &path, &said.body).await;
    }
    report.is_clean();
}
