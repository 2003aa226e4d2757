//! Time zones that a person may choose: the names of the IANA database.

use super::problem::Problem;

/// The zones in alphabetical order: places, and UTC. Links of old and machines' names are left out of the
/// list, though [`parse`] takes them.
#[must_use]
pub fn all() -> Vec<String> {
    let known = jiff::tz::db().available().map(|name| name.as_str().to_owned());
    let place = |name: &String| {
        let area = name.split_once('/').map(|(area, _)| area);
        name == "UTC"
            || area.is_some_and(|area| {
                let continent = ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic"];
                let others = ["Australia", "Europe", "Indian", "Pacific"];
                continent.contains(&area) || others.contains(&area)
            })
    };
    let mut names: Vec<String> = known.filter(place).collect();
    names.sort();
    names.dedup();
    names
}

/// A zone by name, in any case, as the database spells it.
///
/// # Errors
/// `required` or `time-zone`.
pub fn parse(field: &str, raw: &str) -> Result<String, Problem> {
    let raw = raw.trim();
    if raw.is_empty() {
        return Err(Problem::new(field, "required"));
    }
    let zone = jiff::tz::TimeZone::get(raw).map_err(|_| Problem::new(field, "time-zone"))?;
    zone.iana_name().map(str::to_owned).ok_or_else(|| Problem::new(field, "time-zone"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_places_and_found_in_any_case() {
        let all = all();
        assert!(all.len() > 300 && all.iter().any(|name| name == "Europe/Berlin"), "{}", all.len());
        assert!(!all.iter().any(|name| name.starts_with("Etc/") || name.starts_with("posix")));
        assert_eq!(parse("z", " europe/berlin ").unwrap(), "Europe/Berlin");
        assert_eq!(parse("z", "").unwrap_err().code, "required");
        for wrong in ["Mars/Olympus", "CEST+1", "../etc/passwd", "Europe/Berlin\u{0}"] {
            assert_eq!(parse("z", wrong).unwrap_err().code, "time-zone", "{wrong}");
        }
    }
}
