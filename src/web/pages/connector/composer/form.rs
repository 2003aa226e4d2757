//! What was typed into the composer: from the form, back into it, and as it is kept unfinished.

use super::super::super::Form;
use crate::domain::asking::Side;
use crate::domain::draft::{RawDraft, RawParty};
use crate::flow::unfinished::Typed;
use crate::ids::ContactId;
use crate::view::pages::FIELDS;

/// The form's keys beside those of [`FIELDS`].
const OTHERS: [&str; 5] = ["purpose", "order", "writes_first", "first.contact", "second.contact"];

/// The draft in a form.
pub fn typed(form: &Form) -> RawDraft {
    draft(&|key| form.get(key).to_owned())
}

/// The draft in an unfinished form.
pub fn typed_before(kept: &Typed) -> RawDraft {
    draft(&|key| kept.get(key).cloned().unwrap_or_default())
}

/// Everything in a form that is worth keeping.
pub fn keep(form: &Form) -> Typed {
    let keys = FIELDS.iter().map(|id| id.replacen('-', ".", 1)).chain(OTHERS.map(str::to_owned));
    let filled = keys.map(|key| (form.get(&key).to_owned(), key)).filter(|(text, _)| !text.is_empty());
    filled.map(|(text, key)| (key, text)).collect()
}

fn draft(text: &dyn Fn(&str) -> String) -> RawDraft {
    let ticked = |key: &str| !text(key).is_empty();
    RawDraft {
        purpose: text("purpose"),
        order: text("order"),
        first: party(text, Side::First),
        second: party(text, Side::Second),
        shared: text("shared"),
        step: text("step"),
        fit: text("fit"),
        writes_first: text("writes_first"),
        asked_for_this: ticked("asked_for_this"),
        names_second: ticked("names_second"),
        same_employer: ticked("same_employer"),
        coworker_confirmed: ticked("coworker_confirmed"),
    }
}

fn party(all: &dyn Fn(&str) -> String, side: Side) -> RawParty {
    let text = |field: &str| all(&format!("{}.{field}", side.as_str()));
    RawParty {
        contact: text("contact").parse::<ContactId>().ok(),
        name: text("name"),
        email: text("email"),
        described: text("described"),
        how_known: text("how_known"),
        why: text("why"),
        blurb: text("blurb"),
        language: text("language"),
    }
}

/// What stands in the element of this id.
pub fn value(raw: &RawDraft, id: &str) -> String {
    let tick = |on: bool| if on { "yes".to_owned() } else { String::new() };
    let party = |party: &RawParty, field: &str| {
        let text = match field {
            "name" => &party.name,
            "email" => &party.email,
            "described" => &party.described,
            "how_known" => &party.how_known,
            "why" => &party.why,
            "blurb" => &party.blurb,
            _ => &party.language,
        };
        text.clone()
    };
    match (id, id.split_once('-')) {
        (_, Some(("first", field))) => party(&raw.first, field),
        (_, Some(("second", field))) => party(&raw.second, field),
        ("shared", _) => raw.shared.clone(),
        ("step", _) => raw.step.clone(),
        ("fit", _) => raw.fit.clone(),
        ("asked_for_this", _) => tick(raw.asked_for_this),
        ("names_second", _) => tick(raw.names_second),
        ("same_employer", _) => tick(raw.same_employer),
        _ => tick(raw.coworker_confirmed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_stands_in_its_field_again() {
        let form = Form::parse(b"first.name=Grace&second.why=w&step=s&same_employer=yes&first.email=g%40x");
        let raw = typed(&form);
        let stands = |id: &str| value(&raw, id);
        assert_eq!(
            (stands("first-name"), stands("second-why"), stands("step")),
            ("Grace".into(), "w".into(), "s".into())
        );
        assert_eq!((stands("same_employer"), stands("names_second")), ("yes".into(), String::new()));
        assert_eq!(stands("first-email"), "g@x");
    }

    #[test]
    fn what_is_kept_unfinished_comes_back_whole() {
        let form =
            Form::parse(b"first.name=Grace&second.how_known=k&purpose=peers&names_second=yes&nonsense=1");
        let kept = keep(&form);
        assert_eq!(kept.len(), 4, "{kept:?}");
        let raw = typed_before(&kept);
        assert_eq!((raw.first.name.as_str(), raw.second.how_known.as_str()), ("Grace", "k"));
        assert!(raw.purpose == "peers" && raw.names_second && !raw.same_employer);
    }
}
