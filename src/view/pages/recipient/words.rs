//! Words of a party to their connector.

use serde::Serialize;

use super::super::{Fault, Frame};
use super::answer::Told;
use crate::view::Page;
use crate::view::mails::Who;

/// Where they are written.
#[derive(Clone, Debug, Serialize)]
pub struct Words {
    pub frame: Frame,
    pub told: Told,
    pub faults: Vec<Fault>,
    pub connector: Who,
    pub other_name: String,
    /// Something was written before.
    pub again: bool,
    /// What was typed just now.
    pub words: String,
    pub words_max: usize,
    pub nonce: String,
    /// The page of the check-in.
    pub back: String,
    /// The reader's own page.
    pub your_page: String,
}

/// They are on the connector's desk.
#[derive(Clone, Debug, Serialize)]
pub struct WordsSaid {
    pub frame: Frame,
    pub connector: Who,
    pub words: String,
    /// Where they can be written anew.
    pub change: String,
    /// The reader's own page.
    pub your_page: String,
}

impl Page for Words {
    const FILE: &'static str = "recipient/words";

    fn samples() -> Vec<Self> {
        let one = |told: Told, words: &str, faults: Vec<Fault>| Self {
            frame: Frame::public(),
            told,
            faults,
            connector: Who::new("Ada Lovelace"),
            other_name: "Alan Turing".into(),
            again: !words.is_empty(),
            words: words.into(),
            words_max: 600,
            nonce: "n".repeat(32),
            back: "/met/x".into(),
            your_page: "/you/x".into(),
        };
        vec![
            one(Told::Nothing, "", Vec::new()),
            one(Told::Nothing, "", vec![Fault::sample("words")]),
            one(Told::Later, "We met, thank you!", Vec::new()),
            one(Told::Stale, "We met, thank you!", Vec::new()),
        ]
    }
}

impl Page for WordsSaid {
    const FILE: &'static str = "recipient/words_said";

    fn samples() -> Vec<Self> {
        vec![Self {
            frame: Frame::public(),
            connector: Who::new("Ada Lovelace"),
            words: "We met on Tuesday.\nThank you!".into(),
            change: "/met/x/words".into(),
            your_page: "/you/x".into(),
        }]
    }
}
