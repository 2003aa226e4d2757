//! Every (state, command) pair: what it becomes, what is told, what leaves.
//!
//! The expectations stand in `tests/vectors/states.txt`, one line per pair, written to be read.

use std::fmt::Write as _;

use super::domain_table::{commands, line, starts};

#[test]
fn every_command_in_every_state_does_what_the_table_says() {
    let found = table(|_| {});
    let told = include_str!("../vectors/states.txt");
    let told: Vec<&str> = told.lines().filter(|line| !line.starts_with('#')).collect();
    let mut section = "";
    for (found, told) in found.lines().zip(&told) {
        if found.starts_with('[') {
            section = found;
        }
        assert_eq!(found, *told, "in {section}");
    }
    assert_eq!(found.lines().count(), told.len(), "one line for each pair");
}

#[test]
fn asked_for_this_and_naming_the_second_are_wording_only() {
    let plain = table(|_| {});
    assert_eq!(table(|terms| terms.asked_for_this = true), plain);
    assert_eq!(table(|terms| terms.names_second = true), plain);
}

fn table(edit: impl Fn(&mut twoyes::domain::introduction::Terms)) -> String {
    let mut out = String::new();
    for (start, mut play) in starts() {
        edit(&mut play.it.terms);
        let _ = writeln!(out, "\n[{start}]");
        for (name, _, command, now) in commands(&play) {
            let result = command.run(play.it.clone(), &play.facts, &play.policy, now);
            let _ = writeln!(out, "{name:<22} | {}", line(&play, &result, now));
        }
    }
    out
}
