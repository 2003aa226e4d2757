//! The kinds of files.

use serde::{Deserialize, Serialize};

/// Who writes files like this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Our own: every field that we have.
    Twoyes,
    /// `Connections.csv` of a LinkedIn data export.
    Linkedin,
    /// "Google CSV" of Google Contacts.
    Google,
    /// The CSV of Outlook and Outlook on the web.
    Outlook,
    /// A table of somebody else.
    Table,
    /// vCard 3.0 (RFC 2426).
    Vcard3,
    /// vCard 4.0 (RFC 6350).
    Vcard4,
}

crate::domain::text_enum!(Format {
    Twoyes = "twoyes",
    Linkedin = "linkedin",
    Google = "google",
    Outlook = "outlook",
    Table = "table",
    Vcard3 = "vcard3",
    Vcard4 = "vcard4",
});

impl Format {
    /// What contacts can be written as.
    pub const WRITTEN: &'static [Self] =
        &[Self::Twoyes, Self::Google, Self::Outlook, Self::Linkedin, Self::Vcard4, Self::Vcard3];

    /// Whether it is a table of cells.
    #[must_use]
    pub const fn is_table(self) -> bool {
        match self {
            Self::Twoyes | Self::Linkedin | Self::Google | Self::Outlook | Self::Table => true,
            Self::Vcard3 | Self::Vcard4 => false,
        }
    }
}
