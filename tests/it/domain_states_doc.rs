//! `docs/states.md` says what the decisions do: no more, no less.

use std::collections::{BTreeMap, BTreeSet};

use super::domain_table::{commands, starts};

/// (state, command) -> what it led to: states, `no` for a refusal, `-` for nothing.
type Course = BTreeMap<(String, String), BTreeSet<String>>;

const DOCUMENT: &str = include_str!("../../docs/states.md");

#[test]
fn the_diagram_shows_exactly_the_transitions_that_happen() {
    let (observed, drawn) = (flat(&observed()), flat(&diagram(DOCUMENT)));
    assert_eq!(drawn.difference(&observed).collect::<Vec<_>>(), Vec::<&String>::new(), "drawn, not seen");
    assert_eq!(observed.difference(&drawn).collect::<Vec<_>>(), Vec::<&String>::new(), "seen, not drawn");
}

#[test]
fn the_table_of_commands_shows_exactly_where_each_one_leads() {
    let mut observed = observed();
    for led in observed.values_mut() {
        // A command that works in one situation and not in another is shown by where it can lead.
        let works = led.iter().any(|to| to != "no" && to != "-");
        led.retain(|to| !works || (to != "no" && to != "-"));
    }
    assert_eq!(table(DOCUMENT), observed);
}

#[test]
fn a_line_too_many_or_too_few_in_the_document_is_noticed() {
    let without = DOCUMENT.replace("    Agreed --> Introduced: tick\n", "");
    assert_ne!(flat(&diagram(&without)), flat(&observed()));
    let with =
        DOCUMENT.replace("    Agreed --> Introduced: tick\n", "    Agreed --> Introduced: tick, answer\n");
    assert_ne!(flat(&diagram(&with)), flat(&observed()));
}

fn observed() -> Course {
    let mut course = Course::new();
    for (_, play) in starts() {
        for (_, word, command, now) in commands(&play) {
            let from = title(play.state());
            let led = match command.run(play.it.clone(), &play.facts, &play.policy, now) {
                Err(_) => "no".to_owned(),
                Ok(step) if step.is_empty() => "-".to_owned(),
                Ok(step) => title(step.next.state.name().as_str()),
            };
            course.entry((from, word.to_owned())).or_default().insert(led);
        }
    }
    course
}

/// Lines like `Asking --> Closed: withdraw, tick`.
fn diagram(text: &str) -> Course {
    let mut course = Course::new();
    for line in text.lines().filter(|line| !line.contains("[*]")) {
        let Some((from, rest)) = line.split_once(" --> ") else { continue };
        let Some((to, words)) = rest.split_once(": ") else { panic!("no command in {line:?}") };
        for word in words.split(", ") {
            course.entry((from.trim().to_owned(), word.to_owned())).or_default().insert(to.to_owned());
        }
    }
    course
}

/// The rows under the header that begins with `command`.
fn table(text: &str) -> Course {
    let mut rows = text.lines().filter(|line| line.starts_with('|') && !line.starts_with("|-")).map(cells);
    let states = rows.next().unwrap_or_default();
    let mut course = Course::new();
    for row in rows {
        for (state, cell) in states.iter().zip(&row).skip(1) {
            let led = cell.split(", ").map(str::to_owned).collect();
            course.insert((state.clone(), row[0].clone()), led);
        }
    }
    course
}

fn cells(line: &str) -> Vec<String> {
    line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

fn flat(course: &Course) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for ((from, word), led) in course {
        lines.extend(
            led.iter().filter(|to| *to != "no" && *to != "-").map(|to| format!("{from} {word} {to}")),
        );
    }
    lines
}

fn title(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}
