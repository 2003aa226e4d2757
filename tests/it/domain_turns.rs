//! The turns a story can take, with their edges to the microsecond.

use twoyes::clock::{Span, Ts};
use twoyes::domain::answer::Choice;
use twoyes::domain::asking::{Order, Pair, Side};
use twoyes::domain::decide::Teller;
use twoyes::domain::event::What;
use twoyes::domain::introduction::State;
use twoyes::domain::message::{Mail, MessageKind};
use twoyes::domain::outcome::Outcome;
use twoyes::domain::step::{Effect, Refusal, Step};

use super::domain_kit::{Command, Play, T0, says};

const HOLD: Span = Span::minutes(10);

#[test]
fn a_yes_counts_until_the_last_microsecond_before_the_deadline() {
    for (early, counts) in [(1, true), (0, false)] {
        let mut play = agreed_but_second();
        let deadline = play.it.deadline.unwrap();
        play.sweep(Ts(deadline.0 - early));
        let done = play.does(&says(Side::Second, Choice::Yes, play.now));
        assert_eq!(done.is_ok(), counts, "{early} before the deadline");
        play.sweep(deadline + HOLD);
        assert_eq!(play.state(), if counts { "introduced" } else { "closed" });
        assert_eq!(play.count(MessageKind::ClosingNote, Some(Side::First)), usize::from(!counts));
    }
}

#[test]
fn a_standing_yes_can_be_taken_back_after_the_deadline_until_the_hold_ends() {
    for (early, works) in [(1, true), (0, false)] {
        let mut play = agreed_but_second();
        let end = play.it.closes_at(&play.policy).unwrap();
        play.now = Ts(end.0 - early);
        assert_eq!(play.does(&says(Side::First, Choice::No, play.now)).is_ok(), works);
        assert_eq!(play.does(&says(Side::First, Choice::Yes, play.now)).err(), Some(Refusal::Closed));
    }
}

#[test]
fn taking_a_yes_back_in_the_hold_and_giving_it_again_starts_a_whole_new_hold() {
    let mut play = agreed();
    play.after(Span(HOLD.0 - 1)).says(Side::First, Choice::No);
    assert_eq!(play.state(), "asking");
    play.sweep(play.now + Span::hours(1));
    assert_eq!(play.count(MessageKind::Introduction, None), 0);
    play.says(Side::First, Choice::Yes);
    assert_eq!(play.it.state, State::Agreed { introduce_at: play.now + HOLD });
    assert_eq!(play.count(MessageKind::AskSecond, Some(Side::Second)), 1, "the second is not asked twice");
    play.sweep(play.now + Span(HOLD.0 - 1));
    assert_eq!(play.state(), "agreed");
    play.sweep(play.now + Span(1));
    assert_eq!(play.state(), "introduced");
}

#[test]
fn a_yes_taken_back_stops_an_introduction_that_the_sweeper_is_late_with() {
    let mut play = agreed();
    play.after(HOLD).after(Span::days(1)).says(Side::Second, Choice::No);
    play.sweep(T0 + Span::days(30));
    assert_eq!(play.state(), "closed");
    assert_eq!(play.count(MessageKind::ClosingNote, Some(Side::First)), 1);
    assert_eq!(play.count(MessageKind::ClosingNote, Some(Side::Second)), 0);
}

#[test]
fn the_second_ask_is_unsent_when_the_first_takes_the_yes_back_in_time_and_asked_anew_on_a_new_yes() {
    let mut play = Play::asked(Order::OneByOne);
    play.sends_at_once = false;
    play.after(Span::hours(1)).says(Side::First, Choice::Yes);
    let moved = play.it.deadline;
    let step = play.after(Span::minutes(1)).says(Side::First, Choice::No);
    assert_eq!(step.effects, [Effect::CancelUnsent(MessageKind::AskSecond)]);
    assert!(play.it.parties.second.asked.is_none() && play.it.deadline == moved);
    let now = play.now;
    assert_eq!(play.does(&says(Side::Second, Choice::Yes, now)).err(), Some(Refusal::Closed));
    let step = play.after(Span::minutes(1)).says(Side::First, Choice::Yes);
    assert!(step.mails.contains(&Mail::Ask(Side::Second)));
    let keys: std::collections::HashSet<_> = play.mails.iter().map(|(_, _, key)| key).collect();
    assert_eq!(keys.len(), play.mails.len(), "the second ask of the round has a key of its own");
}

#[test]
fn a_robot_that_presses_every_button_leaves_no_answer_whatever_stood_before() {
    let before = [None, Some(Choice::Yes), Some(Choice::No), Some(Choice::NotNow), Some(Choice::Never)];
    for (order, stood) in orders().iter().flat_map(|order| before.map(|stood| (order, stood))) {
        let mut play = Play::asked(Order::Together);
        play.after(Span::hours(1)).says(Side::Second, Choice::Yes);
        if let Some(stood) = stood {
            play.says(Side::First, stood);
        }
        play.after(Span::minutes(1));
        for choice in order {
            play.after(Span(200_000)).says(Side::First, *choice);
        }
        assert_eq!(play.choice(Side::First), None, "{order:?} after {stood:?}");
        assert!(stood == Some(Choice::Never) || !play.facts.suppressed.first, "a robot suppresses nobody");
        assert_eq!(play.state(), "asking");
        play.sweep(T0 + Span::days(30));
        assert_eq!(play.count(MessageKind::Introduction, None), 0);
    }
}

#[test]
fn a_person_can_answer_again_once_the_contest_is_over() {
    // A yes takes a minute, a no ten seconds.
    for (wait, stands) in [(Span(Span::minutes(1).0 - 1), None), (Span::minutes(1), Some(Choice::Yes))] {
        let mut play = Play::asked(Order::OneByOne);
        play.says(Side::First, Choice::No);
        play.after(Span(1)).says(Side::First, Choice::Yes);
        play.after(wait).says(Side::First, Choice::Yes);
        assert_eq!(play.choice(Side::First), stands);
        assert_eq!(play.count(MessageKind::AskSecond, Some(Side::Second)), usize::from(stands.is_some()));
    }
}

#[test]
fn never_said_elsewhere_during_the_hold_stops_the_introduction_and_looks_like_a_no() {
    let mut play = agreed();
    play.facts.suppressed.second = true;
    play.sweep(play.now + HOLD);
    assert_eq!((play.state(), play.choice(Side::Second)), ("asking", Some(Choice::Never)));
    let end = play.it.closes_at(&play.policy).unwrap();
    play.sweep(T0 + Span::days(40));
    assert_eq!(play.it.closed_at, Some(end));
    assert_eq!(play.count(MessageKind::ClosingNote, Some(Side::First)), 1);
    assert_eq!(play.count(MessageKind::ClosingNote, Some(Side::Second)), 0);
    assert_eq!(play.count(MessageKind::Introduction, None), 0);
}

#[test]
fn a_withdrawal_closes_at_once_only_when_nobody_was_reached() {
    // (asks that are unsent, what it becomes, asks that are taken back)
    let cases = [
        (Pair { first: true, second: true }, "closed", 2),
        (Pair { first: false, second: true }, "asking", 1),
        (Pair { first: true, second: false }, "asking", 1),
        (Pair { first: false, second: false }, "asking", 0),
    ];
    for (unsent, state, cancelled) in cases {
        for round in [1, 2] {
            let mut play = Play::asked(Order::Together);
            if round == 2 {
                play.after(Span::hours(1)).says(Side::First, Choice::No);
                play.says(Side::Second, Choice::No);
                play.sweep(T0 + Span::days(20));
                play.must(&Command::AskAgain);
            }
            play.facts.unsent = unsent;
            let step = play.must(&Command::Withdraw);
            assert_eq!((play.state(), step.effects.len()), (state, cancelled), "{unsent:?} in round {round}");
            assert_eq!(play.does(&Command::Withdraw).err(), Some(Refusal::WrongState), "once is enough");
        }
    }
}

#[test]
fn a_withdrawn_introduction_goes_on_for_the_parties_and_never_leaves() {
    let mut play = Play::asked(Order::Together);
    play.must(&Command::Withdraw);
    play.sweep(T0 + Span::days(8));
    assert_eq!(play.count(MessageKind::Reminder, Some(Side::First)), 1);
    play.says(Side::First, Choice::Yes);
    play.says(Side::Second, Choice::Yes);
    assert_eq!(play.state(), "asking");
    play.sweep(T0 + Span::days(40));
    assert_eq!(play.state(), "closed");
    assert_eq!(play.count(MessageKind::ClosingNote, Some(Side::First)), 1);
    assert_eq!(play.count(MessageKind::ClosingNote, Some(Side::Second)), 1);
}

#[test]
fn late_wake_ups_do_what_still_helps() {
    // Woken a microsecond before the deadline the reminder goes out, at the deadline it is dropped.
    let deadline = T0 + Span::days(14);
    for (at, reminders) in [(Ts(deadline.0 - 1), 1), (deadline, 0)] {
        let mut play = Play::asked(Order::OneByOne);
        play.now = at;
        let step = play.must(&Command::Tick);
        assert_eq!((play.state(), step.mails.len()), ("asking", reminders));
        assert!(play.it.parties.first.asked.is_some_and(|asked| asked.remind_at.is_none()));
    }
    let mut play = agreed();
    play.after(Span::days(60)).must(&Command::Tick);
    assert_eq!(play.it.introduced_at, Some(play.now));
    play.after(Span::days(30)).must(&Command::Tick);
    assert_eq!(play.count(MessageKind::CheckIn, Some(Side::First)), 1, "only the latest question is asked");
}

#[test]
fn check_ins_come_at_day_7_and_28_until_a_final_word() {
    let none: &[u32] = &[];
    let only_7: &[u32] = &[7];
    let both: &[u32] = &[7, 28];
    let party = |side| Teller::Party(side);
    // (who says what, and on which day; check-ins of the first and of the second)
    let cases = [
        (None, both, both),
        (Some((Teller::Connector, Outcome::Met, 8)), both, both),
        (Some((Teller::Connector, Outcome::Landed, 8)), only_7, only_7),
        (Some((Teller::Connector, Outcome::NotAFit, 1)), none, none),
        (Some((party(Side::First), Outcome::Scheduled, 8)), both, both),
        (Some((party(Side::First), Outcome::NoReply, 8)), both, both),
        (Some((party(Side::First), Outcome::Landed, 8)), only_7, only_7),
    ];
    for (told, first, second) in cases {
        let mut play = agreed();
        play.sweep(play.now + HOLD);
        let sent = play.it.introduced_at.unwrap();
        if let Some((teller, outcome, day)) = told {
            play.sweep(sent + Span::days(day));
            play.must(&Command::Outcome(teller, outcome));
        }
        play.sweep(sent + Span::days(400));
        for (side, days) in [(Side::First, first), (Side::Second, second)] {
            let asked: Vec<_> = play
                .mails
                .iter()
                .filter(|(_, mail, _)| matches!(mail, Mail::CheckIn(s, _) if *s == side))
                .collect();
            let due: Vec<_> = days.iter().map(|days| sent + Span::days(i64::from(*days))).collect();
            assert_eq!(asked.iter().map(|(at, ..)| *at).collect::<Vec<_>>(), due, "{told:?} {side:?}");
        }
    }
}

#[test]
fn the_latest_word_on_the_outcome_counts_and_the_same_word_again_is_nothing() {
    let mut play = agreed();
    play.sweep(play.now + HOLD);
    let first = Command::Outcome(Teller::Party(Side::First), Outcome::Met);
    assert!(!play.must(&first).is_empty() && play.must(&first).is_empty());
    play.must(&Command::Outcome(Teller::Connector, Outcome::NoReply));
    assert_eq!(play.it.outcome, Some(Outcome::NoReply));
    assert!(!play.must(&first).is_empty(), "told again after another word, it is news");
    assert_eq!(play.it.outcome, Some(Outcome::Met));
}

#[test]
fn a_new_round_raises_the_generation_and_needs_two_fresh_yeses() {
    let mut play = agreed_but_second();
    play.sweep(T0 + Span::days(20));
    let step = play.must(&Command::AskAgain);
    assert_eq!(step.mails, [Mail::Ask(Side::First)]);
    for (_, party) in play.it.parties.iter() {
        assert!(party.generation == 2 && party.given.is_none() && party.shown.is_none());
    }
    assert_eq!((play.it.round, play.it.deadline), (2, Some(play.now + Span::days(14))));
    let now = play.now;
    assert_eq!(play.does(&says(Side::Second, Choice::Yes, now)).err(), Some(Refusal::Closed));
    play.after(Span::hours(1)).says(Side::First, Choice::Yes);
    play.says(Side::Second, Choice::Yes);
    play.sweep(play.now + HOLD);
    assert_eq!(play.state(), "introduced");
}

#[test]
fn asking_is_refused_for_a_missing_tick_a_barred_party_and_too_many_rounds() {
    let mut play = Play::new(Order::OneByOne);
    play.it.terms.same_employer = true;
    assert_eq!(play.does(&Command::Ask).err(), Some(Refusal::CoworkerTick));
    play.it.terms.coworker_confirmed = true;
    play.facts.barred.second = Some(T0 + Span::days(3));
    let barred = Refusal::NotBefore(Side::Second, T0 + Span::days(3));
    assert_eq!(play.does(&Command::Ask).err(), Some(barred), "the second counts before the first is asked");
    play.facts.barred.second = None;
    play.it.parties.second.generation = u8::MAX;
    assert_eq!(play.does(&Command::Ask).err(), Some(Refusal::TooManyRounds));
}

#[test]
fn what_was_answered_quietly_stays_hidden_with_what_follows_from_it() {
    let mut play = agreed();
    let quiet = super::domain_kit::quietly(Side::First, twoyes::domain::answer::Answer::No);
    let step = play.after(Span::minutes(1)).must(&quiet);
    assert!(step.events.len() == 2 && step.events.iter().all(|event| event.quiet));
    assert_eq!(play.it.parties.first.shown.as_ref().map(|shown| shown.choice), Some(Choice::Yes));
    let mut play = agreed();
    let step = play.after(Span::minutes(1)).says(Side::First, Choice::No);
    assert!(reopened(&step) && step.events.iter().all(|event| !event.quiet));
    assert!(!reopened(&agreed().must(&Command::Withdraw)), "nobody took a yes back");
}

fn reopened(step: &Step) -> bool {
    step.events.iter().any(|event| event.what == What::Reopened)
}

/// One by one; the first said yes an hour ago, the second was asked then.
fn agreed_but_second() -> Play {
    let mut play = Play::asked(Order::OneByOne);
    play.after(Span::hours(1)).says(Side::First, Choice::Yes);
    play.after(Span::hours(1));
    play
}

fn agreed() -> Play {
    let mut play = agreed_but_second();
    play.says(Side::Second, Choice::Yes);
    play
}

/// All 24 orders of the four buttons.
fn orders() -> Vec<Vec<Choice>> {
    let mut orders = vec![Vec::new()];
    for choice in Choice::ALL {
        orders = orders
            .iter()
            .flat_map(|order: &Vec<Choice>| {
                (0..=order.len()).map(move |place| {
                    let mut longer = order.clone();
                    longer.insert(place, *choice);
                    longer
                })
            })
            .collect();
    }
    orders
}
