//! A party answers, changes an answer, or takes a yes back.

use super::super::answer::{Answer, Choice, Reply};
use super::super::asking::{Order, Policy, Side};
use super::super::event::What;
use super::super::introduction::{Introduction, State};
use super::super::message::{Mail, MessageKind};
use super::super::party::{Given, Party, Shown};
use super::super::step::{Effect, Refusal, Step};
use super::ask::{ask_side, ask_silently, move_deadline};
use super::{Facts, has_answered};
use crate::clock::Ts;

/// Records a reply and everything that follows from it.
///
/// The same reply again changes nothing. Two different answers within [`Policy::contest`] cancel each
/// other (a robot that presses every button must not consent), and so does any further one within that
/// time. A yes needs the deadline ahead; taking a yes back is possible until the introduction leaves.
///
/// # Errors
/// [`Refusal::Closed`] whenever the page is closed for this party, whatever the cause.
pub fn answer(
    old: Introduction,
    side: Side,
    reply: &Reply,
    facts: &Facts,
    policy: &Policy,
    now: Ts,
) -> Result<Step, Refusal> {
    if !old.is_open_for(side, now, policy) {
        return Err(Refusal::Closed);
    }
    let before = old.parties.get(side).clone();
    let late = old.deadline.is_some_and(|deadline| now >= deadline);
    if late && reply.answer == Answer::Yes && !before.says_yes() {
        return Err(Refusal::Closed);
    }
    let mut step = Step::new(old);
    edit_blurb(&mut step, side, reply, now);
    if is_same(&before, reply) {
        return Ok(step);
    }
    if is_contradiction(&before, reply.answer, policy, now) {
        contest(&mut step, side, now);
    } else {
        record(&mut step, side, reply, now);
    }
    let after_never = is_never(&before);
    if after_never && !is_never(step.next.parties.get(side)) {
        step.effects.push(Effect::LiftSuppression(side));
    }
    follow(&mut step, side, facts, policy, now);
    step.mails.push(Mail::Receipt(side));
    Ok(step)
}

/// Only a yes brings their words to the other; an edit beside a quiet no would give that no away.
fn edit_blurb(step: &mut Step, side: Side, reply: &Reply, now: Ts) {
    if reply.answer != Answer::Yes {
        return;
    }
    let party = step.next.parties.get_mut(side);
    if let Some(blurb) = reply.blurb.as_ref().filter(|blurb| **blurb != party.blurb) {
        party.blurb.clone_from(blurb);
        step.event(now, What::BlurbEdited, Some(side));
    }
}

fn is_same(before: &Party, reply: &Reply) -> bool {
    let quiet = reply.quiet && reply.answer != Answer::Yes;
    before
        .given
        .as_ref()
        .is_some_and(|given| given.answer == reply.answer && given.note == reply.note && given.quiet == quiet)
}

fn is_never(party: &Party) -> bool {
    matches!(party.given, Some(Given { answer: Answer::Never, .. }))
}

fn is_contradiction(before: &Party, answer: Answer, policy: &Policy, now: Ts) -> bool {
    let recent = |at: Ts| now - at < policy.contest;
    let differs = before
        .given
        .as_ref()
        .is_some_and(|given| given.answer.choice() != answer.choice() && recent(given.at));
    differs || before.contested_at.is_some_and(recent)
}

fn contest(step: &mut Step, side: Side, now: Ts) {
    let party = step.next.parties.get_mut(side);
    party.given = None;
    party.shown = None;
    party.contested_at = Some(now);
    party.answers += 1;
    step.quiet_event(now, What::Contested, Some(side));
}

fn record(step: &mut Step, side: Side, reply: &Reply, now: Ts) {
    let party = step.next.parties.get_mut(side);
    let quiet = reply.quiet && reply.answer != Answer::Yes;
    party.given = Some(Given { answer: reply.answer, at: now, note: reply.note.clone(), quiet });
    party.answers += 1;
    let event = What::Answered(reply.answer);
    if quiet {
        step.quiet_event(now, event, Some(side));
    } else {
        party.shown = Some(Shown {
            choice: reply.answer.choice(),
            until: reply.answer.until(),
            at: now,
            note: reply.note.clone(),
        });
        step.event(now, event, Some(side));
    }
    if reply.answer.choice() == Choice::Never {
        step.effects.push(Effect::Suppress(side));
    }
}

/// What a changed answer means for the introduction.
pub(super) fn follow(step: &mut Step, side: Side, facts: &Facts, policy: &Policy, now: Ts) {
    let one_by_one = step.next.terms.order == Order::OneByOne;
    let says_yes = step.next.parties.get(side).says_yes();
    if one_by_one && side == Side::First {
        if says_yes {
            turn_to_second(step, facts, policy, now);
        } else if is_waiting(&step.next.parties.second) && facts.unsent.second {
            // The second ask names the first, who no longer agrees: it must not leave.
            step.next.parties.second.asked = None;
            step.effects.push(Effect::CancelUnsent(MessageKind::AskSecond));
            step.quiet_event(now, What::Unasked, Some(Side::Second));
        }
    }
    settle(step, policy, now);
}

fn is_waiting(party: &Party) -> bool {
    party.asked.is_some() && !has_answered(party)
}

/// The first agreed: ask the second, once. The deadline moves in the same way when the second is not
/// asked because the connector took the introduction back, and once only, so that the first cannot tell.
fn turn_to_second(step: &mut Step, facts: &Facts, policy: &Policy, now: Ts) {
    if step.next.parties.second.asked.is_some() {
        return;
    }
    if step.next.withdrawn_at.is_some() {
        let told = step.next.parties.first.asked.map(|asked| asked.deadline);
        let has_turned = step.next.deadline > told;
        if !has_turned {
            move_deadline(step, now + policy.window);
        }
    } else if facts.barred.second.is_some() || step.next.parties.second.erased_at.is_some() {
        ask_silently(step, Side::Second, policy, now);
    } else {
        ask_side(step, Side::Second, policy, now);
    }
}

/// Agreed exactly while two yeses stand.
pub(super) fn settle(step: &mut Step, policy: &Policy, now: Ts) {
    let both = step.next.parties.iter().all(|(_, party)| party.says_yes() && party.asked.is_some());
    let both = both && step.next.withdrawn_at.is_none();
    match (step.next.state, both) {
        (State::Asking, true) => {
            let introduce_at = now + policy.hold;
            step.next.state = State::Agreed { introduce_at };
            step.event(now, What::Agreed { introduce_at }, None);
        }
        (State::Agreed { .. }, false) => {
            step.next.state = State::Asking;
            reopened(step, now);
        }
        (State::Asking, false)
        | (State::Agreed { .. }, true)
        | (State::Draft | State::Introduced | State::Closed, true | false) => {}
    }
}

/// Tells that a yes was taken back; quietly when it was. A withdrawal speaks for itself.
fn reopened(step: &mut Step, now: Ts) {
    let quiet =
        |party: &Party| party.erased_at.is_some() || party.given.as_ref().is_some_and(|given| given.quiet);
    if step.next.withdrawn_at.is_some() {
        return;
    }
    if step.next.parties.iter().any(|(_, party)| quiet(party)) {
        step.quiet_event(now, What::Reopened, None);
    } else {
        step.event(now, What::Reopened, None);
    }
}
