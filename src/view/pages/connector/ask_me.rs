//! "Ask me", for the connector: their page, and who asked.

use serde::Serialize;

use super::super::{Fault, Frame};
use crate::clock::Ts;
use crate::view::Page;

/// The page as it is, and the requests that wait.
#[derive(Clone, Debug, Serialize)]
pub struct AskMeSettings {
    pub frame: Frame,
    pub faults: Vec<Fault>,
    /// What stands in the fields.
    pub slug: String,
    pub welcome: String,
    pub welcome_max: usize,
    pub is_open: bool,
    /// Where the page is.
    pub address: String,
    pub path: String,
    /// Everybody can see it now.
    pub is_public: bool,
    pub saved: bool,
    /// What was put aside just before.
    pub aside: Option<RequestRow>,
    pub rows: Vec<RequestRow>,
    pub action: &'static str,
    pub time_zone: String,
}

/// Somebody asks.
#[derive(Clone, Debug, Serialize)]
pub struct RequestRow {
    pub name: String,
    pub email: String,
    pub wish: String,
    pub about: String,
    pub at: Ts,
    /// The composer with them as the first.
    pub write: String,
    pub settle: String,
}

impl Page for AskMeSettings {
    const FILE: &'static str = "connector/ask_me";

    fn samples() -> Vec<Self> {
        let row = RequestRow {
            name: "Grace Hopper".into(),
            email: "grace@example.org".into(),
            wish: "somebody who builds compilers".into(),
            about: "I have built one.".into(),
            at: Ts(1_772_528_400_000_000),
            write: "/introductions/new?request=x".into(),
            settle: "/ask-me/x/settle".into(),
        };
        let closed = Self {
            frame: Frame::sample(),
            faults: Vec::new(),
            slug: "ada-lovelace".into(),
            welcome: String::new(),
            welcome_max: 600,
            is_open: false,
            address: "https://intro.example.org/ask/ada-lovelace".into(),
            path: "/ask/ada-lovelace".into(),
            is_public: false,
            saved: false,
            aside: None,
            rows: Vec::new(),
            action: "/ask-me",
            time_zone: "Europe/Berlin".into(),
        };
        let open = Self {
            welcome: "Ask me.".into(),
            is_open: true,
            is_public: true,
            saved: true,
            rows: vec![row.clone()],
            ..closed.clone()
        };
        let faults = ["slug", "welcome"].map(Fault::sample).to_vec();
        vec![
            closed,
            open.clone(),
            Self { saved: false, aside: Some(row), ..open.clone() },
            Self { saved: false, faults, ..open },
        ]
    }
}
