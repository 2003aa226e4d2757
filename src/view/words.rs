//! The catalogue of shared words: one Fluent file per language.

use std::borrow::Cow;
use std::collections::BTreeSet;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use super::ViewError;
use super::sources::Source;
use crate::domain;

/// A value inside a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg<'a> {
    Text(Cow<'a, str>),
    Number(i64),
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Arg<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<i64> for Arg<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl<'a> From<&'a domain::problem::Arg> for Arg<'a> {
    fn from(arg: &'a domain::problem::Arg) -> Self {
        match arg {
            domain::problem::Arg::Text(text) => Self::from(text.as_str()),
            domain::problem::Arg::Number(number) => Self::Number(*number),
        }
    }
}

/// The words of one language.
pub(super) struct Words {
    bundle: FluentBundle<FluentResource>,
    keys: BTreeSet<String>,
}

impl Words {
    /// Parses the catalogue; `own` replaces single words of it.
    pub fn build(lang: &str, catalogue: &Source, own: Option<&Source>) -> Result<Self, ViewError> {
        let id = lang.parse().map_err(|_| ViewError::new(lang, "the folder is not named like a language"))?;
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Otherwise U+2068 and U+2069 surround every value, also in subjects and links.
        bundle.set_use_isolating(false);
        let keys = keys(&catalogue.text);
        bundle.add_resource(parse(catalogue)?).map_err(|_| twice(catalogue))?;
        if let Some(own) = own {
            if let Some(unknown) = self::keys(&own.text).difference(&keys).next() {
                let sentence = format!("there is no word `{unknown}` to replace");
                return Err(ViewError::new(&own.origin, sentence).at(line_of_key(&own.text, unknown)));
            }
            bundle.add_resource_overriding(parse(own)?);
        }
        Ok(Self { bundle, keys })
    }

    pub fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    pub fn keys(&self) -> &BTreeSet<String> {
        &self.keys
    }

    /// The sentence, or what is wrong with the request for it.
    pub fn say(&self, key: &str, args: &[(&str, Arg<'_>)]) -> Result<String, String> {
        let pattern = self.bundle.get_message(key).and_then(|message| message.value());
        let pattern = pattern.ok_or_else(|| format!("there is no word `{key}` in the catalogue"))?;
        let mut values = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            let value = match value {
                Arg::Text(text) => FluentValue::String(Cow::Borrowed(text.as_ref())),
                Arg::Number(number) => FluentValue::from(*number),
            };
            values.set(*name, value);
        }
        let mut errors = Vec::new();
        let said = self.bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned();
        match errors.first() {
            None => Ok(said),
            Some(error) => Err(format!("the word `{key}`: {error}")),
        }
    }
}

fn parse(source: &Source) -> Result<FluentResource, ViewError> {
    FluentResource::try_new(source.text.clone()).map_err(|(_, errors)| match errors.first() {
        Some(error) => {
            ViewError::new(&source.origin, error.to_string()).at(line_at(&source.text, error.pos.start))
        }
        None => ViewError::new(&source.origin, "the catalogue cannot be read"),
    })
}

fn twice(source: &Source) -> ViewError {
    let mut seen = BTreeSet::new();
    let double = source.text.lines().enumerate().find_map(|(nth, line)| {
        let key = key_of(line)?;
        (!seen.insert(key)).then_some((nth + 1, key))
    });
    match double {
        Some((line, key)) => {
            ViewError::new(&source.origin, format!("the word `{key}` stands here twice")).at(line)
        }
        None => ViewError::new(&source.origin, "a word stands here twice"),
    }
}

fn keys(text: &str) -> BTreeSet<String> {
    text.lines().filter_map(key_of).map(str::to_owned).collect()
}

/// The message that starts on this line. Terms (`-x`), attributes and continuations are indented or marked.
fn key_of(line: &str) -> Option<&str> {
    let key = line.split_once('=')?.0.trim_end();
    let plain = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    plain.then_some(key)
}

fn line_of_key(text: &str, key: &str) -> usize {
    text.lines().position(|line| key_of(line) == Some(key)).map_or(1, |nth| nth + 1)
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
