//! One language: its compiled templates and its words.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use tera::{Context, Tera};

use super::sources::{Source, Sources, WORDS};
use super::words::{Arg, Words};
use super::{RenderedMail, Site, ViewError, defang, filters, layout};

#[derive(Clone)]
pub(super) struct Engine {
    lang: String,
    tera: Tera,
    words: Arc<Words>,
    /// Template name to the path an error names.
    origins: Arc<BTreeMap<String, String>>,
}

impl Engine {
    /// Compiles all files of one language. Rendering the samples is the caller's next step.
    pub fn build(lang: &str, sources: Sources) -> Result<Self, ViewError> {
        let Sources { mut files, own_words } = sources;
        let catalogue = files.remove(WORDS).ok_or_else(|| {
            ViewError::new(format!("{lang}/{WORDS}"), "this file of the language is missing")
        })?;
        let words = Arc::new(Words::build(lang, &catalogue, own_words.as_ref())?);
        for source in files.values() {
            check_source(source, &words)?;
        }
        let mut tera = Tera::default();
        filters::register(&mut tera, &words);
        let origins = files.iter().map(|(name, source)| (name.clone(), source.origin.clone())).collect();
        let mut engine = Self { lang: lang.to_owned(), tera, words, origins: Arc::new(origins) };
        let templates = files.iter().map(|(name, source)| (name.as_str(), source.text.as_str()));
        let added = engine.tera.add_raw_templates(templates);
        added.map_err(|error| engine.fault(&error, lang))?;
        Ok(engine)
    }

    pub fn set_site(&mut self, site: &Site) {
        self.tera.global_context().insert("site", site);
    }

    /// The three files of a mail. Free text is defanged before any template sees it.
    pub fn mail<M: Serialize>(&self, file: &str, mail: &M) -> Result<RenderedMail, ViewError> {
        let fault = |error: &dyn std::fmt::Display| ViewError::new(file, error.to_string());
        let mut values = serde_json::to_value(mail).map_err(|error| fault(&error))?;
        defang::values(&mut values);
        let context = self.context(&values, file)?;
        let subject = layout::single_line(&self.render(&format!("{file}.subject"), &context)?);
        let text = layout::text(&self.render(&format!("{file}.txt"), &context)?);
        let html = without_blank_lines(&self.render(&format!("{file}.html"), &context)?);
        if subject.is_empty() || text.trim().is_empty() || html.is_empty() {
            return Err(fault(&"subject, text and HTML must not be empty"));
        }
        Ok(RenderedMail { subject, text, html })
    }

    pub fn page<P: Serialize>(&self, file: &str, page: &P) -> Result<String, ViewError> {
        let context = self.context(page, file)?;
        self.render(file, &context)
    }

    pub fn words(&self, key: &str, args: &[(&str, Arg<'_>)]) -> Result<String, String> {
        self.words.say(key, args)
    }

    pub fn has_word(&self, key: &str) -> bool {
        self.words.has(key)
    }

    /// A word that the other language has and this one lacks.
    pub fn missing_word(&self, other: &Self) -> Option<String> {
        other.words.keys().difference(self.words.keys()).next().cloned()
    }

    fn context<T: Serialize>(&self, values: &T, file: &str) -> Result<Context, ViewError> {
        let mut context = Context::from_serialize(values).map_err(|error| self.fault(&error, file))?;
        context.insert("lang", &self.lang);
        Ok(context)
    }

    fn render(&self, file: &str, context: &Context) -> Result<String, ViewError> {
        self.tera.render(file, context).map_err(|error| self.fault(&error, file))
    }

    fn fault(&self, error: &tera::Error, asked: &str) -> ViewError {
        let mut fault = ViewError::from_tera(error, asked);
        if let Some(origin) = self.origins.get(&fault.file) {
            fault.file.clone_from(origin);
        }
        fault
    }
}

/// What rendering samples cannot find: words in a branch that no sample takes, and the way around escaping.
fn check_source(source: &Source, words: &Words) -> Result<(), ViewError> {
    let text = source.text.as_str();
    let fault = |at: usize, sentence: String| {
        ViewError::new(&source.origin, sentence).at(text[..at].matches('\n').count() + 1)
    };
    let filters = text.match_indices('|').chain(text.match_indices("filter "));
    for (at, before) in filters {
        let name = text[at + before.len()..].trim_start();
        if name.split(|c: char| !c.is_alphanumeric() && c != '_').next() == Some("safe") {
            return Err(fault(at, "the filter `safe` would let people's text become markup".into()));
        }
    }
    for (at, call) in text.match_indices("t(key=\"") {
        let Some((key, behind)) = text[at + call.len()..].split_once('"') else { continue };
        // A key that is put together at run time (`"answer-" ~ answer`) is left to the samples.
        let whole = behind.trim_start().starts_with([',', ')']);
        if whole && !words.has(key) {
            return Err(fault(at, format!("there is no word `{key}` in the catalogue")));
        }
    }
    Ok(())
}

/// Conditions leave blank lines behind; mail readers are not helped by them.
fn without_blank_lines(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    for line in html.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()) {
        out.push_str(line);
        out.push('\n');
    }
    out
}
