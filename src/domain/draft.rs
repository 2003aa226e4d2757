//! A draft as typed, and as checked: all problems of all fields at once.

use super::address::EmailAddress;
use super::asking::{Order, Pair, Purpose, Side};
use super::contact::{LINE_MAX, language};
use super::introduction::Terms;
use super::problem::{Problem, Problems};
use super::text;
use crate::ids::ContactId;

/// Longest "why", in characters.
pub const WHY_MAX: usize = 1_200;
/// Longest text about a person.
pub const BLURB_MAX: usize = 800;
/// Longest shared introduction.
pub const SHARED_MAX: usize = 1_500;
/// Longest concrete step.
pub const STEP_MAX: usize = 300;

/// One side of the form.
#[derive(Clone, Debug, Default)]
pub struct RawParty {
    /// Where the person was picked from, if not typed.
    pub contact: Option<ContactId>,
    pub name: String,
    pub email: String,
    pub described: String,
    pub how_known: String,
    pub why: String,
    pub blurb: String,
    pub language: String,
}

/// The whole form.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a tick of its own on the form")]
pub struct RawDraft {
    pub purpose: String,
    /// Empty means one by one.
    pub order: String,
    pub first: RawParty,
    pub second: RawParty,
    pub shared: String,
    pub step: String,
    /// Only for colleagues.
    pub fit: String,
    /// Empty means the first.
    pub writes_first: String,
    pub asked_for_this: bool,
    pub names_second: bool,
    pub same_employer: bool,
    pub coworker_confirmed: bool,
}

/// A checked party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftParty {
    pub contact: Option<ContactId>,
    pub name: String,
    pub email: EmailAddress,
    pub described: String,
    pub how_known: String,
    pub why: String,
    pub blurb: String,
    pub language: String,
}

/// A checked draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub terms: Terms,
    pub parties: Pair<DraftParty>,
}

impl RawDraft {
    /// # Errors
    /// Every problem of every field, also those between fields: the same person on both sides (by
    /// case and plus-tag too), the connector as a party.
    pub fn check(&self, connector: &EmailAddress, languages: &[String]) -> Result<Draft, Problems> {
        let mut problems = Problems::default();
        let first = check_party("first", &self.first, false, languages, &mut problems);
        let second = check_party("second", &self.second, !self.names_second, languages, &mut problems);
        let terms = self.check_terms(&mut problems);
        if let (Some(first), Some(second)) = (&first, &second) {
            check_people(connector, &first.email, &second.email, &mut problems);
        }
        match (first, second, terms) {
            (Some(first), Some(second), Some(terms)) if problems.0.is_empty() => {
                Ok(Draft { terms, parties: Pair { first, second } })
            }
            _ => Err(problems),
        }
    }

    fn check_terms(&self, problems: &mut Problems) -> Option<Terms> {
        let purpose =
            problems.take(word("purpose", &self.purpose, Purpose::parse, Purpose::ALL, Purpose::as_str));
        let order = or_default(&self.order, Order::OneByOne.as_str());
        let order = problems.take(word("order", order, Order::parse, Order::ALL, Order::as_str));
        let writes = or_default(&self.writes_first, Side::First.as_str());
        let writes_first = problems.take(word("writes_first", writes, Side::parse, Side::ALL, Side::as_str));
        let shared = problems.take(text::required_paragraph("shared", &self.shared, SHARED_MAX));
        let step = problems.take(text::paragraph("step", &self.step, STEP_MAX));
        let fit = problems.take(text::paragraph("fit", &self.fit, STEP_MAX));
        Some(Terms {
            purpose: purpose?,
            order: order?,
            asked_for_this: self.asked_for_this,
            names_second: self.names_second,
            writes_first: writes_first?,
            same_employer: self.same_employer,
            coworker_confirmed: self.coworker_confirmed,
            shared: shared?,
            step: step?,
            fit: fit?,
        })
    }
}

fn check_party(
    side: &str,
    raw: &RawParty,
    needs_description: bool,
    languages: &[String],
    problems: &mut Problems,
) -> Option<DraftParty> {
    let field = |name: &str| format!("{side}.{name}");
    let name = problems.take(text::person_name(&field("name"), &raw.name));
    let email = problems.take(EmailAddress::typed(&field("email"), &raw.email));
    let described = problems.take(text::line(&field("described"), &raw.described, LINE_MAX));
    if needs_description && described.as_deref() == Some("") {
        problems.push(Problem::new(field("described"), "required"));
    }
    let how_known = problems.take(text::line(&field("how_known"), &raw.how_known, LINE_MAX));
    let why = problems.take(text::required_paragraph(&field("why"), &raw.why, WHY_MAX));
    let blurb = problems.take(text::paragraph(&field("blurb"), &raw.blurb, BLURB_MAX));
    let language = problems.take(language(&field("language"), &raw.language, languages));
    Some(DraftParty {
        contact: raw.contact,
        name: name?,
        email: email?,
        described: described?,
        how_known: how_known?,
        why: why?,
        blurb: blurb?,
        language: language?,
    })
}

fn check_people(
    connector: &EmailAddress,
    first: &EmailAddress,
    second: &EmailAddress,
    problems: &mut Problems,
) {
    if first.limit_key() == second.limit_key() {
        problems.push(Problem::new("second.email", "same-person"));
    }
    for (field, email) in [("first.email", first), ("second.email", second)] {
        if email.limit_key() == connector.limit_key() {
            problems.push(Problem::new(field, "connector-is-party"));
        }
    }
}

/// A word of an enum, or a problem that lists the known ones.
pub fn word<T: Copy>(
    field: &str,
    raw: &str,
    parse: fn(&str) -> Option<T>,
    all: &[T],
    name: fn(T) -> &'static str,
) -> Result<T, Problem> {
    if raw.trim().is_empty() {
        return Err(Problem::new(field, "required"));
    }
    parse(raw.trim()).ok_or_else(|| {
        let allowed = all.iter().map(|one| name(*one)).collect::<Vec<_>>().join(", ");
        Problem::new(field, "unknown-value").text("allowed", allowed)
    })
}

fn or_default<'a>(raw: &'a str, default: &'a str) -> &'a str {
    if raw.trim().is_empty() { default } else { raw }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(name: &str, email: &str) -> RawParty {
        RawParty {
            name: name.into(),
            email: email.into(),
            described: "a hiring manager I worked with".into(),
            why: "You both build compilers.".into(),
            ..RawParty::default()
        }
    }

    fn draft() -> RawDraft {
        RawDraft {
            purpose: "job_search".into(),
            first: party("Ada Lovelace", "ada@example.org"),
            second: party("Grace Hopper", "grace@example.net"),
            shared: "You should meet.".into(),
            ..RawDraft::default()
        }
    }

    fn problems(raw: &RawDraft) -> Vec<(String, &'static str)> {
        let connector = EmailAddress::parse("e", "me@example.com").unwrap();
        let result = raw.check(&connector, &["en".to_owned()]);
        result.err().unwrap_or_default().0.into_iter().map(|p| (p.field, p.code)).collect()
    }

    #[test]
    fn a_plain_draft_is_taken_with_the_gentle_defaults() {
        let connector = EmailAddress::parse("e", "me@example.com").unwrap();
        let checked = draft().check(&connector, &["en".to_owned()]).unwrap();
        assert_eq!(checked.terms.order, Order::OneByOne);
        assert_eq!(checked.terms.writes_first, Side::First);
        assert_eq!(checked.parties.first.language, "en");
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let mut raw = draft();
        raw.purpose = "friendship".into();
        raw.first.name = String::new();
        raw.second.email = "grace@localhost".into();
        raw.shared = "x".repeat(SHARED_MAX + 1);
        let expected = [
            ("first.name", "required"),
            ("second.email", "address-domain"),
            ("purpose", "unknown-value"),
            ("shared", "too-long"),
        ];
        assert_eq!(problems(&raw), expected.map(|(field, code)| (field.to_owned(), code)));
    }

    #[test]
    fn nobody_is_introduced_to_themselves_or_to_the_connector() {
        let mut raw = draft();
        raw.second.email = "ADA+jobs@Example.org".into();
        assert_eq!(problems(&raw), [("second.email".to_owned(), "same-person")]);
        raw.second.email = "Me+x@example.com".into();
        assert_eq!(problems(&raw), [("second.email".to_owned(), "connector-is-party")]);
    }

    #[test]
    fn the_unnamed_second_needs_a_description() {
        let mut raw = draft();
        raw.second.described = String::new();
        assert_eq!(problems(&raw), [("second.described".to_owned(), "required")]);
        raw.names_second = true;
        assert_eq!(problems(&raw), []);
    }
}
