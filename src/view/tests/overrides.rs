//! Templates of the instance in place of the built-in ones.

use std::fs;
use std::path::Path;

use super::super::mails::{ClosingNote, SignIn};
use super::*;

fn write(dir: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The error of a folder with this one file in it.
fn refused(name: &str, text: impl AsRef<[u8]>) -> ViewError {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), name, text);
    match Views::load(Some(dir.path())) {
        Ok(_) => panic!("{name} was accepted"),
        Err(error) => error,
    }
}

#[test]
fn a_file_replaces_the_one_of_the_same_name() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "en/mail/shared/sign_in.subject", "Come in, {{ connector.given }}\n");
    write(dir.path(), "en/words.ftl", "month-3 = Lenting\n");
    write(dir.path(), "en/.hidden", "left alone");
    let views = Views::load(Some(dir.path())).unwrap();
    assert_eq!(views.mail("en", &SignIn::samples()[0]).unwrap().subject, "Come in, Ada");
    assert_eq!(views.words("en", "month-3", &[]), "Lenting");
    assert_eq!(views.words("en", "month-4", &[]), "April");
}

#[test]
fn an_unknown_variable_is_refused_with_file_and_line() {
    let error =
        refused("en/mail/shared/closing_note.txt", "Hello {{ you.given }},\n\nfrom {{ conector.name }}\n");
    assert!(error.file.ends_with("en/mail/shared/closing_note.txt"), "{error}");
    assert_eq!(error.line, Some(3), "{error}");
    assert!(error.sentence.contains("conector"), "{error}");
}

#[test]
fn a_fault_in_a_shared_part_names_that_part() {
    let error = refused("en/mail/shared/_stop.txt", "one\n{{ links.stopp }}\n");
    assert!(error.file.ends_with("en/mail/shared/_stop.txt"), "{error}");
    assert_eq!(error.line, Some(2), "{error}");
}

#[test]
fn broken_syntax_filters_and_includes_are_refused_with_the_file() {
    for text in [
        "{% if you %}\n",
        "{{ you.given | shout }}\n",
        "{% include \"mail/shared/nothing.txt\" %}\n",
        "{{ nothing() }}",
    ] {
        let error = refused("en/mail/shared/closing_note.txt", text);
        assert!(error.file.ends_with("en/mail/shared/closing_note.txt"), "{text}: {error}");
        assert!(error.line.is_some(), "{text}: {error}");
    }
}

#[test]
fn an_unknown_word_is_refused_even_where_no_sample_goes() {
    let error = refused(
        "en/mail/shared/closing_note.txt",
        "a\n{% if false %}{{ t(key=\"answer-perhaps\") }}{% endif %}",
    );
    assert_eq!((error.line, error.sentence.contains("answer-perhaps")), (Some(2), true), "{error}");
    let error = refused("en/mail/shared/closing_note.txt", "a\n{{ t(key=\"answer-\" ~ you.given) }}");
    assert!(error.sentence.contains("answer-Alan"), "{error}");
    let error = refused("en/mail/shared/closing_note.txt", "{{ t(key=\"problem-required\") }}");
    assert!(error.sentence.contains("field"), "a word without its value: {error}");
}

#[test]
fn the_way_around_escaping_is_closed() {
    for text in [
        "<p>{{ you.given | safe }}</p>",
        "<p>{{ you.given|safe }}",
        "{% filter safe %}{{ you.given }}{% endfilter %}",
    ] {
        let error = refused("en/mail/shared/closing_note.html", text);
        assert!(error.sentence.contains("safe") && error.line == Some(1), "{error}");
    }
}

#[test]
fn files_that_replace_nothing_are_refused() {
    for name in [
        "en/mail/shared/closing_note.text",
        "closing_note.txt",
        "en/mail/job-search/ask_first.txt",
        "README.md",
    ] {
        let error = refused(name, "hello");
        assert!(error.file.ends_with(name), "{error}");
    }
    let error = refused("en/words.ftl", "month-3 = March\nmonth-13 = Smarch\n");
    assert_eq!((error.line, error.sentence.contains("month-13")), (Some(2), true), "{error}");
    let error = refused("en/words.ftl", "month-3 = March\nmonth-4 = { $\n");
    assert!(error.file.ends_with("words.ftl") && error.line.is_some(), "{error}");
    let error = refused("en/mail/shared/closing_note.txt", b"\xff\xfe");
    assert!(error.sentence.contains("UTF-8"), "{error}");
    assert!(Views::load(Some(Path::new("/nonexistent/folder"))).is_err());
}

#[test]
fn a_second_language_is_a_folder_and_must_be_complete() {
    let error = refused("de/mail/shared/sign_in.subject", "Anmelden");
    assert!(error.file.starts_with("de/"), "{error}");

    let dir = tempfile::tempdir().unwrap();
    for (name, source) in &sources::gather(None).unwrap()[FALLBACK].files {
        write(dir.path(), &format!("de/{name}"), &source.text);
    }
    write(dir.path(), "de/mail/shared/closing_note.subject", "Es ist nichts daraus geworden");
    let views = Views::load(Some(dir.path())).unwrap();
    let note = &ClosingNote::samples()[0];
    assert_eq!(views.mail("de-AT", note).unwrap().subject, "Es ist nichts daraus geworden");
    assert!(views.mail("de", note).unwrap().html.contains("<html lang=\"de\""));
    assert_eq!(views.mail("fr", note).unwrap().subject, "The introduction did not come about");

    let words = fs::read_to_string(dir.path().join("de/words.ftl")).unwrap();
    write(dir.path(), "de/words.ftl", words.replace("state-draft = Draft\n", ""));
    let error = Views::load(Some(dir.path())).err().unwrap();
    assert!(error.sentence.contains("state-draft"), "{error}");
}
