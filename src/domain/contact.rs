//! A person in a connector's address book.

use super::address::EmailAddress;
use super::name_words;
use super::problem::{Problem, Problems};
use super::text;
use crate::clock::Ts;
use crate::ids::{ConnectorId, ContactId};

/// Longest one-line fact about a contact.
pub const LINE_MAX: usize = 120;
/// Longest private note on a contact.
pub const NOTES_MAX: usize = 2_000;

#[derive(Clone, Debug)]
pub struct Contact {
    pub id: ContactId,
    pub connector: ConnectorId,
    pub version: i64,
    pub facts: ContactFacts,
    pub created_at: Ts,
    pub updated_at: Ts,
}

/// What a connector knows about a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactFacts {
    pub name: String,
    pub email: EmailAddress,
    /// How they may be described without a name, e.g. "a hiring manager I worked with".
    pub described: String,
    pub employer: String,
    /// How the connector knows them.
    pub how_known: String,
    /// Private to the connector.
    pub notes: String,
    /// Language of the mails to them, e.g. `en`.
    pub language: String,
}

impl ContactFacts {
    /// The name as lists sort it: without case and accents. Never empty.
    #[must_use]
    pub fn sort_key(&self) -> String {
        let key = name_words::words(&self.name).join(" ");
        if key.is_empty() { self.name.to_lowercase() } else { key }
    }

    /// What a search finds this contact by: name, employer, description and the parts of the address.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let texts = [self.name.as_str(), &self.employer, &self.described, self.email.as_str()];
        let mut words: Vec<String> = texts.into_iter().flat_map(name_words::words).collect();
        words.sort();
        words.dedup();
        words
    }
}

/// The same, as typed.
#[derive(Clone, Debug, Default)]
pub struct RawContact {
    pub name: String,
    pub email: String,
    pub described: String,
    pub employer: String,
    pub how_known: String,
    pub notes: String,
    pub language: String,
}

impl RawContact {
    /// # Errors
    /// Every problem of every field at once.
    pub fn check(&self, languages: &[String]) -> Result<ContactFacts, Problems> {
        let mut problems = Problems::default();
        let name = problems.take(text::person_name("name", &self.name));
        let email = problems.take(EmailAddress::typed("email", &self.email));
        let described = problems.take(text::line("described", &self.described, LINE_MAX));
        let employer = problems.take(text::line("employer", &self.employer, LINE_MAX));
        let how_known = problems.take(text::line("how_known", &self.how_known, LINE_MAX));
        let notes = problems.take(text::paragraph("notes", &self.notes, NOTES_MAX));
        let language = problems.take(language("language", &self.language, languages));
        match (name, email, described, employer, how_known, notes, language) {
            (
                Some(name),
                Some(email),
                Some(described),
                Some(employer),
                Some(how_known),
                Some(notes),
                Some(language),
            ) => Ok(ContactFacts { name, email, described, employer, how_known, notes, language }),
            _ => Err(problems),
        }
    }
}

/// One of the instance's languages; empty means its first one.
pub fn language(field: &str, raw: &str, languages: &[String]) -> Result<String, Problem> {
    let raw = raw.trim();
    if raw.is_empty() {
        return Ok(languages.first().cloned().unwrap_or_else(|| "en".to_owned()));
    }
    if languages.iter().any(|language| language == raw) {
        return Ok(raw.to_owned());
    }
    Err(Problem::new(field, "unknown-value").text("allowed", languages.join(", ")))
}
