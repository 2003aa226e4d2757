//! What a connector sends to the API, and what a page hides in its form.

use serde_json::{Value, json};

pub const ADA: &str = "ada@example.org";
pub const GRACE: &str = "grace@example.net";

/// The value of a hidden field.
pub fn hidden(page: &str, name: &str) -> String {
    let at = page.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no field {name} in:\n{page}"));
    page[at..].split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// The draft of most stories.
pub fn draft() -> Value {
    json!({
        "purpose": "job_search",
        "shared": "Ada has built schedulers for eight years and is looking for her next team. Grace leads the \
                   platform group at Northwind.",
        "step": "a 20-minute call about how the platform team works",
        "first": {
            "name": "Ada Lovelace", "email": ADA,
            "described": "a scheduler engineer I worked with",
            "how_known": "we worked together at Analytical",
            "why": "They run the kind of team you told me you want to join.",
            "blurb": "I build schedulers and like hard deadlines."
        },
        "second": {
            "name": "Grace Hopper", "email": GRACE,
            "described": "a platform lead I know from a meetup",
            "how_known": "we met at the compilers meetup",
            "why": "Ada has solved the queueing problem you told me about, twice.",
            "blurb": "I lead the platform group at Northwind."
        }
    })
}
