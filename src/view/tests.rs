use super::*;

mod content;
mod overrides;
mod pages_html;
mod vocabulary;

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

fn all_mails() -> Vec<(String, RenderedMail)> {
    let views = views();
    let mut all = Vec::new();
    for entry in mails::MAILS {
        for (nth, mail) in (entry.render_samples)(&views, FALLBACK).unwrap().into_iter().enumerate() {
            all.push((format!("{} {nth}", entry.kind), mail));
        }
    }
    all
}

/// Read them: `cargo test --lib view -- --ignored --nocapture print`.
#[test]
#[ignore = "prints every sample"]
fn print_every_sample() {
    for (name, mail) in all_mails() {
        println!("=== {name}\nSubject: {}\n\n{}", mail.subject, mail.text);
    }
}

/// An ask in which people wrote next to nothing, less greeting, link, sign-off and the labels of
/// people's own words ("How I know them:"): the frame.
fn frame_words(text: &str) -> usize {
    let letter = text.split("\nAll the best,").next().unwrap_or_default();
    let frame = letter.lines().skip(1).filter(|line| !line.starts_with('>') && !line.ends_with(':'));
    let words = frame.flat_map(|line| {
        let labelled = ["About them:", "How I know them:", "What I suggest:"];
        let rest = labelled.iter().find_map(|label| line.strip_prefix(label)).unwrap_or(line);
        rest.split_whitespace()
    });
    words
        .filter(|word| !word.starts_with("http") && !word.starts_with(MARK) && !["x", "x."].contains(word))
        .count()
}

#[test]
fn the_frame_of_an_ask_is_short() {
    let views = views();
    let x = || "x".to_owned();
    let mut counts = std::collections::BTreeMap::new();
    for sample in mails::AskFirst::samples() {
        let purpose = sample.purpose;
        let bare = mails::AskFirst {
            other_described: x(),
            how_know_you: sample.how_know_you.map(|_| x()),
            how_know_other: x(),
            why: x(),
            shared: x(),
            step: x(),
            about_you: x(),
            about_other: sample.about_other.map(|_| x()),
            ..sample
        };
        let words = frame_words(&views.mail(FALLBACK, &bare).unwrap().text);
        counts.entry(("ask_first", purpose.as_str())).or_insert_with(Vec::new).push(words);
    }
    for sample in mails::AskSecond::samples() {
        let purpose = sample.purpose;
        let bare = mails::AskSecond {
            other_described: x(),
            how_know_you: sample.how_know_you.map(|_| x()),
            how_know_other: x(),
            why: x(),
            shared: x(),
            step: x(),
            about_you: x(),
            about_other: x(),
            ..sample
        };
        let words = frame_words(&views.mail(FALLBACK, &bare).unwrap().text);
        counts.entry(("ask_second", purpose.as_str())).or_insert_with(Vec::new).push(words);
    }
    for ((kind, purpose), words) in counts {
        println!("{kind} {purpose}: {words:?} words");
        assert!(words.iter().all(|words| *words <= 135), "{kind} {purpose}: {words:?}");
    }
}
