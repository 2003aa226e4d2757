//! A new address for an account: a code is mailed there, and typed where one is signed in.

use subtle::ConstantTimeEq;

use super::super::{Ctx, Cx};
use super::post::{Envelope, Reader, service_letter};
use super::{
    AccountError, CODE_TRIES, MAIL_EVERY, MAILS_AT_ONCE, SIGN_IN_LIFE, Session, code, invalid, limit_key,
    sha256, typed_code,
};
use crate::clock::Ts;
use crate::domain::address::EmailAddress;
use crate::domain::connector::Connector;
use crate::domain::message::MessageKind;
use crate::domain::problem::Problem;
use crate::store::addresses::{self, Change};
use crate::store::{Tx, accounts, connectors, outbox, sessions};
use crate::view::mails::{self, Who};

/// Mails a code to the new address. Whether somebody else has an account under it shows nowhere: then
/// nothing is mailed.
pub async fn ask_for_address(cx: &Cx, who: &Connector, email: &str) -> Result<(), AccountError> {
    let email = EmailAddress::typed("email", email).map_err(invalid)?;
    if email == who.email {
        return Err(invalid(Problem::new("email", "same-address")));
    }
    let (now, shared, who, code) = (cx.now(), cx.clone(), who.clone(), code(cx));
    cx.db
        .write(move |tx| {
            let (cx, who, email, code) = (shared.clone(), who.clone(), email.clone(), code.clone());
            Box::pin(async move { mail_code(tx, &cx, &who, email, &code, now).await })
        })
        .await?;
    cx.wake.ring();
    Ok(())
}

async fn mail_code(
    tx: &mut Tx,
    cx: &Ctx,
    who: &Connector,
    email: EmailAddress,
    code: &str,
    now: Ts,
) -> Result<(), AccountError> {
    if !addresses::take(tx, limit_key(cx, &email), now, MAILS_AT_ONCE, MAIL_EVERY).await? {
        return Err(invalid(Problem::new("email", "too-many-mails")));
    }
    let expires_at = now + SIGN_IN_LIFE;
    let taken = connectors::find(tx, &email).await?.is_some_and(|other| other.id != who.id);
    let mail = mails::ConfirmAddress {
        connector: Who::new(&who.name),
        code: code.to_owned(),
        minutes: SIGN_IN_LIFE.as_seconds() / 60,
    };
    let change = Change { connector: who.id, email, code: sha256(code), tries: 0, expires_at };
    addresses::put(tx, &change).await?;
    if taken {
        return Ok(());
    }
    let key = format!("confirm_address/{}/{}", who.id, now.0);
    let envelope =
        Envelope { kind: MessageKind::ConfirmAddress, key, links: Vec::new(), expires_at: Some(expires_at) };
    let to = Reader { name: &who.name, email: &change.email, language: &who.language };
    let letter = service_letter(cx, to, envelope, &mail, now)?;
    outbox::enqueue(tx, &letter, now).await?;
    Ok(())
}

/// The address that waits for its code, if one does.
pub async fn waiting_address(cx: &Cx, who: &Connector) -> Result<Option<String>, AccountError> {
    let mut tx = cx.db.read().await?;
    let found = addresses::waiting(&mut tx, who.id, cx.now()).await?;
    Ok(found.map(|change| change.email.as_str().to_owned()))
}

/// Takes the new address, whose code was typed. All other sessions end, and the old address is told.
///
/// # Errors
/// [`AccountError::Invalid`] for a wrong code; after ten of them it is dead.
pub async fn confirm_address(
    cx: &Cx,
    who: &Connector,
    session: &Session,
    typed: &str,
) -> Result<(), AccountError> {
    let (now, shared, who, keep) = (cx.now(), cx.clone(), who.clone(), session.id);
    let typed = typed_code(typed);
    let changed = cx
        .db
        .write(move |tx| {
            let (cx, who) = (shared.clone(), who.clone());
            Box::pin(async move {
                let Some(change) = addresses::waiting(tx, who.id, now).await? else {
                    return Ok(false);
                };
                let right = change.tries < CODE_TRIES && bool::from(change.code.ct_eq(&typed));
                // Another account took the address meanwhile: as if the code were wrong.
                if !right || !accounts::set_email(tx, who.id, &change.email).await? {
                    addresses::count_try(tx, who.id).await?;
                    return Ok(false);
                }
                addresses::forget(tx, who.id).await?;
                sessions::end_all(tx, who.id, Some(keep)).await?;
                tell_old(tx, &cx, &who, &change.email, now).await?;
                Ok::<_, AccountError>(true)
            })
        })
        .await?;
    cx.wake.ring();
    if changed { Ok(()) } else { Err(invalid(Problem::new("code", "wrong-code"))) }
}

async fn tell_old(
    tx: &mut Tx,
    cx: &Ctx,
    who: &Connector,
    new: &EmailAddress,
    now: Ts,
) -> Result<(), AccountError> {
    let mail = mails::AccountMoved { connector: Who::new(&who.name), address: new.masked() };
    let key = format!("account_moved/{}/{}", who.id, now.0);
    let kind = MessageKind::AccountMoved;
    let envelope = Envelope { kind, key, links: Vec::new(), expires_at: None };
    let to = Reader { name: &who.name, email: &who.email, language: &who.language };
    let letter = service_letter(cx, to, envelope, &mail, now)?;
    outbox::enqueue(tx, &letter, now).await?;
    Ok(())
}
