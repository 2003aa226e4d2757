//! What a connector knows of a contact's place in the network: where they stand, what they do, what they look for
//! and what they would gladly give.

use serde::{Deserialize, Serialize};

use super::circle::Circle;
use super::problem::{Problem, Problems};
use super::text;

/// Longest line of what somebody does.
pub const LINE_MAX: usize = 120;
/// Longest wish or offer.
pub const WISH_MAX: usize = 400;

/// All of it may be unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    pub circle: Option<Circle>,
    /// Not to be introduced to anybody, and never suggested.
    pub left_out: bool,
    /// What they do, e.g. "product designer".
    pub role: String,
    /// In which field, e.g. "health care".
    pub field: String,
    pub place: String,
    /// Languages, separated by commas.
    pub speaks: String,
    /// What they look for; empty when they look for nothing.
    pub looking_for: String,
    /// What they would gladly help with.
    pub can_help: String,
}

/// The same, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RawFacets {
    pub circle: String,
    pub left_out: bool,
    pub role: String,
    pub field: String,
    pub place: String,
    pub speaks: String,
    pub looking_for: String,
    pub can_help: String,
}

impl RawFacets {
    /// Notes every problem in `problems`; `None` when there was one.
    pub fn check(&self, problems: &mut Problems) -> Option<Facets> {
        let circle = problems.take(circle(&self.circle));
        let role = problems.take(text::line("role", &self.role, LINE_MAX));
        let field = problems.take(text::line("field", &self.field, LINE_MAX));
        let place = problems.take(text::line("place", &self.place, LINE_MAX));
        let speaks = problems.take(text::line("speaks", &self.speaks, LINE_MAX));
        let looking_for = problems.take(text::line("looking_for", &self.looking_for, WISH_MAX));
        let can_help = problems.take(text::line("can_help", &self.can_help, WISH_MAX));
        Some(Facets {
            circle: circle?,
            left_out: self.left_out,
            role: role?,
            field: field?,
            place: place?,
            speaks: speaks?,
            looking_for: looking_for?,
            can_help: can_help?,
        })
    }
}

impl From<Facets> for RawFacets {
    fn from(of: Facets) -> Self {
        Self {
            circle: of.circle.map_or_else(String::new, |circle| circle.as_str().to_owned()),
            left_out: of.left_out,
            role: of.role,
            field: of.field,
            place: of.place,
            speaks: of.speaks,
            looking_for: of.looking_for,
            can_help: of.can_help,
        }
    }
}

/// One of the circles; empty is none.
fn circle(raw: &str) -> Result<Option<Circle>, Problem> {
    if raw.trim().is_empty() {
        return Ok(None);
    }
    super::draft::word("circle", raw.trim(), Circle::parse, Circle::ALL, Circle::as_str).map(Some)
}
