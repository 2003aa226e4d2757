//! Where mail goes. The courier treats all of them alike: open, offer, transmit.

use tokio::time::Instant;

use super::fault::Fault;
use super::file::{FileConn, FileTransport};
use super::local::{LocalConn, LocalMailbox};
use super::session::{Accepted, Session};
use super::smtp::SmtpRoute;

/// A configured way out.
#[derive(Clone, Debug)]
pub enum Transport {
    /// A mail relay.
    Smtp(SmtpRoute),
    /// A folder of `.eml` files.
    File(FileTransport),
    /// The mailbox inside this process.
    Mailbox(LocalMailbox),
}

impl Transport {
    /// A connection that is ready for the first mail.
    ///
    /// # Errors
    /// A [`Fault`] of class `Route`.
    pub async fn open(&self) -> Result<Conn, Fault> {
        Ok(match self {
            Self::Smtp(route) => Conn::Smtp(Box::new(Session::open(route).await?)),
            Self::File(transport) => Conn::File(FileConn::open(transport).await?),
            Self::Mailbox(mailbox) => Conn::Mailbox(LocalConn::new(mailbox.clone())),
        })
    }
}

/// An open way out, for one mail after the other.
pub enum Conn {
    Smtp(Box<Session>),
    File(FileConn),
    Mailbox(LocalConn),
}

impl Conn {
    /// Names the sender and the recipient. Nothing of the mail has been sent when this returns.
    ///
    /// # Errors
    /// A [`Fault`]: surely not accepted.
    pub async fn offer(&mut self, envelope_from: &str, recipient: &str) -> Result<(), Fault> {
        match self {
            Self::Smtp(session) => session.offer(envelope_from, recipient).await,
            Self::File(file) => {
                file.offer(recipient);
                Ok(())
            }
            Self::Mailbox(mailbox) => mailbox.offer(envelope_from, recipient),
        }
    }

    /// Hands the mail over to whom it was offered.
    ///
    /// # Errors
    /// A [`Fault`]; only class `Unknown` leaves open whether the mail was accepted.
    pub async fn transmit(&mut self, mail: &[u8]) -> Result<Accepted, Fault> {
        match self {
            Self::Smtp(session) => session.transmit(mail).await,
            Self::File(file) => file.transmit(mail).await,
            Self::Mailbox(mailbox) => mailbox.transmit(mail),
        }
    }

    /// Takes an offer back.
    ///
    /// # Errors
    /// A [`Fault`]; the connection is gone then.
    pub async fn abandon(&mut self) -> Result<(), Fault> {
        match self {
            Self::Smtp(session) => session.abandon().await,
            Self::File(file) => {
                file.abandon();
                Ok(())
            }
            Self::Mailbox(mailbox) => {
                mailbox.abandon();
                Ok(())
            }
        }
    }

    /// Whether another mail may go this way at `now`.
    #[must_use]
    pub fn usable(&self, now: Instant) -> bool {
        match self {
            Self::Smtp(session) => session.usable(now),
            Self::File(_) | Self::Mailbox(_) => true,
        }
    }

    /// Closes the connection politely.
    pub async fn quit(self) {
        if let Self::Smtp(session) = self {
            session.quit().await;
        }
    }
}
