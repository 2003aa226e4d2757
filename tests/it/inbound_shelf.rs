//! The collection of reports in tests/corpus/inbound, each in the form of another program.
//!
//! `{{sender}}` stands for the return path of a mail of ours, `{{stop}}` for the stop link in it.

use std::path::Path;

use twoyes::domain::report::{Meaning, Silent};

const FOLDER: &str = "tests/corpus/inbound";

/// One report, with what it has to be taken for.
pub struct Shape {
    pub name: String,
    pub expected: String,
    text: String,
}

impl Shape {
    /// About this mail, with the line ends of SMTP.
    pub fn about(&self, sender: &str, stop: &str) -> String {
        let text = self.text.replace("{{sender}}", sender).replace("{{stop}}", stop);
        text.replace('\n', "\r\n")
    }

    /// Whether anything would follow from it.
    pub fn has_weight(&self) -> bool {
        ["unreachable", "undelivered", "unwanted"].contains(&self.expected.as_str())
    }
}

/// All of them, by name. A file without an expectation fails, and an expectation without a file.
pub fn shapes() -> Vec<Shape> {
    let expected = read(&Path::new(FOLDER).join("EXPECTED"));
    let shapes: Vec<Shape> = expected
        .lines()
        .map(|line| {
            let (name, expected) = line.split_once(' ').unwrap();
            let text = read(&Path::new(FOLDER).join(format!("{name}.eml")));
            Shape { name: name.to_owned(), expected: expected.to_owned(), text }
        })
        .collect();
    let files = std::fs::read_dir(FOLDER).unwrap().count() - 1;
    assert_eq!(files, shapes.len(), "each file has a line in EXPECTED");
    shapes
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The word of EXPECTED for a meaning.
pub fn word(meaning: &Meaning) -> &'static str {
    match meaning {
        Meaning::Unreachable(_) => "unreachable",
        Meaning::Undelivered(_) => "undelivered",
        Meaning::Unwanted => "unwanted",
        Meaning::Nothing(Silent::Delayed) => "delayed",
        Meaning::Nothing(Silent::Arrived) => "arrived",
        Meaning::Nothing(Silent::AutoReply) => "auto_reply",
        Meaning::Nothing(Silent::OtherFeedback) => "other_feedback",
        Meaning::Nothing(Silent::Other) => "other",
    }
}
