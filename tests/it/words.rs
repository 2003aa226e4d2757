//! Every code that the program can tell has its sentence.

use std::collections::BTreeSet;
use std::path::Path;

use twoyes::view::Views;

/// The string literals right behind `marker` in the sources, e.g. the codes of `Problem::new(field, "code")`.
fn literals(marker: &str, nth_argument: usize) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for path in crate::layers::files(Path::new("src")) {
        let text = std::fs::read_to_string(path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
        for rest in code.split(marker).skip(1) {
            let call = rest.split(';').next().unwrap_or_default();
            let literals: Vec<&str> = call.split('"').skip(1).step_by(2).collect();
            let plain = |text: &&&str| text.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c == '_');
            if let Some(code) = literals.iter().filter(plain).nth(nth_argument.min(literals.len() - 1)) {
                found.insert((*code).to_owned());
            }
        }
    }
    found
}

#[test]
fn every_error_code_of_the_web_has_a_title_and_a_sentence() {
    let views = Views::compile(None).unwrap();
    let codes = literals("WebError::new(", 0).into_iter().chain(literals("Self::new(StatusCode::", 0));
    let mut count = 0;
    for code in codes {
        count += 1;
        assert!(views.has_word("en", &format!("error-{code}")), "error-{code} is missing");
        assert!(views.has_word("en", &format!("error-{code}-text")), "error-{code}-text is missing");
    }
    assert!(count > 5, "found only {count} codes");
}

#[test]
fn every_problem_code_has_a_sentence() {
    let views = Views::compile(None).unwrap();
    let mut codes = BTreeSet::new();
    for path in crate::layers::files(Path::new("src")) {
        let text = std::fs::read_to_string(path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
        for rest in code.split("Problem::new(").skip(1) {
            // The code is the literal behind a comma that ends the call.
            let line = rest.split('\n').next().unwrap_or_default();
            let parts: Vec<&str> = line.split('"').collect();
            for nth in (1..parts.len()).step_by(2) {
                let (before, after) = (parts[nth - 1], parts.get(nth + 1).copied().unwrap_or_default());
                if before.ends_with(", ") && after.starts_with(')') && !before.contains(").") {
                    codes.insert(parts[nth].to_owned());
                    break;
                }
            }
        }
    }
    assert!(codes.len() > 15, "{codes:?}");
    for code in codes {
        assert!(views.has_word("en", &format!("problem-{code}")), "problem-{code} is missing");
    }
}
