//! The starts and commands of the transition table, and how a step reads in one line.

use std::fmt::Write as _;

use twoyes::clock::{Span, Ts};
use twoyes::domain::answer::{Answer, Choice, Reply};
use twoyes::domain::asking::{Order, Side};
use twoyes::domain::decide::Teller;
use twoyes::domain::event::Event;
use twoyes::domain::introduction::State;
use twoyes::domain::message::Mail;
use twoyes::domain::outcome::Outcome;
use twoyes::domain::step::{Effect, Refusal, Step};

use super::domain_kit::{Command, Play, quietly, says};

/// The situations in which every command is tried, with the names the table uses.
pub fn starts() -> Vec<(&'static str, Play)> {
    use Order::{OneByOne, Together};
    let asked = || Play::asked(OneByOne);
    let turned = || asked().then(Side::First, Choice::Yes);
    let held = Play::new(OneByOne).holding_mail();
    let agreed = || turned().then(Side::Second, Choice::Yes);
    let introduced = || agreed().swept(Span::minutes(10));
    vec![
        ("draft", Play::new(OneByOne)),
        ("first asked", asked()),
        ("first asked, unsent", held.then_command(&Command::Ask)),
        ("first not now, until later", asked().then(Side::First, Choice::NotNow)),
        (
            "first not now, and the day has come",
            asked().then(Side::First, Choice::NotNow).swept(Span::days(6)),
        ),
        ("first yes, second asked", turned()),
        ("first yes, second unsent", asked().holding_mail().then(Side::First, Choice::Yes)),
        ("first yes, second no", turned().then(Side::Second, Choice::No)),
        ("first yes, second asked, withdrawn", turned().then_command(&Command::Withdraw)),
        ("together, both asked", Play::asked(Together)),
        ("agreed", agreed()),
        ("agreed, second suppressed elsewhere", agreed().suppressing(Side::Second)),
        ("introduced", introduced()),
        ("introduced, landed", introduced().then_command(&outcome(Teller::Connector, Outcome::Landed))),
        ("closed", turned().swept(Span::days(20))),
    ]
}

/// The commands, each with the word by which `docs/states.md` knows it.
pub fn commands(play: &Play) -> Vec<(&'static str, &'static str, Command, Ts)> {
    let now = play.now;
    let due = play.it.due_at(&play.policy).unwrap_or(now + Span::days(1));
    let noted = Reply { note: "gladly".to_owned(), ..Reply::plain(Answer::Yes) };
    let party = Teller::Party(Side::First);
    vec![
        ("ask", "ask", Command::Ask, now),
        ("ask again", "ask again", Command::AskAgain, now),
        ("first yes", "answer", says(Side::First, Choice::Yes, now), now),
        ("first yes, a note", "answer", Command::Answer(Side::First, noted), now),
        ("first not now", "answer", says(Side::First, Choice::NotNow, now), now),
        ("first no", "answer", says(Side::First, Choice::No, now), now),
        ("first no, quietly", "answer", quietly(Side::First, Answer::No), now),
        ("first never", "answer", says(Side::First, Choice::Never, now), now),
        ("second yes", "answer", says(Side::Second, Choice::Yes, now), now),
        ("second not now", "answer", says(Side::Second, Choice::NotNow, now), now),
        ("second no", "answer", says(Side::Second, Choice::No, now), now),
        ("second never", "answer", says(Side::Second, Choice::Never, now), now),
        ("withdraw", "withdraw", Command::Withdraw, now),
        ("tick, just before due", "tick", Command::Tick, Ts(due.0 - 1)),
        ("tick, when due", "tick", Command::Tick, due),
        ("tick, forty days late", "tick", Command::Tick, due + Span::days(40)),
        ("connector: met", "outcome", outcome(Teller::Connector, Outcome::Met), now),
        ("first: landed", "outcome", outcome(party, Outcome::Landed), now),
        ("first undeliverable", "undeliverable", Command::Undeliverable(Side::First), now),
        ("second undeliverable", "undeliverable", Command::Undeliverable(Side::Second), now),
    ]
}

fn outcome(teller: Teller, outcome: Outcome) -> Command {
    Command::Outcome(teller, outcome)
}

impl Play {
    fn then_command(mut self, command: &Command) -> Self {
        self.must(command);
        self.after(Span::minutes(1));
        self
    }

    fn then(self, side: Side, choice: Choice) -> Self {
        let command = says(side, choice, self.now);
        self.then_command(&command)
    }

    fn swept(mut self, span: Span) -> Self {
        self.sweep(self.now + span);
        self
    }

    fn holding_mail(mut self) -> Self {
        self.sends_at_once = false;
        self
    }

    fn suppressing(mut self, side: Side) -> Self {
        *self.facts.suppressed.get_mut(side) = true;
        self
    }
}

/// `state [answers] | events | mails | effects`, or the refusal. Times are spans from `now`.
pub fn line(before: &Play, result: &Result<Step, Refusal>, now: Ts) -> String {
    let step = match result {
        Ok(step) if step.is_empty() => return "nothing".to_owned(),
        Ok(step) => step,
        Err(Refusal::WrongState) => return "refused: wrong state".to_owned(),
        Err(Refusal::Closed) => return "refused: closed".to_owned(),
        Err(other) => return format!("refused: {other:?}"),
    };
    let mut state = step.next.state.name().as_str().to_owned();
    if let State::Agreed { introduce_at } = step.next.state {
        let _ = write!(state, " in {}", span(introduce_at - now));
    }
    let answer = |side: Side| match &step.next.parties.get(side).given {
        Some(given) => given.answer.choice().as_str(),
        None => "-",
    };
    let _ = write!(state, " [{} {}]", answer(Side::First), answer(Side::Second));
    if let Some(deadline) = step.next.deadline.filter(|_| step.next.deadline != before.it.deadline) {
        let _ = write!(state, " deadline in {}", span(deadline - now));
    }
    let events = joined(step.events.iter().map(event));
    let mails = joined(step.mails.iter().map(|mail| self::mail(*mail)));
    let effects = joined(step.effects.iter().map(|effect| self::effect(*effect)));
    format!("{state} | {events} | {mails} | {effects}").trim_end().to_owned()
}

fn event(event: &Event) -> String {
    let what = match (event.what.detail(), event.what.number()) {
        (Some(detail), _) => format!("{} {detail}", event.what.as_str()),
        (None, Some(number)) if number < 1000 => format!("{} {number}", event.what.as_str()),
        (None, Some(_) | None) => event.what.as_str().to_owned(),
    };
    let side = event.side.map_or("", Side::as_str);
    let quiet = if event.quiet { " (quiet)" } else { "" };
    format!("{}{quiet}", format!("{what} {side}").trim_end())
}

fn mail(mail: Mail) -> String {
    let side = mail.side().map_or("", Side::as_str);
    let days = if let Mail::CheckIn(_, days) = mail { format!(" {days}") } else { String::new() };
    let kind = match mail {
        Mail::Ask(_) => "ask",
        other => other.kind().as_str(),
    };
    format!("{kind}{days} {side}").trim_end().to_owned()
}

fn effect(effect: Effect) -> String {
    match effect {
        Effect::CancelUnsent(kind) => format!("cancel {}", kind.as_str()),
        Effect::Suppress(side) => format!("suppress {}", side.as_str()),
        Effect::LiftSuppression(side) => format!("lift {}", side.as_str()),
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

fn span(span: Span) -> String {
    let seconds = span.as_seconds();
    if seconds % 86_400 == 0 { format!("{}d", seconds / 86_400) } else { format!("{}m", seconds / 60) }
}
