//! One text for one payload: JSON with sorted keys and nothing between tokens (RFC 8785, for the values that
//! payloads have: objects, lists, texts, whole numbers, true, false and null).

use serde_json::Value;

/// The canonical text.
#[must_use]
pub fn encode(value: &Value) -> String {
    let mut out = Vec::with_capacity(1024);
    write(value, &mut out);
    // JSON is UTF-8.
    String::from_utf8(out).unwrap_or_default()
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => write_plain(value, out),
        Value::Array(items) => {
            out.push(b'[');
            for (nth, item) in items.iter().enumerate() {
                if nth > 0 {
                    out.push(b',');
                }
                write(item, out);
            }
            out.push(b']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            // By UTF-16 code units, as RFC 8785 (3.2.3) has it.
            fields.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push(b'{');
            for (nth, (key, value)) in fields.into_iter().enumerate() {
                if nth > 0 {
                    out.push(b',');
                }
                write_plain(key, out);
                out.push(b':');
                write(value, out);
            }
            out.push(b'}');
        }
    }
}

fn write_plain(value: &(impl serde::Serialize + ?Sized), out: &mut Vec<u8>) {
    // Neither these values nor memory can refuse.
    let _ = serde_json::to_writer(out, value);
}
