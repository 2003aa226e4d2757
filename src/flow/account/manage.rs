//! What an admin does with accounts: look, change the role, suspend, resume.

use super::super::admin_acts::note;
use super::super::{Cx, Failure, close};
use super::{Account, AccountError, keep_an_admin};
use crate::domain::admin_act::Act;
use crate::domain::connector::{Connector, Role};
use crate::ids::ConnectorId;
use crate::store::{accounts, due, introductions, sessions, tokens};

/// A page of the accounts, newest first, older than `before`.
pub async fn list(cx: &Cx, before: Option<ConnectorId>, limit: i64) -> Result<Vec<Account>, Failure> {
    let mut tx = cx.db.read().await?;
    Ok(accounts::page(&mut tx, before, limit).await?)
}

/// One of them.
pub async fn look_up(cx: &Cx, id: ConnectorId) -> Result<Account, AccountError> {
    let mut tx = cx.db.read().await?;
    accounts::one(&mut tx, id).await?.ok_or(AccountError::NotFound)
}

/// Makes somebody an admin, or a connector again.
///
/// # Errors
/// [`AccountError::Invalid`] when nobody would be left to run the instance.
pub async fn set_role(cx: &Cx, admin: &Connector, id: ConnectorId, role: Role) -> Result<(), AccountError> {
    let (now, shared, admin) = (cx.now(), cx.clone(), admin.clone());
    cx.db
        .write(move |tx| {
            let (cx, admin) = (shared.clone(), admin.clone());
            Box::pin(async move {
                let found = accounts::one(tx, id).await?.ok_or(AccountError::NotFound)?.connector;
                if found.role == role {
                    return Ok(());
                }
                let act = match role {
                    Role::Admin => Act::MadeAdmin,
                    Role::Connector => {
                        keep_an_admin(tx, id).await?;
                        Act::MadeConnector
                    }
                };
                accounts::set_role(tx, id, role).await?;
                Ok(note(tx, &cx, &admin, act, &id.to_string(), "", now).await?)
            })
        })
        .await
}

/// Suspends an account: its sessions and tokens die at once, nothing new is asked in its name, and what
/// was under way is taken back the quiet way. Whoever was reached notices nothing before the deadline.
///
/// # Errors
/// [`AccountError::Invalid`] when nobody would be left to run the instance.
pub async fn suspend(cx: &Cx, admin: &Connector, id: ConnectorId) -> Result<(), AccountError> {
    let (now, shared, admin) = (cx.now(), cx.clone(), admin.clone());
    let whose = cx
        .db
        .write(move |tx| {
            let (cx, admin) = (shared.clone(), admin.clone());
            Box::pin(async move {
                let found = accounts::one(tx, id).await?.ok_or(AccountError::NotFound)?.connector;
                keep_an_admin(tx, id).await?;
                if found.suspended_at.is_none() {
                    accounts::set_suspended(tx, id, Some(now)).await?;
                    note(tx, &cx, &admin, Act::ConnectorSuspended, &id.to_string(), "", now).await?;
                }
                sessions::end_all(tx, id, None).await?;
                tokens::revoke_all(tx, id, now).await?;
                due::rest(tx, id).await?;
                Ok::<_, AccountError>(found)
            })
        })
        .await?;
    take_back_all(cx, &whose).await?;
    Ok(())
}

/// Lets a suspended account in again. What was taken back stays so; tokens are made anew.
pub async fn resume(cx: &Cx, admin: &Connector, id: ConnectorId) -> Result<(), AccountError> {
    let (now, shared, admin) = (cx.now(), cx.clone(), admin.clone());
    cx.db
        .write(move |tx| {
            let (cx, admin) = (shared.clone(), admin.clone());
            Box::pin(async move {
                let found = accounts::one(tx, id).await?.ok_or(AccountError::NotFound)?.connector;
                if found.suspended_at.is_some() {
                    accounts::set_suspended(tx, id, None).await?;
                    note(tx, &cx, &admin, Act::ConnectorResumed, &id.to_string(), "", now).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Withdraws everything of an account that is under way, one unit of work each.
pub(super) async fn take_back_all(cx: &Cx, whose: &Connector) -> Result<(), Failure> {
    let running = introductions::running(&mut cx.db.read().await?, whose.id).await?;
    for id in running {
        match close::withdraw(cx, whose, id).await {
            // Gone meanwhile: introduced, closed or withdrawn by somebody quicker.
            Ok(_) | Err(close::WithdrawError::NotFound | close::WithdrawError::Refused(_)) => {}
            Err(close::WithdrawError::Failure(failure)) => return Err(failure),
        }
    }
    Ok(())
}
