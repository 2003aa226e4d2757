//! Erase me: the address, the words and the answers go; what stays is the hash that keeps everybody from
//! asking again.

use super::super::Cx;
use super::super::erasure::{self, Told};
use super::super::evidence;
use super::{YouError, find, read_link};
use crate::domain::address::EmailAddress;
use crate::domain::problem::{Problem, Problems};
use crate::store::suppressions::Source;

/// Erases the person behind the link. Their whole address must be typed: nobody does that by mistake, no
/// robot does it, and the page never shows it. A last mail confirms it.
///
/// # Errors
/// [`YouError::Invalid`] when what was typed is not their address.
pub async fn erase(cx: &Cx, token: &str, typed: &str, nonce: &str) -> Result<(), YouError> {
    let now = cx.now();
    let (link, generation) = read_link(cx, token, nonce, now)?;
    let typed = EmailAddress::parse("email", typed).map_err(|one| YouError::Invalid(Problems(vec![one])))?;
    let is_theirs = find(&mut cx.db.read().await?, link, generation, now).await?.person == cx.person(&typed);
    if !is_theirs {
        return Err(YouError::Invalid(Problems(vec![Problem::new("email", "not-yours")])));
    }
    let mut person = erasure::find(cx, cx.person(&typed)).await?;
    person.spellings.push(typed.as_str().to_lowercase());
    let shared = cx.clone();
    let steps = cx.db.write(move |tx| {
        let (cx, person, typed) = (shared.clone(), person.clone(), typed.clone());
        Box::pin(async move {
            let you = find(tx, link, generation, now).await?;
            let source = Source { introduction: you.introduction, side: you.side };
            evidence::suppress(tx, &cx, person.key, source, now).await?;
            let steps = erasure::erase_in(tx, &cx, &person, now, now).await?;
            let told = Told { email: typed, name: you.name, language: you.language };
            erasure::tell(tx, &cx, &told, now).await?;
            Ok::<_, YouError>(steps)
        })
    });
    erasure::finish(cx, &steps.await?).await;
    Ok(())
}
