//! What a connector is needed for: every need and every rest, row by row.

use twoyes::clock::Span;
use twoyes::domain::answer::{Answer, Choice, Reply};
use twoyes::domain::asking::{Order, Side};
use twoyes::domain::attention::{Attention, Need, Place, attention};
use twoyes::domain::decide::Teller;
use twoyes::domain::introduction::{Introduction, State};
use twoyes::domain::outcome::Outcome;
use twoyes::domain::shown;

use super::domain_kit::{Command, Play, T0, quietly, says};

/// What happened, the play after it, the need (and whether its time is exact), the rest.
type Case = (&'static str, Play, Option<(Need, bool)>, Place);

const DAY: Span = Span::days(1);

fn seen(play: &Play) -> Introduction {
    shown::to_connector(&play.it, &play.policy, play.now)
}

fn at(play: &Play) -> Attention {
    attention(&seen(play), &play.policy)
}

fn asked() -> Play {
    Play::asked(Order::OneByOne)
}

fn answered(side: Side, answer: Answer) -> Play {
    let mut play = asked();
    if side == Side::Second {
        play.after(DAY).says(Side::First, Choice::Yes);
    }
    play.after(DAY).must(&Command::Answer(side, Reply::plain(answer)));
    play
}

fn agreed() -> Play {
    answered(Side::Second, Answer::Yes)
}

fn introduced() -> Play {
    let mut play = agreed();
    let due = play.now + play.policy.hold;
    play.sweep(due);
    assert_eq!(play.it.state, State::Introduced);
    play
}

fn told(outcome: Outcome) -> Play {
    let mut play = introduced();
    play.must(&Command::Outcome(Teller::Connector, outcome));
    play
}

fn closed(mut play: Play) -> Play {
    play.sweep(T0 + Span::days(40));
    assert_eq!(play.it.state, State::Closed);
    play
}

#[test]
fn every_situation_has_its_need_and_its_rest() {
    let until = T0 + Span::days(60);
    let not_now = |side| answered(side, Answer::NotNow { until });
    let bounce = |mut play: Play| {
        play.must(&Command::Undeliverable(Side::First));
        play
    };
    let withdrawn = || {
        let mut play = asked();
        play.after(DAY).must(&Command::Withdraw);
        play
    };
    let cases: Vec<Case> = vec![
        ("draft", Play::new(Order::OneByOne), Some((Need::Draft, true)), Place::Done),
        ("asked", asked(), None, Place::Waiting),
        ("the first said yes", answered(Side::First, Answer::Yes), None, Place::Waiting),
        ("the first said no", answered(Side::First, Answer::No), None, Place::Waiting),
        ("the first said not now", not_now(Side::First), Some((Need::AskAgain, true)), Place::Waiting),
        ("the second said not now", not_now(Side::Second), None, Place::Waiting),
        ("bounced", bounce(asked()), Some((Need::Bounced, true)), Place::Waiting),
        ("withdrawn", withdrawn(), None, Place::Done),
        ("bounced and withdrawn", bounce(withdrawn()), None, Place::Done),
        ("agreed", agreed(), None, Place::Waiting),
        ("introduced", introduced(), None, Place::Waiting),
        ("introduced and bounced", bounce(introduced()), Some((Need::Bounced, true)), Place::Waiting),
        ("scheduled", told(Outcome::Scheduled), None, Place::Waiting),
        ("met", told(Outcome::Met), Some((Need::Thanks, false)), Place::Done),
        ("landed", told(Outcome::Landed), Some((Need::Landed, false)), Place::Done),
        ("no reply", told(Outcome::NoReply), Some((Need::Nudge, false)), Place::Waiting),
        ("not a fit", told(Outcome::NotAFit), None, Place::Done),
        ("closed", closed(asked()), None, Place::Done),
        ("closed after not now", closed(not_now(Side::Second)), Some((Need::AskAgain, true)), Place::Done),
        ("closed and bounced", closed(bounce(asked())), Some((Need::Bounced, true)), Place::Done),
    ];
    for (name, play, need, rest) in cases {
        let found = at(&play);
        assert_eq!(found.need.map(|(need, since)| (need, since.is_some())), need, "{name}");
        assert_eq!(found.rest.0, rest, "{name}");
    }
    assert_eq!(at(&not_now(Side::First)).need, Some((Need::AskAgain, Some(until))), "the date may lie ahead");
}

#[test]
fn what_is_the_same_need_keeps_its_time_and_what_was_settled_stays_so() {
    let found = at(&told(Outcome::Met));
    let first = found.lying(None, T0);
    assert_eq!((first.place, first.at), (Place::Needs, T0));
    assert_eq!(found.lying(Some(&first), T0 + DAY), first, "a later save moves nothing");
    let settled = found.settled(&first, Some(T0 + DAY), T0 + DAY);
    assert_eq!((settled.place, settled.at), (Place::Done, T0 + DAY));
    assert_eq!(found.lying(Some(&settled), T0 + DAY + DAY), settled);
    let landed = at(&told(Outcome::Landed)).lying(Some(&settled), T0 + DAY + DAY);
    assert_eq!((landed.place, landed.settled_at), (Place::Needs, None), "a new need");
    assert_eq!(found.settled(&settled, None, T0 + DAY + DAY), first, "put back");
}

#[test]
fn a_settled_need_rests_where_the_introduction_is() {
    let mut play = asked();
    play.must(&Command::Undeliverable(Side::First));
    let found = at(&play);
    let row = found.lying(None, play.now);
    let settled = found.settled(&row, Some(play.now), play.now);
    assert_eq!((settled.place, Some(settled.at)), (Place::Waiting, play.it.closes_at(&play.policy)));
}

#[test]
fn a_yes_taken_back_quietly_shows_as_agreed_until_the_told_moment_and_then_as_asking() {
    for side in [Side::First, Side::Second] {
        let mut play = agreed();
        let State::Agreed { introduce_at } = play.it.state else { panic!("agreed") };
        let before = at(&play);
        let step = play.after(Span::minutes(1)).must(&quietly(side, Answer::No));
        assert!(step.events.iter().all(|event| event.quiet));
        assert_eq!(play.it.state, State::Asking);
        assert_eq!(seen(&play).state, State::Agreed { introduce_at });
        assert_eq!(at(&play), before);
        play.now = introduce_at;
        assert_eq!(seen(&play).state, State::Asking);
        assert!(shown::did_not_leave(&play.it, play.now));
    }
}

#[test]
fn a_second_yes_after_a_quiet_no_looks_like_any_second_yes() {
    let mut play = answered(Side::First, Answer::Yes);
    play.after(DAY).must(&quietly(Side::First, Answer::No));
    let yes = says(Side::Second, Choice::Yes, play.now);
    let step = play.after(DAY).must(&yes);
    let words: Vec<_> = step.events.iter().map(|event| (event.what.as_str(), event.quiet)).collect();
    assert_eq!(words, [("answered", false), ("agreed", false)]);
    assert_eq!((play.it.state, seen(&play).state.name().as_str()), (State::Asking, "agreed"));
    assert!(!play.mails.iter().any(|(_, mail, _)| format!("{mail:?}").contains("Introduction")));
}

#[test]
fn an_ask_that_was_taken_back_unsent_for_a_quiet_no_still_shows_as_asked() {
    let mut play = answered(Side::First, Answer::Yes);
    let before = seen(&play).parties.second.asked.map(|asked| (asked.at, asked.deadline));
    play.facts.unsent.second = true;
    play.after(Span::minutes(1)).must(&quietly(Side::First, Answer::No));
    assert!(play.it.parties.second.asked.is_none());
    assert_eq!(seen(&play).parties.second.asked.map(|asked| (asked.at, asked.deadline)), before);
}

#[test]
fn the_copy_holds_no_answer() {
    let mut play = asked();
    play.after(DAY).must(&quietly(Side::First, Answer::Never));
    let copy = seen(&play);
    assert!(copy.parties.iter().all(|(_, party)| party.given.is_none() && party.answers == 0));
}
