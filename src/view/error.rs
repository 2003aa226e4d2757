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
            return Self::new(asked, error.to_string());
        };
        let cause = std::error::Error::source(error).map(|cause| format!(" ({cause})")).unwrap_or_default();
        let sentence = format!("{}{cause}", report.message());
        let file = if report.filename().is_empty() { asked } else { report.filename() };
        Self::new(file, sentence).at(report.span().start_line)
    }
}
