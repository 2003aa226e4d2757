//! Reading the layers. Every single value is laid on alone, so that each problem names the file or
//! the variable that caused it, and all of them are reported at once.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Table, Value};

use super::{Config, ConfigError, ConfigProblem, Secret};

/// `config/default.toml`, as it was when the program was built.
pub const DEFAULT_TOML: &str = include_str!("../../config/default.toml");

/// The file that is read when none is named and it is there.
const DEFAULT_FILE: &str = "twoyes.toml";
const PREFIX: &str = "TWOYES__";
/// Their values never appear in a message.
const SECRETS: [&str; 3] = ["database.url", "smtp.password", "inbound.secret"];

impl Default for Config {
    #[expect(clippy::expect_used, reason = "a test reads the embedded file")]
    fn default() -> Self {
        toml::from_str(DEFAULT_TOML).expect("config/default.toml is whole")
    }
}

impl Config {
    /// The configuration of this process: `--config PATH`, else `twoyes.toml` if it is there, then
    /// the environment. Relative paths start at the working folder.
    pub fn load_here(named: Option<&Path>) -> Result<Self, ConfigError> {
        let default = Path::new(DEFAULT_FILE);
        let file = named.or_else(|| default.exists().then_some(default));
        Self::load(file, process_environment()?)
    }

    /// Default, then `file`, then those of `environment` that begin with `TWOYES__`. Does not judge
    /// how the values go together: that is [`Config::validate`].
    ///
    /// # Errors
    /// All unknown keys, wrong types and unreadable files at once.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut layers = Layers::new();
        if let Some(path) = file {
            layers.lay_file(path);
        }
        for (name, text) in environment {
            if let Some(rest) = name.strip_prefix(PREFIX) {
                layers.lay_variable(&name, rest, &text);
            }
        }
        layers.finish()
    }
}

fn process_environment() -> Result<Vec<(String, String)>, ConfigError> {
    let mut pairs = Vec::new();
    for (name, value) in std::env::vars_os() {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
        match value.into_string() {
            Ok(value) => pairs.push((name.to_owned(), value)),
            Err(_) => {
                return Err(ConfigError { problems: vec![problem(name, "value", "is not valid UTF-8")] });
            }
        }
    }
    // The operating system gives them in no order; messages should have one.
    pairs.sort();
    Ok(pairs)
}

struct Layers {
    default: Table,
    table: Table,
    config: Config,
    /// Keys that a file or a variable has set.
    set: BTreeSet<String>,
    problems: Vec<ConfigProblem>,
}

impl Layers {
    #[expect(clippy::expect_used, reason = "a test reads the embedded file")]
    fn new() -> Self {
        let default: Table = DEFAULT_TOML.parse().expect("config/default.toml is TOML");
        Self {
            table: default.clone(),
            default,
            config: Config::default(),
            set: BTreeSet::new(),
            problems: Vec::new(),
        }
    }

    fn lay_file(&mut self, path: &Path) {
        let origin = path.display().to_string();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return self.refuse(&origin, "file", format!("cannot be read: {error}")),
        };
        let sections: Table = match text.parse() {
            Ok(table) => table,
            // Not the error's own display: it quotes the line, which may hold a password.
            Err(error) => {
                return self.refuse(&origin, &line_of(&text, error.span()), error.message());
            }
        };
        for (section, content) in sections {
            match content {
                Value::Table(keys) => {
                    for (key, value) in keys {
                        self.lay(&origin, &section, &key, value);
                    }
                }
                other if self.default.contains_key(&section) => {
                    let kind = other.type_str();
                    self.refuse(&origin, &section, format!("is a section, [{section}], and not a {kind}"));
                }
                _ => self.refuse_section(&origin, &section),
            }
        }
    }

    fn lay_variable(&mut self, name: &str, rest: &str, text: &str) {
        let lower = rest.to_ascii_lowercase();
        let Some((section, key)) = lower.split_once("__") else {
            return self.refuse(name, &lower, format!("is not of the form {PREFIX}SECTION__KEY"));
        };
        // The default's type decides, so a password of digits stays the text it is.
        let value = match self.default.get(section).and_then(|keys| keys.get(key)) {
            Some(default) => typed(default, text),
            None => Ok(Value::String(String::new())),
        };
        match value {
            Ok(value) => self.lay(name, section, key, value),
            Err(sentence) => self.refuse(name, &format!("{section}.{key}"), sentence),
        }
    }

    fn lay(&mut self, origin: &str, section: &str, key: &str, value: Value) {
        let Some(Value::Table(known)) = self.default.get(section) else {
            return self.refuse_section(origin, section);
        };
        let path = format!("{section}.{key}");
        if !known.contains_key(key) {
            let names = known.keys().cloned().collect::<Vec<_>>().join(", ");
            return self.refuse(origin, &path, format!("unknown key; [{section}] has {names}"));
        }
        let mut table = self.table.clone();
        if let Some(Value::Table(keys)) = table.get_mut(section) {
            keys.insert(key.to_owned(), value);
        }
        match Config::deserialize(Value::Table(table.clone())) {
            Ok(config) => {
                self.config = config;
                self.table = table;
                self.set.insert(path);
            }
            Err(_) if SECRETS.contains(&path.as_str()) => {
                self.refuse(origin, &path, "must be text in quotes");
            }
            Err(error) => self.refuse(origin, &path, error.message()),
        }
    }

    fn finish(mut self) -> Result<Config, ConfigError> {
        if let Some(url) = self.twin("database.url", &self.config.database.url_file.clone()) {
            self.config.database.url = url;
        }
        if let Some(password) = self.twin("smtp.password", &self.config.smtp.password_file.clone()) {
            self.config.smtp.password = password;
        }
        if let Some(secret) = self.twin("inbound.secret", &self.config.inbound.secret_file.clone()) {
            self.config.inbound.secret = secret;
        }
        if self.problems.is_empty() { Ok(self.config) } else { Err(ConfigError { problems: self.problems }) }
    }

    /// The secret from its `_file` twin, without the line end that editors add.
    fn twin(&mut self, key: &str, file: &PathBuf) -> Option<Secret> {
        if file.as_os_str().is_empty() {
            return None;
        }
        if self.set.contains(key) {
            self.refuse("configuration", key, format!("is set together with {key}_file; choose one"));
            return None;
        }
        match std::fs::read_to_string(file) {
            Ok(text) => {
                let text = text.strip_suffix('\n').unwrap_or(&text);
                Some(Secret::new(text.strip_suffix('\r').unwrap_or(text)))
            }
            Err(error) => {
                let origin = file.display().to_string();
                self.refuse(&origin, &format!("{key}_file"), format!("cannot be read: {error}"));
                None
            }
        }
    }

    fn refuse_section(&mut self, origin: &str, section: &str) {
        let names = self.default.keys().cloned().collect::<Vec<_>>().join(", ");
        self.refuse(origin, section, format!("unknown section; there are {names}"));
    }

    fn refuse(&mut self, origin: &str, key: &str, sentence: impl Into<String>) {
        self.problems.push(problem(origin, key, sentence));
    }
}

fn problem(origin: impl Into<String>, key: &str, sentence: impl Into<String>) -> ConfigProblem {
    ConfigProblem { origin: origin.into(), key: key.to_owned(), sentence: sentence.into() }
}

fn line_of(text: &str, span: Option<std::ops::Range<usize>>) -> String {
    let start = span.map_or(0, |span| span.start.min(text.len()));
    let before = text.get(..start).unwrap_or(text);
    format!("line {}", before.matches('\n').count() + 1)
}

/// A variable's text as a value of the type that the default has.
fn typed(default: &Value, text: &str) -> Result<Value, String> {
    match default {
        Value::Integer(_) => {
            text.trim().parse().map(Value::Integer).map_err(|_| format!("`{text}` is not a whole number"))
        }
        Value::Boolean(_) => {
            text.trim().parse().map(Value::Boolean).map_err(|_| format!("`{text}` is not true or false"))
        }
        Value::Array(defaults) => {
            // An empty default list holds text, the only other kind of list here.
            let element = defaults.first().cloned().unwrap_or(Value::String(String::new()));
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            parts.map(|part| typed(&element, part)).collect::<Result<_, _>>().map(Value::Array)
        }
        Value::String(_) | Value::Float(_) | Value::Datetime(_) | Value::Table(_) => {
            Ok(Value::String(text.to_owned()))
        }
    }
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
