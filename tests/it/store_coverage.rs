//! Every function of the store has a contract test: read from the sources, so that a new one is missed.

use std::path::Path;

/// File stem and text of every source in `folder` whose name fits.
fn sources(folder: &str, fits: fn(&str) -> bool) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(Path::new(folder)).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.extension().is_some_and(|end| end == "rs") && fits(&stem) {
            found.push((stem, code(&std::fs::read_to_string(&path).unwrap())));
        }
    }
    found
}

/// Without comments: to be talked about is not to be tested.
fn code(text: &str) -> String {
    let before = |line: &'_ str| line.split("//").next().unwrap_or_default().to_owned();
    text.lines().map(before).collect::<Vec<_>>().join("\n")
}

/// The names behind `pub async fn`, but not those of `pub(super)`.
fn public_functions(code: &str) -> Vec<String> {
    let name = |rest: &str| rest.split(['(', '<']).next().unwrap_or_default().to_owned();
    code.split("pub async fn ").skip(1).map(name).collect()
}

/// Files whose functions are not called as `file::function`.
fn is_machinery(stem: &str) -> bool {
    matches!(stem, "mod" | "bell" | "query" | "migrate" | "tx" | "sqlite" | "postgres" | "error")
}

#[test]
fn every_function_of_the_store_is_named_in_a_contract_test() {
    let tests: String =
        sources("tests/it", |stem| stem.starts_with("store_")).into_iter().map(|(_, text)| text).collect();
    let mut count = 0;
    let mut missing = Vec::new();
    for (stem, text) in sources("src/store", |_| true) {
        for name in public_functions(&text) {
            count += 1;
            let called = if is_machinery(&stem) { format!("{name}(") } else { format!("{stem}::{name}(") };
            if !tests.contains(&called) {
                missing.push(format!("{stem}::{name}"));
            }
        }
    }
    assert!(count > 55, "only {count} functions were found: has the way they are written changed?");
    assert!(missing.is_empty(), "no contract test names: {missing:?}");
}
