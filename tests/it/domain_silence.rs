//! A no costs nothing: whatever one party does except agreeing, the other sees and can do the same.

use proptest::prelude::*;
use twoyes::clock::{Span, Ts};
use twoyes::domain::answer::{Answer, Choice};
use twoyes::domain::asking::{Order, Side};
use twoyes::domain::decide;
use twoyes::domain::party::PersonKey;

use super::domain_kit::{Command, Play, T0, quietly, says};

/// Everything but a yes that stands. Each begins some time after this party was asked.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Silence,
    No,
    NotNow,
    Never,
    QuietNo,
    /// Yes, and another answer a minute later.
    YesTakenBack(Choice),
    /// Yes, and "never" a minute later in somebody else's introduction.
    YesOverruled,
    /// Two answers in one second.
    Contested,
    Bounces,
    /// The connector takes it back, after both were reached.
    Withdrawn,
    /// A no, and later the connector takes it back.
    NoThenWithdrawn,
    /// The connector takes it back the moment that this party's ask is queued.
    WithdrawnUnsent,
    /// The connector takes it back before this party was asked.
    WithdrawnBefore,
    /// Paused, at their limit, or refusing when their turn comes: they are never asked.
    Barred,
    /// They pause after they were asked: the ask and the reminder do not leave.
    PausedLater,
    /// They have themselves erased.
    Erased,
    /// Yes, and erased a minute later.
    YesErased,
}

const ALWAYS: &[Way] = &[
    Way::Silence,
    Way::No,
    Way::NotNow,
    Way::Never,
    Way::QuietNo,
    Way::YesTakenBack(Choice::No),
    Way::YesTakenBack(Choice::Never),
    Way::YesOverruled,
    Way::Contested,
    Way::Bounces,
    Way::Withdrawn,
    Way::NoThenWithdrawn,
    Way::WithdrawnUnsent,
    Way::PausedLater,
    Way::Erased,
    Way::YesErased,
];

/// The first party said yes, or the second would know nothing: only these are no agreement.
const AFTER_YES: &[Way] = &[
    Way::No,
    Way::NotNow,
    Way::Never,
    Way::QuietNo,
    Way::Contested,
    Way::Withdrawn,
    Way::NoThenWithdrawn,
    Way::Erased,
];

/// What the watching party does: some time after the one before, this answer.
type Doings = Vec<(Span, Choice)>;

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_first_cannot_tell_what_the_second_did(
        doings in doings(), delay in delay(), sweeper in sweeper()
    ) {
        let seen = |way| watch(Order::OneByOne, Side::First, way, &doings, delay, sweeper);
        let silence = seen(Way::Silence);
        for way in ALWAYS.iter().chain(&[Way::WithdrawnBefore, Way::Barred]) {
            prop_assert_eq!(&seen(*way), &silence, "{:?}", way);
        }
    }

    #[test]
    fn the_second_cannot_tell_how_the_first_changed_their_mind(
        doings in doings(), delay in short_delay(), sweeper in sweeper()
    ) {
        let seen = |way| watch(Order::OneByOne, Side::Second, way, &doings, delay, sweeper);
        let no = seen(Way::No);
        for way in AFTER_YES {
            prop_assert_eq!(&seen(*way), &no, "{:?}", way);
        }
    }

    #[test]
    fn neither_can_tell_when_both_are_asked_together(
        doings in doings(), delay in delay(), sweeper in sweeper(), first: bool
    ) {
        let watcher = if first { Side::First } else { Side::Second };
        let seen = |way| watch(Order::Together, watcher, way, &doings, delay, sweeper);
        let silence = seen(Way::Silence);
        for way in ALWAYS {
            prop_assert_eq!(&seen(*way), &silence, "{:?}", way);
        }
    }
}

#[test]
fn a_yes_that_stands_is_seen_so_the_comparison_can_fail() {
    let doings = vec![(Span::hours(1), Choice::Yes)];
    let watch = |way| watch(Order::Together, Side::First, way, &doings, Span::hours(2), None);
    assert!(watch(Way::Silence).iter().any(|line| line.contains("ClosingNote")));
    assert_eq!(watch(Way::No), watch(Way::Silence));
    let mut play = Play::asked(Order::Together);
    for side in [Side::First, Side::Second] {
        play.after(Span::hours(1)).says(side, Choice::Yes);
    }
    play.sweep(T0 + Span::days(40));
    assert!(!play.mails.iter().any(|(_, mail, _)| format!("{mail:?}").contains("ClosingNote")));
}

fn doings() -> impl Strategy<Value = Doings> {
    let choice = prop_oneof![5 => Just(Choice::Yes), 2 => Just(Choice::No), 1 => Just(Choice::NotNow)];
    let gap = prop_oneof![
        (0_i64..30).prop_map(Span::seconds),
        (0_i64..20).prop_map(Span::minutes),
        (1_i64..12).prop_map(Span::days),
        Just(Span(Span::days(14).0 - 1)),
    ];
    prop::collection::vec((gap, choice), 1..6)
}

fn delay() -> impl Strategy<Value = Span> {
    prop_oneof![short_delay(), (1_i64..14 * 24).prop_map(Span::hours)]
}

fn short_delay() -> impl Strategy<Value = Span> {
    (0_i64..240).prop_map(Span::seconds)
}

/// On time, or only every so often.
fn sweeper() -> impl Strategy<Value = Option<Span>> {
    prop_oneof![2 => Just(None), 1 => Just(Some(Span::hours(7))), 1 => Just(Some(Span::days(3)))]
}

/// Plays the story and writes down everything that `watcher` could notice.
fn watch(
    order: Order,
    watcher: Side,
    way: Way,
    doings: &Doings,
    delay: Span,
    sweeper: Option<Span>,
) -> Vec<String> {
    let mut stage =
        Stage { play: Play::asked(order), watcher, seen: Vec::new(), page: String::new(), sweeper };
    if way == Way::WithdrawnBefore {
        stage.play.must(&Command::Withdraw);
    }
    if way == Way::Barred {
        *stage.play.facts.barred.get_mut(watcher.other()) = Some(T0 + Span::days(30));
    }
    stage.play.after(Span::seconds(1));
    let mut asked = order == Order::Together;
    if watcher == Side::Second && order == Order::OneByOne {
        stage.play.after(Span::minutes(1)).says(Side::First, Choice::Yes);
        asked = true;
    }
    let mut script: Vec<(Ts, Doing)> = Vec::new();
    let mut at = stage.play.now;
    for (gap, choice) in doings {
        at = at + *gap;
        script.push((at, Doing::Watcher(*choice)));
    }
    if asked {
        stage.subject(&mut script, way, delay);
    }
    while let Some((nth, _)) = script.iter().enumerate().min_by_key(|(nth, (at, _))| (*at, *nth)) {
        let (at, doing) = script.remove(nth);
        stage.wait(at);
        stage.does(&doing);
        if !asked && stage.play.it.parties.second.asked.is_some() {
            asked = true;
            stage.subject(&mut script, way, delay);
        }
    }
    stage.wait(T0 + Span::days(80));
    stage.seen
}

#[derive(Clone, Debug)]
enum Doing {
    Watcher(Choice),
    Subject(Command),
    Suppress,
    Erase,
}

struct Stage {
    play: Play,
    watcher: Side,
    seen: Vec<String>,
    page: String,
    sweeper: Option<Span>,
}

impl Stage {
    /// Adds what the other party (or the connector) does, beginning `delay` from now.
    fn subject(&mut self, script: &mut Vec<(Ts, Doing)>, way: Way, delay: Span) {
        let (side, at) = (self.watcher.other(), self.play.now + delay);
        let later = at + Span::minutes(1);
        let say = |at, choice| (at, Doing::Subject(says(side, choice, at)));
        let withdraw = |at| (at, Doing::Subject(Command::Withdraw));
        match way {
            Way::Silence | Way::WithdrawnBefore | Way::Barred | Way::PausedLater => {}
            Way::Erased => script.push((at, Doing::Erase)),
            Way::YesErased => script.extend([say(at, Choice::Yes), (later, Doing::Erase)]),
            Way::No => script.push(say(at, Choice::No)),
            Way::NotNow => script.push(say(at, Choice::NotNow)),
            Way::Never => script.push(say(at, Choice::Never)),
            Way::QuietNo => script.push((at, Doing::Subject(quietly(side, Answer::No)))),
            Way::YesTakenBack(choice) => script.extend([say(at, Choice::Yes), say(later, choice)]),
            Way::YesOverruled => script.extend([say(at, Choice::Yes), (later, Doing::Suppress)]),
            Way::Contested => script.extend([say(at, Choice::No), say(at + Span::seconds(1), Choice::Never)]),
            Way::Bounces => script.push((at, Doing::Subject(Command::Undeliverable(side)))),
            Way::Withdrawn => script.push(withdraw(at)),
            Way::NoThenWithdrawn => script.extend([say(at, Choice::No), withdraw(later)]),
            Way::WithdrawnUnsent => {
                *self.play.facts.unsent.get_mut(side) = true;
                self.play.must(&Command::Withdraw);
            }
        }
    }

    fn does(&mut self, doing: &Doing) {
        match doing {
            Doing::Watcher(choice) => {
                self.look();
                let from = self.play.mails.len();
                let done = self.play.does(&says(self.watcher, *choice, self.play.now));
                self.seen.push(format!("{:?}: {choice:?} ok={}", self.play.now, done.is_ok()));
                self.note(from);
            }
            Doing::Subject(command) => {
                let from = self.play.mails.len();
                let _ = self.play.does(command);
                self.note(from);
            }
            Doing::Erase => {
                let Play { it, facts, policy, now, .. } = &self.play;
                let unlinked = PersonKey([9; 32]);
                let side = self.watcher.other();
                let step = decide::erase(it.clone(), side, unlinked, facts, policy, *now);
                assert!(step.mails.is_empty(), "erasing sends nothing");
                self.play.it = step.next;
            }
            Doing::Suppress => *self.play.facts.suppressed.get_mut(self.watcher.other()) = true,
        }
    }

    /// Lets time pass: the sweeper works, and the watcher looks at their page around every hour.
    fn wait(&mut self, until: Ts) {
        while self.play.now < until {
            let hour = Ts((self.play.now.0 / Span::hours(1).0 + 1) * Span::hours(1).0);
            let next = hour.min(until);
            let due = self.play.it.due_at(&self.play.policy).filter(|due| *due <= next);
            let late = self.sweeper.is_none_or(|every| hours(next - Ts(0)) % hours(every) == 0);
            let from = self.play.mails.len();
            match due {
                Some(due) if self.sweeper.is_none() => {
                    let step = self.play.now.max(due);
                    self.play.sweep(step);
                }
                Some(_) if late && next == hour => {
                    self.play.now = next;
                    self.play.must(&Command::Tick);
                }
                Some(_) | None => self.play.now = next,
            }
            self.note(from);
            if self.play.now == hour {
                self.look();
            }
        }
    }

    fn note(&mut self, from: usize) {
        for (at, mail, key) in &self.play.mails[from..] {
            if mail.side() == Some(self.watcher) {
                self.seen.push(format!("{at:?}: {mail:?} {key}"));
            }
            assert!(!key.starts_with("introduction"), "two yeses never stood long enough");
        }
    }

    /// The page: open now and around its end, and the deadline it shows while it is open.
    fn look(&mut self) {
        let Play { it, now, policy, .. } = &self.play;
        let open = it.is_open_for(self.watcher, *now, policy);
        let deadline = it.deadline.filter(|_| open);
        let ends = deadline.into_iter().flat_map(|at| [at, at + policy.hold]);
        let edges: Vec<bool> = ends
            .flat_map(|end| [Ts(end.0 - 1), end])
            .map(|at| it.is_open_for(self.watcher, at, policy))
            .collect();
        let page = format!("open={open} until {deadline:?} {edges:?}");
        if page != self.page {
            self.seen.push(format!("{now:?}: {page}"));
            self.page = page;
        }
    }
}

fn hours(span: Span) -> i64 {
    span.0 / Span::hours(1).0
}
