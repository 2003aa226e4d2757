//! Connectors come by invitation only. The mail leads to the sign-in page; it opens nothing by itself.

use super::super::admin_acts::note;
use super::super::{Ctx, Cx, Failure};
use super::post::{Envelope, Reader, service_letter};
use super::{AccountError, MAIL_EVERY, MAILS_AT_ONCE, insert, invalid, limit_key, new_account};
use crate::clock::Ts;
use crate::domain::admin_act::Act;
use crate::domain::connector::{Connector, Role};
use crate::domain::message::MessageKind;
use crate::domain::problem::Problem;
use crate::ids::ConnectorId;
use crate::store::{Tx, accounts, addresses, outbox};
use crate::view::mails::{self, Who};

/// Makes an account and mails its owner where to sign in.
pub async fn invite(
    cx: &Cx,
    admin: &Connector,
    email: &str,
    name: &str,
    role: Role,
) -> Result<Connector, AccountError> {
    let new = new_account(cx, email, name, role)?;
    let (now, shared, admin, saved) = (cx.now(), cx.clone(), admin.clone(), new.clone());
    cx.db
        .write(move |tx| {
            let (cx, admin, new) = (shared.clone(), admin.clone(), new.clone());
            Box::pin(async move {
                insert(tx, &new).await?;
                mail(tx, &cx, &admin, &new, now).await?;
                Ok::<_, AccountError>(
                    note(tx, &cx, &admin, Act::ConnectorInvited, &new.id.to_string(), "", now).await?,
                )
            })
        })
        .await?;
    cx.wake.ring();
    Ok(saved)
}

/// Mails the invitation once more, to somebody who never came.
///
/// # Errors
/// [`AccountError::Invalid`] when the address had too many mails lately, or its owner was here before.
pub async fn invite_again(cx: &Cx, admin: &Connector, id: ConnectorId) -> Result<(), AccountError> {
    let (now, shared, admin) = (cx.now(), cx.clone(), admin.clone());
    cx.db
        .write(move |tx| {
            let (cx, admin) = (shared.clone(), admin.clone());
            Box::pin(async move {
                let found = accounts::one(tx, id).await?.ok_or(AccountError::NotFound)?;
                if found.seen_at.is_some() || !found.connector.is_active() {
                    return Err(invalid(Problem::new("email", "came-already")));
                }
                mail(tx, &cx, &admin, &found.connector, now).await?;
                Ok(note(tx, &cx, &admin, Act::ConnectorInvitedAgain, &id.to_string(), "", now).await?)
            })
        })
        .await?;
    cx.wake.ring();
    Ok(())
}

async fn mail(
    tx: &mut Tx,
    cx: &Ctx,
    admin: &Connector,
    new: &Connector,
    now: Ts,
) -> Result<(), AccountError> {
    if !addresses::take(tx, limit_key(cx, &new.email), now, MAILS_AT_ONCE, MAIL_EVERY).await? {
        return Err(invalid(Problem::new("email", "too-many-mails")));
    }
    let text = mails::Invitation {
        connector: Who::new(&new.name),
        admin: admin.name.clone(),
        link: cx.urls.sign_in_as(new.email.as_str()),
    };
    let to = Reader { name: &new.name, email: &new.email, language: &new.language };
    let key = format!("invitation/{}/{}", new.id, now.0);
    let envelope = Envelope { kind: MessageKind::Invitation, key, links: Vec::new(), expires_at: None };
    let mut letter = service_letter(cx, to, envelope, &text, now)?;
    letter.connector = Some(new.id);
    outbox::enqueue(tx, &letter, now).await.map_err(Failure::from)?;
    Ok(())
}
