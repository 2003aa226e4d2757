//! A connector deletes their account.

use super::super::{Ctx, Cx, Failure};
use super::manage::take_back_all;
use super::{AccountError, invalid, keep_an_admin};
use crate::domain::circle::Circle;
use crate::domain::connector::Connector;
use crate::domain::problem::Problem;
use crate::store::{
    accounts, addresses, ask_me, contacts, due, imports, introductions, landed, sessions, thanks, tokens,
    touch,
};

/// Deletes an account whose owner typed its address. Sessions, tokens, drafts and contacts go at once;
/// what is under way is taken back the quiet way. Name and address stay until the last of those is over.
///
/// # Errors
/// [`AccountError::Invalid`] when the address is not theirs, or nobody would be left to run the instance.
pub async fn delete(cx: &Cx, who: &Connector, typed: &str) -> Result<(), AccountError> {
    if !typed.trim().eq_ignore_ascii_case(who.email.as_str()) {
        return Err(invalid(Problem::new("email", "not-your-address")));
    }
    let (now, id) = (cx.now(), who.id);
    cx.db
        .write(move |tx| {
            Box::pin(async move {
                keep_an_admin(tx, id).await?;
                sessions::end_all(tx, id, None).await?;
                tokens::revoke_all(tx, id, now).await?;
                addresses::forget(tx, id).await?;
                introductions::delete_drafts(tx, id).await?;
                due::rest(tx, id).await?;
                contacts::delete_all(tx, id).await?;
                for circle in Circle::ALL {
                    touch::set_circle(tx, id, *circle, None).await?;
                }
                imports::delete_all(tx, id).await?;
                landed::delete_all(tx, id).await?;
                ask_me::delete_all(tx, id).await?;
                thanks::delete_all(tx, id).await?;
                Ok::<_, AccountError>(accounts::mark_deleted(tx, id, now).await?)
            })
        })
        .await?;
    // What a crash leaves undone here the sweeper does.
    finish(cx, who).await?;
    Ok(())
}

/// What stands where the name of a deleted account stood.
#[must_use]
pub fn former(cx: &Ctx) -> String {
    let language = cx.languages().first().cloned().unwrap_or_default();
    cx.views.words(&language, "former-connector", &[])
}

/// Goes on where a crash or a late click left something undone: takes back what is under way for suspended
/// and deleted accounts, and forgets a deleted one's name once nothing is. The sweeper calls it. Returns
/// how many names were forgotten.
pub async fn finish_leaving(cx: &Cx) -> Result<u64, Failure> {
    let suspended = accounts::suspended_and_running(&mut cx.db.read().await?).await?;
    for who in suspended {
        take_back_all(cx, &who).await?;
    }
    let leaving = accounts::leaving(&mut cx.db.read().await?).await?;
    let mut forgotten = 0;
    for who in leaving {
        forgotten += u64::from(finish(cx, &who).await?);
    }
    Ok(forgotten)
}

async fn finish(cx: &Cx, who: &Connector) -> Result<bool, Failure> {
    take_back_all(cx, who).await?;
    let (now, id, name) = (cx.now(), who.id, former(cx));
    cx.db
        .write(move |tx| {
            let name = name.clone();
            Box::pin(async move {
                if introductions::is_any_open(tx, id).await? {
                    return Ok(false);
                }
                accounts::scrub(tx, id, &name, now).await?;
                Ok::<_, Failure>(true)
            })
        })
        .await
}
