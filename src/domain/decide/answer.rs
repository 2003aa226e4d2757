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
/// time; a yes and a never, within [`Policy::calm`]. A yes needs the deadline ahead; taking a yes back is possible until the introduction leaves.
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
    if is_same(&before, reply) {
        edit_blurb(&mut step, side, reply, now);
        return Ok(step);
    }
    if is_contradiction(&before, reply.answer, policy, now) {
        contest(&mut step, side, reply, policy, now);
    } else {
        edit_blurb(&mut step, side, reply, now);
        record(&mut step, side, reply, now);
        if is_never(&before) && reply.answer != Answer::Never {
            step.next.parties.get_mut(side).never_lifted_at = Some(now);
        }
    }
    let after_never = is_never(&before);
    if after_never && !is_never(step.next.parties.get(side)) {
        step.effects.push(Effect::LiftSuppression(side));
    }
    follow(&mut step, side, facts, policy, now);
    step.mails.push(Mail::Receipt(side));
    Ok(step)
}

/// Only a yes that stands brings their words to the other; an edit beside a quiet no would give that no away.
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
    let quiet = is_quiet(reply);
    before
        .given
        .as_ref()
        .is_some_and(|given| given.answer == reply.answer && given.note == reply.note && given.quiet == quiet)
}

/// A yes is never quiet.
fn is_quiet(reply: &Reply) -> bool {
    reply.quiet && reply.answer != Answer::Yes
}

fn is_never(party: &Party) -> bool {
    matches!(party.given, Some(Given { answer: Answer::Never, .. }))
}

/// What a robot must not bring about, a yes and a never, is looked at for longer: slow ones press a button
/// every few seconds.
fn is_contradiction(before: &Party, answer: Answer, policy: &Policy, now: Ts) -> bool {
    let span = match answer.choice() {
        Choice::Yes | Choice::Never => policy.calm(),
        Choice::NotNow | Choice::No => policy.contest,
    };
    let recent = |at: Ts| now - at < span;
    let differs = before
        .given
        .as_ref()
        .is_some_and(|given| given.answer.choice() != answer.choice() && recent(given.at));
    differs || before.contested_at.is_some_and(recent)
}

/// A quiet reply cancels quietly: what was shown of the answer before it stays.
fn contest(step: &mut Step, side: Side, reply: &Reply, policy: &Policy, now: Ts) {
    let party = step.next.parties.get_mut(side);
    // A robot that presses every button took a never back with its first press: it stands again.
    if party.never_lifted_at.take().is_some_and(|at| now - at < policy.contest) {
        step.effects.push(Effect::Suppress(side));
    }
    let party = step.next.parties.get_mut(side);
    party.given = None;
    if !is_quiet(reply) {
        party.shown = None;
    }
    party.contested_at = Some(now);
    party.answers += 1;
    step.quiet_event(now, What::Contested, Some(side));
}

fn record(step: &mut Step, side: Side, reply: &Reply, now: Ts) {
    let party = step.next.parties.get_mut(side);
    let quiet = is_quiet(reply);
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
    settle(step, Some(side), policy, now);
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

/// Agreed exactly while two yeses stand. `side` is whose answer this follows, if it follows one.
///
/// What the connector is told follows the answers they are shown: a yes that was taken back quietly
/// reopens nothing for them, and the introduction that then does not leave is all they notice.
pub(super) fn settle(step: &mut Step, side: Option<Side>, policy: &Policy, now: Ts) {
    let kept = step.next.withdrawn_at.is_none();
    let both = kept && step.next.parties.iter().all(|(_, party)| party.says_yes() && party.asked.is_some());
    let shown = kept && step.next.parties.iter().all(|(_, party)| party.shows_yes());
    let introduce_at = now + policy.hold;
    let moved = match (step.next.state, both) {
        (State::Asking, true) => {
            step.next.state = State::Agreed { introduce_at };
            step.next.shown_leaves_at = None;
            false
        }
        (State::Agreed { .. }, false) => {
            step.next.state = State::Asking;
            true
        }
        (State::Asking, false)
        | (State::Agreed { .. }, true)
        | (State::Draft | State::Introduced | State::Closed, true | false) => false,
    };
    match (step.next.shown_leaves_at.is_some(), shown) {
        (false, true) => {
            step.next.shown_leaves_at = Some(introduce_at);
            step.event(now, What::Agreed { introduce_at }, None);
        }
        (true, false) => {
            step.next.shown_leaves_at = None;
            // A withdrawal speaks for itself.
            if kept {
                step.event(now, What::Reopened, side);
            }
        }
        (true, true) if moved => step.quiet_event(now, What::Reopened, side),
        (true, true) | (false, false) => {}
    }
}
