//! What templates can do besides showing a field.
//!
//! * `{{ t(key="purpose-peers", n=3) }}`: a sentence of the catalogue
//! * `{{ deadline | date }}`, `{{ at | datetime }}`: a moment in the context's `time_zone`, or `tz="..."`
//! * `{{ at | month }}`: the month and the year of it
//! * `{{ shared | quote }}`: `> ` before every line, in text
//! * `{{ shared | paragraphs }}`: escaped paragraphs, in HTML
//! * `{{ step | sentence }}`: with a full stop at its end, unless there is one
//! * `{{ note | defang }}`: dead links (in mails every free text is already)

use std::sync::Arc;

use tera::{Error, Kwargs, State, StringInput, Tera, TeraResult, Value};

use super::words::{Arg, Words};
use crate::clock::Ts;

pub(super) fn register(tera: &mut Tera, words: &Arc<Words>) {
    let catalogue = Arc::clone(words);
    tera.register_function("t", move |args: Kwargs, _: &State| say(&catalogue, &args));
    let catalogue = Arc::clone(words);
    tera.register_filter("date", move |at: i64, args: Kwargs, state: &State| {
        date(&catalogue, Ts(at), &args, state)
    });
    let catalogue = Arc::clone(words);
    tera.register_filter("month", move |at: i64, args: Kwargs, state: &State| {
        month(&catalogue, Ts(at), &args, state)
    });
    let catalogue = Arc::clone(words);
    tera.register_filter("datetime", move |at: i64, args: Kwargs, state: &State| {
        datetime(&catalogue, Ts(at), &args, state)
    });
    tera.register_filter("quote", |text: &str, _: Kwargs, _: &State| quote(text));
    tera.register_filter("paragraphs", |text: StringInput, _: Kwargs, state: &State| {
        paragraphs(&text, state)
    });
    tera.register_filter("sentence", |text: StringInput, _: Kwargs, _: &State| {
        text.inherit_safety(sentence(text.as_str()))
    });
    tera.register_filter("defang", |text: &str, _: Kwargs, _: &State| super::defang(text));
}

fn say(words: &Words, args: &Kwargs) -> TeraResult<String> {
    let key = args.must_get::<String>("key")?;
    let mut values = Vec::new();
    for (name, value) in args.iter() {
        let Some(name) = name.as_str().filter(|name| *name != "key") else { continue };
        let value = match value.as_i64() {
            Some(number) if value.is_number() => Arg::Number(number),
            _ => Arg::from(value.to_string()),
        };
        values.push((name, value));
    }
    words.say(&key, &values).map_err(Error::message)
}

/// `Tuesday 3 March 2026`: the catalogue has the names and their order.
fn date(words: &Words, at: Ts, args: &Kwargs, state: &State) -> TeraResult<String> {
    let local = local(at, args, state)?;
    let weekday = words.say(&format!("weekday-{}", local.weekday().to_monday_one_offset()), &[]);
    let month = words.say(&format!("month-{}", local.month()), &[]);
    let values = [
        ("weekday", Arg::from(weekday.map_err(Error::message)?)),
        ("day", Arg::Number(local.day().into())),
        ("month", Arg::from(month.map_err(Error::message)?)),
        // As text, so that no language groups its digits.
        ("year", Arg::from(local.year().to_string())),
    ];
    words.say("date-long", &values).map_err(Error::message)
}

/// `March 2026`.
fn month(words: &Words, at: Ts, args: &Kwargs, state: &State) -> TeraResult<String> {
    let local = local(at, args, state)?;
    let month = words.say(&format!("month-{}", local.month()), &[]).map_err(Error::message)?;
    let values = [("month", Arg::from(month)), ("year", Arg::from(local.year().to_string()))];
    words.say("month-year", &values).map_err(Error::message)
}

/// `Tuesday 3 March 2026, 14:05 (CET)`.
fn datetime(words: &Words, at: Ts, args: &Kwargs, state: &State) -> TeraResult<String> {
    let local = local(at, args, state)?;
    let values = [
        ("date", Arg::from(date(words, at, args, state)?)),
        ("time", Arg::from(local.strftime("%H:%M").to_string())),
        ("zone", Arg::from(local.strftime("%Z").to_string())),
    ];
    words.say("date-time", &values).map_err(Error::message)
}

fn local(at: Ts, args: &Kwargs, state: &State) -> TeraResult<jiff::Zoned> {
    let zone = match args.get::<String>("tz")? {
        Some(zone) => zone,
        None => state
            .get::<String>("time_zone")?
            .ok_or_else(|| Error::message("a date needs `time_zone` or `tz`"))?,
    };
    at.to_jiff().in_tz(&zone).map_err(|error| Error::message(format!("time zone `{zone}`: {error}")))
}

fn quote(text: &str) -> String {
    let quoted =
        text.trim().lines().map(|line| if line.is_empty() { ">".to_owned() } else { format!("> {line}") });
    quoted.collect::<Vec<_>>().join("\n")
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    let open = text.ends_with(|c: char| c.is_alphanumeric() || ")]\"'”’".contains(c));
    if open { format!("{text}.") } else { text.to_owned() }
}

/// `dir="auto"`: every paragraph finds its own reading direction.
fn paragraphs(text: &StringInput, state: &State) -> TeraResult<Value> {
    let mut html = String::new();
    for block in text.as_str().trim().split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        let lines = state.escape(block)?.replace('\n', "<br>\n");
        html.push_str("<p dir=\"auto\">");
        html.push_str(&lines);
        html.push_str("</p>\n");
    }
    Ok(Value::safe_string(html.trim_end()))
}
