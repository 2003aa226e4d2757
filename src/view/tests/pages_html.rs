//! What every page must keep to: no script, no inline style, one heading, labels, a language, no choice made
//! for anybody.

use super::*;

fn all_pages() -> Vec<(&'static str, String)> {
    let views = views();
    let render = |entry: &PageEntry| (entry.render_samples)(&views, FALLBACK).unwrap();
    let each = pages::all().flat_map(|entry| render(entry).into_iter().map(|html| (entry.file, html)));
    each.collect()
}

/// The opening tags of these elements.
fn tags<'a>(html: &'a str, names: &'a [&str]) -> impl Iterator<Item = &'a str> {
    let tags = html.split('<').skip(1).filter_map(|rest| rest.split('>').next());
    tags.filter(|tag| tag.split_whitespace().next().is_some_and(|name| names.contains(&name)))
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

#[test]
fn a_page_runs_nothing_and_loads_nothing_but_its_sheet() {
    for (file, html) in all_pages() {
        for tag in html.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
            assert!(!tag.starts_with("script") && !tag.starts_with("style"), "{file}: {tag}");
            assert!(!tag.contains(" style=") && !tag.contains(" on"), "{file}: {tag}");
            assert!(!tag.contains("=\"http") && !tag.contains("=\"//"), "{file}: {tag}");
        }
    }
}

#[test]
fn a_page_has_a_language_a_title_landmarks_and_one_first_heading() {
    for (file, html) in all_pages() {
        assert!(html.contains("<html lang=\"en\""), "{file}");
        assert!(!html.contains("<title> ·"), "{file} has a title");
        for once in ["<h1>", "<main ", "<header ", "<footer class", "class=\"skip\" href=\"#main\""] {
            assert_eq!(html.matches(once).count(), 1, "{file}: {once}");
        }
    }
}

#[test]
fn every_field_has_its_label_and_every_id_is_there_once() {
    for (file, html) in all_pages() {
        let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let mut known = ids.clone();
        known.sort_unstable();
        known.dedup();
        assert_eq!(known.len(), ids.len(), "{file}: an id stands there twice: {ids:?}");
        for tag in
            tags(&html, &["input", "textarea", "select"]).filter(|tag| !tag.contains("type=\"hidden\""))
        {
            // The trap for robots, which nobody sees or hears.
            if attribute(tag, "name") == Some("website") {
                continue;
            }
            let id = attribute(tag, "id").unwrap_or_default();
            assert!(html.contains(&format!("<label for=\"{id}\"")), "{file}: {tag}");
        }
        for fault in html.split("<li><a href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(ids.contains(&fault), "{file}: the summary leads to #{fault}, which is not there");
        }
    }
}

#[test]
fn the_first_button_of_a_form_behind_a_link_is_inert() {
    let behind = [
        "recipient/answer",
        "recipient/stop",
        "recipient/check_in",
        "recipient/you_never",
        "recipient/you_erase",
        "recipient/new_address",
    ];
    for (file, html) in all_pages().into_iter().filter(|(file, _)| behind.contains(file)) {
        let first = tags(&html, &["button"]).next().unwrap_or(" value=\"\"");
        assert_eq!(attribute(first, "value"), Some(""), "{file}: {first}");
    }
}

/// Words of a page between its bar and its foot.
fn words(html: &str) -> Vec<String> {
    let main = html.split("<main").nth(1).and_then(|rest| rest.split("</main>").next()).unwrap_or_default();
    let mut text = String::new();
    for piece in main.split('<').skip(1) {
        text.push(' ');
        text.push_str(piece.split_once('>').map_or("", |(_, text)| text));
    }
    text.split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .map(str::to_owned)
        .collect()
}

/// Half a minute is 125 words at 250 a minute; the connector's own come on top and were limited when they were typed.
#[test]
fn the_answer_page_says_what_must_be_said_in_half_a_minute() {
    let views = views();
    let mut least = usize::MAX;
    for page in pages::Answer::samples() {
        let fresh = pages::Answer { faults: vec![], told: pages::Told::Nothing, given: None, ..page };
        let bare = pages::Answer {
            how_know_you: "-".into(),
            how_know_other: "-".into(),
            why: "-".into(),
            shared: if fresh.shared.is_empty() { String::new() } else { "-".into() },
            step: if fresh.step.is_empty() { String::new() } else { "-".into() },
            about_other: if fresh.about_other.is_empty() { String::new() } else { "-".into() },
            blurb: String::new(),
            other_label: "-".into(),
            connector: mails::Who::new("-"),
            you: mails::Who::new("-"),
            ..fresh
        };
        let words = words(&views.page(FALLBACK, &bare).unwrap());
        assert!(words.len() <= 125, "{}: {}", words.len(), words.join(" "));
        least = least.min(words.len());
    }
    assert!(least > 60, "only {least} words: has the way they are counted broken?");
}
