//! Data moves one way: the table of DESIGN's house, as a test.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Module, and what it may name of this crate.
const TABLE: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("cards", &["domain"]),
    ("ids", &["clock"]),
    ("domain", &["ids", "clock"]),
    ("urls", &["ids", "domain"]),
    ("config", &["clock", "domain"]),
    ("keyring", &["clock", "ids"]),
    ("metrics", &[]),
    ("telemetry", &["config"]),
    ("dns", &["ids"]),
    ("doctor", &["dns", "ids"]),
    ("store", &["domain", "ids", "clock"]),
    ("view", &["domain", "ids", "urls", "clock"]),
    ("mail", &["domain", "view", "urls", "ids", "clock"]),
    ("flow", &["cards", "domain", "store", "view", "clock", "ids", "urls"]),
    ("worker", &["flow", "store", "mail", "domain", "clock", "ids", "metrics"]),
    ("web", &["cards", "flow", "view", "urls", "domain", "ids", "clock", "metrics", "mail"]),
];

/// Crates that only one module may name.
const ONLY: &[(&str, &[&str])] = &[
    ("axum", &["web", "app"]),
    ("axum_extra", &["web"]),
    ("tower_http", &["web"]),
    ("utoipa", &["web"]),
    ("sqlx", &["store"]),
    ("rusqlite", &["store"]),
    ("rustix", &["store", "backup"]),
    ("tera", &["view"]),
    ("fluent_bundle", &["view"]),
    ("lettre", &["mail"]),
    ("mail_parser", &["mail"]),
    ("clap", &["cli", "demo"]),
    ("hyper", &["demo"]),
    ("toml", &["config", "keyring"]),
    ("encoding_rs", &["cards"]),
    ("prometheus_client", &["metrics"]),
    ("simple_dns", &["dns"]),
];

pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found
}

/// `src/store/query.rs` -> `store`.
fn module(path: &Path) -> String {
    let inside = path.strip_prefix("src").unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").trim_end_matches("_tests").to_owned()
}

/// The code without comments and strings' contents do not matter here: names are what counts.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The names right behind `crate::`, also those in braces.
fn named(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        let heads: Vec<&str> = match rest.strip_prefix('{') {
            Some(group) => group.split(['}', ',']).map(str::trim).collect(),
            None => vec![rest],
        };
        for head in heads {
            let end = head.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(head.len());
            names.insert(head[..end].to_owned());
        }
    }
    names
}

#[test]
fn modules_name_only_what_lies_below_them() {
    let mut breaks = Vec::new();
    for path in files(Path::new("src")) {
        let module = module(&path);
        let Some((_, allowed)) = TABLE.iter().find(|(name, _)| *name == module) else {
            continue;
        };
        for name in named(&code(&path)) {
            let known = TABLE.iter().any(|(other, _)| *other == name)
                || ["app", "backup", "cli", "demo"].contains(&name.as_str());
            if known && name != module && !allowed.contains(&name.as_str()) {
                breaks.push(format!("{} names {name}", path.display()));
            }
        }
    }
    assert!(breaks.is_empty(), "against the table of layers:\n{}", breaks.join("\n"));
}

#[test]
fn crates_stay_in_the_room_that_they_belong_to() {
    let mut breaks = Vec::new();
    for path in files(Path::new("src")) {
        let module = module(&path);
        let code = code(&path);
        for (name, rooms) in ONLY {
            let used = code.contains(&format!("{name}::")) || code.contains(&format!("use {name};"));
            let own_path = code.contains(&format!("crate::{name}::"));
            if used && !own_path && !rooms.contains(&module.as_str()) {
                breaks.push(format!("{} names the crate {name}", path.display()));
            }
        }
    }
    assert!(breaks.is_empty(), "crates outside their room:\n{}", breaks.join("\n"));
}

#[test]
fn every_module_has_its_row() {
    let rooms: BTreeSet<String> = files(Path::new("src")).iter().map(|path| module(path)).collect();
    let known: BTreeSet<String> = TABLE.iter().map(|(name, _)| (*name).to_owned()).collect();
    let free = ["app", "backup", "cli", "demo", "main", "lib"];
    let missing: Vec<&String> =
        rooms.iter().filter(|room| !known.contains(*room) && !free.contains(&room.as_str())).collect();
    assert!(missing.is_empty(), "no row in the table of layers for: {missing:?}");
}

/// A unit takes what was seen before its turn for what is so as long as the version is the same (docs/adr/0030).
#[test]
fn whoever_changes_an_introduction_counts_its_version_up() {
    for path in files(Path::new("src")) {
        let (code, name) = (code(&path), path.display());
        for set in code.split("UPDATE introduction SET ").skip(1) {
            // When something is due is not among what is loaded.
            let counts = set.starts_with("version = version + 1") || set.starts_with("due_at = NULL");
            assert!(counts, "{name} changes an introduction without its version");
        }
        // A party is saved with its introduction; an address change counts up by itself.
        let knows =
            ["src/store/parties.rs", "src/store/address_changes.rs"].contains(&name.to_string().as_str());
        assert!(knows || !code.contains("UPDATE party"), "{name} changes a party");
    }
}
