//! The sentence for one field's problem.

use super::{Arg, Views};
use crate::domain::problem::Problem;

/// Names the field in the reader's language and says what is wrong with it.
#[must_use]
pub fn problem_sentence(views: &Views, lang: &str, problem: &Problem) -> String {
    let key = format!("field-{}", problem.field.replace('.', "-"));
    let field = if views.has_word(lang, &key) { views.words(lang, &key, &[]) } else { problem.field.clone() };
    let mut args: Vec<(&str, Arg<'_>)> = problem.args.iter().map(|(name, arg)| (*name, arg.into())).collect();
    args.push(("field", field.as_str().into()));
    views.words(lang, &format!("problem-{}", problem.code), &args)
}
