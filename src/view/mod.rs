//! What people read: every mail and every page, and the words in them.
//!
//! The only module that knows the template engine and the catalogue of words. A template is a struct
//! (its fields are all the template may use) and files below `templates/<lang>/`:
//!
//! * a [`Mail`] is `mail/<folder>/<KIND>.subject`, `.txt` and `.html`;
//! * a [`Page`] is `pages/<FILE>.html`.
//!
//! To add one: write the struct with its samples, the file(s), and one line in the list
//! [`mails::MAILS`] or the `PAGES` of its family below [`pages`]. [`Views::check`] then renders it with every sample in every
//! language, and who serves refuses to when one fails.

mod defang;
mod engine;
mod error;
mod filters;
mod layout;
pub mod mails;
mod memo;
pub mod pages;
mod problems;
mod readable;
mod registry;
mod sources;
mod words;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

pub use defang::defang;
use engine::Engine;
pub use error::ViewError;
use memo::Memo;
pub use problems::problem_sentence;
pub use registry::{MailEntry, PageEntry};
pub use words::Arg;

/// The language that is always there, complete, and stands in for unknown ones.
pub const FALLBACK: &str = "en";

/// Marks a place in a rendered mail that is filled in when it leaves (a signed link). It cannot be
/// typed into any field, and a line that holds it is never wrapped, escaped or defanged.
pub const MARK: char = '\u{1}';

/// A mail of the service: the fields are what its three files may use.
///
/// Strings are free text of people unless their key says that the service wrote them (`links`, `link`,
/// `address` and the others of `defang.rs`); links in them are shown in a form that no mail program
/// makes clickable.
pub trait Mail: Serialize + Sized {
    /// The name of its files, e.g. `ask_first`.
    const KIND: &'static str;

    /// The folder below `mail/` that holds them: `shared`, or the purpose.
    fn folder(&self) -> &'static str {
        "shared"
    }

    /// Values that together take every branch of the template: each optional field with and without.
    fn samples() -> Vec<Self>;
}

/// A page of the service.
pub trait Page: Serialize + Sized {
    /// Its file below `pages/`, without `.html`, e.g. `consent/choose`.
    const FILE: &'static str;

    /// Values that together take every branch of the template.
    fn samples() -> Vec<Self>;
}

/// A mail ready to be composed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedMail {
    /// One line, no control characters.
    pub subject: String,
    /// Lines of at most 78 characters, except lines with a link; LF.
    pub text: String,
    pub html: String,
}

/// Who runs this instance; every template sees it as `site`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Site {
    /// How the service is named in mails and pages, e.g. `intro.example.org`.
    pub name: String,
    /// The person or organisation responsible for it. May be empty.
    pub operator: String,
    /// Their postal address in one line, where the law wants one. May be empty.
    pub postal_address: String,
}

impl Site {
    fn sample() -> Self {
        Self {
            name: "intro.example.org".into(),
            operator: "Analytical Society".into(),
            postal_address: "12 Mill Lane, London".into(),
        }
    }
}

/// All templates and words, compiled and checked. A clone is the same ones again.
#[derive(Clone)]
pub struct Views {
    languages: Arc<BTreeMap<String, Engine>>,
    memo: Option<Memo<RenderedMail>>,
}

impl Views {
    /// Compiles the templates in the binary, with the files of `override_dir` in place of those of
    /// the same relative path, and renders every template with every sample in every language, with an operator's
    /// name and without.
    /// A folder of a new language in `override_dir` adds that language, if it is complete.
    ///
    /// # Errors
    /// The first fault, with file, line and a sentence: syntax, unknown variable, word or file.
    pub fn load(override_dir: Option<&Path>) -> Result<Self, ViewError> {
        let views = Self::compile(override_dir)?;
        views.check()?;
        views.clone().for_site(&Site { name: Site::sample().name, ..Site::default() }).check()?;
        Ok(views)
    }

    /// The same without rendering the samples, which takes most of the time: for commands that serve nobody.
    ///
    /// # Errors
    /// As [`Views::load`], but for what only shows when a template is rendered.
    pub fn compile(override_dir: Option<&Path>) -> Result<Self, ViewError> {
        let languages = sources::gather(override_dir)?
            .into_iter()
            .map(|(lang, sources)| Ok((lang.clone(), Engine::build(&lang, sources)?)))
            .collect::<Result<_, ViewError>>()?;
        Ok(Self { languages: Arc::new(languages), memo: None }.for_site(&Site::sample()))
    }

    /// The same, which remember the mails that they made: for somebody who makes them twice.
    #[must_use]
    pub fn remembering(&self) -> Self {
        Self { memo: Some(Memo::default()), ..self.clone() }
    }

    /// The same templates, telling who runs this instance. Until it is called a sample stands there.
    #[must_use]
    pub fn for_site(mut self, site: &Site) -> Self {
        for engine in Arc::make_mut(&mut self.languages).values_mut() {
            engine.set_site(site);
        }
        self
    }

    /// Renders a mail in the language of its reader.
    ///
    /// # Errors
    /// A template that fails with these values; the samples exist to make that a fault at start-up.
    pub fn mail<M: Mail>(&self, lang: &str, mail: &M) -> Result<RenderedMail, ViewError> {
        let file = format!("mail/{}/{}", mail.folder(), M::KIND);
        let make = || self.engine(lang)?.mail(&file, mail);
        match &self.memo {
            Some(mails) => mails.text((lang, &file), mail, make),
            None => make(),
        }
    }

    /// Renders a page in the language of its reader.
    ///
    /// # Errors
    /// As for [`Views::mail`].
    pub fn page<P: Page>(&self, lang: &str, page: &P) -> Result<String, ViewError> {
        self.engine(lang)?.page(&format!("pages/{}.html", P::FILE), page)
    }

    /// The words of a page as a person reads them, for the record: no markup, no links, nothing typed.
    ///
    /// # Errors
    /// As for [`Views::mail`].
    pub fn page_words<P: Page>(&self, lang: &str, page: &P) -> Result<String, ViewError> {
        Ok(readable::words(&self.page(lang, page)?))
    }

    /// A sentence of the catalogue. An unknown key comes back as itself: a strange word on a page is
    /// better than no page.
    pub fn words(&self, lang: &str, key: &str, args: &[(&str, Arg<'_>)]) -> String {
        let said = self.engine(lang).ok().and_then(|engine| engine.words(key, args).ok());
        said.unwrap_or_else(|| key.to_owned())
    }

    /// Whether the catalogue knows `key`.
    pub fn has_word(&self, lang: &str, key: &str) -> bool {
        self.engine(lang).is_ok_and(|engine| engine.has_word(key))
    }

    /// The languages that mails and pages can be read in, e.g. `en`.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.keys().map(String::as_str)
    }

    /// The language closest to what someone asked for: itself, its base (`de` for `de-AT`), English.
    pub fn closest(&self, wanted: &str) -> &str {
        let base = wanted.split(['-', '_']).next().unwrap_or_default();
        let known = |lang: &str| self.languages.get_key_value(lang).map(|(known, _)| known.as_str());
        known(wanted).or_else(|| known(base)).unwrap_or(FALLBACK)
    }

    fn engine(&self, lang: &str) -> Result<&Engine, ViewError> {
        let lang = self.closest(lang);
        self.languages
            .get(lang)
            .ok_or_else(|| ViewError::new(lang, "there are no templates in this language"))
    }

    /// Renders every template with every sample in every language, as people will see them here.
    ///
    /// # Errors
    /// The first that does not render.
    pub fn check(&self) -> Result<(), ViewError> {
        let english = self.engine(FALLBACK)?;
        for (lang, engine) in self.languages.iter() {
            if let Some(missing) = engine.missing_word(english) {
                return Err(ViewError::new(
                    format!("{lang}/{}", sources::WORDS),
                    format!("the word `{missing}` is missing"),
                ));
            }
            for entry in mails::MAILS {
                (entry.render_samples)(self, lang)?;
            }
            for entry in pages::all() {
                (entry.render_samples)(self, lang)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
