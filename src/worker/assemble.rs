//! A stored delivery becomes the bytes that travel: the same bytes at every attempt.

use crate::domain::letter::{Correspondent, LinkName, fill};
use crate::domain::link::KeyState;
use crate::flow::Ctx;
use crate::mail::{ComposeError, Letter, Mailbox, Signer, compose};
use crate::store::courier::Leased;

/// Why a delivery cannot be written. The words are for the admin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssembleError {
    #[error("its key was revoked")]
    Revoked,
    /// Not in this process's ring: perhaps made by another process a moment ago, so worth another attempt.
    #[error("its key is not in the key ring")]
    UnknownKey,
    #[error("a stored link is damaged")]
    DamagedLink,
    #[error("it shows a link that was not stored with it")]
    MissingLink,
    #[error(transparent)]
    Compose(#[from] ComposeError),
}

/// Fills in the links, writes the mail and signs it. Nothing in it depends on the attempt: the links come
/// from the key they were first made with, the date is that of the message.
///
/// # Errors
/// What no later attempt can mend, except for an unknown key.
pub fn assemble(cx: &Ctx, delivery: &Leased, signer: Option<&Signer>) -> Result<Vec<u8>, AssembleError> {
    let bytes = compose(&letter(cx, delivery)?)?;
    Ok(match signer {
        Some(signer) => signer.sign(&bytes, delivery.dated_at),
        None => bytes,
    })
}

fn letter(cx: &Ctx, delivery: &Leased) -> Result<Letter, AssembleError> {
    let ring = cx.ring();
    let mut links = Vec::with_capacity(delivery.links.len());
    let mut stop = None;
    for spec in &delivery.links {
        let claims = spec.claims().ok_or(AssembleError::DamagedLink)?;
        let token = ring.mint(spec.kid, &claims).ok_or_else(|| match ring.state(spec.kid) {
            None => AssembleError::UnknownKey,
            Some(KeyState::Active | KeyState::Verify | KeyState::Revoked) => AssembleError::Revoked,
        })?;
        let url = cx.urls.link(spec.name, &token);
        // RFC 8058 knows one-click only over https; without it, on the machine itself, there is no header.
        if spec.name == LinkName::Stop && url.starts_with("https://") {
            stop = Some(url.clone());
        }
        links.push((spec.name, url));
    }
    let filled = |text: &str| fill(text, &links).ok_or(AssembleError::MissingLink);
    let (text, html) = (filled(&delivery.text)?, filled(&delivery.html)?);
    let headers = &delivery.headers;
    Ok(Letter {
        message_id: headers.message_id.clone(),
        date: delivery.dated_at,
        from: mailbox(&headers.from),
        to: headers.to.iter().map(mailbox).collect(),
        reply_to: headers.reply_to.iter().map(mailbox).collect(),
        subject: delivery.subject.clone(),
        text,
        html: Some(html).filter(|html| !html.is_empty()),
        card: Some(delivery.card.clone()).filter(|card| !card.is_empty()),
        auto_submitted: true,
        list_unsubscribe: stop,
        list_id: None,
    })
}

fn mailbox(of: &Correspondent) -> Mailbox {
    if of.name.is_empty() { Mailbox::bare(&of.address) } else { Mailbox::named(&of.name, &of.address) }
}
