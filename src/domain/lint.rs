//! Advice for the connector while they write. Nothing here forbids anything, except the caller makes
//! a tick of `same-employer`.

use super::problem::Arg;

/// Longest text that gets read, in words.
pub const WORDS_MAX: usize = 120;
/// Shortest reason for the second person that can say anything.
const REASON_MIN: usize = 5;
/// Shortest step that can be concrete: "a short call".
const STEP_MIN: usize = 3;

/// The texts of a draft.
#[derive(Clone, Copy, Debug, Default)]
pub struct Texts<'a> {
    pub shared: &'a str,
    pub why_first: &'a str,
    pub why_second: &'a str,
    pub step: &'a str,
    pub blurb_first: &'a str,
    pub blurb_second: &'a str,
    pub first_known: &'a str,
    pub second_known: &'a str,
    /// How the second person is described to the first.
    pub second_described: &'a str,
    pub second_name: &'a str,
    /// The connector names the second person openly.
    pub second_named: bool,
    /// Both people work for the same employer.
    pub same_employer: bool,
    /// "This person would be an appropriate co-worker" is ticked.
    pub coworker_confirmed: bool,
    /// Why the first would fit where the second works; none when they are no colleague of the connector.
    pub fit: Option<&'a str>,
}

/// One piece of advice; the word `lint-{code}` holds its sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lint {
    pub code: &'static str,
    /// The form field it is about; the word `field-{field}` names it.
    pub field: &'static str,
    pub args: Vec<(&'static str, Arg)>,
}

/// Everything worth a second look, in the order of the form.
pub fn lint(texts: &Texts<'_>) -> Vec<Lint> {
    let mut found = Vec::new();
    for (field, text) in written(texts) {
        found.extend(too_long(field, text));
        found.extend(phrase(field, text, "placeholder", placeholder(text)));
        let words = words(text);
        found.extend(phrase(field, text, "pick-your-brain", first_of(&words, BRAIN)));
        found.extend(phrase(field, text, "asks-for-job", first_of(&words, JOB)));
    }
    if count(texts.why_second) < REASON_MIN {
        found.push(Lint { code: "nothing-for-second", field: "why_second", args: Vec::new() });
    }
    if count(texts.step) < STEP_MIN || first_of(&words(texts.step), VAGUE).is_some() {
        found.push(Lint { code: "no-step", field: "step", args: Vec::new() });
    }
    if !texts.second_named {
        found.extend(names_second(texts));
    }
    if texts.same_employer && !texts.coworker_confirmed {
        found.push(Lint { code: "same-employer", field: "coworker", args: Vec::new() });
    }
    if texts.fit.is_some_and(|fit| fit.trim().is_empty()) {
        found.push(Lint { code: "no-fit", field: "fit", args: Vec::new() });
    }
    found
}

/// Ways to ask for everything and nothing.
const BRAIN: &[&str] =
    &["pick your brain", "pick his brain", "pick her brain", "pick their brain", "pick your brains"];

/// Ways to ask for a job outright. A job may be the end of a conversation, not its start.
const JOB: &[&str] = &[
    "give her a job",
    "give him a job",
    "give them a job",
    "give me a job",
    "get her a job",
    "get him a job",
    "get them a job",
    "get me a job",
    "hire her",
    "hire him",
    "hire them",
    "hire me",
    "find her a job",
    "find him a job",
    "find them a job",
    "have a job for",
    "has a job for",
    "offer her a job",
    "offer him a job",
    "offer them a job",
    "a position for her",
    "a position for him",
    "a position for them",
    "pass on her cv",
    "pass on his cv",
    "pass on their cv",
    "forward her cv",
    "forward his cv",
    "forward their cv",
];

/// Steps that leave all the work to the other.
const VAGUE: &[&str] = &[
    "get in touch",
    "connect sometime",
    "stay in touch",
    "pick your brain",
    "chat sometime",
    "see what happens",
];

fn written<'a>(texts: &Texts<'a>) -> [(&'static str, &'a str); 9] {
    [
        ("shared", texts.shared),
        ("why_first", texts.why_first),
        ("why_second", texts.why_second),
        ("step", texts.step),
        ("first-blurb", texts.blurb_first),
        ("second-blurb", texts.blurb_second),
        ("first-known", texts.first_known),
        ("second-known", texts.second_known),
        ("second-described", texts.second_described),
    ]
}

fn too_long(field: &'static str, text: &str) -> Option<Lint> {
    let len = count(text);
    let number = |n: usize| Arg::Number(i64::try_from(n).unwrap_or(i64::MAX));
    let args = vec![("len", number(len)), ("max", number(WORDS_MAX))];
    (len > WORDS_MAX).then_some(Lint { code: "too-long", field, args })
}

fn phrase(field: &'static str, text: &str, code: &'static str, found: Option<&str>) -> Option<Lint> {
    let found = found?;
    debug_assert!(!text.is_empty());
    Some(Lint { code, field, args: vec![("found", Arg::Text(found.to_owned()))] })
}

/// Something a template left to be filled in.
fn placeholder(text: &str) -> Option<&str> {
    bracketed(text, '[', ']')
        .or_else(|| bracketed(text, '{', '}'))
        .or_else(|| bracketed(text, '<', '>'))
        .or_else(|| text.split(|c: char| !c.is_alphanumeric()).find(|word| is_stub(word)))
}

/// `[name]`, `{company}`, `{{ x }}`, `<role>`: few words in brackets, the first sign a letter. `[1]`,
/// `<3` and `{}` in a text about code are none.
fn bracketed(text: &str, open: char, close: char) -> Option<&str> {
    text.match_indices(open).find_map(|(start, _)| {
        let rest = text[start..].split_inclusive(close).next().filter(|rest| rest.ends_with(close))?;
        let inner = rest.trim_matches([open, close, ' ']);
        let short = inner.starts_with(char::is_alphabetic) && inner.split_whitespace().count() <= 4;
        (short && !inner.contains('\n')).then_some(rest)
    })
}

fn is_stub(word: &str) -> bool {
    matches!(word, "XX" | "XXX" | "XXXX" | "TODO" | "TBD" | "FIXME") || word.eq_ignore_ascii_case("lorem")
}

/// A word of the second person's name where the first person reads, though nobody named them.
fn names_second(texts: &Texts<'_>) -> Option<Lint> {
    let name = words(texts.second_name);
    let name: Vec<&str> = name.split(' ').filter(|word| word.chars().count() > 2).collect();
    let read_by_first =
        [("why_first", texts.why_first), ("step", texts.step), ("second-described", texts.second_described)]
            .into_iter()
            .chain([("second-known", texts.second_known), ("second-blurb", texts.blurb_second)]);
    read_by_first.into_iter().find_map(|(field, text)| {
        let found = words(text).split(' ').find(|word| name.contains(word))?.to_owned();
        Some(Lint { code: "names-second", field, args: vec![("found", Arg::Text(found))] })
    })
}

fn count(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count()
}

/// Lower-case words with one space between them: what phrases are looked up in.
fn words(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// The first of these phrases that stands in `words`, as whole words.
fn first_of(words: &str, phrases: &[&'static str]) -> Option<&'static str> {
    let padded = format!(" {words} ");
    phrases.iter().find(|phrase| padded.contains(&format!(" {phrase} "))).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Texts<'static> {
        Texts {
            fit: None,
            shared: "Grace wrote the compiler that our mill still runs on; Alan builds a team that needs one.",
            why_first: "The team is small and decides within a week.",
            why_second: "You told me that nobody applies who has read the manual. She wrote one.",
            step: "a call of twenty minutes next week",
            blurb_first: "Twelve years of compilers.",
            second_described: "a hiring manager I worked with",
            second_name: "Alan Turing",
            ..Texts::default()
        }
    }

    fn codes(texts: &Texts<'_>) -> Vec<(&'static str, &'static str)> {
        lint(texts).into_iter().map(|lint| (lint.code, lint.field)).collect()
    }

    #[test]
    fn a_good_draft_needs_no_advice() {
        assert_eq!(codes(&good()), []);
    }

    #[test]
    fn the_121st_word_is_one_too_many() {
        let (most, more) = ("word ".repeat(120), "word ".repeat(121));
        assert_eq!(codes(&Texts { shared: &most, ..good() }), []);
        let found = lint(&Texts { shared: &more, ..good() });
        assert_eq!(found[0].code, "too-long");
        assert_eq!(found[0].args, [("len", Arg::Number(121)), ("max", Arg::Number(120))]);
    }

    #[test]
    fn the_second_person_must_get_something() {
        for why in ["", "  ", "You will like her.", "- - - - - -"] {
            assert_eq!(codes(&Texts { why_second: why, ..good() }), [("nothing-for-second", "why_second")]);
        }
        assert_eq!(codes(&Texts { why_second: "She can fix your mill.", ..good() }), []);
    }

    #[test]
    fn placeholders_are_found_and_brackets_of_people_are_not() {
        let left = [
            "Dear [name], hi",
            "at {company}",
            "{{ first.name }} is",
            "<your role>",
            "XXX will",
            "TODO",
            "Lorem ipsum",
        ];
        for text in left {
            assert_eq!(codes(&Texts { shared: text, ..good() }), [("placeholder", "shared")], "{text}");
        }
        for text in [
            "see [1]",
            "I <3 maths",
            "f(x) {}",
            "a [long aside that somebody wrote in square brackets]",
            "size XL",
            "a todo list",
        ] {
            assert_eq!(codes(&Texts { shared: text, ..good() }), [], "{text}");
        }
    }

    #[test]
    fn a_step_must_be_something_one_can_do() {
        for step in ["", "a chat", "Please get in touch!", "stay in touch with each other"] {
            assert_eq!(codes(&Texts { step, ..good() }), [("no-step", "step")], "{step}");
        }
        assert_eq!(codes(&Texts { step: "lunch on Tuesday", ..good() }), []);
    }

    #[test]
    fn nobody_wants_their_brain_picked() {
        assert_eq!(
            codes(&Texts { shared: "to Pick your\nbrain, really", ..good() }),
            [("pick-your-brain", "shared")]
        );
        assert_eq!(codes(&Texts { shared: "she works on the brain; pick your time", ..good() }), []);
    }

    #[test]
    fn a_job_is_not_asked_for_outright() {
        for text in ["Could you hire her?", "Please pass on her CV.", "can you find them a job"] {
            let why = format!("{text} It would help you too.");
            assert_eq!(
                codes(&Texts { why_second: &why, ..good() }),
                [("asks-for-job", "why_second")],
                "{text}"
            );
        }
        for text in
            ["You said you hire heroes only, and she is one.", "She likes her job and knows yours well."]
        {
            assert_eq!(codes(&Texts { why_second: text, ..good() }), [], "{text}");
        }
    }

    #[test]
    fn who_is_not_named_is_not_named_anywhere_the_first_can_read() {
        let texts = Texts { why_first: "Turing's team is small.", ..good() };
        assert_eq!(codes(&texts), [("names-second", "why_first")]);
        assert_eq!(codes(&Texts { second_named: true, ..texts }), []);
        assert_eq!(codes(&Texts { why_first: "The alanine team is small.", ..good() }), []);
    }

    #[test]
    fn the_same_employer_needs_the_tick() {
        let texts = Texts { same_employer: true, ..good() };
        assert_eq!(codes(&texts), [("same-employer", "coworker")]);
        assert_eq!(codes(&Texts { coworker_confirmed: true, ..texts }), []);
        assert_eq!(codes(&Texts { fit: Some(" "), ..good() }), [("no-fit", "fit")]);
        assert_eq!(codes(&Texts { fit: Some("She knows mills."), ..good() }), []);
    }
}
