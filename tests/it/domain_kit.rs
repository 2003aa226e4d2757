//! An introduction to play with: commands as values, and a play that keeps what left.

use twoyes::clock::{Span, Ts};
use twoyes::domain::address::EmailAddress;
use twoyes::domain::answer::{Answer, Choice, Reply};
use twoyes::domain::asking::{Order, Pair, Policy, Purpose, Side};
use twoyes::domain::decide::{self, Facts, Teller};
use twoyes::domain::introduction::{Introduction, State, Terms};
use twoyes::domain::message::{Mail, MessageKind};
use twoyes::domain::outcome::Outcome;
use twoyes::domain::party::Party;
use twoyes::domain::step::{Effect, Refusal, Step};
use twoyes::ids::{ConnectorId, IntroductionId, LinkRef};
use uuid::Uuid;

/// Monday 2026-03-02T09:00:00Z.
pub const T0: Ts = Ts(1_772_442_000_000_000);

/// Every command of the domain, as a value.
#[derive(Clone, Debug)]
pub enum Command {
    Ask,
    AskAgain,
    Answer(Side, Reply),
    Withdraw,
    Tick,
    Outcome(Teller, Outcome),
    Undeliverable(Side),
}

impl Command {
    pub fn run(&self, old: Introduction, facts: &Facts, policy: &Policy, now: Ts) -> Result<Step, Refusal> {
        match self {
            Self::Ask => decide::ask(old, facts, policy, now),
            Self::AskAgain => decide::ask_again(old, facts, policy, now),
            Self::Answer(side, reply) => decide::answer(old, *side, reply, facts, policy, now),
            Self::Withdraw => decide::withdraw(old, facts, policy, now),
            Self::Tick => Ok(decide::tick(old, facts, policy, now)),
            Self::Outcome(teller, outcome) => decide::record_outcome(old, *teller, *outcome, now),
            Self::Undeliverable(side) => Ok(decide::undeliverable(old, *side, now)),
        }
    }
}

/// A plain answer; "not now" means five days from `now`.
pub fn says(side: Side, choice: Choice, now: Ts) -> Command {
    let until = Some(now + Span::days(5)).filter(|_| choice == Choice::NotNow);
    Command::Answer(side, Reply::plain(Answer::from_parts(choice, until)))
}

pub fn quietly(side: Side, answer: Answer) -> Command {
    Command::Answer(side, Reply { quiet: true, ..Reply::plain(answer) })
}

pub fn draft(order: Order) -> Introduction {
    Introduction {
        id: IntroductionId(Uuid::from_u128(1)),
        connector: ConnectorId(Uuid::from_u128(2)),
        version: 1,
        state: State::Draft,
        terms: Terms {
            purpose: Purpose::Peers,
            order,
            asked_for_this: false,
            names_second: false,
            writes_first: Side::First,
            same_employer: false,
            coworker_confirmed: false,
            fit: String::new(),
            shared: "Ada and Grace both build compilers.".to_owned(),
            step: "A call of twenty minutes".to_owned(),
        },
        parties: Pair {
            first: party(Side::First, "Ada", "ada@example.org"),
            second: party(Side::Second, "Grace", "grace@example.net"),
        },
        round: 0,
        deadline: None,
        shown_leaves_at: None,
        withdrawn_at: None,
        introduced_at: None,
        closed_at: None,
        outcome: None,
        events: 0,
        retained: twoyes::domain::retention::Retained::default(),
        created_at: T0,
        updated_at: T0,
    }
}

fn party(side: Side, name: &str, email: &str) -> Party {
    let Ok(email) = EmailAddress::parse("email", email) else { panic!("{name} has a usable address") };
    Party {
        person: twoyes::domain::party::PersonKey([if side == Side::First { 1 } else { 2 }; 32]),
        side,
        contact: None,
        name: name.to_owned(),
        email,
        described: "someone I worked with".to_owned(),
        how_known: "university".to_owned(),
        why: "a good talk".to_owned(),
        blurb: "builds compilers".to_owned(),
        language: "en".to_owned(),
        link: LinkRef([7; 16]),
        generation: 0,
        asked: None,
        given: None,
        shown: None,
        answers: 0,
        contested_at: None,
        never_lifted_at: None,
        other_blurb: None,
        undeliverable_at: None,
        check_ins: 0,
        outcome: None,
        erased_at: None,
    }
}

/// An introduction on its way, with its outbox and the suppression list as far as they matter to it.
#[derive(Clone)]
pub struct Play {
    pub it: Introduction,
    pub now: Ts,
    pub facts: Facts,
    pub policy: Policy,
    /// Every mail that was queued, with its key.
    pub mails: Vec<(Ts, Mail, String)>,
    /// Asks leave as soon as they are queued, unless this is off.
    pub sends_at_once: bool,
}

impl Play {
    pub fn new(order: Order) -> Self {
        Self {
            it: draft(order),
            now: T0,
            facts: Facts::default(),
            policy: Policy::default(),
            mails: Vec::new(),
            sends_at_once: true,
        }
    }

    /// A play in which the asks have just been queued at [`T0`].
    pub fn asked(order: Order) -> Self {
        let mut play = Self::new(order);
        play.must(&Command::Ask);
        play
    }

    /// Runs one command now and keeps what it changed. A refusal changes nothing.
    pub fn does(&mut self, command: &Command) -> Result<Step, Refusal> {
        let step = command.run(self.it.clone(), &self.facts, &self.policy, self.now)?;
        self.save(&step);
        Ok(step)
    }

    /// The same for a command that has to work.
    pub fn must(&mut self, command: &Command) -> Step {
        match self.does(command) {
            Ok(step) => step,
            Err(refusal) => panic!("{command:?} was refused: {refusal:?}"),
        }
    }

    pub fn says(&mut self, side: Side, choice: Choice) -> Step {
        self.must(&says(side, choice, self.now))
    }

    pub fn after(&mut self, span: Span) -> &mut Self {
        self.now = self.now + span;
        self
    }

    /// Moves to `until`, doing what time makes due on the way, each at its own moment.
    pub fn sweep(&mut self, until: Ts) {
        while let Some(due) = self.it.due_at(&self.policy).filter(|due| *due <= until) {
            self.now = self.now.max(due);
            let step = self.must(&Command::Tick);
            let moves_on = self.it.due_at(&self.policy).is_none_or(|next| next > self.now);
            assert!(!step.is_empty() && moves_on, "what is due at {due:?} must happen, or the sweeper spins");
        }
        self.now = self.now.max(until);
    }

    pub fn state(&self) -> &'static str {
        self.it.state.name().as_str()
    }

    pub fn choice(&self, side: Side) -> Option<Choice> {
        self.it.parties.get(side).given.as_ref().map(|given| given.answer.choice())
    }

    pub fn count(&self, kind: MessageKind, side: Option<Side>) -> usize {
        self.mails.iter().filter(|(_, mail, _)| mail.kind() == kind && mail.side() == side).count()
    }

    fn save(&mut self, step: &Step) {
        self.it = step.next.clone();
        for effect in &step.effects {
            match effect {
                Effect::CancelUnsent(MessageKind::AskFirst) => self.facts.unsent.first = false,
                Effect::CancelUnsent(_) => self.facts.unsent.second = false,
                Effect::Suppress(side) => *self.facts.suppressed.get_mut(*side) = true,
                Effect::LiftSuppression(side) => *self.facts.suppressed.get_mut(*side) = false,
            }
        }
        for mail in &step.mails {
            if let Mail::Ask(side) = mail {
                *self.facts.unsent.get_mut(*side) = !self.sends_at_once;
            }
            self.mails.push((self.now, *mail, mail.key(&self.it)));
        }
    }
}
