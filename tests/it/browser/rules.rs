//! What the HTML of every page must keep to. Each rule tells what breaks it.

use super::html::{Html, Tag};

/// A rule over one page.
type Rule = fn(&Html) -> Vec<String>;

const RULES: &[(&str, Rule)] = &[
    ("parses without an error", |html| html.errors.clone()),
    ("says its language and where it is", language_and_title),
    ("has one h1, and headings leave out no level", headings),
    ("has every id once, and refers to none that is not there", ids),
    ("labels every field", labels),
    ("runs nothing and brings no style of its own", no_script),
    ("loads nothing from elsewhere", nothing_from_elsewhere),
    ("says what the cells of a table are", tables),
    ("has no control inside of a control", nested),
    ("has text only in paragraphs", paragraphs),
    ("keeps the directions of names apart", |html| told(html, |tag| tag.is(&["bdi"]) && tag.text.is_empty())),
];

/// Every broken rule of a page.
pub fn broken(html: &str) -> Vec<String> {
    let html = Html::parse(html);
    let each =
        RULES.iter().flat_map(|(rule, check)| check(&html).into_iter().map(move |fault| (rule, fault)));
    each.map(|(rule, fault)| format!("{rule}: {fault}")).collect()
}

fn told(html: &Html, wrong: impl Fn(&Tag) -> bool) -> Vec<String> {
    html.tags.iter().filter(|tag| wrong(tag)).map(Tag::told).collect()
}

fn language_and_title(html: &Html) -> Vec<String> {
    let mut faults = Vec::new();
    if html.tags[0].attribute("lang").is_none_or(str::is_empty) {
        faults.push("no lang".to_owned());
    }
    let title = html.text_of("title");
    if title.split_once(" · ").is_none_or(|(here, site)| here.trim().is_empty() || site.is_empty()) {
        faults.push(format!("the title is `{title}`"));
    }
    faults
}

fn headings(html: &Html) -> Vec<String> {
    let mut faults = Vec::new();
    let ones = html.named(&["h1"]).count();
    if ones != 1 {
        faults.push(format!("{ones} h1"));
    }
    let mut level = 0;
    for tag in html.named(&["h1", "h2", "h3", "h4", "h5", "h6"]) {
        let next: u8 = tag.name[1..].parse().unwrap();
        if next > level + 1 {
            faults.push(format!("{} `{}` comes after h{level}", tag.told(), tag.text));
        }
        if tag.text.is_empty() {
            faults.push(format!("{} is empty", tag.told()));
        }
        level = next;
    }
    faults
}

fn ids(html: &Html) -> Vec<String> {
    let mut ids: Vec<&str> = html.tags.iter().filter_map(|tag| tag.attribute("id")).collect();
    let mut faults = Vec::new();
    ids.sort_unstable();
    for pair in ids.windows(2).filter(|pair| pair[0] == pair[1]) {
        faults.push(format!("#{} is there twice", pair[0]));
    }
    for tag in &html.tags {
        for name in
            ["for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-errormessage", "list"]
        {
            let refers = tag.attribute(name).unwrap_or_default().split_whitespace();
            // Text of a figure may carry no id; everything that is referred to must.
            faults.extend(
                refers
                    .filter(|id| !ids.contains(id))
                    .map(|id| format!("{name} leads to no #{id}: {}", tag.told())),
            );
        }
        if let Some(id) = tag.attribute("href").and_then(|href| href.strip_prefix('#'))
            && !ids.contains(&id)
        {
            faults.push(format!("{} leads nowhere", tag.told()));
        }
        if tag.attribute("id").is_some_and(|id| id.is_empty() || id.contains(char::is_whitespace)) {
            faults.push(format!("no id: {}", tag.told()));
        }
    }
    faults
}

fn labels(html: &Html) -> Vec<String> {
    let named = |tag: &Tag| {
        let label = |one: &Tag| {
            tag.attribute("id").is_some()
                && one.attribute("for") == tag.attribute("id")
                && !one.text.is_empty()
        };
        tag.is_inside(&["label"])
            || html.named(&["label"]).any(label)
            || tag.attribute("aria-label").is_some()
    };
    let mut faults = told(html, |tag| {
        tag.is(&["input", "select", "textarea"])
            && !matches!(tag.attribute("type"), Some("hidden" | "submit"))
            && !named(tag)
    });
    // A group of radios has a legend.
    faults.extend(told(html, |tag| tag.attribute("type") == Some("radio") && !tag.is_inside(&["fieldset"])));
    faults.extend(told(html, |tag| {
        tag.is(&["fieldset"])
            && !html
                .tags
                .iter()
                .any(|one| one.is(&["legend"]) && one.parent == Some(tag.at) && !one.text.is_empty())
    }));
    faults.extend(told(html, |tag| {
        tag.is(&["button", "a", "summary"]) && tag.text.is_empty() && tag.attribute("aria-label").is_none()
    }));
    faults
}

fn no_script(html: &Html) -> Vec<String> {
    told(html, |tag| {
        tag.is(&["script", "style", "noscript", "object", "embed", "base"])
            || tag.attributes().any(|(name, value)| {
                name == "style" || name.starts_with("on") || value.trim_start().starts_with("javascript:")
            })
    })
}

fn nothing_from_elsewhere(html: &Html) -> Vec<String> {
    told(html, |tag| {
        let loads = ["src", "srcset", "action", "formaction", "poster", "data", "background"];
        let links = tag.is(&["link", "use", "image"]);
        tag.attributes().any(|(name, value)| {
            (loads.contains(&name) || (links && name == "href"))
                && (value.contains("://") || value.starts_with("//"))
        })
    })
}

fn tables(html: &Html) -> Vec<String> {
    let mut faults = told(html, |tag| tag.is(&["th"]) && tag.attribute("scope").is_none());
    faults.extend(told(html, |tag| tag.is(&["th"]) && tag.text.is_empty()));
    faults.extend(told(html, |tag| {
        tag.is(&["table"]) && !html.tags.iter().any(|one| one.is(&["th"]) && one.at > tag.at)
    }));
    faults
}

fn nested(html: &Html) -> Vec<String> {
    let controls = ["a", "button", "select", "textarea", "label", "summary"];
    told(html, |tag| {
        (tag.is(&["a", "button", "select", "textarea", "input", "summary", "iframe"])
            || tag.attribute("tabindex").is_some())
            && tag.is_inside(&controls)
            && !(tag.is(&["input", "select", "textarea"])
                && tag.inside.last().is_some_and(|one| one == "label"))
    })
}

/// What stands in elements that take text and inline elements only.
fn paragraphs(html: &Html) -> Vec<String> {
    const BLOCKS: [&str; 27] = [
        "p",
        "div",
        "section",
        "article",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "form",
        "fieldset",
        "h1",
        "h2",
        "h3",
        "h4",
        "pre",
        "blockquote",
        "header",
        "footer",
        "main",
        "nav",
        "details",
        "figure",
        "hr",
        "address",
    ];
    const TEXT_ONLY: [&str; 14] = [
        "p", "h1", "h2", "h3", "h4", "span", "strong", "em", "bdi", "label", "button", "pre", "summary",
        "time",
    ];
    told(html, |tag| {
        // A heading may stand in a legend and in a summary.
        let around: Vec<&str> = tag.inside.iter().map(String::as_str).collect();
        let heading = tag.is(&["h2", "h3"]) && matches!(around.last(), Some(&"legend" | &"summary"));
        tag.is(&BLOCKS) && !heading && around.iter().any(|one| TEXT_ONLY.contains(one))
    })
}
