//! What happens next with an introduction, and whether its connector has to do something.
//!
//! A function of what the connector may see: of `shown`, never of `given`.

use crate::clock::Ts;
use crate::domain::answer::Choice;
use crate::domain::asking::Policy;
use crate::domain::introduction::{Introduction, State};
use crate::domain::outcome::Outcome;
use crate::domain::party::{Party, Shown};
use crate::view::pages::NextStep;

/// Where a row of the desk belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    NeedsYou,
    Waiting,
    Done,
}

/// The next step of an introduction.
pub fn next_step(of: &Introduction, policy: &Policy, now: Ts) -> (Place, NextStep) {
    match of.state {
        State::Draft => (Place::NeedsYou, plain("ask")),
        State::Agreed { introduce_at } => (Place::Waiting, at("leaves", introduce_at)),
        State::Introduced => introduced(of, policy, now),
        State::Asking => asking(of, policy, now),
        State::Closed => closed(of, now),
    }
}

fn asking(of: &Introduction, policy: &Policy, now: Ts) -> (Place, NextStep) {
    let closes = of.closes_at(policy);
    if of.withdrawn_at.is_some() {
        return (Place::Done, NextStep { at: closes, ..plain("withdrawn") });
    }
    if let Some(party) = find(of, |party| party.undeliverable_at.is_some()) {
        return (Place::NeedsYou, NextStep { at: closes, ..about("undeliverable", party) });
    }
    if let Some((party, _)) = not_now(of).filter(|(_, until)| *until <= now)
        && of.parties.second.asked.is_none()
    {
        return (Place::NeedsYou, about("ask-again", party));
    }
    if let Some(party) = find(of, |party| party.shown.as_ref().is_some_and(is_no)) {
        return (Place::Waiting, NextStep { at: closes, ..about("closes", party) });
    }
    match find(of, |party| party.asked.is_some() && party.shown.is_none()) {
        Some(party) => {
            let deadline = party.asked.map(|asked| asked.deadline);
            (Place::Waiting, NextStep { at: deadline, ..about("answer", party) })
        }
        None => (Place::Waiting, NextStep { at: closes, ..plain("lapses") }),
    }
}

fn closed(of: &Introduction, now: Ts) -> (Place, NextStep) {
    match not_now(of) {
        Some((party, until)) if until <= now => (Place::NeedsYou, about("ask-again", party)),
        Some((party, until)) => (Place::Done, NextStep { at: Some(until), ..about("not-before", party) }),
        None => (Place::Done, plain("closed")),
    }
}

fn introduced(of: &Introduction, policy: &Policy, now: Ts) -> (Place, NextStep) {
    match of.outcome {
        Some(Outcome::NoReply) => (Place::NeedsYou, plain("nudge")),
        Some(outcome) if outcome.deserves_thanks() => (Place::Done, plain("thank")),
        Some(Outcome::NotAFit) => (Place::Done, plain("nothing")),
        Some(Outcome::Scheduled | Outcome::Met | Outcome::Landed) | None => {
            let due = [&of.parties.first, &of.parties.second]
                .into_iter()
                .filter_map(|party| of.check_in_due(party.side, policy))
                .map(|(at, _)| at)
                .filter(|at| *at > now);
            match due.min() {
                Some(due) => (Place::Waiting, at("check-in", due)),
                None => (Place::Done, plain("heard")),
            }
        }
    }
}

fn is_no(shown: &Shown) -> bool {
    match shown.choice {
        Choice::Yes => false,
        Choice::NotNow | Choice::No | Choice::Never => true,
    }
}

/// Who said "not now", and until when.
fn not_now(of: &Introduction) -> Option<(&Party, Ts)> {
    let until = |party: &Party| party.shown.as_ref().and_then(|shown| shown.until);
    let party = find(of, |party| until(party).is_some())?;
    until(party).map(|until| (party, until))
}

fn find(of: &Introduction, fits: impl Fn(&Party) -> bool) -> Option<&Party> {
    of.parties.iter().map(|(_, party)| party).find(|party| fits(party))
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
