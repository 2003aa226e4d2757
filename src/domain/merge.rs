//! Two accounts of one person brought together: what stands in the address book and what a file says.

use super::contact::ContactFacts;
use super::facets::Facets;

/// What happens to an entry of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    /// It becomes a contact of its own.
    Add,
    /// It fills what is empty in the contact that is there.
    Fill,
    /// It overwrites what stands there, but nothing with emptiness.
    Replace,
    /// It is left out.
    Skip,
}

super::text_enum!(Choice { Add = "add", Fill = "fill", Replace = "replace", Skip = "skip" });

/// What an entry of a file is to the address book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Nobody who is known.
    New,
    /// Somebody with the same address is there.
    Address,
    /// Somebody with the same name is there, with another address or none.
    Name,
    /// The same address stands further up in the same file.
    File,
    /// It cannot be a contact.
    Fault,
}

super::text_enum!(Kind {
    New = "new",
    Address = "address",
    Name = "name",
    File = "file",
    Fault = "fault",
});

impl Choice {
    /// What happens unless somebody decides otherwise. Two people may share a name, so only a gap makes them one.
    #[must_use]
    pub const fn usual(kind: Kind, one_has_no_address: bool) -> Self {
        match kind {
            Kind::Address | Kind::File => Self::Fill,
            Kind::Name if one_has_no_address => Self::Fill,
            Kind::New | Kind::Name => Self::Add,
            Kind::Fault => Self::Skip,
        }
    }

    /// Whether an entry of this kind can be dealt with so.
    #[must_use]
    pub const fn fits(self, kind: Kind) -> bool {
        match (kind, self) {
            (Kind::Fault, choice) => matches!(choice, Self::Skip),
            // There is nobody to fill or to overwrite.
            (Kind::New, choice) => matches!(choice, Self::Add | Self::Skip),
            // Two contacts never share an address.
            (Kind::Address | Kind::File, choice) => !matches!(choice, Self::Add),
            (Kind::Name, _) => true,
        }
    }
}

/// What stands in the address book after `theirs` was taken over into `mine` in this way.
#[must_use]
pub fn merge(mine: &ContactFacts, theirs: &ContactFacts, how: Choice) -> ContactFacts {
    let (over, under) = match how {
        Choice::Fill => (mine, theirs),
        Choice::Replace => (theirs, mine),
        Choice::Add | Choice::Skip => return mine.clone(),
    };
    ContactFacts {
        name: text(&over.name, &under.name),
        email: over.email.clone().or_else(|| under.email.clone()),
        described: text(&over.described, &under.described),
        employer: text(&over.employer, &under.employer),
        how_known: text(&over.how_known, &under.how_known),
        notes: text(&over.notes, &under.notes),
        // A file seldom says it, and then an import decided, not the connector.
        language: mine.language.clone(),
        facets: facets(&over.facets, &under.facets),
    }
}

fn facets(over: &Facets, under: &Facets) -> Facets {
    Facets {
        circle: over.circle.or(under.circle),
        // Whoever was to be left out still is.
        left_out: over.left_out || under.left_out,
        role: text(&over.role, &under.role),
        field: text(&over.field, &under.field),
        place: text(&over.place, &under.place),
        speaks: text(&over.speaks, &under.speaks),
        looking_for: text(&over.looking_for, &under.looking_for),
        can_help: text(&over.can_help, &under.can_help),
    }
}

fn text(over: &str, under: &str) -> String {
    if over.is_empty() { under.to_owned() } else { over.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::address::EmailAddress;
    use crate::domain::circle::Circle;

    fn word() -> impl Strategy<Value = String> {
        prop_oneof![Just(String::new()), "[a-z]{1,6}"]
    }

    prop_compose! {
        fn facts()(
            words in proptest::collection::vec(word(), 10),
            email in proptest::option::of("[a-z]{1,5}@[a-z]{1,5}\\.example"),
            circle in proptest::option::of(0_usize..5),
            left_out in any::<bool>(),
        ) -> ContactFacts {
            let mut words = words.into_iter();
            let mut next = || words.next().unwrap_or_default();
            ContactFacts {
                name: next(),
                email: email.map(|email| EmailAddress::parse("email", &email).unwrap()),
                described: next(),
                employer: next(),
                how_known: next(),
                notes: next(),
                language: "en".into(),
                facets: Facets {
                    circle: circle.map(|nth| Circle::ALL[nth]),
                    left_out,
                    role: next(),
                    field: next(),
                    place: next(),
                    looking_for: next(),
                    can_help: next(),
                    speaks: String::new(),
                },
            }
        }
    }

    /// Every text of a contact.
    fn texts(of: &ContactFacts) -> [&str; 12] {
        let facets = &of.facets;
        [
            &of.name,
            of.address(),
            &of.described,
            &of.employer,
            &of.how_known,
            &of.notes,
            &facets.role,
            &facets.field,
            &facets.place,
            &facets.speaks,
            &facets.looking_for,
            &facets.can_help,
        ]
    }

    proptest! {
        #[test]
        fn filling_changes_nothing_that_is_there(mine in facts(), theirs in facts()) {
            let both = merge(&mine, &theirs, Choice::Fill);
            for ((mine, theirs), both) in texts(&mine).into_iter().zip(texts(&theirs)).zip(texts(&both)) {
                prop_assert_eq!(both, if mine.is_empty() { theirs } else { mine });
            }
        }

        #[test]
        fn nothing_is_ever_emptied(mine in facts(), theirs in facts(), how in 0_usize..4) {
            let both = merge(&mine, &theirs, Choice::ALL[how]);
            for (mine, both) in texts(&mine).into_iter().zip(texts(&both)) {
                prop_assert!(mine.is_empty() || !both.is_empty());
            }
            prop_assert!(!mine.facets.left_out || both.facets.left_out);
        }

        #[test]
        fn the_same_file_twice_is_the_same_file_once(mine in facts(), theirs in facts(), how in 0_usize..4) {
            let once = merge(&mine, &theirs, Choice::ALL[how]);
            prop_assert_eq!(&merge(&once, &theirs, Choice::ALL[how]), &once);
            prop_assert_eq!(&merge(&mine, &mine, Choice::ALL[how]), &mine);
        }
    }
}
