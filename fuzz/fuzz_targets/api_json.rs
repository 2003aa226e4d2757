//! The API's JSON of an introduction: no panic, and nothing that is ambiguous is taken.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use twoyes::web::api::{IntroductionInput, read_json};
use twoyes_fuzz::planted;

/// Planted: a reader that keeps the last of two equal keys.
fn is_taken(body: &[u8]) -> bool {
    if !planted() {
        return read_json::<IntroductionInput>(body).is_ok();
    }
    serde_json::from_slice::<Value>(body)
        .is_ok_and(|value| read_json::<IntroductionInput>(value.to_string().as_bytes()).is_ok())
}

/// How many keys a text of valid JSON has, those of its objects of objects included: counted in the text,
/// so that a key that stands twice counts twice.
fn keys_of_the_text(text: &str) -> usize {
    let (mut inside, mut escaped, mut ended, mut count) = (false, false, false, 0);
    for letter in text.chars() {
        match letter {
            _ if inside && escaped => escaped = false,
            '\\' if inside => escaped = true,
            '"' => {
                ended = inside;
                inside = !inside;
            }
            ':' if !inside && ended => count += 1,
            _ if !inside && !letter.is_whitespace() => ended = false,
            _ => {}
        }
    }
    count
}

fn keys_of_the_value(value: &Value) -> usize {
    match value {
        Value::Object(map) => map.values().map(|value| 1 + keys_of_the_value(value)).sum(),
        Value::Array(all) => all.iter().map(keys_of_the_value).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

const FIELDS: [&str; 12] = [
    "purpose",
    "order",
    "first",
    "second",
    "shared",
    "step",
    "fit",
    "writes_first",
    "asked_for_this",
    "names_second",
    "same_employer",
    "coworker_confirmed",
];

fuzz_target!(|data: &[u8]| {
    if !is_taken(data) || data.iter().all(u8::is_ascii_whitespace) {
        return;
    }
    let text = std::str::from_utf8(data).expect("what is taken is text");
    let value: Value = serde_json::from_str(text).expect("what is taken is JSON");
    assert_eq!(
        keys_of_the_text(text),
        keys_of_the_value(&value),
        "a key that stands twice was taken: {text}"
    );
    let object = value.as_object().expect("what is taken is an object");
    for key in object.keys() {
        assert!(FIELDS.contains(&key.as_str()), "an unknown key was taken: {text}");
    }
});
