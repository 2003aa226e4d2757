//! What a connector sets about themself: name, signature, time zone, language.

use super::super::Cx;
use super::AccountError;
use crate::domain::connector::Connector;
use crate::domain::problem::{Problem, Problems};
use crate::domain::{text, zone};
use crate::store::accounts;

/// Longest signature, in characters.
const SIGNATURE_MAX: usize = 300;
/// Lines of a signature: it is a closing, not a second letter.
const SIGNATURE_LINES: usize = 6;

/// The form as typed.
#[derive(Clone, Debug, Default)]
pub struct RawProfile {
    pub name: String,
    pub signature: String,
    pub time_zone: String,
    /// Empty: as it is.
    pub language: String,
}

/// Saves it. Mails that wait keep what they say.
///
/// # Errors
/// [`AccountError::Invalid`] with everything that is wrong.
pub async fn save_profile(cx: &Cx, who: &Connector, raw: &RawProfile) -> Result<Connector, AccountError> {
    let next = check(cx, who, raw).map_err(AccountError::Invalid)?;
    let saved = next.clone();
    cx.db
        .write(move |tx| {
            let next = next.clone();
            Box::pin(async move { Ok::<_, AccountError>(accounts::save_profile(tx, &next).await?) })
        })
        .await?;
    Ok(saved)
}

fn check(cx: &Cx, who: &Connector, raw: &RawProfile) -> Result<Connector, Problems> {
    let mut problems = Problems::default();
    let name = problems.take(text::person_name("name", &raw.name));
    let signature = problems.take(signature(&raw.signature));
    let time_zone = problems.take(zone::parse("time_zone", &raw.time_zone));
    let language = problems.take(language(cx, who, &raw.language));
    match (name, signature, time_zone, language) {
        (Some(name), Some(signature), Some(time_zone), Some(language)) => {
            Ok(Connector { name, signature, time_zone, language, ..who.clone() })
        }
        _ => Err(problems),
    }
}

fn signature(raw: &str) -> Result<String, Problem> {
    let text = text::paragraph("signature", raw, SIGNATURE_MAX)?;
    let lines = text.lines().count();
    if lines > SIGNATURE_LINES {
        return Err(Problem::new("signature", "too-many-lines").number("max", SIGNATURE_LINES));
    }
    Ok(text)
}

fn language(cx: &Cx, who: &Connector, raw: &str) -> Result<String, Problem> {
    if raw.is_empty() {
        return Ok(who.language.clone());
    }
    let known = cx.languages();
    if known.iter().any(|one| one == raw) {
        return Ok(raw.to_owned());
    }
    Err(Problem::new("language", "unknown-value").text("allowed", known.join(", ")))
}
