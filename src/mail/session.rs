//! One conversation with a relay: any number of mails, one recipient each.
//!
//! Where the relay takes several commands at once (PIPELINING, RFC 2920), an offer is one way there and back and so is its
//! mail; otherwise each command is one.
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
use super::smtp::{Connected, SmtpRoute, Timeouts, connect};
use super::stuffed::stuffed;

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
    offered: Offered,
    pipelining: bool,
}

/// What the server waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Offered {
    #[default]
    Nothing,
    /// It has accepted a recipient, and waits for DATA.
    Recipient,
    /// It has accepted DATA, and waits for the mail: whatever is said next is part of it.
    Data,
}

impl Session {
    /// Connects and does everything up to the first MAIL.
    ///
    /// # Errors
    /// A [`Fault`] at one of the stages before MAIL; always of class `Route`.
    pub async fn open(route: &SmtpRoute) -> Result<Self, Fault> {
        let Connected { connection, pipelining } = connect(route).await?;
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
            offered: Offered::Nothing,
            pipelining,
        })
    }

    /// MAIL and RCPT, with DATA behind them where all three can go at once. After a refusal the transaction is
    /// reset and the session goes on, unless the fault says `disconnected`. Nothing of the mail itself has been sent
    /// yet.
    ///
    /// # Errors
    /// A [`Fault`] at `Mail`, `Rcpt` or `Data`: surely not accepted.
    pub async fn offer(&mut self, envelope_from: &str, recipient: &str) -> Result<(), Fault> {
        if self.in_transaction {
            self.abandon().await?;
        }
        let sender = address(Stage::Mail, envelope_from)?;
        let recipient = address(Stage::Rcpt, recipient)?;
        let limit = self.timeouts.command;
        let (sender, recipient) = (Mail::new(Some(sender), Vec::new()), Rcpt::new(recipient, Vec::new()));
        self.in_transaction = true;
        if self.pipelining {
            return self.offer_at_once(&format!("{sender}{recipient}{Data}")).await;
        }
        self.step(Stage::Mail, limit, sender).await?;
        self.step(Stage::Rcpt, limit, recipient).await?;
        self.offered = Offered::Recipient;
        Ok(())
    }

    /// All commands, then all replies: each is read, whatever those before it were (RFC 2920, 3.1). What counts is
    /// the first that is not a yes.
    async fn offer_at_once(&mut self, commands: &str) -> Result<(), Fault> {
        let limits = self.timeouts;
        let sender = self.command(Stage::Mail, limits.command, commands).await.map(drop);
        let recipient = self.next_reply(Stage::Rcpt, limits.command, &sender).await.map(drop);
        let data =
            self.next_reply(Stage::Data, limits.data, &recipient).await.and_then(|reply| self.go_on(&reply));
        let waits_for_mail = data.is_ok();
        let Err(fault) = sender.and(recipient).and(data) else {
            self.offered = Offered::Data;
            return Ok(());
        };
        if waits_for_mail {
            // It refused, and waits for a mail all the same. Nothing but a mail would end that, and there is none.
            self.connection = None;
        }
        let gone = self.connection.is_none() || self.abandon().await.is_err();
        Err(Fault { disconnected: gone, ..fault })
    }

    /// DATA, the mail and the final dot. `mail` has CRLF line ends, as [`compose`](super::compose()) makes it.
    ///
    /// # Errors
    /// A [`Fault`] at `Data` (surely not accepted) or at `Body`: there a reply means not accepted, and no
    /// reply means `Unknown`.
    pub async fn transmit(&mut self, mail: &[u8]) -> Result<Accepted, Fault> {
        match std::mem::take(&mut self.offered) {
            Offered::Data => {}
            Offered::Recipient => {
                let reply = self.step(Stage::Data, self.timeouts.data, Data).await?;
                self.go_on(&reply)?;
            }
            Offered::Nothing => {
                let fault = Fault::broken(Stage::Data, "no recipient is waiting");
                return Err(Fault { disconnected: false, ..fault });
            }
        }
        let reply = self.body(mail).await?;
        self.in_transaction = false;
        self.accepted += 1;
        let words: Vec<&str> = reply.message().collect();
        Ok(Accepted { code: u16::from(reply.code()), text: tidy(&words.join(" ")) })
    }

    /// The reply to DATA must be 354 (RFC 5321, 4.1.1.4).
    fn go_on(&mut self, reply: &Response) -> Result<(), Fault> {
        if reply.has_code(354) {
            return Ok(());
        }
        self.connection = None;
        Err(Fault::broken(Stage::Data, "the mail server gave an unexpected reply to DATA"))
    }

    /// RSET: forgets an offer that is not followed by its mail. A server that waits for the mail by now would take the
    /// command for it: there only the end of the connection takes the offer back.
    ///
    /// # Errors
    /// A [`Fault`] at `Mail`; the connection is gone then.
    pub async fn abandon(&mut self) -> Result<(), Fault> {
        if std::mem::take(&mut self.offered) == Offered::Data {
            self.connection = None;
        }
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

    /// Says goodbye, for at most 5 seconds. What the server answers does not matter any more. One that waits for a mail is
    /// left without a word, which would be part of it.
    pub async fn quit(mut self) {
        let speaks = self.offered != Offered::Data;
        if let Some(mut connection) = self.connection.take().filter(|_| speaks) {
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

    /// The reply to the next of several commands that went at once. When none is to be expected any more, it is as
    /// the one before was.
    async fn next_reply(
        &mut self,
        stage: Stage,
        limit: Duration,
        before: &Result<(), Fault>,
    ) -> Result<Response, Fault> {
        if let (Err(fault), None) = (before, &self.connection) {
            return Err(fault.clone());
        }
        let mut connection = self.take(stage)?;
        let result = timeout(limit, connection.read_response()).await;
        self.settle(stage, connection, result)
    }

    async fn body(&mut self, mail: &[u8]) -> Result<Response, Fault> {
        let mut connection = self.take(Stage::Data)?;
        let limit = self.timeouts.data + self.timeouts.after_dot();
        // In one write with its final dot, which lettre would send in a second one.
        let result = timeout(limit, connection.command(stuffed(mail))).await;
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
