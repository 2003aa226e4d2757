//! The smaller forms of the settings: address, sessions, tokens.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::super::session::{Session, SignedIn, frame, see_other, signed_out};
use super::super::{Form, Id, faults, show};
use super::settings::{Typed, back, prefixed, refuse};
use crate::domain::connector::Scope;
use crate::flow::account::{self, AccountError};
use crate::ids::{SessionId, TokenId};
use crate::urls::path;
use crate::view::pages::{self, Here, SettingsSaid};
use crate::web::Web;
use crate::web::client::Client;
use crate::web::error::WebError;

/// Mails a code to a new address.
pub async fn address(
    State(web): State<Web>,
    Session(session, who): Session,
    client: Client,
    form: Form,
) -> Result<Response, WebError> {
    let email = form.get("email").to_owned();
    web.clients.take(client, web.cx.now()).map_err(WebError::too_many)?;
    let asked = if form.problems.0.is_empty() {
        account::ask_for_address(&web.cx, &who, &email).await
    } else {
        Err(AccountError::Invalid(form.problems))
    };
    match asked {
        Ok(()) => Ok(back(SettingsSaid::Mailed)),
        Err(AccountError::Invalid(problems)) => {
            let faults = faults(&web, &who.language, &problems);
            refuse(&web, &session, &who, Typed { faults, new_email: email, ..Typed::default() }).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes the new address, whose code is typed.
pub async fn address_code(
    State(web): State<Web>,
    Session(session, who): Session,
    form: Form,
) -> Result<Response, WebError> {
    match account::confirm_address(&web.cx, &who, &session, form.get("code")).await {
        Ok(()) => Ok(back(SettingsSaid::Address)),
        Err(AccountError::Invalid(problems)) => {
            // Without a code that is waited for there is no field: then it is too late.
            if account::waiting_address(&web.cx, &who).await?.is_none() {
                return Ok(back(SettingsSaid::Gone));
            }
            let faults = faults(&web, &who.language, &problems);
            refuse(&web, &session, &who, Typed { faults, ..Typed::default() }).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Ends one session.
pub async fn end_session(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<SessionId>,
) -> Result<Response, WebError> {
    let ended = account::end_session(&web.cx, &who, id).await?;
    Ok(back(if ended { SettingsSaid::Ended } else { SettingsSaid::Gone }))
}

/// Ends all of them, this one too.
pub async fn end_sessions(State(web): State<Web>, SignedIn(who): SignedIn) -> Result<Response, WebError> {
    account::sign_out_everywhere(&web.cx, &who).await?;
    Ok((signed_out(&web), see_other(path::SIGN_IN)).into_response())
}

/// Makes a token. The answer is the only page that ever shows its secret.
pub async fn make_token(
    State(web): State<Web>,
    Session(session, who): Session,
    form: Form,
) -> Result<Response, WebError> {
    let name = form.get("name").to_owned();
    let ticked = Scope::ALL.iter().copied().filter(|scope| form.ticked(scope.as_str()));
    let scopes: Vec<Scope> = ticked.collect();
    let made = if form.problems.0.is_empty() {
        account::add_token(&web.cx, &who, &name, &scopes).await
    } else {
        Err(AccountError::Invalid(form.problems))
    };
    match made {
        Ok((token, secret)) => {
            let page = pages::TokenMade {
                frame: frame(&web, &who).at(Here::Settings),
                name: token.name,
                secret,
                scopes: token.scopes.iter().map(|scope| scope.as_str()).collect(),
            };
            show(&web, &who.language, StatusCode::OK, &page)
        }
        Err(AccountError::Invalid(problems)) => {
            let faults = prefixed(&web, &who, &problems, "token-");
            refuse(&web, &session, &who, Typed { faults, token: Some((name, scopes)), ..Typed::default() })
                .await
        }
        Err(error) => Err(error.into()),
    }
}

/// Revokes a token.
pub async fn revoke_token(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<TokenId>,
) -> Result<Response, WebError> {
    let revoked = account::revoke_own_token(&web.cx, &who, id).await?;
    Ok(back(if revoked { SettingsSaid::Revoked } else { SettingsSaid::Gone }))
}
