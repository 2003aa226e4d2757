//! Random stories, checked step by step against a small model that shares no code with the decisions.

use std::collections::HashSet;

use proptest::prelude::*;
use twoyes::clock::{Span, Ts};
use twoyes::domain::answer::{Answer, Choice, Reply};
use twoyes::domain::asking::{Order, Pair, Side};
use twoyes::domain::decide::Teller;
use twoyes::domain::introduction::{Introduction, State, StateName};
use twoyes::domain::message::{Mail, MessageKind};
use twoyes::domain::outcome::Outcome;
use twoyes::domain::step::Step;

use super::domain_kit::{Command, Play};

#[derive(Clone, Debug)]
pub enum Act {
    Command(Command),
    /// A party answers; "not now" names a day this far ahead.
    Says(Side, Choice, bool, Span),
    /// The ask of this side begins to leave.
    Sent(Side),
    /// "Never" is said in another introduction.
    SuppressedElsewhere(Side),
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_story_breaks_a_promise(
        order in prop_oneof![Just(Order::OneByOne), Just(Order::Together)],
        sends_at_once: bool,
        sweeps: bool,
        acts in prop::collection::vec((gap(), act()), 1..40),
    ) {
        let mut model = Model::new(order, sends_at_once);
        model.act(&Act::Command(Command::Ask));
        for (gap, act) in &acts {
            model.wait(*gap, sweeps);
            model.act(act);
        }
        model.wait(Span::days(60), sweeps);
        model.act(&Act::Command(Command::Tick));
    }
}

#[test]
fn the_random_stories_reach_every_state_and_mail() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let stories = prop::collection::vec((gap(), act()), 1..40);
    let (mut states, mut kinds) = (HashSet::new(), HashSet::new());
    for nth in 0..600 {
        let acts = proptest::strategy::ValueTree::current(&stories.new_tree(&mut runner).unwrap());
        let mut model = Model::new(if nth % 2 == 0 { Order::OneByOne } else { Order::Together }, nth % 3 > 0);
        model.act(&Act::Command(Command::Ask));
        for (gap, act) in &acts {
            model.wait(*gap, nth % 5 > 0);
            model.act(act);
            states.insert((model.play.it.state.name(), model.play.it.withdrawn_at.is_some()));
        }
        kinds.extend(model.play.mails.iter().map(|(_, mail, _)| mail.kind()));
    }
    assert!(states.contains(&(StateName::Asking, true)) && states.contains(&(StateName::Closed, false)));
    assert!(states.contains(&(StateName::Agreed, false)) && states.contains(&(StateName::Introduced, false)));
    // No decision about an introduction writes these.
    let never = [
        MessageKind::SignIn,
        MessageKind::AddressChange,
        MessageKind::AddressChanged,
        MessageKind::CopyFirst,
        MessageKind::Invitation,
        MessageKind::ConfirmAddress,
        MessageKind::AccountMoved,
        MessageKind::Erased,
        MessageKind::CardAsk,
        MessageKind::PassAsk,
        MessageKind::RecruiterList,
        MessageKind::RequestConfirm,
        MessageKind::Weekly,
        MessageKind::Test,
    ];
    let missing: Vec<_> = MessageKind::ALL.iter().filter(|kind| !kinds.contains(kind)).collect();
    assert_eq!(missing, never.iter().collect::<Vec<_>>());
}

fn gap() -> impl Strategy<Value = Span> {
    prop_oneof![
        4 => (0_i64..20).prop_map(Span::seconds),
        4 => (0_i64..15).prop_map(Span::minutes),
        1 => Just(Span::minutes(10)),
        1 => Just(Span(Span::minutes(10).0 - 1)),
        1 => (0_i64..30).prop_map(Span::hours),
        2 => (1_i64..9).prop_map(Span::days),
        1 => Just(Span(Span::days(14).0 - 1)),
        1 => Just(Span::days(14)),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let side = || prop_oneof![Just(Side::First), Just(Side::Second)];
    let choice = prop_oneof![
        6 => Just(Choice::Yes), 1 => Just(Choice::NotNow), 2 => Just(Choice::No), 1 => Just(Choice::Never)
    ];
    let outcome = proptest::sample::select(Outcome::ALL);
    let teller = prop_oneof![Just(Teller::Connector), side().prop_map(Teller::Party)];
    let days = (1_i64..20).prop_map(Span::days);
    prop_oneof![
        14 => (side(), choice, any::<bool>(), days).prop_map(|(s, c, quiet, days)| Act::Says(s, c, quiet, days)),
        2 => side().prop_map(Act::Sent),
        1 => side().prop_map(Act::SuppressedElsewhere),
        1 => Just(Act::Command(Command::Ask)),
        2 => Just(Act::Command(Command::AskAgain)),
        1 => Just(Act::Command(Command::Withdraw)),
        4 => Just(Act::Command(Command::Tick)),
        1 => side().prop_map(|s| Act::Command(Command::Undeliverable(s))),
        1 => (teller, outcome).prop_map(|(t, o)| Act::Command(Command::Outcome(t, o))),
    ]
}

/// What one party has said, kept by rules of its own.
#[derive(Clone, Debug, Default)]
struct Shadow {
    reply: Option<(Answer, bool)>,
    said_at: Option<Ts>,
    /// Since when the choice stands without a break.
    since: Option<Ts>,
    contested_at: Option<Ts>,
}

impl Shadow {
    fn hears(&mut self, answer: Answer, quiet: bool, contest: Span, now: Ts) {
        let quiet = quiet && answer != Answer::Yes;
        if self.reply == Some((answer, quiet)) {
            return;
        }
        // Six times as long for what robots must not bring about.
        let grave = matches!(answer, Answer::Yes | Answer::Never);
        let contest = if grave { Span(contest.0 * 6) } else { contest };
        let within = |at: Option<Ts>| at.is_some_and(|at| now < at + contest);
        let old = self.choice();
        let differs = old.is_some_and(|old| old != answer.choice());
        if (differs && within(self.said_at)) || within(self.contested_at) {
            *self = Self { contested_at: Some(now), ..Self::default() };
            return;
        }
        self.reply = Some((answer, quiet));
        self.said_at = Some(now);
        if old != Some(answer.choice()) {
            self.since = Some(now);
        }
    }

    fn choice(&self) -> Option<Choice> {
        self.reply.map(|(answer, _)| answer.choice())
    }

    fn yes_since(&self) -> Option<Ts> {
        self.since.filter(|_| self.choice() == Some(Choice::Yes))
    }
}

/// A play, and what the parties said as the model keeps it. The fuzzer plays it too.
pub struct Model {
    pub play: Play,
    said: Pair<Shadow>,
    withdrawn: bool,
    keys: HashSet<String>,
    reminded: HashSet<(i64, Side)>,
}

impl Model {
    pub fn new(order: Order, sends_at_once: bool) -> Self {
        let play = Play { sends_at_once, ..Play::new(order) };
        let (keys, reminded) = (HashSet::new(), HashSet::new());
        Self { play, said: Pair::default(), withdrawn: false, keys, reminded }
    }

    /// Lets time pass, with a sweeper that is on time or with none at all.
    pub fn wait(&mut self, span: Span, sweeps: bool) {
        let until = self.play.now + span;
        while let Some(due) = self.play.it.due_at(&self.play.policy).filter(|due| sweeps && *due <= until) {
            self.play.now = self.play.now.max(due);
            let step = self.command(&Command::Tick);
            assert!(step.is_some_and(|step| !step.is_empty()), "what is due happens");
        }
        self.play.now = until;
    }

    pub fn act(&mut self, act: &Act) {
        match act {
            Act::Command(command) => {
                self.command(command);
            }
            Act::Says(side, choice, quiet, days) => {
                let until = Some(self.play.now + *days).filter(|_| *choice == Choice::NotNow);
                let answer = Answer::from_parts(*choice, until);
                self.command(&Command::Answer(*side, Reply { quiet: *quiet, ..Reply::plain(answer) }));
            }
            Act::Sent(side) => *self.play.facts.unsent.get_mut(*side) = false,
            Act::SuppressedElsewhere(side) => *self.play.facts.suppressed.get_mut(*side) = true,
        }
    }

    fn command(&mut self, command: &Command) -> Option<Step> {
        let before = self.play.clone();
        self.play.facts.barred = barred(&before);
        let step = self.play.does(command).ok()?;
        self.learn(command, &before);
        self.check_answers(&step.next);
        self.check_course(&before, &step);
        self.check_reach(command, &before, &step.next);
        for mail in &step.mails {
            self.check_mail(*mail, command, &before, &step);
        }
        let again = Command::Tick.run(step.next.clone(), &self.play.facts, &self.play.policy, before.now);
        if matches!(command, Command::Tick) {
            assert!(again.is_ok_and(|again| again.is_empty()), "one tick does everything that is due");
        }
        Some(step)
    }

    fn learn(&mut self, command: &Command, before: &Play) {
        let now = before.now;
        match command {
            Command::Ask | Command::AskAgain => {
                self.said = Pair::default();
                self.withdrawn = false;
            }
            Command::Answer(side, reply) => {
                let shadow = self.said.get_mut(*side);
                shadow.hears(reply.answer, reply.quiet, before.policy.contest, now);
            }
            Command::Withdraw => self.withdrawn = true,
            Command::Tick => {
                let due = matches!(before.it.state, State::Agreed { introduce_at } if introduce_at <= now);
                for side in Side::ALL.iter().filter(|side| due && *before.facts.suppressed.get(**side)) {
                    let reply = Some((Answer::Never, true));
                    *self.said.get_mut(*side) =
                        Shadow { reply, said_at: Some(now), since: Some(now), contested_at: None };
                }
            }
            Command::Outcome(..) | Command::Undeliverable(_) => {}
        }
    }

    fn check_answers(&self, next: &Introduction) {
        for (side, party) in next.parties.iter() {
            let given = party.given.as_ref().map(|given| (given.answer, given.quiet));
            assert_eq!(given, self.said.get(side).reply, "what stands for the {} side", side.as_str());
        }
    }

    fn check_course(&self, before: &Play, step: &Step) {
        let (old, next, now) = (&before.it, &step.next, before.now);
        if old.round == next.round {
            assert!(old.deadline <= next.deadline, "a deadline never moves backwards");
        } else {
            assert_eq!(next.round, old.round + 1);
            for side in Side::ALL {
                let (was, is) = (old.parties.get(*side), next.parties.get(*side));
                assert!(is.generation == was.generation + 1 && is.given.is_none() && is.shown.is_none());
            }
        }
        for (_, party) in next.parties.iter() {
            assert!(party.asked.is_none_or(|asked| Some(asked.deadline) <= next.deadline), "told is kept");
        }
        if old.state == State::Introduced {
            assert_eq!(next.state, State::Introduced, "it cannot be undone");
        } else if next.state == State::Introduced {
            assert!(!self.withdrawn, "a withdrawn introduction never leaves");
            for side in Side::ALL {
                assert!(!before.facts.suppressed.get(*side), "never means never");
                let since = self.said.get(*side).yes_since();
                assert!(since.is_some_and(|at| at + before.policy.hold <= now), "{since:?} is no held yes");
            }
        }
        let both = self.said.iter().all(|(_, said)| said.yes_since().is_some()) && !self.withdrawn;
        if let State::Agreed { introduce_at } = next.state {
            assert!(both && Some(introduce_at) <= next.closes_at(&before.policy), "agreed on two yeses");
        }
        if next.state == State::Asking {
            assert!(!both, "two standing yeses are never left lying");
        }
    }

    /// Who answered was reached and keeps their page; a withdrawal takes back every other unsent ask.
    fn check_reach(&self, command: &Command, before: &Play, next: &Introduction) {
        for (side, party) in next.parties.iter() {
            let said = self.said.get(side);
            let answered = said.choice().is_some() || said.contested_at.is_some();
            assert!(!answered || party.asked.is_some(), "the {} page closed early", side.as_str());
            if matches!(command, Command::Withdraw) && !answered && *before.facts.unsent.get(side) {
                assert!(party.asked.is_none(), "the unsent ask of the {} side stays", side.as_str());
            }
            if matches!(command, Command::Withdraw) && answered {
                assert!(next.state == State::Asking, "who answered hears the end at the deadline");
            }
        }
    }

    fn check_mail(&mut self, mail: Mail, command: &Command, before: &Play, step: &Step) {
        assert!(self.keys.insert(mail.key(&step.next)), "{mail:?} would leave under a used key");
        let yes = |side: Side| self.said.get(side).yes_since().is_some();
        let tick = matches!(command, Command::Tick);
        match mail {
            Mail::Ask(Side::Second) if step.next.terms.order == Order::OneByOne => {
                assert!(yes(Side::First), "the second is asked on the first's yes only");
            }
            Mail::Ask(_) => assert!(matches!(command, Command::Ask | Command::AskAgain)),
            Mail::Reminder(side) => {
                assert!(tick && self.said.get(side).choice().is_none(), "a reminder is for silence");
                assert!(!before.facts.unsent.get(side), "nobody is reminded of a mail that never left");
                assert!(self.reminded.insert((step.next.round, side)), "one reminder is enough");
            }
            Mail::Receipt(side) => assert!(matches!(command, Command::Answer(of, _) if *of == side)),
            Mail::Introduction | Mail::ConnectorCopy => {
                assert!(tick && step.next.state == State::Introduced && before.it.introduced_at.is_none());
            }
            Mail::ClosingNote(side) => {
                assert!(tick && yes(side) && step.next.state == State::Closed);
                assert!(before.it.closes_at(&before.policy).is_some_and(|at| at <= before.now));
            }
            Mail::CheckIn(side, days) => {
                let from = step.next.introduced_at.map(|at| at + Span::days(i64::from(days)));
                assert!(tick && from.is_some_and(|at| at <= before.now));
                let own = step.next.parties.get(side).outcome.or(step.next.outcome);
                assert!(!own.is_some_and(Outcome::is_final), "nobody is asked after a final word");
            }
        }
    }
}

/// As the flows load it: who is suppressed cannot be asked.
fn barred(play: &Play) -> Pair<Option<Ts>> {
    let until = |side| Some(play.now + Span::days(365)).filter(|_| *play.facts.suppressed.get(side));
    Pair { first: until(Side::First), second: until(Side::Second) }
}
