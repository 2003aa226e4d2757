//! Mails after an answer, an ending or an introduction.

use serde::Serialize;

use super::{AskLinks, StopLink, Who, samples};
use crate::clock::{Span, Ts};
use crate::view::Mail;

/// The answer a receipt is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    Yes,
    NotNow,
    No,
    Never,
    /// Contradictory answers within seconds: none counts, please choose again.
    None,
}

/// Confirms an answer to the one who gave it. Says nothing of the other side.
#[derive(Clone, Debug, Serialize)]
pub struct Receipt {
    pub you: Who,
    pub connector: Who,
    /// The other as the reader knows them: a name or "a hiring manager I worked with".
    pub other_label: String,
    pub answer: Answered,
    pub not_now_until: Option<Ts>,
    /// The connector is not told the answer.
    pub quiet: bool,
    /// After a yes: when the reader will have heard either way.
    pub decided_by: Option<Ts>,
    /// The link still changes the answer.
    pub can_change: bool,
    pub time_zone: String,
    pub links: AskLinks,
}

/// For a party who had said yes, when the introduction did not come about. One text for every cause.
#[derive(Clone, Debug, Serialize)]
pub struct ClosingNote {
    pub you: Who,
    pub connector: Who,
    pub other_label: String,
    pub links: StopLink,
}

/// What came of it? Only the connector reads the answer.
#[derive(Clone, Debug, Serialize)]
pub struct CheckIn {
    pub you: Who,
    pub other_name: String,
    pub connector: Who,
    /// Days since the introduction: 7 or 28.
    pub day: i64,
    /// `answer` takes `#met`, `#scheduled`, `#no-reply`, `#not-a-fit` and `#landed`.
    pub links: AskLinks,
}

impl Mail for Receipt {
    const KIND: &'static str = "receipt";

    fn samples() -> Vec<Self> {
        let yes = Self {
            you: samples::seeker(),
            connector: samples::connector(),
            other_label: "a hiring manager I worked with".into(),
            answer: Answered::Yes,
            not_now_until: None,
            quiet: false,
            decided_by: Some(samples::TUESDAY),
            can_change: true,
            time_zone: samples::ZONE.into(),
            links: samples::ask_links(),
        };
        let other = |answer| Self { answer, decided_by: None, ..yes.clone() };
        let until = Some(samples::TUESDAY + Span::days(30));
        let not_now = Self { not_now_until: until, ..other(Answered::NotNow) };
        vec![
            yes.clone(),
            Self { decided_by: None, can_change: false, links: samples::marked_links(), ..yes.clone() },
            not_now.clone(),
            Self { quiet: true, ..not_now },
            other(Answered::NotNow),
            other(Answered::No),
            Self { quiet: true, can_change: false, ..other(Answered::No) },
            other(Answered::Never),
            Self { quiet: true, ..other(Answered::Never) },
            other(Answered::None),
        ]
    }
}

impl Mail for ClosingNote {
    const KIND: &'static str = "closing_note";

    fn samples() -> Vec<Self> {
        let named = Self {
            you: samples::helper(),
            connector: samples::connector(),
            other_label: samples::seeker().name,
            links: samples::stop_link(),
        };
        vec![
            named.clone(),
            Self { you: samples::seeker(), other_label: "a hiring manager I worked with".into(), ..named },
        ]
    }
}

impl Mail for CheckIn {
    const KIND: &'static str = "check_in";

    fn samples() -> Vec<Self> {
        let week = Self {
            you: samples::seeker(),
            other_name: samples::helper().name,
            connector: samples::connector(),
            day: 7,
            links: samples::ask_links(),
        };
        vec![week.clone(), Self { day: 28, links: samples::marked_links(), ..week }]
    }
}
