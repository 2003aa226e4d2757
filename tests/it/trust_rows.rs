//! docs/TRUST.md tells the truth about which tests there are: every row of the map is there once, and every
//! test that a row names stands in the code.

use std::path::{Path, PathBuf};

use super::layers::files;

/// The chapters of the map and how many rows each has.
const CHAPTERS: &[(char, u32)] =
    &[('A', 27), ('B', 10), ('C', 13), ('D', 20), ('E', 11), ('F', 8), ('G', 32)];

struct Row {
    id: String,
    shown_by: String,
}

fn rows(text: &str) -> Vec<Row> {
    let is_id = |cell: &str| {
        let mut chars = cell.chars();
        chars.next().is_some_and(|first| CHAPTERS.iter().any(|(letter, _)| *letter == first))
            && !chars.as_str().is_empty()
            && chars.as_str().chars().all(|digit| digit.is_ascii_digit())
    };
    text.lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let [_, id, _, _, shown_by, _] = cells[..] else { return None };
            is_id(id).then(|| Row { id: id.to_owned(), shown_by: shown_by.to_owned() })
        })
        .collect()
}

/// What stands in backticks.
fn named(shown_by: &str) -> Vec<&str> {
    shown_by.split('`').skip(1).step_by(2).collect()
}

/// `module::function`: the function stands in a file whose path has the module in it. Anything with a
/// slash is a file or folder of the repository.
fn exists(name: &str, sources: &[(PathBuf, String)]) -> bool {
    if name.contains('/') {
        return Path::new(name.split_whitespace().next().unwrap_or_default()).exists();
    }
    let mut parts: Vec<&str> = name.split("::").filter(|part| *part != "tests").collect();
    let Some(function) = parts.pop() else { return false };
    let is_word =
        |text: &str| text.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == function);
    !parts.is_empty()
        && sources.iter().any(|(path, text)| {
            let path = path.to_string_lossy();
            parts.iter().all(|part| path.contains(part)) && is_word(text)
        })
}

fn faults(text: &str, sources: &[(PathBuf, String)]) -> Vec<String> {
    let rows = rows(text);
    let mut faults = Vec::new();
    for (chapter, many) in CHAPTERS {
        for id in (1..=*many).map(|nth| format!("{chapter}{nth}")) {
            match rows.iter().filter(|row| row.id == id).count() {
                1 => {}
                found => faults.push(format!("{id} stands there {found} times")),
            }
        }
    }
    for row in &rows {
        let names = named(&row.shown_by);
        if names.is_empty() && !row.shown_by.starts_with("not built: ") && row.shown_by != "open" {
            faults.push(format!("{} names no test and does not say why", row.id));
        }
        faults.extend(
            names.iter().filter(|name| !exists(name, sources)).map(|name| format!("{}: no {name}", row.id)),
        );
    }
    faults
}

/// All code but this file: what is made up below must not be found here.
fn sources() -> Vec<(PathBuf, String)> {
    let folders = [Path::new("tests/it"), Path::new("tests/silence"), Path::new("src")];
    let paths = folders.into_iter().flat_map(files).filter(|path| !path.ends_with(file!()));
    paths.map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn every_row_is_there_and_names_tests_that_exist() {
    let text = std::fs::read_to_string("docs/TRUST.md").unwrap();
    let faults = faults(&text, &sources());
    assert!(faults.is_empty(), "docs/TRUST.md:\n{}", faults.join("\n"));
}

#[test]
fn a_row_that_lacks_or_names_nothing_real_is_found() {
    let text = std::fs::read_to_string("docs/TRUST.md").unwrap();
    let sources = sources();
    let without: Vec<&str> = text.lines().filter(|line| !line.starts_with("| A7 |")).collect();
    assert_eq!(faults(&without.join("\n"), &sources), ["A7 stands there 0 times"]);
    let with =
        |shown_by: &str| faults(&format!("{}\n| A7 | a | b | {shown_by} |", without.join("\n")), &sources);
    assert_eq!(with("`layers::modules_name_only_what_lies_below_them`"), [""; 0]);
    assert_eq!(with("`layers::modules_name_what_they_like`"), ["A7: no layers::modules_name_what_they_like"]);
    assert_eq!(with("by hand"), ["A7 names no test and does not say why"]);
    assert_eq!(with("not built: it does not apply"), [""; 0]);
}
