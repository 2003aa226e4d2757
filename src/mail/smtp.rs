//! The way to a relay: what the operator configured, and opening a connection there.

use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::fault::{Fault, Stage};
use super::wire::{Plain, Wire};

/// RFC 5321, 4.5.3.2.6: who hangs up earlier after the final dot makes copies.
const AFTER_DOT: Duration = Duration::from_mins(10);

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// Not at all: for a relay on the same machine.
    None,
    /// STARTTLS, required: a server that does not offer it is a fault, never plain text (RFC 3207).
    StartTls,
    /// TLS from the first byte (RFC 8314, 3.3).
    Implicit,
}

/// How long each stage may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Name lookup, one TCP connect, one TLS handshake: each.
    pub connect: Duration,
    /// The greeting and each reply until the session stands.
    pub greeting: Duration,
    /// MAIL, RCPT, RSET.
    pub command: Duration,
    /// The reply to DATA, and once more for writing the mail.
    pub data: Duration,
    after_dot: Duration,
}

impl Timeouts {
    /// Timeouts with a wait after the final dot of 10 minutes, or longer when asked for.
    #[must_use]
    pub fn new(
        connect: Duration,
        greeting: Duration,
        command: Duration,
        data: Duration,
        after_dot: Duration,
    ) -> Self {
        Self { connect, greeting, command, data, after_dot: after_dot.max(AFTER_DOT) }
    }

    /// The same short wait everywhere, also after the final dot. For tests: real mail would be duplicated.
    #[must_use]
    pub const fn short_for_tests(each: Duration) -> Self {
        Self { connect: each, greeting: each, command: each, data: each, after_dot: each }
    }

    /// The wait for the reply after the final dot.
    #[must_use]
    pub const fn after_dot(&self) -> Duration {
        self.after_dot
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            greeting: Duration::from_mins(2),
            command: Duration::from_mins(2),
            data: Duration::from_mins(2),
            after_dot: AFTER_DOT,
        }
    }
}

/// A relay and how to speak to it.
#[derive(Clone)]
pub struct SmtpRoute {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    /// Without a user name no AUTH is sent.
    pub username: Option<String>,
    pub password: Option<String>,
    /// Said in EHLO: this machine's full name.
    pub hello_name: String,
    pub timeouts: Timeouts,
    /// A connection is closed after so many accepted mails,
    pub max_messages: u32,
    /// and when it is this old.
    pub max_age: Duration,
    /// Whether several commands may go at once where the relay offers it (RFC 2920).
    pub pipelining: bool,
    /// A root certificate trusted besides those of the system.
    pub extra_root_pem: Option<String>,
}

impl SmtpRoute {
    /// A relay without TLS and login, with default limits.
    #[must_use]
    pub fn plain(host: impl Into<String>, port: u16, hello_name: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port,
            tls: Tls::None,
            username: None,
            password: None,
            hello_name: hello_name.into(),
            timeouts: Timeouts::default(),
            max_messages: 100,
            max_age: Duration::from_mins(5),
            pipelining: true,
            extra_root_pem: None,
        }
    }
}

/// Without the password.
impl std::fmt::Debug for SmtpRoute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpRoute")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .field("login", &self.username.is_some())
            .finish_non_exhaustive()
    }
}

/// An open connection, logged in.
pub(super) struct Connected {
    pub(super) connection: AsyncSmtpConnection,
    /// It takes several commands at once.
    pub(super) pipelining: bool,
}

/// Connects, greets, protects and logs in. Dropping the future at any point drops the connection.
pub(super) async fn connect(route: &SmtpRoute) -> Result<Connected, Fault> {
    let limits = &route.timeouts;
    let tcp = tcp(route).await?;
    let wire = match route.tls {
        Tls::None => greeted(Plain::new(Wire::tcp(tcp)), limits).await?,
        Tls::Implicit => {
            let wire = protect(Wire::tcp(tcp), route).await?;
            greeted(Plain::new(wire), limits).await?
        }
        Tls::StartTls => start_tls(tcp, route).await?,
    };
    let hello = ClientId::Domain(route.hello_name.clone());
    // lettre insists on a greeting of its own; the real one has been read and judged.
    let (wire, overheard) = wire.replay_greeting().overheard();
    let opening = AsyncSmtpConnection::connect_with_transport(Box::new(wire), &hello);
    let mut connection = within(limits.greeting, Stage::Ehlo, opening).await?;
    let pipelining = overheard.offers("PIPELINING") && route.pipelining;
    log_in(&mut connection, route).await?;
    Ok(Connected { connection, pipelining })
}

async fn tcp(route: &SmtpRoute) -> Result<TcpStream, Fault> {
    let limit = route.timeouts.connect;
    let addresses = match timeout(limit, lookup_host((route.host.as_str(), route.port))).await {
        Ok(Ok(addresses)) => addresses,
        Ok(Err(error)) => return Err(Fault::broken(Stage::Dns, &error.to_string())),
        Err(_) => return Err(Fault::timeout(Stage::Dns)),
    };
    let mut fault = Fault::broken(Stage::Dns, "the name of the mail server has no address");
    for address in addresses {
        fault = match timeout(limit, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => match tcp.set_nodelay(true) {
                Ok(()) => return Ok(tcp),
                Err(error) => Fault::broken(Stage::Connect, &error.to_string()),
            },
            Ok(Err(error)) => Fault::broken(Stage::Connect, &error.to_string()),
            Err(_) => Fault::timeout(Stage::Connect),
        };
    }
    Err(fault)
}

async fn greeted(mut plain: Plain, limits: &Timeouts) -> Result<Wire, Fault> {
    plain.expect(Stage::Greeting, limits.greeting, 220).await?;
    Ok(plain.into_wire())
}

/// The clear-text part is spoken here and not by lettre: its reader keeps what an attacker appends to the
/// reply before the handshake, and it cannot tell a refused STARTTLS from a failed handshake.
async fn start_tls(tcp: TcpStream, route: &SmtpRoute) -> Result<Wire, Fault> {
    let limit = route.timeouts.greeting;
    let mut plain = Plain::new(Wire::tcp(tcp));
    plain.expect(Stage::Greeting, limit, 220).await?;
    plain.say(Stage::Ehlo, limit, &format!("EHLO {}\r\n", route.hello_name)).await?;
    let offer = plain.expect(Stage::Ehlo, limit, 250).await?;
    if !offer.iter().skip(1).any(|line| line.trim().eq_ignore_ascii_case("STARTTLS")) {
        return Err(Fault::broken(Stage::StartTls, "the mail server does not offer STARTTLS"));
    }
    plain.say(Stage::StartTls, limit, "STARTTLS\r\n").await?;
    plain.expect(Stage::StartTls, limit, 220).await?;
    protect(plain.into_wire(), route).await
}

async fn protect(wire: Wire, route: &SmtpRoute) -> Result<Wire, Fault> {
    let parameters = tls_parameters(route)?;
    match timeout(route.timeouts.connect, wire.encrypt(parameters)).await {
        Ok(Ok(wire)) => Ok(wire),
        Ok(Err(error)) => Err(Fault::from_smtp(Stage::Tls, &error)),
        Err(_) => Err(Fault::timeout(Stage::Tls)),
    }
}

fn tls_parameters(route: &SmtpRoute) -> Result<TlsParameters, Fault> {
    let mut builder = TlsParameters::builder(route.host.clone());
    if let Some(pem) = &route.extra_root_pem {
        let root = Certificate::from_pem(pem.as_bytes())
            .map_err(|_| Fault::broken(Stage::Tls, "the configured root certificate cannot be read"))?;
        builder = builder.add_root_certificate(root);
    }
    builder.build_rustls().map_err(|error| Fault::from_smtp(Stage::Tls, &error))
}

async fn log_in(connection: &mut AsyncSmtpConnection, route: &SmtpRoute) -> Result<(), Fault> {
    let Some(username) = &route.username else { return Ok(()) };
    let credentials = Credentials::new(username.clone(), route.password.clone().unwrap_or_default());
    let login = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
    let reply = within(route.timeouts.greeting, Stage::Auth, login).await?;
    if reply.has_code(235) {
        Ok(())
    } else {
        Err(Fault::broken(Stage::Auth, "the mail server ended the login with an unexpected reply"))
    }
}

async fn within<T>(
    limit: Duration,
    stage: Stage,
    work: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
) -> Result<T, Fault> {
    match timeout(limit, work).await {
        Ok(result) => result.map_err(|error| Fault::from_smtp(stage, &error)),
        Err(_) => Err(Fault::timeout(stage)),
    }
}
