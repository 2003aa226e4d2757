//! People and sentences that the samples share. No real person, no address that could be written to.

use super::{AskFirst, AskLinks, AskSecond, Purpose, StopLink, Who, WritesFirst};
use crate::clock::Ts;
use crate::view::MARK;

/// Tuesday 3 March 2026, 09:00 UTC.
pub(super) const TUESDAY: Ts = Ts(1_772_528_400_000_000);
pub(super) const ZONE: &str = "Europe/Berlin";

pub(super) fn connector() -> Who {
    Who::new("Ada Lovelace")
}

pub(super) fn seeker() -> Who {
    Who::new("Grace Hopper")
}

pub(super) fn helper() -> Who {
    Who::new("Alan Turing")
}

/// As long as a real one, so that the checks on lines see it.
pub(super) fn ask_links() -> AskLinks {
    AskLinks {
        answer: answer_link(),
        stop: format!("https://intro.example.org/s/{}", "k7".repeat(32)),
        manage: format!("https://intro.example.org/y/{}", "m9".repeat(32)),
    }
}

pub(super) fn answer_link() -> String {
    format!("https://intro.example.org/a/{}", "q4".repeat(32))
}

pub(super) fn stop_link() -> StopLink {
    let AskLinks { stop, manage, .. } = ask_links();
    StopLink { stop, manage }
}

/// As a stored message has them.
pub(super) fn marked_links() -> AskLinks {
    AskLinks {
        answer: format!("{MARK}answer{MARK}"),
        stop: format!("{MARK}stop{MARK}"),
        manage: format!("{MARK}manage{MARK}"),
    }
}

fn described(purpose: Purpose) -> (&'static str, &'static str) {
    match purpose {
        Purpose::JobSearch => ("a hiring manager I worked with", "an engineer who is looking for new work"),
        Purpose::Conversation => {
            ("someone who leads research at a hospital", "a nurse who thinks of moving into research")
        }
        Purpose::Colleague => ("the head of the workshop at my company", "a toolmaker I trained with"),
        Purpose::Recruiter => ("a recruiter for embedded software", "an embedded developer I trust"),
        Purpose::Peers => ("someone who runs a library like yours", "the librarian of a small town"),
        Purpose::Expertise => ("someone who has moved a choir to a new hall", "the chair of our choir"),
    }
}

/// Everything filled in, one by one, the other unnamed.
pub(super) fn ask_first(purpose: Purpose) -> AskFirst {
    AskFirst {
        purpose,
        connector: connector(),
        signature: Some("Ada Lovelace\nAnalytical Society, London".into()),
        you: seeker(),
        other_name: None,
        other_described: described(purpose).0.into(),
        how_know_you: Some("We built the first version of the mill together.".into()),
        how_know_other: "Three years in the same team, and we still have lunch once a month.".into(),
        why: "The team is small, writes compilers by hand and decides within a week. You said in May that this is \
              what you miss."
            .into(),
        shared: "Grace wrote the compiler that our mill still runs on. Alan is building a team that needs exactly \
                 that patience, and knows the field from the other side."
            .into(),
        step: "a call of twenty minutes in the next two weeks".into(),
        about_you: "Twelve years of compilers and of explaining them to admirals. Open to work from May.".into(),
        about_other: Some("Leads a team of six that makes small machines do large sums.".into()),
        asked_for_this: false,
        together: false,
        writes_first: WritesFirst::You,
        round: 1,
        deadline: TUESDAY,
        reminder: true,
        time_zone: ZONE.into(),
        links: ask_links(),
    }
}

/// Everything filled in, the first side has agreed.
pub(super) fn ask_second(purpose: Purpose) -> AskSecond {
    let first = ask_first(purpose);
    AskSecond {
        purpose,
        connector: first.connector,
        signature: first.signature,
        you: helper(),
        other_name: seeker().name,
        other_described: described(purpose).1.into(),
        how_know_you: Some("We shared an office for three years.".into()),
        how_know_other: "She was my first colleague, and I would work with her again tomorrow.".into(),
        why: "You told me that nobody applies who has read the whole manual. Grace wrote one.".into(),
        shared: first.shared,
        step: first.step,
        about_you: "Leads a team of six that makes small machines do large sums.".into(),
        about_other: first.about_you,
        asked_for_this: false,
        first_agreed: true,
        you_named: false,
        writes_first: WritesFirst::Other,
        round: 1,
        deadline: TUESDAY,
        reminder: true,
        time_zone: ZONE.into(),
        links: ask_links(),
    }
}
