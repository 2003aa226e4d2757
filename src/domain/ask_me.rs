//! "Ask me": somebody asks a connector for an introduction. Confirmed through the link that their address got, it is
//! the first of the two yeses, for one introduction.

use super::address::EmailAddress;
use super::draft::BLURB_MAX;
use super::party::PersonKey;
use super::problem::{Problem, Problems};
use super::text;
use crate::clock::{Span, Ts};
use crate::ids::{AskMeId, ConnectorId, IntroductionId, LinkRef};

/// Characters of the end of a page's address.
pub const SLUG_MIN: usize = 3;
pub const SLUG_MAX: usize = 40;
/// Longest words of a connector on their page.
pub const WELCOME_MAX: usize = 600;
/// Longest wish.
pub const WISH_MAX: usize = 600;
/// An address that is not confirmed within this is forgotten.
pub const CONFIRM_WITHIN: Span = Span::days(3);
/// A request that led to nothing within this is forgotten.
pub const LIFE: Span = Span::days(90);
/// Requests of one address within a day, whomever they ask.
pub const PER_ADDRESS: i64 = 3;
/// Requests that may wait for a connector at once.
pub const WAITING_MAX: i64 = 50;
/// All their links have this generation.
pub const GENERATION: u8 = 1;

/// A connector's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskMePage {
    pub connector: ConnectorId,
    pub slug: String,
    pub welcome: String,
    pub is_open: bool,
}

/// The same, as typed.
#[derive(Clone, Debug, Default)]
pub struct RawPage {
    pub slug: String,
    pub welcome: String,
    pub is_open: bool,
}

impl RawPage {
    /// # Errors
    /// Every problem of every field at once.
    pub fn check(&self, connector: ConnectorId) -> Result<AskMePage, Problems> {
        let mut problems = Problems::default();
        let slug = problems.take(slug(&self.slug));
        let welcome = problems.take(text::paragraph("welcome", &self.welcome, WELCOME_MAX));
        let all = || Some(AskMePage { connector, slug: slug?, welcome: welcome?, is_open: self.is_open });
        all().ok_or(problems)
    }
}

fn slug(raw: &str) -> Result<String, Problem> {
    let slug = raw.trim().to_lowercase();
    let plain = slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !plain || slug.starts_with('-') || slug.ends_with('-') {
        return Err(Problem::new("slug", "slug-characters"));
    }
    if !(SLUG_MIN..=SLUG_MAX).contains(&slug.len()) {
        return Err(Problem::new("slug", "out-of-range").number("min", SLUG_MIN).number("max", SLUG_MAX));
    }
    Ok(slug)
}

/// An address end that a name suggests: its letters and digits, with hyphens between words.
#[must_use]
pub fn suggested_slug(name: &str) -> String {
    let words = super::name_words::words(name);
    let plain =
        words.join("-").chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect::<String>();
    plain.trim_matches('-').chars().take(SLUG_MAX).collect()
}

/// A request for an introduction.
#[derive(Clone)]
pub struct Request {
    pub id: AskMeId,
    pub connector: ConnectorId,
    pub link: LinkRef,
    pub person: PersonKey,
    pub name: String,
    pub email: EmailAddress,
    pub language: String,
    /// Whom they would like to meet.
    pub wish: String,
    /// What may be said of them: the text about them in the introduction.
    pub about: String,
    pub created_at: Ts,
    pub confirmed: Option<Confirmed>,
    pub settled_at: Option<Ts>,
    pub used_by: Option<IntroductionId>,
}

/// Their yes.
#[derive(Clone, PartialEq, Eq)]
pub struct Confirmed {
    pub at: Ts,
    /// The page lay open since then.
    pub opened_at: Ts,
    /// The words that stood on it.
    pub shown: String,
}

impl Request {
    /// It still counts as a yes: confirmed, not used yet, and not too old.
    #[must_use]
    pub fn counts(&self, now: Ts) -> bool {
        self.used_by.is_none() && self.confirmed.as_ref().is_some_and(|yes| yes.at + LIFE > now)
    }
}

/// A request as typed.
#[derive(Clone, Debug, Default)]
pub struct RawRequest {
    pub name: String,
    pub email: String,
    pub wish: String,
    pub about: String,
}

/// The same, checked: name, address, wish, and what may be said of them.
pub type Checked = (String, EmailAddress, String, String);

impl RawRequest {
    /// # Errors
    /// Every problem of every field at once.
    pub fn check(&self) -> Result<Checked, Problems> {
        let mut problems = Problems::default();
        let name = problems.take(text::person_name("name", &self.name));
        let email = problems.take(EmailAddress::typed("email", &self.email));
        let wish = problems.take(text::required_paragraph("wish", &self.wish, WISH_MAX));
        let about = problems.take(text::required_paragraph("about", &self.about, BLURB_MAX));
        let all = || Some((name?, email?, wish?, about?));
        all().ok_or(problems)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_address_has_letters_digits_and_hyphens() {
        assert_eq!(slug(" Lena-Brandt2 ").unwrap(), "lena-brandt2");
        for bad in ["", "ab", "-lena", "lena-", "le na", "lena/x", "léna", &"x".repeat(41)] {
            assert!(slug(bad).is_err(), "{bad}");
        }
        assert_eq!(suggested_slug("Zoë O'Neill"), "zoe-o-neill");
        assert_eq!(suggested_slug("王"), "");
    }

    #[test]
    fn a_request_without_words_is_none() {
        let raw = RawRequest { name: "Sam".into(), email: "sam@example.org".into(), ..RawRequest::default() };
        assert_eq!(raw.check().err().map(|problems| problems.0.len()), Some(2));
    }
}
