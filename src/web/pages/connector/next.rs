//! What happens next with an introduction, in one sentence.
//!
//! A function of the connector's copy: of what was shown, never of what was given.

use crate::clock::Ts;
use crate::domain::asking::Policy;
use crate::domain::attention::{self, Need};
use crate::domain::introduction::{Introduction, State};
use crate::domain::outcome::Outcome;
use crate::domain::party::Party;
use crate::domain::shown;
use crate::flow::desk::Item;
use crate::view::pages::NextStep;

/// The next step of an introduction on the desk.
pub fn next_step(item: &Item, policy: &Policy, now: Ts) -> NextStep {
    let of = &item.introduction;
    match (item.need, item.settled) {
        (Some(need), _) => needed(of, need, policy),
        (None, Some(Need::Draft)) => plain("rests"),
        (None, Some(Need::Thanks | Need::Landed)) => plain("thanked"),
        (None, Some(Need::Nudge)) => plain("nudged"),
        (None, Some(Need::Bounced | Need::AskAgain) | None) => going_on(of, policy, now),
    }
}

fn needed(of: &Introduction, need: Need, policy: &Policy) -> NextStep {
    match need {
        Need::Draft => plain("ask"),
        Need::Nudge => plain("nudge"),
        Need::Thanks | Need::Landed => plain("thank"),
        Need::AskAgain => {
            let who = attention::ask_again(of, policy).map(|(side, _)| of.parties.get(side));
            who.map_or_else(|| plain("closed"), |party| about("ask-again", party))
        }
        Need::Bounced => bounced(of, policy),
    }
}

fn bounced(of: &Introduction, policy: &Policy) -> NextStep {
    let word = match of.state {
        State::Draft | State::Asking | State::Agreed { .. } => "undeliverable",
        State::Introduced => "undeliverable-introduced",
        State::Closed => "undeliverable-closed",
    };
    match attention::bounced(of) {
        Some(party) => NextStep { at: of.closes_at(policy), ..about(word, party) },
        None => plain("closed"),
    }
}

fn going_on(of: &Introduction, policy: &Policy, now: Ts) -> NextStep {
    match of.state {
        State::Draft => plain("ask"),
        State::Agreed { introduce_at } => at("leaves", introduce_at),
        State::Introduced => introduced(of, policy, now),
        State::Asking => asking(of, policy, now),
        State::Closed => closed(of, policy, now),
    }
}

fn asking(of: &Introduction, policy: &Policy, now: Ts) -> NextStep {
    let closes = of.closes_at(policy);
    if of.withdrawn_at.is_some() {
        return NextStep { at: closes, ..plain("withdrawn") };
    }
    if attention::bounced(of).is_some() {
        return bounced(of, policy);
    }
    if shown::did_not_leave(of, now) {
        return NextStep { at: closes, ..plain("not-left") };
    }
    if let Some((side, until)) = attention::ask_again(of, policy).filter(|(_, until)| *until > now) {
        return NextStep { at: Some(until), ..about("again-from", of.parties.get(side)) };
    }
    if let Some(party) = attention::declined(of) {
        return NextStep { at: closes, ..about("closes", party) };
    }
    match attention::silent(of) {
        Some(party) => {
            let deadline = party.asked.map(|asked| asked.deadline);
            NextStep { at: deadline, ..about("answer", party) }
        }
        None => NextStep { at: closes, ..plain("lapses") },
    }
}

fn closed(of: &Introduction, policy: &Policy, now: Ts) -> NextStep {
    let rested = of.closed_at.map(|at| at + policy.cool_down).filter(|at| *at > now);
    match attention::ask_again(of, policy) {
        Some((side, until)) if until > now => {
            NextStep { at: Some(until), ..about("not-before", of.parties.get(side)) }
        }
        Some(_) => plain("closed"),
        None => match rested {
            // Nobody was asked, so nobody needs a rest.
            Some(_) if of.parties.iter().all(|(_, party)| party.asked.is_none()) => plain("closed"),
            Some(until) => at("they-rest", until),
            None => plain("closed"),
        },
    }
}

fn introduced(of: &Introduction, policy: &Policy, now: Ts) -> NextStep {
    match of.outcome {
        Some(Outcome::NoReply) => plain("nudge"),
        Some(Outcome::Met | Outcome::Landed) => plain("thank"),
        Some(Outcome::NotAFit) => plain("nothing"),
        Some(Outcome::Scheduled) | None => {
            match attention::next_check_in(of, policy).filter(|due| *due > now) {
                Some(due) => at("check-in", due),
                None => plain("heard"),
            }
        }
    }
}

fn plain(word: &'static str) -> NextStep {
    NextStep { word, who: String::new(), at: None }
}

fn at(word: &'static str, when: Ts) -> NextStep {
    NextStep { at: Some(when), ..plain(word) }
}

fn about(word: &'static str, party: &Party) -> NextStep {
    NextStep { who: party.name.clone(), ..plain(word) }
}
