//! Forms: read without a panic, each key once, and what was written as the standard says reads back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use twoyes::web::pages::{Form, TRAP};
use twoyes_fuzz::planted;

/// The pairs of a body by the standard (WHATWG URL, 5.1), written without looking at ours.
fn pairs(body: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let decode = |text: &[u8]| {
        let (mut out, mut at) = (Vec::new(), 0);
        while at < text.len() {
            let escaped =
                std::str::from_utf8(text.get(at + 1..at + 3).unwrap_or_default()).unwrap_or_default();
            let hex = escaped.len() == 2 && escaped.bytes().all(|digit| digit.is_ascii_hexdigit());
            match text[at] {
                b'+' => out.push(b' '),
                b'%' if hex => {
                    out.push(u8::from_str_radix(escaped, 16).expect("two digits"));
                    at += 2;
                }
                byte => out.push(byte),
            }
            at += 1;
        }
        out
    };
    let split = |pair: &[u8]| {
        let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        (decode(&pair[..at]), decode(pair.get(at + 1..).unwrap_or_default()))
    };
    body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(split).collect()
}

/// Planted: tells nobody of a key that was sent twice.
fn parse(body: &[u8]) -> Form {
    let mut form = Form::parse(body);
    form.problems.0.retain(|problem| !planted() || problem.code != "duplicate-key");
    form
}

fuzz_target!(|data: &[u8]| {
    let (form, pairs) = (parse(data), pairs(data));
    let is_text = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok();
    let mut keys: Vec<&[u8]> =
        pairs.iter().map(|(key, _)| key.as_slice()).filter(|key| is_text(key)).collect();
    keys.sort_unstable();
    let twice = keys.windows(2).any(|two| two[0] == two[1]);
    let torn = pairs.iter().any(|(key, value)| !is_text(key) || !is_text(value));
    let trapped = pairs.iter().any(|(key, value)| key == TRAP.as_bytes() && !value.is_empty());
    assert_eq!(
        form.problems.0.is_empty(),
        !twice && !torn && !trapped,
        "a form with a fault is told, a good one is taken"
    );
    for (key, value) in pairs.iter().filter(|(key, _)| is_text(key)) {
        let read = form.find(&String::from_utf8_lossy(key)).expect("a key that was sent");
        assert!(twice || read == String::from_utf8_lossy(value), "the value as sent");
    }
});
