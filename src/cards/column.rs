//! What a column of a file holds, and the names by which we know it.

use serde::{Deserialize, Serialize};

use super::format::Format;

/// What a column is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    Name,
    GivenName,
    MiddleName,
    FamilyName,
    Email,
    Employer,
    Role,
    Field,
    Place,
    Country,
    Speaks,
    LookingFor,
    CanHelp,
    Circle,
    LeftOut,
    Described,
    HowKnown,
    Notes,
    Language,
    /// Not taken over.
    Nothing,
}

crate::domain::text_enum!(Column {
    Name = "name",
    GivenName = "given_name",
    MiddleName = "middle_name",
    FamilyName = "family_name",
    Email = "email",
    Employer = "employer",
    Role = "role",
    Field = "field",
    Place = "place",
    Country = "country",
    Speaks = "speaks",
    LookingFor = "looking_for",
    CanHelp = "can_help",
    Circle = "circle",
    LeftOut = "left_out",
    Described = "described",
    HowKnown = "how_known",
    Notes = "notes",
    Language = "language",
    Nothing = "nothing",
});

/// Names of columns, as letters and digits in lower case.
const KNOWN: &[(&str, Column)] = &[
    ("name", Column::Name),
    ("fullname", Column::Name),
    ("displayname", Column::Name),
    ("contactname", Column::Name),
    ("firstname", Column::GivenName),
    ("givenname", Column::GivenName),
    ("middlename", Column::MiddleName),
    ("additionalname", Column::MiddleName),
    ("lastname", Column::FamilyName),
    ("familyname", Column::FamilyName),
    ("surname", Column::FamilyName),
    ("email", Column::Email),
    ("mail", Column::Email),
    ("emailaddress", Column::Email),
    ("email1value", Column::Email),
    ("email2value", Column::Email),
    ("email2address", Column::Email),
    ("email3address", Column::Email),
    ("primaryemail", Column::Email),
    ("company", Column::Employer),
    ("employer", Column::Employer),
    ("organization", Column::Employer),
    ("organisation", Column::Employer),
    ("organizationname", Column::Employer),
    ("organization1name", Column::Employer),
    ("position", Column::Role),
    ("role", Column::Role),
    ("title", Column::Role),
    ("jobtitle", Column::Role),
    ("organizationtitle", Column::Role),
    ("organization1title", Column::Role),
    ("field", Column::Field),
    ("industry", Column::Field),
    ("profession", Column::Field),
    ("place", Column::Place),
    ("city", Column::Place),
    ("location", Column::Place),
    ("businesscity", Column::Place),
    ("homecity", Column::Place),
    ("address1city", Column::Place),
    ("country", Column::Country),
    ("businesscountryregion", Column::Country),
    ("homecountryregion", Column::Country),
    ("address1country", Column::Country),
    ("speaks", Column::Speaks),
    ("languages", Column::Speaks),
    ("lookingfor", Column::LookingFor),
    ("canhelp", Column::CanHelp),
    ("canhelpwith", Column::CanHelp),
    ("circle", Column::Circle),
    ("leftout", Column::LeftOut),
    ("donotinclude", Column::LeftOut),
    ("described", Column::Described),
    ("description", Column::Described),
    ("howknown", Column::HowKnown),
    ("notes", Column::Notes),
    ("note", Column::Notes),
    ("comment", Column::Notes),
    ("comments", Column::Notes),
    ("language", Column::Language),
];

impl Column {
    /// What a column with this heading holds, as far as we know the heading.
    #[must_use]
    pub fn called(heading: &str) -> Option<Self> {
        let plain = plain(heading);
        KNOWN.iter().find(|(name, _)| *name == plain).map(|(_, column)| *column)
    }
}

/// Whose table has these headings.
#[must_use]
pub fn format_of(headings: &[String]) -> Format {
    let has = |name: &str| headings.iter().any(|heading| plain(heading) == name);
    if has("lookingfor") && has("canhelp") && has("leftout") {
        Format::Twoyes
    } else if has("connectedon") && has("position") {
        Format::Linkedin
    } else if has("email1value") {
        Format::Google
    } else if has("emailaddress") && has("jobtitle") {
        Format::Outlook
    } else {
        Format::Table
    }
}

fn plain(heading: &str) -> String {
    heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
