//! One conversation with a relay: any number of mails, one recipient each.
//!
//! While a command runs its connection is taken out of the session, and put back only after a complete
//! reply. A deadline, a dropped future or a reply that cannot be read therefore loses the connection, and a
//! late reply can never be taken for the answer to the next mail.

use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt, Rset};
use lettre::transport::smtp::response::Response;
use tokio::time::{Instant, timeout};

use super::fault::{Fault, Stage, tidy};
use super::smtp::{SmtpRoute, Timeouts, connect};

/// Relays hang up on idle clients; a connection left alone for longer is not worth a try.
const MAX_IDLE: Duration = Duration::from_secs(15);

/// How long a closing connection may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);

/// The relay has taken the mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    pub code: u16,
    /// The server's words, often with its queue id: one line, at most 500 characters, addresses masked.
    pub text: String,
}

/// An open, greeted and logged-in connection to a relay.
pub struct Session {
    /// Gone after any doubt about what the server will say next.
    connection: Option<AsyncSmtpConnection>,
    timeouts: Timeouts,
    max_messages: u32,
    max_age: Duration,
    opened: Instant,
    last_reply: Instant,
    accepted: u32,
    /// Something has been said since the last RSET or final dot.
    in_transaction: bool,
    /// A recipient has been accepted and waits for its mail.
    offered: bool,
}

impl Session {
    /// Connects and does everything up to the first MAIL.
    ///
    /// # Errors
    /// A [`Fault`] at one of the stages before MAIL; always of class `Route`.
    pub async fn open(route: &SmtpRoute) -> Result<Self, Fault> {
        let connection = connect(route).await?;
        let now = Instant::now();
        Ok(Self {
            connection: Some(connection),
            timeouts: route.timeouts,
            max_messages: route.max_messages,
            max_age: route.max_age,
            opened: now,
            last_reply: now,
            accepted: 0,
            in_transaction: false,
            offered: false,
        })
    }

    /// MAIL and RCPT. After a refusal the transaction is reset and the session goes on, unless the fault says
    /// `disconnected`. Nothing of the mail itself has been sent yet.
    ///
    /// # Errors
    /// A [`Fault`] at `Mail` or `Rcpt`: surely not accepted.
    pub async fn offer(&mut self, envelope_from: &str, recipient: &str) -> Result<(), Fault> {
        if self.in_transaction {
            self.abandon().await?;
        }
        let sender = address(Stage::Mail, envelope_from)?;
        let recipient = address(Stage::Rcpt, recipient)?;
        let limit = self.timeouts.command;
        self.in_transaction = true;
        self.step(Stage::Mail, limit, Mail::new(Some(sender), Vec::new())).await?;
        self.step(Stage::Rcpt, limit, Rcpt::new(recipient, Vec::new())).await?;
        self.offered = true;
        Ok(())
    }

    /// DATA, the mail and the final dot. `mail` has CRLF line ends, as [`compose`](super::compose()) makes it.
    ///
    /// # Errors
    /// A [`Fault`] at `Data` (surely not accepted) or at `Body`: there a reply means not accepted, and no
    /// reply means `Unknown`.
    pub async fn transmit(&mut self, mail: &[u8]) -> Result<Accepted, Fault> {
        if !std::mem::take(&mut self.offered) {
            return Err(Fault {
                disconnected: false,
                ..Fault::broken(Stage::Data, "no recipient is waiting")
            });
        }
        let reply = self.step(Stage::Data, self.timeouts.data, Data).await?;
        if !reply.has_code(354) {
            self.connection = None;
            return Err(Fault::broken(Stage::Data, "the mail server gave an unexpected reply to DATA"));
        }
        let reply = self.body(mail).await?;
        self.in_transaction = false;
        self.accepted += 1;
        let words: Vec<&str> = reply.message().collect();
        Ok(Accepted { code: u16::from(reply.code()), text: tidy(&words.join(" ")) })
    }

    /// RSET: forgets an offer that is not followed by its mail.
    ///
    /// # Errors
    /// A [`Fault`] at `Mail`; the connection is gone then.
    pub async fn abandon(&mut self) -> Result<(), Fault> {
        self.offered = false;
        if !self.in_transaction {
            return Ok(());
        }
        let reset = self.command(Stage::Mail, self.timeouts.command, Rset).await;
        if let Err(fault) = reset {
            // A server that refuses RSET is in an unknown state.
            self.connection = None;
            return Err(Fault { disconnected: true, ..fault });
        }
        self.in_transaction = false;
        Ok(())
    }

    /// Whether another mail may go over this connection at `now`.
    #[must_use]
    pub fn usable(&self, now: Instant) -> bool {
        self.connection.is_some()
            && self.accepted < self.max_messages
            && now.saturating_duration_since(self.opened) < self.max_age
            && now.saturating_duration_since(self.last_reply) < MAX_IDLE
    }

    /// How many mails this connection has delivered.
    #[must_use]
    pub const fn accepted(&self) -> u32 {
        self.accepted
    }

    /// Says goodbye, for at most 5 seconds. What the server answers does not matter any more.
    pub async fn quit(mut self) {
        if let Some(mut connection) = self.connection.take() {
            let _ = timeout(GOODBYE, connection.command(Quit)).await;
        }
    }

    /// A command of the transaction; a refusal is followed by RSET.
    async fn step<C: std::fmt::Display>(
        &mut self,
        stage: Stage,
        limit: Duration,
        command: C,
    ) -> Result<Response, Fault> {
        let fault = match self.command(stage, limit, command).await {
            Ok(reply) => return Ok(reply),
            Err(fault) => fault,
        };
        let gone = fault.disconnected || self.abandon().await.is_err();
        Err(Fault { disconnected: gone, ..fault })
    }

    async fn command<C: std::fmt::Display>(
        &mut self,
        stage: Stage,
        limit: Duration,
        command: C,
    ) -> Result<Response, Fault> {
        let mut connection = self.take(stage)?;
        let result = timeout(limit, connection.command(command)).await;
        self.settle(stage, connection, result)
    }

    async fn body(&mut self, mail: &[u8]) -> Result<Response, Fault> {
        let mut connection = self.take(Stage::Data)?;
        // lettre puts a CRLF before the dot; the mail ends with one already.
        let mail = mail.strip_suffix(b"\r\n").unwrap_or(mail);
        let limit = self.timeouts.data + self.timeouts.after_dot();
        let result = timeout(limit, connection.message(mail)).await;
        let reply = self.settle(Stage::Body, connection, result);
        match reply {
            Ok(reply) if !(200..300).contains(&u16::from(reply.code())) => {
                self.connection = None;
                Err(Fault::broken(Stage::Body, "the mail server gave an unexpected reply to the mail"))
            }
            Err(fault) => {
                // A refused mail ends its transaction (RFC 5321, 4.1.1.4).
                self.in_transaction = false;
                Err(fault)
            }
            ok => ok,
        }
    }

    fn take(&mut self, stage: Stage) -> Result<AsyncSmtpConnection, Fault> {
        self.connection.take().ok_or_else(|| Fault::broken(stage, "the connection is closed"))
    }

    /// Keeps the connection if, and only if, the server's answer was complete and it means to go on.
    fn settle(
        &mut self,
        stage: Stage,
        connection: AsyncSmtpConnection,
        result: Result<Result<Response, lettre::transport::smtp::Error>, tokio::time::error::Elapsed>,
    ) -> Result<Response, Fault> {
        let result = match result {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(error)) => Err(Fault::from_smtp(stage, &error)),
            Err(_) => Err(Fault::timeout(stage)),
        };
        if result.as_ref().err().is_none_or(|fault| !fault.disconnected) {
            self.connection = Some(connection);
            self.last_reply = Instant::now();
        }
        result
    }
}

/// Addresses are checked where they enter; what is refused here would need SMTPUTF8 or break the command.
fn address(stage: Stage, text: &str) -> Result<Address, Fault> {
    let plain = text.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>');
    Some(text).filter(|_| plain).and_then(|text| text.parse().ok()).ok_or_else(|| {
        let text = match stage {
            Stage::Mail => "the sender's address cannot be used in SMTP",
            _ => "the recipient's address cannot be used in SMTP",
        };
        let class = match stage {
            Stage::Mail => super::Class::Route,
            _ => super::Class::Permanent,
        };
        Fault { class, disconnected: false, ..Fault::broken(stage, text) }
    })
}
