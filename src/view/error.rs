//! What is wrong with a template, so that an operator finds the place at once.

use thiserror::Error;

/// A fault in a template or in the catalogue of words.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}{}: {sentence}", line.map(|n| format!(", line {n}")).unwrap_or_default())]
pub struct ViewError {
    /// The file, relative to the templates folder, or the full path of an overriding one.
    pub file: String,
    /// 1-based, where it is known.
    pub line: Option<usize>,
    pub sentence: String,
}

impl ViewError {
    pub(crate) fn new(file: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, sentence: sentence.into() }
    }

    pub(crate) fn at(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }

    /// Takes file and line out of the engine's report; `asked` stands in where it has none.
    pub(crate) fn from_tera(error: &tera::Error, asked: &str) -> Self {
        use tera::ErrorKind::{RenderingError, SyntaxError};
        let (SyntaxError(report) | RenderingError(report)) = error.kind() else {
            return Self::from_report(&error.to_string(), asked);
        };
        let cause = std::error::Error::source(error).map(|cause| format!(" ({cause})")).unwrap_or_default();
        let sentence = format!("{}{cause}", report.message());
        let file = if report.filename().is_empty() { asked } else { report.filename() };
        Self::new(file, sentence).at(report.span().start_line)
    }

    /// Unknown filters and includes come as a printed report: `error: what` and ` --> file:line:column`.
    fn from_report(report: &str, asked: &str) -> Self {
        let sentence = report.lines().next().unwrap_or_default();
        let sentence = sentence.strip_prefix("error: ").unwrap_or(sentence);
        let place = report.lines().find_map(|line| line.trim_start().strip_prefix("--> "));
        let mut parts = place.unwrap_or_default().rsplitn(3, ':');
        let (_, line, file) = (parts.next(), parts.next(), parts.next());
        match (line.and_then(|line| line.parse().ok()), file) {
            (Some(line), Some(file)) => Self::new(file, sentence).at(line),
            _ => Self::new(asked, report.trim()),
        }
    }
}
