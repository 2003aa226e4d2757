//! The lists of templates, so that the start-up check and the tests miss none.

use super::{Mail, Page, RenderedMail, ViewError, Views};

/// A registered mail.
#[derive(Clone, Copy)]
pub struct MailEntry {
    pub kind: &'static str,
    /// Its files below the language folder, without suffix, each once.
    pub files: fn() -> Vec<String>,
    /// Every sample, rendered.
    pub render_samples: fn(&Views, &str) -> Result<Vec<RenderedMail>, ViewError>,
}

/// A registered page.
#[derive(Clone, Copy)]
pub struct PageEntry {
    /// Its file below the language folder.
    pub file: &'static str,
    /// Every sample, rendered.
    pub render_samples: fn(&Views, &str) -> Result<Vec<String>, ViewError>,
}

/// The entry of one mail in [`super::mails::MAILS`].
pub(crate) const fn mail<M: Mail>() -> MailEntry {
    MailEntry { kind: M::KIND, files: mail_files::<M>, render_samples: mail_samples::<M> }
}

/// The entry of one page in the list of its family below [`super::pages`].
pub(crate) const fn page<P: Page>() -> PageEntry {
    PageEntry { file: P::FILE, render_samples: page_samples::<P> }
}

fn mail_files<M: Mail>() -> Vec<String> {
    let mut files: Vec<String> =
        M::samples().iter().map(|sample| format!("mail/{}/{}", sample.folder(), M::KIND)).collect();
    files.sort();
    files.dedup();
    files
}

fn mail_samples<M: Mail>(views: &Views, lang: &str) -> Result<Vec<RenderedMail>, ViewError> {
    M::samples().iter().map(|sample| views.mail(lang, sample)).collect()
}

fn page_samples<P: Page>(views: &Views, lang: &str) -> Result<Vec<String>, ViewError> {
    P::samples().iter().map(|sample| views.page(lang, sample)).collect()
}
