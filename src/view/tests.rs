use super::*;

fn views() -> Views {
    Views::load(None).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_template_renders_with_every_sample() {
    let views = views();
    for lang in views.languages() {
        for entry in mails::MAILS {
            assert!(
                !(entry.render_samples)(&views, lang).unwrap().is_empty(),
                "{} has no sample",
                entry.kind
            );
        }
    }
}

/// Read them: `cargo test --lib view -- --ignored --nocapture print`.
#[test]
#[ignore = "prints every sample"]
fn print_every_sample() {
    let views = views();
    for entry in mails::MAILS {
        for (nth, mail) in (entry.render_samples)(&views, FALLBACK).unwrap().into_iter().enumerate() {
            println!("=== {} {nth}\nSubject: {}\n\n{}", entry.kind, mail.subject, mail.text);
        }
    }
}
