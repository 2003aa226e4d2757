//! The pages that ask once more before something that cannot be undone at a click.

use axum::http::StatusCode;

use super::super::Form;
use crate::domain::problem::{Problem, Problems};
use crate::view::pages::Told;

/// How such a page is shown.
pub(super) struct Showing {
    pub status: StatusCode,
    pub told: Told,
    pub problems: Problems,
}

impl Showing {
    /// For the first time.
    pub(super) fn first() -> Self {
        Self { status: StatusCode::OK, told: Told::Nothing, problems: Problems::default() }
    }

    /// It lay open too long.
    pub(super) fn stale() -> Self {
        Self { told: Told::Stale, ..Self::refused(Problems::default()) }
    }

    pub(super) fn refused(problems: Problems) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, told: Told::Nothing, problems }
    }
}

/// Lets a form through whose button said yes, with nothing missing. The first button, which a robot takes,
/// says "later".
pub(super) fn sure(form: &Form, is_complete: bool, missing: (&str, &'static str)) -> Result<(), Showing> {
    if !form.problems.0.is_empty() {
        return Err(Showing::refused(form.problems.clone()));
    }
    if form.find("sure") == Some("") {
        return Err(Showing { told: Told::Later, ..Showing::first() });
    }
    if form.get("sure") == "yes" && is_complete {
        return Ok(());
    }
    let (field, code) = missing;
    Err(Showing::refused(Problems(vec![Problem::new(field, code)])))
}
