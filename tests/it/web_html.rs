//! The HTML of every page is what the standard wants, and keeps to the rules of the house.

use std::collections::{BTreeMap, BTreeSet};

use crate::browser::gallery::{Sample, mail_samples, page_samples};
use crate::browser::html::Html;
use crate::browser::rules;

#[test]
fn every_page_in_every_state_is_valid_html_and_keeps_to_the_rules() {
    let mut faults: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for sample in page_samples() {
        for fault in rules::broken(&sample.html) {
            faults.entry(format!("{}: {fault}", sample.of())).or_default().push(sample.name.clone());
        }
    }
    let told =
        faults.iter().map(|(fault, at)| format!("{fault}\n    {} times, first in {}\n", at.len(), at[0]));
    assert!(faults.is_empty(), "{}", told.collect::<String>());
}

#[test]
fn no_two_pages_have_the_same_title() {
    let mut of: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for sample in page_samples() {
        let title = Html::parse(&sample.html).text_of("title").to_owned();
        of.entry(title).or_default().insert(sample.of().to_owned());
    }
    of.retain(|_, pages| pages.len() > 1);
    assert!(of.is_empty(), "{of:#?}");
}

#[test]
fn the_html_of_every_mail_parses_without_an_error_and_loads_nothing() {
    for Sample { name, html } in mail_samples() {
        let html = Html::parse(&html);
        assert!(html.errors.is_empty(), "{name}: {:?}", html.errors);
        for tag in &html.tags {
            assert!(
                !tag.is(&["script", "img", "link", "iframe", "form", "input", "object"]),
                "{name}: {}",
                tag.told()
            );
            assert!(
                tag.attributes().all(|(key, _)| key != "src" && !key.starts_with("on")),
                "{name}: {}",
                tag.told()
            );
        }
    }
}

#[test]
fn the_rules_find_what_breaks_them() {
    let page = |body: &str| {
        format!(
            "<!DOCTYPE html><html lang=\"en\"><head><title>Desk · x</title></head><body>{body}</body></html>"
        )
    };
    let finds = |body: &str, rule: &str| {
        let broken = rules::broken(&page(body));
        assert!(broken.iter().any(|one| one.starts_with(rule)), "{body}: {broken:?}");
    };
    assert_eq!(rules::broken(&page("<h1>Desk</h1>")), Vec::<String>::new());
    finds("<h1>Desk</h1><p><div>x</div></p>", "parses without an error");
    finds("<h1>Desk</h1><h3>x</h3>", "has one h1");
    finds("<h1 id=\"a\">Desk</h1><p id=\"a\">x</p>", "has every id once");
    finds("<h1>Desk</h1><input id=\"a\" aria-describedby=\"b\" aria-label=\"x\">", "has every id once");
    finds("<h1>Desk</h1><input id=\"a\">", "labels every field");
    finds("<h1>Desk</h1><p onclick=\"x()\">x</p>", "runs nothing");
    finds("<h1>Desk</h1><p style=\"color: red\">x</p>", "runs nothing");
    finds("<h1>Desk</h1><img src=\"https://elsewhere.example/x.png\" alt=\"\">", "loads nothing");
    finds("<h1>Desk</h1><table><tr><th>x</th></tr></table>", "says what the cells");
    finds("<h1>Desk</h1><a href=\"/\"><button>x</button></a>", "has no control inside");
    finds("<h1>Desk</h1><button><div>x</div></button>", "has text only in paragraphs");
}

/// What axe sees once for many samples: other words are the same page, another element, class or an emptied one is not.
#[test]
fn pages_that_differ_in_words_alone_have_one_shape() {
    let shape = |body: &str| Html::parse(body).shape();
    let like = shape("<p class=\"note\"><a href=\"/a\">Ada</a></p>");
    assert_eq!(shape("<p class=\"note\"><a href=\"/b\">Grace and others</a></p>"), like);
    for other in [
        "<p class=\"note\"><a href=\"/a\"></a></p>",
        "<p class=\"quiet\"><a href=\"/a\">Ada</a></p>",
        "<p class=\"note\"><b>Ada</b></p>",
        "<p class=\"note\"><a href=\"/a\" lang=\"de\">Ada</a></p>",
        "<p class=\"note\"></p><a href=\"/a\">Ada</a>",
    ] {
        assert_ne!(shape(other), like, "{other}");
    }
}
