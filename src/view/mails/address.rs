//! Mails about a person's own address. They stand outside any introduction and name nobody else.

use serde::Serialize;

use super::{Who, samples};
use crate::view::Mail;

/// To the new address: is it yours?
#[derive(Clone, Debug, Serialize)]
pub struct AddressChange {
    pub you: Who,
    pub link: String,
    /// How long the link works.
    pub hours: i64,
}

/// To the old address: it was changed, and the way back.
#[derive(Clone, Debug, Serialize)]
pub struct AddressChanged {
    pub you: Who,
    /// The way back. None where the new address had a history of its own.
    pub link: Option<String>,
    /// How long it can be taken back.
    pub days: i64,
}

/// The last mail to somebody who was erased.
#[derive(Clone, Debug, Serialize)]
pub struct Erased {
    /// An empty name where none was known.
    pub you: Who,
}

impl Mail for Erased {
    const KIND: &'static str = "erased";

    fn samples() -> Vec<Self> {
        vec![Self { you: samples::seeker() }, Self { you: Who::new("") }]
    }
}

impl Mail for AddressChange {
    const KIND: &'static str = "address_change";

    fn samples() -> Vec<Self> {
        vec![Self { you: samples::seeker(), link: link(), hours: 24 }]
    }
}

impl Mail for AddressChanged {
    const KIND: &'static str = "address_changed";

    fn samples() -> Vec<Self> {
        [Some(link()), None].map(|link| Self { you: samples::seeker(), link, days: 7 }).to_vec()
    }
}

fn link() -> String {
    samples::answer_link().replace("/a/", "/address/")
}
