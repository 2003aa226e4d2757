//! Gratitude: what parties tell their connector afterwards, and whom the connector has thanked.

use super::asking::Side;
use super::introduction::Introduction;
use super::problem::Problem;
use super::text;
use crate::clock::Ts;
use crate::ids::IntroductionId;

/// Longest message of a party to the connector, in characters.
pub const WORDS_MAX: usize = 600;

/// What a party told the connector.
#[derive(Clone, PartialEq, Eq)]
pub struct Words {
    pub introduction: IntroductionId,
    /// Who says it.
    pub side: Side,
    pub text: String,
    pub said_at: Ts,
    /// When the connector had read it.
    pub read_at: Option<Ts>,
}

/// An introduction for which somebody deserves the connector's thanks.
#[derive(Clone)]
pub struct Thanks {
    pub introduction: Introduction,
    pub since: Ts,
    /// When the connector had said them.
    pub given_at: Option<Ts>,
}

/// Words as typed, cleaned.
///
/// # Errors
/// A problem with the field `words` when nothing is said, too much, or with characters that hide something.
pub fn words(raw: &str) -> Result<String, Problem> {
    text::required_paragraph("words", raw, WORDS_MAX)
}
