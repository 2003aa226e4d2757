//! A contact's own card: what of an address book its subject may see, correct, and let be passed on to people who look
//! for work.

use serde::{Deserialize, Serialize};

use super::address::EmailAddress;
use super::contact::{ContactFacts, LINE_MAX, RawContact};
use super::meet::terms::Terms;
use super::party::PersonKey;
use super::problem::{Problem, Problems};
use super::text;
use crate::clock::{Span, Ts};
use crate::ids::{ConnectorId, ContactId, LinkRef};

/// The same contact is asked again whether their card is right after this, at the earliest.
pub const ASK_AGAIN: Span = Span::days(180);
/// Questions about cards that a connector asks in a day: each of them is one person's own act.
pub const ASKS_PER_DAY: i64 = 20;
/// Longest wish how to be reached, in characters.
pub const REACH_MAX: usize = 200;
/// All links of cards have this generation: they are good for as long as the card.
pub const GENERATION: u8 = 1;

/// What a connector may ask a contact about their card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Is it right?
    Card,
    /// May you be passed on to people who look for work? Asked once.
    PassOn,
}

super::text_enum!(Question { Card = "card", PassOn = "pass_on" });

/// How a card stands.
#[derive(Clone)]
pub struct OwnCard {
    pub contact: ContactId,
    pub connector: ConnectorId,
    /// Whom the mails went to.
    pub person: PersonKey,
    pub link: LinkRef,
    pub asked_at: Option<Ts>,
    pub confirmed_at: Option<Ts>,
    /// What they want written instead, until the connector has decided.
    pub correction: Option<(Correction, Ts)>,
    pub pass_asked_at: Option<Ts>,
    /// What may be passed on, and since when.
    pub agreed: Option<(Passed, Ts)>,
    pub refused_at: Option<Ts>,
}

impl OwnCard {
    /// A card that nobody was asked about yet.
    #[must_use]
    pub const fn new(contact: ContactId, connector: ConnectorId, person: PersonKey, link: LinkRef) -> Self {
        Self {
            contact,
            connector,
            person,
            link,
            asked_at: None,
            confirmed_at: None,
            correction: None,
            pass_asked_at: None,
            agreed: None,
            refused_at: None,
        }
    }

    /// When this question may be asked; `None` for never again.
    #[must_use]
    pub fn may_be_asked(&self, question: Question, now: Ts) -> Option<Ts> {
        match (question, self.asked_at, self.pass_asked_at) {
            (Question::Card, Some(at), _) => Some((at + ASK_AGAIN).max(now)),
            (Question::PassOn, _, Some(_)) => None,
            (Question::Card, None, _) | (Question::PassOn, _, None) => Some(now),
        }
    }
}

/// What somebody wants written about them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    pub name: String,
    pub email: String,
    pub role: String,
    pub employer: String,
}

impl Correction {
    /// What stands there now.
    #[must_use]
    pub fn of(facts: &ContactFacts) -> Self {
        Self {
            name: facts.name.clone(),
            email: facts.address().to_owned(),
            role: facts.facets.role.clone(),
            employer: facts.employer.clone(),
        }
    }

    /// The same, cleaned.
    ///
    /// # Errors
    /// Every problem of every field at once.
    pub fn check(&self) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let name = problems.take(text::person_name("name", &self.name));
        let email = problems.take(EmailAddress::typed("email", &self.email));
        let role = problems.take(text::line("role", &self.role, LINE_MAX));
        let employer = problems.take(text::line("employer", &self.employer, LINE_MAX));
        let all = || {
            Some(Self { name: name?, email: email?.as_str().to_owned(), role: role?, employer: employer? })
        };
        all().ok_or(problems)
    }

    /// The contact with it.
    #[must_use]
    pub fn applied(&self, facts: &ContactFacts) -> RawContact {
        let mut raw = RawContact::from(facts.clone());
        raw.name.clone_from(&self.name);
        raw.email.clone_from(&self.email);
        raw.employer.clone_from(&self.employer);
        raw.facets.role.clone_from(&self.role);
        raw
    }
}

/// What is passed on of a recruiter: what they saw when they agreed, whatever the connector writes down later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    pub name: String,
    pub email: String,
    pub role: String,
    pub employer: String,
    pub field: String,
    pub place: String,
    /// How they like to be reached, in their words.
    pub reach: String,
}

impl Passed {
    #[must_use]
    pub fn of(facts: &ContactFacts, reach: String) -> Self {
        Self {
            name: facts.name.clone(),
            email: facts.address().to_owned(),
            role: facts.facets.role.clone(),
            employer: facts.employer.clone(),
            field: facts.facets.field.clone(),
            place: facts.facets.place.clone(),
            reach,
        }
    }

    /// The same with a correction that they made themselves.
    #[must_use]
    pub fn corrected(self, by: &Correction) -> Self {
        Self {
            name: by.name.clone(),
            email: by.email.clone(),
            role: by.role.clone(),
            employer: by.employer.clone(),
            ..self
        }
    }

    /// Their field and their place, where that has to do with what the seeker looks for: shown as the reason, and
    /// those who have one come first.
    #[must_use]
    pub fn fits(&self, seeker: &ContactFacts) -> Vec<String> {
        let facets = &seeker.facets;
        let wanted = [&facets.looking_for, &facets.role, &facets.field, &facets.place].map(String::as_str);
        let wanted = Terms::of(&wanted.join(" "));
        let fits = |text: &&String| {
            let common = Terms::of(text).common(&wanted);
            common.words + common.families > 0
        };
        [&self.field, &self.place].into_iter().filter(fits).cloned().collect()
    }
}

/// How they like to be reached, as typed.
///
/// # Errors
/// A problem with the field `reach`.
pub fn reach(raw: &str) -> Result<String, Problem> {
    text::line("reach", raw, REACH_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(field: &str, place: &str, looking_for: &str) -> ContactFacts {
        let mut raw = RawContact { name: "Sam Cole".into(), ..RawContact::default() };
        raw.facets.field = field.into();
        raw.facets.place = place.into();
        raw.facets.looking_for = looking_for.into();
        raw.check(&["en".to_owned()]).unwrap()
    }

    #[test]
    fn those_who_share_a_word_of_field_or_place_fit() {
        let seeker = facts("", "Leeds", "work as a nurse");
        let fits =
            |field: &str, place: &str| Passed::of(&facts(field, place, ""), String::new()).fits(&seeker);
        assert_eq!(fits("Health care", "York"), ["Health care"]);
        assert_eq!(fits("hospitals", "leeds"), ["hospitals", "leeds"], "a nurse works there");
        assert_eq!(fits("Finance", "leeds"), ["leeds"]);
        assert!(fits("Law", "York").is_empty());
        assert!(fits("", "").is_empty(), "nothing is known of both");
    }

    #[test]
    fn a_correction_changes_four_fields_alone() {
        let old = facts("Law", "York", "a co-author");
        let new = Correction {
            name: " Samantha  Cole ".into(),
            email: "sam@example.org".into(),
            role: "lawyer".into(),
            employer: "Cole & Co".into(),
        };
        let changed = new.check().unwrap_or_else(|_| panic!("it is good")).applied(&old);
        assert_eq!((changed.name.as_str(), changed.facets.field.as_str()), ("Samantha Cole", "Law"));
        assert_eq!(changed.facets.looking_for, "a co-author");
        let empty = Correction { name: String::new(), email: "x".into(), ..new };
        assert_eq!(empty.check().err().map(|problems| problems.0.len()), Some(2));
    }

    #[test]
    fn one_is_asked_about_the_card_twice_a_year_and_about_passing_on_once() {
        let mut card = OwnCard::new(
            ContactId(uuid::Uuid::nil()),
            ConnectorId(uuid::Uuid::nil()),
            PersonKey([0; 32]),
            LinkRef([0; 16]),
        );
        let now = Ts(1_772_528_400_000_000);
        assert_eq!(card.may_be_asked(Question::Card, now), Some(now));
        assert_eq!(card.may_be_asked(Question::PassOn, now), Some(now));
        card.asked_at = Some(now);
        card.pass_asked_at = Some(now);
        assert_eq!(card.may_be_asked(Question::Card, now), Some(now + ASK_AGAIN));
        assert_eq!(card.may_be_asked(Question::Card, now + Span::days(999)), Some(now + Span::days(999)));
        assert_eq!(card.may_be_asked(Question::PassOn, now + Span::days(999)), None);
    }
}
