//! What looks at mails before their readers do: gateways that open every link, fill in forms and press buttons.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::Method;
use axum::http::header::{CONTENT_TYPE, USER_AGENT};
use twoyes::clock::Span;
use twoyes::mail::Decoded;

use crate::browser::html::{Html, Tag};
use crate::support::app::{BASE, Page, TestApp, encode, request};

/// How a robot looks at a link before it does anything else.
#[derive(Clone, Copy, Debug)]
pub enum Look {
    Head,
    Get,
    /// Two agents from two networks, one after the other.
    Twice,
    /// A browser that loads what may be wanted next.
    Prefetch,
    HeadThenGet,
}

/// What it presses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    Nothing,
    /// Submits the first form as `form.submit()` does: without a button.
    Bare,
    /// The first button of every form.
    First,
    Every(Order),
}

/// In which order the buttons of a page are pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Tree,
    Reverse,
    Random(u64),
}

#[derive(Clone, Copy, Debug)]
pub struct Robot {
    pub name: &'static str,
    pub look: Look,
    pub press: Press,
    /// Fills in every field and ticks every box it finds, also those that nobody sees.
    pub fills: bool,
    /// Ticks every box that people see, and leaves the other fields as they are.
    pub ticks: bool,
    /// How long it waits after each press.
    pub gap: Span,
    /// How often it presses each button in a row.
    pub times: usize,
    /// How many links deep it goes from the link of the mail; never into the mailbox of demos, which moves
    /// the clock.
    pub depth: usize,
}

const CHROME: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/138.0 Safari/537.36";

/// Requests of all robots of this process.
pub static REQUESTS: AtomicUsize = AtomicUsize::new(0);

/// A form as it stands on a page.
struct Form {
    action: String,
    fields: Vec<(String, String)>,
    buttons: Vec<(String, String)>,
}

/// Every path that a mail leads to, fragments cut off, each once.
pub fn links(mail: &Decoded) -> Vec<String> {
    let html = mail.html.as_deref().map(Html::parse);
    let hrefs = html.iter().flat_map(|html| html.named(&["a"]).filter_map(|tag| tag.attribute("href")));
    let lines = mail.text.split_whitespace().chain(hrefs).chain(mail.list_unsubscribe.as_deref());
    let paths = lines.filter_map(|word| word.strip_prefix(BASE)).map(|path| path.split('#').next().unwrap());
    let mut seen = BTreeSet::new();
    paths.filter(|path| seen.insert((*path).to_owned())).map(str::to_owned).collect()
}

impl Robot {
    pub const fn new(name: &'static str, look: Look, press: Press) -> Self {
        Self { name, look, press, fills: false, ticks: false, gap: Span::seconds(0), times: 1, depth: 0 }
    }

    /// Follows every link of these mails.
    pub async fn follow(&self, app: &TestApp, mails: &[Decoded]) {
        for mail in mails {
            for path in links(mail) {
                self.visit(app, &path).await;
            }
        }
    }

    /// Looks at a page, presses what it presses there, and goes on to the pages behind it.
    pub async fn visit(&self, app: &TestApp, path: &str) {
        let mut seen = BTreeSet::from([path.to_owned()]);
        let mut front = vec![path.to_owned()];
        for _ in 0..=self.depth {
            let mut next = Vec::new();
            for path in front {
                let Some(page) = self.look(app, &path).await else { continue };
                let html = Html::parse(&page.body);
                let ways = html.named(&["a"]).filter_map(|tag| tag.attribute("href"));
                next.extend(
                    ways.filter(|way| way.starts_with('/') && !way.starts_with("/mailbox"))
                        .map(|way| way.split('#').next().unwrap().to_owned()),
                );
                self.press(app, &path, &html).await;
            }
            front = next.into_iter().filter(|way| seen.insert(way.clone())).collect();
        }
    }

    /// The page, unless there is none or it has no body.
    async fn look(&self, app: &TestApp, path: &str) -> Option<Page> {
        let plain = async |method: Method, agent: &str, purpose: &str| {
            REQUESTS.fetch_add(1, Ordering::Relaxed);
            let mut request = request(method, path).header(USER_AGENT, agent);
            if !purpose.is_empty() {
                request = request.header("sec-purpose", purpose).header("purpose", "prefetch");
            }
            let page = app.send(request.body(Body::empty()).unwrap()).await;
            assert!(page.status.as_u16() < 500, "{}: {} {path}", self.name, page.status);
            page
        };
        let page = match self.look {
            Look::Head => plain(Method::HEAD, CHROME, "").await,
            Look::Get => plain(Method::GET, CHROME, "").await,
            Look::Twice => {
                plain(Method::GET, "BingPreview/1.0b", "").await;
                plain(Method::GET, CHROME, "").await
            }
            Look::Prefetch => plain(Method::GET, CHROME, "prefetch;prerender").await,
            Look::HeadThenGet => {
                plain(Method::HEAD, CHROME, "").await;
                plain(Method::GET, CHROME, "").await
            }
        };
        (page.status.as_u16() == 200 && !page.body.is_empty()).then_some(page)
    }

    async fn press(&self, app: &TestApp, path: &str, html: &Html) {
        let forms = self.forms(html);
        let every = |form: &Form| form.buttons.iter().cloned().map(Some).collect::<Vec<_>>();
        let mut presses: Vec<(&Form, Option<(String, String)>)> = match self.press {
            Press::Nothing => Vec::new(),
            Press::Bare => forms.iter().take(1).map(|form| (form, None)).collect(),
            Press::First => forms.iter().map(|form| (form, form.buttons.first().cloned())).collect(),
            Press::Every(_) => forms
                .iter()
                .flat_map(|form| every(form).into_iter().map(move |button| (form, button)))
                .collect(),
        };
        match self.press {
            Press::Every(Order::Reverse) => presses.reverse(),
            Press::Every(Order::Random(seed)) => shuffle(&mut presses, seed),
            Press::Every(Order::Tree) | Press::Nothing | Press::Bare | Press::First => {}
        }
        for (form, button) in presses {
            let action = if form.action.is_empty() { path } else { &form.action };
            let mut fields: Vec<(&str, &str)> =
                form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            fields.extend(button.as_ref().map(|(name, value)| (name.as_str(), value.as_str())));
            for _ in 0..self.times {
                REQUESTS.fetch_add(1, Ordering::Relaxed);
                let request = request(Method::POST, action)
                    .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .header("sec-fetch-site", "same-origin");
                let page = app.send(request.body(encode(&fields)).unwrap()).await;
                assert!(page.status.as_u16() < 500, "{}: {} {action}", self.name, page.status);
                app.later(self.gap);
            }
        }
    }

    fn forms(&self, html: &Html) -> Vec<Form> {
        let form = |of: &Tag| {
            let inside: Vec<&Tag> = html.tags.iter().filter(|tag| within(html, tag, of.at)).collect();
            let buttons = inside.iter().filter(|tag| tag.name == "button");
            Form {
                action: of.attribute("action").unwrap_or_default().to_owned(),
                fields: inside.iter().filter_map(|tag| self.field(html, tag)).collect(),
                buttons: buttons
                    .filter_map(|tag| named(tag, tag.attribute("value").unwrap_or_default()))
                    .collect(),
            }
        };
        html.named(&["form"]).map(form).collect()
    }

    /// What a field sends, if it sends anything.
    fn field(&self, html: &Html, tag: &Tag) -> Option<(String, String)> {
        let value = tag.attribute("value").unwrap_or_default();
        let text =
            |stands: &str, filled: &str| if self.fills { filled.to_owned() } else { stands.to_owned() };
        match (tag.name.as_str(), tag.attribute("type").unwrap_or("text")) {
            ("input", "hidden") => named(tag, value),
            ("input", "checkbox" | "radio") => {
                let on = tag.attribute("checked").is_some() || self.fills || self.ticks;
                on.then(|| named(tag, value)).flatten()
            }
            ("input", "date") => named(tag, &text(value, tag.attribute("max").unwrap_or("2026-03-20"))),
            ("input", "email") => named(tag, &text(value, "robot@gateway.example")),
            ("input", _) => named(tag, &text(value, "test")),
            ("textarea", _) => named(tag, &text(&tag.text, "test")),
            ("select", _) => {
                let options: Vec<&Tag> = html
                    .tags
                    .iter()
                    .filter(|one| one.name == "option" && within(html, one, tag.at))
                    .collect();
                let stands = options.iter().find(|one| one.attribute("selected").is_some());
                let chosen = if self.fills { options.last() } else { stands.or(options.first()) };
                named(tag, chosen?.attribute("value").unwrap_or_default())
            }
            _ => None,
        }
    }
}

fn named(tag: &Tag, value: &str) -> Option<(String, String)> {
    Some((tag.attribute("name")?.to_owned(), value.to_owned()))
}

fn within(html: &Html, tag: &Tag, of: usize) -> bool {
    let mut at = tag.parent;
    while let Some(here) = at {
        if here == of {
            return true;
        }
        at = html.tags[here].parent;
    }
    false
}

/// The same order for the same seed.
fn shuffle<T>(all: &mut [T], seed: u64) {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    for at in (1..all.len()).rev() {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        let high = usize::try_from(state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap();
        all.swap(at, high % (at + 1));
    }
}
