//! A person in a connector's address book.

use serde::{Deserialize, Serialize};

use super::address::EmailAddress;
use super::facets::{Facets, RawFacets};
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
    /// Unknown for some: a list from elsewhere often has names alone. Who is asked needs one.
    pub email: Option<EmailAddress>,
    /// How they may be described without a name, e.g. "a hiring manager I worked with".
    pub described: String,
    pub employer: String,
    /// How the connector knows them.
    pub how_known: String,
    /// Private to the connector.
    pub notes: String,
    /// Language of the mails to them, e.g. `en`.
    pub language: String,
    pub facets: Facets,
}

impl ContactFacts {
    /// The address as text, empty when it is unknown.
    #[must_use]
    pub fn address(&self) -> &str {
        self.email.as_ref().map_or("", EmailAddress::as_str)
    }

    /// The name as lists sort it: without case and accents. Never empty.
    #[must_use]
    pub fn sort_key(&self) -> String {
        let key = name_words::words(&self.name).join(" ");
        if key.is_empty() { self.name.to_lowercase() } else { key }
    }

    /// What a search finds this contact by: name, employer, description, the parts of the address, and what they
    /// do and where.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let Facets { role, field, place, .. } = &self.facets;
        let texts = [self.name.as_str(), &self.employer, &self.described, self.address(), role, field, place];
        let mut words: Vec<String> = texts.into_iter().flat_map(name_words::words).collect();
        words.sort();
        words.dedup();
        words
    }
}

/// The same, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RawContact {
    pub name: String,
    pub email: String,
    pub described: String,
    pub employer: String,
    pub how_known: String,
    pub notes: String,
    pub language: String,
    pub facets: RawFacets,
}

impl From<ContactFacts> for RawContact {
    fn from(of: ContactFacts) -> Self {
        Self {
            email: of.address().to_owned(),
            name: of.name,
            described: of.described,
            employer: of.employer,
            how_known: of.how_known,
            notes: of.notes,
            language: of.language,
            facets: of.facets.into(),
        }
    }
}

impl RawContact {
    /// # Errors
    /// Every problem of every field at once.
    pub fn check(&self, languages: &[String]) -> Result<ContactFacts, Problems> {
        let mut problems = Problems::default();
        let name = problems.take(text::person_name("name", &self.name));
        let email = match self.email.trim() {
            "" => Some(None),
            typed => problems.take(EmailAddress::typed("email", typed).map(Some)),
        };
        let described = problems.take(text::line("described", &self.described, LINE_MAX));
        let employer = problems.take(text::line("employer", &self.employer, LINE_MAX));
        let how_known = problems.take(text::line("how_known", &self.how_known, LINE_MAX));
        let notes = problems.take(text::paragraph("notes", &self.notes, NOTES_MAX));
        let language = problems.take(language("language", &self.language, languages));
        let facets = self.facets.check(&mut problems);
        let all = || {
            Some(ContactFacts {
                name: name?,
                email: email?,
                described: described?,
                employer: employer?,
                how_known: how_known?,
                notes: notes?,
                language: language?,
                facets: facets?,
            })
        };
        all().ok_or(problems)
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
