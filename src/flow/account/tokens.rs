//! API tokens: made once, shown once, revoked at once.

use super::super::{Cx, Failure};
use super::{AccountError, Token, secret, sha256};
use crate::clock::Span;
use crate::domain::connector::{Connector, Scope};
use crate::domain::problem::{Problem, Problems};
use crate::domain::text;
use crate::ids::TokenId;
use crate::store::{connectors, tokens};

/// Makes an API token. The returned secret is shown once and never again.
pub async fn add_token(
    cx: &Cx,
    who: &Connector,
    name: &str,
    scopes: &[Scope],
) -> Result<(Token, String), AccountError> {
    let mut problems = Problems::default();
    let name = problems.take(text::line("name", name, 60));
    if name.as_deref() == Some("") {
        problems.push(Problem::new("name", "required"));
    }
    if scopes.is_empty() {
        problems.push(Problem::new("scopes", "no-scope"));
    }
    if !scopes.iter().all(|scope| scope.is_for(who.role)) {
        problems.push(Problem::new("scopes", "admin-scope"));
    }
    let (Some(name), true) = (name, problems.0.is_empty()) else {
        return Err(AccountError::Invalid(problems));
    };
    let now = cx.now();
    let secret = format!("twoyes_{}", secret(cx, "token"));
    let new = Token {
        id: TokenId(cx.ids.uuid(now, &format!("token/{secret}"))),
        connector: who.id,
        name,
        scopes: scopes.to_vec(),
        created_at: now,
        used_at: None,
        revoked_at: None,
    };
    let (saved, hash) = (new.clone(), sha256(&secret));
    cx.db
        .write(move |tx| {
            let new = new.clone();
            Box::pin(async move {
                tokens::insert(tx, &new, hash).await?;
                Ok::<_, AccountError>(())
            })
        })
        .await?;
    Ok((saved, secret))
}

/// The tokens of an account, without their secrets.
pub async fn tokens_of(cx: &Cx, who: &Connector) -> Result<Vec<Token>, Failure> {
    let mut tx = cx.db.read().await?;
    Ok(tokens::of_connector(&mut tx, who.id).await?)
}

/// Revokes a token at once. `false` when it was not there or revoked before.
pub async fn revoke_token(cx: &Cx, id: TokenId) -> Result<bool, Failure> {
    let now = cx.now();
    cx.db.write(move |tx| Box::pin(async move { Ok(tokens::revoke(tx, id, now).await?) })).await
}

/// Revokes one's own token at once. `false` when there is no such token, or it was revoked before.
pub async fn revoke_own_token(cx: &Cx, who: &Connector, id: TokenId) -> Result<bool, Failure> {
    let (now, owner) = (cx.now(), who.id);
    cx.db.write(move |tx| Box::pin(async move { Ok(tokens::revoke_own(tx, owner, id, now).await?) })).await
}

/// Whose token this is, and what it may do. Notes its use, to the hour.
pub async fn who_holds(cx: &Cx, secret: &str) -> Result<Option<(Connector, Vec<Scope>)>, Failure> {
    let now = cx.now();
    let mut tx = cx.db.read().await?;
    let Some(token) = tokens::find(&mut tx, sha256(secret)).await? else {
        return Ok(None);
    };
    let found = connectors::get(&mut tx, token.connector).await?.filter(Connector::is_active);
    drop(tx);
    if token.used_at.is_none_or(|at| now - at > Span::hours(1)) {
        let id = token.id;
        cx.db
            .write(move |tx| Box::pin(async move { Ok::<_, Failure>(tokens::touch(tx, id, now).await?) }))
            .await?;
    }
    Ok(found.map(|who| {
        // A role that was taken away takes the scope with it.
        let scopes = token.scopes.into_iter().filter(|scope| scope.is_for(who.role)).collect();
        (who, scopes)
    }))
}
