//! A row of cells as a contact, by what its columns are taken for.

use super::column::Column;
use crate::domain::contact::{LINE_MAX, RawContact};
use crate::domain::facets::{RawFacets, WISH_MAX};

/// What a row says of a person. Long lines are cut, several lines become one where one is wanted: a table of
/// somebody else keeps no rule of ours. What is wrong beyond that is found when it is checked.
#[must_use]
pub fn to_contact(cells: &[String], mapping: &[Column]) -> RawContact {
    let all = |wanted: Column| {
        let cells = cells.iter().zip(mapping);
        cells
            .filter(move |(cell, column)| **column == wanted && !cell.trim().is_empty())
            .map(|(cell, _)| cell.trim())
    };
    let first = |wanted: Column| all(wanted).next().unwrap_or_default();
    let line = |wanted: Column| cut(first(wanted), LINE_MAX);
    let name = match first(Column::Name) {
        "" => [Column::GivenName, Column::MiddleName, Column::FamilyName].map(first).join(" "),
        name => name.to_owned(),
    };
    // Google parts several by three colons.
    let email = first(Column::Email).split(":::").next().unwrap_or_default().trim();
    let place = [first(Column::Place), first(Column::Country)];
    let place: Vec<&str> = place.into_iter().filter(|part| !part.is_empty()).collect();
    RawContact {
        name: one_line(&name).replace(['"', '<', '>', '\\'], ""),
        email: email.to_owned(),
        described: line(Column::Described),
        employer: line(Column::Employer),
        how_known: line(Column::HowKnown),
        notes: all(Column::Notes).collect::<Vec<_>>().join("\n"),
        language: first(Column::Language).to_owned(),
        facets: RawFacets {
            circle: first(Column::Circle).to_owned(),
            left_out: matches!(first(Column::LeftOut).to_lowercase().as_str(), "yes" | "true" | "1" | "x"),
            role: line(Column::Role),
            field: line(Column::Field),
            place: cut(&place.join(", "), LINE_MAX),
            speaks: line(Column::Speaks),
            looking_for: cut(first(Column::LookingFor), WISH_MAX),
            can_help: cut(first(Column::CanHelp), WISH_MAX),
        },
    }
}

/// One line of at most `max` characters.
fn cut(text: &str, max: usize) -> String {
    let text = one_line(text);
    if text.chars().count() <= max {
        return text;
    }
    let mut short: String = text.chars().take(max - 1).collect();
    short.push('…');
    short
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
