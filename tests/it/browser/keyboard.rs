//! A person without a mouse: where Tab leads, whether the focus is seen, and what Enter does.

use serde_json::{Value, json};

use super::driver::{Browser, key};

/// Where the focus is now, how it shows, and what is wrong with it.
const HERE: &str = "
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const box = one.getBoundingClientRect();
    const style = getComputedStyle(one);
    const shown = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height / 2, 20)];
    const top = document.elementFromPoint(x, y);
    const covered = top && !one.contains(top) && !top.contains(one) && !(one.labels && [...one.labels].some((label) => label.contains(top)));
    const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return {
        told: one.outerHTML.slice(0, 120).replace(/\\s+/g, ' '),
        at: [...document.querySelectorAll('*')].indexOf(one),
        id: one.id, words: (one.innerText || one.value || '').replace(/\\s+/g, ' ').trim(),
        tag: one.tagName, type: one.type || '', group: one.type === 'radio' ? one.name : '',
        left: box.left, right: box.right, top: box.top + scrollY, bottom: box.bottom + scrollY,
        shown, covered: !!covered, inside,
    };";

/// What Tab must reach, in the order of the page: radios count once a group.
const REACHABLE: &str = "
    const seen = new Set();
    const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary, iframe, [tabindex=\"0\"]';
    return [...document.querySelectorAll(all)].filter((one) => {
        if (one.disabled || one.closest('[hidden]') || one.closest('details:not([open]) > :not(summary)')) return false;
        if (one.type === 'radio') { if (seen.has(one.name)) return false; seen.add(one.name); }
        return true;
    }).length;";

/// No form leaves the page any more; what would have been sent is kept.
const CATCH: &str = "
    window.sent = [];
    document.querySelectorAll('form').forEach((form) => { form.noValidate = true; });
    addEventListener('submit', (event) => {
        event.preventDefault();
        const button = event.submitter;
        window.sent.push(button ? button.name + '=' + button.value + ' ' + button.innerText.replace(/\\s+/g, ' ').trim() : 'form');
    }, true);";

/// One place of the focus.
#[derive(Clone, Debug)]
pub struct Place {
    pub at: u64,
    pub id: String,
    pub words: String,
    pub told: String,
    tag: String,
    kind: String,
    edges: [f64; 4],
}

/// Where the focus is; nowhere on the page when the browser's own controls have it.
pub async fn here(browser: &Browser, faults: &mut Vec<String>) -> Option<Place> {
    let said = browser.run(HERE, &[]).await;
    if said.is_null() {
        return None;
    }
    let text = |key: &str| said[key].as_str().unwrap().to_owned();
    let edge = |key: &str| said[key].as_f64().unwrap();
    let place = Place {
        at: said["at"].as_u64().unwrap(),
        id: text("id"),
        words: text("words"),
        told: text("told"),
        tag: text("tag"),
        kind: text("type"),
        edges: ["left", "right", "top", "bottom"].map(edge),
    };
    for (key, good, fault) in [
        ("shown", true, "the focus cannot be seen on"),
        ("covered", false, "something lies over"),
        ("inside", true, "the focus is out of the window on"),
    ] {
        if said[key] != json!(good) {
            faults.push(format!("{fault} {}", place.told));
        }
    }
    Some(place)
}

/// Walks the open page with Tab from its start to its end and back to where it began. What is wrong.
pub async fn walk(browser: &Browser) -> Vec<String> {
    let mut faults = Vec::new();
    browser.run(CATCH, &[]).await;
    let wanted = browser.run(REACHABLE, &[]).await.as_u64().unwrap();
    let mut places: Vec<Place> = Vec::new();
    // Each part of a date is a stop of its own.
    for _ in 0..wanted * 2 + 10 {
        browser.strike(&[key::TAB]).await;
        match here(browser, &mut faults).await {
            // A date has several parts; a frame keeps the focus to itself.
            Some(place) if places.last().is_some_and(|last| last.at == place.at) => {
                if place.kind != "date" {
                    faults.push(format!("Tab does not leave {}", place.told));
                    break;
                }
            }
            Some(place) if places.first().is_some_and(|first| first.at == place.at) => break,
            Some(place) => {
                if let Some(last) = places.last() {
                    order(last, &place, &mut faults);
                }
                if place.tag == "BUTTON" {
                    sends(browser, &place, &mut faults).await;
                }
                places.push(place);
            }
            None if places.is_empty() => {}
            None => break,
        }
    }
    let reached = u64::try_from(places.len()).unwrap();
    if reached != wanted {
        let told: Vec<&str> = places.iter().map(|place| place.told.as_str()).collect();
        faults.push(format!("Tab reached {reached} of {wanted}:\n      {}", told.join("\n      ")));
    }
    if !places.first().is_some_and(|first| first.told.contains("class=\"skip\"")) {
        faults.push("the first stop is not the way past the bar".to_owned());
    }
    faults
}

/// The eye goes down, or right: never up in the same column, never left in the same line.
fn order(last: &Place, next: &Place, faults: &mut Vec<String>) {
    let ([left, right, top, bottom], [old_left, old_right, old_top, old_bottom]) = (next.edges, last.edges);
    let shown_with_the_focus = |place: &Place| place.told.contains("skip");
    if shown_with_the_focus(last) || shown_with_the_focus(next) {
        return;
    }
    let up = bottom <= old_top && left < old_right;
    let middle = f64::midpoint(top, bottom);
    let back = right <= old_left && middle > old_top && middle < old_bottom;
    if up || back {
        faults.push(format!("from {} the focus goes back to {}", last.told, next.told));
    }
}

/// Enter on a button sends its form with this very button, and leaves the focus where it was.
async fn sends(browser: &Browser, button: &Place, faults: &mut Vec<String>) {
    browser.strike(&[key::ENTER]).await;
    let sent = browser.run("return window.sent.splice(0)", &[]).await;
    let sent: Vec<&str> = sent.as_array().unwrap().iter().filter_map(Value::as_str).collect();
    if !matches!(sent[..], [one] if one.ends_with(&button.words)) {
        faults.push(format!("Enter on {} sent {sent:?}", button.told));
    }
}

/// Goes on with Tab until the focus is on the element with this id or these words.
pub async fn tab_to(browser: &Browser, wanted: &str) {
    for _ in 0..120 {
        browser.strike(&[key::TAB]).await;
        let place = here(browser, &mut Vec::new()).await;
        if place.is_some_and(|place| place.id == wanted || place.words.trim() == wanted) {
            return;
        }
    }
    panic!("Tab never reaches `{wanted}` on {}", browser.path().await);
}

/// Types where the focus is.
pub async fn type_in(browser: &Browser, words: &str) {
    let keys: Vec<char> = words.chars().collect();
    browser.strike(&keys).await;
}

/// Goes to a field and types.
pub async fn put(browser: &Browser, id: &str, words: &str) {
    tab_to(browser, id).await;
    type_in(browser, words).await;
}

/// Goes to a button or link and presses Enter.
pub async fn enter(browser: &Browser, words: &str) {
    tab_to(browser, words).await;
    browser.enter().await;
}
