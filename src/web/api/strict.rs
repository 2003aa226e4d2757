//! JSON without surprises: nothing twice, nothing unknown, nothing of the wrong type; all of it told at once.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::domain::problem::{Problem, Problems};

/// How many faults are looked for before we answer.
const MOST: usize = 50;
/// The name under which a list stands in the tree. Serde would read a list as an object, field by field; so only what
/// asks for a [`List`] finds it.
const LIST: &str = "\0list";
/// Longest piece of the caller's text that is repeated to them, in characters.
const ECHO: usize = 60;

/// A list in a request.
#[derive(Debug, Deserialize)]
#[serde(expecting = "a list")]
pub struct List<T> {
    #[serde(rename = "\0list")]
    items: Vec<T>,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { items: Vec::new() }
    }
}

impl<T> From<List<T>> for Vec<T> {
    fn from(list: List<T>) -> Self {
        list.items
    }
}

/// Reads an object. An empty body is an empty object.
///
/// # Errors
/// Every fault of form that could be found, by the path of its field.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problems> {
    let mut problems = Problems::default();
    let Some(mut value) = problems.take(parse(body)) else {
        return Err(problems);
    };
    let (tree, found) = &mut value;
    problems.0.append(&mut found.0);
    for _ in 0..MOST {
        match serde_path_to_error::deserialize::<_, T>(&*tree) {
            Ok(read) if problems.0.is_empty() => return Ok(read),
            Ok(_) => break,
            Err(error) => {
                let (problem, path) = explain(&error);
                problems.push(problem);
                // Without the faulty field the next fault shows itself.
                if !remove(tree, &path) {
                    break;
                }
            }
        }
    }
    Err(problems)
}

/// The tree and the faults that a tree cannot show.
fn parse(body: &[u8]) -> Result<(Value, Problems), Problem> {
    let text = std::str::from_utf8(body).map_err(|_| Problem::new("body", "invalid-utf8"))?;
    // White space as JSON has it (RFC 8259, 2), no other.
    if text.trim_matches([' ', '\t', '\r', '\n']).is_empty() {
        return Ok((Value::Object(Map::new()), Problems::default()));
    }
    let mut found = Problems::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    let tree = Node { path: "", found: &mut found }.deserialize(&mut reader).and_then(|tree| {
        reader.end()?;
        Ok(tree)
    });
    let tree = tree.map_err(|error| unreadable(error.line(), error.column()))?;
    if tree.is_object() {
        return Ok((tree, found));
    }
    Err(wrong_type("body", "an object"))
}

/// Where, but not what: the parser's own words can hold what was sent.
fn unreadable(line: usize, column: usize) -> Problem {
    Problem::new("body", "body-unreadable").text("reason", format!("JSON, line {line}, column {column}"))
}

fn wrong_type(path: &str, expected: &str) -> Problem {
    Problem::new(short(path), "wrong-type").text("expected", short(expected))
}

/// The problem, and the path of the field that causes it.
fn explain(error: &serde_path_to_error::Error<serde_json::Error>) -> (Problem, String) {
    let whole = error.path().to_string();
    // A list goes or stays as a whole.
    let (path, in_list) = whole.split_once(&format!(".{LIST}")).unwrap_or((&whole, ""));
    let path = path.to_owned();
    let words = error.inner().to_string();
    if words.starts_with(&format!("unknown field `{LIST}`")) {
        return (wrong_type(&path, "no list"), path);
    }
    if let Some(name) = words.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next()) {
        let path = match path.as_str() {
            "." => name.to_owned(),
            parent if parent == name || parent.ends_with(&format!(".{name}")) => path,
            parent => format!("{parent}.{name}"),
        };
        return (Problem::new(short(&path), "unknown-field"), path);
    }
    let expected = words.rsplit_once("expected ").map_or("another type", |(_, expected)| expected);
    (wrong_type(&format!("{path}{in_list}"), expected), path)
}

/// Takes the field at a dotted path out. Names of our fields have no dots; for others nothing is found.
fn remove(tree: &mut Value, path: &str) -> bool {
    let (parents, last) = path.rsplit_once('.').map_or(("", path), |(parents, last)| (parents, last));
    let parents = parents.split('.').filter(|name| !name.is_empty());
    let mut at = Some(tree);
    for name in parents {
        at = at.and_then(|node| node.get_mut(name));
    }
    at.and_then(Value::as_object_mut).is_some_and(|object| object.remove(last).is_some())
}

fn short(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(ECHO).collect()
}

/// One value at a path.
struct Node<'a> {
    path: &'a str,
    found: &'a mut Problems,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(Node { path: self.path, found: &mut *self.found })? {
            items.push(item);
        }
        if self.path.is_empty() {
            return Ok(Value::Array(Vec::new()));
        }
        Ok(Value::Object(Map::from_iter([(LIST.to_owned(), Value::Array(items))])))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let (mut object, mut twice) = (Map::new(), BTreeSet::new());
        while let Some(name) = map.next_key::<String>()? {
            let path = if self.path.is_empty() { name.clone() } else { format!("{}.{name}", self.path) };
            let value = map.next_value_seed(Node { path: &path, found: &mut *self.found })?;
            if object.insert(name.clone(), value).is_some() && twice.insert(name) {
                self.found.push(Problem::new(short(&path), "duplicate-key"));
            }
            if self.found.0.len() > MOST {
                return Err(A::Error::custom("too many faults"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, serde::Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Inner {
        name: Option<String>,
    }

    #[derive(Debug, Default, PartialEq, serde::Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Outer {
        step: Option<String>,
        tick: Option<bool>,
        first: Option<Inner>,
        ids: List<u32>,
    }

    impl PartialEq for List<u32> {
        fn eq(&self, other: &Self) -> bool {
            self.items == other.items
        }
    }

    fn faults(body: &[u8]) -> Vec<(String, &'static str)> {
        let problems = read::<Outer>(body).unwrap_err();
        problems.0.into_iter().map(|problem| (problem.field, problem.code)).collect()
    }

    #[test]
    fn what_fits_is_read_and_nothing_is_an_empty_object() {
        let read_first = read::<Outer>(br#"{"first":{"name":"Ada"}}"#).unwrap().first;
        assert_eq!(read_first, Some(Inner { name: Some("Ada".into()) }));
        assert_eq!(read::<Outer>(b"").unwrap(), Outer::default());
    }

    #[test]
    fn all_faults_of_form_are_told_at_once_by_their_path() {
        let body = br#"{"step":1,"step":2,"other":1,"first":{"name":[1],"nome":"x"},"tick":"yes"}"#;
        let mut found = faults(body);
        found.sort();
        let expected = [
            ("first.name", "wrong-type"),
            ("first.nome", "unknown-field"),
            ("other", "unknown-field"),
            ("step", "duplicate-key"),
            ("step", "wrong-type"),
            ("tick", "wrong-type"),
        ];
        assert_eq!(found, expected.map(|(field, code)| (field.to_owned(), code)));
    }

    #[test]
    fn lists_are_no_objects() {
        assert_eq!(faults(b"[]"), [("body".to_owned(), "wrong-type")]);
        assert_eq!(faults(br#"{"first":["Ada"]}"#), [("first".to_owned(), "wrong-type")]);
        assert_eq!(faults(br#"{"step":["Ada"]}"#), [("step".to_owned(), "wrong-type")]);
    }

    #[test]
    fn a_list_is_read_where_one_is_asked_for() {
        assert_eq!(Vec::from(read::<Outer>(br#"{"ids":[1,2]}"#).unwrap().ids), [1, 2]);
        assert_eq!(Vec::from(read::<Outer>(br#"{"ids":[]}"#).unwrap().ids), [0_u32; 0]);
        assert_eq!(faults(br#"{"ids":[1,"x"]}"#), [("ids[1]".to_owned(), "wrong-type")]);
        for body in [br#"{"ids":1}"#.as_slice(), br#"{"ids":{}}"#, br#"{"ids":null}"#] {
            assert_eq!(faults(body), [("ids".to_owned(), "wrong-type")]);
        }
        let mut both = faults(br#"{"ids":[[1]],"tick":1}"#);
        both.sort();
        assert_eq!(
            both,
            [("ids[0]", "wrong-type"), ("tick", "wrong-type")].map(|(at, code)| (at.to_owned(), code))
        );
    }

    #[test]
    fn broken_texts_are_named_without_repeating_them() {
        assert_eq!(faults(b"{\"a\xff\":1}"), [("body".to_owned(), "invalid-utf8")]);
        assert_eq!(faults(b"{\"step\":"), [("body".to_owned(), "body-unreadable")]);
        assert_eq!(faults(b"{} {}"), [("body".to_owned(), "body-unreadable")]);
        assert_eq!(faults(&b"[".repeat(9_000)), [("body".to_owned(), "body-unreadable")]);
    }

    #[test]
    fn a_flood_of_faults_ends() {
        let many: Vec<String> = (0..5_000).map(|nth| format!("\"x{nth}\":1")).collect();
        let found = faults(format!("{{{}}}", many.join(",")).as_bytes());
        assert_eq!(found.len(), MOST);
    }
}
