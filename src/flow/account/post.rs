//! The service's own mails to people with an account.

use super::super::{Ctx, Failure, letters};
use crate::clock::Ts;
use crate::domain::address::EmailAddress;
use crate::domain::letter::{LinkSpec, NewDelivery, NewMessage};
use crate::domain::message::MessageKind;
use crate::view::Mail;

/// Who reads it.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub name: &'a str,
    pub email: &'a EmailAddress,
    pub language: &'a str,
}

/// What is around it.
pub(super) struct Envelope {
    pub kind: MessageKind,
    /// Unique, so that the same act queues it once.
    pub key: String,
    pub links: Vec<LinkSpec>,
    /// Useless after this moment.
    pub expires_at: Option<Ts>,
}

/// Renders a mail to one reader.
pub(super) fn service_letter<M: Mail>(
    cx: &Ctx,
    to: Reader<'_>,
    envelope: Envelope,
    mail: &M,
    now: Ts,
) -> Result<NewMessage, Failure> {
    let rendered = cx.views.mail(to.language, mail)?;
    let Envelope { kind, key, links, expires_at } = envelope;
    let correspondent = letters::correspondent(to.name, to.email.as_str());
    let mut letter = letters::service_mail(cx, kind, key.clone(), correspondent, rendered, now);
    letter.deliveries.push(NewDelivery {
        id: letters::delivery_id(cx, &key, 0, now),
        side: None,
        recipient: to.email.clone(),
        person: None,
        links,
        not_before: None,
        expires_at,
    });
    Ok(letter)
}
