//! The introduction itself, and the connector's copy of it.

use serde::Serialize;

use super::{Purpose, StopLink, Who, samples};
use crate::clock::{Span, Ts};
use crate::view::{MARK, Mail};

/// One of the two people, as the other meets them.
#[derive(Clone, Debug, Serialize)]
pub struct Party {
    pub who: Who,
    pub address: String,
    /// The words they approved or the connector wrote. May be empty.
    pub about: String,
    /// How the connector knows them. May be empty.
    pub how_known: String,
}

/// The mail to both, when both have said yes.
#[derive(Clone, Debug, Serialize)]
pub struct Introduction {
    pub purpose: Purpose,
    pub connector: Who,
    pub signature: Option<String>,
    pub first: Party,
    pub second: Party,
    pub shared: String,
    pub step: String,
    /// How the mail calls the one who writes first.
    pub writes_first_name: String,
    pub writes_by: Ts,
    pub time_zone: String,
    pub links: StopLink,
}

/// Tells the connector that the introduction left, with its text. The thread goes on without them.
#[derive(Clone, Debug, Serialize)]
pub struct ConnectorCopy {
    pub connector: Who,
    pub first: Party,
    pub second: Party,
    /// The text part as both got it, without the lines of their personal links.
    pub text_of_introduction: String,
    /// The introduction's page at the connector's desk.
    pub link_introduction: String,
}

impl Mail for Introduction {
    const KIND: &'static str = "introduction";

    fn folder(&self) -> &'static str {
        self.purpose.as_str()
    }

    fn samples() -> Vec<Self> {
        let full = Purpose::ALL.iter().copied().map(introduction);
        // Two people with the same given name, and nothing said about either.
        let bare = Purpose::ALL.iter().copied().map(|purpose| {
            let (mut first, mut second) = (first(), second());
            second.who = Who::new("Grace Kelly");
            for party in [&mut first, &mut second] {
                party.about.clear();
                party.how_known.clear();
            }
            let links = StopLink { stop: format!("{MARK}stop{MARK}"), manage: format!("{MARK}manage{MARK}") };
            let writes_first_name = first.who.name.clone();
            Introduction { signature: None, first, second, links, writes_first_name, ..introduction(purpose) }
        });
        full.chain(bare).collect()
    }
}

impl Mail for ConnectorCopy {
    const KIND: &'static str = "connector_copy";

    fn samples() -> Vec<Self> {
        vec![Self {
            connector: samples::connector(),
            first: first(),
            second: second(),
            text_of_introduction:
                "Hello Grace, hello Alan,\n\n> Grace wrote the compiler that our mill still runs \
                                   on.\n\nAll the best,\nAda"
                    .into(),
            link_introduction: "https://intro.example.org/introductions/0199f0a2-6a1c-7000-8000-2b5e1c9d4f10"
                .into(),
        }]
    }
}

fn introduction(purpose: Purpose) -> Introduction {
    let ask = samples::ask_first(purpose);
    Introduction {
        purpose,
        connector: ask.connector,
        signature: ask.signature,
        first: first(),
        second: second(),
        shared: ask.shared,
        step: ask.step,
        writes_first_name: samples::seeker().given,
        writes_by: samples::TUESDAY + Span::days(2),
        time_zone: samples::ZONE.into(),
        links: samples::stop_link(),
    }
}

fn first() -> Party {
    Party {
        who: samples::seeker(),
        address: "grace@example.org".into(),
        about: "Twelve years of compilers and of explaining them to admirals. Open to work from May.".into(),
        how_known: "We built the first version of the mill together.".into(),
    }
}

fn second() -> Party {
    Party {
        who: samples::helper(),
        address: "alan@example.net".into(),
        about: "Leads a team of six that makes small machines do large sums.".into(),
        how_known: "We shared an office for three years.".into(),
    }
}
