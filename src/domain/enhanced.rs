//! Enhanced status codes (RFC 3463): what a refusal is about.

/// `class.subject.detail`, such as 5.1.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// 2 success, 4 a failure that may pass, 5 a failure for good.
    pub class: u16,
    pub subject: u16,
    pub detail: u16,
}

/// What a failure for good is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    /// Nobody is reached under this address.
    Address,
    /// The mailbox exists and does not take this mail now: full, closed for this size, a list that expands badly.
    Mailbox,
    /// The servers and the way between them.
    System,
    /// What the receiver allows: policy, authentication, reputation, content.
    Policy,
    /// The code does not say.
    Unsaid,
}

impl Status {
    /// The code at the beginning of a text; comments behind it are allowed (RFC 3464, 2.3.4).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_start();
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let mut numbers = text[..end].trim_end_matches('.').split('.');
        let mut number = |most: usize| {
            numbers.next().filter(|part| (1..=most).contains(&part.len())).and_then(|part| part.parse().ok())
        };
        let found = Self { class: number(1)?, subject: number(3)?, detail: number(3)? };
        (numbers.next().is_none() && matches!(found.class, 2 | 4 | 5)).then_some(found)
    }

    /// The first code that stands in a text as a word of its own: `smtp; 550 5.1.1 no such user`, `(#5.1.1)`.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        let words = text.split(|c: char| !(c.is_ascii_digit() || c == '.'));
        words
            .map(|word| word.trim_end_matches('.'))
            .filter(|word| word.matches('.').count() == 2)
            .find_map(|word| Self::parse(word).filter(|status| word == status.to_string()))
    }

    /// What it is about. The codes that large receivers use for unknown mailboxes against the RFC's words are
    /// among those of [`Concern::Address`]: 5.4.1 (Exchange Online) and 5.4.310 (no such domain).
    #[must_use]
    pub const fn concern(self) -> Concern {
        match (self.subject, self.detail) {
            // 5.1.7 and 5.1.8 are about the sender's address, 5.1.9 about the next server.
            (1, 7..=9) | (5..=7, _) => Concern::Policy,
            // 5.2.1: closed for good. 5.4.4: no server takes mail for the domain.
            (1, _) | (2, 1) | (4, 1 | 4 | 310) => Concern::Address,
            (2, _) => Concern::Mailbox,
            // 5.0.350 and its like (Exchange Online) name something of their own that is not the mailbox.
            (3 | 4, _) | (0, 1..) => Concern::System,
            _ => Concern::Unsaid,
        }
    }

    #[must_use]
    pub const fn is_permanent(self) -> bool {
        self.class == 5
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_with_its_comment_and_nothing_else_is() {
        for good in ["5.1.1", " 5.1.1 (bad mailbox)", "5.1.1;", "5.1.1. Sorry"] {
            assert_eq!(Status::parse(good).unwrap().to_string(), "5.1.1", "{good}");
        }
        for bad in
            ["", "5", "5.1", "5.1.1.1", "3.1.1", "55.1.1", "5..1", "5.1.1111", "x5.1.1", "99999999.1.1"]
        {
            assert_eq!(Status::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_status_is_found_among_words_but_not_in_addresses_of_machines() {
        let found = |text: &str| Status::find(text).map(|status| status.to_string());
        assert_eq!(found("smtp; 550-5.1.1 The email account").as_deref(), Some("5.1.1"));
        assert_eq!(found("no mailbox here. (#5.1.1)").as_deref(), Some("5.1.1"));
        assert_eq!(found("[192.0.2.1] said: 554 5.7.1.").as_deref(), Some("5.7.1"));
        assert_eq!(found("version 6.0.1 of 10.5.1.1 says 550"), None);
    }

    #[test]
    fn what_a_code_is_about() {
        for (code, concern) in [
            ("5.1.1", Concern::Address),
            ("5.1.0", Concern::Address),
            ("5.1.10", Concern::Address),
            ("5.1.2", Concern::Address),
            ("5.1.7", Concern::Policy),
            ("5.1.8", Concern::Policy),
            ("5.2.1", Concern::Address),
            ("5.2.2", Concern::Mailbox),
            ("5.2.0", Concern::Mailbox),
            ("5.3.4", Concern::System),
            ("5.4.1", Concern::Address),
            ("5.4.4", Concern::Address),
            ("5.4.6", Concern::System),
            ("5.4.310", Concern::Address),
            ("5.5.1", Concern::Policy),
            ("5.6.1", Concern::Policy),
            ("5.7.1", Concern::Policy),
            ("5.7.26", Concern::Policy),
            ("5.0.0", Concern::Unsaid),
        ] {
            assert_eq!(Status::parse(code).unwrap().concern(), concern, "{code}");
        }
    }
}
