//! Bytes as stories: every command of the domain in any order and at any time, each step judged by the model
//! of the property tests, which shares no code with the decisions.
#![no_main]
#![allow(dead_code, unused_imports, reason = "what the fuzzer does not play")]

#[path = "../../tests/it/domain_kit.rs"]
mod domain_kit;
#[path = "../../tests/it/domain_model.rs"]
mod domain_model;

use domain_kit::Command;
use domain_model::{Act, Model};
use libfuzzer_sys::fuzz_target;
use twoyes::clock::Span;
use twoyes::domain::answer::Choice;
use twoyes::domain::asking::{Order, Side};
use twoyes::domain::decide::Teller;
use twoyes::domain::outcome::Outcome;
use twoyes_fuzz::planted;

/// One act in three bytes: how long nothing happens, what happens then, and its detail.
fn act(wait: u8, what: u8, detail: u8) -> (Span, Act) {
    let n = i64::from(wait & 63);
    let wait = match wait >> 6 {
        0 => Span::seconds(n),
        1 => Span::minutes(n),
        2 => Span::hours(n),
        _ => Span::days(n % 16),
    };
    let side = if detail & 1 == 0 { Side::First } else { Side::Second };
    let outcomes = Outcome::ALL;
    let outcome = outcomes[usize::from(detail >> 2) % outcomes.len()];
    let act = match what % 16 {
        0..=3 => Act::Says(side, Choice::Yes, false, Span::days(1)),
        4 => Act::Says(side, Choice::No, detail & 2 != 0, Span::days(1)),
        5 => Act::Says(side, Choice::NotNow, detail & 2 != 0, Span::days(i64::from(detail >> 2) + 1)),
        6 => Act::Says(side, Choice::Never, detail & 2 != 0, Span::days(1)),
        7 => Act::Command(Command::Ask),
        8 => Act::Command(Command::AskAgain),
        9 => Act::Command(Command::Withdraw),
        10 => Act::Sent(side),
        11 => Act::SuppressedElsewhere(side),
        12 => Act::Command(Command::Undeliverable(side)),
        13 if detail & 2 == 0 => Act::Command(Command::Outcome(Teller::Connector, outcome)),
        13 => Act::Command(Command::Outcome(Teller::Party(side), outcome)),
        _ => Act::Command(Command::Tick),
    };
    (wait, act)
}

/// Planted: after contradicting answers of the first the second's answer stands for both.
fn hurt(model: &mut Model) {
    if planted() && model.play.it.parties.first.contested_at.is_some() {
        let given = model.play.it.parties.second.given.clone();
        model.play.it.parties.first.given = given;
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((head, rest)) = data.split_first() else { return };
    let order = if head & 1 == 0 { Order::OneByOne } else { Order::Together };
    let (sends_at_once, sweeps) = (head & 2 == 0, head & 4 == 0);
    let mut model = Model::new(order, sends_at_once);
    model.act(&Act::Command(Command::Ask));
    for bytes in rest.chunks_exact(3).take(60) {
        let (wait, act) = act(bytes[0], bytes[1], bytes[2]);
        model.wait(wait, sweeps);
        model.act(&act);
        hurt(&mut model);
    }
    model.wait(Span::days(60), sweeps);
    model.act(&Act::Command(Command::Tick));
});
