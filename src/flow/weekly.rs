//! The week's suggestions by mail, to a connector who asked for them and to nobody else.

use super::{Ctx, Cx, Failure, letters, meet};
use crate::clock::{Span, Ts};
use crate::domain::connector::Connector;
use crate::domain::contact::Contact;
use crate::domain::letter::{NewDelivery, NewMessage};
use crate::domain::meet::Suggestion;
use crate::domain::message::MessageKind;
use crate::domain::weekly;
use crate::store::{outbox, weekly as rows};
use crate::urls::{self, path};
use crate::view::mails::{self, Pair, PairReason, Who};

/// Connectors at once.
const BATCH: i64 = 50;
/// One that could not leave for so long is not about this week any more.
const LIFE: Span = Span::days(3);

/// When the next one leaves; `None` for who did not ask for it.
pub async fn due(cx: &Cx, who: &Connector) -> Result<Option<Ts>, Failure> {
    Ok(rows::of(&mut cx.db.read().await?, who.id).await?)
}

/// Asks for it, or not any more. Asking twice moves nothing.
pub async fn switch(cx: &Cx, who: &Connector, on: bool) -> Result<(), Failure> {
    let (now, who) = (cx.now(), who.clone());
    cx.db
        .write(move |tx| {
            let who = who.clone();
            Box::pin(async move {
                let due = match rows::of(tx, who.id).await? {
                    Some(due) if on => Some(due),
                    _ => on.then(|| next(&who, now)),
                };
                Ok::<_, Failure>(rows::set(tx, who.id, due).await?)
            })
        })
        .await
}

/// Writes those that are due. A week in which nobody comes to mind has no mail. Returns how many were written; one
/// that cannot be written is logged and does not keep the others back.
pub async fn round(cx: &Cx, now: Ts) -> Result<u64, Failure> {
    let due = rows::due(&mut cx.db.read().await?, now, BATCH).await?;
    let mut written = 0;
    for (who, at) in due {
        match one(cx, &who, at, now).await {
            Ok(new) => written += u64::from(new),
            Err(error) => {
                tracing::error!(connector.id = %who.id, error.message = %error, "a week's mail was not written");
            }
        }
    }
    if written > 0 {
        cx.wake.ring();
    }
    Ok(written)
}

async fn one(cx: &Cx, who: &Connector, at: Ts, now: Ts) -> Result<bool, Failure> {
    let found = meet::ahead(cx, who, now).await?;
    let mail = if found.is_empty() { None } else { Some(letter(cx, who, &found, at, now)?) };
    let (id, next) = (who.id, next(who, now));
    cx.db
        .write(move |tx| {
            let mail = mail.clone();
            Box::pin(async move {
                if !rows::move_on(tx, id, at, next).await? {
                    return Ok(false);
                }
                match mail {
                    Some(mail) => Ok::<_, Failure>(outbox::enqueue(tx, &mail, now).await?),
                    None => Ok(false),
                }
            })
        })
        .await
}

fn letter(
    cx: &Ctx,
    who: &Connector,
    found: &[(Contact, Suggestion)],
    at: Ts,
    now: Ts,
) -> Result<NewMessage, Failure> {
    let link = |path: &str| format!("{}{path}", cx.urls.base());
    let pair = |(contact, best): &(Contact, Suggestion)| Pair {
        name: contact.facts.name.clone(),
        other: best.other.facts.name.clone(),
        reasons: best.reasons.iter().map(PairReason::from).collect(),
        link: link(&urls::of(path::MEET, contact.id)),
    };
    let mail = mails::Weekly {
        connector: Who::new(&who.name),
        pairs: found.iter().map(pair).collect(),
        link_settings: link(path::SETTINGS),
    };
    let key = format!("weekly/{}/{}", who.id, at.0);
    let to = letters::correspondent(&who.name, who.email.as_str());
    let rendered = cx.views.mail(&who.language, &mail)?;
    let mut letter = letters::service_mail(cx, MessageKind::Weekly, key.clone(), to, rendered, now);
    letter.connector = Some(who.id);
    letter.deliveries.push(NewDelivery {
        id: letters::delivery_id(cx, &key, 0, now),
        side: None,
        recipient: who.email.clone(),
        person: None,
        links: Vec::new(),
        not_before: None,
        expires_at: Some(now + LIFE),
    });
    Ok(letter)
}

fn next(who: &Connector, now: Ts) -> Ts {
    weekly::next(now, &jiff::tz::TimeZone::get(&who.time_zone).unwrap_or(jiff::tz::TimeZone::UTC))
}
