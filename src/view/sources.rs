//! Where templates come from: the binary, and a folder of the instance on top of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rust_embed::RustEmbed;

use super::{FALLBACK, ViewError};

/// The catalogue of words of a language, beside `mail/` and `pages/`.
pub(super) const WORDS: &str = "words.ftl";

#[derive(RustEmbed)]
#[folder = "templates/"]
struct Embedded;

/// One file of one language.
pub(super) struct Source {
    /// What an error calls it: its path.
    pub origin: String,
    pub text: String,
}

/// The files of one language by their path inside its folder.
#[derive(Default)]
pub(super) struct Sources {
    pub files: BTreeMap<String, Source>,
    /// Words that replace single words of the catalogue.
    pub own_words: Option<Source>,
}

/// Every language with its files, overrides applied.
pub(super) fn gather(override_dir: Option<&Path>) -> Result<BTreeMap<String, Sources>, ViewError> {
    let mut languages = embedded()?;
    let Some(dir) = override_dir else { return Ok(languages) };
    let builtin: Vec<String> = languages.keys().cloned().collect();
    for (path, relative) in walk(dir)? {
        let origin = path.display().to_string();
        let unknown = || ViewError::new(&origin, "there is no template of this name to replace");
        let (lang, inside) = relative.split_once('/').ok_or_else(unknown)?;
        if !languages.get(FALLBACK).is_some_and(|english| english.files.contains_key(inside)) {
            return Err(unknown());
        }
        let bytes = std::fs::read(&path).map_err(|error| ViewError::new(&origin, error.to_string()))?;
        let text = utf8(&origin, bytes)?;
        let source = Source { origin, text };
        let is_builtin = builtin.iter().any(|known| known == lang);
        let sources = languages.entry(lang.to_owned()).or_default();
        if is_builtin && inside == WORDS {
            sources.own_words = Some(source);
        } else {
            sources.files.insert(inside.to_owned(), source);
        }
    }
    complete(&languages)?;
    Ok(languages)
}

fn embedded() -> Result<BTreeMap<String, Sources>, ViewError> {
    let mut languages: BTreeMap<String, Sources> = BTreeMap::new();
    for name in Embedded::iter().filter(|name| !name.contains("/.")) {
        let (Some((lang, inside)), Some(file)) = (name.split_once('/'), Embedded::get(&name)) else {
            continue;
        };
        let text = utf8(&name, file.data.into_owned())?;
        let source = Source { origin: name.to_string(), text };
        languages.entry(lang.to_owned()).or_default().files.insert(inside.to_owned(), source);
    }
    complete(&languages)?;
    Ok(languages)
}

/// Half a language would only be found out by its first reader.
fn complete(languages: &BTreeMap<String, Sources>) -> Result<(), ViewError> {
    let Some(english) = languages.get(FALLBACK) else {
        return Err(ViewError::new(FALLBACK, "the English templates are missing"));
    };
    for (lang, sources) in languages {
        if let Some(missing) = english.files.keys().find(|name| !sources.files.contains_key(*name)) {
            return Err(ViewError::new(format!("{lang}/{missing}"), "this file of the language is missing"));
        }
    }
    Ok(())
}

fn utf8(origin: &str, bytes: Vec<u8>) -> Result<String, ViewError> {
    String::from_utf8(bytes).map_err(|_| ViewError::new(origin, "the file is not valid UTF-8"))
}

/// All files below `dir` as (path, relative name with `/`), hidden ones left out, in a fixed order.
fn walk(dir: &Path) -> Result<Vec<(PathBuf, String)>, ViewError> {
    let mut found = Vec::new();
    let mut folders = vec![(dir.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        let fault = |error: std::io::Error| ViewError::new(folder.display().to_string(), error.to_string());
        for entry in std::fs::read_dir(&folder).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let relative = format!("{prefix}{name}");
            // `DirEntry::file_type` does not follow links: a linked folder is an unknown file, not a loop.
            if entry.file_type().map_err(fault)?.is_dir() {
                folders.push((entry.path(), format!("{relative}/")));
            } else {
                found.push((entry.path(), relative));
            }
        }
    }
    found.sort();
    Ok(found)
}
