//! Mails about contacts' own cards: is it right, may you be passed on, and the recruiters who agreed.

use serde::Serialize;

use super::{Who, samples};
use crate::domain::own_card::{Correction, Passed};
use crate::view::Mail;

/// The links of a question about a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CardLinks {
    /// The page of the card.
    pub card: String,
    /// "Never again", from anyone here.
    pub stop: String,
}

/// What stands on a card; most of it may be empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CardText {
    pub name: String,
    /// An e-mail address, shown as it is.
    pub address: String,
    pub role: String,
    pub employer: String,
    pub field: String,
    pub place: String,
    /// How they like to be reached.
    pub reach: String,
}

impl From<&Correction> for CardText {
    fn from(of: &Correction) -> Self {
        Self {
            name: of.name.clone(),
            address: of.email.clone(),
            role: of.role.clone(),
            employer: of.employer.clone(),
            field: String::new(),
            place: String::new(),
            reach: String::new(),
        }
    }
}

impl From<&Passed> for CardText {
    fn from(of: &Passed) -> Self {
        Self {
            name: of.name.clone(),
            address: of.email.clone(),
            role: of.role.clone(),
            employer: of.employer.clone(),
            field: of.field.clone(),
            place: of.place.clone(),
            reach: of.reach.clone(),
        }
    }
}

/// To a contact: is this still right?
#[derive(Clone, Debug, Serialize)]
pub struct CardAsk {
    pub you: Who,
    pub connector: Who,
    pub card: CardText,
    pub links: CardLinks,
}

/// To a recruiter: may you be passed on?
#[derive(Clone, Debug, Serialize)]
pub struct PassAsk {
    pub you: Who,
    pub connector: Who,
    pub card: CardText,
    pub links: CardLinks,
}

/// To somebody who looks for work: recruiters who agreed.
#[derive(Clone, Debug, Serialize)]
pub struct RecruiterList {
    pub you: Who,
    pub connector: Who,
    pub signature: String,
    /// The connector's own words.
    pub words: String,
    pub recruiters: Vec<CardText>,
    pub links: CardLinks,
}

/// To whoever asked for an introduction: was it you?
#[derive(Clone, Debug, Serialize)]
pub struct RequestConfirm {
    pub you: Who,
    pub connector: Who,
    /// Whom they would like to meet.
    pub wish: String,
    /// How long it can be confirmed.
    pub days: i64,
    /// `card` is the page of the request.
    pub links: CardLinks,
}

impl Mail for RequestConfirm {
    const KIND: &'static str = "request_confirm";

    fn samples() -> Vec<Self> {
        vec![Self {
            you: samples::seeker(),
            connector: Who::new("Ada Lovelace"),
            wish: "somebody who has built a compiler from scratch".into(),
            days: 3,
            links: links(),
        }]
    }
}

fn card() -> CardText {
    CardText {
        name: "Grace Hopper".into(),
        address: "grace@example.org".into(),
        role: "recruiter".into(),
        employer: "Navy".into(),
        field: "software".into(),
        place: "Arlington".into(),
        reach: "By mail, on weekdays".into(),
    }
}

fn bare() -> CardText {
    let none = String::new;
    CardText { role: none(), employer: none(), field: none(), place: none(), reach: none(), ..card() }
}

fn links() -> CardLinks {
    CardLinks { card: samples::answer_link().replace("/a/", "/card/"), stop: samples::stop_link().stop }
}

impl Mail for CardAsk {
    const KIND: &'static str = "card_ask";

    fn samples() -> Vec<Self> {
        [card(), bare()]
            .map(|card| Self {
                you: samples::seeker(),
                connector: Who::new("Ada Lovelace"),
                card,
                links: links(),
            })
            .to_vec()
    }
}

impl Mail for PassAsk {
    const KIND: &'static str = "pass_ask";

    fn samples() -> Vec<Self> {
        [card(), bare()]
            .map(|card| Self {
                you: samples::seeker(),
                connector: Who::new("Ada Lovelace"),
                card,
                links: links(),
            })
            .to_vec()
    }
}

impl Mail for RecruiterList {
    const KIND: &'static str = "recruiter_list";

    fn samples() -> Vec<Self> {
        let one = |signature: &str, recruiters: Vec<CardText>| Self {
            you: samples::seeker(),
            connector: Who::new("Ada Lovelace"),
            signature: signature.into(),
            words: "these people know the field.\n\nWrite to them as you wrote to me.".into(),
            recruiters,
            links: links(),
        };
        vec![one("Ada", vec![card(), bare()]), one("", vec![card()])]
    }
}
