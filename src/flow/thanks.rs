//! Gratitude, both ways: a party's words to the connector, and the connector's thanks to whoever helped.

use super::follow_up::{self, CheckInPage, OutcomeError};
use super::{Cx, Failure};
use crate::clock::Ts;
use crate::domain::connector::Connector;
use crate::domain::introduction::Introduction;
use crate::domain::link;
use crate::domain::nonce;
use crate::domain::problem::Problems;
use crate::domain::thanks::{self as words, Thanks, Words};
use crate::ids::IntroductionId;
use crate::store::desk::Key;
use crate::store::thanks;

/// Rows of a list at once.
const LISTED: i64 = 30;
/// Behind everything that was ever said.
const LAST: Key = (Ts(i64::MAX), IntroductionId(uuid::Uuid::max()));

/// The page on which a party writes to their connector.
#[derive(Clone)]
pub struct WordsPage {
    pub about: CheckInPage,
    /// They wrote something before. Not what: whoever was handed the mail would read it too.
    pub again: bool,
}

/// Opens it. Looking at it changes nothing.
pub async fn open(cx: &Cx, token: &str) -> Result<WordsPage, OutcomeError> {
    let now = cx.now();
    let claims = cx.ring().verify(link::Purpose::CheckIn, token, now)?;
    let mut tx = cx.db.read().await?;
    let (of, side, connector) = follow_up::of_link(&mut tx, &claims).await?;
    let said = thanks::said(&mut tx, of.id, side).await?;
    let about = follow_up::page(cx, &of, side, &connector, now);
    Ok(WordsPage { about, again: said.is_some() })
}

/// A party says it: their connector reads it, and nobody else. Once more replaces it.
///
/// # Errors
/// [`OutcomeError::Invalid`] when nothing, or too much, is said.
pub async fn say(cx: &Cx, token: &str, raw: &str, nonce: &str) -> Result<WordsPage, OutcomeError> {
    let now = cx.now();
    let claims = cx.ring().verify(link::Purpose::CheckIn, token, now)?;
    if !nonce::is_good(&cx.nonce_key(), claims.reference, claims.generation, now, nonce) {
        return Err(OutcomeError::StaleForm);
    }
    let text = words::words(raw).map_err(|one| OutcomeError::Invalid(Problems(vec![one])))?;
    let shared = cx.clone();
    cx.db
        .write(move |tx| {
            let (cx, text) = (shared.clone(), text.clone());
            Box::pin(async move {
                let (of, side, connector) = follow_up::of_link(tx, &claims).await?;
                thanks::say(tx, &of, side, &text, now).await?;
                Ok(WordsPage { about: follow_up::page(&cx, &of, side, &connector, now), again: true })
            })
        })
        .await
}

/// A list, or a page of it.
#[derive(Clone)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Behind which row the next page begins.
    pub more: Option<Key>,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), more: None }
    }
}

/// What was said to the connector, the newest first, each with the introduction after which it was said.
pub async fn received(
    cx: &Cx,
    who: &Connector,
    before: Option<Key>,
) -> Result<Page<(Words, Introduction)>, Failure> {
    let rows = thanks::page(&mut cx.db.read().await?, who.id, before.unwrap_or(LAST), LISTED + 1).await?;
    Ok(cut(rows, |(words, of)| (words.said_at, of.id)))
}

/// Thanks that the connector owes, or has given, the latest first.
pub async fn owed(
    cx: &Cx,
    who: &Connector,
    given: bool,
    before: Option<Key>,
) -> Result<Page<Thanks>, Failure> {
    let rows =
        thanks::owed(&mut cx.db.read().await?, who.id, given, before.unwrap_or(LAST), LISTED + 1).await?;
    Ok(cut(rows, |one| (one.since, one.introduction.id)))
}

/// One row more than a page holds tells that there is a next one.
fn cut<T>(mut rows: Vec<T>, key: impl Fn(&T) -> Key) -> Page<T> {
    let many = usize::try_from(LISTED).unwrap_or(usize::MAX);
    let more = rows.len() > many;
    rows.truncate(many);
    Page { more: rows.last().filter(|_| more).map(key), rows }
}

/// What is new.
pub async fn unread(cx: &Cx, who: &Connector) -> Result<i64, Failure> {
    Ok(thanks::unread(&mut cx.db.read().await?, who.id).await?)
}

/// What both parties of one introduction said.
pub async fn about(cx: &Cx, who: &Connector, id: IntroductionId) -> Result<Vec<Words>, Failure> {
    Ok(thanks::of(&mut cx.db.read().await?, who.id, id).await?)
}

/// The connector has read everything that was said until `until`.
pub async fn read(cx: &Cx, who: &Connector, until: Ts) -> Result<(), Failure> {
    let (owner, now) = (who.id, cx.now());
    cx.db.write(move |tx| Box::pin(thanks::read_all(tx, owner, until, now))).await.map_err(Failure::from)?;
    Ok(())
}
