//! The preview: every mail as each party will read it, and its links disarmed.

use super::error::unit_error;
use super::{Cx, Failure, letters};
use crate::clock::{Span, Ts};
use crate::domain::asking::Side;
use crate::domain::calendar;
use crate::domain::connector::Connector;
use crate::domain::introduction::Introduction;
use crate::domain::letter::{LinkName, NewDelivery, NewMessage};
use crate::domain::link::TOKEN_CHARS;
use crate::domain::message::{Mail, MessageKind};
use crate::domain::party::Asked;
use crate::store::outbox;
use crate::view::RenderedMail;

/// One mail of the preview.
#[derive(Clone, Debug)]
pub struct PreviewMail {
    /// `ask_first`, `ask_second`, `introduction`...
    pub kind: &'static str,
    /// To whom, by name.
    pub to: Vec<String>,
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// The mails in the order in which they would leave. Their words are those that will be sent; in place
/// of each link stands one of the same length that opens nothing, because only the recipient may hold it.
///
/// # Errors
/// A template that fails.
pub fn preview(cx: &Cx, who: &Connector, of: &Introduction) -> Result<Vec<PreviewMail>, Failure> {
    let now = cx.now();
    let first = (Mail::Ask(Side::First), vec![of.parties.first.name.clone()]);
    let second = (Mail::Ask(Side::Second), vec![of.parties.second.name.clone()]);
    let both = vec![of.parties.first.name.clone(), of.parties.second.name.clone()];
    [first, second, (Mail::Introduction, both)]
        .into_iter()
        .map(|(mail, to)| one(cx, who, of, mail, to, now))
        .collect()
}

/// Copies to oneself within an hour: three mails each.
const COPIES_PER_HOUR: i64 = 30;

/// Why no copy was sent.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error("too many copies within an hour")]
    TooMany,
    #[error(transparent)]
    Failure(#[from] Failure),
}

unit_error!(CopyError);

/// Mails the preview to the connector, one mail for each, with the same words and disarmed links.
///
/// # Errors
/// [`CopyError::TooMany`] beyond ten copies an hour.
pub async fn send_copy(cx: &Cx, who: &Connector, of: &Introduction) -> Result<(), CopyError> {
    let now = cx.now();
    let nonce = data_encoding::HEXLOWER.encode(&cx.ids.bytes::<8>("copy"));
    let mails: Vec<NewMessage> =
        preview(cx, who, of)?.into_iter().map(|mail| copy(cx, who, of, mail, &nonce, now)).collect();
    let connector = who.id;
    cx.db
        .write(move |tx| {
            let mails = mails.clone();
            Box::pin(async move {
                let sent = outbox::count_copies(tx, connector, now - Span::hours(1)).await?;
                if sent + i64::try_from(mails.len()).unwrap_or(i64::MAX) > COPIES_PER_HOUR {
                    return Err(CopyError::TooMany);
                }
                for mail in &mails {
                    outbox::enqueue(tx, mail, now).await?;
                }
                Ok(())
            })
        })
        .await?;
    cx.wake.ring();
    Ok(())
}

fn copy(cx: &Cx, who: &Connector, of: &Introduction, mail: PreviewMail, nonce: &str, now: Ts) -> NewMessage {
    let args = [("subject", mail.subject.as_str().into()), ("to", mail.to.join(", ").into())];
    let subject = cx.views.words(&who.language, "copy-first-subject", &args);
    let rendered = RenderedMail { subject, text: mail.text, html: mail.html };
    let key = format!("copy_first/{nonce}/{}", mail.kind);
    let to = letters::correspondent(&who.name, who.email.as_str());
    let mut letter = letters::service_mail(cx, MessageKind::CopyFirst, key.clone(), to, rendered, now);
    letter.connector = Some(who.id);
    // So that it is forgotten with it.
    letter.introduction = Some(of.id);
    letter.deliveries.push(NewDelivery {
        id: letters::delivery_id(cx, &key, 0, now),
        side: None,
        recipient: who.email.clone(),
        person: None,
        links: Vec::new(),
        not_before: None,
        expires_at: None,
    });
    letter
}

fn one(
    cx: &Cx,
    who: &Connector,
    of: &Introduction,
    mail: Mail,
    to: Vec<String>,
    now: Ts,
) -> Result<PreviewMail, Failure> {
    let mut asked = of.clone();
    asked.round = asked.round.max(1);
    for side in Side::ALL {
        announce_reminder(cx, &mut asked.parties.get_mut(*side).asked);
    }
    let rendered = letters::render(cx, who, &asked, mail, now)?;
    Ok(PreviewMail {
        kind: mail.kind().as_str(),
        to,
        subject: rendered.subject,
        text: disarm(cx, &rendered.text),
        html: disarm(cx, &rendered.html),
    })
}

/// As the ask announced it when it left. Whether the reminder went out since must not show: only silence
/// gets one, so it would tell the connector of an answer that was given quietly.
fn announce_reminder(cx: &Cx, asked: &mut Option<Asked>) {
    if let Some(asked) = asked {
        let days = cx.policy.reminder_working_days;
        let remind_at = calendar::add_working_days(asked.at, days, &cx.policy.zone);
        asked.remind_at = Some(remind_at).filter(|at| *at < asked.deadline);
    }
}

fn disarm(cx: &Cx, text: &str) -> String {
    let token = "x".repeat(TOKEN_CHARS);
    LinkName::ALL.iter().fold(text.to_owned(), |text, name| {
        text.replace(&crate::domain::letter::mark(*name), &cx.urls.link(*name, &token))
    })
}
