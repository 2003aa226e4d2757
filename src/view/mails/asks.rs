//! The asks and their one reminder.

use serde::Serialize;

use super::{AskLinks, Purpose, Side, Who, WritesFirst, samples};
use crate::clock::Ts;
use crate::view::Mail;

/// The ask to the one who gains most. The other side stays unnamed unless `other_name` is set.
#[derive(Clone, Debug, Serialize)]
pub struct AskFirst {
    pub purpose: Purpose,
    pub connector: Who,
    /// Lines under the connector's name, e.g. a position. No link will work in them.
    pub signature: Option<String>,
    pub you: Who,
    /// Only when the connector names the other openly.
    pub other_name: Option<String>,
    /// The other without a name, to follow "to": "a hiring manager I worked with".
    pub other_described: String,
    /// How the connector knows the reader: a sentence, or part of one.
    pub how_know_you: Option<String>,
    /// How the connector knows the other.
    pub how_know_other: String,
    /// Why it is good for the reader. Nobody else reads it.
    pub why: String,
    /// What both will read in the introduction. As it tells who the other is, this mail shows it only
    /// with `other_name`.
    pub shared: String,
    /// The one small concrete step.
    pub step: String,
    /// What the other will read about the reader. May be empty.
    pub about_you: String,
    pub about_other: Option<String>,
    /// The reader asked the connector for it: the ask is a confirmation.
    pub asked_for_this: bool,
    /// Both sides are asked at once, the other with the reader's name.
    pub together: bool,
    pub writes_first: WritesFirst,
    /// From 1; more than 1 when the reader was asked before.
    pub round: i64,
    pub deadline: Ts,
    /// One reminder is planned.
    pub reminder: bool,
    /// IANA name, for the dates.
    pub time_zone: String,
    pub links: AskLinks,
}

/// The ask to the one who is asked for something. The first side is named.
#[derive(Clone, Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a sentence in the mail")]
pub struct AskSecond {
    pub purpose: Purpose,
    pub connector: Who,
    pub signature: Option<String>,
    pub you: Who,
    pub other_name: String,
    /// The other without a name: "a compiler engineer from my team".
    pub other_described: String,
    pub how_know_you: Option<String>,
    pub how_know_other: String,
    /// Why it is good for the reader. Nobody else reads it.
    pub why: String,
    pub shared: String,
    pub step: String,
    /// What the other will read about the reader. May be empty.
    pub about_you: String,
    /// What the other side says about themselves. May be empty.
    pub about_other: String,
    /// The other asked the connector for it.
    pub asked_for_this: bool,
    /// One by one: the other has agreed already. Otherwise both are asked at once.
    pub first_agreed: bool,
    /// The other was told the reader's name.
    pub you_named: bool,
    pub writes_first: WritesFirst,
    pub round: i64,
    pub deadline: Ts,
    pub reminder: bool,
    pub time_zone: String,
    pub links: AskLinks,
}

/// The one reminder of an ask that has no answer yet.
#[derive(Clone, Debug, Serialize)]
pub struct Reminder {
    pub side: Side,
    pub connector: Who,
    pub signature: Option<String>,
    pub you: Who,
    /// As in the ask: none while the other is unnamed.
    pub other_name: Option<String>,
    pub other_described: String,
    pub why: String,
    pub step: String,
    /// As in the ask; for the second side, whether the first has not agreed yet.
    pub together: bool,
    pub deadline: Ts,
    pub time_zone: String,
    pub links: AskLinks,
}

impl Mail for AskFirst {
    const KIND: &'static str = "ask_first";

    fn folder(&self) -> &'static str {
        self.purpose.as_str()
    }

    fn samples() -> Vec<Self> {
        let full = Purpose::ALL.iter().copied().map(samples::ask_first);
        let bare = Purpose::ALL.iter().copied().map(|purpose| Self {
            signature: None,
            other_name: Some(samples::helper().name),
            how_know_you: None,
            about_you: String::new(),
            about_other: None,
            together: true,
            asked_for_this: true,
            writes_first: WritesFirst::Other,
            round: 2,
            reminder: false,
            links: samples::marked_links(),
            ..samples::ask_first(purpose)
        });
        let confirm = Purpose::ALL
            .iter()
            .copied()
            .map(|purpose| Self { asked_for_this: true, ..samples::ask_first(purpose) });
        full.chain(bare).chain(confirm).collect()
    }
}

impl Mail for AskSecond {
    const KIND: &'static str = "ask_second";

    fn folder(&self) -> &'static str {
        self.purpose.as_str()
    }

    fn samples() -> Vec<Self> {
        let full = Purpose::ALL.iter().copied().map(samples::ask_second);
        let bare = Purpose::ALL.iter().copied().map(|purpose| Self {
            signature: None,
            how_know_you: None,
            about_you: String::new(),
            about_other: String::new(),
            asked_for_this: true,
            first_agreed: false,
            you_named: true,
            writes_first: WritesFirst::You,
            round: 2,
            reminder: false,
            links: samples::marked_links(),
            ..samples::ask_second(purpose)
        });
        let named = Purpose::ALL
            .iter()
            .copied()
            .map(|purpose| Self { you_named: true, ..samples::ask_second(purpose) });
        full.chain(bare).chain(named).collect()
    }
}

impl Mail for Reminder {
    const KIND: &'static str = "reminder";

    fn samples() -> Vec<Self> {
        let ask = samples::ask_first(Purpose::JobSearch);
        let first = Self {
            side: Side::First,
            connector: ask.connector,
            signature: ask.signature,
            you: ask.you,
            other_name: None,
            other_described: ask.other_described,
            why: ask.why,
            step: ask.step,
            together: false,
            deadline: ask.deadline,
            time_zone: ask.time_zone,
            links: ask.links,
        };
        let openly = Self { other_name: Some(samples::helper().name), together: true, ..first.clone() };
        let second = Self {
            side: Side::Second,
            you: samples::helper(),
            other_name: Some(samples::seeker().name),
            signature: None,
            ..first.clone()
        };
        let at_once = Self { together: true, links: samples::marked_links(), ..second.clone() };
        vec![first, openly, second, at_once]
    }
}
