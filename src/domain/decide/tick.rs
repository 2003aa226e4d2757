//! What time alone makes happen: the introduction, reminders, the closing, check-ins.

use super::super::answer::Answer;
use super::super::asking::{Policy, Side};
use super::super::event::What;
use super::super::introduction::{Introduction, State};
use super::super::message::Mail;
use super::super::party::Given;
use super::super::step::Step;
use super::Facts;
use super::answer::settle;
use crate::clock::Ts;

/// Does everything that is due at `now`. An empty step when nothing is.
#[must_use]
pub fn tick(old: Introduction, facts: &Facts, policy: &Policy, now: Ts) -> Step {
    let mut step = Step::new(old);
    match step.next.state {
        State::Draft | State::Closed => {}
        State::Asking => remind_or_close(&mut step, facts, policy, now),
        State::Agreed { introduce_at } => {
            if introduce_at <= now {
                introduce(&mut step, facts, policy, now);
            }
            // Overruled by a "never": as late as after a plain no, it closes in the same moment.
            if step.next.state == State::Asking {
                remind_or_close(&mut step, facts, policy, now);
            }
        }
        State::Introduced => check_in(&mut step, policy, now),
    }
    step
}

fn remind_or_close(step: &mut Step, facts: &Facts, policy: &Policy, now: Ts) {
    if step.next.closes_at(policy).is_some_and(|at| at <= now) {
        close(step, now);
        return;
    }
    for side in Side::ALL {
        if step.next.reminder_due(*side).is_none_or(|at| at > now) {
            continue;
        }
        let Some(asked) = step.next.parties.get_mut(*side).asked.as_mut() else {
            continue;
        };
        asked.remind_at = None;
        // Woken too late (the service was down), or the ask itself still waits and may be taken back:
        // a reminder then helps nobody.
        let still_helps = now < asked.deadline && !*facts.unsent.get(*side);
        step.touched = true;
        if still_helps {
            step.event(now, What::Reminded, Some(*side));
            step.mails.push(Mail::Reminder(*side));
        }
    }
}

/// The neutral ending. Only who stands by a yes hears of it, and the words are the same for every cause.
fn close(step: &mut Step, now: Ts) {
    step.next.state = State::Closed;
    step.next.closed_at = Some(now);
    step.next.shown_leaves_at = None;
    step.event(now, What::Closed, None);
    for side in Side::ALL {
        if step.next.parties.get(*side).says_yes() {
            step.mails.push(Mail::ClosingNote(*side));
        }
    }
}

/// The hold is over. A "never" given elsewhere in the meantime overrules a yes given here.
fn introduce(step: &mut Step, facts: &Facts, policy: &Policy, now: Ts) {
    for side in Side::ALL {
        if *facts.suppressed.get(*side) {
            let party = step.next.parties.get_mut(*side);
            party.given = Some(Given { answer: Answer::Never, at: now, note: String::new(), quiet: true });
            step.quiet_event(now, What::Answered(Answer::Never), Some(*side));
        }
    }
    settle(step, None, policy, now);
    if !matches!(step.next.state, State::Agreed { .. }) {
        return;
    }
    step.next.state = State::Introduced;
    step.next.introduced_at = Some(now);
    step.next.shown_leaves_at = None;
    step.event(now, What::Introduced, None);
    step.mails.push(Mail::Introduction);
    step.mails.push(Mail::ConnectorCopy);
}

/// One question per party and due day. After a long pause only the latest is asked.
fn check_in(step: &mut Step, policy: &Policy, now: Ts) {
    for side in Side::ALL {
        let mut latest = None;
        while let Some((at, days)) = step.next.check_in_due(*side, policy) {
            if at > now {
                break;
            }
            step.next.parties.get_mut(*side).check_ins += 1;
            latest = Some(days);
        }
        if let Some(days) = latest {
            step.event(now, What::CheckedIn { days }, Some(*side));
            step.mails.push(Mail::CheckIn(*side, days));
        }
    }
}
