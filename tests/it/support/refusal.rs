//! What an ask that was refused tells.

use twoyes::domain::introduction::Introduction;
use twoyes::domain::problem::Arg;
use twoyes::flow::ask::AskError;
use twoyes::web::error::WebError;

/// What a refusal says to the connector: its code and the values in its sentence.
pub fn said(asked: Result<Introduction, AskError>) -> String {
    let Err(error) = asked else { return "asked".into() };
    let error = WebError::from(error);
    let value = |arg: &Arg| match arg {
        Arg::Number(number) => number.to_string(),
        Arg::Text(text) => text.clone(),
    };
    let args = error.args.iter().map(|(name, arg)| format!(" {name}={}", value(arg)));
    std::iter::once(error.code.to_owned()).chain(args).collect()
}
