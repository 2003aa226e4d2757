//! What is forgotten of an introduction, and when. `docs/PRIVACY.md` is the table; this is what it says of
//! introductions, and [`Rules`] holds its numbers.

use super::address::EmailAddress;
use super::answer::Choice;
use super::asking::{Policy, Side};
use super::event::What;
use super::introduction::{Introduction, State};
use super::party::{NOBODY, Party};
use crate::clock::{Span, Ts};

/// How long the name of somebody who was erased may still stand where another person read it: inside the
/// one month of GDPR 12(3).
pub const CARD: Span = Span::days(25);

/// How long what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Text, recipients and headers of mails that left or were taken back.
    pub mail: Span,
    /// The same of mails that could not be delivered.
    pub failed_mail: Span,
    /// Everything about an introduction that did not come about, after its closing.
    pub closed: Span,
    /// Words and addresses of one that left, after its last check-in.
    pub introduced: Span,
    /// The two names of one that left, after it left.
    pub names: Span,
    /// Drafts that nobody was asked with.
    pub draft: Span,
    /// Forms that were begun.
    pub unfinished: Span,
    /// By whom an address was asked when, as a hash, for the limits.
    pub asks: Span,
    /// What admins did.
    pub admin_acts: Span,
    /// Who was erased, as a hash: as long as the oldest backup lives.
    pub erasures: Span,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            mail: Span::days(7),
            failed_mail: Span::days(30),
            closed: Span::days(7),
            introduced: Span::days(30),
            names: Span::days(730),
            draft: Span::days(180),
            unfinished: Span::days(30),
            asks: Span::days(400),
            admin_acts: Span::days(730),
            erasures: Span::days(90),
        }
    }
}

/// How much of an introduction is still there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kept {
    #[default]
    All,
    /// Of one that left: the words and the addresses are gone. Of a closed one that may be asked again from
    /// a date on: the answers are.
    Names,
    /// Who it was about is gone as well. That there was one stays, and how it ended.
    Nothing,
}

super::text_enum!(Kept { All = "all", Names = "names", Nothing = "nothing" });

/// Where retention stands with an introduction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retained {
    pub kept: Kept,
    /// It is looked at again at this time, not by its own dates: somebody named one.
    pub until: Option<Ts>,
}

/// Forgets what is due of an introduction, or `None` when nothing is.
#[must_use]
pub fn forget(mut of: Introduction, rules: &Rules, policy: &Policy, now: Ts) -> Option<Introduction> {
    match of.state {
        State::Draft | State::Asking | State::Agreed { .. } => None,
        State::Closed => {
            let due = of.retained.until.or(of.closed_at.map(|at| at + rules.closed))?;
            if of.retained.kept == Kept::Nothing || now < due {
                return None;
            }
            close(&mut of, rules, policy, now);
            Some(of)
        }
        State::Introduced => {
            let left = of.introduced_at?;
            let last = policy.check_in_days.iter().copied().max().unwrap_or(0);
            let words = left + Span::days(i64::from(last)) + rules.introduced;
            let kept = match of.retained.kept {
                _ if now >= words.max(left + rules.names) => Kept::Nothing,
                Kept::All if now >= words => Kept::Names,
                Kept::All | Kept::Names | Kept::Nothing => of.retained.kept,
            };
            if kept == of.retained.kept {
                return None;
            }
            of.retained.kept = kept;
            leave(&mut of, policy);
            Some(of)
        }
    }
}

/// Answers, notes and refused addresses go, whatever they were: all of them look like silence then. So does
/// the rest, unless somebody openly named a date from which on they may be asked again.
fn close(of: &mut Introduction, rules: &Rules, policy: &Policy, now: Ts) {
    let named = of.parties.iter().filter_map(|(_, party)| party.shown.as_ref()?.until).max();
    // No earlier than the two may be asked again at all.
    let named = named.map(|named| of.closed_at.map_or(named, |at| named.max(at + policy.cool_down)));
    let until = named.map(|named| named + rules.closed).filter(|until| *until > now);
    of.retained = Retained { kept: if until.is_some() { Kept::Names } else { Kept::Nothing }, until };
    of.shown_leaves_at = None;
    for side in Side::ALL {
        let party = of.parties.get_mut(*side);
        party.given = None;
        party.shown = party.shown.take().filter(|shown| until.is_some() && shown.choice == Choice::NotNow);
        if let Some(shown) = &mut party.shown {
            shown.note.clear();
        }
        party.answers = 0;
        party.contested_at = None;
        party.never_lifted_at = None;
        party.undeliverable_at = None;
        // Whoever had answered was not reminded.
        if let Some(asked) = &mut party.asked {
            asked.remind_at = None;
        }
    }
    if until.is_none() {
        forget_all(of);
    }
}

/// Who it was about, and every word.
fn forget_all(of: &mut Introduction) {
    of.terms.shared.clear();
    of.terms.fit.clear();
    of.terms.step.clear();
    for side in Side::ALL {
        let party = of.parties.get_mut(*side);
        blank(party);
        clear_words(party);
    }
}

/// An introduction as a party may see it. One that is kept for longer because the *other* one named a date is forgotten
/// to them like any other: how long it stands on their page would tell of that answer.
#[must_use]
pub fn seen_by(mut of: Introduction, side: Side, now: Ts) -> Introduction {
    let own = of.parties.get(side).shown.as_ref().and_then(|shown| shown.until);
    if of.state == State::Closed && of.retained.kept == Kept::Names && own.is_none_or(|until| until <= now) {
        forget_all(&mut of);
    }
    of
}

fn leave(of: &mut Introduction, policy: &Policy) {
    of.terms.shared.clear();
    of.terms.fit.clear();
    of.terms.step.clear();
    for side in Side::ALL {
        let party = of.parties.get_mut(*side);
        clear_words(party);
        party.email = EmailAddress::nowhere();
        if let Some(given) = &mut party.given {
            given.note.clear();
        }
        if let Some(shown) = &mut party.shown {
            shown.note.clear();
        }
        // No check-in to nobody.
        party.check_ins = i64::try_from(policy.check_in_days.len()).unwrap_or(i64::MAX);
        if of.retained.kept == Kept::Nothing {
            blank(party);
        }
    }
}

/// Whether an event stays once the answers are gone: what the service and the connector did, and never what a
/// party did, or what only happens to those who were silent.
#[must_use]
pub const fn lasts(what: &What) -> bool {
    match what {
        What::Drafted
        | What::Edited
        | What::Asked { .. }
        | What::Introduced
        | What::Withdrawn
        | What::Closed
        | What::CheckedIn { .. }
        | What::OutcomeRecorded(_)
        | What::OutcomeContested => true,
        What::Unasked
        | What::Answered(_)
        | What::Contested
        | What::Agreed { .. }
        | What::Reopened
        | What::Reminded
        | What::Undeliverable
        | What::BlurbEdited => false,
    }
}

/// Clears what an erased person left with the other one, once it is time: after a closing when it would go
/// from everybody, so that it tells nothing, but a month after the wish at the latest.
#[must_use]
pub fn forget_erased(mut of: Introduction, rules: &Rules, now: Ts) -> Option<Introduction> {
    let closed_at = of.closed_at.filter(|_| of.state == State::Closed)?;
    let mut changed = false;
    for side in Side::ALL {
        let party = of.parties.get_mut(*side);
        let Some(erased_at) = party.erased_at else { continue };
        let due = (closed_at + rules.closed).min(erased_at + CARD).max(closed_at);
        if party.name != NOBODY && due <= now {
            blank(party);
            clear_words(party);
            party.shown = None;
            of.parties.get_mut(side.other()).forget_other();
            of.terms.shared.clear();
            of.terms.fit.clear();
            changed = true;
        }
    }
    changed.then_some(of)
}

fn blank(party: &mut Party) {
    NOBODY.clone_into(&mut party.name);
    party.email = EmailAddress::nowhere();
    party.contact = None;
}

fn clear_words(party: &mut Party) {
    party.described.clear();
    party.how_known.clear();
    party.why.clear();
    party.blurb.clear();
    party.other_blurb = None;
}
